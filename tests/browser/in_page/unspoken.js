// What people read that is no message: texts outside ⟦ ⟧, but for those of the data and those that are the same in all languages.
(known) => {
  const spoken = "bdi, code, pre, time, kbd, samp, script, style, template, textarea, [translate=no]";
  const attributes = ["alt", "aria-description", "aria-label", "aria-roledescription", "aria-valuetext", "label", "placeholder", "title"];
  // Names that are the same in every language, paths, and dates, which no message says.
  const same = [
    /\b(dppgraph|SPARQL|JSON(-LD)?|CSV|TSV|RDF(\/XML)?|Turtle|TriG|N-(Triples|Quads)|XML|HTML|SHACL|SKOS|OWL|DCAT(-AP)?|LDES|VoID|OpenAPI|ttl|nt|nq|rdf|trig|gz|stratml|jsonld|ntriples|nquads|rdfxml|Triple Pattern Fragments|curl|SHA-256|GET|POST|HEAD)\b/gi,
    /https?:\/\/\S+/g,
    /\b(xsd|rdf):\w+/g,
    // The tag of a language.
    /^[a-z]{2}$/g,
    /(?<=^|\s)\/[\w{}.\/-]+/g,
    new RegExp(`(\\d{1,2} )?(${known.months.join("|")}) \\d{4}`, "gi"),
  ];
  const letters = { test: (text) => /\p{L}/u.test(same.reduce((left, name) => left.replaceAll(name, ""), text)) };
  // Where there can be no <bdi>, the words of the data stand as they are.
  const plain = "svg, head, option, optgroup";
  const said = known.said.join("\n").replace(/\s+/g, " ");
  const isSaid = (text) => said.includes(text.replace(/\s+/g, " ").replace(/[…:,·\s]+$/u, "").replace(/^[…:,·\s]+/u, ""));
  const found = [];
  let depth = 0;

  const ofTheData = (element) => {
    const marked = element.closest("[lang]");
    return element.closest(spoken) || (marked && marked !== document.documentElement);
  };

  const outside = (text) => {
    let unspoken = "";
    for (const letter of text) {
      if (letter === "⟦") depth += 1;
      else if (letter === "⟧") depth -= 1;
      else if (depth === 0) unspoken += letter;
    }
    return unspoken.trim();
  };

  const walker = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { data, parentElement } = walker.currentNode;
    if (ofTheData(parentElement)) continue;
    const unspoken = outside(data);
    if (!letters.test(unspoken) || known.named.includes(unspoken.replace(/\s+/g, " "))) continue;
    if (parentElement.closest(plain) && isSaid(unspoken)) continue;
    found.push(`<${parentElement.localName}> ${unspoken.slice(0, 80)}`);
  }
  if (depth !== 0) found.push(`${depth} messages do not end`);

  for (const element of document.querySelectorAll("*")) {
    if (element.closest("[translate=no]")) continue;
    for (const name of attributes) {
      depth = 0;
      const unspoken = outside(element.getAttribute(name) ?? "");
      // An address, or a name of the data.
      if (letters.test(unspoken) && !/^\S+:\S+$/.test(unspoken) && !ofTheData(element) && !isSaid(unspoken)) {
        found.push(`<${element.localName} ${name}> ${unspoken.slice(0, 80)}`);
      }
    }
  }
  return found;
}
