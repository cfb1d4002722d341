// Plus and minus beside a number input, for thumbs. The input alone works without scripts.

const MINUS = "M4 12h16";
const PLUS = "M12 4v16M4 12h16";

function button(label, path) {
  const made = document.createElement("button");
  made.type = "button";
  made.setAttribute("aria-label", label);
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  made.append(svg);
  return made;
}

function addStepper(box) {
  const input = box.querySelector("input[type=number]");
  const fewer = button(box.dataset.fewer, MINUS);
  const more = button(box.dataset.more, PLUS);
  const showLimits = () => {
    fewer.disabled = input.value !== "" && Number(input.value) <= Number(input.min);
    more.disabled = input.value !== "" && Number(input.value) >= Number(input.max);
  };
  const step = (change) => {
    change();
    input.dispatchEvent(new Event("change", { bubbles: true }));
  };
  fewer.addEventListener("click", () => step(() => input.stepDown()));
  more.addEventListener("click", () => step(() => input.stepUp()));
  input.addEventListener("change", showLimits);
  input.addEventListener("input", showLimits);
  input.addEventListener("limits", showLimits);
  box.prepend(fewer);
  box.append(more);
  showLimits();
}

/** Dress every `.stepper` below `root`; its data-fewer and data-more name the buttons. */
export function addSteppers(root) {
  for (const box of root.querySelectorAll(".stepper")) addStepper(box);
}
