// All that the tab key should come to, by its place in the document as it is now: `focused.js` asks for the same places, also
// where an editor adds to the page as soon as it has the focus.
() => {
  const all = [...document.querySelectorAll("*")];
  window.placesOfElements = new Map(all.map((element, place) => [element, place]));
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: false });
  const grouped = new Set();
  const found = [];
  all.forEach((element, place) => {
    if (!element.matches("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")) return;
    if (element.tabIndex < 0 || element.disabled || !seen(element)) return;
    if (element.type === "radio") {
      // Of a group, one is come to: the chosen, else the first.
      if (grouped.has(element.name)) return;
      grouped.add(element.name);
      const chosen = document.querySelector(`input[type=radio][name="${CSS.escape(element.name)}"]:checked`);
      if (chosen && chosen !== element) { found.push([all.indexOf(chosen), "radio"]); return; }
    }
    found.push([place, `<${element.localName}> ${(element.textContent || element.getAttribute("aria-label") || element.name || "").trim().replace(/\s+/g, " ").slice(0, 40)}`]);
  });
  return found;
}
