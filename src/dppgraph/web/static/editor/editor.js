// The query editor: what a script adds to the form at /sparql. The answer is the server's own page, of which this takes
// the part that is new, so it looks the same with and without a script, in either language.

const form = document.querySelector("form.query");
const does = (name) => document.querySelector(`[data-does="${name}"]`);
const LONGEST = 6000; // characters of an address
const store = `dppgraph query ${new URL(form.action).pathname}`;
let running = null;
let forgetful = false;

const { sourceOf } = await import(new URL(form.dataset.source, location.href));
const source = sourceOf(form, { run, words: () => import(new URL(form.dataset.words, location.href)) });

function say(text) {
  does("say").textContent = text;
}

function remembered(text) {
  try {
    if (text === undefined) return localStorage.getItem(store);
    if (text === null) localStorage.removeItem(store);
    else localStorage.setItem(store, text);
  } catch {
    // Without storage the editor works just the same, and forgets.
  }
  return null;
}

function addressed(text, format) {
  const given = new URLSearchParams(new FormData(form));
  given.set("format", format);
  given.set("query", text);
  return given;
}

async function fetched(text, signal) {
  const given = addressed(text, "html");
  const address = `${form.action}?${given}`;
  const headers = { accept: "text/html" };
  const response =
    address.length <= LONGEST
      ? await fetch(address, { headers, signal })
      : await fetch(form.action, { method: "POST", body: given, headers, signal });
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function shown(page) {
  const answer = document.getElementById("answer");
  const found = page.getElementById("answer");
  if (found) {
    answer.replaceWith(found);
    found.hidden = false;
  } else {
    // Refused before it was read as a query, such as when too much is asked at once.
    const told = page.querySelector("main") ?? page.body;
    const card = document.createElement("div");
    card.className = "card failure";
    card.setAttribute("role", "alert");
    for (const part of told.querySelectorAll("h1, p")) {
      const line = document.createElement("p");
      line.textContent = part.textContent;
      card.append(line);
    }
    answer.querySelectorAll(":scope > :not(h2)").forEach((part) => part.remove());
    answer.append(card);
    answer.hidden = false;
  }
  placed();
}

/** Makes use of what came with the answer: where the query stops making sense, and its address. */
function placed() {
  source.clear();
  const wrong = document.querySelector("#answer [data-line]");
  if (wrong) source.mark(Number(wrong.dataset.line), Number(wrong.dataset.column));
  const link = document.querySelector("[data-permalink]");
  const copy = does("copy");
  if (link && copy && navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", async () => {
      await navigator.clipboard.writeText(link.dataset.permalink);
      say(form.dataset.copied);
    });
  }
}

async function run() {
  running?.abort();
  const controller = (running = new AbortController());
  const text = source.get();
  remembered(text);
  say(form.dataset.running);
  does("stop").hidden = false;
  try {
    shown(await fetched(text, controller.signal));
    const link = document.querySelector("[data-permalink]");
    history.replaceState(null, "", link ? link.href : `${form.action}#${new URLSearchParams({ query: text })}`);
    // What went wrong is said where it stands.
    say(document.querySelector("#answer .failure") ? "" : form.dataset.answered);
    document.getElementById("answer-title").focus({ preventScroll: true });
    document.getElementById("answer").scrollIntoView({ block: "nearest" });
  } catch (error) {
    if (controller !== running) return;
    say(error.name === "AbortError" ? form.dataset.stopped : form.dataset.unreachable);
  } finally {
    if (controller === running) {
      running = null;
      does("stop").hidden = true;
    }
  }
}

/** A query that stands after the # of the address: it goes to no server but ours, and may be of any length. */
function fromAddress() {
  const text = new URLSearchParams(location.hash.slice(1)).get("query");
  if (text === null) return false;
  source.set(text);
  run();
  return true;
}

form.addEventListener("submit", (event) => {
  source.save();
  if (form.elements.format.value !== "html") return;
  event.preventDefault();
  run();
});
document.querySelector(".examples").addEventListener("click", async (event) => {
  const link = event.target.closest("[data-example]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const response = await fetch(link.href, { headers: { accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const example = page.getElementById("query");
  if (!example) return location.assign(link.href);
  source.set(example.value);
  run();
});
does("stop").addEventListener("click", () => running?.abort());
does("reset").addEventListener("click", () => {
  remembered(null);
  forgetful = true;
  location.assign(form.action + (form.elements.lang ? `?lang=${form.elements.lang.value}` : ""));
});
does("reset").hidden = does("keys").hidden = false;
window.addEventListener("hashchange", fromAddress);
window.addEventListener("pagehide", () => forgetful || remembered(source.get()));
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.defaultPrevented && (event.ctrlKey || event.metaKey) && form.contains(event.target)) {
    event.preventDefault();
    run();
  }
});

if (!fromAddress()) {
  const text = "fresh" in form.dataset ? remembered() : null;
  if (text) source.set(text);
  placed();
}
