"""Parquet files: the same values are the same bytes, and readers see the types that the frame had."""

from __future__ import annotations

from pathlib import Path

import duckdb
import polars as pl

from pipelines.lake_months import by_month
from pipelines.parquet import is_one_value, one_value, write_parquet

ROWS = pl.DataFrame(
    {
        "one_text": ["declaraties"] * 3,
        "no_text": pl.Series([None] * 3, dtype=pl.String),
        "texts": ["b", None, "a"],
        "text_or_none": ["a", None, "a"],
        "number": [7, 7, 7],
    }
)


def test_column_of_one_text_is_read_as_text(tmp_path: Path) -> None:
    file = tmp_path / "rows.parquet"

    write_parquet(ROWS, file)

    assert pl.read_parquet_schema(file) == ROWS.schema
    assert pl.read_parquet(file).equals(ROWS)
    assert duckdb.sql(f"select * from '{file}' where one_text = 'declaraties'").fetchall() == ROWS.rows()
    assert duckdb.sql(f"select * from '{file}' where one_text > 'declaraties' or no_text = ''").fetchall() == []


def test_same_values_held_in_another_way_are_the_same_bytes(tmp_path: Path) -> None:
    single = [one_value(values) for values in ROWS if is_one_value(values)]
    held_once = ROWS.with_columns(single)
    in_pieces = pl.concat([ROWS.head(1), ROWS.tail(2)])
    assert len(single) == 3

    files = [tmp_path / name for name in ("plain", "once", "pieces")]
    for frame, file in zip((ROWS, held_once, in_pieces), files, strict=True):
        write_parquet(frame, file)

    assert len({file.read_bytes() for file in files}) == 1


def test_frame_without_rows_keeps_its_types(tmp_path: Path) -> None:
    write_parquet(ROWS.clear(), tmp_path / "none.parquet")

    assert pl.read_parquet_schema(tmp_path / "none.parquet") == ROWS.schema


def test_rows_are_parted_into_months_in_their_order() -> None:
    days = pl.Series(["2022-02-01", "2021-12-31", "2022-02-28", "2021-12-01"]).str.to_date()
    rows = pl.DataFrame({"file": ["f"] * 4, "row_number": [1, 2, 3, 4], "day": days})

    months = {month: frame.select("row_number", "file").rows() for month, frame in by_month(rows, "day")}

    assert months == {2021 * 12 + 11: [(2, "f"), (4, "f")], 2022 * 12 + 1: [(1, "f"), (3, "f")]}
