"""From bytes to the lake, beside peers: issue "Speed and memory" of the deliveries.

Every file is sound, so every line goes the whole way. Ratios are of processor time of runs that took turns.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from benchmarks.inputs import Message, write_declaration, write_export
from benchmarks.measuring import Measurement, in_turns, run_task
from benchmarks.tables import Line, Target

MIB = 2**20
_SMALL_PEER_SHARE = 20


@dataclass(frozen=True)
class Sizes:
    """How much is measured.

    Attributes:
        message_lines: lines of the JW323 that is read beside its peers (680 bytes each).
        export_lines: lines of the flat exports.
        large_lines: lines of the JW323 whose memory is measured; 0 leaves it out.
        many_files: files of ``small_lines`` lines that are spread over the cores; 0 leaves it out.
        small_lines: lines of each of those.
        repetitions: turns.
    """

    message_lines: int = 130_000
    export_lines: int = 500_000
    large_lines: int = 0
    many_files: int = 0
    small_lines: int = 735
    repetitions: int = 3


QUICK = Sizes()
FULL = Sizes(message_lines=400_000, export_lines=5_000_000, large_lines=1_580_000, many_files=2_000, small_lines=735)


def run(sizes: Sizes, work_folder: Path | None = None) -> Iterator[tuple[str, list[Line]]]:
    """Measure; gives a title and lines per table as soon as they are known.

    Args:
        sizes: how much.
        work_folder: where the files are made; default: the system's folder for temporary files.
    """
    with _folder(work_folder) as folder:
        warm = write_declaration(folder / "warm.xml", Message(100, seed=1))
        warm_csv = write_export(folder / "warm.csv", 100, has_all_columns=True)
        yield "JW323, one file", list(_message(folder, warm, sizes))
        for has_all_columns, label in ((False, "nine required columns"), (True, "all eighteen columns")):
            title = f"declaraties as CSV, {sizes.export_lines:,} lines, {label}"
            yield title, list(_export(folder, warm_csv, sizes, has_all_columns=has_all_columns))
        if sizes.large_lines:
            yield "JW323, memory of one large file", [_large(folder, warm, sizes)]
        if sizes.many_files:
            yield f"{sizes.many_files:,} files of JW323", list(_many(folder, warm, sizes))


def _message(folder: Path, warm: Path, sizes: Sizes) -> Iterator[Line]:
    file = write_declaration(folder / "message.xml", Message(sizes.message_lines))
    part = write_declaration(folder / "part.xml", Message(sizes.message_lines // _SMALL_PEER_SHARE))
    found = in_turns(
        {
            "pipeline": ["pipeline", str(warm), str(file)],
            "xml2arrow": ["xml2arrow", str(warm), str(file)],
            "read_only": ["read_only", str(warm), str(file)],
            "lxml": ["lxml", str(warm), str(file)],
            "pandas": ["pandas", str(warm), str(part)],
        },
        sizes.repetitions,
    )
    ours = found["pipeline"]
    yield _line("bytes to Parquet in the lake", ours)
    yield _line("of which reading", found["read_only"], ours)
    yield _line("bare xml2arrow", found["xml2arrow"], ours, Target(0.5))
    yield _line("lxml.iterparse, the same fields", found["lxml"], ours, Target(1.5))
    yield _line(f"pandas.read_xml + pandera (on 1/{_SMALL_PEER_SHARE})", found["pandas"], ours, Target(15))


def _export(folder: Path, warm: Path, sizes: Sizes, *, has_all_columns: bool) -> Iterator[Line]:
    file = write_export(folder / "export.csv", sizes.export_lines, has_all_columns=has_all_columns)
    names = ("pipeline", "validated", "read_only", "read_csv")
    found = in_turns({name: [name, str(warm), str(file)] for name in names}, sizes.repetitions)
    ours = found["pipeline"]
    yield _line("bytes to Parquet in the lake", ours)
    yield _line("of which reading and validating", found["validated"], ours)
    yield _line("of which reading", found["read_only"], ours)
    yield _line("polars.read_csv", found["read_csv"], ours, Target(1 / 3))


def _large(folder: Path, warm: Path, sizes: Sizes) -> Line:
    file = write_declaration(folder / "large.xml", Message(sizes.large_lines))
    found = run_task(["pipeline", str(warm), str(file)])
    label = f"{file.stat().st_size / 1e9:.2f} GB, {found.rows:,} lines"
    file.unlink()
    return _line(label, found, memory=Target(1536 * MIB, is_most=True))


def _many(folder: Path, warm: Path, sizes: Sizes) -> Iterator[Line]:
    files = folder / "many"
    files.mkdir()
    for number in range(sizes.many_files):
        write_declaration(files / f"{number:05}.xml", Message(sizes.small_lines, seed=number + 2))
    tasks = {f"{workers} at a time": ["pipeline", str(warm), str(files), str(workers)] for workers in (1, 2)}
    found = in_turns(tasks, 1)
    one = found["1 at a time"]
    for label, of_workers in found.items():
        yield Line(
            label, of_workers.rows, of_workers, one.wall_seconds / of_workers.wall_seconds, "times one, by the clock"
        )
    shutil.rmtree(files)


def _line(
    label: str,
    peer: Measurement,
    ours: Measurement | None = None,
    target: Target | None = None,
    memory: Target | None = None,
) -> Line:
    """Our throughput as a share of the peer's; a peer may have read fewer lines."""
    ratio = None if ours is None else (peer.cpu_seconds / peer.rows) / (ours.cpu_seconds / ours.rows)
    return Line(label, peer.rows, peer, ratio, "" if ratio is None else "our throughput to this one's", target, memory)


@contextmanager
def _folder(parent: Path | None) -> Iterator[Path]:
    folder = Path(mkdtemp(prefix="jeugdspiegel-", dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)
