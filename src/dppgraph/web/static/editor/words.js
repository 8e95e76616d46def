// Completion: prefixes and terms of our own graph, found by how they are written and by what they are called.

const MOST = 60;
const WORDS = /^(a|as|asc|ask|base|bind|bound|by|construct|count|desc|describe|distinct|exists|false|filter|from|graph|group|having|if|in|lang|limit|minus|named|not|offset|optional|order|prefix|regex|select|service|str|sum|true|undef|union|values|where)$/i;

/** Has the editor complete words with what is at `address`. */
export async function complete(yasqe, Yasqe, address) {
  const { prefixes, terms } = await (await fetch(address)).json();
  const known = terms.map(([written, kind, label]) => ({ written, kind, label, sought: `${written} ${label}`.toLowerCase() }));
  const labels = new Map(known.map((term) => [term.written, term.label === term.written ? "" : term.label]));
  // YASQE adds the declaration of a prefix when it is first used; with our own list.
  Yasqe.forkAutocompleter("prefixes", {
    name: "our-prefixes",
    persistenceId: null,
    get: () => Object.entries(prefixes).map(([name, namespace]) => `${name}: <${namespace}>`),
  });
  Yasqe.forkAutocompleter("variables", { name: "our-variables", autoShow: true });
  Yasqe.registerAutocompleter({
    name: "our-terms",
    bulk: false,
    autoShow: true,
    isValidCompletionPosition: (editor) => sought(editor) !== null,
    get: (editor, token) => found(known, sought(editor) ?? token.string, wanted(editor)),
    postprocessHints: (_, hints) =>
      hints.map((hint) => ({ ...hint, displayText: `${hint.text}  ${labels.get(hint.text) ?? ""}`.trim() })),
  });
  for (const name of ["our-prefixes", "our-variables", "our-terms"]) await yasqe.enableCompleter(name);
}

/** What is being written where the cursor is, if it may be a term. */
function sought(editor) {
  const token = editor.getCompleteToken();
  const text = token.string.trim();
  if (!/^[\p{L}_][\p{L}\w-]*(:[\p{L}\w-]*)?$/u.test(text) || WORDS.test(text)) return null;
  if (/comment|string$|variable/.test(token.type ?? "")) return null;
  if (!text.includes(":") && text.length < 3) return null;
  const cursor = editor.getDoc().getCursor();
  const before = editor.getPreviousNonWsToken(cursor.line, token)?.string?.toUpperCase();
  return before === "PREFIX" || before === "SELECT" || before === "#" ? null : text.toLowerCase();
}

/** The kind of term that can stand where the cursor is; empty where any can. */
function wanted(editor) {
  const token = editor.getCompleteToken();
  const cursor = editor.getDoc().getCursor();
  const before = editor.getPreviousNonWsToken(cursor.line, token);
  if (["a", "rdf:type"].includes(before?.string)) return "class";
  return (token.state.possibleCurrent ?? []).includes("a") ? "property" : "";
}

function found(known, text, kind) {
  const begins = (term) => term.written.toLowerCase().startsWith(text) || term.label.toLowerCase().startsWith(text);
  const rank = (term) => (begins(term) ? 0 : 1) + (kind && term.kind !== kind ? 2 : 0);
  return known
    .filter((term) => term.sought.includes(text))
    .sort((one, other) => rank(one) - rank(other) || one.written.localeCompare(other.written))
    .slice(0, MOST)
    .map((term) => term.written);
}
