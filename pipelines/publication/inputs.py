"""By which code something was made. Belongs here: the digest of our own sources; nothing else."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

_CODE = Path(__file__).resolve().parents[2]
_ROOMS = ("pipelines", "schemas", "dbt_project")
_SOURCES = frozenset({".py", ".sql", ".yml", ".yaml", ".csv", ".md"})


@cache
def code_digest() -> str:
    """SHA-256 of everything that decides a figure: the code, the models, the seeds."""
    return digest_of(
        path
        for room in _ROOMS
        for path in sorted((_CODE / room).rglob("*"))
        if path.suffix in _SOURCES and path.is_file()
    )


def digest_of(paths: Iterable[Path]) -> str:
    """SHA-256 of the names and contents of files, in the given order; a file that is not there counts as empty."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.name.encode() + b"\0")
        digest.update(path.read_bytes() if path.exists() else b"")
    return digest.hexdigest()
