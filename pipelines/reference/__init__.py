"""home/reference/*.csv → lake/reference/*.parquet. A broken row stops the run: the tables are the deployment's own."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from pipelines import lake
from pipelines.errors import ConfigurationError
from pipelines.home import Home
from pipelines.parquet import write_parquet
from pipelines.pseudonyms import Pseudonyms
from pipelines.reference import history as reference_history
from pipelines.referrers import normalise_name, practice_names
from pipelines.validation import broken_rules
from pipelines.validation.casting import typed
from schemas.dataset import Dataset
from schemas.reference import ALWAYS, EUROS, REFERRER_NAMES, TABLES, ReferenceTable
from schemas.rules import Context, RuleCode

_CONTEXT = Context("reference")
_LENGTHS = {"gemeentecode": 4, "opvolger_gemeentecode": 4, "agb_code": 8, "zorgverlener_agb": 8}
_FIRST_DAYS = ("van", "geldig_vanaf")
_DUTCH_DATE = r"\A([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})\z"
_PLAIN_AMOUNT = r"\A-?[0-9]+([.,][0-9]{1,2})?\z"
# The names of aliases reach figures as hashes alone, and publications are always those of today.
_WITHOUT_HISTORY = frozenset({"verwijzer_aliassen", "publicaties"})
_GROUPED_AMOUNT = r"\A-?[0-9]{1,3}(\.[0-9]{3})+,[0-9]{1,2}\z"


def load(home: Home, pseudonyms: Pseudonyms, loaded_on: date | None = None) -> dict[str, int]:
    """Read, judge and write every reference table, and ``referrer_names``; all are written, empty when absent.

    Args:
        home: the home folder.
        pseudonyms: for the names of referrers.
        loaded_on: the day under which a version that differs from the one before it is kept; default: today (UTC).

    Returns:
        Rows per table.

    Raises:
        ConfigurationError: a required table is missing, or a row breaks a rule: file, row, column and rule; or the
            lake was made with another key.
    """
    lake.require_key(home, pseudonyms)
    tables = {table.name: _read(home.reference / f"{table.name}.csv", table) for table in TABLES}
    for table in TABLES:
        _check_key(tables[table.name], table)
        _check_references(tables, table)
    tables["referrer_names"] = _referrer_names(tables, pseudonyms)
    # An alias is how a GP is called in messages: a person's name stays in reference/.
    tables["verwijzer_aliassen"] = _without_names(tables["verwijzer_aliassen"], pseudonyms)
    day = loaded_on or datetime.now(UTC).date()
    for name, frame in tables.items():
        columns = [column for column in frame.columns if column not in ("delivery", "row_number")]
        rows = frame.select(columns).sort(columns)
        write_parquet(rows, home.lake_reference / f"{name}.parquet")
        if name not in _WITHOUT_HISTORY:
            reference_history.keep(rows, home.reference_history / name, day)
    return {name: frame.height for name, frame in tables.items()}


def _read(path: Path, table: ReferenceTable) -> pl.DataFrame:
    """The table's typed rows with ``row_number``, the line of the file."""
    try:
        rows = _rows(path, table.dataset)
    except FileNotFoundError:
        if table.is_required:
            raise ConfigurationError(
                f"reference/{path.name} is missing; make it with the columns {', '.join(table.dataset.delivered)}."
            ) from None
        rows = []
    except OSError as error:
        raise ConfigurationError(f"reference/{path.name}: the file cannot be read ({error.strerror}).") from None
    names = ["row_number", *table.dataset.delivered]
    text = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String) | {"row_number": pl.Int32}, orient="row")
    text = text.with_columns(delivery=pl.lit(0, dtype=pl.UInt32)).with_columns(_normalised(table.dataset))
    frame = typed(text, table.dataset)
    _check_rules(frame, table.dataset, path.name)
    always = [pl.col(name).fill_null(ALWAYS) for name in _FIRST_DAYS if name in table.dataset.delivered]
    return frame.select("delivery", "row_number", *table.dataset.delivered).with_columns(always)


def _rows(path: Path, dataset: Dataset) -> list[tuple[int | str | None, ...]]:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="replace")
    lines = text.splitlines()
    header_line = next((line for line in lines if line.strip()), "")
    separator = max((";", ",", "\t"), key=header_line.count)
    reader = csv.reader(io.StringIO(text), delimiter=separator)
    header: list[str] = []
    rows: list[tuple[int | str | None, ...]] = []
    for cells in reader:
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header = _header(cells, dataset, path.name)
            continue
        if len(cells) > len(header):
            raise ConfigurationError(
                f"reference/{path.name}, line {reader.line_num}: {len(cells)} values in {len(header)} columns; "
                "put quotes around a value that holds the separator."
            )
        values = {name: cell.strip() or None for name, cell in zip(header, cells, strict=False)}
        rows.append((reader.line_num, *(values.get(name) for name in dataset.delivered)))
    if not header:
        raise ConfigurationError(f"reference/{path.name}: the file is empty; its columns are {_columns(dataset)}.")
    return rows


