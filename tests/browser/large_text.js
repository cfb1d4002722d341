// What is wrong with the page as it stands now, in words: asked by test_large_text.py at each size.
// `zoom` says how many pixels of the phone a pixel of the page has; `large`, whether bars must stand.
({ zoom, large }) => {
  const BAR = 64.5, TARGET = 43.5;
  const faults = [];
  const page = document.scrollingElement;
  window.scrollTo(0, 0);

  const name = (element) => {
    const said = (element.getAttribute("aria-label") || element.textContent || "").trim().replace(/\s+/g, " ");
    const kind = element.tagName.toLowerCase() + [...element.classList].map((c) => `.${c}`).join("");
    return `${kind} «${said.slice(0, 24)}»`;
  };
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: false });
  const said = (kind, element, more = "") => faults.push(`${kind}: ${name(element)} ${more}`.trim());
  const all = [...document.body.querySelectorAll("*")].filter((e) => !e.closest("svg, .leaflet-container") && seen(e));

  // Nothing runs over the edge, but rows that are made to be pushed, and those say so.
  const pushed = (element) => element.closest("[data-pushed], .chips--row, .panes, .mapsheet__cards, .site-photos, pre");
  const inBox = (element) => {
    for (let box = element; box !== document.body; box = box.parentElement) if (/auto|scroll/.test(getComputedStyle(box).overflowX)) return true;
    return false;
  };
  if (page.scrollWidth > innerWidth + 1) {
    faults.push(`runs over: ${page.scrollWidth} of ${innerWidth}`);
    for (const element of all) {
      const box = element.getBoundingClientRect();
      if (box.right > innerWidth + 1 && !inBox(element) && box.width > 1) { said("runs over", element, `${Math.round(box.right)}`); break; }
    }
  }
  for (const element of all) {
    const style = getComputedStyle(element);
    if (pushed(element) || element.scrollWidth <= element.clientWidth + 1 || element.clientWidth < 2) continue;
    if (/auto|scroll/.test(style.overflowX) && !/^(TEXTAREA|SELECT|INPUT)$/.test(element.tagName)) said("is pushed sideways", element, `${element.scrollWidth} of ${element.clientWidth}`);
    if (/hidden|clip/.test(style.overflowX) && element.textContent.trim() && !element.closest(".visually-hidden")) said("is cut", element, `${element.scrollWidth} of ${element.clientWidth}`);
  }

  // Bars.
  for (const bar of all) {
    const style = getComputedStyle(bar);
    const stays = /fixed|sticky/.test(style.position) && bar.clientWidth > innerWidth / 2;
    const isBar = stays || bar.matches("[data-bar], .brand, .menu, .tabs, .action-bar, .staff__menu");
    if (!isBar || bar.matches(".skip")) continue;
    const box = bar.getBoundingClientRect();
    if (stays && large) said("stays", bar, style.position);
    if (stays ? box.height > BAR : box.height > (bar.matches(".action-bar") ? Infinity : BAR)) said("is high", bar, `${Math.round(box.height)}`);
  }

  // No column of letters.
  const letters = document.createRange();
  for (const element of all) {
    for (const node of element.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE || node.data.trim().length < 4) continue;
      letters.selectNodeContents(node);
      const lines = new Set([...letters.getClientRects()].filter((r) => r.width > 1).map((r) => Math.round(r.top)));
      if (lines.size > 2 && node.data.trim().length / lines.size < 2.5) said("one letter wide", element, `${lines.size} lines`);
      const right = Math.max(...[...letters.getClientRects()].map((r) => r.right));
      if (right > innerWidth + 1 && !inBox(element) && !element.closest(".visually-hidden")) said("text is off the screen", element, `${Math.round(right)}`);
    }
  }

  // A heading breaks between phrases, not within these.
  for (const heading of large ? [] : document.querySelectorAll("h1, h2, h3")) {
    const texts = document.createTreeWalker(heading, NodeFilter.SHOW_TEXT);
    for (let node = texts.nextNode(); node; node = texts.nextNode()) {
      for (const { index, 0: word } of node.data.matchAll(/工房|いない|まだ|メールと|体験|会場/g)) {
        letters.setStart(node, index);
        letters.setEnd(node, index + word.length);
        if (new Set([...letters.getClientRects()].map((r) => Math.round(r.top))).size > 1) said(`breaks within ${word}`, heading);
      }
    }
  }

  // The subject, on the first screen.
  const subject = document.querySelector("h1");
  if (!subject) faults.push("no heading");
  else {
    letters.selectNodeContents(subject);
    const line = letters.getClientRects()[0];
    if (line && line.bottom > innerHeight) said("below the first screen", subject, `${Math.round(line.bottom)} of ${innerHeight}`);
  }

  // Fingers.
  const inText = (element) => {
    if (!/^inline/.test(getComputedStyle(element).display) || element.tagName !== "A") return false;
    return [...element.parentElement.childNodes].some((n) => n !== element && n.nodeType === Node.TEXT_NODE && n.data.trim());
  };
  for (let element of all) {
    if (!element.matches("a[href], button, summary, select, textarea, input:not([type=hidden])")) continue;
    if (element.closest(".visually-hidden") || inText(element)) continue;
    const after = getComputedStyle(element, "::after");
    if (after.position === "absolute") {
      if (Math.min(parseFloat(after.width), parseFloat(after.height)) * zoom >= TARGET) continue;
      element = element.closest(".card, .row, li") || element;
    }
    if (element.matches("[type=checkbox], [type=radio]")) element = element.closest("label") || document.querySelector(`label[for="${element.id}"]`) || element;
    const box = element.getBoundingClientRect();
    if (box.width <= 1) continue;
    if (Math.min(box.width, box.height) * zoom < TARGET) said("is small", element, `${Math.round(box.width)}×${Math.round(box.height)}`);
  }

  // The focus is never behind a bar.
  const bars = all.filter((e) => /fixed|sticky/.test(getComputedStyle(e).position) && !e.matches(".skip"));
  if (bars.length) {
    const fields = all.filter((e) => e.matches("a[href], button, summary, select, textarea, input:not([type=hidden])"));
    const step = Math.max(1, Math.floor(fields.length / 30));
    for (let i = 0; i < fields.length; i += step) {
      const field = fields[i];
      field.focus();
      if (document.activeElement !== field) continue;
      const box = field.getBoundingClientRect();
      if (box.width <= 1) continue;
      const above = document.elementFromPoint((box.left + box.right) / 2, box.top + Math.min(box.height / 2, TARGET / 2));
      const bar = bars.find((e) => e.contains(above) && !e.contains(field));
      if (bar) said("is under a bar when it has the focus", field, `${name(bar)} ${Math.round(box.top)}–${Math.round(box.bottom)}`);
    }
    document.activeElement.blur();
    window.scrollTo(0, 0);
  }
  return [...new Set(faults)];
}
