"""A small JSON Schema validator: the keywords that our OpenAPI document uses, and no others."""

import re
from datetime import date, datetime
from typing import Any

Schema = dict[str, Any]
KEYWORDS = {
    "$ref",
    "type",
    "required",
    "properties",
    "additionalProperties",
    "items",
    "prefixItems",
    "enum",
    "const",
    "format",
    "minItems",
    "maxItems",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "pattern",
    "anyOf",
    "propertyNames",
    "title",
    "description",
    "default",
    "examples",
}
TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}


def problems(value: Any, schema: Schema, schemas: Schema, at: str = "$") -> list[str]:
    """What of `value` is not as `schema` says; strict: a property that is not described is one."""
    unknown = set(schema) - KEYWORDS
    assert not unknown, f"{at}: the validator does not know {unknown}"
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/components/schemas/")
        return problems(value, schemas[name], schemas, at)
    if "anyOf" in schema:
        fits = any(not problems(value, s, schemas, at) for s in schema["anyOf"])
        return [] if fits else [f"{at}: {value!r} is none of anyOf"]
    found = _of_its_own(value, schema, at)
    if isinstance(value, dict) and "object" in _types(schema):
        found += _of_object(value, schema, schemas, at)
    if isinstance(value, list):
        first, rest = schema.get("prefixItems", []), schema.get("items") or {}
        for number, item in enumerate(value):
            inner = first[number] if number < len(first) else rest
            found += problems(item, inner, schemas, f"{at}[{number}]")
    return found


def _types(schema: dict[str, Any]) -> list[str]:
    kind = schema.get("type", [])
    return [kind] if isinstance(kind, str) else list(kind)


def _is(value: Any, kind: str) -> bool:
    if kind in ("integer", "number"):
        numbers = int if kind == "integer" else int | float
        return isinstance(value, numbers) and not isinstance(value, bool)
    return isinstance(value, TYPES[kind])


def _of_its_own(value: Any, schema: Schema, at: str) -> list[str]:
    found = []
    kinds = _types(schema)
    if kinds and not any(_is(value, kind) for kind in kinds):
        found.append(f"{at}: {value!r} is no {kinds}")
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is none of {schema['enum']}")
    if "const" in schema and value != schema["const"]:
        found.append(f"{at}: {value!r} is not {schema['const']!r}")
    if isinstance(value, int | float):
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        if not low <= value <= high:
            found.append(f"{at}: {value} is not from {low} to {high}")
    if isinstance(value, str):
        found += _of_text(value, schema, at)
    if isinstance(value, list):
        low, high = schema.get("minItems", 0), schema.get("maxItems", len(value))
        if not low <= len(value) <= high:
            found.append(f"{at}: {len(value)} items")
    return found


def _of_text(value: str, schema: Schema, at: str) -> list[str]:
    readers = {"date-time": datetime.fromisoformat, "date": date.fromisoformat}
    if (reader := readers.get(schema.get("format", ""))) and value:
        try:
            read = reader(value)
        except ValueError:
            return [f"{at}: {value!r} is no {schema['format']}"]
        if isinstance(read, datetime) and read.tzinfo is None:
            return [f"{at}: {value!r} has no offset"]
    if "pattern" in schema and not re.search(schema["pattern"], value):
        return [f"{at}: {value!r} does not match {schema['pattern']}"]
    return []


def _of_object(value: dict[str, Any], schema: Schema, schemas: Schema, at: str) -> list[str]:
    properties, names = schema.get("properties"), schema.get("propertyNames", {})
    found = [bad for name in value for bad in problems(name, names, schemas, f"{at}.{name}")]
    found += [f"{at}.{name} is missing" for name in schema.get("required", ()) if name not in value]
    for name, inner in value.items():
        if properties and name in properties:
            found += problems(inner, properties[name], schemas, f"{at}.{name}")
        elif isinstance(rest := schema.get("additionalProperties"), dict):
            found += problems(inner, rest, schemas, f"{at}.{name}")
        elif properties:
            found.append(f"{at}.{name} is not described")
    return found
