// All that draws a map, as one file: most of a page's weight, so it comes when a map is looked at
// (see-maps.js).

import "../leaflet/leaflet.js";
import "./map.js";
import "./map-manners.js";
import "./pick.js";
