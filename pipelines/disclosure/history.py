"""What an outsider keeps of earlier publications, and what that means for this one.

A figure that was shown and is the same now stays known, whatever is done; it is shown again. A figure that changed by
fewer clients than the threshold is sensitive, because the difference of the two publications is a small group.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.disclosure.contributors import changed_clients
from pipelines.disclosure.masking import PRIMARY, SECONDARY, SHOWN
from pipelines.disclosure.quantities import Quantities

_CENT: Final = 0.005
_STAYS_SHOWN: Final = 3.0
_STAYS_HIDDEN: Final = 0.3


@dataclass(frozen=True)
class Earlier:
    """One earlier publication, as its folder keeps it.

    Attributes:
        tables: as they were published.
        mask: as ``Protected.mask``.
    """

    tables: Mapping[str, pl.DataFrame]
    mask: pl.DataFrame


@dataclass(frozen=True)
class Remembered:
    """By position: what earlier publications say.

    Attributes:
        last_shown: the value last published; NaN when it never was.
        is_known: it was, and is the same now.
        is_small_change: it was, and now differs by too few clients to show both.
        weights: factors for what suppressing it costs, so that the mask stays as it is where it can.
        was_primary, was_secondary: what the newest earlier mask suppressed, and why.
        traces: the digests that went with the value last published, where there are any.
    """

    last_shown: NDArray[np.float64]
    is_known: NDArray[np.bool_]
    is_small_change: NDArray[np.bool_]
    weights: NDArray[np.float64]
    was_primary: NDArray[np.bool_]
    was_secondary: NDArray[np.bool_]
    traces: Mapping[int, str]


def remember(
    quantities: Quantities,
    keyed_cells: pl.DataFrame,
    traces: dict[str, str],
    earlier: Sequence[Earlier],
    threshold: int,
) -> Remembered:
    """Lay the newest earlier mask, which holds what older ones showed, on the figures of now.

    Args:
        quantities: the figures of now.
        keyed_cells: table, cell, measure, position of the cells of now.
        traces: per name of an amount, the digests of who contributes.
        earlier: oldest first.
        threshold: fewer clients than this are a small group.
    """
    size = len(quantities.names)
    last_shown, factors = np.full(size, np.nan), np.ones(size)
    was_primary, was_secondary = np.zeros(size, dtype=bool), np.zeros(size, dtype=bool)
    was_traced: dict[int, str] = {}
    if earlier:
        mask = earlier[-1].mask.with_columns(pl.col("last_shown").cast(pl.Float64), pl.col("state").cast(pl.String))
        direct = keyed_cells.filter(pl.col("position").is_not_null()).select("table", "cell", "measure", "position")
        met = direct.join(mask, on=["table", "cell", "measure"])
        positions = met["position"].to_numpy()
        factors[positions] = np.where(met["state"] == SHOWN, _STAYS_SHOWN, _STAYS_HIDDEN)
        was_primary[positions] = (met["state"] == PRIMARY).to_numpy()
        was_secondary[positions] = (met["state"] == SECONDARY).to_numpy()
        shown = met.filter(pl.col("last_shown").is_not_null())
        last_shown[shown["position"].to_numpy()] = shown["last_shown"].to_numpy()
        traced = shown.filter(pl.col("trace").is_not_null())
        was_traced = dict(zip(traced["position"], traced["trace"], strict=True))
    change = np.abs(quantities.values - last_shown)
    is_known = change < _CENT
    is_changed = change >= _CENT
    is_small = is_changed & ~quantities.is_amount & (change < threshold)
    counts = {name: position for position, name in enumerate(quantities.names) if name.startswith("t|")}
    for position in np.flatnonzero(is_changed & quantities.is_amount):
        name = quantities.names[position]
        counted = counts.get(f"t|{name[2:]}")
        people = changed_clients(was_traced.get(int(position)), traces.get(name))
        moved = 0.0 if counted is None else np.nan_to_num(change[counted])
        is_small[position] = max(people, moved) < threshold
    return Remembered(last_shown, is_known, is_small, factors, was_primary, was_secondary, was_traced)
