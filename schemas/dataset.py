"""How a dataset's rules run: one pandera schema for all its rules at once, one for its shape and what broke.

Most files break nothing, so the first schema asks one question of all rows; only the rows that fail it are
asked rule by rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandera.polars as pa
import polars as pl
from pandera.api.polars.types import PolarsData

from schemas.fields import TEXT_SUFFIX
from schemas.rules import Context, Rule

KEY_COLUMNS: Mapping[str, pl.DataType | type[pl.DataType]] = {
    "file_sha256": pl.String,
    "row_number": pl.Int32,
    "known_at": pl.Date,
    "source": pl.String,
    "municipality_code": pl.String,
    "provider_agb": pl.String,
}
"""What every dataset of the lake begins with."""

_MANY_ROWS, _ROWS_PER_RUN, _ROWS_PER_VALUE = 1_000, 4, 16


@dataclass(frozen=True, eq=False)
class Dataset:
    """What a valid row of one dataset is, before and after validation.

    Attributes:
        name: such as ``declaration_lines``.
        delivered: the columns that reading gives, with the type that validation casts them to (String: as it is).
        rules: all rules of single rows; each says for which kinds and releases it holds.
        lake: the columns of the lake, in order, key columns included.
        month_of: the lake column whose month names the file.
        has_references: a second row with the same (provider, ``line_reference``) in one file is quarantined.
    """

    name: str
    delivered: Mapping[str, pl.DataType | type[pl.DataType]]
    rules: tuple[Rule, ...]
    lake: Mapping[str, pl.DataType | type[pl.DataType]]
    month_of: str = "known_at"
    has_references: bool = False

    @property
    def cast_columns(self) -> tuple[str, ...]:
        """The delivered columns that validation casts."""
        return tuple(name for name, dtype in self.delivered.items() if dtype != pl.String)

    def rules_for(self, context: Context) -> tuple[Rule, ...]:
        """The rules that hold for rows of this context."""
        return tuple(rule for rule in self.rules if rule.holds_for(context))

    def gate(self, context: Context) -> pa.DataFrameSchema:
        """One check: every rule holds for the row; of frames that have ``typed_columns``."""
        return _gate(self, context)

    def detail(self, context: Context) -> pa.DataFrameSchema:
        """Shape and types, and one check per rule, named by its place in ``rules_for(context)``."""
        return _detail(self, context)


def typed_columns(dataset: Dataset) -> dict[str, pl.DataType | type[pl.DataType]]:
    """Columns of the frame that the schemas judge: each delivered column, and the text of those that were cast."""
    texts = {name + TEXT_SUFFIX: pl.String for name in dataset.cast_columns}
    return {"delivery": pl.UInt32, "row_number": pl.Int32, **dataset.delivered, **texts}


@lru_cache(maxsize=256)
def _gate(dataset: Dataset, context: Context) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(checks=[_check(_all_hold(dataset, dataset.rules_for(context)), "all rules")])


@lru_cache(maxsize=256)
def _detail(dataset: Dataset, context: Context) -> pa.DataFrameSchema:
    checks = [
        _check(rule.passes.fill_null(value=True), str(place)) for place, rule in enumerate(dataset.rules_for(context))
    ]
    return pa.DataFrameSchema(_shape(dataset), checks=checks, strict=True)


def _all_hold(dataset: Dataset, rules: Iterable[Rule]) -> pl.Expr:
    """Whether a row keeps all rules; those of one column of text are asked of each distinct value once.

    Codes, identifiers and clients come back in thousands of rows, and a pattern costs more than telling values apart.
    """
    of_text: dict[str, list[pl.Expr]] = defaultdict(list)
    of_row = []
    for rule in rules:
        passes = rule.passes.fill_null(value=True)
        roots = set(passes.meta.root_names())
        name = roots.pop() if len(roots) == 1 else None
        if name is not None and dataset.delivered.get(name) == pl.String:
            of_text[name].append(passes)
        else:
            of_row.append(passes)
    judged = [
        pl.col(name).map_batches(_by_distinct(pl.all_horizontal(passes)), return_dtype=pl.Boolean).alias(name)
        for name, passes in of_text.items()
    ]
    return pl.all_horizontal(*judged, *of_row)


def _by_distinct(passes: pl.Expr) -> Callable[[pl.Series], pl.Series]:
    def judge(values: pl.Series) -> pl.Series:
        distinct = _distinct(values)
        if distinct is None:
            return values.to_frame().select(passes).to_series()
        failing = distinct.filter(~distinct.to_frame().select(passes).to_series())
        if failing.is_empty():
            return pl.repeat(True, len(values), dtype=pl.Boolean, eager=True)
        return ~values.is_in(failing.implode(), nulls_equal=True)

    return judge


def _distinct(values: pl.Series) -> pl.Series | None:
    """The distinct values; None where telling them apart costs more than any pattern: there are many, or few rows."""
    if len(values) < _MANY_ROWS:
        return None
    # What is about one client, or the same in a whole file, stands together: a fifth of the time of telling apart.
    is_start = values.to_frame().select(pl.nth(0).ne_missing(pl.nth(0).shift())).to_series()
    starts = values.filter(is_start)
    if len(starts) * _ROWS_PER_RUN <= len(values):
        return pl.concat([values.head(1), starts]).unique()
    return values.unique() if _values_in(values) * _ROWS_PER_VALUE <= len(values) else None


def _values_in(values: pl.Series) -> int:
    """About how many distinct values there are."""
    about: int = values.to_frame().select(pl.nth(0).approx_n_unique()).item()
    return about


def _shape(dataset: Dataset) -> dict[str, pa.Column]:
    return {name: pa.Column(dtype, nullable=True) for name, dtype in typed_columns(dataset).items()}


def _check(passes: pl.Expr, name: str) -> pa.Check:
    def holds(data: PolarsData) -> pl.LazyFrame:
        return data.lazyframe.select(passes)

    return pa.Check(holds, name=name)
