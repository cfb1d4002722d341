"""A HEIC photo made by hand: HEVC (H.265) with raw samples, in the box that phones write.

No encoder for HEVC has a licence that fits ours, and none is needed: the standard has a mode
(I_PCM) that stores samples as they are. What remains are two arithmetic-coded bins a block.
"""

from collections.abc import Callable
from struct import pack

BLOCK = 16
LEAST_PROBABLE_RANGE = (
    *(240, 227, 216, 205, 195, 185, 175, 166),
    *(158, 150, 142, 135, 128, 122, 116, 110),
)
"""rangeTabLps (H.265 table 9-52) at the widest range, for the states of a context that has always
been right: in up to 16 raw blocks no other entry is met."""
VPS, SPS, PPS, IDR = 32, 33, 34, 20
MAIN_PROFILE_LEVEL_3 = bytes([0x01, 0x60, 0, 0, 0, 0x90, 0, 0, 0, 0, 0, 90])


class Bits:
    def __init__(self) -> None:
        self.text = ""

    def u(self, width: int, *values: int) -> "Bits":
        """Plain numbers of a width."""
        self.text += "".join(f"{value:0{width}b}" for value in values)
        return self

    def ue(self, *values: int) -> "Bits":
        """Exponential Golomb codes."""
        for value in values:
            digits = f"{value + 1:b}"
            self.text += "0" * (len(digits) - 1) + digits
        return self

    def ended(self) -> "Bits":
        """A stop bit, and zeros up to a whole byte."""
        self.u(1, 1)
        return self.padded()

    def padded(self) -> "Bits":
        self.text += "0" * (-len(self.text) % 8)
        return self

    @property
    def data(self) -> bytes:
        return int(self.text, 2).to_bytes(len(self.text) // 8, "big")


class Arithmetic:
    """CABAC (9.3.4), for right guesses and terminating bins."""

    def __init__(self, bits: Bits) -> None:
        self.bits, self.low, self.range = bits, 0, 510
        self.is_first, self.outstanding = True, 0

    def as_guessed(self, state: int) -> None:
        self.range -= LEAST_PROBABLE_RANGE[state]
        assert self.range >= 256, "no other column of the table is known here"

    def goes_on(self) -> None:
        self.range -= 2

    def ends(self) -> None:
        """The last bin, and all that is left; its last bit doubles as a stop bit."""
        self.low += self.range - 2
        self.range = 2
        while self.range < 256:
            self._shift()
        self._put(self.low >> 9 & 1)
        self.bits.u(2, self.low >> 7 & 3 | 1).padded()

    def _shift(self) -> None:
        if self.low < 256:
            self._put(0)
        elif self.low >= 512:
            self.low -= 512
            self._put(1)
        else:
            self.low -= 256
            self.outstanding += 1
        self.range, self.low = self.range << 1, self.low << 1

    def _put(self, bit: int) -> None:
        if not self.is_first:
            self.bits.u(1, bit)
        self.is_first = False
        for _n in range(self.outstanding):
            self.bits.u(1, 1 - bit)
        self.outstanding = 0


def heic(width: int, height: int, grey: Callable[[int, int], int], exif: bytes) -> bytes:
    """A photo of `grey(x, y)` (16 to 235), stored lying and turned upright by a quarter turn."""
    hevc = _slice(width, height, grey)
    picture = pack(">I", len(hevc)) + hevc
    about = pack(">I", 6) + b"Exif\0\0" + exif
    ftyp = _box(b"ftyp", b"heic", pack(">I", 0), b"mif1heic")
    size = len(_meta(width, height, 0, len(picture), len(about)))
    start = len(ftyp) + size + 8
    meta = _meta(width, height, start, len(picture), len(about))
    return ftyp + meta + _box(b"mdat", picture, about)


def _nal(kind: int, payload: bytes) -> bytes:
    """With the bytes that keep a start code from appearing inside (7.4.2)."""
    out, zeros = bytearray([kind << 1, 1]), 0
    for byte in payload:
        if zeros == 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


def _parameter_sets(width: int, height: int) -> dict[int, bytes]:
    profile = int.from_bytes(MAIN_PROFILE_LEVEL_3, "big")
    vps = Bits().u(4, 0).u(1, 1, 1).u(6, 0).u(3, 0).u(1, 1).u(16, 0xFFFF).u(96, profile)
    vps.u(1, 1).ue(0, 0, 0).u(6, 0).ue(0).u(1, 0, 0)
    sps = Bits().u(4, 0).u(3, 0).u(1, 1).u(96, profile).ue(0, 1, width, height).u(1, 0)
    sps.ue(0, 0, 0).u(1, 1).ue(0, 0, 0)
    # Blocks of 16, none smaller; transforms from 4 to 16.
    sps.ue(1, 0, 0, 2, 0, 0).u(1, 0, 0, 0)
    # Raw samples of 8 bits, in blocks of 16, not smoothed.
    sps.u(1, 1).u(4, 7, 7).ue(1, 0).u(1, 1)
    sps.ue(0).u(1, 0, 0, 0, 0, 0)
    pps = Bits().ue(0, 0).u(1, 0, 0).u(3, 0).u(1, 0, 0).ue(0, 0, 0).u(1, 0, 0, 0).ue(0, 0)
    pps.u(1, 0, 0, 0, 0, 0, 0, 0).u(1, 1, 0, 1).u(1, 0, 0).ue(0).u(1, 0, 0)
    sets = {VPS: vps, SPS: sps, PPS: pps}
    return {kind: _nal(kind, bits.ended().data) for kind, bits in sets.items()}


def _slice(width: int, height: int, grey: Callable[[int, int], int]) -> bytes:
    corners = [(x, y) for y in range(0, height, BLOCK) for x in range(0, width, BLOCK)]
    bits = Bits().u(1, 1, 0).ue(0, 2, 0).ended()
    coder = Arithmetic(bits)
    for number, (left, top) in enumerate(corners):
        coder.as_guessed(number)
        coder.ends()
        rows = [[grey(left + x, top + y) for x in range(BLOCK)] for y in range(BLOCK)]
        for row in rows:
            bits.u(8, *row)
        bits.u(8, *[128] * (BLOCK * BLOCK // 2))
        coder = Arithmetic(bits)
        if number < len(corners) - 1:
            coder.goes_on()
    coder.ends()
    return _nal(IDR, bits.data)


def _box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return pack(">I", len(body) + 8) + kind + body


def _full(kind: bytes, version: int, *parts: bytes) -> bytes:
    return _box(kind, pack(">I", version << 24), *parts)


def _meta(width: int, height: int, start: int, picture: int, about: int) -> bytes:
    places = [(1, start, picture), (2, start + picture, about)]
    located = [pack(">HHHII", item, 0, 1, offset, length) for item, offset, length in places]
    entries = [
        _full(b"infe", 2, pack(">HH", item, 0), kind, b"\0")
        for item, kind in ((1, b"hvc1"), (2, b"Exif"))
    ]
    properties = _box(
        b"ipco",
        _box(b"hvcC", _hevc_record(width, height)),
        _full(b"ispe", 0, pack(">II", width, height)),
        _box(b"irot", b"\1"),
    )
    return _full(
        b"meta",
        0,
        _full(b"hdlr", 0, pack(">I", 0), b"pict", bytes(13)),
        _full(b"pitm", 0, pack(">H", 1)),
        _full(b"iloc", 0, b"\x44\x00", pack(">H", 2), *located),
        _full(b"iinf", 0, pack(">H", 2), *entries),
        _box(
            b"iprp",
            properties,
            _full(b"ipma", 0, pack(">IHB", 1, 1, 3), bytes([0x81, 0x02, 0x83])),
        ),
        _full(b"iref", 0, _box(b"cdsc", pack(">HHH", 2, 1, 1))),
    )


def _hevc_record(width: int, height: int) -> bytes:
    sets = _parameter_sets(width, height)
    head = b"\1" + MAIN_PROFILE_LEVEL_3 + b"\xf0\0\xfc\xfd\xf8\xf8\0\0\x0f" + bytes([len(sets)])
    arrays = [pack(">BHH", 0x80 | kind, 1, len(nal)) + nal for kind, nal in sets.items()]
    return head + b"".join(arrays)
