"""Every figure that the published tables show or give away, once, and the linear relations between them.

A *quantity* is a number about people: the new trajectories of a practice in a year, wherever they are printed. A cell
of a table shows one quantity, or is calculated from several. A relation says that quantities add up to zero with given
signs, or to a number that an outsider is taken to know, such as how many people are counted at two practices.

Belongs here: the registry. Does not belong here: which quantities a table has (``care``, ``poh``, ``vintages``,
``quality``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

_VARIABLE_SCHEMA: Final = pl.Schema(
    {
        "variable": pl.String,
        "value": pl.Float64,
        "is_amount": pl.Boolean,
        "is_sensitive": pl.Boolean,
        "is_public": pl.Boolean,
        "floor": pl.Float64,
        "weight": pl.Float64,
        "tie": pl.String,
    }
)
_TERM_SCHEMA: Final = pl.Schema({"relation": pl.String, "variable": pl.String, "coefficient": pl.Float64})
_CELL_SCHEMA: Final = pl.Schema(
    {"table": pl.String, "row": pl.UInt32, "measure": pl.String, "variable": pl.String, "is_direct": pl.Boolean}
)


@dataclass(frozen=True)
class Quantities:
    """The quantities of all tables, by position.

    Attributes:
        names: what each is, n texts in order.
        values: the exact values (counts, or euros).
        is_amount: euros, not a count.
        is_sensitive: may not be shown: too few clients, or one or two of them dominate.
        is_two_sided: an amount of few clients, or that one or two dominate: nobody may know it nearly from either side.
        is_public: known without any table: a true zero.
        is_published: stands in a cell; the others can only be calculated.
        floors: smallest value that an outsider takes for possible.
        weights: what suppressing it costs the reader.
        ties: quantities with the same number are shown or hidden together.
        relations: one row per relation, one column per quantity.
        cells: table, row, measure, position, is_direct; several rows for a measure that is calculated.
    """

    names: list[str]
    values: NDArray[np.float64]
    is_amount: NDArray[np.bool_]
    is_sensitive: NDArray[np.bool_]
    is_two_sided: NDArray[np.bool_]
    is_public: NDArray[np.bool_]
    is_published: NDArray[np.bool_]
    floors: NDArray[np.float64]
    weights: NDArray[np.float64]
    ties: NDArray[np.int64]
    relations: csr_array
    cells: pl.DataFrame


class Draft:
    """Collects quantities, relations and cells of one table after another. Names that no table has count zero."""

    def __init__(self) -> None:
        self._variables: list[pl.DataFrame] = []
        self._terms: list[pl.DataFrame] = []
        self._cells: list[pl.DataFrame] = []
        self._at_most: list[pl.DataFrame] = []
        self._differences: list[pl.DataFrame] = []

    def add(self, frame: pl.DataFrame) -> None:
        """Quantities, by ``variable``; what is left out is a harmless count. The first mention gives the value."""
        defaults = {
            "is_amount": pl.lit(False),
            "is_sensitive": pl.lit(False),
            "is_public": pl.lit(False),
            "floor": pl.lit(0.0),
            "weight": pl.lit(1.0),
            "tie": pl.col("variable"),
        }
        missing = [expression.alias(name) for name, expression in defaults.items() if name not in frame.columns]
        self._variables.append(
            frame.with_columns(missing).select(pl.col(name).cast(kind) for name, kind in _VARIABLE_SCHEMA.items())
        )

    def total(self, label: str, frame: pl.DataFrame) -> None:
        """Relations from columns ``total`` and ``part``: the parts of a total add up to it."""
        relation = pl.concat_str(pl.lit(f"{label}:"), pl.col("total"))
        totals = frame.select("total").unique()
        self._terms += [
            frame.select(relation=relation, variable="part", coefficient=pl.lit(1.0)),
            totals.select(relation=relation, variable="total", coefficient=pl.lit(-1.0)),
        ]

    def relate(self, frame: pl.DataFrame) -> None:
        """Relations by name: columns ``relation``, ``variable`` and ``coefficient``."""
        self._terms.append(frame.select(_TERM_SCHEMA.names()))

    def at_most(self, label: str, frame: pl.DataFrame) -> None:
        """Relations from columns ``lower`` and ``upper``: the one is never more than the other."""
        self._at_most.append(frame.select(pl.lit(label).alias("label"), "lower", "upper"))

    def difference(self, label: str, frame: pl.DataFrame, *, is_growing: bool) -> None:
        """Quantities that are the difference of two others, from columns ``later`` and ``earlier``.

        A difference is a group of people like any other, so a small one is sensitive. Its name is that of
        ``difference_name``. Where it is zero an outsider is taken to know that nothing changed.

        Args:
            label: of the relations.
            frame: later and earlier names; with ``by``, the name of the difference that counts the people of an amount.
            is_growing: an outsider knows that the later is never less.
        """
        columns = ["later", "earlier"]
        by = pl.col("by") if "by" in frame.columns else pl.lit(None, pl.String).alias("by")
        self._differences.append(
            frame.select(pl.lit(label).alias("label"), *columns, by, pl.lit(is_growing).alias("is_growing"))
        )

    def cells(self, table: str, frame: pl.DataFrame, *, is_direct: bool = True) -> None:
        """Cells of a table, from columns ``row``, ``measure`` and ``variable``; a calculated one has several rows."""
        self._cells.append(
            frame.select(
                pl.lit(table).alias("table"),
                pl.col("row").cast(pl.UInt32),
                "measure",
                "variable",
                pl.lit(is_direct).alias("is_direct"),
            )
        )

    def finish(self, threshold: int) -> Quantities:
        """The quantities in order of their names, so that the same tables always give the same suppression."""
        variables = pl.concat([pl.DataFrame(schema=_VARIABLE_SCHEMA), *self._variables])
        variables = variables.group_by("variable", maintain_order=True).agg(
            pl.col("value", "is_amount", "floor", "weight", "tie").first(),
            pl.col("is_sensitive").any(),
            pl.col("is_public").any(),
        )
        terms = [pl.DataFrame(schema=_TERM_SCHEMA), *self._terms]
        for frame in (self._slacks(variables), self._gaps(variables, threshold)):
            variables = pl.concat([variables, frame.select(variables.columns)])
            terms += _gap_terms(frame)
        return _numbered(variables, pl.concat(terms), pl.concat([pl.DataFrame(schema=_CELL_SCHEMA), *self._cells]))

    def _slacks(self, variables: pl.DataFrame) -> pl.DataFrame:
        schema = pl.Schema({"label": pl.String, "lower": pl.String, "upper": pl.String})
        pairs = pl.concat([pl.DataFrame(schema=schema), *self._at_most]).rename({"lower": "earlier", "upper": "later"})
        return _gaps_between(pairs, variables).with_columns(
            is_sensitive=pl.lit(False),
            is_public=pl.lit(False),
            floor=pl.min_horizontal(pl.lit(0.0), "value"),
        )

    def _gaps(self, variables: pl.DataFrame, threshold: int) -> pl.DataFrame:
        schema = pl.Schema(
            {
                "label": pl.String,
                "later": pl.String,
                "earlier": pl.String,
                "by": pl.String,
                "is_growing": pl.Boolean,
            }
        )
        pairs = pl.concat([pl.DataFrame(schema=schema), *self._differences])
        gaps = _gaps_between(pairs, variables)
        people = gaps.select("by").join(
            gaps.select(by="variable", people="value"), on="by", how="left", maintain_order="left"
        )["people"]
        size = pl.when("is_amount").then(people.fill_null(0.0).abs()).otherwise(pl.col("value").abs())
        return gaps.with_columns(
            is_sensitive=(pl.col("value") != 0) & (size < threshold),
            is_public=pl.col("value") == 0,
            # what shrinks after all was not growing
            floor=pl.when(pl.col("is_growing") & (pl.col("value") >= 0)).then(0.0).otherwise(pl.lit(-np.inf)),
        )


def difference_name(label: str | pl.Expr, later: str | pl.Expr, earlier: str | pl.Expr) -> pl.Expr:
    """The name of a difference; of columns, or of expressions."""
    label = pl.lit(label) if isinstance(label, str) else label
    return pl.concat_str([pl.lit("difference"), label, later, earlier], separator=":")


def _gaps_between(pairs: pl.DataFrame, variables: pl.DataFrame) -> pl.DataFrame:
    known = variables.select("variable", "value", "is_amount")
    return (
        pairs.unique(maintain_order=True)
        .join(known.rename({"variable": "later", "value": "later_value"}), on="later", maintain_order="left")
        .join(known.select(earlier="variable", earlier_value="value"), on="earlier", maintain_order="left")
        .with_columns(
            variable=difference_name(pl.col("label"), "later", "earlier"),
            value=(pl.col("later_value") - pl.col("earlier_value")).round(2),
            weight=pl.lit(0.5),
        )
        .with_columns(tie=pl.col("variable"))
        .unique("variable", keep="first", maintain_order=True)
    )


def _gap_terms(gaps: pl.DataFrame) -> list[pl.DataFrame]:
    columns = {"later": 1.0, "earlier": -1.0, "variable": -1.0}
    return [
        gaps.select(
            relation=pl.concat_str(pl.lit("gap:"), "variable"), variable=column, coefficient=pl.lit(coefficient)
        ).with_columns(pl.col("variable").cast(pl.String))
        for column, coefficient in columns.items()
    ]


def _numbered(variables: pl.DataFrame, terms: pl.DataFrame, cells: pl.DataFrame) -> Quantities:
    variables = variables.sort("variable")
    position = variables.select("variable", "value").with_row_index("position").select("variable", "position")
    placed = (
        terms.unique().join(position, on="variable").group_by("relation", "position").agg(pl.col("coefficient").sum())
    )
    placed = placed.filter(pl.col("coefficient") != 0).sort("relation", "position")
    rows = placed["relation"].rank("dense").to_numpy().astype(np.int64) - 1
    shape = (int(rows.max()) + 1 if len(rows) else 0, variables.height)
    matrix = csr_array((placed["coefficient"].to_numpy(), (rows, placed["position"].to_numpy())), shape=shape)
    placed_cells = cells.join(position, on="variable").drop("variable").sort("table", "row", "measure", "position")
    is_published = np.zeros(variables.height, dtype=bool)
    is_published[placed_cells.filter("is_direct")["position"].to_numpy()] = True
    return Quantities(
        names=variables["variable"].to_list(),
        values=variables["value"].to_numpy(),
        is_amount=variables["is_amount"].to_numpy(),
        is_sensitive=variables["is_sensitive"].to_numpy() & ~variables["is_public"].to_numpy(),
        is_two_sided=variables["is_sensitive"].to_numpy() & variables["is_amount"].to_numpy(),
        is_public=variables["is_public"].to_numpy(),
        is_published=is_published,
        floors=variables["floor"].to_numpy(),
        weights=variables["weight"].to_numpy(),
        ties=variables["tie"].rank("dense").to_numpy().astype(np.int64),
        relations=matrix,
        cells=placed_cells,
    )
