"""The keyed digest of what a delivery says: equal for equal elements and values, whatever the bytes look like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple
from hmac import HMAC
from io import BytesIO

import numpy as np
import polars as pl

from pipelines.deliveries.model import Header
from pipelines.pseudonyms import Pseudonyms
from schemas.dataset import Dataset
from schemas.rules import Context

Content = dict[str, HMAC]
"""Running digests of one delivery, per dataset."""

_AFTER_VALUE, _END = "\x1f", "\x1f\n"
_OF_HEADER = frozenset({"municipality_code", "provider_agb", "message_identification", "known_at"})
"""Columns that repeat a message's header."""


def add_rows(
    text: pl.DataFrame, dataset: Dataset, context: Context, contents: Sequence[Content], pseudonyms: Pseudonyms
) -> None:
    """Add an assembled frame's rows to the running digest of each delivery in it.

    A file that is read in batches gives the digest that it would give as a whole.
    """
    if context.major is None or text.is_empty():
        # Nobody asks it of a flat export: its bytes are known by their digest, its rows by theirs.
        return
    columns = [name for name in dataset.delivered if name not in _OF_HEADER]
    lines = _lines_of(text.select(columns))
    lengths, places = (column.to_list() for column in text["delivery"].rle().struct.unnest())
    for place, of_delivery in zip(places, _split(lines, len(columns), lengths), strict=True):
        contents[place].setdefault(dataset.name, pseudonyms.content()).update(of_delivery)


def _lines_of(texts: pl.DataFrame) -> memoryview:
    """A line of UTF-8 per row: each value and U+001F, null as U+0000, then a line feed.

    Neither can occur in XML, so no two rows can give the same line.
    """
    lines = BytesIO()
    # Writing them as CSV takes half the time of putting texts together.
    texts.write_csv(
        lines,
        include_header=False,
        separator=_AFTER_VALUE,
        line_terminator=_END,
        null_value="\0",
        quote_style="never",
    )
    return lines.getbuffer()


def _split(lines: memoryview, values: int, counts: Sequence[int]) -> Iterator[memoryview]:
    """The same lines, each of that many values, in pieces of that many lines each."""
    if len(counts) == 1:
        yield lines
        return
    after_values = np.flatnonzero(np.frombuffer(lines, np.uint8) == ord(_AFTER_VALUE))
    ends = after_values[values - 1 :: values] + len(_END)
    start = 0
    for end in ends[np.cumsum(counts) - 1].tolist():
        yield lines[start:end]
        start = end


def digest_of(header: Header, sha256: str, content: Mapping[str, HMAC], pseudonyms: Pseudonyms) -> str:
    """The digest of a delivery: its header and all its rows; of a flat export, which has no header, its bytes."""
    whole = pseudonyms.content()
    whole.update(sha256.encode() if header.release is None else repr(list(astuple(header))).encode())
    for name in sorted(content):
        whole.update(name.encode() + b"\0" + content[name].digest())
    return pseudonyms.sealed(whole)
