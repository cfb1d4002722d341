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

/** The button says that it works while the plan is made. */
function sayBusy() {
  const button = document.querySelector("[data-busy]");
  button?.form.addEventListener("submit", () => {
    button.setAttribute("aria-busy", "true");
    button.lastChild.textContent = button.dataset.busy;
  });
}

/** Buttons that only a script can serve. */
function dress(root) {
  for (const button of root.querySelectorAll("[data-share]")) {
    button.hidden = false;
    button.addEventListener("click", () => share(button));
  }
  for (const button of root.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
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

/** A change is answered in its place: the page does not jump, the map is drawn anew. */
function changeInPlace() {
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("form.plan-change");
    if (!form) return;
    event.preventDefault();
    const plan = document.querySelector("[data-plan]");
    if (plan.getAttribute("aria-busy") === "true") return;
    plan.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      show(new DOMParser().parseFromString(await answer.text(), "text/html"), new URL(answer.url).hash);
    } catch {
      plan.removeAttribute("aria-busy");
      form.submit();
    }
  });
}

function show(page, hash) {
  const fresh = page.querySelector("[data-plan]");
  if (!fresh) throw new Error("not a plan");
  // A parser without scripts reads as elements what stands there for browsers without them.
  for (const spare of fresh.querySelectorAll("noscript")) spare.remove();
  // folium keeps each map in a variable by the name of its element; it must let go of it first.
  for (const map of document.querySelectorAll(".folium-map")) window[map.id]?.remove();
  // What push.js shows is true of this browser, whatever the plan is now.
  const push = document.querySelector("[data-push]");
  if (push) fresh.querySelector("[data-push]")?.replaceWith(push);
  document.querySelector("[data-plan]").replaceWith(fresh);
  addSteppers(fresh);
  dress(fresh);
  redraw(page);
  const stop = hash && document.getElementById(decodeURIComponent(hash.slice(1)));
  if (stop) {
    stop.querySelector(".plan-tools")?.setAttribute("open", "");
    stop.focus({ preventScroll: true });
    stop.scrollIntoView({ block: "nearest" });
  }
}

/** The new page's own script draws its map, under the nonce of this one. */
function redraw(page) {
  const here = document.querySelector("script[nonce]");
  const script = document.createElement("script");
  script.nonce = here.nonce;
  script.textContent = page.querySelector("script[nonce]").textContent;
  here.replaceWith(script);
}

/** On paper nothing can be opened: the directions stand there. */
function openForPaper() {
  addEventListener("beforeprint", () => {
    for (const leg of document.querySelectorAll("details.leg:not([open])")) leg.dataset.paper = leg.open = true;
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
sayBusy();
dress(document);
changeInPlace();
