"""Figures that are kept from one night to the next, and what says that the warehouse stands: taken away together."""

from __future__ import annotations

import shutil

from pipelines.home import Home


def clear(home: Home) -> None:
    """Take away every figure that was made from the lake as it was; the next build makes them again."""
    # The record first: without it the next run builds, whatever else is still there.
    (home.dbt / "built_from.json").unlink(missing_ok=True)
    for folder in (home.vintages, home.dbt / "estimates", home.candidate.parent):
        for path in folder.glob("*") if folder.exists() else ():
            shutil.rmtree(path) if path.is_dir() else path.unlink()
