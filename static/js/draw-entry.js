// Only what the hosts of the chosen times ask is shown. Without scripts all of it is, under titles.

const choices = [...document.querySelectorAll("select[name^='choice-']")];
const groups = [...document.querySelectorAll("[data-slots]")];

function showAsked() {
  const chosen = new Set(choices.map((choice) => choice.value));
  for (const group of groups) {
    group.hidden = !group.dataset.slots.split(" ").some((slot) => chosen.has(slot));
  }
}

for (const choice of choices) choice.addEventListener("change", showAsked);
addEventListener("pageshow", showAsked);
showAsked();
