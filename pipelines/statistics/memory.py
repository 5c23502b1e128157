"""Results kept under a digest of what they were made from.

A night in which nothing changed need not estimate again, nor import what estimates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

import polars as pl

from pipelines.parquet import write_parquet


def remembered(
    name: str,
    inputs: Sequence[pl.DataFrame],
    parameters: object,
    folder: Path | None,
    estimate: Callable[[], pl.DataFrame],
) -> pl.DataFrame:
    """The result of ``estimate``; from ``folder`` where it was made from the same rows, parameters and code.

    Args:
        name: of the result; one is kept under each name.
        inputs: what the result rests on, in an order of rows that does not depend on the run.
        parameters: whatever else it rests on; told apart by its representation.
        folder: where the last result is kept; None keeps nothing.
    """
    if folder is None:
        return estimate()
    kept = folder / f"{name}-{_digest(inputs, parameters)}.parquet"
    if kept.exists():
        return pl.read_parquet(kept)
    result = estimate()
    for old in folder.glob(f"{name}-*.parquet"):
        old.unlink()
    write_parquet(result, kept)
    return result


def _digest(inputs: Sequence[pl.DataFrame], parameters: object) -> str:
    """Changes with the rows, the parameters, the estimators and the code of this package."""
    digest = hashlib.sha256()
    for module in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(module.read_bytes())
    digest.update(" ".join(version(name) for name in ("polars", "pyfixest", "scipy")).encode())
    digest.update(repr(parameters).encode())
    for frame in inputs:
        digest.update(repr(frame.schema).encode())
        for column in frame.iter_columns():
            digest.update(column.hash().to_numpy().tobytes())
    return digest.hexdigest()[:32]
