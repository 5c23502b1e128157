"""The mapping file of each message and release, and parsing with it: XML in, frames of text out, nothing judged."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow as pa
from xml2arrow import Xml2ArrowError, XmlToArrowParser
from xml2arrow.exceptions import XmlParsingError

from pipelines.deliveries.markup import check_strictly
from pipelines.deliveries.model import Limits, Refused

MAPPINGS = Path(__file__).parent / "mappings"
BATCH_ROWS = 65_536
# The XSDs of the other releases are not public: the nearest known one is taken.
_MAPPED_RELEASE = {2: "2_3", 3: "3_2"}
_SPACE = 32
_FIELD_PATH = re.compile(r"at path ((?:/[A-Za-z]+)+)")


def mapping_file(message: str, release: str) -> Path:
    """The mapping of a message (``JW323``) for a release (``3.1``)."""
    return MAPPINGS / f"{message.lower()}_{_MAPPED_RELEASE[int(release[0])]}.yaml"


def head_mapping_file(message: str, release: str) -> Path:
    """The mapping that stops after what identifies a message, its total included."""
    own = mapping_file(message, release)
    named = own.with_name(f"{own.stem}_header.yaml")
    return named if named.exists() else MAPPINGS / "header.yaml"


def parse(source: bytes | Path, mapping: Path, limits: Limits) -> dict[str, pl.DataFrame]:
    """All tables of a mapping, as wide as the mapping and as long as the message.

    A source on disk is read in batches, so that the text itself is never in memory as a whole.

    Raises:
        Refused: ``not_well_formed``, ``unexpected_structure``.
    """
    if isinstance(source, bytes):
        try:
            batches = parser_of(mapping).parse(source)
        except Xml2ArrowError as error:
            raise _refusal(error, source, limits) from None
        return {name: frame_of(batch) for name, batch in batches.items()}
    pieces: dict[str, list[pl.DataFrame]] = {name: [] for name in _tables(mapping)}
    for name, frame in parse_batches(source, mapping, limits):
        pieces[name].append(frame)
    empty = _empty_tables(mapping)
    return {name: pl.concat([empty[name], *frames]) for name, frames in pieces.items()}


def parse_batches(source: bytes | Path, mapping: Path, limits: Limits) -> Iterator[tuple[str, pl.DataFrame]]:
    """The tables of a mapping in pieces of at most ``BATCH_ROWS`` rows, in document order per table.

    Raises:
        Refused: as ``parse``; what came before is then no whole message.
    """
    try:
        for name, batch in parser_of(mapping).parse_batches(source, max_rows_per_batch=BATCH_ROWS):
            yield name, frame_of(batch)
    except Xml2ArrowError as error:
        refusal = _refusal(error, source, limits)
    else:
        return
    raise refusal


@cache
def parser_of(mapping: Path) -> XmlToArrowParser:
    """The compiled mapping; one per process, safe to share between threads."""
    return XmlToArrowParser(mapping)


def frame_of(batch: pa.RecordBatch) -> pl.DataFrame:
    """An Arrow batch as a frame: no white space around a value, and nothing instead of an empty one (RS033)."""
    frame = pl.DataFrame(batch)
    untidy = [
        field.name
        for field, column in zip(batch.schema, batch.columns, strict=True)
        if field.type == pa.string() and _is_untidy(column)
    ]
    if not untidy:
        return frame
    stripped = pl.col(untidy).str.strip_chars(" \t\r\n")
    return frame.with_columns(stripped.replace("", None))


@cache
def _tables(mapping: Path) -> tuple[str, ...]:
    return tuple(re.findall(r"^  - name: (\w+)$", mapping.read_text(encoding="utf-8"), re.MULTILINE))


def _empty_tables(mapping: Path) -> Mapping[str, pl.DataFrame]:
    parser = parser_of(mapping)
    return {name: pl.DataFrame(parser.schema(name).empty_table()) for name in _tables(mapping)}


def _is_untidy(column: pa.StringArray) -> bool:
    # numpy looks at a short column in a tenth of the time that pyarrow's functions need to begin.
    _, places, text = column.buffers()
    if text is None or text.size == 0:
        return len(column) > column.null_count
    ends = np.frombuffer(places, np.int32)[column.offset : column.offset + len(column) + 1]
    characters = np.frombuffer(text, np.uint8)[ends[0] : ends[-1]]
    if characters.size == 0:
        return len(column) > column.null_count
    return bool(characters.min() <= _SPACE or np.count_nonzero(ends[1:] == ends[:-1]) > column.null_count)


def _refusal(error: Xml2ArrowError, source: bytes | Path, limits: Limits) -> Refused:
    """Why xml2arrow stopped, in words without its own: those quote values."""
    if isinstance(error, XmlParsingError):
        try:
            check_strictly(source, limits)
        except Refused as refusal:
            return refusal
        return Refused("not_well_formed", "The XML cannot be parsed. Ask for the file again.")
    path = _FIELD_PATH.search(str(error))
    where = path[1] if path else "an element"
    return Refused("unexpected_structure", f"{where} occurs more than once where the standard has it once.")
