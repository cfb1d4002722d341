"""JSON Schemas (2020-12) of what the API takes and gives."""

from typing import Any

from tour.reservations.standing.stages import Stage
from tour.sites.texts import IN_API

Json = dict[str, Any]


def _object(required: tuple[str, ...] = (), **properties: Json) -> Json:
    return {"type": "object", "required": list(required), "properties": properties}


def _list(items: Json) -> Json:
    return {"type": "array", "items": items}


def _nullable(kind: str) -> Json:
    return {"type": [kind, "null"]}


TEXT: Json = {"type": "string"}
WHOLE: Json = {"type": "integer"}
YES_NO: Json = {"type": "boolean"}
INSTANT: Json = {"type": "string", "format": "date-time"}
DAY: Json = {"type": "string", "format": "date"}
POSITION: Json = {"type": "array", "items": {"type": "number"}, "minItems": 2}
STATUS: Json = {"enum": ["open", "full", "closed", "cancelled"]}

SITE = _object(
    ("id", "slug", "kind", "name"),
    id=WHOLE,
    slug=TEXT,
    kind=TEXT,
    kind_label=TEXT,
    name_en=TEXT,
    **{text.name: TEXT for text in IN_API},
    access=_list(TEXT),
    hours=TEXT,
    url=TEXT,
    sample=YES_NO,
    approximate=YES_NO,
    number=_nullable("integer"),
    role={"enum": ["host", "nearby", None]},
)

