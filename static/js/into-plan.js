// "Add to my plan" answers where it is pressed: the page behind the link is shown in a dialog, and
// what is pressed there is sent and answered there, too. Without this script it is a page like others.

/** Asks for the page behind an address, or sends a form; what of it answers, or null. */
async function answerOf(url, options) {
  const response = await fetch(url, options);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return /** @type {HTMLElement | null} */ (page.querySelector("[data-into-plan-answer]"));
}

/** The answer about a place, or about the plans as they are. */
export function askAboutPlans(url) {
  return answerOf(url, {});
}

/** Sends one of the answer's own forms. */
export function sendToPlan(form) {
  const body = new URLSearchParams(/** @type {[string, string][]} */ ([...new FormData(form)]));
  return answerOf(form.action, { method: "POST", body });
}

/** Tells whoever shows plans elsewhere on the page, such as the map. */
function tell(answer) {
  document.dispatchEvent(new CustomEvent("tour:in-plan", { detail: answer }));
}

/** The one dialog of the page, made when it is first needed. */
function dialogOf(closeWord) {
  const found = document.querySelector(".into-plan-dialog");
  if (found) return found;
  const dialog = document.createElement("dialog");
  dialog.className = "into-plan-dialog";
  dialog.setAttribute("aria-labelledby", "into-plan");
  const close = document.createElement("button");
  close.type = "button";
  close.className = "into-plan-dialog__close";
  close.textContent = "×";
  close.setAttribute("aria-label", closeWord);
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
  dialog.append(close);
  document.body.append(dialog);
  return dialog;
}

function show(dialog, answer) {
  dialog.querySelector("[data-into-plan-answer]")?.remove();
  dialog.append(answer);
  if (!dialog.open) dialog.showModal();
  answer.querySelector("h1").focus();
}

/** What was answered elsewhere, in the dialog. */
export function showAnswer(answer, closeWord) {
  show(dialogOf(closeWord), answer);
}

async function open(link) {
  if (link.getAttribute("aria-busy") === "true") return;
  link.setAttribute("aria-busy", "true");
  const answer = await askAboutPlans(link.href).catch(() => null);
  link.removeAttribute("aria-busy");
  if (!answer) location.assign(link.href);
  else showAnswer(answer, link.dataset.intoPlan);
}

async function send(form) {
  const section = form.closest("[data-into-plan-answer]");
  if (section.getAttribute("aria-busy") === "true") return;
  section.setAttribute("aria-busy", "true");
  const answer = await sendToPlan(form).catch(() => null);
  section.removeAttribute("aria-busy");
  if (!answer) return form.submit();
  show(section.closest("dialog"), answer);
  tell(answer);
}

export function addIntoPlan() {
  document.addEventListener("click", (event) => {
    const target = /** @type {Element} */ (event.target);
    const link = target.closest("a[data-into-plan]");
    const elsewhere = event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented;
    if (!link || elsewhere || !("showModal" in HTMLDialogElement.prototype)) return;
    event.preventDefault();
    open(link);
  });
  document.addEventListener("submit", (event) => {
    const form = /** @type {HTMLFormElement} */ (event.target);
    if (!form.closest(".into-plan-dialog")) return;
    event.preventDefault();
    send(form);
  });
}
