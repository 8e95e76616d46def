// Where links lead and files come from that is neither on the web nor a mailbox.
() => [...document.querySelectorAll("[href], [src], [action], [formaction], [data], [poster]")].flatMap((element) =>
  ["href", "src", "action", "formaction", "data", "poster"].filter((name) => element.hasAttribute(name)).flatMap((name) => {
    const to = new URL(element.getAttribute(name), document.baseURI);
    return ["http:", "https:", "mailto:"].includes(to.protocol) ? [] : [`<${element.localName} ${name}="${to.href.slice(0, 80)}">`];
  }))
