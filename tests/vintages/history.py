"""A lake of messages, and reference tables with versions, whose publications are calculated again."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import polars as pl

from pipelines.reference.history import keep
from tests.dbt.lake import REFERENCE, Lake
from tests.dbt.story import Story
from tests.dbt.warehouse import dbt

SELECTION = ("+path:models/marts/vintages", "revision_causes", "statuses", "attributions")


def publish(lake: Lake, *days: str) -> None:
    """Publications that are called after their day."""
    lake.reference["publicaties"] = [{"naam": day, "peildatum": date.fromisoformat(day)} for day in days]


def loaded(lake: Lake, folder: Path, table: str, day: str) -> None:
    """Keep a reference table, as the lake has it now, under the day on which it was loaded."""
    rows = [{name: row.get(name) for name in REFERENCE[table]} for row in lake.reference[table]]
    frame = pl.DataFrame(rows, schema=REFERENCE[table], orient="row")
    keep(frame, folder / "lake" / "reference_history" / table, date.fromisoformat(day))


def build(folder: Path, *arguments: str, tests: bool = True) -> list[str]:
    """Build the vintages with all that they rest on; gives the names of what failed."""
    kinds = ["--exclude-resource-type", "unit_test"] + ([] if tests else ["--exclude-resource-type", "test"])
    with _environment(folder):
        statuses = dbt(folder, "build", *kinds, "--select", *SELECTION, "--indirect-selection", "buildable", *arguments)
    return sorted(name for name, status in statuses.items() if status not in ("success", "pass"))


def lake_of(tell: Callable[[Story], None], kind: type[Story], name: str) -> Lake:
    """The lake of one story, with two practices and one care profile."""
    lake = Lake()
    lake.practice("P1", "01999001")
    lake.practice("P2", "01999002")
    lake.profile("54002", "ggz_specialistisch_basis")
    tell(kind(lake, name))
    return lake


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    wanted = {"JEUGDSPIEGEL_TARGET": str(folder / "target"), "JEUGDSPIEGEL_VINTAGES": str(folder / "vintages")}
    before = {name: os.environ.get(name) for name in wanted}
    os.environ.update(wanted)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
