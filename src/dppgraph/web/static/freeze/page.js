// The query page of a site without a server: gets the graph and the engine once, asks the worker, shows what it answers.

const bench = document.getElementById("workbench");
const said = bench.dataset;
const text = document.getElementById("query");
const [ask, stop, say] = ["ask", "stop", "say"].map((id) => document.getElementById(id));
const section = document.getElementById("answer");
const told = document.getElementById("told");
const THING = /^[a-z-]+\/[A-Za-z0-9_-]+$/;
let worker = null;
let ready = null;
let number = 0;
let saved = null;
let fetched = null;

function element(name, given = {}, ...inside) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) made.setAttribute(key, value);
  made.append(...inside);
  return made;
}

async function bytes(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${response.status} ${address}`);
  return response.arrayBuffer();
}

/** Starts a worker that has the graph. What it is made of is fetched once: another one needs no network. */
function start() {
  say.textContent = said.loading;
  worker = new Worker(said.worker, { type: "module" });
  ready = (async () => {
    fetched ??= Promise.all([bytes(said.module), bytes(said.graph)]);
    const [module, graph] = await fetched;
    const begun = new Promise((resolve, reject) => {
      worker.addEventListener("message", ({ data }) => {
        if (data.ready) resolve();
        else if (data.loading) reject(new Error(data.failed));
        else answered(data);
      });
      worker.addEventListener("error", (event) => reject(new Error(event.message || said.worker)));
    });
    worker.postMessage({ load: { engine: said.engine, module, graph } });
    await begun;
  })();
  ready.then(
    () => (say.textContent = said.ready),
    (error) => {
      fetched = null;
      say.textContent = "";
      failed(said.unreachable, error.message);
    },
  );
}

async function run() {
  const mine = (number += 1);
  try {
    await ready;
  } catch {
    return;
  }
  if (mine !== number) return;
  say.textContent = said.running;
  stop.hidden = false;
  worker.postMessage({ number: mine, text: text.value, prefixes: said.prefixes, base: said.base });
  history.replaceState(null, "", `#${new URLSearchParams({ query: text.value })}`);
}

function answered({ number: of, failed: message, table, answer }) {
  if (of !== number) return;
  stop.hidden = true;
  // What went wrong is said where it stands.
  say.textContent = message === undefined ? said.answered : "";
  if (message !== undefined) failed(said.wrong, message);
  else if (table) tabular(JSON.parse(answer), answer);
  else shown(answer, "text/turtle", "ttl", element("pre", { tabindex: 0 }, element("code", {}, answer)));
  document.getElementById("answer-title").focus({ preventScroll: true });
  section.scrollIntoView({ block: "nearest" });
}

function failed(what, message) {
  const words = element("p", { class: "note" }, `${said.said} `, element("bdi", { lang: "en" }, message));
  told.replaceChildren(element("div", { class: "card failure", role: "alert" }, element("p", { class: "error" }, what), words));
  section.hidden = false;
}

function shown(answer, type, extension, ...parts) {
  if (saved) URL.revokeObjectURL(saved);
  saved = URL.createObjectURL(new Blob([answer], { type }));
  const link = element("a", { href: saved, download: `answer.${extension}`, type }, said.download);
  told.replaceChildren(...parts, element("p", {}, link));
  section.hidden = false;
}

function tabular(found, answer) {
  const parts = [];
  if (found.boolean !== undefined) {
    parts.push(element("p", { class: "verdict" }, found.boolean ? said.yes : said.no));
  } else if (!found.results.bindings.length) {
    parts.push(element("p", {}, said.none));
  } else {
    const rows = found.results.bindings;
    const note = rows.length > said.most ? ` ${said.part}` : "";
    parts.push(element("p", { class: "note" }, `${rows.length.toLocaleString(document.documentElement.lang)} ${said.rows}.${note}`));
    parts.push(tableOf(found.head.vars, rows.slice(0, said.most)));
  }
  shown(answer, "application/sparql-results+json", "json", ...parts);
}

function tableOf(columns, rows) {
  const heads = columns.map((column) => element("th", { scope: "col", role: "columnheader" }, element("bdi", {}, column)));
  const body = rows.map((row) => {
    const cells = columns.map((column) => element("td", { role: "cell", "data-column": column }, ...cell(row[column])));
    return element("tr", { role: "row" }, ...cells);
  });
  const table = element(
    "table",
    { class: "answer", role: "table" },
    element("caption", { class: "unseen" }, said.table),
    element("thead", { role: "rowgroup" }, element("tr", { role: "row" }, ...heads)),
    element("tbody", { role: "rowgroup" }, ...body),
  );
  return element("div", { class: "table-wrap", role: "region", "aria-label": said.table, tabindex: 0 }, table);
}

function cell(term) {
  if (!term) {
    const dash = element("span", { "aria-hidden": "true" }, "–");
    return [element("span", { class: "absent", title: said.empty }, dash, element("span", { class: "unseen" }, said.empty))];
  }
  if (term.type === "uri") return [linked(term.value)];
  if (term.type !== "literal") return [element("bdi", {}, JSON.stringify(term.value))];
  const language = term["xml:lang"];
  return [element("bdi", language ? { lang: language } : {}, term.value)];
}

/** A thing of ours by its name, with a link to its document; anything else on the web by its address. */
function linked(iri) {
  const own = iri.startsWith(`${said.base}id/`) ? iri.slice(said.base.length + 3) : "";
  const [name, part] = own.split("#");
  const shown = element("bdi", {}, own || iri);
  if (THING.test(name)) return element("a", { href: `${said.documents}${name}/${part ? `#${part}` : ""}` }, shown);
  return /^https?:/.test(iri) && !own ? element("a", { href: iri, rel: "noreferrer" }, shown) : shown;
}

/** A query that stands after the # of the address; it stays in this browser. */
function fromAddress() {
  const given = new URLSearchParams(location.hash.slice(1)).get("query");
  if (given === null) return;
  text.value = given;
  run();
}

ask.addEventListener("click", run);
stop.addEventListener("click", () => {
  number += 1;
  worker.terminate();
  stop.hidden = true;
  start();
  say.textContent = said.stopped;
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && bench.contains(event.target)) {
    event.preventDefault();
    run();
  }
});
document.querySelector(".examples").addEventListener("click", (event) => {
  const link = event.target.closest("[data-question]");
  // The same one once more is no other address, and is asked all the same.
  if (link && link.hash === location.hash && !event.ctrlKey && !event.metaKey) fromAddress();
});
window.addEventListener("hashchange", fromAddress);
document.getElementById("without").hidden = true;
bench.hidden = false;
start();
fromAddress();
