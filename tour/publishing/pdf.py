"""HTML to PDF by WeasyPrint, and what a machine lacks for it. The only file that imports it.

WeasyPrint needs Pango, a system library, and PDF needs a Japanese font on the machine; decision
0011 says why we print this way.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tour.i18n import Text
from tour.i18n import lazy as _

try:
    from weasyprint import CSS, HTML, __version__
    from weasyprint.urls import URLFetcher

    PANGO_PROBLEM = ""
except OSError as exc:  # raised by the import itself where the library is not on the machine
    URLFetcher, __version__, PANGO_PROBLEM = object, "", str(exc)

FONT_FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    Path("~/.local/share/fonts").expanduser(),
    Path("~/.fonts").expanduser(),
    Path("/Library/Fonts"),
    Path("/System/Library/Fonts"),
)
JAPANESE_FONTS = ("NotoSansCJK*", "NotoSansJP*", "*ヒラギノ角ゴシック*", "*Hiragino Sans*")

PANGO_MISSING = _(
    "Pango, the library that sets text, is missing. Install it (Debian: apt install "
    "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0; macOS: brew install pango)."
)
FONT_MISSING = _(
    "A Japanese font is missing. Install Noto Sans CJK (Debian: apt install fonts-noto-cjk; "
    "macOS has one)."
)


def print_problems() -> list[Text]:
    """What the operator must install before maps can be printed; empty when all is there."""
    problems = [PANGO_MISSING] if PANGO_PROBLEM else []
    return problems if _has_japanese_font() else [*problems, FONT_MISSING]


@dataclass(frozen=True, slots=True)
class Typeset:
    """A page that has been laid out on sheets."""

    document: Any

    @property
    def pages(self) -> int:
        return len(self.document.pages)

    def page_of(self, element_id: str) -> int:
        """On which page an element begins, counted from 1; 0 when it is not there."""
        found = (n for n, page in enumerate(self.document.pages, 1) if element_id in page.anchors)
        return next(found, 0)

    def pdf(self) -> bytes:
        """A tagged PDF with embedded fonts."""
        written: bytes = self.document.write_pdf()
        return written


def typeset(html: str, css: str) -> Typeset:
    """Lay the page out. Nothing is fetched: it carries all that it shows."""
    fetcher = NothingFetched()
    style = CSS(string=css, url_fetcher=fetcher)
    page = HTML(string=html, url_fetcher=fetcher)
    return Typeset(page.render(stylesheets=[style], pdf_tags=True))


def engine() -> str:
    """Which release prints, for the name under which a PDF is kept."""
    return f"weasyprint {__version__}"


class NothingFetched(URLFetcher):  # type: ignore[misc]  # untyped
    """Refuses every address: neither a file of this machine nor another host is ever read."""

    def fetch(self, url: str, headers: Any = None) -> Any:  # noqa: ARG002 - its signature
        raise ValueError(f"the printed map has no other files: {url}")


def _has_japanese_font() -> bool:
    return any(
        next(folder.rglob(pattern), None)
        for folder in FONT_FOLDERS
        if folder.is_dir()
        for pattern in JAPANESE_FONTS
    )
