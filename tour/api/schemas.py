"""JSON Schemas (2020-12) of what the API takes and gives, derived from their types."""

import msgspec

from tour.api.bodies import TAKEN
from tour.api.replies import GIVEN

_refs, SCHEMAS = msgspec.json.schema_components(
    (*TAKEN, *GIVEN), ref_template="#/components/schemas/{name}"
)
"""By name, as the document of the API lists them."""
