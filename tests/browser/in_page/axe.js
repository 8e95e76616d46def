// What axe-core has against the page.
async () => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const { violations } = await axe.run(document, { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] });
  // In the query editor the caret is moved by the keyboard, from a field beside the text, and what scrolls goes along.
  const scrolledByCaret = (rule, node) => rule === "scrollable-region-focusable" && node.html.includes('class="CodeMirror-scroll"');
  return violations.flatMap(({ id, help, nodes }) =>
    nodes.filter((node) => !scrolledByCaret(id, node)).slice(0, 3).map((node) => `${id} (${help}): ${node.html.slice(0, 160)}${node.any.concat(node.all, node.none).slice(0, 1).map((check) => ` - ${check.message}`)}`));
}
