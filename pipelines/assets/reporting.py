"""What assets tell Dagster beyond their figures: columns with comments, and that nothing was new."""

from __future__ import annotations

import time
from collections.abc import Mapping

import dagster as dg
import polars as pl
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

from schemas.comments import COLUMN_COMMENTS

OPERATORS = "team:operators"
ANALYSTS = "team:analysts"


class Stopwatch:
    """Runs from when it was made."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def metadata(self) -> dict[str, float]:
        """How long an asset took so far, in seconds; assets that one step makes have that step's time."""
        return {"seconds": round(time.monotonic() - self._began, 3)}


def quiet(output_name: str) -> dg.Output:
    """An output that lets what depends on it go on, without saying that the asset was materialised.

    Dagster skips everything behind an output that is not there, and calls fresh whatever has one. It has this key for
    sources that write their own events (docs/adr/0010-dagster-events.md).
    """
    return dg.Output(None, output_name=output_name, metadata={SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True})


def column_schema(columns: Mapping[str, pl.DataType | type[pl.DataType]]) -> dict[str, dg.TableSchema]:
    """Columns, types and comments as Dagster shows them."""
    described = [
        dg.TableColumn(name, str(dtype), description=COLUMN_COMMENTS.get(name)) for name, dtype in columns.items()
    ]
    return {"dagster/column_schema": dg.TableSchema(columns=described)}
