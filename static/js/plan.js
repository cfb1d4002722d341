// What the plan form and the page of a plan gain from scripts. Without them every change is a form
// that is sent, and the page that comes back says what the change does.

import { addSteppers } from "./stepper.js";

/** Begin where the visitor stands: one more choice in the list of places. */
function offerHere() {
  const box = document.querySelector("[data-here]");
  if (!box || !navigator.geolocation) return;
  const [button, says] = box.children;
  const select = document.querySelector("select[name=from]");
  const found = ({ coords }) => {
    const place = `${coords.longitude.toFixed(6)},${coords.latitude.toFixed(6)}`;
    select.prepend(new Option(says.dataset.name, place, true, true));
    says.textContent = says.dataset.name;
  };
  const refused = () => { says.textContent = says.dataset.refused; };
  button.addEventListener("click", () =>
    navigator.geolocation.getCurrentPosition(found, refused, { timeout: 10000, enableHighAccuracy: true }));
  box.hidden = false;
}

/** Buttons that only a script can serve. */
function dress(root) {
  for (const button of root.querySelectorAll("[data-share]")) {
    button.hidden = false;
    button.addEventListener("click", () => share(button));
  }
  for (const button of root.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.tourMaps.drawn().finally(print));
  }
}

async function share(button) {
  const url = button.parentElement.querySelector("input").value;
  if (navigator.share) {
    await navigator.share({ url, title: document.title }).catch(() => {});
    return;
  }
  await navigator.clipboard.writeText(url);
  button.lastChild.textContent = button.dataset.done;
}

/** A change is answered in its place: the page does not jump, the map is drawn anew.
    What was answered is never sent again. Where no answer came nobody knows whether it arrived:
    the same button may be pressed again, and the server makes the same change once. */
function changeInPlace() {
  document.addEventListener("submit", (event) => {
    const form = event.target.closest("form.plan-change");
    if (!form) return;
    event.preventDefault();
    change(form);
  });
}

async function change(form) {
  const plan = document.querySelector("[data-plan]");
  if (plan.getAttribute("aria-busy") === "true") return;
  plan.setAttribute("aria-busy", "true");
  const asked = new URLSearchParams(/** @type {any} */ (new FormData(form)));
  const page = await sent(form.action, asked).catch(() => null);
  plan.removeAttribute("aria-busy");
  if (!page) return complain(plan.dataset.offline);
  const fresh = page.querySelector("[data-plan]");
  if (!fresh) return complain(wordsOf(page));
  try {
    show(page, fresh, asked.get("site"));
  } catch {
    location.reload();
  }
}

async function sent(url, body) {
  const answer = await fetch(url, { method: "POST", body });
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function show(page, fresh, site) {
  // A parser without scripts reads as elements what stands there for browsers without them.
  for (const spare of fresh.querySelectorAll("noscript")) spare.remove();
  // Leaflet must let go of what it listens to.
  for (const map of document.querySelectorAll(".folium-map")) map.tourMap?.remove();
  // What push.js shows is true of this browser, whatever the plan is now.
  const push = document.querySelector("[data-push]");
  if (push) fresh.querySelector("[data-push]")?.replaceWith(push);
  const before = stopsOf(document);
  document.querySelector("[data-plan]").replaceWith(fresh);
  addSteppers(fresh);
  dress(fresh);
  redraw(page);
  goTo(changedStop(before, site) ?? document.querySelector("h1"));
  say([...fresh.querySelectorAll("[data-said]")].map(textOf).join(" "));
}

function stopsOf(root) {
  return [...root.querySelectorAll(".plan-row--stop")].map((stop) => stop.id);
}

let lastChanged = "";

/** The stop that was meant; else the first that stands elsewhere now; else the one before. */
function changedStop(before, site) {
  const after = stopsOf(document);
  const meant = [`stop-${site}`, after.find((id, n) => id !== before[n]), lastChanged, after.at(-1)];
  lastChanged = meant.find((id) => after.includes(id)) ?? "";
  return document.getElementById(lastChanged);
}

function goTo(place) {
  place.querySelector(".plan-tools")?.setAttribute("open", "");
  place.focus({ preventScroll: true });
  place.scrollIntoView({ block: "nearest" });
}

/** Said once, by a line that stays when the plan is replaced. */
function say(text) {
  const line = document.querySelector("[data-plan-says]");
  line.className = "visually-hidden";
  line.textContent = text;
}

/** Nothing changed: that is shown, too. */
function complain(text) {
  say(text);
  const line = document.querySelector("[data-plan-says]");
  line.className = "notice notice--warning plan__says";
}

function wordsOf(page) {
  return [...page.querySelectorAll("main h1, main h1 ~ p:not(.actions)")].map(textOf).join(" ");
}

function textOf(element) {
  return element.textContent.replace(/\s+/g, " ").trim();
}

/** The new page's own script draws its map, under the nonce of this one: it alone is allowed here,
    and a browser hides it from selectors, so the script is found by its mark. */
function redraw(page) {
  const here = document.querySelector("[data-map-script]");
  const script = document.createElement("script");
  script.nonce = here.nonce;
  script.dataset.mapScript = "";
  script.textContent = page.querySelector("[data-map-script]").textContent;
  here.replaceWith(script);
}

/** On paper nothing can be opened: the directions stand there. */
function openForPaper() {
  addEventListener("beforeprint", () => {
    for (const leg of document.querySelectorAll("details.leg:not([open])")) {
      leg.open = true;
      leg.dataset.paper = "yes";
    }
  });
  addEventListener("afterprint", () => {
    for (const leg of document.querySelectorAll("details.leg[data-paper]")) {
      leg.open = false;
      delete leg.dataset.paper;
    }
  });
}

offerHere();
openForPaper();
dress(document);
changeInPlace();
