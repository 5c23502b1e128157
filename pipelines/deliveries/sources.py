"""Bytes of a part, whether they are in memory or on disk: head, size, blocks. No meaning of any of them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

# Half of a processor's second cache: what looks at a block several times finds it there.
BLOCK_BYTES = 256 * 1024
HEAD_BYTES = 64 * 1024
BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read_head(source: bytes | Path, size: int = HEAD_BYTES) -> bytes:
    """The first ``size`` bytes, or all of them when there are fewer."""
    if isinstance(source, bytes):
        return source[:size]
    with source.open("rb") as file:
        return file.read(size)


def size_of(source: bytes | Path) -> int:
    """Size in bytes, without reading."""
    return len(source) if isinstance(source, bytes) else source.stat().st_size


def blocks(source: bytes | Path, start: int = 0) -> Iterator[bytes]:
    """The bytes from ``start`` on, in blocks that fit a processor's cache."""
    if isinstance(source, bytes):
        for offset in range(start, len(source), BLOCK_BYTES):
            yield source[offset : offset + BLOCK_BYTES]
        return
    with source.open("rb") as file:
        file.seek(start)
        while block := file.read(BLOCK_BYTES):
            yield block


def tail(source: bytes | Path, size: int = HEAD_BYTES) -> bytes:
    """The last ``size`` bytes, or all of them when there are fewer."""
    if isinstance(source, bytes):
        return source[-size:]
    with source.open("rb") as file:
        file.seek(max(0, source.stat().st_size - size))
        return file.read()
