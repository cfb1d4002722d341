// ＋ on a card beside a map: the place goes into the plan of this device at once, and the plan's line
// is drawn. Where that is not so plain (no room, closed that day, in it already) the page behind the
// button is shown, as everywhere (into-plan.js).

import { askAboutPlans, sendToPlan, showAnswer } from "./into-plan.js";

let root = document.body;
let line = document.body;
let inPlan = new Set();

/** The map draws it at once, or when it is drawn itself. */
function draw(data) {
  const box = /** @type {any} */ (root.querySelector(".folium-map"));
  box.tourLine = data;
  box.tourMap?.fire("tour:line", { data });
}

/** The plan's line on the map and what it comes to, in the sheet; of no plan nothing. */
async function show(answer) {
  const now = answer?.querySelector("[data-in-plan]");
  line.replaceChildren(...(now ? [now] : []));
  // Taking out what was put in a moment ago is undoing it, in the first plan as in every other.
  for (const button of line.querySelectorAll("form button")) button.textContent = line.dataset.undo;
  const data = now ? await (await fetch(now.dataset.walk)).json() : { features: [] };
  draw(data);
  inPlan = new Set(data.features.map((feature) => feature.properties.url));
  markCards();
}

/** What is in the plan says so on its card, also on one that came to the list later. */
function markCards() {
  for (const link of root.querySelectorAll("a[data-into-plan]")) {
    const { pathname } = link.closest("[data-place]").querySelector(".card__title a");
    link.toggleAttribute("data-in", inPlan.has(pathname));
  }
}

async function add(link) {
  if (link.getAttribute("aria-busy") === "true") return;
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await askAboutPlans(link.href);
    const plain = !answer.querySelector("[data-in-plan]") && answer.querySelector("[data-put]");
    if (plain) await show(await sendToPlan(plain.closest("form")));
    else showAnswer(answer, link.dataset.intoPlan);
  } catch {
    location.assign(link.href);
  } finally {
    link.removeAttribute("aria-busy");
  }
}

async function takeBack(form) {
  line.setAttribute("aria-busy", "true");
  await sendToPlan(form).catch(() => form.submit());
  await show(await askAboutPlans(line.dataset.ask));
  line.removeAttribute("aria-busy");
}

export function showPlanOnMap(page) {
  root = page;
  line = page.querySelector("[data-plan-line]");
  // Before the dialog of every other page gets to know of it.
  root.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-into-plan]");
    if (!link || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    add(link);
  });
  line.addEventListener("submit", (event) => {
    event.preventDefault();
    takeBack(event.target);
  });
  new MutationObserver(markCards).observe(root.querySelector("#results"), { childList: true, subtree: true });
  document.addEventListener("tour:in-plan", () => askAboutPlans(line.dataset.ask).then(show));
  if ("hasPlan" in line.dataset) askAboutPlans(line.dataset.ask).then(show, () => {});
}
