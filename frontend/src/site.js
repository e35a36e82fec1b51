// What every page needs: the theme switch, forms that cannot be sent twice, and spoken progress.
import { watchDrafts } from "./drafts.js"

const dark = matchMedia("(prefers-color-scheme: dark)")
const root = document.documentElement

function shownTheme() {
  return root.dataset.theme || (dark.matches ? "dark" : "light")
}

function labelThemeSwitch() {
  for (const button of document.querySelectorAll("[data-theme-switch]")) {
    const other = shownTheme() === "dark" ? "light" : "dark"
    button.setAttribute("aria-label", `Use the ${other} theme`)
    button.title = `Use the ${other} theme`
    button.hidden = false
  }
}

function switchTheme() {
  const next = shownTheme() === "dark" ? "light" : "dark"
  root.dataset.theme = next
  try {
    localStorage.setItem("theme", next)
  } catch {
    // The choice then holds for this page only.
  }
  labelThemeSwitch()
}

// A form marked data-once is sent once: its buttons go dead with a word about what happens.
function sendOnce(event) {
  const form = event.target
  if (!form.hasAttribute("data-once")) return
  if (form.dataset.sent) return event.preventDefault()
  form.dataset.sent = "yes"
  const button = event.submitter
  // The name and value of a disabled button are not sent, so it is disabled once the form has left.
  setTimeout(() => {
    for (const each of form.querySelectorAll("button:not([type=button])")) each.disabled = true
    if (button?.dataset.busy) button.textContent = button.dataset.busy
  })
}

// Coming back with the browser's Back button shows the page as it was left: bring it to life again.
function reviveForms(event) {
  if (!event.persisted) return
  location.reload()
}

// Progress is replaced many times; only a changed sentence is handed to the screen reader.
function announce() {
  const place = document.getElementById("announcer")
  const said = document.querySelector("[data-announce]")?.dataset.announce
  if (place && said && place.textContent !== said) place.textContent = said
}

// The visible checks are answered below the editor, which may be out of sight.
function showTrial(event) {
  if (event.target.id !== "trial") return
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches
  event.target.querySelector(".verdict")?.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" })
}

function closeMenus(event) {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    const outside = event.type === "click" && !menu.contains(event.target)
    const escape = event.type === "keydown" && event.key === "Escape"
    if (outside || escape) {
      menu.open = false
      if (escape) menu.querySelector("summary").focus()
    }
  }
}

// A request that could not be answered says so instead of leaving the page silent.
function sayWhyNothingCame(event) {
  const place = document.getElementById("trouble")
  if (!place) return
  const answer = event.detail.xhr
  place.hidden = false
  place.querySelector("p").textContent =
    answer?.status === 401 || answer?.status === 403
      ? "You have been signed out. Sign in again in another tab, then try once more; nothing you wrote here is lost."
      : answer?.status
        ? `The site answered with an error (${answer.status}). Nothing you wrote is lost; try again in a moment.`
        : "The site cannot be reached. Nothing you wrote is lost; check the connection and try again."
}

function hideTrouble() {
  const place = document.getElementById("trouble")
  if (place) place.hidden = true
}

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-theme-switch]")) switchTheme()
  closeMenus(event)
})
document.addEventListener("keydown", closeMenus)
document.addEventListener("submit", sendOnce)
document.addEventListener("htmx:afterSettle", announce)
document.addEventListener("htmx:afterSettle", showTrial)
document.addEventListener("htmx:afterOnLoad", hideTrouble)
document.addEventListener("htmx:responseError", sayWhyNothingCame)
document.addEventListener("htmx:sendError", sayWhyNothingCame)
addEventListener("pageshow", reviveForms)
dark.addEventListener("change", labelThemeSwitch)
labelThemeSwitch()
announce()
watchDrafts()
