// <code-editor>: a Python editor around a <textarea>, which stays the form's field and the only
// thing there is without scripts.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete"
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands"
import { python } from "@codemirror/lang-python"
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language"
import { highlightSelectionMatches, searchKeymap } from "@codemirror/search"
import { EditorState } from "@codemirror/state"
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers,
} from "@codemirror/view"
import { tags } from "@lezer/highlight"

// Colours are the page's custom properties, so that both themes need no second editor theme.
const colours = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: "var(--syn-keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--syn-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--syn-number)" },
  { tag: [tags.comment], color: "var(--syn-comment)", fontStyle: "italic" },
  { tag: [tags.function(tags.definition(tags.variableName)), tags.className, tags.definition(tags.className)],
    color: "var(--syn-name)" },
  { tag: [tags.meta], color: "var(--syn-number)" },
])

const theme = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--code-bg)", fontSize: "0.875rem" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.6" },
  ".cm-line": { paddingLeft: "0.6rem" },
  ".cm-content": { caretColor: "var(--accent)", padding: "0.75rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  ".cm-gutters": { backgroundColor: "var(--code-bg)", color: "var(--muted)", borderRight: "1px solid var(--line)" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--code-line)" },
  ".cm-activeLineGutter": { color: "var(--ink)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground":
    { background: "var(--selection)" },
  ".cm-selectionMatch": { backgroundColor: "var(--code-match)" },
  "&.cm-focused .cm-matchingBracket": { backgroundColor: "var(--code-match)", outline: "1px solid var(--line-strong)" },
  ".cm-panels, .cm-tooltip": {
    backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line-strong)",
  },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-textfield, .cm-button": {
    backgroundColor: "var(--bg)", backgroundImage: "none", color: "var(--ink)", border: "1px solid var(--line-strong)",
  },
})

// Where coloured text is typed over, Chromium writes its colour into a style attribute, which the
// content policy blocks and reports: so the editor replaces the selection itself.
function typeOver(event, view) {
  const { from, to, empty } = view.state.selection.main
  if (empty || event.inputType !== "insertText" || !event.data || !event.cancelable || view.composing) return false
  const replace = () => view.state.update(view.state.replaceSelection(event.data), { userEvent: "input.type" })
  const handlers = view.state.facet(EditorView.inputHandler)
  if (!handlers.some((handler) => handler(view, from, to, event.data, replace))) view.dispatch(replace())
  event.preventDefault()
  return true
}

class CodeEditor extends HTMLElement {
  connectedCallback() {
    if (this.view) return
    this.field = this.querySelector("textarea")
    this.view = new EditorView({
      parent: this,
      state: EditorState.create({ doc: this.field.value, extensions: this.extensions() }),
    })
    this.field.hidden = true
    this.field.form?.addEventListener("reset", () => setTimeout(() => this.replace(this.field.defaultValue)))
    for (const label of this.field.labels) label.addEventListener("click", () => this.view.focus())
    this.view.dom.addEventListener("keyup", (event) => {
      // CodeMirror lets Tab leave for two seconds after Escape; some hands need longer.
      if (event.key === "Escape") this.view.setTabFocusMode(8000)
    })
  }

  extensions() {
    const nonce = document.querySelector("meta[name=csp-nonce]")?.content || ""
    const described = this.field.getAttribute("aria-describedby")
    const readable = { tabindex: "0", "aria-label": this.field.labels[0]?.textContent.trim() || "Code" }
    if (described) readable["aria-describedby"] = described
    if (this.field.getAttribute("aria-invalid")) readable["aria-invalid"] = "true"
    return [
      EditorView.cspNonce.of(nonce), theme, syntaxHighlighting(colours), EditorView.contentAttributes.of(readable),
      lineNumbers(), highlightActiveLine(), highlightActiveLineGutter(), drawSelection(), history(),
      bracketMatching(), indentOnInput(), indentUnit.of("    "), closeBrackets(), autocompletion(),
      highlightSelectionMatches(), python(),
      keymap.of([
        { key: "Mod-Enter", run: () => this.runChecks() },
        ...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, indentWithTab,
      ]),
      EditorView.domEventHandlers({ beforeinput: typeOver }),
      EditorView.updateListener.of((update) => {
        if (!update.docChanged) return
        this.field.value = update.state.doc.toString()
        this.field.dispatchEvent(new Event("input", { bubbles: true }))
      }),
    ]
  }

  runChecks() {
    const button = this.field.form?.querySelector("[data-run]")
    if (button && !button.disabled) button.click()
    return true
  }

  replace(text) {
    this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } })
  }
}

customElements.define("code-editor", CodeEditor)
