"""A CSV file's rows: split into columns by polars, lazily, under the dataset's own names.

Belongs here: which columns are read, and rows that do not fit the header. Does not belong here: what a value means.
"""

from __future__ import annotations

import polars as pl

from pipelines.deliveries.flat.csv_text import CsvText
from pipelines.deliveries.flat.facts import OVERFLOW, ROW_NUMBER, Facts, facts_of
from pipelines.deliveries.model import Refused

# A byte that no accepted file contains: with it as separator a whole line is one column.
_NEVER = "\x00"


def csv_rows(text: CsvText) -> pl.LazyFrame:
    """The rows of a CSV file, as ``facts_of`` and ``tables_of`` take them; nothing is read yet.

    A row with fewer fields than the header ends in empty ones: spreadsheets leave trailing separators out.
    """
    names = [f"ignored {place}" for place in range(text.heading.width)]
    positions = text.heading.recognised.positions
    for name, place in positions.items():
        names[place] = name
    rows = pl.scan_csv(
        text.source,
        separator=text.heading.separator,
        has_header=False,
        skip_lines=text.heading.skip_lines,
        schema=dict.fromkeys([*names, OVERFLOW], pl.String()),
        missing_columns="insert",
        extra_columns="ignore",
        row_index_name=ROW_NUMBER,
        row_index_offset=1,
        glob=False,
    ).select(ROW_NUMBER, *positions, OVERFLOW)
    if not text.inspection.has_padding:
        return rows
    stripped = pl.col(list(positions)).str.strip_chars()
    return rows.with_columns(pl.when(stripped != "").then(stripped))


def csv_facts(text: CsvText, rows: pl.LazyFrame) -> Facts:
    """What holds for all rows.

    Raises:
        Refused: ``ragged_rows`` when a row has more fields than the header, so that nobody can tell which is which (a
            decimal comma in a file separated by commas does that); ``two_readings``.
    """
    try:
        facts = facts_of(rows, text.heading.recognised.dataset)
    except pl.exceptions.PolarsError:
        raise Refused("not_well_formed", "The file cannot be split into columns. Export it again.") from None
    overlong = facts.overlong_row
    separators_per_row = text.heading.width - 1
    if (
        overlong is None
        and not text.inspection.has_quotes
        and text.inspection.separator_count != facts.line_count * separators_per_row
    ):
        # A surplus separator whose last field is empty does not reach the overflow column.
        overlong = _first_overlong_line(text, separators_per_row)
    if overlong is not None:
        raise Refused(
            "ragged_rows",
            f"Row {overlong} has more fields than the header's {text.heading.width}, so it cannot be read. "
            "Put quotation marks around values that contain the separator.",
        )
    return facts


def _first_overlong_line(text: CsvText, separators_per_row: int) -> int | None:
    lines = pl.scan_csv(
        text.source,
        separator=_NEVER,
        quote_char=None,
        has_header=False,
        skip_lines=text.heading.skip_lines,
        schema={"line": pl.String()},
        row_index_name=ROW_NUMBER,
        row_index_offset=1,
        glob=False,
    )
    separators = pl.col("line").str.count_matches(text.heading.separator, literal=True)
    return (
        lines.filter(separators > separators_per_row)
        .select(pl.col(ROW_NUMBER).min())
        .collect(engine="streaming")
        .item()
    )
