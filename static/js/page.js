// What every page gains from scripts. Without them each of these is a plain link or input.

import { askForChildren } from "./for-children.js";
import { addIntoPlan } from "./into-plan.js";
import { keepPartySize } from "./party-size.js";
import { openPendingTarget } from "./pending.js";
import { refineInPlace, searchNearMe } from "./results.js";
import { drawMapsInView } from "./see-maps.js";
import { sendForms } from "./sending.js";
import { addSteppers } from "./stepper.js";
import { sayIfLost } from "./told.js";
import { narrowInPlace } from "./window.js";

/** The language menu closes when the reader turns to something else. */
function closeMenus() {
  const open = () => document.querySelectorAll("details.menu[open]");
  document.addEventListener("click", (event) => {
    for (const menu of open()) if (!menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of open()) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
}

/** Choices inside [data-submit-on-change] are sent at once; elsewhere the button sends them. */
function submitOnChange() {
  document.addEventListener("change", (event) => {
    const { form } = event.target;
    if (event.target.closest("[data-submit-on-change]") && !("results" in form.dataset)) form.requestSubmit();
  });
}

/** A form that is more than the server takes is not sent: what was typed stays where it is. */
function sayIfTooMuch() {
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    const { largest, tooMuch } = document.body.dataset;
    if (event.defaultPrevented || form.method !== "post" || form.enctype.startsWith("multipart/")) return;
    const typed = /** @type {[string, string][]} */ ([...new FormData(form)]);
    const size = new URLSearchParams(typed).toString().length;
    if (size <= Number(largest)) return;
    event.preventDefault();
    const said = form.querySelector("[data-says-too-much]") ?? document.createElement("p");
    said.dataset.saysTooMuch = "";
    said.className = "error-summary";
    said.setAttribute("role", "alert");
    said.tabIndex = -1;
    said.textContent = tooMuch;
    form.prepend(said);
    said.focus();
  });
}

/** After a refused form, the reader starts at what is wrong. */
function focusErrors() {
  document.querySelector(".error-summary")?.focus();
}

/** A menu that is wider than the phone begins where one is; the page itself does not move. */
function showCurrentInMenu() {
  for (const link of document.querySelectorAll(".staff__menu [aria-current]")) {
    const row = link.closest("ul");
    const [here, around] = [link.getBoundingClientRect(), row.getBoundingClientRect()];
    row.scrollLeft += here.left - around.left - (around.width - here.width) / 2;
  }
}

document.documentElement.dataset.scripts = "yes";
closeMenus();
submitOnChange();
refineInPlace();
narrowInPlace();
searchNearMe();
sayIfTooMuch();
sendForms();
addIntoPlan();
addSteppers(document);
askForChildren();
keepPartySize();
focusErrors();
showCurrentInMenu();
drawMapsInView();
openPendingTarget();
sayIfLost();
