// What gathers many places to one sign; map.js asks for it where there are many, or where numbers
// hide each other.

import "../markercluster/leaflet.markercluster.js";

// From afar pins are drawn smaller (map-sheet.css).
const OVERLAP_PX = (zoom) => (zoom < 14 ? 36 : 46);
const MOST_LETTERS = 7;

const sign = (className, text) => {
  const node = document.createElement("span");
  node.className = className;
  node.textContent = text;
  return node;
};

window.tourClusters = (options) => {
  const group = L.markerClusterGroup({
    showCoverageOnHover: false,
    zoomToBoundsOnClick: false,
    // Numbers are looked for: only pins that hide each other stand for each other.
    maxClusterRadius: options.numbered ? OVERLAP_PX : 50,
    disableClusteringAtZoom: 17,
    iconCreateFunction: (cluster) =>
      L.divIcon({ className: "cluster-holder", html: clusterMark(cluster, options), iconSize: [44, 44] }),
  });
  // The plugin's clusters answer to the mouse only: name them, and let Enter and Space press them.
  group.on("add layeradd animationend spiderfied", () => nameClusters(options));
  const open = (cluster) => {
    group._map.fire("tour:opened");
    cluster.zoomToBounds(window.tourSheet?.room() ?? { padding: [30, 30] });
  };
  group.on("clusterclick", (event) => open(event.layer));
  group.on("clusterkeypress", (event) => {
    if (!["Enter", " "].includes(event.originalEvent?.key)) return;
    const [inside] = event.layer.getAllChildMarkers();
    group.once("animationend", () => focusOn(group, inside));
    open(event.layer);
  });
  group.once("add", () => group._map.on("moveend zoomend", () => setTimeout(() => nameClusters(options), 300)));
  return group;
};

/** Whoever opened a cluster by keyboard goes on from one of its places. */
const focusOn = (group, made) => {
  const there = group.getVisibleParent(made) ?? made;
  (there.getElement?.() ?? there._icon)?.focus();
};

const clusterMark = (cluster, options) => {
  const numbers = options.numbered ? numbersIn(cluster) : [];
  const text = numbers.length ? shortOf(numbers, options) : `${cluster.getChildCount()}`;
  const body = sign(numbers.length ? "cluster cluster--numbers" : "cluster", text);
  if (numbers.length) body.dataset.numbers = numbers.join(", ");
  return body;
};

/** 5–7, or 1・12, or, where even the runs are long, how many they are. */
const shortOf = (numbers, options) => {
  const text = runsOf(numbers).map(([from, to]) => (to - from > 1 ? `${from}–${to}` : from === to ? `${from}` : `${from}・${to}`)).join("・");
  return text.length <= MOST_LETTERS ? text : options.words.several.replace("{n}", numbers.length);
};

const runsOf = (numbers) => {
  const runs = [];
  for (const number of numbers) {
    const last = runs.at(-1);
    if (last && number === last[1] + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs;
};

const numbersIn = (cluster) =>
  cluster.getAllChildMarkers().map((made) => made.feature.properties.number).filter(Boolean).sort((a, b) => a - b);

const nameClusters = (options) => {
  for (const holder of document.querySelectorAll(".cluster-holder")) {
    const { numbers } = holder.firstChild.dataset;
    holder.setAttribute("role", "button");
    holder.setAttribute("aria-label", numbers
      ? options.words.numbers.replace("{numbers}", numbers)
      : options.words.cluster.replace("{n}", holder.textContent));
  }
};
