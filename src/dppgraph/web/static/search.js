// Suggestions below each search box: an editable combobox with a listbox (WAI-ARIA Authoring Practices, "Combobox").
// Without this, or without an answer, the box is a plain form.

const WAIT = 150;
const SHORTEST = 2;

const { url, root } = document.body.dataset;

/** An address of this server, by the name that the page was opened by: the server may know itself by another. */
function here(address) {
  return address.startsWith(url) ? new URL(`./${address.slice(url.length)}`, new URL(root, location.href)).href : address;
}

function enhance(input, number) {
  const form = input.form;
  const list = document.createElement("ul");
  const status = document.createElement("div");
  list.id = `suggestions-${number}`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  status.className = "unseen";
  status.setAttribute("role", "status");
  input.after(list);
  form.append(status);
  for (const [name, value] of Object.entries({
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  })) input.setAttribute(name, value);

  let timer = 0;
  let asking = null;
  let active = -1;

  const close = () => {
    clearTimeout(timer);
    asking?.abort();
    list.hidden = true;
    activate(-1);
    input.setAttribute("aria-expanded", "false");
  };

  const activate = (index) => {
    active = index;
    [...list.children].forEach((option, at) => option.setAttribute("aria-selected", String(at === index)));
    const option = list.children[index];
    if (option) {
      input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };

  const show = (answer) => {
    list.setAttribute("aria-label", answer.name);
    list.replaceChildren(...answer.suggestions.filter((one) => one.url).map((one, at) => {
      const option = document.createElement("li");
      const label = document.createElement("bdi");
      const kind = document.createElement("span");
      option.id = `${list.id}-${at}`;
      option.dataset.url = here(one.url);
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      label.textContent = one.label;
      if (one.language) label.lang = one.language;
      kind.className = "kind";
      kind.textContent = one.kindLabel;
      option.append(label, kind);
      return option;
    }));
    active = -1;
    input.removeAttribute("aria-activedescendant");
    const found = list.children.length > 0 && document.activeElement === input;
    list.hidden = !found;
    input.setAttribute("aria-expanded", String(found));
    status.textContent = found ? answer.said : "";
  };

  const ask = async () => {
    const begun = input.value.trim();
    asking?.abort();
    if (begun.length < SHORTEST || begun.length > 200) return close();
    asking = new AbortController();
    const address = new URL(`${form.action}.json`);
    const lang = new URLSearchParams(location.search).get("lang");
    address.search = new URLSearchParams({ suggest: begun, ...(lang && { lang }) });
    try {
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (answer.ok && input.value.trim() === begun) show(await answer.json());
    } catch {
      // Aborted, or no answer: the form works without.
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (list.hidden) return void ask();
      const step = event.key === "ArrowDown" ? 1 : -1;
      // One place more than there are options: the box itself.
      activate(((active + 1 + step + count + 1) % (count + 1)) - 1);
    } else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && active >= 0 && !list.hidden) {
      event.preventDefault();
      location.assign(list.children[active].dataset.url);
    } else if (event.key === "Tab") close();
  });
  input.addEventListener("blur", close);
  // The box keeps the focus while an option is pressed.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.url);
  });
  form.addEventListener("submit", close);
}

document.querySelectorAll('form[role="search"] input[name="q"]').forEach(enhance);
