// What has the focus: whether that shows, and how far down the page it stands.
() => {
  const element = document.activeElement;
  if (!element || element === document.body || element === document.documentElement) return null;
  // An editor that is drawn around its field shows the focus of all of it.
  const framed = element.closest(".CodeMirror") ?? element;
  const style = getComputedStyle(framed);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const box = element.getBoundingClientRect();
  const all = [...document.querySelectorAll("*")];
  return {
    place: window.placesOfElements?.get(element) ?? all.indexOf(element),
    name: `<${element.localName}> ${(element.textContent || element.getAttribute("aria-label") || element.name || "").trim().replace(/\s+/g, " ").slice(0, 40)}`,
    shows: outlined || style.boxShadow !== "none",
    inView: box.width > 1 && box.height > 1 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
    skips: element.matches("a[href^='#']"),
  };
}
