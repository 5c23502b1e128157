"""The figures of practice years, calculated again: as they were known on another day, or with another longest gap.

The definitions are those of the build that calls: its own compiled models, run once more beside the candidate with
other rows in ``staging.known_until`` or ``staging.chaining``. Nothing is defined here, and dbt is not started again
(docs/adr/0003-vintages-inside-the-build.md).

Belongs here: running compiled models, and keeping what past publications gave. Does not belong here: which days and
gaps are asked for, and how revisions are told apart (``dbt_project/models/intermediate/vintages``).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import polars as pl

from pipelines.errors import RunFailedError
from pipelines.parquet import write_parquet
from pipelines.reference.history import version_on

if TYPE_CHECKING:
    import pyarrow as pa

FIGURES = "int_practice_years__counted"
"""The model whose rows are calculated again."""

_KNOWN, _CHAINING = "known_until", "chaining"
_FAMILIES = ("lines", "credits", "decisions", "allocations", "requests", "reference")


class VintageError(RunFailedError):
    """A past day could not be calculated: one sentence with the model, never a value (exit code 1)."""


@dataclass(frozen=True)
class Workplace:
    """Where the calling build reads and writes.

    Attributes:
        lake: the lake folder.
        target: dbt's target folder, with the manifest and the compiled models of the build.
        kept: the folder in which the figures of past publications are kept.
    """

    lake: Path
    target: Path
    kept: Path


@dataclass(frozen=True)
class Model:
    """A compiled model.

    Attributes:
        name: its name.
        relation: its quoted name in the candidate, ``"catalog"."schema"."name"``.
        sql: its compiled ``select``; empty for one that is not SQL.
        is_view: whether it is a view.
        parents: names of the models that it reads.
    """

    name: str
    relation: str
    sql: str
    is_view: bool
    parents: tuple[str, ...]


@dataclass(frozen=True)
class Scenario:
    """What was known.

    Attributes:
        name: names it; two scenarios of one name give the same figures.
        known_until: last day per family of facts; ``reference`` is the day of the reference tables.
    """

    name: str
    known_until: Mapping[str, date]


def calculate_vintages(connection: duckdb.DuckDBPyConnection, planned: duckdb.DuckDBPyRelation) -> pa.Table:
    """The figures of every scenario that is planned.

    Those of an earlier night are used while nothing that they rest on has changed.

    Args:
        connection: a connection to the candidate, in which the definitions were built.
        planned: rows of ``int_vintages__planned``.

    Returns:
        ``scenario`` and the columns of practice years.

    Raises:
        VintageError: a model cannot be calculated, or was not compiled by this build.
    """
    place = _workplace(os.environ)
    definitions = read_models(place.target)
    models = rerun_for(definitions, {_KNOWN} | _reading_references(definitions, place.lake))
    place.kept.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _own_cursor(connection) as cursor:
        frames, used = [_empty(cursor, models).with_columns(scenario=pl.lit(None, pl.String))], set()
        for scenario in _scenarios(planned):
            path = place.kept / f"{_fingerprint(cursor, place, models, scenario)}.parquet"
            if not path.exists():
                inputs = {_KNOWN: _known_rows(scenario)}
                references = _references(place, scenario.known_until["reference"])
                write_parquet(_calculated(cursor, models, inputs, references, "vintage"), path)
            frames.append(pl.read_parquet(path, glob=False).with_columns(scenario=pl.lit(scenario.name)))
            used.add(path)
    for path in set(place.kept.glob("*.parquet")) - used:
        path.unlink()
    return _table(frames, "scenario")


def calculate_gaps(connection: duckdb.DuckDBPyConnection, planned: duckdb.DuckDBPyRelation) -> pa.Table:
    """The figures with each longest gap that is planned and not the build's own.

    Args:
        connection: a connection to the candidate, in which the definitions were built.
        planned: rows of ``int_definitions__planned``.

    Returns:
        ``max_gap_days`` and the columns of practice years.

    Raises:
        VintageError: as above.
    """
    models = rerun_for(read_models(_workplace(os.environ).target), {_CHAINING})
    gaps = sorted(gap for (gap,) in planned.filter("not is_standard").project("max_gap_days").fetchall())
    with _own_cursor(connection) as cursor:
        frames = [_empty(cursor, models).with_columns(max_gap_days=pl.lit(None, pl.Int32))]
        for gap in gaps:
            inputs = {_CHAINING: f"select cast({int(gap)} as integer) as max_gap_days"}
            figures = _calculated(cursor, models, inputs, {}, "other_gap")
            frames.append(figures.with_columns(max_gap_days=pl.lit(gap, pl.Int32)))
    return _table(frames, "max_gap_days")


def read_models(target: Path) -> dict[str, Model]:
    """The models that the figures rest on, the figures last, in an order in which each comes after what it reads.

    Raises:
        VintageError: there is no manifest, or a model was not compiled.
    """
    try:
        manifest = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise VintageError(f"{target / 'manifest.json'} is missing: build the whole project.") from None
    nodes = {key: node for key, node in manifest["nodes"].items() if node["resource_type"] in ("model", "seed")}
    by_name = {node["name"]: key for key, node in nodes.items()}
    models: dict[str, Model] = {}

    def visit(key: str) -> None:
        node = nodes[key]
        if node["name"] in models:
            return
        parents = [parent for parent in node["depends_on"].get("nodes", ()) if parent in nodes]
        for parent in parents:
            visit(parent)
        models[node["name"]] = Model(
            name=node["name"],
            relation=node["relation_name"],
            sql=_compiled(target, node),
            is_view=node["config"]["materialized"] == "view",
            parents=tuple(nodes[parent]["name"] for parent in parents),
        )

    visit(by_name[FIGURES])
    return models


def rerun_for(models: Mapping[str, Model], changed: set[str]) -> list[Model]:
    """Those models that are changed or read one that is, in order; all others give what they gave."""
    rerun: set[str] = set()
    for name, model in models.items():
        if name in changed or not rerun.isdisjoint(model.parents):
            rerun.add(name)
    return [model for name, model in models.items() if name in rerun]


def _workplace(environment: Mapping[str, str]) -> Workplace:
    names = ("JEUGDSPIEGEL_LAKE", "JEUGDSPIEGEL_TARGET", "JEUGDSPIEGEL_VINTAGES")
    missing = [name for name in names if not environment.get(name)]
    if missing:
        raise VintageError(f"The environment variable {missing[0]} is not set; 'jeugdspiegel run' sets it.")
    return Workplace(*(Path(environment[name]) for name in names))


def _compiled(target: Path, node: Mapping[str, str]) -> str:
    if node["language"] != "sql" or node["resource_type"] != "model":
        return ""
    path = target / "compiled" / node["package_name"] / node["original_file_path"]
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise VintageError(f"The model {node['name']} was not compiled: build all that {FIGURES} rests on.") from None


def _reading_references(models: Mapping[str, Model], lake: Path) -> set[str]:
    return {name for name, model in models.items() if f"{_in_sql(lake / 'reference')}/" in model.sql}


def _in_sql(path: Path) -> str:
    return str(path).replace("'", "''")


def _references(place: Workplace, day: date) -> dict[str, Path]:
    """Per current reference table, by its path in SQL, the version that held on a day."""
    current = sorted((place.lake / "reference").glob("*.parquet"))
    held = {path: version_on(place.lake / "reference_history" / path.stem, day) for path in current}
    return {_in_sql(path): version for path, version in held.items() if version is not None}


def _scenarios(planned: duckdb.DuckDBPyRelation) -> list[Scenario]:
    columns = ", ".join(("scenario", *(f"{family}_until" for family in _FAMILIES)))
    rows = sorted(set(planned.project(columns).fetchall()))
    return [Scenario(name, dict(zip(_FAMILIES, days, strict=True))) for name, *days in rows]


def _known_rows(scenario: Scenario) -> str:
    rows = ", ".join(f"('{family}', date '{day.isoformat()}')" for family, day in scenario.known_until.items())
    return f"select family, known_until from (values {rows}) as families (family, known_until)"


def _fingerprint(
    cursor: duckdb.DuckDBPyConnection, place: Workplace, models: Sequence[Model], scenario: Scenario
) -> str:
    """Digest of all that a scenario's figures rest on: models, deliveries known by then, reference tables."""
    digest = hashlib.sha256(f"{duckdb.__version__} {scenario.name}".encode())
    for model in models:
        digest.update(f"\0{model.name}\0{model.sql}".encode())
    for table, version in _references(place, scenario.known_until["reference"]).items():
        digest.update(b"\0" + table.encode() + b"\0" + version.read_bytes())
    # A row of a flat export may be known before its file's date, so every export is looked at.
    deliveries = cursor.execute(
        """
        select md5(string_agg(cast(row(
            file_sha256, file_name, kind, municipality_code, sender_agb, identification, message_code, message_date,
            content_digest, rows_accepted, cents_accepted
        ) as varchar), chr(10) order by file_sha256, file_name))
        from read_parquet($ledger, hive_partitioning = false)
        where refusal is null and (kind not like 'JW%' or message_date is null or message_date <= $latest)
        """,
        {"ledger": str(place.lake / "ledger.parquet"), "latest": max(scenario.known_until.values())},
    ).fetchone()
    digest.update(repr(deliveries).encode())
    return digest.hexdigest()


