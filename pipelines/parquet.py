"""Parquet files: written atomically, the same rows as the same bytes. Knows nothing of what is in them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from io import BytesIO, FileIO
from pathlib import Path

import polars as pl
from pyarrow.parquet import read_metadata

# Level 1 costs a tenth of a microsecond a line more than lz4 and halves the files.
_COMPRESSION_LEVEL = 1
_ROW_GROUP_ROWS = 262_144
_PLAIN_BYTES = 65_536
_ARROW_SCHEMA = "ARROW:schema"


def write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Write beside, fsync, rename: the whole file is there under its name, or what was there before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.writing")
    try:
        with beside.open("wb", buffering=0) as file:
            _write(frame, file)
            os.fsync(file.fileno())
    except BaseException:
        # Half a file would keep the room that the next try needs.
        beside.unlink(missing_ok=True)
        raise
    beside.replace(path)
    sync_folder(path.parent)


def _write(frame: pl.DataFrame, file: FileIO) -> None:
    if frame.is_empty():
        # A lake begins with fifteen of them.
        file.write(_empty_file(tuple(frame.schema.items())))
        return
    try:
        _with_single_texts(frame).write_parquet(
            file,
            compression="zstd",
            compression_level=_COMPRESSION_LEVEL,
            row_group_size=_ROW_GROUP_ROWS,
            # Readers see text, however it was held here.
            metadata={_ARROW_SCHEMA: _arrow_schema(tuple(_plain(frame.schema).items()))},
        )
    except pl.exceptions.ComputeError:
        # polars calls a full disk an error of its own: a plain write says what the system says.
        file.write(bytes(_PLAIN_BYTES))
        raise


def is_one_value(values: pl.Series) -> bool:
    """Whether there are values, and all are the same, or all are null."""
    if values.null_count() or values.is_empty():
        return not values.is_empty() and values.null_count() == len(values)
    return bool(values[0] == values[-1] and (values == values[0]).all())


def one_value(values: pl.Series) -> pl.Expr:
    """A column of one value as one value; a text as ``Enum``, which takes an eighth of the time to write."""
    value = values[0]
    dtype = pl.Enum([] if value is None else [value]) if values.dtype == pl.String else values.dtype
    return pl.lit(value, dtype=dtype).alias(values.name)


def _with_single_texts(frame: pl.DataFrame) -> pl.DataFrame:
    """The same rows, texts that are one value as ``Enum``: a file's bytes depend on its values, not on their making."""
    texts = [frame[name] for name, dtype in frame.schema.items() if dtype == pl.String]
    return frame.with_columns(one_value(values) for values in texts if is_one_value(values))


def _plain(schema: pl.Schema) -> pl.Schema:
    return pl.Schema({name: pl.String() if isinstance(dtype, pl.Enum) else dtype for name, dtype in schema.items()})


@lru_cache(maxsize=64)
def _arrow_schema(columns: tuple[tuple[str, pl.DataType], ...]) -> str:
    """What polars writes into a file to say its columns' types."""
    return read_metadata(BytesIO(_empty_file(columns))).metadata[_ARROW_SCHEMA.encode()].decode("ascii")


@lru_cache(maxsize=64)
def _empty_file(columns: tuple[tuple[str, pl.DataType], ...]) -> bytes:
    empty = BytesIO()
    pl.DataFrame(schema=dict(columns)).write_parquet(empty)
    return empty.getvalue()


def read_parquet(path: Path, columns: Mapping[str, pl.DataType | type[pl.DataType]]) -> pl.DataFrame:
    """The file's rows; none when there is no such file. Only the named columns, in their order."""
    if not path.exists():
        return pl.DataFrame(schema=dict(columns))
    return pl.read_parquet(path, glob=False, hive_partitioning=False).select(
        pl.col(name).cast(dtype) for name, dtype in columns.items()
    )


def sync_folder(folder: Path) -> None:
    """Make renames and removals in a folder last through a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
