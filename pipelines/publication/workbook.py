"""The published figures as one workbook, for whoever works in a spreadsheet.

Each table is a sheet with typed columns, a Dutch label and the column's name above each, both frozen, and a filter.
A text stays a text, whatever it begins with.

Belongs here: the workbook. Does not belong here: what is in the tables.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from pipelines.publication.describing import Column, TableText

# A sheet holds ten times as many, but a cell costs 20 microseconds, and nobody reads so far; Parquet has them all.
MOST_ROWS = 100_000
_WIDEST, _NARROWEST = 48, 9

_READ_ME = (
    ("jeugdspiegel", "Nieuwe, verlengde en doorlopende jeugdhulptrajecten en hun kosten, per huisartsenpraktijk."),
    (
        "Weggelaten getallen",
        "Een leeg, grijs vak is weggelaten: het kan naar een kind leiden (is_suppressed is waar). Het is geen nul.",
    ),
    ("Begrippen", "De betekenis van de woorden staat op het blad Begrippen, die van elke kolom op het blad Kolommen."),
    ("Bedragen", "In euro's, als getal: optellen kan, maar niet over weggelaten vakken heen."),
)


def write_workbook(
    tables: Mapping[str, pl.DataFrame],
    texts: Mapping[str, TableText],
    columns: Sequence[Column],
    path: Path,
    *,
    known_until: date | None,
    scratch: Path,
) -> None:
    """Write the workbook; a table of more than ``MOST_ROWS`` rows is named on the first sheet and left out.

    Args:
        tables: the published tables by name; ``glossary`` becomes the sheet with definitions.
        known_until: date of the newest delivery: the workbook's own date, so that no clock is in it.
        scratch: a folder for the parts that are written before they are zipped.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    options = {
        "constant_memory": True,
        "tmpdir": str(scratch),
        # A referrer's text that begins with = + - @ would else become a formula on the reader's machine.
        "strings_to_formulas": False,
        "strings_to_numbers": False,
        "strings_to_urls": False,
    }
    made_on = known_until or date(2000, 1, 1)
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties(
            {"title": "jeugdspiegel", "created": datetime(made_on.year, made_on.month, made_on.day)}  # noqa: DTZ001
        )
        pens = _Pens(book)
        fitting = {name: frame for name, frame in tables.items() if name != "glossary" and frame.height <= MOST_ROWS}
        _write_read_me(book, pens, tables, fitting, texts, known_until)
        if "glossary" in tables:
            # Nothing of it is ever hidden.
            terms = tables["glossary"].drop("is_suppressed", strict=False)
            glossary = [column for column in columns if column.table == "glossary" and column.name in terms.columns]
            _write_sheet(book.add_worksheet("Begrippen"), pens, terms, glossary)
        _write_columns(book.add_worksheet("Kolommen"), pens, columns)
        for name, frame in fitting.items():
            own = [column for column in columns if column.table == name]
            _write_sheet(book.add_worksheet(sheet_name(name)), pens, frame, own)


def sheet_name(table: str) -> str:
    """A sheet's name has 31 characters at most."""
    return table[:31]


class _Pens:
    """The formats of one workbook."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        self.label = book.add_format({"italic": True, "font_color": "#555555", "text_wrap": True, "valign": "top"})
        self.header = book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF3F7"})
        self.hidden = book.add_format({"bg_color": "#D9D9D9"})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        self._by_kind = {
            "date": book.add_format({"num_format": "dd-mm-yyyy"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "whole": book.add_format({"num_format": "#,##0"}),
            "plain": book.add_format({"num_format": "0"}),
            "share": book.add_format({"num_format": "0.000"}),
        }

    def of(self, column: str, dtype: pl.DataType) -> Any:
        """How numbers and dates of a column look; None for text."""
        if dtype == pl.Date:
            return self._by_kind["date"]
        if isinstance(dtype, pl.Decimal):
            return self._by_kind["money"]
        if dtype.is_integer():
            # A year is a number without separators.
            return self._by_kind["plain" if column == "year" else "whole"]
        return self._by_kind["share"] if dtype.is_float() else None


def _write_read_me(
    book: xlsxwriter.Workbook,
    pens: _Pens,
    tables: Mapping[str, pl.DataFrame],
    fitting: Mapping[str, pl.DataFrame],
    texts: Mapping[str, TableText],
    known_until: date | None,
) -> None:
    sheet = book.add_worksheet("Leeswijzer")
    sheet.set_column(0, 0, 30)
    sheet.set_column(1, 1, 110)
    until = f"{known_until:%d-%m-%Y}" if known_until else "onbekend"
    lines = [*_READ_ME, ("Gegevens tot en met", f"Nieuwste bericht: {until}."), ("", "")]
    row = 0
    for heading, text in lines:
        sheet.write_string(row, 0, heading, pens.header)
        sheet.write_string(row, 1, text, pens.wrapped)
        row += 1
    for name in (name for name in tables if name != "glossary"):
        about = texts[name].title_nl or texts[name].description if name in texts else ""
        if name in fitting:
            sheet.write_url(row, 0, f"internal:'{sheet_name(name)}'!A1", string=name)
        else:
            sheet.write_string(row, 0, name)
            about = f"{about} Te groot voor een werkblad: zie parquet/{name}.parquet."
        sheet.write_string(row, 1, about, pens.wrapped)
        row += 1


def _write_columns(sheet: Worksheet, pens: _Pens, columns: Sequence[Column]) -> None:
    headings = ("tabel", "kolom", "type", "betekenis")
    for place, (heading, width) in enumerate(zip(headings, (28, 30, 16, 110), strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, heading, pens.header)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(columns), len(headings) - 1)
    for row, column in enumerate(columns, start=1):
        for place, text in enumerate((column.table, column.name, column.type, column.description)):
            sheet.write_string(row, place, text)


def _write_sheet(sheet: Worksheet, pens: _Pens, frame: pl.DataFrame, columns: Sequence[Column]) -> None:
    formats = [pens.of(name, dtype) for name, dtype in frame.schema.items()]
    for place, column in enumerate(columns):
        sheet.set_column(place, place, _width(frame, column.name))
    # Row by row, or what is already written to disk cannot be added to.
    for place, column in enumerate(columns):
        sheet.write_string(0, place, column.label_nl, pens.label)
    for place, column in enumerate(columns):
        sheet.write_string(1, place, column.name, pens.header)
    sheet.freeze_panes(2, 0)
    sheet.autofilter(1, 0, frame.height + 1, max(len(columns) - 1, 0))
    marked = frame.columns.index("is_suppressed") if "is_suppressed" in frame.columns else None
    for row, values in enumerate(frame.iter_rows(), start=2):
        is_suppressed = marked is not None and values[marked] is True
        for place, value in enumerate(values):
            if value is None:
                if is_suppressed:
                    sheet.write_blank(row, place, None, pens.hidden)
            else:
                _write_value(sheet, row, place, value, formats[place])


def _write_value(sheet: Worksheet, row: int, place: int, value: object, look: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float | Decimal):
        sheet.write_number(row, place, value, look)
    elif isinstance(value, date):
        sheet.write_datetime(row, place, value, look)
    else:
        sheet.write_string(row, place, str(value))


def _width(frame: pl.DataFrame, name: str) -> int:
    longest = frame.get_column(name).head(200).cast(pl.String, strict=False).str.len_chars().max()
    needed = max(len(name) + 3, int(longest) if isinstance(longest, int) else 0)
    return min(max(needed, _NARROWEST), _WIDEST)
