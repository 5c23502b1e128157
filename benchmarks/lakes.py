"""A lake of any size, seeded: what ten years of deliveries of eight municipalities leave behind.

Everything that section 5 of the definitions decides on occurs: extensions, withdrawn allocations, starts and stops,
numbers without an allocation, rejected lines and declarations, credits, and referrers known by code, by name and not
at all. Each JW301, JW305, JW307 and JW315 is a file of its own; a declaration is of one provider, municipality and
month, and is answered but for the last months.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from pipelines import lake, reference
from pipelines.home import Home
from pipelines.pseudonyms import Pseudonyms
from schemas.datasets import DATASETS
from schemas.lake_files import LEDGER

_LINES_PER_NUMBER = 12
_LINES_PER_PROVIDER = 200_000
KEY = b"benchmark key, of no use elsewhere"
_MONTHS = 119

# Eight to a municipality.
_PRACTICES = 64
_REFERENCE = {
    "praktijken": "praktijk_id,naam,agb_code,gemeentecode,ingeschreven_jeugdigen\n"
    + "".join(f"p{n},Praktijk nummer {n},01{n:06},{988 + n % 8:04},1500\n" for n in range(_PRACTICES)),
    "zorgprofielen": "gemeentecode,productcode,zorgprofiel,domein,ggz_segment,geldig_vanaf,geldig_tot\n"
    "*,5400*,bggz,ggz,BGGZ,,\n*,5401*,sggz,ggz,SGGZ,,\n*,54020,begeleiding_jmb,overig,,,\n"
    "0988,54003,ggz_kort_basis,ggz,BGGZ,2018-01-01,\n",
    "zorgverleners": "zorgverlener_agb,praktijk_id,van,tot\n"
    + "".join(f"02{n:06},p{n % _PRACTICES},2014-01-01,\n" for n in range(2 * _PRACTICES)),
    "gemeenten": "gemeentecode,naam,regio,opvolger_gemeentecode,gegevens_vanaf,omzetting_op\n"
    + "".join(f"{988 + n:04},Gemeente {n},Regio {n % 2},,,{'2021-01-01' if n == 3 else ''}\n" for n in range(8)),
}

_NUMBERS = """
create temp table numbers as
select
    i::bigint as number,
    lpad((988 + hash(i * 16 + 1) % 8)::varchar, 4, '0') as municipality_code,
    '94' || lpad((hash(i * 16 + 2) % {providers})::varchar, 6, '0') as provider_agb,
    md5('client ' || (hash(i * 16 + 3) % {clients})::varchar) as client_key,
    '540' || lpad((hash(i * 16 + 4) % 30)::varchar, 2, '0') as product_code,
    (date '2015-01-01' + to_months((hash(i * 16 + 5) % 108)::int))::date as starts_on,
    hash(i * 16 + 6) % 100 as lot,
    hash(i * 16 + 7) % 100 as referral_lot,
    -- a practice of the client's own municipality
    hash(i * 16 + 8) % 125 * 8 + hash(i * 16 + 1) % 8 as referrer
from range({numbers}) as made (i);
"""

# 3 of 100 numbers have no allocation, 30 are extended after half a year, 1 is withdrawn.
_ALLOCATIONS = """
create temp table allocations as
select *, 1 as version, (starts_on + to_months(case when lot between 10 and 39 then 6 else 12 end))::date - 1 as ends_on
from numbers where lot >= 3
union all
select *, 2 as version, (starts_on + to_months(12))::date - 1 as ends_on from numbers where lot between 10 and 39
union all
select *, 3 as version, starts_on as ends_on from numbers where lot = 99;
"""

_FILES = """
create temp macro sha(text) as md5(text) || md5(text || ' more');
create temp macro named(text) as 'B' || left(md5(text), 11);
create temp macro declaration(municipality, provider, month) as
    concat_ws(' ', 'declaration', municipality, provider, month);
