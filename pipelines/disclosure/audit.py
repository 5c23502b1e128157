"""What is told about the suppression: the published audit table, and the sentences that block a publication."""

from __future__ import annotations

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.disclosure.attack import Intervals
from pipelines.disclosure.masking import PRIMARY, SECONDARY
from pipelines.disclosure.quantities import Quantities
from pipelines.settings import DisclosureSettings

AUDIT_DESCRIPTION: Final = (
    "Eén rij per gepubliceerde tabel en maat: hoeveel cellen er zijn, hoeveel zijn onderdrukt, en hoe ver een "
    "buitenstaander met alle tabellen samen er op zijn best naast zit."
)
AUDIT_COLUMNS: Final = {
    "table_name": "Naam van de gepubliceerde tabel.",
    "measure": "Kolom van die tabel.",
    "cells": "Aantal gevulde cellen in het exacte warehouse.",
    "suppressed_primary": "Onderdrukt omdat het om te weinig cliënten gaat of één of twee cliënten het bedrag bepalen.",
    "suppressed_secondary": "Onderdrukt omdat anders een andere onderdrukte cel te berekenen is.",
    "narrowest_interval": (
        "Smalste interval dat een buitenstaander voor een onderdrukte cel kan afleiden, ten minste: van een aantal de "
        "breedte, van een bedrag de halve breedte als deel van het bedrag. Leeg als er niets is onderdrukt of de maat "
        "uit andere is berekend."
    ),
    "interval_unit": "Eenheid van narrowest_interval: number (aantal) of share (deel van het bedrag).",
    "known_before": "Onderdrukte cellen die een eerdere publicatie al toonde of weggaf.",
    "minimum_clients": "Drempel: van minder cliënten wordt niets getoond.",
    "amount_margin": "Een onderdrukt bedrag mag niemand tot op dit deel nauwkeurig kennen.",
}
SUPPRESSED_COLUMN: Final = (
    "Waar als ten minste één maat van deze rij is onderdrukt (leeg) om personen te beschermen; een maat die in het "
    "exacte warehouse leeg is, telt niet mee."
)

# a wider interval is only called wide, so that nobody can read a total from it
_WIDEST_COUNTS: Final = 10
_WIDEST_SHARE: Final = 10.0


def audit_table(
    quantities: Quantities,
    cells: pl.DataFrame,
    found: Intervals,
    is_known_before: NDArray[np.bool_],
    settings: DisclosureSettings,
) -> pl.DataFrame:
    """The table of ``AUDIT_COLUMNS``, without any value of a cell."""
    size = np.maximum(np.abs(quantities.values), 0.01)
    width = np.floor(found.highest + 1e-6) - np.ceil(found.lowest - 1e-6)
    half = (found.highest - found.lowest) / 2 / size
    interval = np.where(
        quantities.is_amount,
        np.minimum(half, _WIDEST_SHARE).round(3),
        np.minimum(width, float(_WIDEST_COUNTS * settings.minimum_clients)),
    )
    figures = pl.DataFrame(
        {
            "position": np.arange(len(size)),
            "interval": interval,
            # a suppressed zero has nothing to hide, and what was known before cannot be hidden any more
            "is_judged": (quantities.values != 0) & ~is_known_before,
            "is_amount": quantities.is_amount,
            "known": is_known_before,
        }
    )
    joined = cells.join(figures, on="position", how="left", maintain_order="left")
    is_suppressed = pl.col("state").is_in([PRIMARY, SECONDARY])
    return (
        joined.group_by(table_name="table", measure="measure")
        .agg(
            cells=pl.len().cast(pl.Int64),
            suppressed_primary=(pl.col("state") == PRIMARY).sum().cast(pl.Int64),
            suppressed_secondary=(pl.col("state") == SECONDARY).sum().cast(pl.Int64),
            narrowest_interval=pl.col("interval").filter(is_suppressed & pl.col("is_judged")).min(),
            interval_unit=pl.when(pl.col("is_amount").any())
            .then(pl.lit("share"))
            .when(pl.col("is_amount").is_not_null().any())
            .then(pl.lit("number")),
            known_before=(is_suppressed & pl.col("known").fill_null(False)).sum().cast(pl.Int64),
        )
        .with_columns(
            minimum_clients=pl.lit(settings.minimum_clients, pl.Int64), amount_margin=pl.lit(settings.amount_margin)
        )
        .sort("table_name", "measure")
    )


def failure_sentences(
    quantities: Quantities, exposed: NDArray[np.int64], differing: int, settings: DisclosureSettings
) -> tuple[str, ...]:
    """One sentence per table and measure with cells that are known too well; no value, no key."""
    positions = pl.DataFrame({"position": exposed}).with_columns(
        pl.col("position").cast(quantities.cells.schema["position"])
    )
    direct = quantities.cells.filter("is_direct").join(positions, on="position")
    counted = direct.group_by("table", "measure").agg(pl.len()).sort("table", "measure")
    sentences = [
        f"{table}: {cells} suppressed {'cell' if cells == 1 else 'cells'} of {measure} can be worked out to within the "
        f"threshold ({settings.minimum_clients} clients, {settings.amount_margin:.0%} of an amount)."
        for table, measure, cells in counted.iter_rows()
    ]
    unprinted = len(exposed) - direct["position"].n_unique()
    if unprinted:
        sentences.append(f"{unprinted} differences between published cells show a group below the threshold.")
    if differing:
        sentences.append(f"{differing} published cells differ from the exact warehouse.")
    return tuple(sentences)
