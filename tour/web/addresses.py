"""What the variable parts of an address may be; anything else is a 404 before a row is looked for.

Neither database takes every number and text as a key: SQLite has no integer of twenty digits,
PostgreSQL no text with a NUL. Importing this module changes what `{id:int}` and `{slug}` match.
"""

from starlette.convertors import IntegerConvertor, StringConvertor, register_url_convertor


class RowId(IntegerConvertor):
    regex = "[0-9]{1,9}"


class Slug(StringConvertor):
    regex = r"[^/\x00]{1,80}"


class Key(StringConvertor):
    """`{reference:key}`: a random key that opens what is somebody's own."""

    regex = "[A-Za-z0-9_-]{1,40}"


register_url_convertor("int", RowId())
register_url_convertor("str", Slug())
register_url_convertor("key", Key())
