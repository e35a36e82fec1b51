// Sets the formulas that the Markdown renderer leaves between \( \) and \[ \].
import renderMathInElement from "katex/contrib/auto-render"
import "katex/dist/katex.css"

const delimiters = [
  { left: "\\[", right: "\\]", display: true },
  { left: "\\(", right: "\\)", display: false },
]

for (const element of document.querySelectorAll(".prose"))
  renderMathInElement(element, { delimiters, throwOnError: false })
// What is too wide scrolls sideways, so it must be reachable with the keyboard.
for (const wide of document.querySelectorAll(".katex-display, .prose pre, .prose table")) {
  if (wide.scrollWidth <= wide.clientWidth) continue
  wide.tabIndex = 0
  wide.setAttribute("role", wide.tagName === "TABLE" ? "table" : "group")
  wide.setAttribute("aria-label", "Scrolls sideways")
}
