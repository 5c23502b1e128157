"""Months of the lake once more: the files that have rows in them are read again from the inbox.

Belongs here: which files those are, and that their rows replace themselves. Does not belong here: reading a file
(``intake``). With the same reader the lake's bytes stay the same; with a better one they become what it makes of them.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from pipelines import lake
from pipelines.census import month_path
from pipelines.deliveries import InboxFile, scan_inbox
from pipelines.home import Home
from pipelines.ingestion import IngestProgress, IngestReport, intake_of, read_files, with_expired
from pipelines.ingestion.intake import Intake
from pipelines.lake_entries import Entry
from pipelines.privacy.names import same_name
from pipelines.pseudonyms import Pseudonyms
from pipelines.settings import Settings
from schemas.datasets import DATASETS

_CHUNK_FILES = 512


def ingest_again(
    home: Home,
    settings: Settings,
    pseudonyms: Pseudonyms,
    months: Collection[date],
    on_progress: Callable[[IngestProgress], None] | None = None,
) -> IngestReport:
    """Read again the files that have rows in these months, and replace their rows, in whatever month these are.

    A file that is not in the inbox any more, or is refused now, keeps the rows that it has.

    Args:
        home: the home folder.
        settings: the deployment's settings.
        pseudonyms: the deployment's pseudonyms.
        months: first days of months.
        on_progress: is told how far the run is.

    Returns:
        Counts of what was read again; ``files_unchanged`` are files of the inbox that have no rows there.

    Raises:
        LakeLockedError: another process is writing to the lake.
    """
    tell = on_progress or (lambda _: None)
    with lake.locked(home):
        lake.ensure_schemas(home)
        shutil.rmtree(home.scratch, ignore_errors=True)
        home.scratch.mkdir(mode=0o700, parents=True)
        wanted = _files_with_rows(home, months)
        scan = scan_inbox(home.inbox, settings.reading.settle_seconds)
        known = lake.read_ledger(home).filter(pl.col("file_sha256").is_in(list(wanted)) & pl.col("refusal").is_null())
        files = _files_of(scan.ready, known, pseudonyms)
        intake = _intake_without(wanted, intake_of(home, settings, pseudonyms))
        report = IngestReport(files=len(scan.ready), files_unchanged=len(scan.ready) - len(files))
        tell(IngestProgress(0, len(files), 0))
        for done, chunk in _chunks(files):
            entries = _entries(chunk, intake, settings, wanted)
            lake.append(home, _named_as_before(entries, known))
            wanted -= {entry.row.file_sha256 for entry in entries}
            report = _counted(report, len(chunk), entries)
            tell(IngestProgress(done, len(files), report.rows_read))
        return with_expired(home, settings, report)


def _files_with_rows(home: Home, months: Collection[date]) -> set[str]:
    """Digests of the deliveries that have rows in these months, in any dataset."""
    found: set[str] = set()
    for name in DATASETS:
        for month in months:
            path = month_path(home, name, f"{month:%Y-%m}")
            if path.exists():
                found.update(pl.read_parquet(path, columns=["file_sha256"])["file_sha256"].unique())
    return found


def _intake_without(wanted: Collection[str], intake: Intake) -> Intake:
    """As if the wanted deliveries had never been taken in."""
    named = frozenset(key for key in intake.named if key[0] not in wanted)
    return replace(intake, named=named, taken=intake.taken.difference(wanted))


def _files_of(files: Iterable[InboxFile], known: pl.DataFrame, pseudonyms: Pseudonyms) -> list[InboxFile]:
    """The files of the inbox that gave these deliveries: bare, or as the container of a member or a sheet."""
    paths = {path for row in known.select("file_name", "container").iter_rows() for path in row if path is not None}
    names = {prefix for path in paths for prefix in _prefixes(path)}
    # The ledger shows some names without the persons in them.
    shown = [name for name in names if "~" in name]
    return [
        file for file in files if file.name in names or any(same_name(name, file.name, pseudonyms) for name in shown)
    ]


def _prefixes(path: str) -> set[str]:
    """A path, without its sheet, and everything that it may lie in."""
    parts = path.split("#", 1)[0].split("/")
    return {path, *("/".join(parts[:length]) for length in range(1, len(parts) + 1))}


def _chunks(files: Sequence[InboxFile]) -> Iterable[tuple[int, Sequence[InboxFile]]]:
    for start in range(0, len(files), _CHUNK_FILES):
        chunk = files[start : start + _CHUNK_FILES]
        yield start + len(chunk), chunk


def _entries(files: Sequence[InboxFile], intake: Intake, settings: Settings, wanted: Collection[str]) -> list[Entry]:
    """The wanted deliveries of these files, each once."""
    found: dict[str, Entry] = {}
    for taken in read_files(files, intake, settings):
        for entry in taken.entries:
            if entry.row.file_sha256 in wanted and entry.row.refusal is None:
                found.setdefault(entry.row.file_sha256, entry)
    return list(found.values())


def _named_as_before(entries: Iterable[Entry], known: pl.DataFrame) -> list[Entry]:
    """The entries under each name that the ledger has for them; the rows go with the first."""
    names: dict[str, list[tuple[str, str | None]]] = {}
    for sha, name, container in known.select("file_sha256", "file_name", "container").iter_rows():
        names.setdefault(sha, []).append((name, container))
    return [
        replace(
            entry if place == 0 else Entry(entry.row, {}), row=replace(entry.row, file_name=name, container=container)
        )
        for entry in entries
        for place, (name, container) in enumerate(names[entry.row.file_sha256])
    ]


def _counted(report: IngestReport, files: int, entries: Sequence[Entry]) -> IngestReport:
    rows = [entry.row for entry in entries]
    return replace(
        report,
        files_new=report.files_new + files,
        deliveries_taken=report.deliveries_taken + len(rows),
        rows_read=report.rows_read + sum(row.rows_read for row in rows),
        rows_accepted=report.rows_accepted + sum(row.rows_accepted for row in rows),
        rows_quarantined=report.rows_quarantined + sum(row.rows_quarantined for row in rows),
        cents_read=report.cents_read + sum(row.cents_read for row in rows),
        cents_accepted=report.cents_accepted + sum(row.cents_accepted for row in rows),
        cents_quarantined=report.cents_quarantined + sum(row.cents_quarantined for row in rows),
    )
