// The list beside a map. On a phone it is a sheet over the map with three heights: its head alone
// (peek), a row of cards that is swiped (half), the whole list (full). The card in the middle and the
// pin that is chosen are the same place. Where one was is kept with the page, for Back.
// map.js asks it how much of the map is free (`tourSheet`). Without scripts this is a page.

import { showPlanOnMap } from "./map-plan.js";

const HEIGHTS = ["peek", "half", "full"];
const SLOP_PX = 8;
const CARD_PX = 190;
const STRIP_PX = 160;
const root = document.querySelector("[data-mapsheet]");
const sheet = root.querySelector(".mapsheet__sheet");
const results = document.getElementById("results");
const isSheet = matchMedia("(scripting: enabled) and (min-width: 20em) and (max-width: 63.99em) and (min-height: 28.01em)");
const isCalm = matchMedia("(prefers-reduced-motion: reduce)");
const kept = history.state?.mapsheet ?? {};
let map = null;
let pins = new Map();
let drawn = null;
let chosen = kept.chosen ?? "";

const later = (work, ms) => {
  let timer = 0;
  return (...given) => { clearTimeout(timer); timer = setTimeout(() => work(...given), ms); };
};
const cardsRow = () => results.querySelector(".mapsheet__cards");
const cardOf = (slug) => results.querySelector(`[data-place="${CSS.escape(slug)}"]`);

// ---- what Back brings again ----

const keep = later(() => {
  const { lat, lng } = map.getCenter();
  const view = { lat, lng, zoom: map.getZoom() };
  history.replaceState({ ...history.state, mapsheet: { view, chosen, height: root.dataset.height, rolled: results.scrollTop } }, "");
}, 150);

// ---- three heights ----

const setHeight = (height, from = sheet.offsetHeight) => {
  root.dataset.height = height;
  sheet.style.height = "";
  for (const button of root.querySelectorAll("[data-sheet]")) {
    button.disabled = height === (button.dataset.sheet === "up" ? "full" : "peek");
  }
  const to = sheet.offsetHeight;
  if (isSheet.matches && !isCalm.matches && from !== to) {
    sheet.animate([{ height: `${from}px` }, { height: `${to}px` }], { duration: 180, easing: "ease-out" });
  }
  if (chosen) bringCard(chosen, false);
  if (map) keep();
};

const step = (by) => {
  const next = HEIGHTS[HEIGHTS.indexOf(root.dataset.height) + by];
  if (next) setHeight(next);
};

/** A finger on the head, or up and down on the cards, moves the sheet; it settles at the nearest. */
const drag = () => {
  let from = null;
  const end = (event) => {
    if (!from) return;
    const { y, height, moving } = from;
    from = null;
    if (!moving) return;
    const now = sheet.offsetHeight;
    const up = event.clientY < y;
    setHeight(nearest(now, height, up), now);
  };
  sheet.addEventListener("pointerdown", (event) => {
    const { target } = event;
    if (!isSheet.matches || !event.isPrimary || target.closest("input, select, button, dialog, .filters[open]")) return;
    if (root.dataset.height === "full" && !target.closest(".mapsheet__grip")) return;
    from = { y: event.clientY, x: event.clientX, height: sheet.offsetHeight, moving: false };
  });
  // Of the window: a mouse leaves the low sheet with its first move.
  addEventListener("pointermove", (event) => {
    if (!from) return;
    const gone = from.y - event.clientY;
    if (!from.moving) {
      if (Math.abs(gone) < SLOP_PX || Math.abs(gone) < Math.abs(event.clientX - from.x)) return;
      from.moving = true;
    }
    sheet.style.height = `${Math.min(Math.max(from.height + gone, 64), root.clientHeight)}px`;
  });
  addEventListener("pointerup", end);
  addEventListener("pointercancel", end);
  // A drag that ends on a link is no tap.
  sheet.addEventListener("click", (event) => { if (sheet.style.height) event.preventDefault(); }, true);
};

