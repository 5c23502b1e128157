"""The two builds that are compared, each in a process of its own: ``python -m benchmarks.builds NAME HOME MEMORY``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType

import yaml

from benchmarks.measuring import measured, told

SCRIPT = Path(__file__).with_name("practice_trajectories.sql")
PROJECT = Path(__file__).resolve().parent.parent / "dbt_project"
SECTION_5 = ("+trajectory_years", "+practice_trajectories", "+practice_years")
_DATASETS = (
    "allocations",
    "care_events",
    "referral_requests",
    "declaration_lines",
    "decisions",
    "decision_lines",
)
_REFERENCE = ("praktijken", "zorgverleners", "referrer_names", "zorgprofielen", "gemeenten")


def by_hand(home: Path, memory: str) -> Callable[[], int]:
    """One DuckDB script that gives ``practice_trajectories``, and nothing else, as ``by_hand.parquet``."""
    import duckdb

    spill = home / "spill"

    def work() -> int:
        settings = {"threads": 2, "memory_limit": memory, "temp_directory": str(spill)}
        (home / "by_hand.duckdb").unlink(missing_ok=True)
        with duckdb.connect(home / "by_hand.duckdb", config={**settings, "preserve_insertion_order": False}) as made:
            for name in _DATASETS:
                made.execute(_view(name, home / "lake" / name / "*.parquet"))
            for name in _REFERENCE:
                made.execute(_view(name, home / "lake" / "reference" / f"{name}.parquet"))
            made.execute(_view("ledger", home / "lake" / "ledger.parquet"))
            made.execute(SCRIPT.read_text(encoding="utf-8"))
            made.execute(f"copy practice_trajectories to '{home / 'by_hand.parquet'}'")
            return _count(made, "declaration_lines")

    return work


def by_dbt(home: Path, memory: str) -> Callable[[], int]:
    """``dbt build`` of section 5's marts, without tests, into the candidate."""
    import duckdb
    from dbt.cli.main import dbtRunner

    candidate = home / "candidate" / "warehouse.duckdb"
    os.environ |= {
        "JEUGDSPIEGEL_LAKE": str(home / "lake"),
        "JEUGDSPIEGEL_QUARANTINE": str(home / "quarantine"),
        "JEUGDSPIEGEL_CANDIDATE": str(candidate),
        "DO_NOT_TRACK": "1",
    }
    profiles = _profiles(home, memory)
    arguments = ["build", "--exclude-resource-type", "test", "unit_test", "--select", *SECTION_5]
    arguments += ["--project-dir", str(PROJECT), "--profiles-dir", str(profiles)]
    arguments += ["--target-path", str(home / "dbt"), "--log-path", str(home / "dbt")]
    arguments += ["--log-level", "none", "--log-level-file", "none"]

    def work() -> int:
        candidate.parent.mkdir(exist_ok=True)
        candidate.unlink(missing_ok=True)
        result = dbtRunner().invoke(arguments)
        if not result.success:
            raise RuntimeError("dbt failed; nothing was measured.")
        with duckdb.connect() as made:
            return _count(made, f"read_parquet('{home / 'lake' / 'declaration_lines' / '*.parquet'}')")

    return work


def _profiles(home: Path, memory: str) -> Path:
    """The project's profile, with a bound on memory; what does not fit is spilled beside the candidate."""
    profile = yaml.safe_load((PROJECT / "profiles.yml").read_text(encoding="utf-8"))
    settings = profile["jeugdspiegel"]["outputs"]["candidate"]["settings"]
    settings |= {"memory_limit": memory}
    folder = home / "profiles"
    folder.mkdir(exist_ok=True)
    (folder / "profiles.yml").write_text(yaml.safe_dump(profile), encoding="utf-8")
    return folder


def _view(name: str, files: Path) -> str:
    return f"create view {name} as select * from read_parquet('{files}')"


def _count(made, relation: str) -> int:
    return made.execute(f"select count(*) from {relation}").fetchall()[0][0]


BUILDS: Mapping[str, Callable[[Path, str], Callable[[], int]]] = MappingProxyType(
    {"by_hand": by_hand, "by_dbt": by_dbt}
)

if __name__ == "__main__":
    name, home, memory = sys.argv[1:]
    sys.stdout.write("\n" + told(measured(BUILDS[name](Path(home), memory))) + "\n")
