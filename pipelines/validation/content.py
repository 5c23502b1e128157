"""The keyed digest of what a delivery says: equal for equal elements and values, whatever the bytes look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple
from hmac import HMAC

import polars as pl

from pipelines.deliveries.model import Header
from pipelines.pseudonyms import Pseudonyms
from schemas.dataset import Dataset
from schemas.rules import Context

Content = dict[str, HMAC]
"""Running digests of one delivery, per dataset."""

_FEW = 64


_OF_HEADER = frozenset({"municipality_code", "provider_agb", "message_identification", "known_at"})
"""Columns that repeat a message's header."""


def add_rows(
    text: pl.DataFrame, dataset: Dataset, context: Context, contents: Sequence[Content], pseudonyms: Pseudonyms
) -> None:
    """Add an assembled frame's rows to the running digest of each delivery in it.

    A file that is read in batches gives the digest that it would give as a whole.
    """
    if context.major is None:
        # Nobody asks it of a flat export: its bytes are known by their digest, its rows by theirs.
        return
    # U+001F and U+0000 cannot occur in XML, so no two rows can give the same text.
    columns = [_filled(text[name]) for name in dataset.delivered if name not in _OF_HEADER]
    lines = text.select("delivery", line=pl.concat_str(*columns, pl.lit("\n"), separator="\x1f"))
    start = 0
    for length, place in lines.select(pl.col("delivery").rle()).unnest("delivery").iter_rows():
        content = contents[place].setdefault(dataset.name, pseudonyms.content())
        content.update(_bytes_of(lines["line"].slice(start, length)))
        start += length


def _filled(column: pl.Series) -> pl.Expr:
    # Filling costs as much as all the rest, and most columns are full or empty.
    nulls = column.null_count()
    if nulls == len(column):
        return pl.lit("\0")
    return pl.col(column.name).fill_null("\0") if nulls else pl.col(column.name)


def digest_of(header: Header, sha256: str, content: Mapping[str, HMAC], pseudonyms: Pseudonyms) -> str:
    """The digest of a delivery: its header and all its rows; of a flat export, which has no header, its bytes."""
    whole = pseudonyms.content()
    whole.update(sha256.encode() if header.release is None else repr(list(astuple(header))).encode())
    for name in sorted(content):
        whole.update(name.encode() + b"\0" + content[name].digest())
    return pseudonyms.sealed(whole)


def _bytes_of(texts: pl.Series) -> bytes | memoryview:
    """The UTF-8 bytes of all texts, one after the other."""
    if len(texts) < _FEW:
        return "".join(texts.to_list()).encode()
    array = texts.rechunk().to_arrow()
    offsets = memoryview(array.buffers()[1]).cast("q")
    return memoryview(array.buffers()[2])[offsets[array.offset] : offsets[array.offset + len(array)]]
