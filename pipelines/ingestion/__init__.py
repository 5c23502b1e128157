"""The inbox → the lake: what is new is taken in, once, whatever its folder or name.

Belongs here: which files are new, how the work is spread, and when the lake is written. Does not belong here: what
happens to one file (``intake``), or how the lake is laid out (``lake``).
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import polars as pl

from pipelines import lake
from pipelines.deliveries import InboxFile, Limits, scan_inbox
from pipelines.home import Home
from pipelines.ingestion.intake import INTERNAL_ERROR, UNREADABLE, Intake, Taken, take_in
from pipelines.lake_entries import Entry, LedgerRow
from pipelines.parquet import read_parquet
from pipelines.privacy.retention import expire
from pipelines.pseudonyms import Pseudonyms, load_pseudonyms
from pipelines.settings import Settings
from schemas.lake_files import INBOX_INDEX

READER_VERSION = 2
"""Raised when reading or validation changes: the inbox is then looked at again, and what was refused is read again."""

_CHUNK_FILES = 128
_CHUNK_BYTES = 16 * 2**20
_LARGE_BYTES = 48 * 2**20
_UNDER_WAY = 8
_FLUSH_ROWS = 1_000_000
_FLUSH_FILES = 2_000
# Threads cost nothing, and parsing and polars run beside each other; the rest is Python, one thread at a time.
# Processes run all of it side by side, but take two to three seconds each before their first file.
_THREADS_BYTES = 16 * 2**20
_PROCESSES_BYTES = 512 * 2**20
_PROCESSES_FILES = 5_000


@dataclass(frozen=True)
class IngestProgress:
    """How far the run is: files of the inbox that are done, of those that are to be read; rows read so far."""

    files_done: int
    files_total: int
    rows_read: int


@dataclass(frozen=True)
class IngestReport:
    """What came of the inbox.

    Attributes:
        files: files in the inbox that are ready to be read.
        files_unchanged: of these, not opened, because nothing changed since they were taken in.
        files_new: of these, files that gave at least one delivery that was not known, refused ones included.
        files_growing: files that are still being written: left for the next run.
        deliveries_taken, deliveries_refused: messages or exports that are new in the ledger, or read again.
        rows_read, rows_accepted, rows_quarantined: of those deliveries.
        cents_read, cents_accepted, cents_quarantined: of those deliveries, signed.
        internal_errors: refused deliveries whose reading failed by our own fault.
        months_expired: months that the retention period took away, as ``declaration_lines 2016-01``.
        rows_expired: their rows.
    """

    files: int = 0
    files_unchanged: int = 0
    files_new: int = 0
    files_growing: int = 0
    deliveries_taken: int = 0
    deliveries_refused: int = 0
    rows_read: int = 0
    rows_accepted: int = 0
    rows_quarantined: int = 0
    cents_read: int = 0
    cents_accepted: int = 0
    cents_quarantined: int = 0
    internal_errors: int = 0
    months_expired: tuple[str, ...] = ()
    rows_expired: int = 0


def ingest(
    home: Home,
    settings: Settings,
    pseudonyms: Pseudonyms,
    on_progress: Callable[[IngestProgress], None] | None = None,
) -> IngestReport:
    """Take in what is new in the inbox.

    Args:
        home: the home folder.
        settings: the deployment's settings.
        pseudonyms: the deployment's pseudonyms.
        on_progress: is told how far the run is.

    Raises:
        LakeLockedError: another process is writing to the lake.
    """
    tell = on_progress or (lambda _: None)
    with lake.locked(home):
        lake.ensure_schemas(home)
        lake.remember_key(home, pseudonyms)
        shutil.rmtree(home.scratch, ignore_errors=True)
        home.scratch.mkdir(mode=0o700, parents=True)
        scan = scan_inbox(home.inbox, settings.reading.settle_seconds)
        changed_ns = {file.name: _changed_ns(file) for file in scan.ready}
        todo = _not_seen(scan.ready, changed_ns, lake.read_index(home), pseudonyms)
        writer = _Writer(home, changed_ns, intake_of(home, settings, pseudonyms))
        report = IngestReport(
            files=len(scan.ready), files_unchanged=len(scan.ready) - len(todo), files_growing=len(scan.growing)
        )
        tell(IngestProgress(0, len(todo), 0))
        for taken in read_files(todo, writer.intake, settings):
            report = _counted(report, writer.add(taken))
            done = writer.files_done
            tell(IngestProgress(done, len(todo), report.rows_read))
        writer.flush()
        return with_expired(home, settings, report)


def with_expired(home: Home, settings: Settings, report: IngestReport) -> IngestReport:
    """The report, with the months that the retention period took away after all was taken in."""
    expired = expire(home, settings.keep_years, datetime.now(UTC).date())
    months = tuple(f"{dataset} {month}" for dataset, of in expired.months.items() for month in of)
    return replace(report, months_expired=months, rows_expired=expired.rows)


def look(home: Home, settings: Settings) -> IngestReport:
    """How many files a run would find new; nothing is opened or written."""
    scan = scan_inbox(home.inbox, settings.reading.settle_seconds)
    changed_ns = {file.name: _changed_ns(file) for file in scan.ready}
    new = len(_not_seen(scan.ready, changed_ns, lake.read_index(home), _pseudonyms(home)))
    return IngestReport(
        files=len(scan.ready),
        files_unchanged=len(scan.ready) - new,
        files_new=new,
        files_growing=len(scan.growing),
    )


def new_files(home: Home, settings: Settings) -> list[InboxFile]:
    """The files that a run would find new, those that are still being written included; nothing is opened."""
    scan = scan_inbox(home.inbox, settings.reading.settle_seconds)
    files = [*scan.ready, *scan.growing]
    changed_ns = {file.name: _changed_ns(file) for file in files}
    return _not_seen(files, changed_ns, lake.read_index(home), _pseudonyms(home))


def _pseudonyms(home: Home) -> Pseudonyms | None:
    """Those of a home in which something was taken in; looking must not make a key."""
    return None if lake.read_index(home).is_empty() else load_pseudonyms(home.pseudonym_key, os.environ)


def intake_of(home: Home, settings: Settings, pseudonyms: Pseudonyms) -> Intake:
    """What every file needs, and what the ledger says is not to be read again."""
    done = lake.read_ledger(home).filter(pl.col("refusal").is_null())
    return Intake(
        inbox=home.inbox,
        scratch=home.scratch,
        limits=Limits(max_bytes=settings.reading.max_file_bytes),
        pseudonyms=pseudonyms,
        own_providers=settings.poh.providers,
        seen_at=datetime.now(UTC),
        named=frozenset(done.select("file_sha256", lake.OWN_NAME, "container").iter_rows()),
        taken=frozenset(done["file_sha256"]),
        places=_places(home),
    )


def _places(home: Home) -> frozenset[str]:
    names = [
        read_parquet(home.lake_reference / f"{table}.parquet", {column: pl.String})[column]
        for table, column in (("praktijken", "naam"), ("gemeenten", "naam"), ("gemeenten", "regio"))
    ]
    return frozenset(pl.concat(names).drop_nulls().str.to_lowercase().str.extract_all(r"\p{L}+").explode())


def _changed_ns(file: InboxFile) -> int:
    """When the file's state last changed: a file replaced by one of the same size and time is seen by it."""
    try:
        return file.path.stat().st_ctime_ns
    except OSError:
        return -1


