// Where the query is written: YASGUI's editor where it is installed, else the form's own field.

/** What there is to write in. `run` asks the query; `words` loads what the editor completes words with. */
export function sourceOf(form, { run, words }) {
  const area = form.elements.query;
  return window.Yasgui ? new Editor(form, area, run, words) : new Field(area);
}

class Field {
  constructor(area) {
    this.area = area;
  }
  get() {
    return this.area.value;
  }
  set(text) {
    this.area.value = text;
  }
  save() {}
  clear() {}
  /** Puts the cursor where the query stops making sense; line and column count from 1. */
  mark(line, column) {
    const before = this.area.value.split("\n").slice(0, line - 1).join("\n");
    const place = before.length + (line > 1 ? 1 : 0) + column - 1;
    this.area.setSelectionRange(place, place);
  }
}

class Editor {
  constructor(form, area, run, words) {
    const { Yasqe } = window.Yasgui;
    // The completers that come with it ask another host, or know prefixes of everything but this graph.
    Yasqe.defaults.autocompleters = [];
    delete Yasqe.Autocompleters.class;
    delete Yasqe.Autocompleters.property;
    const box = document.createElement("div");
    box.className = "yasgui";
    area.before(box);
    area.hidden = true;
    this.area = area;
    this.marks = [];
    this.yasqe = new Yasqe(box, {
      value: area.value,
      persistenceId: null,
      consumeShareLink: null,
      createShareableLink: null,
      showQueryButton: false,
      prefixCcApi: null,
      resizeable: false,
      editorHeight: "26rem",
      requestConfig: { endpoint: form.action, method: "GET" },
      hintConfig: { container: box },
      // Tab goes on to the next control, as everywhere: who uses the keyboard is not to be caught in here.
      extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-S": false, "Ctrl-Enter": run, "Cmd-Enter": run },
    });
    const input = this.yasqe.getInputField();
    input.setAttribute("aria-describedby", "keys");
    const label = form.querySelector(`label[for="${area.id}"]`);
    label.id = "query-label";
    input.setAttribute("aria-labelledby", label.id);
    label.addEventListener("click", () => this.yasqe.focus());
    words().then(({ complete }) => complete(this.yasqe, Yasqe, form.dataset.terms));
  }
  get() {
    return this.yasqe.getValue();
  }
  set(text) {
    this.yasqe.setValue(text);
  }
  save() {
    this.area.value = this.get();
  }
  clear() {
    this.marks.forEach((mark) => mark.clear());
    this.marks = [];
  }
  mark(line, column) {
    const doc = this.yasqe.getDoc();
    const from = { line: line - 1, ch: column - 1 };
    const rest = doc.getLine(from.line)?.slice(from.ch) ?? "";
    const length = /^\s*([\w:?$-]+|\S)/u.exec(rest)?.[0].length ?? 0;
    const start = length ? from : { line: from.line, ch: Math.max(0, from.ch - 1) };
    this.marks.push(doc.markText(start, { line: from.line, ch: from.ch + length }, { className: "wrong-here" }));
    doc.setCursor(from);
  }
}
