// The map in another site's frame; it stands alone there.

import { drawMapsInView } from "./see-maps.js";

drawMapsInView();