def _not_seen(
    files: Sequence[InboxFile], changed_ns: dict[str, int], index: pl.DataFrame, pseudonyms: Pseudonyms | None
) -> list[InboxFile]:
    if pseudonyms is None or index.is_empty():
        return list(files)
    seen = set(index.select("file_key", "size", "modified_ns", "changed_ns", "reader_version").iter_rows())

    def state(file: InboxFile) -> tuple[str, int, int, int, int]:
        # By a key of its name: the name itself may be a person's.
        key = pseudonyms.file_key(file.name)
        return key, file.size, file.modified_ns, changed_ns[file.name], READER_VERSION

    return [file for file in files if state(file) not in seen]


# --- spreading the work ---


def read_files(files: Sequence[InboxFile], intake: Intake, settings: Settings) -> Iterator[Taken]:
    """Read files side by side when there is enough to do; large ones one by one, because of their memory."""
    small = [file for file in files if file.size < _LARGE_BYTES]
    large = [file for file in files if file.size >= _LARGE_BYTES]
    work = partial(take_in, intake=intake)
    pool = _pool(small, settings.reading.workers or len(os.sched_getaffinity(0)))
    if pool is None:
        for chunk in _chunks(small):
            yield from work(chunk)
    else:
        with pool:
            yield from _side_by_side(pool, work, _chunks(small))
    for file in large:
        yield from work([file])


def _pool(files: Sequence[InboxFile], workers: int) -> Executor | None:
    size = sum(file.size for file in files)
    if workers > 1 and (size >= _PROCESSES_BYTES or len(files) >= _PROCESSES_FILES):
        # A forked child would inherit polars' threads halfway through whatever they hold.
        return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    if workers > 1 and size >= _THREADS_BYTES:
        return ThreadPoolExecutor(workers)
    return None


