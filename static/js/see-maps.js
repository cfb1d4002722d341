// A map is drawn when it comes into view: what draws it weighs more than the rest of a page.
// A page puts its maps into `tourMaps`: `{id, script, style, unavailable, draw}` each.

const AHEAD = "200px";

const drawers = new Map();
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) draw(target);
}, { rootMargin: AHEAD });

export function drawMapsInView() {
  const before = window.tourMaps ?? [];
  window.tourMaps = { push: wait, drawn: () => Promise.all([...drawers.keys()].map(draw)) };
  before.forEach(wait);
  // Whoever prints by the browser's own menu gets what is there by then.
  addEventListener("beforeprint", () => window.tourMaps.drawn());
}

function wait(map) {
  const box = document.getElementById(map.id);
  if (!box) return;
  drawers.set(box, map);
  near.observe(box);
}

async function draw(box) {
  const map = drawers.get(box);
  drawers.delete(box);
  near.unobserve(box);
  // A plan that was changed in the meantime has another map in its place.
  if (!map || !box.isConnected) return;
  try {
    await Promise.all([import(map.script), dressed(map.style)]);
    map.draw();
  } catch {
    sayUnavailable(box, map);
  }
}

/** The map's style sheet, once. */
function dressed(style) {
  if (document.querySelector(`link[href="${style}"]`)) return null;
  const link = document.createElement("link");
  link.rel = "stylesheet";
  link.href = style;
  const come = new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => {
      link.remove();
      reject(new Error(style));
    };
  });
  document.head.append(link);
  return come;
}

/** The page says the same without its map; when the network is back, so is the map. */
function sayUnavailable(box, map) {
  const note = document.createElement("p");
  note.className = "map__without";
  note.setAttribute("role", "status");
  note.textContent = map.unavailable;
  box.after(note);
  addEventListener("online", () => {
    note.remove();
    wait(map);
  }, { once: true });
}