const nearest = (now, was, up) => {
  const peek = root.querySelector(".mapsheet__head").offsetHeight;
  const px = { peek, half: peek + CARD_PX, full: root.clientHeight };
  const ahead = HEIGHTS.filter((height) => (up ? px[height] > was : px[height] < was) && height !== root.dataset.height);
  const best = ahead.sort((a, b) => Math.abs(px[a] - now) - Math.abs(px[b] - now))[0];
  return Math.abs(now - was) > 24 && best ? best : root.dataset.height;
};

// ---- the pin and its card ----

const choose = (slug, { byKey = false, fromList = false } = {}) => {
  if (slug !== chosen) unmark();
  chosen = slug;
  mark();
  const pin = pins.get(slug);
  if (pin) map.panInside(pin.getLatLng(), { ...room(), animate: !isCalm.matches });
  keep();
  if (fromList) return;
  if (isSheet.matches && root.dataset.height !== "half") setHeight("half");
  bringCard(slug, byKey);
};

const unchoose = () => {
  const pin = pins.get(chosen);
  unmark();
  chosen = "";
  (pin && elementOf(pin))?.focus();
  if (isSheet.matches) setHeight("peek");
  keep();
};

/** A cluster was opened: a place that is no longer in view is chosen no more. */
const letGo = () => {
  const pin = pins.get(chosen);
  if (!pin || map.getBounds().contains(pin.getLatLng())) return;
  unmark();
  chosen = "";
  keep();
};

/** The pin, or the cluster that stands for it. */
const elementOf = (pin) => (drawn?.getVisibleParent?.(pin) ?? pin).getElement?.();

const mark = () => {
  const pin = pins.get(chosen);
  const element = pin && elementOf(pin);
  for (const other of root.querySelectorAll(".pin-holder--chosen")) {
    if (other !== element) other.classList.remove("pin-holder--chosen");
  }
  element?.classList.add("pin-holder--chosen");
  element?.setAttribute("aria-pressed", "true");
  pin?.setZIndexOffset(1000);
  cardOf(chosen)?.classList.add("card--chosen");
};

const unmark = () => {
  const pin = pins.get(chosen);
  pin?.setZIndexOffset(0);
  for (const element of root.querySelectorAll(".pin-holder--chosen")) {
    element.classList.remove("pin-holder--chosen");
    element.removeAttribute("aria-pressed");
  }
  results.querySelector(".card--chosen")?.classList.remove("card--chosen");
};

const bringCard = async (slug, byKey) => {
  const card = cardOf(slug) ?? (await fetchCard(slug));
  if (!card || slug !== chosen) return;
  card.classList.add("card--chosen");
  const behavior = isCalm.matches ? "auto" : "smooth";
  if (isSheet.matches && root.dataset.height === "half") {
    const row = cardsRow();
    const left = card.offsetLeft - (row.clientWidth - card.offsetWidth) / 2;
    // Far away one is there at once, instead of watching all others go by.
    const isNear = Math.abs(left - row.scrollLeft) < 3 * card.offsetWidth;
    row.scrollTo({ left, behavior: isNear ? behavior : "auto" });
  } else {
    card.scrollIntoView({ block: "nearest", behavior });
  }
  if (byKey) card.querySelector("a").focus({ preventScroll: true });
};

/** Where there are more places than rows, the list has not all: the server has each. */
const fetchCard = async (slug) => {
  const url = new URL(location.href);
  url.searchParams.set("place", slug);
  const page = await pageAt(url).catch(() => null);
  const card = page?.querySelector(`#results [data-place="${CSS.escape(slug)}"]`);
  if (card) cardsRow()?.prepend(card);
  return card;
};

const pageAt = async (url) => {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), "text/html");
};