"""

_LEDGER_KINDS = """
    select distinct
        declaration(municipality_code, provider_agb, (starts_on + to_months(place))::date) as name,
        'JW323' as kind, '490' as code, municipality_code, provider_agb as sender_agb,
        (starts_on + to_months((place + 1)::int))::date + 4 as message_date
    from numbers, range({lines}) as months (place)
    union all
    select
        'answer to ' || name, 'JW325', '491', municipality_code, provider_agb, message_date + 20
    from (
        select distinct
            declaration(municipality_code, provider_agb, (starts_on + to_months(place))::date) as name,
            municipality_code, provider_agb, (starts_on + to_months((place + 1)::int))::date + 4 as message_date
        from numbers, range({lines}) as months (place)
        where (starts_on + to_months(place))::date < date '2024-07-01'
    )
    union all
    select concat_ws(' ', 'allocation', number, version), 'JW301', '414', municipality_code, provider_agb,
        starts_on + (case version when 1 then -10 when 2 then 160 else 30 end)
    from allocations
    union all
    select 'start ' || number, 'JW305', '419', municipality_code, provider_agb, starts_on + 5
    from numbers where lot between 3 and 79
    union all
    select 'stop ' || number, 'JW307', '421', municipality_code, provider_agb,
        (starts_on + to_months(12))::date + 5
    from numbers where lot between 20 and 69
    union all
    select 'request ' || number, 'JW315', '460', municipality_code, provider_agb, starts_on - 20
    from numbers where lot >= 3 and referral_lot < 70
