"""The lake: Parquet in and out, one file per dataset and month. docs/architecture.md has its columns.

The ledger is the commit point: a delivery's rows are written first, its ledger row last, and rows whose file is not in
the ledger do not exist. A journal names the files that are being written, so that what a killed run left
can be removed.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from pipelines.errors import ConfigurationError, LakeLockedError
from pipelines.home import Home
from pipelines.lake_entries import Entry, LedgerRow
from pipelines.lake_months import append_rows, month_files, without_files
from pipelines.parquet import read_parquet, sync_folder, write_parquet
from pipelines.privacy import removal, rewriting
from pipelines.privacy.names import shown_as
from pipelines.pseudonyms import Pseudonyms
from schemas.datasets import DATASETS
from schemas.lake_files import (
    ERASED,
    FINDINGS,
    INBOX_INDEX,
    LEDGER,
    QUARANTINE_ROWS,
    REFERRER_SUGGESTIONS,
    REMOVED,
    Columns,
)

_KEY = ["file_sha256", "file_name"]
_ORIGIN = ["file_sha256", "own_name", "container"]

OWN_NAME = (
    pl.when(pl.col("file_name").str.starts_with(pl.col("container") + "/"))
    .then(pl.col("file_name").str.strip_prefix(pl.col("container") + "/"))
    .otherwise("file_name")
    .alias("own_name")
)
"""Of a ledger row: the file's name as unpacked, without the container's path that tells it apart (``_told_apart``)."""


@dataclass(frozen=True)
class Forgotten:
    """What was taken away.

    Attributes:
        file_names: the deliveries that the ledger no longer has.
        rows: per dataset the rows that went; ``quarantine`` and ``findings`` among them.
        cents: signed cents of the declaration lines that went.
        still_known_as: other names under which the same bytes were delivered: their rows stay.
        is_in_inbox: the file is still there, so that the next run takes it again.
    """

    file_names: tuple[str, ...]
    rows: Mapping[str, int]
    cents: int
    still_known_as: tuple[str, ...]
    is_in_inbox: bool


@contextmanager
def locked(home: Home) -> Iterator[None]:
    """Be the only one that writes to the lake; what a killed run left is removed first.

    Raises:
        LakeLockedError: another process is writing.
    """
    home.lake.mkdir(parents=True, exist_ok=True)
    with (home.lake / ".lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise LakeLockedError(f"Another run is writing to {home.lake}; wait until it is done.") from None
        rewriting.finish(home)
        _finish_killed_run(home)
        yield


def require_key(home: Home, pseudonyms: Pseudonyms) -> None:
    """See that these are the pseudonyms that the lake holds: with another key the same child would be two.

    Raises:
        ConfigurationError: the lake was made with another key.
    """
    path = key_fingerprint_path(home)
    if path.exists() and path.read_text(encoding="ascii") != pseudonyms.fingerprint:
        raise ConfigurationError(
            f"{home.pseudonym_key}: this key is not the one that {home.lake} was made with; put that one back, "
            "or, after 'jeugdspiegel rekey' with a key from the environment, set the new value."
        )


def remember_key(home: Home, pseudonyms: Pseudonyms) -> None:
    """Let a new lake remember whose pseudonyms it holds. Call it inside ``locked``.

    Raises:
        ConfigurationError: the lake was made with another key.
    """
    require_key(home, pseudonyms)
    if not key_fingerprint_path(home).exists():
        beside = home.lake / ".key.fingerprint"
        beside.write_text(pseudonyms.fingerprint, encoding="ascii")
        beside.replace(key_fingerprint_path(home))


def key_fingerprint_path(home: Home) -> Path:
    """Where the lake remembers with which key it was made."""
    return home.lake / "key.fingerprint"


def ensure_schemas(home: Home) -> None:
    """Give every dataset an empty file with its columns, and every single file its columns."""
    for dataset in DATASETS.values():
        path = home.lake / dataset.name / "schema.parquet"
        if not path.exists() or pl.read_parquet_schema(path) != pl.Schema(dataset.lake):
            write_parquet(pl.DataFrame(schema=dict(dataset.lake)), path)
    for path, columns in _single_files(home).items():
        if not path.exists():
            write_parquet(pl.DataFrame(schema=dict(columns)), path)


def read_ledger(home: Home) -> pl.DataFrame:
    """The ledger, as ``LEDGER``."""
    return read_parquet(_ledger_path(home), LEDGER)


def read_index(home: Home) -> pl.DataFrame:
    """The files of the inbox that need not be opened again, as ``INBOX_INDEX``; none when it is of another shape."""
    path = _index_path(home)
    if path.exists() and pl.read_parquet_schema(path) != pl.Schema(INBOX_INDEX):
        return pl.DataFrame(schema=dict(INBOX_INDEX))
    return read_parquet(path, INBOX_INDEX)


def append(home: Home, entries: Sequence[Entry], seen: pl.DataFrame | None = None) -> None:
    """Add deliveries; the same bytes once more replace themselves. Call it inside ``locked``.

    Args:
        home: the home folder.
        entries: deliveries; one with empty ``tables`` and the digest of a known one adds a name only.
        seen: rows of the inbox index (``INBOX_INDEX``) that hold once the entries are in the ledger.
    """
    entries, removed = _without_erased(home, entries)
    with_rows = [entry for entry in entries if entry.tables or entry.quarantine is not None]
    _write_journal(home, {entry.row.file_sha256 for entry in with_rows})
    for name in sorted({name for entry in with_rows for name in entry.tables}):
        frames = [entry.tables[name] for entry in with_rows if name in entry.tables]
        append_rows(home.lake / name, DATASETS[name], pl.concat(frames))
    quarantined = [(entry.quarantine, entry.row) for entry in with_rows]
    _replace_rows(_quarantine_path(home), QUARANTINE_ROWS, quarantined)
    _replace_rows(_findings_path(home), FINDINGS, [(entry.findings, entry.row) for entry in with_rows])
    _write_removed(home, removed, {entry.row.file_sha256 for entry in with_rows})
    _append_ledger(home, entries)
    if seen is not None:
        _append_index(home, seen)
    _remove_journal(home)


def forget(home: Home, file_name: str, pseudonyms: Pseudonyms | None = None) -> Forgotten:
    """Take away what a file delivered: a bare file, a container with all its members, or one sheet or member.

    Args:
        home: the home folder.
        file_name: its name relative to the inbox, or as ``ops.deliveries`` shows it.
        pseudonyms: to find a delivery by its name where the ledger shows that without a person; None: as it is shown.

    Raises:
        LakeLockedError: another process is writing.
    """
    with locked(home):
        ledger = read_ledger(home)
        typed = file_name
        if pseudonyms is not None:
            known = [*ledger["file_name"], *ledger["container"].drop_nulls()]
            file_name = shown_as(file_name, known, pseudonyms)
        is_meant = _is_file(file_name)
        going, staying = ledger.filter(is_meant), ledger.filter(~is_meant)
        shas = set(going["file_sha256"]) - set(staying["file_sha256"])
        also = staying.filter(pl.col("file_sha256").is_in(going["file_sha256"].implode()))
        _write_journal(home, shas)
        write_parquet(staying, _ledger_path(home))
        rows, cents = _remove_rows(home, shas)
        index = read_index(home)
        roots = {name.split("#", 1)[0] for name in going["file_name"]} | {file_name}
        roots |= set(going["container"].drop_nulls())
        is_root = pl.any_horizontal(
            pl.lit(value=False), *(pl.lit(root).str.starts_with(pl.col("file_name")) for root in sorted(roots))
        )
        write_parquet(index.filter(~is_root), _index_path(home))
        _remove_journal(home)
    names = tuple(sorted(going["file_name"].unique()))
    is_in_inbox = (home.inbox / typed).exists()
    return Forgotten(names, rows, cents, tuple(sorted(also["file_name"].unique())), is_in_inbox)


def _is_file(file_name: str) -> pl.Expr:
    name, container = pl.col("file_name"), pl.col("container").fill_null("")
    return (
        ((name == file_name) | name.str.starts_with(file_name + "#"))
        | (container == file_name)
        | container.str.starts_with(file_name + "/")
        | ((container + "/" + name) == file_name)
    )


# --- paths ---


def _ledger_path(home: Home) -> Path:
    return home.lake / "ledger.parquet"


def _index_path(home: Home) -> Path:
    return home.lake / "inbox_index.parquet"


def _quarantine_path(home: Home) -> Path:
    return home.quarantine / "rows.parquet"


def _findings_path(home: Home) -> Path:
    return home.lake / "findings.parquet"


def _single_files(home: Home) -> dict[Path, Columns]:
    return {
        _ledger_path(home): LEDGER,
        _index_path(home): INBOX_INDEX,
        _quarantine_path(home): QUARANTINE_ROWS,
        _findings_path(home): FINDINGS,
        home.lake / "referrer_suggestions.parquet": REFERRER_SUGGESTIONS,
        removal.removed_path(home): REMOVED,
        removal.erased_path(home): ERASED,
    }


# --- writing ---


def _replace_rows(path: Path, columns: Columns, of_files: Sequence[tuple[pl.DataFrame | None, LedgerRow]]) -> None:
    """Rows of these files are replaced by the given ones; nothing is written when nothing changes."""
    known = read_parquet(path, columns)
    kept = without_files(known, pl.Series([row.file_sha256 for _, row in of_files], dtype=pl.String))
    new = [_of_file(frame, row, columns) for frame, row in of_files if frame is not None]
    if kept.height == known.height and not new and path.exists():
        return
    write_parquet(pl.concat([kept, *new]).sort(list(columns)[:4], maintain_order=True), path)


def _of_file(frame: pl.DataFrame, row: LedgerRow, columns: Columns) -> pl.DataFrame:
    whole = frame.with_columns(file_sha256=pl.lit(row.file_sha256), kind=pl.lit(row.kind))
    return whole.select(pl.col(name).cast(dtype) for name, dtype in columns.items())


def _without_erased(home: Home, entries: Sequence[Entry]) -> tuple[Sequence[Entry], pl.DataFrame]:
    """The entries without persons who were erased, and what they lost by that (``REMOVED``)."""
    erased = removal.erased_keys(home)
    rows: list[tuple[str, str, int, int]] = []
    if erased.is_empty():
        return entries, pl.DataFrame(rows, schema=dict(REMOVED), orient="row")
    kept = []
    for entry in entries:
        clean = removal.cleaned(entry.tables, entry.findings, erased)
        kept.append(replace(entry, tables=clean.tables, findings=clean.findings))
        if clean.rows:
            rows.append((entry.row.file_sha256, removal.ERASURE, clean.rows, clean.cents))
    return kept, pl.DataFrame(rows, schema=dict(REMOVED), orient="row")


def _write_removed(home: Home, counts: pl.DataFrame, replaced: Collection[str]) -> None:
    """Remember what files lost; nothing is written when nothing changes."""
    path = removal.removed_path(home)
    known = read_parquet(path, REMOVED)
    whole = removal.with_counts(home, counts, replaced)
    if not (path.exists() and whole.equals(known)):
        write_parquet(whole, path)


def _append_ledger(home: Home, entries: Sequence[Entry]) -> None:
    known = read_ledger(home).with_columns(OWN_NAME)
    new = pl.DataFrame([vars(entry.row) for entry in entries], schema=dict(LEDGER)).with_columns(OWN_NAME)
    new = new.unique(_ORIGIN, keep="last", maintain_order=True)
    first = known.select(*_ORIGIN, earlier="first_seen_at")
    new = new.join(first, on=_ORIGIN, how="left", nulls_equal=True).with_columns(
        first_seen_at=pl.coalesce("earlier", "first_seen_at")
    )
    kept = known.join(new, on=_ORIGIN, how="anti", nulls_equal=True)
    rows = _told_apart(pl.concat([kept, new.drop("earlier")]))
    write_parquet(rows.sort(_KEY), _ledger_path(home))


def _told_apart(rows: pl.DataFrame) -> pl.DataFrame:
    """Ledger rows of which no two have the same bytes and name.

    A bare file keeps its name; of members of several containers the first by container does, and the others
    carry their container's path. So the names do not depend on the order of arrival.
    """
    ordered = rows.sort(_ORIGIN, nulls_last=False)
    is_first = pl.struct("file_sha256", "own_name").is_first_distinct()
    path = pl.concat_str("container", "own_name", separator="/")
    return ordered.with_columns(file_name=pl.when(is_first).then("own_name").otherwise(path)).select(list(LEDGER))


def _append_index(home: Home, seen: pl.DataFrame) -> None:
    kept = read_index(home).join(seen, on="file_name", how="anti")
    write_parquet(pl.concat([kept, seen.select(list(INBOX_INDEX))]).sort("file_name"), _index_path(home))


# --- taking away ---


def _remove_rows(home: Home, shas: Collection[str]) -> tuple[dict[str, int], int]:
    """Remove the files' rows everywhere but in the ledger; returns rows per dataset, and the lines' cents."""
    gone: dict[str, int] = {}
    cents = 0
    files = pl.Series(sorted(shas), dtype=pl.String)
    targets = [(name, path, DATASETS[name].lake) for name in DATASETS for path in month_files(home.lake / name)]
    targets.append(("quarantine", _quarantine_path(home), QUARANTINE_ROWS))
    targets.append(("findings", _findings_path(home), FINDINGS))
    for name, path, columns in targets:
        rows = read_parquet(path, columns)
        going = rows.filter(pl.col("file_sha256").is_in(files.implode()))
        if going.is_empty():
            continue
        gone[name] = gone.get(name, 0) + going.height
        if name == "declaration_lines":
            cents += int(going["amount_cents"].sum())
        kept = without_files(rows, files)
        if kept.is_empty() and path.name.startswith("month="):
            path.unlink()
            sync_folder(path.parent)
        else:
            write_parquet(kept, path)
    _write_removed(home, pl.DataFrame(schema=dict(REMOVED)), shas)
    return gone, cents


# --- the journal ---


def _journal_path(home: Home) -> Path:
    return home.lake / ".journal.json"


def _write_journal(home: Home, shas: Collection[str]) -> None:
    with _journal_path(home).open("w", encoding="ascii") as file:
        json.dump(sorted(shas), file)
        file.flush()
        os.fsync(file.fileno())


def _remove_journal(home: Home) -> None:
    _journal_path(home).unlink()


def _finish_killed_run(home: Home) -> None:
    """Remove the rows of files that a killed run began to write and that the ledger does not have."""
    path = _journal_path(home)
    if not path.exists():
        return
    try:
        shas = set(json.loads(path.read_text(encoding="ascii")))
    except ValueError:
        # Killed while writing the journal: nothing was written after it.
        shas = set()
    _remove_rows(home, shas - set(read_ledger(home)["file_sha256"]))
    path.unlink()
