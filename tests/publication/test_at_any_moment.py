"""At any moment there is one whole publication: for a reader during the swap, and after a process was killed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from pipelines.home import Home
from tests.publication.homes import publish_number

ROOT = Path(__file__).parents[2]

# Reads all it can, as an analyst's tools do: the exact file, the published one, and Parquet of one folder.
_READER = """
import sys, duckdb
from pathlib import Path
from tests.publication.homes import number_of
home = Path(sys.argv[1])
print("ready", flush=True)
seen = []
while not (home / "enough").exists():
    exact, published = number_of(home / "warehouse.duckdb"), number_of(home / "published" / "jeugdspiegel.duckdb")
    folder = (home / "published").resolve() / "parquet"
    with duckdb.connect() as connection:
        ((parquet,),) = connection.execute(
            f"select distinct publication_mark from read_parquet('{folder}/[pr]*.parquet')"
        ).fetchall()
    for numbers in ((exact, "exact"), (published, "published"), (parquet, "parquet")):
        seen.append(numbers)
print(len(seen), "reads", sorted({number for number, _ in seen}))
"""


def test_reader_in_a_loop_during_ten_publications_sees_only_whole_ones(home: Home) -> None:
    """Every read finds one number in all tables; a mixture, a missing file or a half-written one ends the reader."""
    publish_number(home, 0)
    with subprocess.Popen(
        [sys.executable, "-c", _READER, str(home.root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline().strip() == "ready"
        for number in range(1, 11):
            publish_number(home, number, keep=7)
        (home.root / "enough").touch()
        output, errors = reader.communicate(timeout=120)

    assert reader.returncode == 0, errors[-2000:]
    count, _, numbers = output.strip().partition(" reads ")
    assert int(count) >= 20
    assert len(json.loads(numbers)) >= 3


def test_process_killed_at_any_of_fifty_moments_leaves_a_whole_publication(tmp_path: Path) -> None:
    """Both files open and carry one number, every hash of every kept publication is right, and the next run goes on."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.publication.killing", str(tmp_path / "home")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    *moments, last = (json.loads(line) for line in done.stdout.splitlines())

    assert [moment["was_killed"] for moment in moments] == [True] * 50
    for moment in [*moments, last]:
        seen = moment["seen"]
        assert seen["exact"] == seen["published"] == seen["parquet"]
        assert seen["exact"] in (moment["before"], moment["number"])
        assert set(seen["damaged"]) == {None}
        assert seen["public_damaged"] is None
    outcomes = {moment["seen"]["exact"] == moment["number"] for moment in moments}
    assert outcomes == {True, False}, "some were killed before the swap, and some after it"
    assert last["seen"]["exact"] == last["number"]
    assert last["seen"]["kept"] == 3
    assert last["left"] == [".lock"]
