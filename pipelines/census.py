"""What the lake holds, counted: rows per dataset, rows and cents per care profile.

Belongs here: counts for the people who watch the deliveries. Does not belong here: figures to report; those come from
``dbt_project/``, which decides by segment what this module decides by line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq

from pipelines.home import Home

_AMOUNT = "amount_cents"
_PER_PROFILE = """
with taken as (
    select distinct file_sha256 from read_parquet($ledger) where refusal is null
),
lines as (
    select file_sha256, municipality_code, product_code, period_from, amount_cents, known_at
    from read_parquet($lines)
    where file_sha256 in (select file_sha256 from taken)
),
codes as (
    select distinct municipality_code, product_code, period_from from lines
),
matches as (
    select
        codes.*,
        mapping.zorgprofiel as care_profile,
        row_number() over (
            partition by codes.municipality_code, codes.product_code, codes.period_from
            -- own municipality before `*`, then the longest product code, then the newest geldig_vanaf
            order by
                mapping.gemeentecode = '*',
                length(rtrim(mapping.productcode, '*')) desc,
                ends_with(mapping.productcode, '*'),
                mapping.geldig_vanaf desc nulls last
        ) as place
    from codes
    join read_parquet($mapping) as mapping
        on mapping.gemeentecode in (codes.municipality_code, '*')
        and (
            mapping.productcode = codes.product_code
            or (
                ends_with(mapping.productcode, '*')
                and starts_with(codes.product_code, rtrim(mapping.productcode, '*'))
            )
        )
        and coalesce(mapping.geldig_vanaf <= codes.period_from, true)
        and coalesce(codes.period_from < mapping.geldig_tot, true)
)
select
    coalesce(matches.care_profile, 'overig') as care_profile,
    count(*) as lines,
    sum(lines.amount_cents)::bigint as cents,
    count(distinct lines.file_sha256) as files,
    max(lines.period_from) as last_period_from,
    max(lines.known_at) as last_known_at
from lines
left join matches
    on matches.municipality_code = lines.municipality_code
    and matches.product_code = lines.product_code
    and matches.period_from = lines.period_from
    and matches.place = 1
group by all
"""


@dataclass(frozen=True)
class ProfileCount:
    """Declaration lines of one care profile, as declared: rejected and credited lines included.

    Attributes:
        lines: rows in the lake.
        cents: their signed sum.
        files: deliveries that they came with.
        last_period_from: first day of the newest product period; None without lines.
        last_known_at: date of the newest message; None without lines.
    """

    lines: int = 0
    cents: int = 0
    files: int = 0
    last_period_from: date | None = None
    last_known_at: date | None = None


def parquet_rows(path: Path) -> int:
    """Rows of a Parquet file, or of all Parquet files in a folder, from their footers; 0 when there is none."""
    files: Sequence[Path] = sorted(path.glob("*.parquet")) if path.is_dir() else [path] if path.exists() else []
    return sum(pq.read_metadata(file).num_rows for file in files)


@dataclass(frozen=True)
class MonthCount:
    """One month of a dataset.

    Attributes:
        rows: rows in the lake.
        files: deliveries that they came with.
        cents: their signed sum; None where a dataset has no amounts.
        quarantined: rows of these deliveries that broke a rule; such a row may have no month of its own.
    """

    rows: int = 0
    files: int = 0
    cents: int | None = None
    quarantined: int = 0


def table_rows(path: Path) -> dict[str, int]:
    """Rows per ``schema.table`` of a DuckDB file, as its catalogue says: exact where nothing was deleted since."""
    with duckdb.connect(str(path), read_only=True) as connection:
        tables = connection.execute("select schema_name || '.' || table_name, estimated_size from duckdb_tables()")
        return {name: int(rows) for name, rows in tables.fetchall()}


def table_columns(path: Path) -> dict[str, dict[str, str]]:
    """Columns and their types per ``schema.table`` or view of a DuckDB file, in order."""
    found: dict[str, dict[str, str]] = {}
    with duckdb.connect(str(path), read_only=True) as connection:
        columns = connection.execute(
            "select schema_name || '.' || table_name, column_name, data_type from duckdb_columns() "
            "where database_name = current_database() and not internal order by schema_name, table_name, column_index"
        ).fetchall()
    for table, column, data_type in columns:
        found.setdefault(table, {})[column] = data_type
    return found


def table_cents(path: Path, amounts: Mapping[str, str]) -> dict[str, int]:
    """The sum of a column of euros per ``schema.table`` of a DuckDB file, in cents.

    Args:
        path: the file.
        amounts: ``schema.table`` → its column of euros.
    """
    with duckdb.connect(str(path), read_only=True) as connection:
        sums = {
            table: connection.execute(f'select coalesce(sum("{column}") * 100, 0)::bigint from {table}').fetchone()
            for table, column in amounts.items()
        }
    return {table: int(row[0]) for table, row in sums.items() if row}


def month_path(home: Home, dataset: str, month: str) -> Path:
    """The file of a month (``2019-03``); it is not there when the month has no rows."""
    return home.lake / dataset / f"month={month}.parquet"


def month_stamps(home: Home, datasets: Sequence[str]) -> dict[tuple[str, str], tuple[int, int]]:
    """(dataset, month) → what changes with each writing of its file."""
    stamps = {}
    for dataset in datasets:
        for path in sorted((home.lake / dataset).glob("month=*.parquet")):
            state = path.stat()
            stamps[dataset, path.stem.removeprefix("month=")] = (state.st_ino, state.st_mtime_ns)
    return stamps


def quarantined_rows(home: Home) -> dict[str, int]:
    """Rows that broke a rule, per ``file_sha256``; a row that breaks several counts once."""
    path = home.quarantine / "rows.parquet"
    if not path.exists():
        return {}
    rows = pl.read_parquet(path, columns=["file_sha256", "row_number"]).unique()
    return dict(rows.group_by("file_sha256").len().iter_rows())


def month_count(home: Home, dataset: str, month: str, quarantined: Mapping[str, int]) -> MonthCount:
    """Rows, deliveries and cents of a month; zeros when it has none.

    Args:
        home: where the lake is.
        dataset: its name.
        month: such as ``2019-03``.
        quarantined: as :func:`quarantined_rows` gives them.
    """
    path = month_path(home, dataset, month)
    if not path.exists():
        return MonthCount()
    has_cents = _AMOUNT in pq.read_schema(path).names
    rows = pl.read_parquet(path, columns=["file_sha256", *([_AMOUNT] if has_cents else [])])
    cents = int(rows[_AMOUNT].sum()) if has_cents else None
    files = rows["file_sha256"].unique().to_list()
    return MonthCount(rows.height, len(files), cents, sum(quarantined.get(file, 0) for file in files))


def care_profile_counts(home: Home, profiles: Sequence[str]) -> dict[str, ProfileCount]:
    """Lines and cents per care profile, through ``zorgprofielen`` by each line's own product code and period.

    Args:
        profiles: the profiles to count; one without lines has zeros.
    """
    files = {
        "ledger": str(home.lake / "ledger.parquet"),
        "lines": str(home.lake / "declaration_lines" / "*.parquet"),
        "mapping": str(home.lake_reference / "zorgprofielen.parquet"),
    }
    with duckdb.connect() as connection:
        rows = connection.execute(_PER_PROFILE, files).fetchall()
    found = {profile: ProfileCount(*values) for profile, *values in rows}
    return {profile: found.get(profile, ProfileCount()) for profile in profiles}
