"""What a publication says about itself: from what it was made, by which code, and the hash of each of its files.

``manifest.json`` in the publication's folder is for its owner; ``published/manifest.json`` is what everyone may know:
without the hashes of the deliveries, from which whoever knows all of a small file but one number could find that one.

Belongs here: writing and checking both. Does not belong here: the files themselves.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from importlib.metadata import requires, version
from pathlib import Path
from typing import Any

import duckdb

from pipelines.publication.inputs import code_digest

FILE_NAME = "manifest.json"
_PRODUCT = "jeugdspiegel"
# These three alone differ between two publications that were made from the same.
_OF_THE_MOMENT = ("publication", "published_at", "previous")


def write(
    folder: Path,
    published: Path,
    *,
    name: str,
    published_at: datetime,
    previous: str | None,
    rows: Mapping[str, int],
    warehouse: Path,
    accepted_drift: Sequence[str],
) -> None:
    """Write both manifests into a publication that is otherwise complete.

    Args:
        folder: the publication's folder, which holds ``published`` and the warehouse.
        rows: rows per ``schema.table`` of the warehouse.
        previous: name of the publication that was live before.
        accepted_drift: sentences about drift that the operator accepted.
    """
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        parameters = _parameters(connection)
        deliveries = _deliveries(connection)
    about: dict[str, object] = dict(zip(_OF_THE_MOMENT, (name, published_at.isoformat(), previous), strict=True))
    about |= {
        "code": {"version": version(_PRODUCT), "digest": code_digest()},
        "libraries": libraries(),
        "parameters": parameters,
        "deliveries": len(deliveries),
    }
    shown = {
        table: count for table, count in rows.items() if (published / "parquet" / f"{_table(table)}.parquet").exists()
    }
    _write(published / FILE_NAME, {**about, "rows": shown, "files": file_hashes(published)})
    private = {"deliveries": deliveries, "rows": dict(rows), "accepted_drift": list(accepted_drift)}
    _write(folder / FILE_NAME, {**about, **private, "files": file_hashes(folder)})


def file_hashes(folder: Path) -> dict[str, dict[str, object]]:
    """SHA-256 and size of every file below a folder, by its path from there; the folder's own manifest excepted."""
    return {
        path.relative_to(folder).as_posix(): {"sha256": _sha256(path), "bytes": path.stat().st_size}
        for path in _files(folder)
        if path != folder / FILE_NAME
    }


def figures_digest(published: Path) -> str:
    """Digest of the Parquet files alone: the same figures have the same."""
    digest = hashlib.sha256()
    for path in sorted((published / "parquet").glob("*.parquet")):
        digest.update(f"{path.name}\0{_sha256(path)}\0".encode())
    return digest.hexdigest()


def first_damaged(folder: Path) -> str | None:
    """The first file that is not as the folder's manifest says, or is not there; None when all are."""
    if not (folder / FILE_NAME).exists():
        return FILE_NAME
    for name, expected in read(folder)["files"].items():
        path = folder / name
        if not path.is_file() or _sha256(path) != expected["sha256"]:
            return str(name)
    return None


def previous_of(folder: Path) -> str | None:
    """Name of the publication that was live before this one; None when the folder does not say."""
    value = read(folder).get("previous") if (folder / FILE_NAME).exists() else None
    return str(value) if value else None


def read(folder: Path) -> dict[str, Any]:
    """The folder's manifest."""
    values: dict[str, Any] = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    return values


def libraries() -> dict[str, str]:
    """Versions of the libraries that this product asks for by name."""
    names = (_name(requirement) for requirement in requires(_PRODUCT) or () if "extra ==" not in requirement)
    return {name: version(name) for name in sorted(names)}


def _name(requirement: str) -> str:
    end = next((place for place, letter in enumerate(requirement) if letter in "[<>=!~; "), len(requirement))
    return requirement[:end]


def _parameters(connection: duckdb.DuckDBPyConnection) -> list[dict[str, Any]]:
    if not _has(connection, "run_parameters"):
        return []
    frame = connection.execute("select * from ops.run_parameters order by all").pl()
    return [{name: None if value is None else str(value) for name, value in row.items()} for row in frame.to_dicts()]


def _deliveries(connection: duckdb.DuckDBPyConnection) -> list[str]:
    if not _has(connection, "deliveries"):
        return []
    return [
        sha for (sha,) in connection.execute("select distinct file_sha256 from ops.deliveries order by all").fetchall()
    ]


def _has(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    found = connection.execute(
        "select 1 from duckdb_tables() where schema_name = 'ops' and table_name = ?", [table]
    ).fetchone()
    return found is not None


def _table(name: str) -> str:
    return name.rpartition(".")[2]


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, values: Mapping[str, object]) -> None:
    path.write_text(json.dumps(values, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