/** Swiped: the card in the middle is the one that is chosen. */
const swiped = later(() => {
  const row = cardsRow();
  if (!row || !isSheet.matches || root.dataset.height !== "half") return;
  const middle = row.scrollLeft + row.clientWidth / 2;
  const away = (card) => Math.abs(card.offsetLeft + card.offsetWidth / 2 - middle);
  const [card] = [...row.children].sort((a, b) => away(a) - away(b));
  if (card && card.dataset.place !== chosen) choose(card.dataset.place, { fromList: true });
}, 120);

/** Of many places the list has those that the map shows. */
const listOfView = later(async () => {
  if (Number(results.dataset.pages) < 2) return;
  const b = map.getBounds();
  const url = new URL(location.href);
  url.searchParams.delete("page");
  url.searchParams.set("bbox", [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((edge) => edge.toFixed(4)).join(","));
  if (chosen) url.searchParams.set("place", chosen);
  const page = await pageAt(url).catch(() => null);
  const fresh = page?.getElementById("results");
  if (!fresh) return;
  results.replaceChildren(...fresh.childNodes);
  mark();
}, 400);

/** A sheet that is lower or higher than before: the map shows all again, if nobody has moved it. */
const refit = later(() => {
  if (!sheet.style.height && root.dataset.height !== "full") map?.tourRefit?.();
}, 220);

// ---- what the map asks ----

/** Free is what no sheet covers, and never less than a strip; a pin is as high as 52 px. */
const room = () => {
  const { clientHeight } = root.querySelector(".map");
  const covers = isSheet.matches && root.dataset.height !== "full";
  const covered = covers ? Math.min(sheet.offsetHeight, Math.max(0, clientHeight - STRIP_PX)) : 0;
  return { paddingTopLeft: [28, 60], paddingBottomRight: [28, covered + 16] };
};

const placed = () => {
  drawn = map.tourPlaces.drawn;
  pins = new Map(map.tourPlaces.pins.map((pin) => [pin.slug, pin]));
  setTimeout(mark);
};

/** The map is there; whether it shows what it showed before. */
const follow = (made) => {
  map = made;
  map.on("tour:pick", ({ slug, byKey }) => choose(slug, { byKey }));
  map.on("tour:places", placed);
  if (map.tourPlaces) placed();
  map.on("moveend", keep);
  map.on("tour:opened", () => map.once("moveend", letGo));
  map.on("zoomend", () => setTimeout(mark, 300));
  map.on("dragend zoomend", listOfView);
  if (!kept.view) return false;
  map.setView([kept.view.lat, kept.view.lng], kept.view.zoom, { animate: false });
  return true;
};

window.tourSheet = { room, follow, shown: () => results.dataset.shown?.split(" ") };

// ---- set up ----

const place = () => root.style.setProperty("--mapsheet-top", `${root.getBoundingClientRect().top + scrollY}px`);
place();
addEventListener("resize", () => { place(); map?.invalidateSize({ animate: false }); });
new ResizeObserver(() => {
  if (root.dataset.height === "full") return;
  root.style.setProperty("--mapsheet-covered", `${sheet.offsetHeight}px`);
  // Taller now, as with the plan's line: the pin stays in sight.
  const pin = pins.get(chosen);
  if (pin && !sheet.style.height) map.panInside(pin.getLatLng(), { ...room(), animate: !isCalm.matches });
  refit();
}).observe(sheet);
root.querySelector(".mapsheet__buttons").hidden = false;
for (const button of root.querySelectorAll("[data-sheet]")) {
  button.addEventListener("click", () => step(button.dataset.sheet === "up" ? 1 : -1));
}
root.addEventListener("scroll", ({ target }) => {
  if (target === cardsRow()) swiped();
  else if (map) keep();
}, true);
root.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !chosen || document.querySelector("dialog[open], details[open]")) return;
  event.preventDefault();
  unchoose();
});
drag();
setHeight(kept.height ?? "half");
results.scrollTop = kept.rolled ?? 0;
// A map that was quicker than this script.
const quick = root.querySelector(".folium-map").tourMap;
if (quick) {
  follow(quick);
  refit();
}
showPlanOnMap(root);
