// Sets formulas: elements of class "math" (what the Markdown renderer makes) and, in prose, $…$.
import katex from "katex"
import renderMathInElement from "katex/contrib/auto-render"
import "katex/dist/katex.css"

const delimiters = [
  { left: "$$", right: "$$", display: true },
  { left: "\\[", right: "\\]", display: true },
  { left: "\\(", right: "\\)", display: false },
  { left: "$", right: "$", display: false },
]

function typeset(root) {
  for (const element of root.querySelectorAll(".math:not([data-typeset])")) {
    element.dataset.typeset = "yes"
    const displayMode = element.classList.contains("block") || element.classList.contains("display")
    katex.render(element.textContent.trim(), element, { displayMode, throwOnError: false })
  }
  const prose = root.matches?.(".prose") ? [root] : root.querySelectorAll(".prose")
  for (const element of prose)
    renderMathInElement(element, { delimiters, throwOnError: false, ignoredClasses: ["math", "katex"] })
  // A wide formula scrolls sideways, so it must be reachable with the keyboard.
  for (const formula of root.querySelectorAll(".katex-display")) {
    if (formula.scrollWidth <= formula.clientWidth) continue
    formula.tabIndex = 0
    formula.setAttribute("role", "group")
    formula.setAttribute("aria-label", "Formula, scrolls sideways")
  }
}

typeset(document.body)
document.addEventListener("htmx:load", (event) => typeset(event.target))
