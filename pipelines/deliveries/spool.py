"""Unpacked bytes on their way: hashed as they come, in memory while they are few, on disk when they are many."""

from __future__ import annotations

import hashlib
import tempfile
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO

from pipelines.deliveries.model import Limits, Refused


@dataclass
class Budget:
    """What one container may still unpack, nested ones included; shared by all its members."""

    limits: Limits
    members: int = 0
    total_bytes: int = 0

    def count_member(self) -> None:
        """Count one more member.

        Raises:
            Refused: ``zip_bomb``: there are more than ``limits.max_members``.
        """
        self.members += 1
        if self.members > self.limits.max_members:
            raise Refused("zip_bomb", f"The archive has more than {self.limits.max_members} members.")

    def count_bytes(self, count: int) -> None:
        """Count bytes that were unpacked.

        Raises:
            Refused: ``zip_bomb``: together they are more than ``limits.max_total_bytes``.
        """
        self.total_bytes += count
        if self.total_bytes > self.limits.max_total_bytes:
            raise Refused("zip_bomb", f"The archive unpacks to more than {self.limits.max_total_bytes} bytes.")


@dataclass(frozen=True)
class Spooled:
    """Unpacked bytes: in memory or in a file of the scratch folder, with their digest and number."""

    source: bytes | Path
    sha256: str
    size: int


class Spool:
    """Takes unpacked bytes, refuses too many; a context, so that a half file never stays.

    Args:
        budget: of the container.
        packed_bytes: bytes that these were packed in, for the ratio; None when nothing was compressed.
        scratch: private folder for what does not fit in memory.
    """

    def __init__(self, budget: Budget, packed_bytes: int | None, scratch: Path) -> None:
        self._budget = budget
        self._packed = packed_bytes
        self._scratch = scratch
        self._digest = hashlib.sha256()
        self._memory = bytearray()
        self._file: IO[bytes] | None = None
        self._size = 0
        self._is_finished = False

    def __enter__(self) -> Spool:
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: object, _trace: TracebackType | None) -> None:
        if self._file is not None:
            self._file.close()
            if not self._is_finished:
                Path(self._file.name).unlink(missing_ok=True)

    def write(self, data: bytes) -> None:
        """Take the next bytes.

        Raises:
            Refused: ``too_large`` or ``zip_bomb``.
        """
        limits = self._budget.limits
        self._size += len(data)
        if self._size > limits.max_bytes:
            raise Refused("too_large", f"The file unpacks to more than {limits.max_bytes} bytes.")
        check_ratio(self._size, self._packed, limits)
        self._budget.count_bytes(len(data))
        self._digest.update(data)
        if self._file is None and len(self._memory) + len(data) > limits.in_memory_bytes:
            self._file = self._to_disk()
        if self._file is None:
            self._memory += data
        else:
            self._file.write(data)

    def finish(self) -> Spooled:
        """All bytes were taken."""
        self._is_finished = True
        if self._file is None:
            return Spooled(bytes(self._memory), self._digest.hexdigest(), self._size)
        self._file.close()
        return Spooled(Path(self._file.name), self._digest.hexdigest(), self._size)

    def _to_disk(self) -> IO[bytes]:
        self._scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Closed by the context or by finish; NamedTemporaryFile makes it 0600.
        file = tempfile.NamedTemporaryFile(dir=self._scratch, delete=False)  # noqa: SIM115
        file.write(self._memory)
        self._memory.clear()
        return file


def check_ratio(unpacked_bytes: int, packed_bytes: int | None, limits: Limits) -> None:
    """Refuse what unpacks to suspiciously much.

    Raises:
        Refused: ``zip_bomb``.
    """
    if packed_bytes is None or unpacked_bytes <= limits.ratio_floor_bytes:
        return
    if unpacked_bytes > limits.max_ratio * max(packed_bytes, 1):
        raise Refused("zip_bomb", f"The file unpacks to more than {limits.max_ratio} times its size.")
