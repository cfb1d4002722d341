// Zooms the drawn map of the archive by its viewBox. Without this script the whole map is shown.
(() => {
  "use strict";

  const CLOSEST = 8;
  const svg = document.querySelector(".map__picture svg");
  const tools = document.querySelector(".map__tools");
  if (!svg || !tools) return;
  tools.hidden = false;

  const { x, y, width, height } = svg.viewBox.baseVal;
  const whole = { x, y, width, height };
  let view = { ...whole };

  const show = (next) => {
    const scale = Math.min(1, Math.max(1 / CLOSEST, next.width / whole.width));
    view = { ...view, width: whole.width * scale, height: whole.height * scale };
    view.x = Math.min(Math.max(next.x, 0), whole.width - view.width);
    view.y = Math.min(Math.max(next.y, 0), whole.height - view.height);
    svg.setAttribute("viewBox", `${view.x} ${view.y} ${view.width} ${view.height}`);
  };

  // `at`: which point of the view stays where it is, from 0 to 1 across and down.
  const zoom = (factor, at = { x: 0.5, y: 0.5 }) => {
    const width = Math.min(whole.width, Math.max(whole.width / CLOSEST, view.width / factor));
    const height = (width * whole.height) / whole.width;
    show({
      x: view.x + (view.width - width) * at.x,
      y: view.y + (view.height - height) * at.y,
      width,
    });
  };

  const actions = { in: () => zoom(1.6), out: () => zoom(1 / 1.6), whole: () => show(whole) };
  tools.addEventListener("click", (event) => actions[event.target.dataset.zoom]?.());

  svg.addEventListener("dblclick", (event) => {
    const box = svg.getBoundingClientRect();
    zoom(1.6, { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height });
    event.preventDefault();
  });

  let last = null;
  svg.addEventListener("pointerdown", (event) => { last = { x: event.clientX, y: event.clientY }; });
  window.addEventListener("pointerup", () => { last = null; });
  window.addEventListener("pointermove", (event) => {
    if (!last || view.width === whole.width) return;
    const perPixel = view.width / svg.getBoundingClientRect().width;
    show({
      x: view.x - (event.clientX - last.x) * perPixel,
      y: view.y - (event.clientY - last.y) * perPixel,
      width: view.width,
    });
    last = { x: event.clientX, y: event.clientY };
  });
})();
