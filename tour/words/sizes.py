"""How large something is, as phones and desks write it."""

from tour.i18n import Text
from tour.i18n import lazy as _

MEGABYTE, KILOBYTE = 1_000_000, 1_000


def in_bytes(size: int) -> Text:
    """1.4 MB, 350 kB: decimal (SI), as the storage of every phone is told."""
    if size >= MEGABYTE:
        return _("%(n)s MB", n=f"{size / MEGABYTE:.1f}".removesuffix(".0"))
    return _("%(n)s kB", n=max(1, round(size / KILOBYTE)))