"""

_DATASETS = {
    "allocations": """
        select sha(concat_ws(' ', 'allocation', number, version)) as file_sha256, 1 as row_number,
            starts_on + (case version when 1 then -10 when 2 then 160 else 30 end) as known_at, 'JW301' as source,
            municipality_code, provider_agb, client_key, 2008 as birth_year, 9 as age, '1' as sex,
            number as allocation_number, case version when 1 then 'R' || number end as request_reference,
            '54' as product_category, product_code,
            starts_on + (case version when 1 then -10 when 2 then 160 else 30 end) as allocated_on,
            time '09:00:00' as allocated_at, starts_on, ends_on,
            case version when 2 then '03' when 3 then '13' end as change_reason,
            100 as volume, '01' as unit_code, '2' as frequency_code
        from allocations""",
    "care_events": """
        select sha('start ' || number) as file_sha256, 1 as row_number, starts_on + 5 as known_at, 'JW305' as source,
            municipality_code, provider_agb, client_key, 'start' as event, number as allocation_number,
            '54' as product_category, product_code, starts_on as begins_on, null::date as ends_on,
            null as end_reason, '1' as delivery_status
        from numbers where lot between 3 and 79
        union all
        select sha('stop ' || number), 1, (starts_on + to_months(12))::date + 5, 'JW307', municipality_code,
            provider_agb, client_key, 'stop', number, '54', product_code, starts_on,
            (starts_on + to_months((6 + lot % 7)::int))::date - 1, case lot % 10 when 0 then '20' else '31' end, '1'
        from numbers where lot between 20 and 69""",
    "referral_requests": """
        select sha('request ' || number) as file_sha256, 1 as row_number, starts_on - 20 as known_at,
            'JW315' as source, municipality_code, provider_agb, client_key, 'R' || number as request_reference,
            '54' as product_category, product_code, starts_on as requested_from,
            case when referral_lot < 5 then '03' else '02' end as referrer_type,
            case when referral_lot < 45 then '01' || lpad((referrer % {practices})::varchar, 6, '0')
                when referral_lot < 55 then '02' || lpad((referrer % (2 * {practices}))::varchar, 6, '0')
            end as referrer_agb,
            case when referral_lot >= 55 then
                case when referral_lot < 65 then names.referrer_hash else md5('name ' || referrer) end
            end as referrer_hash
        from numbers
        left join names on names.place = referrer % {practices}
        where lot >= 3 and referral_lot < 70""",
    "decisions": """
        select sha('answer to ' || name) as file_sha256, 0 as row_number, message_date + 20 as known_at,
            'JW325' as source, municipality_code, sender_agb as provider_agb, named(name) as answered_identification,
            message_date as answered_on, null as declaration_number,
            case when hash(name) % 200 = 0 then null else 100000 end as submitted_cents,
            case when hash(name) % 200 = 0 then null else 90000 end as granted_cents,
            hash(name) % 200 <> 0 as has_body, 0 as listed_lines, '8001' as return_codes
        from files where kind = 'JW323' and message_date < date '2024-08-01'""",
    "decision_lines": """
        select sha('answer to ' || declaration(municipality_code, provider_agb, month)) as file_sha256,
            number::int as row_number, (month + to_months(1))::date + 24 as known_at, 'JW325' as source,
            municipality_code, provider_agb, null as answered_identification,
            'P' || number || '-' || place as line_reference, client_key, number as allocation_number,
            16500 as submitted_cents, 0 as granted_cents, '9001' as return_codes
        from (
            select *, (starts_on + to_months(place))::date as month
            from numbers, range({lines}) as months (place)
            where hash(number, 11, place) % 100 < 2
        )
        where month < date '2024-07-01'
            and hash(declaration(municipality_code, provider_agb, month)) % 200 <> 0""",
}

# Of an answer, its lines are what was delivered.
_COUNTED = ("allocations", "care_events", "referral_requests", "declaration_lines", "decision_lines")

# 1 of 100 lines is taken back in the next month's declaration.
_LINES = """
    select
        sha(declaration(municipality_code, provider_agb, month)) as file_sha256, number::int as row_number,
        (month + to_months(1))::date + 4 as known_at, 'JW323' as source, municipality_code, provider_agb,
        named(declaration(municipality_code, provider_agb, month)) as message_identification,
        'D' || strftime(month, '%Y%m') as declaration_number,
        'P' || number || '-' || place as line_reference, null as previous_reference, client_key,
        number as allocation_number, '54' as product_category, product_code, month as period_from,
        last_day(month) as period_to, (1 + hash(number, 9, place) % 300)::double as volume, '01' as unit_code,
        165 as tariff_cents, (165 * (1 + hash(number, 9, place) % 300))::bigint as amount_cents, false as is_credit
    from (select *, date '{month}' as month, date_diff('month', starts_on, date '{month}') as place from numbers)
    where place between 0 and {last}
    union all
    select
        sha(declaration(municipality_code, provider_agb, (month + to_months(1))::date)), {numbers} + number::int,
        (month + to_months(2))::date + 4, 'JW323', municipality_code, provider_agb,
        named(declaration(municipality_code, provider_agb, (month + to_months(1))::date)),
        'D' || strftime((month + to_months(1))::date, '%Y%m'), 'C' || number || '-' || place,
        'P' || number || '-' || place, client_key, number, '54', product_code, month, last_day(month),
        (1 + hash(number, 9, place) % 300)::double, '01', 165,
        (-165 * (1 + hash(number, 9, place) % 300)::bigint)::bigint, true
    from (select *, date '{month}' as month, date_diff('month', starts_on, date '{month}') as place from numbers)
    where place between 0 and {last} - 1 and hash(number, 10, place) % 100 = 0
