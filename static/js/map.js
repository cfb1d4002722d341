// What a map shows, beside the tiles that folium set up: our base layer, streets, places, walks.
// Everything on it is also in the list beside it; the map adds, it never replaces.
(() => {
  "use strict";

  const CLUSTER_FROM = 30;
  const MAX_ZOOM = 18;
  const STREETS_FROM_ZOOM = 14;

  // Colours stand in tokens.css; the map is drawn in them.
  const tokens = getComputedStyle(document.documentElement);
  const colour = (name) => tokens.getPropertyValue(`--${name}`).trim();

  const BASE_STYLE = {
    outline: { color: colour("map-outline"), weight: 1.5, dashArray: "6 4", fill: false },
    river: { color: colour("map-water-edge"), weight: 5, fillColor: colour("map-water"), fillOpacity: 1 },
    park: { color: colour("map-park-edge"), weight: 1, fillColor: colour("map-park"), fillOpacity: 1 },
    railway: { color: colour("map-rail-soft"), weight: 2, dashArray: "8 5" },
    road: { color: colour("map-road"), weight: 4 },
  };

  const element = (tag, className, text) => {
    const node = document.createElement(tag);
    if (className) node.className = className;
    if (text) node.textContent = text;
    return node;
  };

  const getJSON = async (url) => {
    const response = await fetch(url, { headers: { Accept: "application/geo+json" } });
    if (!response.ok) throw new Error(`${response.status}`);
    return response.json();
  };

  const mark = (kind, icons) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
    svg.setAttribute("class", "mark");
    svg.setAttribute("aria-hidden", "true");
    use.setAttribute("href", `${icons}#mark-${kind}`);
    svg.append(use);
    return svg;
  };

  const inLanguage = (place) =>
    document.documentElement.lang.startsWith("ja") ? place.name : place.name_en || place.name;

  // ---- base layer: a map without tiles, and without a network, is still a map ----

  const drawBase = (map, data) => {
    const point = (feature, at) =>
      L.marker(at, {
        pane: "base",
        interactive: false,
        keyboard: false,
        icon: L.divIcon({
          className: `map-station map-station--${feature.properties.kind === "tram_stop" ? "tram" : "rail"}`,
          html: element("span", "", inLanguage(feature.properties)),
        }),
      });
    L.geoJSON(data, {
      pane: "base",
      renderer: L.canvas({ pane: "base" }),
      interactive: false,
      style: (feature) => BASE_STYLE[feature.properties.layer] || BASE_STYLE.road,
      pointToLayer: point,
    }).addTo(map);
    map.on("zoomend", () => thinNames(map));
    thinNames(map);
  };

  /** No name is printed over another: railway stations come before tram stops, else the first told. */
  const thinNames = (map) => {
    const names = [...map.getPane("base").querySelectorAll(".map-station span")];
    const isTram = (name) => Number(name.parentElement.matches(".map-station--tram"));
    const taken = [];
    for (const name of names) name.style.visibility = "";
    for (const name of names.sort((a, b) => isTram(a) - isTram(b))) {
      const box = name.getBoundingClientRect();
      const isFree = taken.every((other) => box.right < other.left || box.left > other.right || box.bottom < other.top || box.top > other.bottom);
      if (isFree && box.width) taken.push(box);
      name.style.visibility = isFree ? "" : "hidden";
    }
  };

  const drawStreets = (map, template) => {
    const shown = L.layerGroup([], { pane: "base" }).addTo(map);
    const canvas = L.canvas({ pane: "base" });
    let asked = "";
    const refresh = async () => {
      if (map.getZoom() < STREETS_FROM_ZOOM) { shown.clearLayers(); asked = ""; return; }
      const b = map.getBounds().pad(0.2);
      const box = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()].map((x) => x.toFixed(3));
      const url = template.replace("{bbox}", box.join(",")).replace("{zoom}", map.getZoom());
      if (url === asked) return;
      asked = url;
      try {
        const data = await getJSON(url);
        if (url !== asked) return;
        shown.clearLayers();
        L.geoJSON(data, { pane: "base", renderer: canvas, interactive: false, style: streetStyle }).addTo(shown);
      } catch { asked = ""; }
    };
    map.on("moveend", refresh);
    refresh();
  };

  const streetStyle = (feature) => ({ color: colour("map-street"), weight: ["local", "service", "path"].includes(feature.properties.class) ? 1.5 : 3 });

  // ---- places ----

  const pin = (place, options) => {
    const kind = place.kind;
    const body = element("span", `pin kind-${kind}`);
    body.append(element("span", "pin__shape"));
    if (options.numbered && place.number) {
      const badge = element("span", "pin__badge");
      badge.append(mark(kind, options.icons));
      body.append(element("span", "pin__number", `${place.number}`), badge);
    } else if (place.number === 0) {
      body.append(element("span", "pin__number", "S"));  // where a walk begins
    } else {
      body.append(mark(kind, options.icons));
    }
    if (place.approximate) body.classList.add("pin--approximate");
    if (place.role === "nearby") body.classList.add("pin--nearby");
    return L.divIcon({ className: "pin-holder", html: body, iconSize: [44, 52], iconAnchor: [22, 48], popupAnchor: [0, -42] });
  };

  const popup = (place, options) => {
    const card = element("div", `map-card kind-${place.kind}`);
    const kind = element("p", "map-card__kind", place.kind_label);
    kind.prepend(mark(place.kind, options.icons));
    const number = options.numbered && place.number ? `${place.number} ` : "";
    const link = element("a", "map-card__name", number + place.name);
    link.href = place.url;
    card.append(kind, link);
    if (place.hours) card.append(element("p", "map-card__hours", place.hours));
    if (place.session_hours) card.append(element("p", "map-card__hours", options.words.sessions.replace("{at}", place.session_hours)));
    if (place.approximate) card.append(element("p", "map-card__note", options.words.approximate));
    return card;
  };

  const marker = (feature, at, options) => {
    const place = feature.properties;
    const number = options.numbered && place.number ? `${place.number} ` : "";
    const name = number + place.name + (place.kind_label ? ` (${place.kind_label})` : "");
    const made = L.marker(at, { icon: pin(place, options), title: place.name, alt: name, riseOnHover: true });
    made.on("add", () => made.getElement()?.setAttribute("aria-label", name));
    made.slug = place.slug;
    if (options.cards) return opensCard(made);
    made.bindPopup(() => popup(place, options), { minWidth: 200, maxWidth: 280 });
    made.on("popupopen", (event) => event.popup.getElement().querySelector("a.map-card__name")?.focus());
    made.on("popupclose", () => made.getElement()?.focus());
    return made;
  };

  // Beside a list the place's card is there: the pin asks for it, by finger and by keyboard.
  const opensCard = (made) => {
    const ask = (byKey) => made._map?.fire("tour:pick", { slug: made.slug, byKey });
    made.on("click", () => ask(false));
    made.on("add", () => made.getElement()?.addEventListener("keydown", (event) => {
      if (!["Enter", " "].includes(event.key)) return;
      event.preventDefault();
      event.stopPropagation();
      ask(true);
    }));
    return made;
  };

  const drawPlaces = async (map, data, options) => {
    const features = data.features.filter((feature) => feature.geometry && isShown(feature, options));
    const layer = L.geoJSON({ ...data, features }, { pointToLayer: (feature, at) => marker(feature, at, options) });
    const crowded = options.numbered ? options.cards : features.length >= CLUSTER_FROM;
    const pins = layer.getLayers();
    if (crowded) await import(options.clusters);
    const drawn = (crowded ? window.tourClusters(options).addLayer(layer) : layer).addTo(map);
    map.tourPlaces = { drawn, pins };
    map.fire("tour:places");
    return drawn;
  };

  /** An event's map keeps the numbers of all its places, and draws those that were asked for. */
  const isShown = (feature, options) => !options.shown || options.shown.includes(feature.properties.slug);

  /** How much of the map its page leaves free; elsewhere a little room around what is shown. */
  const room = () => window.tourSheet?.room() ?? { padding: [30, 30] };

  const viewOf = (map) => `${map.getZoom()} ${map.getCenter().lat.toFixed(4)} ${map.getCenter().lng.toFixed(4)}`;

  /** Shows all of it in what is free. `map.tourRefit` does so again when more or less of the map is
   *  free than then, as long as the view is the one that came of it: nobody has moved the map. */
  const fit = (map, bounds, options) => {
    let view = "";
    let free = "";
    const show = (how) => {
      free = JSON.stringify(room());
      map.once("moveend", () => { view = viewOf(map); });
      map.fitBounds(bounds, { ...room(), ...options, ...how });
    };
    map.tourRefit = () => { if (view === viewOf(map) && free !== JSON.stringify(room())) show(); };
    show({ animate: false });
  };

  let wanted;
  // The list beside the map was asked for anew (results.js): the map shows the same places.
  const followResults = (map, drawn, options) => {
    document.addEventListener("tour:results", async (event) => {
      options.sites = event.detail || options.sites;
      options.shown = window.tourSheet?.shown();
      const asked = (wanted = Symbol("asked"));
      try {
        const data = await getJSON(options.sites);
        if (wanted !== asked) return;
        map.removeLayer(await drawn);
        drawn = drawPlaces(map, data, options);
        const shown = (await drawn).getBounds();
        if (shown.isValid()) fit(map, shown, { maxZoom: 16 });
      } catch { say(map, options.words.unavailable); }
    });
  };

  // ---- walks ----

  /** A walk by its address, or as it stands in the page. */
  const walkOf = async (walk) => (typeof walk === "string" ? getJSON(walk) : walk);

  const drawWalk = (map, data, options) => {
    const of = (type) => ({ ...data, features: data.features.filter((f) => f.geometry.type === type) });
    drawLines(map, of("LineString"));
    drawPlaces(map, of("Point"), options);
  };

  const drawLines = (map, data) => {
    const drawn = lines(data).addTo(map);
    if (drawn.getBounds().isValid()) map.fitBounds(drawn.getBounds(), { padding: [40, 40], maxZoom: 17 });
  };

  const lines = (data) => {
    const under = L.geoJSON(data, { interactive: false, style: { color: colour("paper"), weight: 9, opacity: 0.9 } });
    const line = L.geoJSON(data, {
      interactive: false,
      style: (feature) => ({
        color: colour("link"),
        weight: 5,
        dashArray: feature.properties.approximate ? "2 9" : null,
      }),
    });
    return L.featureGroup([under, line]);
  };

  /** The plan of this device, drawn beside the places (map-plan.js); another one takes its place. */
  const followPlan = (map) => {
    let drawn = null;
    const draw = (data) => {
      drawn?.remove();
      const features = data.features.filter((feature) => feature.geometry.type === "LineString");
      drawn = lines({ ...data, features }).addTo(map);
    };
    map.on("tour:line", ({ data }) => draw(data));
    const { tourLine } = map.getContainer();
    if (tourLine) draw(tourLine);
  };

  // ---- where am I ----

  const LocateControl = L.Control.extend({
    options: { position: "bottomright" },
    initialize(words) { this.words = words; },
    onAdd(map) {
      const box = element("div", "leaflet-bar map-locate");
      const button = element("button", "", "◎");
      button.type = "button";
      button.title = this.words.locate;
      button.setAttribute("aria-label", this.words.locate);
      box.append(button);
      L.DomEvent.disableClickPropagation(box);
      button.addEventListener("click", () => this.locate(map));
      return box;
    },
    locate(map) {
      map.once("locationfound", (found) => {
        this.dot?.remove();
        this.dot = L.circleMarker(found.latlng, { radius: 9, color: colour("paper"), weight: 3, fillColor: colour("link"), fillOpacity: 1 });
        this.dot.bindTooltip(this.words.here).addTo(map);
        map.setView(found.latlng, Math.max(map.getZoom(), 16));
      });
      map.once("locationerror", () => say(map, this.words.refused));
      map.locate({ enableHighAccuracy: true, timeout: 10000 });
    },
  });

  const say = (map, text) => {
    map.getContainer().querySelector(".map-says")?.remove();
    const note = element("p", "map-says", text);
    note.setAttribute("role", "status");
    map.getContainer().append(note);
  };

  const nameControls = (map, words) => {
    const container = map.getContainer();
    for (const [name, word] of [["in", words.zoomIn], ["out", words.zoomOut]]) {
      const button = container.querySelector(`.leaflet-control-zoom-${name}`);
      button?.setAttribute("aria-label", word);
      button?.setAttribute("title", word);
    }
  };

  window.tourMap = async (map, options) => {
    const container = map.getContainer();
    container.tourMap = map;
    container.setAttribute("role", "region");
    container.setAttribute("aria-label", options.label);
    map.attributionControl.setPrefix(false);
    // Without tiles nothing else says how close one may come, and clusters refuse such a map.
    if (!Number.isFinite(map.getMaxZoom())) map.setMaxZoom(MAX_ZOOM);
    if (options.credit) map.attributionControl.addAttribution(options.credit);
    map.createPane("base").style.zIndex = 150;
    map.getPane("base").style.pointerEvents = "none";
    nameControls(map, options.words);
    L.control.scale({ imperial: false }).addTo(map);
    // Station names crowd each other from afar: the style sheet shows them by the map's zoom.
    const noteZoom = () => { container.dataset.zoom = Math.floor(map.getZoom()); };
    map.on("zoomend", noteZoom);
    noteZoom();
    new LocateControl(options.words).addTo(map);
    options.shown = window.tourSheet?.shown();
    followPlan(map);
    const kept = window.tourSheet?.follow(map);
    const maxZoom = options.zoom || 16;
    if (!kept && options.fit && options.cards) fit(map, options.fit, { maxZoom });
    else if (!kept && options.fit) map.fitBounds(options.fit, { maxZoom, animate: false });
    const places = options.sites && getJSON(options.sites).then((data) => drawPlaces(map, data, options));
    if (places) followResults(map, places, options);
    // What one came for is drawn first, the ground after it.
    const ground = Promise.all([getJSON(options.base), Promise.resolve(places).catch(() => null)]);
    const drawings = [
      ground.then(([data]) => drawBase(map, data)),
      places,
      options.walk && walkOf(options.walk).then((data) => drawWalk(map, data, options)),
    ];
    if (options.streets) drawStreets(map, options.streets);
    const results = await Promise.allSettled(drawings);
    if (results.slice(1).some((result) => result.status === "rejected")) say(map, options.words.unavailable);
    container.dataset.ready = "yes";
  };
})();
