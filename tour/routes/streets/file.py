"""The street graph's file: a header and flat arrays that the system maps into memory.

    8 bytes   "TSTREETS"
    4 x 3     format number, length of the header, CRC 32 of all that follows (little-endian)
    header    JSON: what the file is about, and of each array name, dtype, length
    arrays    in that order, each at the next multiple of 64 bytes

Nothing is parsed or copied when it is opened, and every process of the machine shares the pages.
"""

import json
import mmap
import os
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tour.errors import ConfigurationError

FORMAT = 1
_MAGIC = b"TSTREETS"
_PREAMBLE = struct.Struct("<8sIII")
_ALIGNMENT = 64


class StreetsError(ConfigurationError):
    """A street file that cannot be used: names the file and how to mend it."""


@dataclass(frozen=True, slots=True)
class StreetArrays:
    """What a street file holds: facts for people in `about`, numbers in `arrays`."""

    about: dict[str, Any]
    arrays: dict[str, NDArray[Any]]


def write(path: Path, about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write the file whole or not at all; a reader of the old one keeps the old one.

    Several processes may build the same file at once: each has its own draft, the last wins.
    """
    header = _header(about, arrays)
    parts = [header]
    size = len(header)
    for array in arrays.values():
        gap = -(_PREAMBLE.size + size) % _ALIGNMENT
        parts += [bytes(gap), array.tobytes()]
        size += gap + array.nbytes
    checksum = 0
    for part in parts:
        checksum = zlib.crc32(part, checksum)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.draft")
    try:
        with draft.open("wb") as file:
            file.write(_PREAMBLE.pack(_MAGIC, FORMAT, len(header), checksum))
            file.writelines(parts)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _header(about: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> bytes:
    table = [[name, array.dtype.str, len(array)] for name, array in arrays.items()]
    return json.dumps({"about": dict(about), "arrays": table}, ensure_ascii=False).encode()


def is_street_file(path: Path) -> bool:
    """Whether it begins like a built graph (and not, say, like an extract)."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError as exc:
        raise StreetsError(f"{path}: cannot be read ({exc.strerror}); check the path.") from exc


def read(path: Path) -> StreetArrays:
    """Map the file into memory after checking it; StreetsError when it is not right."""
    if not is_street_file(path):
        raise StreetsError(
            f"{path}: not a street graph; make one with `tour streets build EXTRACT.osm.pbf`."
        )
    with path.open("rb") as file:
        content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if len(content) < _PREAMBLE.size:
        raise _damaged(path)
    _magic, number, header_size, checksum = _PREAMBLE.unpack_from(content)
    if number != FORMAT:
        raise StreetsError(
            f"{path}: written in format {number}, this version reads {FORMAT}; "
            "build it again with `tour streets build`."
        )
    if zlib.crc32(memoryview(content)[_PREAMBLE.size :]) != checksum:
        raise _damaged(path)
    header = json.loads(content[_PREAMBLE.size : _PREAMBLE.size + header_size])
    return StreetArrays(header["about"], _arrays(content, header["arrays"], header_size))


def _arrays(
    content: mmap.mmap, table: list[tuple[str, str, int]], header_size: int
) -> dict[str, NDArray[Any]]:
    arrays = {}
    offset = _PREAMBLE.size + header_size
    for name, dtype, length in table:
        offset += -offset % _ALIGNMENT
        arrays[name] = np.frombuffer(content, dtype=dtype, count=length, offset=offset)
        offset += arrays[name].nbytes
    return arrays


def _damaged(path: Path) -> StreetsError:
    return StreetsError(f"{path}: damaged or cut off; build it again with `tour streets build`.")