"""


def write_empty_lake(home: Home) -> None:
    """A lake without deliveries, with the reference tables that ``write_lake`` has."""
    home.reference.mkdir(parents=True)
    for name, text in _REFERENCE.items():
        (home.reference / f"{name}.csv").write_text(text, encoding="utf-8")
    home.lake.mkdir(parents=True)
    home.quarantine.mkdir(parents=True)
    lake.ensure_schemas(home)
    reference.load(home, Pseudonyms(KEY), date(2025, 1, 1))


def write_lake(home: Home, lines: int) -> int:
    """Fill a home's lake and reference tables; the same lines give the same lake.

    Args:
        home: an empty home folder.
        lines: about how many declaration lines; a hundredth more come as credits.

    Returns:
        The lines written.
    """
    write_empty_lake(home)
    sizes = {
        "numbers": max(lines // _LINES_PER_NUMBER, 100),
        "clients": max(lines // _LINES_PER_NUMBER * 2 // 3, 70),
        "providers": max(lines // _LINES_PER_PROVIDER, 5),
        "lines": _LINES_PER_NUMBER,
        "practices": _PRACTICES,
    }
    with duckdb.connect(
        config={"threads": 2, "memory_limit": "6GB", "temp_directory": str(home.root / "spill")}
    ) as made:
        made.execute(_FILES + _NUMBERS.format(**sizes) + _ALLOCATIONS)
        names = home.lake_reference / "referrer_names.parquet"
        made.execute(
            "create temp table names as select min(referrer_hash) as referrer_hash, practice_id[2:]::int as place "
            f"from read_parquet({_quoted(names)}) group by practice_id"
        )
        made.execute(f"create temp table files as {_LEDGER_KINDS.format(**sizes)}")
        for name, query in _DATASETS.items():
            _copy(made, query.format(**sizes), name, home.lake / name / "month=2015-01.parquet")
        for place in range(_MONTHS):
            month = f"{2015 + place // 12}-{place % 12 + 1:02}-01"
            query = _LINES.format(month=month, last=_LINES_PER_NUMBER - 1, numbers=sizes["numbers"])
            path = home.lake / "declaration_lines" / f"month={month[:7]}.parquet"
            _copy(made, query, "declaration_lines", path, order=True)
        _write_ledger(made, home)
        pattern = _quoted(home.lake / "declaration_lines" / "month=*.parquet")
        return made.execute(f"select count(*) from read_parquet({pattern})").fetchall()[0][0]


def _write_ledger(made: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Last, as the pipeline does, because it counts what the lake holds of each delivery."""
    counted = " union all ".join(
        f"select file_sha256, {'amount_cents' if name == 'declaration_lines' else '0'} as cents "
        f"from read_parquet({_quoted(home.lake / name / 'month=*.parquet')})"
        for name in _COUNTED
    )
    made.execute(
        "create temp table held as select file_sha256, count(*) as held_rows, sum(cents)::bigint as held_cents "
        f"from ({counted}) group by file_sha256"
    )
    query = """
        select sha(name) as file_sha256, replace(name, ' ', '-') || '.xml' as file_name, kind, '3.2' as release,
            code as message_code, municipality_code, sender_agb, named(name) as identification, message_date,
            md5('content ' || name) as content_digest,
            coalesce(held.held_rows, 0) as rows_read, rows_read as rows_accepted, 0 as rows_quarantined,
            coalesce(held.held_cents, 0) as cents_read, cents_read as cents_accepted, 0 as cents_quarantined,
            timestamptz '2025-01-01 03:30:00+01' as first_seen_at
        from files
        left join held on held.file_sha256 = sha(name)
    """
    _copy_columns(made, query, dict(LEDGER), home.lake / "ledger.parquet")


def _copy(made: duckdb.DuckDBPyConnection, query: str, name: str, path: Path, *, order: bool = False) -> None:
    ordered = query if not order else f"select * from ({query}) order by file_sha256, row_number"
    _copy_columns(made, ordered, dict(DATASETS[name].lake), path)


def _copy_columns(
    made: duckdb.DuckDBPyConnection, query: str, columns: dict[str, type[pl.DataType] | pl.DataType], path: Path
) -> None:
    """Write a query's columns in the lake's order and types; those that it does not give are null."""
    given = {column[0] for column in made.execute(f"describe ({query})").fetchall()}
    types = {"String": "varchar", "Int32": "integer", "Int64": "bigint", "Float64": "double", "Date": "date"}
    types |= {"Time": "time", "Boolean": "boolean"}
    chosen = ", ".join(
        f"cast({name if name in given else 'null'} as {types.get(str(dtype), 'timestamptz')}) as {name}"
        for name, dtype in columns.items()
    )
    made.execute(f"copy (select {chosen} from ({query})) to {_quoted(path)} (format parquet, compression zstd)")


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
