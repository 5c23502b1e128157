"""From a recognised message to ``RawDelivery``: as a whole, or in batches of rows when it is large."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import polars as pl

from pipelines.deliveries.ijw import frames
from pipelines.deliveries.ijw.header import known_header, read_header
from pipelines.deliveries.ijw.kinds import MessageKind
from pipelines.deliveries.ijw.mapping import head_mapping_file, mapping_file, parse, parse_batches
from pipelines.deliveries.markup import check_strictly, needs_strict_pass
from pipelines.deliveries.model import Header, Limits, Part, RawDelivery, Refused
from pipelines.deliveries.recognise import Message
from pipelines.deliveries.sources import size_of

_ONE_CLIENT = {
    "allocations": frames.allocations,
    "care_events": frames.care_events,
    "referral_requests": frames.referral_requests,
}


def read_message(part: Part, message: Message, limits: Limits) -> RawDelivery:
    """Read a whole message.

    Raises:
        Refused: ``not_well_formed``, ``too_large``, ``code_mismatch``, ``release_mismatch``, ``invalid_header``,
            ``unexpected_structure`` and what ``pipelines.deliveries.markup`` refuses.
    """
    if not message.kind.is_needed:
        return RawDelivery(_known_header(part, message, limits), {}, 0)
    if is_batched(part, message, limits):
        return _together(list(read_batches(part, message, limits)))
    source = _in_memory(part, limits)
    is_strict = _check(source, message, limits)
    tables = parse(source, mapping_file(message.kind.name, message.release), limits)
    if not message.kind.has_one_client:
        return _with_clients(message, tables, source, limits, is_strict)
    values = _values(tables["parts"])
    header = read_header(message, values)
    found = _ONE_CLIENT[_dataset(message.kind)](header, tables)
    return RawDelivery(header, found, sum(frame.height for frame in found.values()))


def is_batched(part: Part, message: Message, limits: Limits) -> bool:
    """Whether a message is a declaration too large to be held as a whole."""
    return message.kind.is_declaration and size_of(part.source) > limits.large_bytes


def read_batches(part: Part, message: Message, limits: Limits) -> Iterator[RawDelivery]:
    """Read a declaration in batches of rows: the same header each time, row numbers that run on, bounded memory.

    At least one batch comes, also of a declaration without lines.

    Raises:
        Refused: as ``read_message``, also after batches were given: those are then no part of any delivery.
    """
    if not message.kind.is_declaration:
        raise ValueError(f"{message.kind.name} is not read in batches.")
    is_strict = _check(part.source, message, limits)
    values = _head_values(part.source, message, limits)
    header = read_header(message, values)
    given, closed = 0, 0
    waiting = _WaitingLines()
    for name, frame in parse_batches(part.source, mapping_file(message.kind.name, message.release), limits):
        if name == "message":
            closed += frame.height
            continue
        for lines, clients in waiting.add(name, frame):
            rows = frames.declaration_lines(header, lines, clients, values, given + 1)
            given += rows.height
            yield RawDelivery(header, {"declaration_lines": rows}, rows.height)
    _check_root(closed, part.source, limits, is_strict)
    if waiting.lines:
        raise Refused("unexpected_structure", "A Prestatie stands outside any Client.")
    if given == 0:
        empty = parse(b"", mapping_file(message.kind.name, message.release), limits)
        rows = frames.declaration_lines(header, empty["declaration_lines"], empty["clients"], values)
        yield RawDelivery(header, {"declaration_lines": rows}, 0)


class _WaitingLines:
    """Lines whose client has not been closed yet: a client's row comes after its lines."""

    def __init__(self) -> None:
        self.lines: list[pl.DataFrame] = []
        self._clients: pl.DataFrame | None = None
        self._known = 0

    def add(self, name: str, frame: pl.DataFrame) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """Take a piece of ``clients`` or ``declaration_lines``; give the lines whose clients are all known."""
        if name == "clients":
            frames.check_positions(frame, "<client>", self._known)
            self._known += frame.height
            self._clients = frame if self._clients is None else pl.concat([self._clients, frame])
        else:
            self.lines.append(frame)
        while self.lines and self._clients is not None and (self.lines[0]["<client>"] < self._known).all():
            lines = self.lines.pop(0)
            self._clients = self._clients.filter(pl.col("<client>") >= lines["<client>"].min())
            yield lines, self._clients


def _with_clients(
    message: Message, tables: frames.Tables, source: bytes | Path, limits: Limits, is_strict: bool
) -> RawDelivery:
    _check_root(tables["message"].height, source, limits, is_strict)
    values = tables["message"].row(0, named=True)
    header = read_header(message, values)
    if message.kind.is_answer:
        found = frames.decisions(header, tables, values)
        return RawDelivery(header, found, found["decision_lines"].height)
    rows = frames.declaration_lines(header, tables["declaration_lines"], tables["clients"], values)
    return RawDelivery(header, {"declaration_lines": rows}, rows.height)


def _check(source: bytes | Path, message: Message, limits: Limits) -> bool:
    """Refuse what is not sound; True when expat looked at every byte.

    Messages of one client are small, and have the names and addresses that we never read: expat checks them whole.
    """
    is_suspicious = needs_strict_pass(source, message.root, limits)
    is_strict = is_suspicious or message.kind.has_one_client
    if is_strict:
        check_strictly(source, limits)
    return is_strict


def _check_root(closed: int, source: bytes | Path, limits: Limits, is_strict: bool) -> None:
    """The root must be closed once: xml2arrow notices neither a second root nor one without an end."""
    if closed == 1:
        return
    if not is_strict:
        check_strictly(source, limits)
    raise Refused("not_well_formed", "The root element is not closed, or occurs twice. Ask for the file again.")


def _known_header(part: Part, message: Message, limits: Limits) -> Header:
    try:
        values = _head_values(part.source, message, limits)
    except Refused:
        # A message that is not needed is never an error: it is registered by its root alone.
        values = dict.fromkeys(("message_code", "sender", "receiver", "identification", "dated_on"))
    return known_header(message, values)


def _head_values(source: bytes | Path, message: Message, limits: Limits) -> dict[str, str | None]:
    tables = parse(source, head_mapping_file(message.kind.name, message.release), limits)
    values = _values(tables["parts"])
    return values | _values(tables["declaration"]) if "declaration" in tables else values


def _values(frame: pl.DataFrame) -> dict[str, str | None]:
    """The one value of each column; columns of a table with a row per part of the message."""
    text = [name for name in frame.columns if not name.startswith("<")]
    if "message_code" in text and frame["message_code"].count() > 1:
        raise Refused("unexpected_structure", "The message has more than one Header.")
    return {name: next((value for value in frame[name] if value is not None), None) for name in text}


def _dataset(kind: MessageKind) -> str:
    if kind.dataset is None:
        raise ValueError(f"{kind.name} is not read.")
    return kind.dataset


def _in_memory(part: Part, limits: Limits) -> bytes | Path:
    """Bytes parse a quarter faster than a path; a large file stays where it is."""
    if isinstance(part.source, bytes) or size_of(part.source) > limits.large_bytes:
        return part.source
    return part.source.read_bytes()


def _together(batches: list[RawDelivery]) -> RawDelivery:
    names: Mapping[str, pl.DataFrame] = batches[0].tables
    tables = {name: pl.concat([batch.tables[name] for batch in batches]) for name in names}
    return RawDelivery(batches[0].header, tables, sum(batch.row_count for batch in batches))
