"""Small homes to publish from: a warehouse of a few tables, and what is published of it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import polars as pl

from pipelines.home import Home
from pipelines.publication import Published, audit, clear_candidate, publish, staging
from pipelines.publication.census import Census, take_census

MASK = pl.DataFrame(
    {"table": ["practice_years"], "cell": ["0384|P1|2019"], "measure": ["clients"], "state": ["primary"]}
)

_WAREHOUSE = """
create schema marts;
create schema ops;
create table ops.deliveries as
    select 'a1' as file_sha256, 'JW323' as kind, '0384' as municipality_code, date '2020-01-31' as message_date,
        $rows as rows_read, $rows as rows_accepted, 0 as rows_quarantined, 0 as rows_duplicate,
        700 as cents_read, 700 as cents_accepted, 0 as cents_quarantined, 0 as cents_duplicate;
create table ops.run_parameters as select 'max_gap_days' as parameter, '31' as value;
create table marts.practice_years as
    select '0384' as municipality_code, 'P' || range as practice_id, 2019 as year, 'all' as domain, range as clients,
        (range * 10.25)::decimal(18, 2) as cost_eur, false as is_provisional, $publication as publication_mark
    from range($rows);
create table marts.referral_trend as
    select '0384' as municipality_code, date '2019-01-01' as quarter, range as new_trajectories,
        $publication as publication_mark
    from range($rows);
create view marts.shown as select publication_mark as figure from marts.practice_years limit 1;
comment on table marts.practice_years is 'One row per practice and year. (Praktijken per jaar.)';
comment on column marts.practice_years.cost_eur is 'Kosten in euro: som van de regels.';
comment on column marts.practice_years.practice_id is 'Praktijk die verwees; `unattributed` zonder.';
"""


def new_home(root: Path) -> Home:
    """A home folder with its own folders and nothing in them."""
    home = Home(root)
    home.make()
    return home


def build_candidate(home: Home, publication: int, rows: int = 5) -> None:
    """A candidate whose tables all carry the number of the publication."""
    clear_candidate(home)
    with duckdb.connect(str(home.candidate)) as connection:
        for statement in _WAREHOUSE.split(";\n"):
            text = statement.replace("$publication", str(publication)).replace("$rows", str(rows))
            if text.strip():
                connection.execute(text)


def protected_tables(home: Home) -> dict[str, pl.DataFrame]:
    """Both tables of the candidate as they may be published: the first practice is hidden."""
    practice_years = _mart(home, "practice_years")
    hidden = pl.col("practice_id") == "P1"
    return {
        "practice_years": practice_years.with_columns(
            pl.when(~hidden).then(pl.col(measure)).alias(measure) for measure in ("clients", "cost_eur")
        ).with_columns(hidden.alias("is_suppressed")),
        "referral_trend": _mart(home, "referral_trend").with_columns(pl.lit(False).alias("is_suppressed")),
        "texts": pl.DataFrame(
            {
                "text": ["=1+1", "+31 475", "-", "@home", "https://example.org", "12", None],
                "share": [0.5, None, 1.0, 2.0, 3.0, 4.0, 5.0],
                "amount_eur": [Decimal("0.10"), None, *[Decimal("-7.25")] * 5],
                "day": [date(2019, 1, 31), None, *[date(2020, 2, 29)] * 5],
            },
            schema_overrides={"amount_eur": pl.Decimal(18, 2)},
        ),
    }


def _mart(home: Home, table: str) -> pl.DataFrame:
    with duckdb.connect(str(home.candidate), read_only=True) as connection:
        return connection.execute(f'select * from marts."{table}"').pl()


def audited_candidate(home: Home, publication: int, rows: int = 5) -> Census:
    """A candidate with everything that is published of it, which passed its audit."""
    build_candidate(home, publication, rows)
    staging.stage(home, protected_tables(home), MASK)
    census = take_census(home.candidate)
    audit.remember(home, audit.judge([], accept_drift=False), census)
    return census


def publish_number(home: Home, publication: int, keep: int = 7, rows: int = 5) -> Published:
    """Publish a warehouse that carries a number."""
    audited_candidate(home, publication, rows)
    return publish(home, keep)


def number_of(path: Path) -> int:
    """The number that a warehouse or a published DuckDB file carries, in all its tables."""
    with duckdb.connect(str(path), read_only=True) as connection:
        numbers = connection.execute(
            """
            select publication_mark from marts.practice_years
            union select publication_mark from marts.referral_trend
            """
        ).fetchall()
    (number,) = {number for (number,) in numbers}
    return int(number)
