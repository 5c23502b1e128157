"""From suppressed quantities to tables with empty cells, the mask, and back: what a reader of the tables has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.disclosure.facts import Facts
from pipelines.disclosure.quantities import Quantities
from pipelines.disclosure.tables import DESCRIBED

SHOWN, PRIMARY, SECONDARY = "shown", "primary", "secondary"
STATES: Final = pl.Enum([SHOWN, SECONDARY, PRIMARY])
SEPARATOR: Final = "|"


def cell_states(quantities: Quantities, is_hidden: NDArray[np.bool_], facts: Facts) -> pl.DataFrame:
    """Every filled measure: table, row, measure, state, and the position of the figure that it shows (if it shows one).

    A calculated measure goes with its parts. A filled measure that nothing is known of is suppressed, unless
    it is zero.
    """
    state = np.where(~is_hidden, SHOWN, np.where(quantities.is_sensitive, PRIMARY, SECONDARY))
    hidden = pl.DataFrame({"state": state}, schema={"state": STATES}).with_row_index("position")
    known = (
        quantities.cells.join(hidden, on="position")
        .group_by("table", "row", "measure")
        .agg(
            pl.col("state").max(),
            pl.col("position").filter("is_direct").first().cast(pl.Int64),
        )
    )
    filled = _filled(facts)
    joined = filled.join(known, on=["table", "row", "measure"], how="left", maintain_order="left")
    return joined.with_columns(
        pl.col("state").fill_null(pl.when("is_zero").then(pl.lit(SHOWN)).otherwise(pl.lit(PRIMARY)).cast(STATES))
    ).drop("is_zero")


def _filled(facts: Facts) -> pl.DataFrame:
    """table, row, measure, is_zero of each measure that is not empty in the exact tables."""
    schema = pl.Schema({"table": pl.String, "row": pl.UInt32, "measure": pl.String, "is_zero": pl.Boolean})
    frames = [pl.DataFrame(schema=schema)]
    for table, described in DESCRIBED.items():
        frame = facts.tables.get(table)
        if frame is None:
            continue
        described_columns = (*described.keys, *described.attributes)
        for measure in (column for column in frame.columns if column not in described_columns):
            is_zero = (
                frame[measure] == 0
                if measure in described.measures and frame.schema[measure].is_numeric()
                else pl.repeat(False, frame.height, eager=True)
            )
            frames.append(
                pl.DataFrame(
                    {
                        "table": pl.repeat(table, frame.height, eager=True),
                        "row": pl.arange(frame.height, dtype=pl.UInt32, eager=True),
                        "measure": pl.repeat(measure, frame.height, eager=True),
                        "is_zero": is_zero,
                    }
                ).filter(frame[measure].is_not_null())
            )
    return pl.concat(frames)


def masked_tables(facts: Facts, cells: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """The tables with what is suppressed empty, and ``is_suppressed``; label tables as they are."""
    suppressed = cells.filter(pl.col("state") != SHOWN)
    tables: dict[str, pl.DataFrame] = {}
    for name, frame in facts.tables.items():
        of_table = suppressed.filter(pl.col("table") == name)
        flags = np.zeros(frame.height, dtype=bool)
        flags[of_table["row"].to_numpy()] = True
        columns = []
        for (measure,), rows in of_table.group_by("measure"):
            keep = np.ones(frame.height, dtype=bool)
            keep[rows["row"].to_numpy()] = False
            columns.append(pl.when(pl.Series(keep)).then(pl.col(str(measure))).alias(str(measure)))
        tables[name] = frame.with_columns(columns).with_columns(is_suppressed=pl.Series(flags, dtype=pl.Boolean))
    return tables


def read_back(
    quantities: Quantities, exact: Facts, tables: Mapping[str, pl.DataFrame]
) -> tuple[NDArray[np.bool_], int]:
    """What a reader of the tables knows: the figures that stand in some cell; and how many cells are not exact.

    A calculated measure that is shown gives away its parts, so it counts as showing them.
    """
    shows = np.zeros(len(quantities.names), dtype=bool)
    differing = 0
    for (table, measure), cells in quantities.cells.group_by("table", "measure"):
        frame = tables.get(str(table))
        if frame is None:
            continue
        published, truth = frame[str(measure)], exact.tables[str(table)][str(measure)]
        rows = cells["row"].to_numpy()
        filled = published.is_not_null().to_numpy()[rows]
        shows[cells["position"].to_numpy()[filled]] = True
        differing += int((published.is_not_null() & published.ne_missing(truth)).sum())
    return shows, differing


def keyed(facts: Facts, cells: pl.DataFrame) -> pl.DataFrame:
    """Cells with ``cell``, the text of their row's keys, in place of the row's number."""
    frames = []
    for name, described in DESCRIBED.items():
        frame = facts.tables.get(name)
        if frame is None:
            continue
        keys = [
            pl.col(key).cast(pl.String).fill_null("").str.replace_all(SEPARATOR, "/", literal=True)
            for key in described.keys
        ]
        frames.append(
            frame.select(
                table=pl.lit(name),
                row=pl.row_index().cast(pl.UInt32),
                cell=pl.concat_str(keys, separator=SEPARATOR),
            )
        )
    if not frames:
        return cells.with_columns(cell=pl.lit("", pl.String))
    return cells.join(pl.concat(frames), on=["table", "row"], how="left", maintain_order="left")
