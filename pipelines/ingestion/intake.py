"""Files of the inbox → entries for the lake: unpack, read, validate. Pure but for reading: it may run in any process.

Nothing that goes wrong with one file stops the others: it becomes a refused entry with a reason.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

import polars as pl

from pipelines.deliveries import (
    InboxFile,
    Limits,
    Part,
    RawDelivery,
    Refused,
    RefusedPart,
    is_batched,
    is_unchanged,
    read_batches,
    read_part,
    unpack,
)
from pipelines.deliveries.flat import sheet_part
from pipelines.deliveries.model import Header, ValidatedDelivery
from pipelines.deliveries.recognise import Message, recognise
from pipelines.deliveries.sources import read_head, size_of
from pipelines.lake_entries import Entry, LedgerRow
from pipelines.privacy.names import identifiers, is_like_bsn, is_like_name, masked, pieces, same_name
from pipelines.privacy.recognition import personal_pieces
from pipelines.pseudonyms import Pseudonyms
from pipelines.validation import RefusedAfterReading, RefusedDelivery, validate, validate_batches, validate_many

INTERNAL_ERROR = "internal_error"
UNREADABLE = "unreadable"
_UNKNOWN = Header("unknown")
_GROUP_DELIVERIES = 512
_GROUP_BYTES = 32 * 2**20


@dataclass(frozen=True)
class Intake:
    """What every file needs.

    Attributes:
        inbox: names are relative to it.
        scratch: private folder for what is unpacked to disk.
        limits: sizes that are refused.
        pseudonyms: the deployment's pseudonyms.
        seen_at: the run's time (UTC), as ``first_seen_at``.
        named: sha256, own name and container, as shown, that the ledger has and did not refuse: not read again.
        taken: sha256 of bytes whose rows the lake has: another name or container adds a ledger row only.
        own_providers: organisations that the deployment adds to those that a POH refers to: name → category.
        places: words of the names of practices and municipalities, lower case: not a person's in a file's name.
    """

    inbox: Path
    scratch: Path
    limits: Limits
    pseudonyms: Pseudonyms
    seen_at: datetime
    named: frozenset[tuple[str, str, str | None]]
    taken: frozenset[str]
    own_providers: Mapping[str, str] = field(default_factory=dict)
    places: frozenset[str] = frozenset()

    @cached_property
    def with_tokens(self) -> Mapping[str, list[tuple[str, str | None]]]:
        """Of ``named``, by sha256: the names and containers that are shown without a person."""
        found: dict[str, list[tuple[str, str | None]]] = {}
        for sha, name, container in self.named:
            if "~" in name or "~" in (container or ""):
                found.setdefault(sha, []).append((name, container))
        return found


@dataclass(frozen=True)
class Taken:
    """What came of one file of the inbox.

    Attributes:
        file: the file.
        entries: its deliveries that are new or refused; one with ``also_named`` has no counts of its own.
        also_named: places in ``entries`` of deliveries whose bytes the lake has under another name.
        known: deliveries in it that the ledger has.
        shown_name: the file's name without persons.
        is_growing: it changed while it was read: nothing of it counts, the next run takes it.
    """

    file: InboxFile
    entries: tuple[Entry, ...] = ()
    also_named: frozenset[int] = frozenset()
    known: int = 0
    shown_name: str = ""
    is_growing: bool = False


@dataclass
class _Progress:
    """A file while it is read.

    Of its names, ``personal`` are the pieces that turned out to be about a person, ``own`` numbers that look like a BSN
    and are an identifier of the file's own.
    """

    file: InboxFile
    personal: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    entries: list[Entry | None] = field(default_factory=list)
    also_named: set[int] = field(default_factory=set)
    known: int = 0


@dataclass(frozen=True)
class _Waiting:
    """A delivery that waits for its group, and where its entry goes."""

    raw: RawDelivery
    part: Part
    owner: _Progress
    place: int


def take_in(files: Sequence[InboxFile], intake: Intake) -> list[Taken]:
    """Read and validate files; small deliveries of one kind are validated together."""
    started = [_Progress(file) for file in files]
    waiting: list[_Waiting] = []
    size = 0
    for progress in started:
        for found in _read_file(progress, intake):
            waiting.append(found)
            size += size_of(found.part.source)
            if len(waiting) >= _GROUP_DELIVERIES or size >= _GROUP_BYTES:
                _validate_group(waiting, intake)
                waiting, size = [], 0
    _validate_group(waiting, intake)
    return [_taken(progress, intake) for progress in started]


def _taken(progress: _Progress, intake: Intake) -> Taken:
    if not is_unchanged(progress.file):
        return Taken(progress.file, is_growing=True)

    def is_personal(piece: str) -> bool:
        if piece in progress.personal or (is_like_bsn(piece) and piece not in progress.own):
            return True
        return is_like_name(piece) and piece.lower() not in intake.places

    def shown(name: str) -> str:
        return masked(name, is_personal, intake.pseudonyms)

    entries = tuple(_shown(entry, shown) for entry in progress.entries if entry is not None)
    return Taken(
        progress.file, entries, frozenset(progress.also_named), progress.known, shown_name=shown(progress.file.name)
    )


def _shown(entry: Entry, shown: Callable[[str], str]) -> Entry:
    """The entry under names without persons: what is personal is known once the whole file was read."""
    row = entry.row
    container = None if row.container is None else shown(row.container)
    return replace(entry, row=replace(row, file_name=shown(row.file_name), container=container))


def _read_file(progress: _Progress, intake: Intake) -> Iterator[_Waiting]:
    """Give the deliveries that wait for a group; put every other entry in its place."""
    file = progress.file
    scratch = Path(tempfile.mkdtemp(dir=intake.scratch))
    try:
        for part in _parts(file, intake, scratch):
            _look_for_persons(part, progress, intake)
            if isinstance(part, RefusedPart):
                progress.entries.append(_refused(part, part.refusal, _UNKNOWN, intake))
            elif not _is_known(part, progress, intake):
                yield from _read_part(part, progress, intake, scratch)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def _parts(file: InboxFile, intake: Intake, scratch: Path) -> Iterator[Part | RefusedPart]:
    parts = unpack(file.path, intake.inbox, intake.limits, scratch)
    while True:
        try:
            part = next(parts, None)
        except Exception as error:  # noqa: BLE001 - one file must not stop the others
            # Its bytes may be out of reach: its name identifies it until it can be read.
            name = file.name.encode("utf-8", "surrogateescape").hex()
            digest = hashlib.sha256(b"unread\0" + intake.pseudonyms.file_key(name).encode()).hexdigest()
            modified_at = datetime.fromtimestamp(file.modified_ns / 1e9, tz=UTC)
            yield RefusedPart(file.name, None, digest, modified_at, _refusal_of(error))
            return
        if part is None:
            return
        yield part


def _look_for_persons(part: Part | RefusedPart, progress: _Progress, intake: Intake) -> None:
    """Find out which pieces of the part's names are about a person, from what the part itself says."""
    names = [name for name in (part.file_name, part.container) if name]
    candidates = {piece for name in names for piece in pieces(name) if piece.lower() not in intake.places}
    own = {piece: word for name in names for piece, word in identifiers(name).items()}
    source = progress.file.path if isinstance(part, RefusedPart) else part.source
    try:
        found = personal_pieces(source, (candidates - progress.personal) | set(own.values()))
        progress.personal |= found & candidates
        progress.own |= {piece for piece, word in own.items() if word in found}
    except OSError:
        # Its bytes are out of reach: nothing can be told, and any word may be a name.
        progress.personal |= candidates