SCHEMAS: Json = {
    "SiteCollection": _object(
        ("type", "features"),
        type={"const": "FeatureCollection"},
        features=_list(
            _object(
                ("type", "geometry", "properties"),
                type={"const": "Feature"},
                id=WHOLE,
                geometry=_nullable("object"),
                properties=SITE,
            )
        ),
    ),
    "Events": _object(
        ("items",),
        items=_list(
            _object(
                slug=TEXT,
                title=TEXT,
                summary=TEXT,
                starts_on=DAY,
                ends_on=DAY,
                opens=TEXT,
                closes=TEXT,
                timezone=TEXT,
                sites=_list(_object(slug=TEXT, number=WHOLE, role={"enum": ["host", "nearby"]})),
                url=TEXT,
            )
        ),
    ),
    "Slots": _object(
        ("items", "next"),
        items=_list(
            _object(
                id=WHOLE,
                programme=_object(id=WHOLE, title=TEXT),
                site=_nullable("string"),
                starts_at=INSTANT,
                ends_at=INSTANT,
                capacity=WHOLE,
                seats_left=WHOLE,
                allocation={"enum": ["first_come", "draw"]},
                status=STATUS,
            )
        ),
        next=_nullable("string"),
    ),
    "Walk": _object(
        ("distance_m", "minutes", "approximate", "geometry", "directions"),
        distance_m=WHOLE,
        minutes=WHOLE,
        approximate=YES_NO,
        geometry=_object(type={"const": "LineString"}, coordinates=_list(POSITION)),
        directions=_list(_object(text=TEXT, distance_m=WHOLE)),
    ),
    "Points": _object(
        ("points",),
        points={"type": "array", "items": POSITION, "minItems": 1, "maxItems": 60},
        profile={"enum": ["walk", "no_steps"]},
    ),
    "Matrix": _object(
        ("distance_m", "minutes"),
        distance_m=_list(_list(_nullable("integer"))),
        minutes=_list(_list(_nullable("integer"))),
        approximate=_list(_list(YES_NO)),
    ),
    "PlanWish": _object(
        ("date", "start"),
        date=DAY,
        start=_object(("point", "time"), point=POSITION, time=TEXT),
        end=_object(("point", "time"), point=POSITION, time=TEXT),
        party_size=WHOLE,
        interests={"type": "object", "additionalProperties": {"type": "number"}},
        must=_list(TEXT),
        profile={"enum": ["walk", "no_steps"]},
        lunch=YES_NO,
    ),
    "Plan": _object(
        ("stops", "legs", "optimal", "left_out"),
        date=DAY,
        stops=_list(
            _object(
                site=TEXT,
                slot=_nullable("integer"),
                arrive=INSTANT,
                start=INSTANT,
                leave=INSTANT,
            )
        ),
        legs=_list(
            _object(
                distance_m=WHOLE,
                minutes=WHOLE,
                approximate=YES_NO,
                geometry=_object(type={"const": "LineString"}, coordinates=_list(POSITION)),
            )
        ),
        lunch={"type": ["object", "null"], "properties": {"start": INSTANT, "end": INSTANT}},
        arrive=INSTANT,
        distance_m=WHOLE,
        optimal=YES_NO,
        left_out=_list(_object(site=TEXT, reason=TEXT, because_of=_list(TEXT))),
    ),
    "Wish": _object(
        ("slots", "party", "contact", "consent"),
        slots={"type": "array", "items": WHOLE, "minItems": 1, "maxItems": 8},
        party=_object(("adults",), adults=WHOLE, children=WHOLE),
        contact=_object(("name",), name=TEXT, kana=TEXT, email=TEXT, phone=TEXT),
        lang=TEXT,
        consent={"const": True},
        note=TEXT,
        photos_allowed={"type": "boolean"},
        answers={"type": "object", "additionalProperties": _list(TEXT)},
        pools=_list({"enum": ["children", "residents"]}),
        again=YES_NO,
        split=YES_NO,
    ),
    "Choice": _object(again=YES_NO, split=YES_NO),
    "Code": _object(("code",), code=TEXT, again=YES_NO, split=YES_NO),
    "Change": _object(
        party=_object(adults=WHOLE, children=WHOLE),
        contact=_object(name=TEXT, kana=TEXT),
        slot=WHOLE,
    ),
    "DrawRecord": _object(
        ("draw", "commitment", "entries_close_at", "draws_at"),
        draw=WHOLE,
        commitment=TEXT,
        entries_close_at=INSTANT,
        draws_at=INSTANT,
        entries=_list(
            _object(
                receipt=TEXT,
                seats=WHOLE,
                ranking=_list(WHOLE),
                pools=_list(TEXT),
                losses=WHOLE,
            )
        ),
        slots=_list(_object(slot=WHOLE, seats=WHOLE, pools={"type": "object"})),
        seed=TEXT,
        result=_list({"type": "array", "prefixItems": [TEXT, _nullable("integer")]}),
    ),
    "Reservation": _object(
        ("reference", "url", "slots"),
        reference=TEXT,
        url=TEXT,
        stage=_nullable("string"),
        door_code=TEXT,
        party=_object(adults=WHOLE, children=WHOLE),
        slots=_list(
            _object(
                id=WHOLE,
                status={"enum": ["held", "unproved", "confirmed", "cancelled", "released"]},
                stage={"enum": [stage.value for stage in Stage]},
                ended_by=_nullable("string"),
                reason=TEXT,
                seats=WHOLE,
                starts_at=INSTANT,
                answers=_list(_object(question=TEXT, text=TEXT)),
            )
        ),
        waitlist=_list(
            _object(slot=WHOLE, status=TEXT, ahead=WHOLE, offer_ends_at=_nullable("string"))
        ),
        draw=_nullable("object"),
    ),
    "Browser": _object(("endpoint",), endpoint=TEXT),
    "PushRenewal": _object(
        ("endpoint", "subscription"), endpoint=TEXT, subscription={"type": "object"}
    ),
    "Queued": _object(("queued",), queued=YES_NO),
    "PushSubscription": {
        "oneOf": [
            _object((about, "subscription"), subscription={"type": "object"}, **{about: TEXT})
            for about in ("reservation", "itinerary")
        ]
    },
    "Problem": _object(
        ("type", "title", "status", "detail"),
        type=TEXT,
        title=TEXT,
        status=WHOLE,
        detail=TEXT,
        slot=WHOLE,
        reference=TEXT,
        url=TEXT,
        confirm=TEXT,
        ends_at=INSTANT,
        errors={"type": "object", "additionalProperties": TEXT},
    ),
}
