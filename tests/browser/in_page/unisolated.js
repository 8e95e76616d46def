// Texts with the mark of the data that stand where they could turn the text around them.
(mark) => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (!data.includes(mark) || parentElement.closest("script, style, template, bdi, [dir], textarea, option, pre")) continue;
    const code = parentElement.closest("code");
    if (code && getComputedStyle(code).unicodeBidi === "isolate") continue;
    // In a picture there is no <bdi>; its style says the same.
    const drawn = parentElement.closest("svg") && (parentElement.closest("title, desc") || ["isolate", "plaintext"].includes(getComputedStyle(parentElement).unicodeBidi));
    if (!drawn) found.push(`<${parentElement.localName}> ${data.trim().slice(0, 60)}`);
  }
  return found;
}