def _is_known(part: Part, progress: _Progress, intake: Intake) -> bool:
    without_persons = intake.with_tokens.get(part.sha256, ())
    if (part.sha256, part.file_name, part.container) in intake.named or any(
        same_name(name, part.file_name, intake.pseudonyms)
        and same_name(container or "", part.container or "", intake.pseudonyms)
        for name, container in without_persons
    ):
        progress.known += 1
        return True
    if part.sha256 in intake.taken:
        progress.also_named.add(len(progress.entries))
        progress.entries.append(Entry(_row(part, _UNKNOWN, intake), {}))
        return True
    return False


def _read_part(part: Part, progress: _Progress, intake: Intake, scratch: Path) -> Iterator[_Waiting]:
    try:
        if is_batched(part, intake.limits):
            batches = read_batches(part, intake.limits, scratch)
            validated = validate_batches(batches, part, intake.pseudonyms, intake.own_providers)
            progress.entries.append(_accepted(part, validated, intake))
            return
        deliveries = read_part(part, intake.limits, scratch)
    except RefusedAfterReading as refusal:
        progress.entries.append(_refused_delivery(part, refusal.delivery, intake))
        return
    except Exception as error:  # noqa: BLE001 - one file must not stop the others
        progress.entries.append(_refused(part, _refusal_of(error), _header_of(part), intake))
        return
    for delivery in deliveries:
        if isinstance(delivery, RefusedPart):
            _look_for_persons(delivery, progress, intake)
            progress.entries.append(_refused(delivery, delivery.refusal, _UNKNOWN, intake))
            continue
        own = part if delivery.sheet is None else sheet_part(part, delivery.sheet)
        if own is not part:
            _look_for_persons(own, progress, intake)
        if own is not part and _is_known(own, progress, intake):
            continue
        progress.entries.append(None)
        yield _Waiting(delivery, own, progress, len(progress.entries) - 1)