def _header(cells: list[str], dataset: Dataset, file_name: str) -> list[str]:
    names = ["_".join(cell.strip().lower().split()) for cell in cells]
    missing = [name for name in dataset.delivered if name not in names]
    if missing:
        raise ConfigurationError(
            f"reference/{file_name}: column '{missing[0]}' is missing; the columns are {_columns(dataset)}."
        )
    repeated = [name for name in dataset.delivered if names.count(name) > 1]
    if repeated:
        raise ConfigurationError(f"reference/{file_name}: column '{repeated[0]}' occurs twice.")
    return names


def _columns(dataset: Dataset) -> str:
    return ", ".join(dataset.delivered)


def _normalised(dataset: Dataset) -> list[pl.Expr]:
    """Dutch dates and amounts in the form that casts read; codes with the zeros that a spreadsheet took off."""
    expressions = []
    for name, dtype in dataset.delivered.items():
        text = pl.col(name)
        if dtype == pl.Date:
            parts = text.str.extract_groups(_DUTCH_DATE)
            day, month = (parts.struct.field(part).str.zfill(2) for part in ("1", "2"))
            iso = pl.concat_str(parts.struct.field("3"), month, day, separator="-")
            expressions.append(pl.coalesce(iso, text).alias(name))
        elif dtype == EUROS:
            bare = text.str.replace_all(r"[€\s]", "")
            is_grouped = bare.str.contains(_GROUPED_AMOUNT)
            plain = pl.when(is_grouped).then(bare.str.replace_all(".", "", literal=True)).otherwise(bare)
            is_amount = plain.str.contains(_PLAIN_AMOUNT)
            amount = plain.str.replace(",", ".", literal=True)
            expressions.append(pl.when(text.is_null() | is_amount).then(amount).otherwise(pl.lit("?")).alias(name))
        elif dtype == pl.Float64:
            expressions.append(text.str.replace(",", ".", literal=True).alias(name))
        elif name in _LENGTHS:
            is_number = text.str.contains(r"\A[0-9]+\z")
            expressions.append(pl.when(is_number).then(text.str.zfill(_LENGTHS[name])).otherwise(text).alias(name))
    return expressions


def _check_rules(frame: pl.DataFrame, dataset: Dataset, file_name: str) -> None:
    broken = broken_rules(frame, dataset, _CONTEXT).sort("row_number", maintain_order=True)
    if not broken.is_empty():
        first = broken.row(0, named=True)
        raise _broken(file_name, first["row_number"], RuleCode(first["rule"], first["field"], first["message"]))


def _check_key(frame: pl.DataFrame, table: ReferenceTable) -> None:
    repeated = frame.filter(~pl.struct(table.key).is_first_distinct())
    if not repeated.is_empty():
        code = RuleCode("duplicate_key", ", ".join(table.key), "An earlier row has the same key.")
        raise _broken(f"{table.name}.csv", repeated["row_number"][0], code)


def _check_references(tables: Mapping[str, pl.DataFrame], table: ReferenceTable) -> None:
    for column, (other, key) in table.refers_to.items():
        rows = tables[table.name]
        unknown = rows.filter(~pl.col(column).is_in(tables[other][key].implode()))
        if not unknown.is_empty():
            code = RuleCode("unknown_reference", column, f"The value is not in column {key} of {other}.csv.")
            raise _broken(f"{table.name}.csv", unknown["row_number"][0], code)


def _broken(file_name: str, row: int, code: RuleCode) -> ConfigurationError:
    return ConfigurationError(
        f"reference/{file_name}, line {row}, column '{code.field}': {code.message.rstrip('.')} (rule {code.code})."
    )


def read_aliases(home: Home) -> pl.DataFrame:
    """The other names of practices (``naam``, ``praktijk_id``), from the table itself: the lake has hashes alone.

    Raises:
        ConfigurationError: as ``load``.
    """
    table = next(table for table in TABLES if table.name == "verwijzer_aliassen")
    return _read(home.reference / f"{table.name}.csv", table).select("naam", "praktijk_id")


def _without_names(aliases: pl.DataFrame, pseudonyms: Pseudonyms) -> pl.DataFrame:
    forms = pl.Series([normalise_name(name) for name in aliases["naam"]], dtype=pl.String)
    return aliases.select(pseudonyms.referrers(forms).alias("referrer_hash"), "praktijk_id")


def _referrer_names(tables: Mapping[str, pl.DataFrame], pseudonyms: Pseudonyms) -> pl.DataFrame:
    """The hash of every form of a practice's name and alias; also of its ``praktijk_id``, unless that names another."""
    practices, municipalities = tables["praktijken"], tables["gemeenten"].drop_nulls("naam")
    towns = dict(municipalities.select("gemeentecode", "naam").iter_rows())
    aliases = tables["verwijzer_aliassen"].iter_rows(named=True)
    known = dict(practice_names(practices.iter_rows(named=True), aliases, towns))
    for practice_id in practices["praktijk_id"]:
        known.setdefault(normalise_name(practice_id), practice_id)
    rows = [(pseudonyms.referrer(form), practice_id) for form, practice_id in known.items() if form]
    return pl.DataFrame(rows, schema=dict(REFERRER_NAMES), orient="row").sort("referrer_hash")
