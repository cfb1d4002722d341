// How many come: adults and children together stay within what fits, and the sum that they pay stands
// beside the number and on the button. The server has said the sums; nothing is counted here.

export function keepPartySize() {
  for (const box of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-most]"))) keep(box);
}

function keep(box) {
  const inputs = /** @type {HTMLInputElement[]} */ ([...box.querySelectorAll("input[type=number]")]);
  const sums = JSON.parse(box.dataset.sums);
  const shown = box.querySelector("[data-sum]");
  const button = /** @type {HTMLElement | null} */ (box.closest("form").querySelector("[data-with-sum]"));
  const without = { shown: shown?.textContent, button: button?.textContent };
  const people = () => inputs.reduce((sum, input) => sum + Number(input.value), 0);
  const show = () => {
    const spare = Number(box.dataset.most) - people();
    for (const input of inputs) {
      input.max = String(Math.max(0, Number(input.value) + spare));
      input.dispatchEvent(new Event("limits"));
    }
    const sum = sums[people() - 1];
    if (shown) shown.textContent = sum ?? without.shown;
    if (button) button.textContent = sum ? button.dataset.withSum.replace("{sum}", sum) : without.button;
  };
  box.addEventListener("change", show);
  box.addEventListener("input", show);
  addEventListener("pageshow", show);
  show();
}
