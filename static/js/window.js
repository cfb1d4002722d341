// A tap on a chip changes what stands in the window, where it stands. The address goes along, so that
// Back, a bookmark and a reload show the same; without this script each chip is a plain link.

const box = () => /** @type {HTMLElement} */ (document.querySelector("[data-window]"));
const chips = () => box().querySelector(".chips");
let asked = new AbortController();
let shown = location.search;

async function pageAt(url) {
  asked.abort();
  asked = new AbortController();
  const response = await fetch(url, { signal: asked.signal });
  if (!response.ok) throw new Error(`${response.status}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function put(page) {
  const focused = box().contains(document.activeElement) ? document.activeElement : null;
  const pushed = chips()?.scrollLeft ?? 0;
  const fresh = page.querySelector("[data-window]");
  box().replaceChildren(...fresh.childNodes);
  if (chips()) chips().scrollLeft = pushed;
  // A town of one language has no such menu.
  document.querySelector(".menu__list")?.replaceChildren(...page.querySelector(".menu__list").childNodes);
  if (focused) (document.getElementById(focused.id) ?? box()).focus({ preventScroll: true });
  document.querySelector("[data-window-said]").textContent = box().querySelector("h2, .empty p").textContent;
}

/** `keep` writes the address down before it is shown, for whoever leaves in the meantime. */
async function show(url, keep = () => {}) {
  box().setAttribute("aria-busy", "true");
  try {
    const page = await pageAt(url);
    keep();
    put(page);
    shown = location.search;
    box().removeAttribute("aria-busy");
  } catch (error) {
    if (error.name !== "AbortError") location.assign(url);
  }
}

function onTap(event) {
  const link = event.target.closest("[data-window] .chips a, [data-window] .empty a");
  const isPlain = event.button === 0 && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
  if (!link || !isPlain || link.pathname !== location.pathname) return;
  event.preventDefault();
  // The tap is answered at once; what it means comes a moment later.
  if (link.matches("[aria-current]")) link.removeAttribute("aria-current");
  else if (link.matches(".chip")) link.setAttribute("aria-current", "true");
  show(link.href, () => history.pushState(null, "", link.href));
}

export function narrowInPlace() {
  if (!box()) return;
  document.addEventListener("click", onTap);
  // A jump within the page is one, too.
  addEventListener("popstate", () => {
    if (location.search !== shown) show(location.href);
  });
}
