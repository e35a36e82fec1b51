// Runs before the first paint, so that a chosen theme never flashes the other one.
// Without a choice the system's preference stands (`color-scheme: light dark` in tokens.css).
const stored = (() => {
  try {
    return localStorage.getItem("theme")
  } catch {
    return null // storage may be forbidden; the system's preference then stands
  }
})()
if (stored === "light" || stored === "dark") document.documentElement.dataset.theme = stored
