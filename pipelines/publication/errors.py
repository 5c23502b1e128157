"""What can go wrong with a publication. Belongs here: its errors; nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipelines.errors import RunFailedError


class PublicationError(RunFailedError):
    """Nothing went live: one sentence that names the file and what to do (exit code 1)."""


@contextmanager
def os_errors_of(path: Path) -> Iterator[None]:
    """Say of a failing disk or a missing right which place it was about.

    Raises:
        PublicationError: for any error of the operating system.
    """
    try:
        yield
    except OSError as error:
        raise PublicationError(f"{path} cannot be written ({error.strerror}): nothing was published.") from None
