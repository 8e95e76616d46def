// The query engine over the whole graph, in a thread of its own: a long query keeps nobody from reading the page, and is
// ended by ending this.

const FORMS = /<[^<>"{}|^`\\\s]*>|"""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|#[^\n]*|(?<![\w:?$.-])(select|ask|construct|describe)(?![\w:.-])/gi;
let store;

/** What kind of query a text is, as its own words say: the answer to it is a table, or a graph. */
function formOf(text) {
  for (const found of text.matchAll(FORMS)) if (found[1]) return found[1].toLowerCase();
  return "select";
}

async function load({ engine, module, graph }) {
  const { default: start, Store } = await import(engine);
  await start({ module_or_path: module });
  store = new Store();
  store.load(new Uint8Array(graph), { format: "application/n-quads", lenient: true });
  // A query without FROM asks all graphs together, in which a triple is there once.
  store.update("INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }");
}

function answered({ text, prefixes, base }) {
  const form = formOf(text);
  const table = form === "select" || form === "ask";
  const results_format = table ? "application/sparql-results+json" : "text/turtle";
  // On one line, so that the lines of a message are those of the query.
  return { table, answer: store.query(prefixes + text, { base_iri: base, results_format }) };
}

self.addEventListener("message", async ({ data }) => {
  try {
    if (data.load) {
      await load(data.load);
      self.postMessage({ ready: true });
    } else {
      self.postMessage({ number: data.number, ...answered(data) });
    }
  } catch (error) {
    self.postMessage({ number: data.number, failed: String(error?.message ?? error), loading: Boolean(data.load) });
  }
});
