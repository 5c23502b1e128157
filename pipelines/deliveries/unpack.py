"""From a file in the inbox to the files in it: zip, gzip and the exchange's envelope, told by their bytes.

What cannot be unpacked is given back as refused, and the rest of its container goes on. What is large is unpacked to
the caller's scratch folder; the caller removes that folder when the parts were read.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import lzma
import re
import stat
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from pipelines.deliveries.envelope import is_envelope, open_envelope
from pipelines.deliveries.inbox import is_ignored
from pipelines.deliveries.markup import is_markup, read_root
from pipelines.deliveries.model import Limits, Part, Refused, RefusedPart
from pipelines.deliveries.sources import read_head, size_of
from pipelines.deliveries.spool import Budget, Spool, Spooled, check_ratio

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_GZIP = b"\x1f\x8b"
_CHUNK_BYTES = 1024 * 1024
_DAMAGED = (
    zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, lzma.LZMAError, struct.error,
    EOFError, NotImplementedError, RuntimeError, ValueError, OverflowError,
)  # fmt: skip
_DRIVE = re.compile(r"[A-Za-z]:")


@dataclass(frozen=True)
class _Item:
    """A file at some depth, not yet known to be a container."""

    file_name: str
    container: str | None
    content: Spooled
    depth: int

    @property
    def path(self) -> str:
        return self.file_name if self.container is None else f"{self.container}/{self.file_name}"


@dataclass(frozen=True)
class _Run:
    """What all parts of one file in the inbox share."""

    modified_at: datetime
    limits: Limits
    budget: Budget
    scratch: Path

    def part(self, item: _Item) -> Part:
        content = item.content
        return Part(item.file_name, item.container, content.sha256, self.modified_at, content.source)

    def refused(self, item: _Item, refusal: Refused) -> RefusedPart:
        return RefusedPart(item.file_name, item.container, item.content.sha256, self.modified_at, refusal)

    def refused_member(self, item: _Item, name: str, refusal: Refused) -> RefusedPart:
        # Its own bytes are not known: container and name identify it, the same on every run.
        digest = hashlib.sha256(f"{item.content.sha256}\0{name}".encode("utf-8", "surrogateescape")).hexdigest()
        return RefusedPart(name, item.path, digest, self.modified_at, refusal)


def unpack(path: Path, inbox: Path, limits: Limits, scratch: Path) -> Iterator[Part | RefusedPart]:
    """The files in a file of the inbox, itself when it is no container.

    Args:
        path: the file.
        inbox: names are relative to it.
        limits: sizes that are refused.
        scratch: a private folder for what is large; made (0700) when needed, removed by the caller.

    Returns:
        Parts and refused parts, in the container's order. Containers inside containers are opened to
        ``limits.max_depth``; their name is their path, as in ``a.zip/b.zip``.
    """
    modified_at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    run = _Run(modified_at, limits, Budget(limits), scratch)
    item = _Item(path.relative_to(inbox).as_posix(), None, _bare(path, limits), 0)
    if item.content.size > limits.max_bytes:
        message = f"The file has {item.content.size} bytes, more than the {limits.max_bytes} that are read."
        yield run.refused(item, Refused("too_large", message))
        return
    yield from _open(item, run)


def _bare(path: Path, limits: Limits) -> Spooled:
    """A small file is read once, so that what was hashed is what is read later."""
    if path.stat().st_size <= limits.in_memory_bytes:
        data = path.read_bytes()
        return Spooled(data, hashlib.sha256(data).hexdigest(), len(data))
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256")
        return Spooled(path, digest.hexdigest(), file.tell())


def _open(item: _Item, run: _Run) -> Iterator[Part | RefusedPart]:
    try:
        members = _members(item, run)
        if members is None:
            yield run.part(item)
            return
        if item.depth >= run.limits.max_depth:
            message = f"The file is packed more than {run.limits.max_depth} deep. Unpack it and deliver what is inside."
            raise Refused("nested_too_deep", message)
        for member in members:
            if isinstance(member, RefusedPart):
                yield member
            else:
                yield from _open(member, run)
    except Refused as refusal:
        yield run.refused(item, refusal)


def _members(item: _Item, run: _Run) -> Iterable[_Item | RefusedPart] | None:
    """What a container holds; None for a file that is none."""
    head = read_head(item.content.source)
    if head.startswith(_ZIP):
        return _zip_members(item, run)
    if head.startswith(_GZIP):
        return _gzip_member(item, run)
    if is_markup(head):
        try:
            root = read_root(head)
        except Refused:
            return None  # Reading refuses it with its reason.
        if is_envelope(root):
            return _envelope_members(item, run)
    return None


def _zip_members(item: _Item, run: _Run) -> Iterable[_Item | RefusedPart] | None:
    source = item.content.source
    try:
        archive = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)
    except _DAMAGED:
        raise Refused("damaged_archive", "The zip is damaged or cut off. Ask for it again.") from None
    with archive:
        names = set(archive.namelist())
        infos = archive.infolist()
    if "[Content_Types].xml" in names or "mimetype" in names:
        if not any(name.startswith("xl/") for name in names):
            raise Refused("unknown_kind", "This is an office document that is no Excel workbook (.xlsx).")
        _check_declared(infos, item, run)
        return None
    _check_declared(infos, item, run)
    wanted = [info for info in infos if not info.is_dir() and not is_ignored(_slashed(info))]
    if not wanted:
        raise Refused("empty_container", "The zip holds no files.")
    return _unzip(item, wanted, run)


def _check_declared(infos: list[zipfile.ZipInfo], item: _Item, run: _Run) -> None:
    """What a zip says of itself, before anything is unpacked; what it says is not believed later."""
    limits = run.limits
    if len(infos) > limits.max_members:
        raise Refused("zip_bomb", f"The zip has more than {limits.max_members} members.")
    declared = sum(info.file_size for info in infos)
    if declared > limits.max_total_bytes:
        raise Refused("zip_bomb", f"The zip unpacks to more than {limits.max_total_bytes} bytes.")
    check_ratio(declared, item.content.size, limits)


def _unzip(item: _Item, infos: list[zipfile.ZipInfo], run: _Run) -> Iterator[_Item | RefusedPart]:
    source = item.content.source
    seen: Counter[str] = Counter()
    with zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source) as archive:
        for info in infos:
            run.budget.count_member()
            # A zip may hold two members of one name; the second is told apart as a second message in an envelope is.
            seen[info.filename] += 1
            name = info.filename if seen[info.filename] == 1 else f"{info.filename}#{seen[info.filename]}"
            try:
                content = _unzip_member(archive, info, run)
            except Refused as refusal:
                yield run.refused_member(item, name, refusal)
                continue
            yield _Item(name, item.path, content, item.depth + 1)


def _unzip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, run: _Run) -> Spooled:
    if _climbs_out(info):
        raise Refused("unsafe_path", "The member's path leaves the archive, or it is a link. It was not unpacked.")
    if info.flag_bits & 0x1:
        raise Refused("encrypted", "The member is encrypted. Deliver it without a password.")
    try:
        with archive.open(info) as stream, Spool(run.budget, info.compress_size, run.scratch) as spool:
            while data := stream.read(_CHUNK_BYTES):
                spool.write(data)
            return spool.finish()
    except _DAMAGED:
        raise _damaged_member() from None
    except OSError as error:
        # bz2 says damaged data by an OSError without a number; a full disk has one.
        if error.errno is not None:
            raise
        raise _damaged_member() from None


def _gzip_member(item: _Item, run: _Run) -> Iterator[_Item]:
    source = item.content.source
    run.budget.count_member()
    try:
        with (
            gzip.open(io.BytesIO(source) if isinstance(source, bytes) else source) as stream,
            Spool(run.budget, size_of(source), run.scratch) as spool,
        ):
            while data := stream.read(_CHUNK_BYTES):
                spool.write(data)
            content = spool.finish()
    except _DAMAGED:
        raise Refused("damaged_archive", "The gzip file is damaged or cut off. Ask for it again.") from None
    yield _Item(_without_ending(item.file_name), item.path, content, item.depth + 1)


def _envelope_members(item: _Item, run: _Run) -> Iterator[_Item]:
    opened = open_envelope(item.content.source, lambda: Spool(run.budget, None, run.scratch))
    name = PurePosixPath(item.file_name).name
    for number, content in enumerate(opened, start=1):
        run.budget.count_member()
        own = name if number == 1 else f"{name}#{number}"
        yield _Item(own, item.path, content, item.depth + 1)


def _without_ending(name: str) -> str:
    own = PurePosixPath(name)
    return own.stem if own.suffix.lower() in (".gz", ".gzip") else own.name


def _slashed(info: zipfile.ZipInfo) -> str:
    return info.filename.replace("\\", "/")


def _climbs_out(info: zipfile.ZipInfo) -> bool:
    name = _slashed(info)
    is_link = stat.S_ISLNK(info.external_attr >> 16)
    return is_link or name.startswith("/") or bool(_DRIVE.match(name)) or ".." in PurePosixPath(name).parts


def _damaged_member() -> Refused:
    return Refused("damaged_archive", "The member is damaged, cut off, or packed in a way that is not known.")
