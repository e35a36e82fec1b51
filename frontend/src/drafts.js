// Keeps what a learner types: sent a moment after the last key, and once more when the page goes.
const PAUSE_MS = 1500

class DraftKeeper {
  constructor(form) {
    this.form = form
    this.field = form.elements.namedItem("source")
    this.status = form.querySelector("[data-draft-status]")
    this.saved = this.field.value
    this.timer = 0
    this.field.addEventListener("input", () => this.soon())
    form.addEventListener("submit", () => clearTimeout(this.timer))
    addEventListener("pagehide", () => this.leave())
  }

  soon() {
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.save(), PAUSE_MS)
    this.say("Not saved yet")
  }

  body() {
    const data = new FormData()
    data.set("csrfmiddlewaretoken", this.form.elements.namedItem("csrfmiddlewaretoken").value)
    data.set("source", this.field.value)
    return data
  }

  async save() {
    const source = this.field.value
    if (source === this.saved) return this.say("Draft saved")
    try {
      const answer = await fetch(this.form.dataset.draft, { method: "POST", body: this.body(), redirect: "manual" })
      if (answer.ok) {
        this.saved = source
        this.say((await answer.text()).trim())
      } else this.say(answer.type === "opaqueredirect" || answer.status === 401 || answer.status === 403
        ? "Draft not saved: you have been signed out. Sign in again in another tab."
        : `Draft not saved: ${(await answer.text()).trim().slice(0, 200) || `error ${answer.status}`}`)
    } catch {
      this.say("Draft not saved: the site cannot be reached.")
    }
  }

  leave() {
    clearTimeout(this.timer)
    if (this.field.value !== this.saved) navigator.sendBeacon(this.form.dataset.draft, this.body())
  }

  say(text) {
    if (this.status) this.status.textContent = text
  }
}

export function watchDrafts() {
  for (const form of document.querySelectorAll("form[data-draft]")) new DraftKeeper(form)
}
