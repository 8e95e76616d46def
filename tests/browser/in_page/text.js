// The text of the page, in its order, without what scripts have added and marked so.
() => {
  const lines = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (parentElement.closest("script, style, noscript, template, [data-added]")) continue;
    const text = data.replace(/\s+/g, " ").trim();
    if (text) lines.push(text);
  }
  return lines;
}
