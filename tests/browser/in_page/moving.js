// What moves though it should not.
() => [...document.querySelectorAll("*")].flatMap((element) => {
  const style = getComputedStyle(element);
  const longest = (times) => Math.max(...times.split(",").map((time) => parseFloat(time) * (time.trim().endsWith("ms") ? 1 : 1000)));
  const name = `<${element.localName} class="${element.getAttribute("class") ?? ""}">`;
  const found = [];
  if (style.transitionProperty !== "none" && longest(style.transitionDuration) > 10) found.push(`${name} changes in ${style.transitionDuration}`);
  if (style.animationName !== "none" && longest(style.animationDuration) > 10) found.push(`${name} is animated`);
  if (style.scrollBehavior === "smooth") found.push(`${name} scrolls smoothly`);
  return found;
}).slice(0, 5)
