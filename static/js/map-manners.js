// A map in the middle of a page leaves the page its one finger and its wheel: two fingers move the
// map, Ctrl or a click lets the wheel zoom, and a button opens the map over the whole window.
// Arrow keys move it as ever while it has the focus. Loaded between map.js and the map itself.
(() => {
  "use strict";

  const HINT_MS = 1500;
  const SLOP_PX = 10;
  const draw = window.tourMap;

  // Who asks for less motion gets maps that jump instead of gliding.
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) {
    const { panBy } = L.Map.prototype;
    L.Map.mergeOptions({ zoomAnimation: false, fadeAnimation: false, markerZoomAnimation: false, inertia: false });
    L.Map.include({ panBy(offset, options) { return panBy.call(this, offset, { ...options, animate: false }); } });
  }

  window.tourMap = async (map, options) => {
    if (!options.whole) behave(map, options.words);
    await draw(map, options);
  };

  const behave = (map, words) => {
    const container = map.getContainer();
    const hint = hintOn(container);
    container.classList.add("map-shy");
    leaveFingers(map, container, () => hint(words.fingers));
    leaveWheel(map, container, () => hint(words.wheel));
    new FullControl(words).addTo(map);
  };

  const isShy = (container) => container.classList.contains("map-shy");

  /** Says something over the map for a moment; what it says is no news to a screen reader. */
  const hintOn = (container) => {
    const note = document.createElement("p");
    note.className = "map-hint";
    note.setAttribute("aria-hidden", "true");
    note.hidden = true;
    container.append(note);
    let timer = 0;
    return (text) => {
      note.textContent = text;
      note.hidden = !text;
      clearTimeout(timer);
      timer = setTimeout(() => { note.hidden = true; }, HINT_MS);
    };
  };

  // Leaflet's pinch moves the map with two fingers as well: only its dragging has to rest.
  const leaveFingers = (map, container, hint) => {
    if (matchMedia("(pointer: coarse)").matches) map.dragging.disable();
    container.addEventListener("pointerdown", (event) => {
      if (isShy(container) && event.pointerType === "touch") map.dragging.disable();
      else map.dragging.enable();
    }, { capture: true });
    let from = null;
    container.addEventListener("touchstart", ({ touches }) => {
      from = touches.length === 1 ? touches[0] : null;
    }, { passive: true });
    container.addEventListener("touchmove", ({ touches, target }) => {
      if (!isShy(container) || !from || touches.length > 1 || target.closest(".pin-pick")) return;
      const gone = Math.hypot(touches[0].clientX - from.clientX, touches[0].clientY - from.clientY);
      if (gone > SLOP_PX) hint();
    }, { passive: true });
  };

  const leaveWheel = (map, container, hint) => {
    let entered = false;
    map.scrollWheelZoom.disable();
    document.addEventListener("pointerdown", ({ target }) => { entered = container.contains(target); });
    container.addEventListener("focusout", ({ relatedTarget }) => {
      if (!container.contains(relatedTarget)) entered = false;
    });
    // Not passive: the browser would roll the page by the first turn before it asks whether the map
    // takes it.
    container.addEventListener("wheel", (event) => {
      if (entered || !isShy(container) || event.ctrlKey || event.metaKey) {
        map.scrollWheelZoom.enable();
      } else {
        map.scrollWheelZoom.disable();
        hint();
      }
    }, { capture: true, passive: false });
  };

  const FullControl = L.Control.extend({
    options: { position: "topright" },
    initialize(words) { this.words = words; },
    onAdd(map) {
      const box = L.DomUtil.create("div", "leaflet-bar map-full");
      this.button = L.DomUtil.create("button", "", box);
      this.button.type = "button";
      L.DomEvent.disableClickPropagation(box);
      this.button.addEventListener("click", () => this.toggle(map));
      map.getContainer().addEventListener("keydown", ({ key }) => {
        if (key === "Escape" && !isShy(map.getContainer())) this.toggle(map);
      });
      this.say(false);
      return box;
    },
    toggle(map) {
      const container = map.getContainer();
      const full = container.parentElement.classList.toggle("map--full");
      container.classList.toggle("map-shy", !full);
      if (full || !matchMedia("(pointer: coarse)").matches) map.dragging.enable();
      else map.dragging.disable();
      map.invalidateSize({ animate: false });
      this.say(full);
    },
    say(full) {
      this.button.textContent = full ? "×" : "⤢";
      this.button.title = full ? this.words.close : this.words.full;
      this.button.setAttribute("aria-label", this.button.title);
    },
  });
})();
