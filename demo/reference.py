"""The demo's reference tables: what a deployment would enter by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath

from demo.catalogue import FIRST_MONTH, MUNICIPALITIES, PRACTICES, REGION, SERVICES, STRAMPROY
from demo.packing import DemoFile

Row = tuple[str | int, ...]

_COLUMNS = {
    "praktijken": ("praktijk_id", "naam", "agb_code", "gemeentecode", "ingeschreven_jeugdigen"),
    "zorgprofielen": (
        "gemeentecode",
        "productcode",
        "zorgprofiel",
        "domein",
        "ggz_segment",
        "geldig_vanaf",
        "geldig_tot",
    ),
    "zorgverleners": ("zorgverlener_agb", "praktijk_id", "van", "tot"),
    "verwijzer_aliassen": ("naam", "praktijk_id"),
    "deelname": ("praktijk_id", "programma", "van", "tot"),
    "gemeenten": ("gemeentecode", "naam", "regio", "opvolger_gemeentecode", "gegevens_vanaf", "omzetting_op"),
    "rapportageperioden": ("periode_id", "label", "van", "tot"),
}
_VALID_FROM = "2015-01-01"
_ENTERED_AT = datetime(2020, 2, 1, 6, tzinfo=UTC)


def reference_rows() -> Mapping[str, tuple[Row, ...]]:
    """Rows by table, columns in the contract's order; an empty text is an empty cell."""
    services = {s.product.code: s for s in SERVICES.values() if s.is_mapped and s.product.code}
    return {
        "praktijken": tuple(
            (p.practice_id, p.name, p.agb_code, p.municipality_code, p.registered_youth) for p in PRACTICES
        ),
        "zorgprofielen": tuple(
            (m.code, code, s.care_profile, s.domain, s.segment or "", _VALID_FROM, "")
            for m in MUNICIPALITIES
            for code, s in services.items()
        ),
        "zorgverleners": tuple(
            (f"019991{number:02d}", practice.practice_id, _VALID_FROM, "")
            for index, practice in enumerate(PRACTICES)
            for number in (2 * index + 1, 2 * index + 2)
        ),
        "verwijzer_aliassen": tuple((alias, p.practice_id) for p in PRACTICES for alias in p.aliases),
        "deelname": ((STRAMPROY.practice_id, "poh_jeugd_cjg", "2018-09-01", "2020-01-01"),),
        "gemeenten": tuple((m.code, m.name, REGION, "", FIRST_MONTH.isoformat(), "") for m in MUNICIPALITIES),
        "rapportageperioden": (
            ("stramproy_2018", "september - december 2018", "2018-09-01", "2019-01-01"),
            ("stramproy_pilot", "september 2018 - december 2019", "2018-09-01", "2020-01-01"),
        ),
    }


def reference_files() -> tuple[DemoFile, ...]:
    """The tables as CSV files with commas, UTF-8, in order of path."""
    return tuple(
        DemoFile(PurePosixPath("reference", f"{table}.csv"), _csv(_COLUMNS[table], rows), _ENTERED_AT)
        for table, rows in sorted(reference_rows().items())
    )


def _csv(columns: Row, rows: Iterable[Row]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return buffer.getvalue().encode("utf-8")
