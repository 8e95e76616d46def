// What is wider than the window, and so makes the page scroll sideways.
() => {
  const width = document.documentElement.clientWidth;
  const wide = document.scrollingElement.scrollWidth;
  const outside = [];
  const scrolls = (element) => {
    for (let above = element.parentElement; above; above = above.parentElement) {
      if (above !== document.documentElement && above !== document.body && getComputedStyle(above).overflowX !== "visible") return true;
    }
    return false;
  };
  for (const element of document.body.querySelectorAll("*")) {
    const box = element.getBoundingClientRect();
    const hidden = box.width <= 1 || box.height <= 1;
    if (hidden || (box.right <= width + 1 && box.left >= -1) || scrolls(element)) continue;
    const name = `${element.localName}${element.className && typeof element.className === "string" ? "." + element.className.trim().replace(/\s+/g, ".") : ""}`;
    outside.push(`${name} from ${Math.round(box.left)} to ${Math.round(box.right)} of ${width}`);
  }
  if (wide > width + 1) outside.unshift(`the page is ${wide} wide in a window of ${width}`);
  return outside.slice(0, 5);
}
