"""Lists to take away, as CSV and XLSX.

A cell that a spreadsheet would read as a formula is written as text: names and notes are typed by
strangers ("CSV injection", CWE-1236).
"""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from unicodedata import normalize

import xlsxwriter
from starlette.responses import Response

BOM = "\ufeff"
"""So that Excel reads UTF-8."""
FORMULA_STARTS = ("=", "+", "-", "@")
"""Full-width too: a spreadsheet that reads Japanese takes them for the same."""
BREAKS = ("\t", "\r", "\n")
INVISIBLE = re.compile(r"[\s\ufeff\u200b-\u200f\u202a-\u202e\u2060-\u2069\x00-\x1f]*")
"""What programs skip or strip before they look whether a cell is a formula."""
Cell = str | int
CSV = "text/csv; charset=utf-8"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def as_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with BOM and CRLF; what looks like a formula gets an apostrophe before it."""
    out = io.StringIO(newline="")
    out.write(BOM)
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([harmless(cell) for cell in row])
    return out.getvalue().encode()


def as_xlsx(title: str, header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """One sheet with a fixed header; text stays text whatever it begins with."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet(title[:31])
        bold = book.add_format({"bold": True})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet.freeze_panes(1, 0)
        for column, name in enumerate(header):
            sheet.write_string(0, column, name, bold)
            sheet.set_column(column, column, 18)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(number, column, cell, wrapped)
                else:
                    sheet.write_string(number, column, cell, wrapped)
    return out.getvalue()


def harmless(cell: Cell) -> Cell:
    """The cell, as text where a spreadsheet would calculate it."""
    if not isinstance(cell, str):
        return cell
    first = normalize("NFKC", INVISIBLE.sub("", cell, count=1)[:1])
    is_formula = first.startswith(FORMULA_STARTS) or cell.startswith(BREAKS)
    return f"'{cell}" if is_formula else cell


def as_attachment(body: bytes, media_type: str, name: str) -> Response:
    """A file to take away, which nothing on the way keeps."""
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return Response(body, headers=headers, media_type=media_type)
