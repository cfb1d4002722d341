"""What a person reads on a page, in a PDF, in an archive: numbers and names of places."""

import re
from io import BytesIO
from zipfile import ZipFile

import pypdfium2

Numbered = dict[int, str]

_ON_PAGE = re.compile(r'class="number">(\d+)</span>.*?card__title"><a[^>]*>(.*?)</a>', re.DOTALL)
_IN_LIST = re.compile(r'class="badge[^>]*>.*?<b>(\d+)</b></span>\s*(?:<a[^>]*>)?([^<]*)')


def on_page(html: str) -> Numbered:
    return {int(number): name for number, name in _ON_PAGE.findall(html)}


def in_list(html: str) -> Numbered:
    return {int(number): name.strip() for number, name in _IN_LIST.findall(html)}


def in_pdf(pdf: bytes, names: list[str]) -> Numbered:
    """The number before each of the names; a name that is not there has none."""
    text = pdf_text(pdf)
    found = {name: re.search(rf"(\d+)\s*{re.escape(name)}(?!\d)", text) for name in names}
    return {int(match[1]): name for name, match in found.items() if match}


def pdf_text(pdf: bytes) -> str:
    with pypdfium2.PdfDocument(pdf) as document:
        return "\n".join(page.get_textpage().get_text_bounded() for page in document)


def in_archive(packed: bytes, page: str = "index.html") -> Numbered:
    return in_list(ZipFile(BytesIO(packed)).read(page).decode())
