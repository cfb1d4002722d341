// What gathers many places to one sign; map.js asks for it where there are many.

import "../markercluster/leaflet.markercluster.js";