def _side_by_side(
    pool: Executor, work: Callable[[list[InboxFile]], list[Taken]], chunks: Iterable[list[InboxFile]]
) -> Iterator[Taken]:
    """Results in the order of the chunks; few chunks are under way at once, so that memory stays bounded."""
    under_way: deque[Future[list[Taken]]] = deque()
    for chunk in chunks:
        under_way.append(pool.submit(work, chunk))
        if len(under_way) >= _UNDER_WAY:
            yield from under_way.popleft().result()
    while under_way:
        yield from under_way.popleft().result()


def _chunks(files: Iterable[InboxFile]) -> Iterator[list[InboxFile]]:
    chunk: list[InboxFile] = []
    size = 0
    for file in files:
        chunk.append(file)
        size += file.size
        if len(chunk) >= _CHUNK_FILES or size >= _CHUNK_BYTES:
            yield chunk
            chunk, size = [], 0
    if chunk:
        yield chunk


# --- writing ---


class _Writer:
    """Collects what was read and writes it to the lake in large pieces."""

    def __init__(self, home: Home, changed_ns: dict[str, int], intake: Intake) -> None:
        self.intake = intake
        self.files_done = 0
        self._home = home
        self._changed_ns = changed_ns
        self._taken = set(intake.taken)
        self._named = set(intake.named)
        self._rows: dict[str, LedgerRow] = {}
        self._entries: list[Entry] = []
        self._seen: list[tuple[str, int, int, int, int, str]] = []
        self._pending_rows = 0

    def add(self, taken: Taken) -> Taken:
        """Keep a file's entries for the next flush; returns it with the entries that count."""
        self.files_done += 1
        if taken.is_growing:
            return taken
        kept = [self._new(entry, place in taken.also_named) for place, entry in enumerate(taken.entries)]
        entries = tuple(entry for entry in kept if entry is not None)
        self._entries.extend(entries)
        self._pending_rows += sum(entry.row.rows_accepted for entry in entries)
        file = taken.file
        key = self.intake.pseudonyms.file_key(file.name)
        changed_ns = self._changed_ns[file.name]
        state = (taken.shown_name, file.size, file.modified_ns, changed_ns, READER_VERSION, key)
        # What could not be read for a reason outside the file may be readable tomorrow.
        is_final = all(entry.row.refusal not in (INTERNAL_ERROR, UNREADABLE) for entry in entries)
        if is_final:
            self._seen.append(state)
        if self._pending_rows >= _FLUSH_ROWS or len(self._entries) >= _FLUSH_FILES:
            self.flush()
        return replace(taken, entries=entries)

    def flush(self) -> None:
        """Write what was collected: rows, then the ledger, then the index of the inbox."""
        if not self._seen and not self._entries:
            return
        seen = pl.DataFrame(self._seen, schema=dict(INBOX_INDEX), orient="row")
        lake.append(self._home, self._entries, seen)
        self._entries, self._seen, self._pending_rows = [], [], 0

    def _new(self, entry: Entry, is_also_named: bool) -> Entry | None:
        """The entry as it goes into the lake: the same bytes once only, a ledger row for each name and container."""
        row = entry.row
        key = (row.file_sha256, row.file_name, row.container)
        if key in self._named:
            return None
        if row.refusal is not None:
            return entry
        self._named.add(key)
        if is_also_named or row.file_sha256 in self._taken:
            first = self._first_row(row.file_sha256)
            same = replace(first, file_name=row.file_name, container=row.container, first_seen_at=row.first_seen_at)
            return Entry(same, {})
        self._taken.add(row.file_sha256)
        self._rows[row.file_sha256] = row
        return entry

    def _first_row(self, sha: str) -> LedgerRow:
        """The ledger row of bytes that were taken before, in this run or an earlier one."""
        if sha not in self._rows:
            known = lake.read_ledger(self._home).filter(pl.col("refusal").is_null())
            self._rows.update((row["file_sha256"], LedgerRow(**row)) for row in known.iter_rows(named=True))
        return self._rows[sha]


def _counted(report: IngestReport, taken: Taken) -> IngestReport:
    rows = [entry.row for entry in taken.entries]
    refused = [row for row in rows if row.refusal is not None]

    def total(name: str) -> int:
        return getattr(report, name) + sum(getattr(row, name) for row in rows)

    return replace(
        report,
        files_new=report.files_new + bool(rows),
        files_growing=report.files_growing + taken.is_growing,
        deliveries_taken=report.deliveries_taken + len(rows) - len(refused),
        deliveries_refused=report.deliveries_refused + len(refused),
        rows_read=total("rows_read"),
        rows_accepted=total("rows_accepted"),
        rows_quarantined=total("rows_quarantined"),
        cents_read=total("cents_read"),
        cents_accepted=total("cents_accepted"),
        cents_quarantined=total("cents_quarantined"),
        internal_errors=report.internal_errors + sum(row.refusal == INTERNAL_ERROR for row in refused),
    )
