"""From an unpacked file to rows of text: recognise it, then let the reader of its kind read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pipelines.deliveries import flat
from pipelines.deliveries.ijw import reader
from pipelines.deliveries.model import Limits, Part, RawDelivery, Refused, RefusedPart
from pipelines.deliveries.recognise import FlatFile, Message, recognise
from pipelines.deliveries.sources import read_head, size_of

DEFAULT_LIMITS = Limits()


def read_part(
    part: Part, limits: Limits = DEFAULT_LIMITS, scratch: Path | None = None
) -> list[RawDelivery | RefusedPart]:
    """Read a file as unpacked: one delivery for a message or a CSV, one (or a refusal) per sheet of a workbook.

    Args:
        part: the file.
        limits: sizes that are refused.
        scratch: a private folder for a large CSV that must be re-encoded.

    Raises:
        Refused: the whole file cannot be taken; reason and a sentence without values.
    """
    recognised = _recognised(part, limits)
    if isinstance(recognised, Message):
        return [reader.read_message(part, recognised, limits)]
    return flat.read_flat(part, scratch)


def is_batched(part: Part, limits: Limits = DEFAULT_LIMITS) -> bool:
    """Whether ``read_batches`` should read this file: a declaration or CSV larger than ``limits.large_bytes``.

    Raises:
        Refused: the file is not recognised, or too large.
    """
    if size_of(part.source) <= limits.large_bytes:
        return False
    recognised = _recognised(part, limits)
    if isinstance(recognised, Message):
        return reader.is_batched(part, recognised, limits)
    return flat.is_large(part, limits)


def read_batches(part: Part, limits: Limits = DEFAULT_LIMITS, scratch: Path | None = None) -> Iterator[RawDelivery]:
    """Read one declaration (JW303, JW323) or CSV in batches of rows, so that memory does not grow with the file.

    Each batch has the same header; row numbers run on; ``row_count`` is that of the batch; there is always a batch.

    Raises:
        Refused: also after batches were given (a file damaged at its end); the file then gives no rows at all.
    """
    recognised = _recognised(part, limits)
    if isinstance(recognised, Message):
        yield from reader.read_batches(part, recognised, limits)
    else:
        yield from flat.read_flat_batches(part, scratch)


def _recognised(part: Part, limits: Limits) -> Message | FlatFile:
    size = size_of(part.source)
    recognised = recognise(read_head(part.source))
    most = limits.max_bytes
    if isinstance(recognised, Message) and recognised.kind.has_one_client:
        # Such a message is a few kilobytes; the exchange itself stops at 25 MB (OP179).
        most = min(limits.max_bytes, limits.large_bytes)
    if size > most:
        raise Refused("too_large", f"The file has {size} bytes, more than the {most} that are read of one such file.")
    return recognised
