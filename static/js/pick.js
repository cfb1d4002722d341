// A pin that a host drags to the entrance. Loaded between map.js and the map itself.
(() => {
  "use strict";

  const draw = window.tourMap;

  window.tourMap = async (map, options) => {
    if (options.pickable) addPin(map, options);
    await draw(map, options);
  };

  const addPin = (map, options) => {
    const fields = { lat: document.querySelector("#lat"), lon: document.querySelector("#lon") };
    const pin = L.marker(options.pick || map.getCenter(), {
      draggable: true,
      autoPan: true,
      keyboard: true,
      icon: L.divIcon({ className: "pin-holder pin-pick", html: shape(), iconSize: [44, 52], iconAnchor: [22, 48] }),
    });
    const write = ({ lat, lng }) => {
      fields.lat.value = lat.toFixed(6);
      fields.lon.value = lng.toFixed(6);
    };
    const read = () => {
      const [lat, lon] = [Number(fields.lat.value), Number(fields.lon.value)];
      if (lat && lon) { pin.setLatLng([lat, lon]).addTo(map); map.panTo([lat, lon]); }
    };
    if (options.pick) pin.addTo(map);
    pin.on("dragend", () => write(pin.getLatLng()));
    map.on("click", (event) => { pin.setLatLng(event.latlng).addTo(map); write(event.latlng); });
    for (const field of Object.values(fields)) field.addEventListener("change", read);
  };

  const shape = () => {
    const body = document.createElement("span");
    body.className = "pin";
    body.append(Object.assign(document.createElement("span"), { className: "pin__shape" }));
    return body;
  };
})();