def _calculated(
    cursor: duckdb.DuckDBPyConnection,
    models: Sequence[Model],
    inputs: Mapping[str, str],
    references: Mapping[str, Path],
    catalog: str,
) -> pl.DataFrame:
    """Run models beside the candidate and take the figures; the SQL in ``inputs`` is used in place of a model's own."""
    beside = {model.relation: _beside(model, catalog) for model in models}
    relations = re.compile("|".join(re.escape(relation) for relation in beside))
    paths = re.compile("|".join(re.escape(path) for path in references)) if references else None
    cursor.execute(f"attach ':memory:' as {catalog}")
    try:
        if not_sql := [model.name for model in models if not model.sql and model.name not in inputs]:
            raise VintageError(f"The model {not_sql[0]} is not SQL: it cannot stand below {FIGURES}.")
        for schema in sorted({relation.split(".")[1] for relation in beside.values()}):
            cursor.execute(f"create schema {catalog}.{schema}")
        for model in models:
            sql = inputs.get(model.name) or relations.sub(lambda found: beside[found[0]], model.sql)
            if paths is not None:
                sql = paths.sub(lambda found: _in_sql(references[found[0]]), sql)
            with _without_values(model.name):
                cursor.execute(f"create {'view' if model.is_view else 'table'} {beside[model.relation]} as {sql}")
        with _without_values(FIGURES):
            return cursor.execute(f"select * from {beside[models[-1].relation]} order by all").pl()
    finally:
        cursor.execute(f"detach {catalog}")


def _beside(model: Model, catalog: str) -> str:
    _, schema, name = model.relation.split(".")
    return f'"{catalog}".{schema}.{name}'


def _empty(cursor: duckdb.DuckDBPyConnection, models: Sequence[Model]) -> pl.DataFrame:
    return cursor.execute(f"select * from {models[-1].relation} limit 0").pl()


def _table(frames: Sequence[pl.DataFrame], first: str) -> pa.Table:
    return pl.concat(frames).select(first, pl.exclude(first)).to_arrow()


@contextmanager
def _own_cursor(connection: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with transactions of its own: one transaction may write to one database alone."""
    cursor = connection.cursor()
    try:
        yield cursor
    finally:
        cursor.close()


@contextmanager
def _without_values(model: str) -> Iterator[None]:
    """DuckDB puts values into the text of its errors."""
    try:
        yield
    except duckdb.Error as error:
        raise VintageError(f"The model {model} could not be calculated again ({type(error).__name__}).") from None
