"""From an unpacked file to rows of text: recognise it, then let the reader of its kind read it."""

from __future__ import annotations

from collections.abc import Iterator

from pipelines.deliveries.ijw import reader
from pipelines.deliveries.markup import check_plain_text
from pipelines.deliveries.model import Limits, Part, RawDelivery, Refused
from pipelines.deliveries.recognise import FlatFile, Message, recognise
from pipelines.deliveries.sources import read_head, size_of

DEFAULT_LIMITS = Limits()


def read_part(part: Part, limits: Limits = DEFAULT_LIMITS) -> list[RawDelivery]:
    """Read a file as unpacked: one delivery for a message or a CSV, one per sheet for a workbook.

    Raises:
        Refused: the whole file cannot be taken; reason and a sentence without values.
    """
    recognised = _recognised(part, limits)
    if isinstance(recognised, Message):
        return [reader.read_message(part, recognised, limits)]
    return _read_flat(part, recognised)


def is_batched(part: Part, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Whether ``read_batches`` should read this file: a declaration larger than ``limits.large_bytes``.

    Raises:
        Refused: the file is not recognised, or too large.
    """
    if size_of(part.source) <= limits.large_bytes:
        return False
    recognised = _recognised(part, limits)
    return isinstance(recognised, Message) and reader.is_batched(part, recognised, limits)


def read_batches(part: Part, limits: Limits = DEFAULT_LIMITS) -> Iterator[RawDelivery]:
    """Read one declaration (JW303, JW323) in batches, so that memory does not grow with the file.

    Each batch has the same header; row numbers run on; ``row_count`` is that of the batch.

    Raises:
        Refused: also after batches were given (a file truncated at its end); the file then gives no rows at all.
    """
    recognised = _recognised(part, limits)
    if not isinstance(recognised, Message):
        raise ValueError("Only declarations are read in batches.")
    yield from reader.read_batches(part, recognised, limits)


def _recognised(part: Part, limits: Limits) -> Message | FlatFile:
    size = size_of(part.source)
    recognised = recognise(read_head(part.source))
    is_small_kind = (
        isinstance(recognised, Message)
        and recognised.kind.is_needed
        and not (recognised.kind.is_declaration or recognised.kind.is_answer)
    )
    # A message of one client is a few kilobytes; OP179 stops messages at 25 MB.
    most = min(limits.max_bytes, limits.large_bytes) if is_small_kind else limits.max_bytes
    if size > most:
        raise Refused("too_large", f"The file has {size} bytes, more than the {most} that are read of one such file.")
    return recognised


def _read_flat(part: Part, flat: FlatFile) -> list[RawDelivery]:
    # Imported here: flat exports need Excel and CSV readers, which a run of messages alone need not load.
    from pipelines.deliveries.flat import read_flat

    if not flat.is_workbook:
        check_plain_text(part.source)
    return read_flat(part)
