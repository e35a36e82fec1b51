// Builds what the browser loads, the manifest that a test compares, and the licences of what is inside.
import { createHash } from "node:crypto"
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises"
import { dirname, join, relative } from "node:path"
import { fileURLToPath } from "node:url"
import { build } from "esbuild"

const here = dirname(fileURLToPath(import.meta.url))
const out = join(here, "../courseplatform/static/courseplatform/build")
const shared = {
  bundle: true, minify: true, target: "es2022", outdir: out, metafile: true, logLevel: "info", absWorkingDir: here,
  loader: { ".woff2": "file", ".woff": "empty", ".ttf": "empty" }, assetNames: "fonts/[name]", legalComments: "none",
}

async function files(folder) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((each) => each.isFile()).map((each) => join(each.parentPath, each.name)).sort()
}

async function digests(paths, root) {
  const pairs = []
  for (const path of paths) {
    const digest = createHash("sha256").update(await readFile(path)).digest("hex")
    pairs.push([relative(root, path).replaceAll("\\", "/"), digest])
  }
  return Object.fromEntries(pairs)
}

// Not bundled: the browser tests inject it to look for barriers.
async function takeAxe() {
  await mkdir(join(here, "../tests/e2e/vendor"), { recursive: true })
  await copyFile(join(here, "node_modules/axe-core/axe.min.js"), join(here, "../tests/e2e/vendor/axe.min.js"))
}

async function licences(inputs) {
  const names = new Set(["axe-core"])
  for (const input of inputs) {
    const inside = input.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)
    if (inside) names.add(inside[1])
  }
  let text = "Third-party software inside courseplatform/static/courseplatform/build (axe-core: tests/e2e/vendor)\n"
  for (const name of [...names].sort()) {
    const folder = join(here, "node_modules", name)
    const { version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"))
    const file = (await readdir(folder)).find((each) => /^licen[cs]e/i.test(each))
    const words = (await readFile(join(folder, file), "utf8")).replaceAll("\r\n", "\n").trim()
    text += `\n${"=".repeat(78)}\n${name} ${version} (${license})\n${"=".repeat(78)}\n\n${words}\n`
  }
  return text
}

await rm(out, { recursive: true, force: true })
await mkdir(out, { recursive: true })
const results = [
  await build({ ...shared, format: "iife", entryPoints: ["src/theme.js"] }),
  await build({ ...shared, format: "esm", entryPoints: ["src/site.js", "src/editor.js", "src/math.js"] }),
]
const inputs = results.flatMap((result) => Object.keys(result.metafile.inputs))
await takeAxe()
await writeFile(join(here, "../THIRD_PARTY_LICENSES"), await licences(inputs))
const sources = [...(await files(join(here, "src"))), join(here, "build.mjs"), join(here, "package-lock.json")]
const manifest = { sources: await digests(sources, here), built: await digests(await files(out), out) }
await writeFile(join(here, "manifest.json"), JSON.stringify(manifest, null, 1) + "\n")