def _validate_group(waiting: Sequence[_Waiting], intake: Intake) -> None:
    try:
        results: Iterable[ValidatedDelivery | RefusedDelivery | Refused] = validate_many(
            [(one.raw, one.part) for one in waiting], intake.pseudonyms, intake.own_providers
        )
    except Exception:  # noqa: BLE001 - which delivery it was shows when each is judged by itself
        results = [_validate_alone(one, intake) for one in waiting]
    for one, result in zip(waiting, results, strict=True):
        one.owner.entries[one.place] = _entry(one, result, intake)


def _validate_alone(one: _Waiting, intake: Intake) -> ValidatedDelivery | RefusedDelivery | Refused:
    try:
        return validate(one.raw, one.part, intake.pseudonyms, intake.own_providers)
    except RefusedAfterReading as refusal:
        return refusal.delivery
    except Exception as error:  # noqa: BLE001 - one file must not stop the others
        return _refusal_of(error)


def _entry(one: _Waiting, result: ValidatedDelivery | RefusedDelivery | Refused, intake: Intake) -> Entry:
    if isinstance(result, ValidatedDelivery):
        return _accepted(one.part, result, intake)
    if isinstance(result, RefusedDelivery):
        return _refused_delivery(one.part, result, intake)
    counted = RefusedDelivery(one.raw.header, result, one.raw.row_count, 0, "")
    return _refused_delivery(one.part, counted, intake)


def _refusal_of(error: Exception) -> Refused:
    if isinstance(error, Refused):
        return error
    if isinstance(error, PermissionError):
        return Refused(UNREADABLE, "The file cannot be opened: give the pipeline permission to read it.")
    if isinstance(error, OSError):
        return Refused(UNREADABLE, f"The file cannot be read ({error.strerror}).")
    # The error's own text may hold values: only its type is kept.
    return Refused(INTERNAL_ERROR, f"Reading the file failed ({type(error).__name__}); please report this.")


def _header_of(part: Part) -> Header:
    """What a refused file is, as far as its first bytes tell."""
    try:
        recognised = recognise(read_head(part.source))
    except (Refused, OSError):
        return _UNKNOWN
    return Header(recognised.kind.name, recognised.release) if isinstance(recognised, Message) else _UNKNOWN


# --- entries ---


def _row(part: Part | RefusedPart, header: Header, intake: Intake) -> LedgerRow:
    provider = header.sender if header.sender is not None and len(header.sender) == 8 else None
    return LedgerRow(
        file_sha256=part.sha256,
        file_name=part.file_name,
        container=part.container,
        kind=header.kind,
        first_seen_at=intake.seen_at,
        release=header.release,
        message_code=header.message_code,
        municipality_code=header.municipality_code,
        sender_agb=provider,
        identification=header.identification,
        message_date=header.dated_on,
    )


def _refused(part: Part | RefusedPart, refusal: Refused, header: Header, intake: Intake) -> Entry:
    row = _row(part, header, intake)
    return Entry(replace(row, refusal=refusal.reason, refusal_message=refusal.message), {})


def _refused_delivery(part: Part, delivery: RefusedDelivery, intake: Intake) -> Entry:
    row = replace(
        _row(part, delivery.header, intake),
        content_digest=delivery.content_digest or None,
        refusal=delivery.refusal.reason,
        refusal_message=delivery.refusal.message,
        rows_read=delivery.rows_read,
        rows_quarantined=delivery.rows_read,
        cents_read=delivery.cents_read,
        cents_quarantined=delivery.cents_read,
    )
    return Entry(row, {})


def _accepted(part: Part, delivery: ValidatedDelivery, intake: Intake) -> Entry:
    row = replace(
        _row(part, delivery.header, intake),
        content_digest=delivery.content_digest,
        rows_read=delivery.rows_read,
        rows_accepted=delivery.rows_accepted,
        rows_quarantined=delivery.rows_quarantined,
        cents_read=delivery.cents_read,
        cents_accepted=delivery.cents_accepted,
        cents_quarantined=delivery.cents_quarantined,
    )
    return Entry(row, delivery.tables, _filled(delivery.quarantine), _filled(delivery.findings))


def _filled(frame: pl.DataFrame) -> pl.DataFrame | None:
    return None if frame.is_empty() else frame
