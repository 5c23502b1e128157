"""dbt's own tests: the unit tests pass, and each generic test can fail."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest
from dbt_common.clients.jinja import get_environment

from .warehouse import PROJECT, dbt

UNIT_TESTS = sum(
    path.read_text(encoding="utf-8").count("\n    model: ")
    for path in PROJECT.glob("models/**/*_unit_tests.yml")
    if "poh" not in path.parts and "vintages" not in path.parts
)


def test_every_unit_test_passes(home: Path):
    folders = [
        "deliveries",
        "lines",
        "allocations",
        "segments",
        "trajectories",
        "attribution",
        "completeness",
        "data_quality",
    ]
    selected = [f"path:models/intermediate/{folder}" for folder in folders]
    selected.append("path:models/marts/quality")
    statuses = dbt(home, "test", "--select", *selected, "--exclude", "test_type:data")
    assert {name for name, status in statuses.items() if status != "pass"} == set()
    assert len(statuses) == UNIT_TESTS > 15


def failing_rows(macro: str, values: str, **arguments: object) -> int:
    """How many rows a generic test of ours gives on a made table ``made (a integer, b varchar)``."""
    source = (PROJECT / "macros" / "tests" / f"{macro}.sql").read_text(encoding="utf-8")
    template = get_environment(None).from_string(source, globals={"config": lambda **_: ""})
    sql = getattr(template.module, f"dbt_macro__test_{macro}")("made", **arguments)
    with duckdb.connect() as connection:
        connection.execute("create table made (a integer, b varchar)")
        connection.execute(f"insert into made values {values}")
        connection.execute("create table other as select * from (values (1), (2)) as two (a)")
        return len(connection.execute(sql).fetchall())


@pytest.mark.parametrize(
    ("macro", "arguments", "passing", "failing"),
    [
        ("row_condition", {"condition": "a = length(b)"}, "(1, 'x')", "(2, 'x')"),
        ("row_condition", {"condition": "a = length(b)"}, "(1, 'x')", "(1, null)"),
        ("sound", {"keys": [["b"], ["a", "b"]]}, "(1, 'x'), (1, null)", "(1, null), (2, null)"),
        ("sound", {"filled": ["a", "b"]}, "(1, 'x'), (1, 'x')", "(1, 'x'), (2, null)"),
        ("sound", {"ranges": {"a": [0, None]}}, "(0, 'x'), (null, 'y')", "(-1, 'x')"),
        ("sound", {"ranges": {"a": [0, 9]}}, "(9, 'x'), (0, 'y')", "(10, 'x')"),
        ("sound", {"listed": {"b": ["x", "y"]}}, "(9, 'x'), (0, null)", "(1, 'x'), (2, 'z')"),
        ("sound", {"conditions": ["a = length(b)", "b <> 'o''clock'"]}, "(1, 'x')", "(2, 'x')"),
        ("sound", {"conditions": ["a = length(b)"]}, "(1, 'x')", "(1, null)"),
        ("same_row_count", {"compare_model": "other"}, "(1, 'x'), (2, 'y')", "(1, 'x')"),
    ],
)
def test_generic_test_passes_on_good_rows_and_fails_on_a_bad_one(macro, arguments, passing, failing):
    assert failing_rows(macro, passing, **arguments) == 0
    assert failing_rows(macro, failing, **arguments) > 0


def test_every_generic_test_of_the_project_is_shown_to_fail():
    shown = test_generic_test_passes_on_good_rows_and_fails_on_a_bad_one.pytestmark[0].args[1]
    assert {case[0] for case in shown} == {path.stem for path in (PROJECT / "macros" / "tests").glob("*.sql")}
