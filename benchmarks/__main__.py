"""``make bench``: the quick set. ``python -m benchmarks --full`` takes the sizes of the issues; see README.md."""

from __future__ import annotations

import argparse
from pathlib import Path

from rich.console import Console

from benchmarks import disclosure, ingestion, nights, warehouse
from benchmarks.tables import table_of


def main() -> None:
    """Measure, and print each table as soon as it is known."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    sets = ("all", "ingestion", "warehouse", "nights", "disclosure")
    parser.add_argument("what", nargs="?", choices=sets, default="all")
    parser.add_argument("--full", action="store_true", help="the sizes of the issues: 1 GB, 5 and 10 million lines")
    parser.add_argument("--huge", action="store_true", help="a lake of 100 million lines too (60 GB of disk)")
    parser.add_argument("--folder", type=Path, help="where files and lakes are made; they are removed afterwards")
    chosen = parser.parse_args()
    console = Console()
    if chosen.what in ("all", "ingestion"):
        for title, lines in ingestion.run(ingestion.FULL if chosen.full else ingestion.QUICK, chosen.folder):
            console.print(table_of(title, lines))
    if chosen.what in ("all", "warehouse"):
        sizes = warehouse.HUGE if chosen.huge else warehouse.FULL if chosen.full else warehouse.QUICK
        for title, lines in warehouse.run(sizes, chosen.folder):
            console.print(table_of(title, lines))
    # Whole nights take minutes each: only when they are asked for.
    if chosen.what == "nights":
        for title, lines in nights.run(nights.FULL if chosen.full else nights.QUICK, chosen.folder):
            console.print(table_of(title, lines))
    if chosen.what in ("all", "disclosure"):
        for table in disclosure.run(disclosure.FULL if chosen.full else disclosure.QUICK):
            console.print(table)


if __name__ == "__main__":
    main()
