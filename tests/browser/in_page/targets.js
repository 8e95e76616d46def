// What is to be pressed and is smaller than 24 by 24 pixels (WCAG 2.2, 2.5.8). Links in texts, lists and tables may be where
// they have room around them, which axe-core judges; here it is what looks like a button, and what leads through the site. The field within YASGUI's
// editor is pressed by pressing anywhere in the editor.
() => {
  const least = 24;
  const small = [];
  const inSentence = (element) => {
    const style = getComputedStyle(element);
    if (style.display !== "inline") return false;
    const block = element.closest("p, li, td, th, dd, dt, figcaption, caption, blockquote, summary, h1, h2, h3, h4, h5, h6, label, legend, div, footer, header");
    return block !== null && block.textContent.trim().length > element.textContent.trim().length;
  };
  for (const element of document.querySelectorAll("nav a[href], button, input:not([type=hidden]), select, textarea, summary")) {
    if (!element.checkVisibility({ visibilityProperty: true }) || element.closest("svg, .CodeMirror") || inSentence(element)) continue;
    // A label that is pressed presses what it labels.
    const boxes = [element, ...(element.labels ?? [])].map((part) => part.getBoundingClientRect());
    if (boxes[0].width <= 1 || boxes.some((box) => box.width >= least - 0.5 && box.height >= least - 0.5)) continue;
    const box = boxes[0];
    small.push(`<${element.localName}> ${(element.textContent || element.getAttribute("aria-label") || element.name || "").trim().slice(0, 40)}: ${Math.round(box.width)} by ${Math.round(box.height)}`);
  }
  return small;
}
