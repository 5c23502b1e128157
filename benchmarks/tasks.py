"""What is measured, each in a process of its own: ``python -m benchmarks.tasks NAME WARM SOURCE ARGUMENTS``.

A task is done once with ``WARM``, a tiny file, before the clock starts: libraries load much of themselves at first use.
Belongs here: our own path and its parts. Does not belong here: peers (``benchmarks.peers``).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType

from benchmarks import peers
from benchmarks.measuring import measured, told

_KEY = b"benchmark key, of no use elsewhere"


def pipeline(source: str, workers: str = "1") -> Callable[[], int]:
    """The inbox → the lake: unpack, recognise, read, validate, pseudonymise, write. A file, or a folder of files."""
    from pipelines.home import Home
    from pipelines.ingestion import ingest
    from pipelines.pseudonyms import Pseudonyms
    from pipelines.settings import ReadingSettings, Settings

    settings = Settings(reading=ReadingSettings(workers=int(workers)))

    def work() -> int:
        with _beside(Path(source)) as folder:
            home = Home(folder)
            if Path(source).is_dir():
                home.inbox.symlink_to(source, target_is_directory=True)
            else:
                home.inbox.mkdir()
                (home.inbox / Path(source).name).hardlink_to(source)
            report = ingest(home, settings, Pseudonyms(_KEY))
        if report.deliveries_refused or report.rows_quarantined:
            raise RuntimeError("The file is not sound; nothing was measured.")
        return report.rows_accepted

    return work


def read_only(source: str) -> Callable[[], int]:
    """A file → raw rows of text in the standard's form; nothing judged."""
    import pandera.backends.polars.container  # noqa: F401 - it loads pandas, which reading would then load itself

    from pipelines.deliveries import is_batched, read_batches, read_part

    part = _part(source)

    def work() -> int:
        deliveries = read_batches(part) if is_batched(part) else read_part(part)
        return sum(delivery.row_count for delivery in deliveries)

    return work


def validated(source: str) -> Callable[[], int]:
    """A file → typed, judged, pseudonymised rows in memory; nothing written."""
    from pipelines.deliveries import read_batches
    from pipelines.pseudonyms import Pseudonyms
    from pipelines.validation import validate_batches

    part = _part(source)
    return lambda: validate_batches(read_batches(part), part, Pseudonyms(_KEY)).rows_accepted


@contextmanager
def _beside(source: Path) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(dir=source.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _part(source: str):
    from pipelines.deliveries import Part

    return Part(Path(source).name, None, "0" * 64, datetime.now(UTC), Path(source))


TASKS: Mapping[str, Callable[..., Callable[[], int]]] = MappingProxyType(
    {
        "pipeline": pipeline,
        "read_only": read_only,
        "validated": validated,
        "xml2arrow": peers.xml2arrow_alone,
        "lxml": peers.lxml_iterparse,
        "pandas": peers.pandas_and_pandera,
        "read_csv": peers.polars_read_csv,
    }
)

if __name__ == "__main__":
    name, warm, source, *arguments = sys.argv[1:]
    TASKS[name](warm)()
    sys.stdout.write(told(measured(TASKS[name](source, *arguments))) + "\n")
