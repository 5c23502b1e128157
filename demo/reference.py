"""The demo's reference tables: what a deployment would enter by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import PurePosixPath

from demo.catalogue import (
    FIRST_MONTH,
    MUNICIPALITIES,
    PRACTICES,
    REGION,
    SERVICES,
    STRAMPROY,
    Municipality,
    Service,
    practitioner_agb_codes,
)
from demo.hilversum_catalogue import (
    HILVERSUM,
    HILVERSUM_FIRST_MONTH,
    HILVERSUM_PRACTICES,
    HILVERSUM_REGION,
    HILVERSUM_SERVICES,
    POH_FROM,
    TAKING_PART,
)
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
    "programmakosten": ("programma", "gemeentecode", "soort", "van", "tot", "bedrag"),
    "trajectprijzen": ("programma", "periode_id", "scenario", "bedrag_per_traject", "aandeel_bggz"),
    "doelen": ("gemeentecode", "programma", "doel", "bedrag_per_jaar"),
    "publicaties": ("naam", "peildatum"),
}
_VALID_FROM = "2015-01-01"
_ENTERED_AT = datetime(2021, 11, 1, 6, tzinfo=UTC)
_PILOT, _PROGRAMME = "poh_jeugd_cjg", "poh_ggz_jeugd"


def reference_rows() -> Mapping[str, tuple[Row, ...]]:
    """Rows by table, columns in the contract's order; an empty text is an empty cell."""
    practices = (*PRACTICES, *HILVERSUM_PRACTICES)
    return {
        "praktijken": tuple(
            (p.practice_id, p.name, p.agb_code, p.municipality_code, p.registered_youth) for p in practices
        ),
        "zorgprofielen": (
            *_profiles(MUNICIPALITIES, SERVICES.values()),
            *_profiles((HILVERSUM,), HILVERSUM_SERVICES),
        ),
        "zorgverleners": tuple(
            (code, practice.practice_id, _VALID_FROM, "")
            for place, practice in enumerate(practices)
            for code in practitioner_agb_codes(place)
        ),
        "verwijzer_aliassen": tuple((alias, p.practice_id) for p in practices for alias in p.aliases),
        "deelname": (
            (STRAMPROY.practice_id, _PILOT, "2018-09-01", "2020-01-01"),
            *((p.practice_id, _PROGRAMME, POH_FROM.isoformat(), "") for p in TAKING_PART),
        ),
        "gemeenten": (
            *((m.code, m.name, REGION, "", FIRST_MONTH.isoformat(), "") for m in MUNICIPALITIES),
            (HILVERSUM.code, HILVERSUM.name, HILVERSUM_REGION, "", HILVERSUM_FIRST_MONTH.isoformat(), ""),
        ),
        # The end of Hilversum's first period is not printed: it is the day on which the second begins.
        "rapportageperioden": (
            ("stramproy_2018", "september - december 2018", "2018-09-01", "2019-01-01"),
            ("stramproy_pilot", "september 2018 - december 2019", "2018-09-01", "2020-01-01"),
            ("hilversum_1", "maart - oktober 2020", "2020-03-01", "2020-11-01"),
            ("hilversum_2", "november 2020 - juni 2021", "2020-11-01", "2021-07-01"),
        ),
        "programmakosten": (
            (_PROGRAMME, HILVERSUM.code, "personeel", "2020-11-01", "2021-07-01", "120000.00"),
            (_PROGRAMME, HILVERSUM.code, "huisvesting", "2021-03-01", "2021-07-01", "32000.00"),
        ),
        "trajectprijzen": (
            (_PROGRAMME, "hilversum_1", "base", "2500.00", ""),
            (_PROGRAMME, "hilversum_2", "base", "2000.00", "0.80"),
            (_PROGRAMME, "hilversum_2", "price_2500", "2500.00", ""),
        ),
        "doelen": ((HILVERSUM.code, _PROGRAMME, "Agenda Jeugd 2019-2021", "170000.00"),),
        # Halfway and after what each document is about: neither prints the day on which its figures were taken.
        "publicaties": (
            ("Stramproy halverwege", "2019-07-01"),
            ("Stramproy evaluatie", "2020-02-01"),
            ("Hilversum halverwege", "2021-03-01"),
            ("Hilversum voortgangsbrief", "2021-08-01"),
        ),
    }


def _profiles(municipalities: Iterable[Municipality], services: Iterable[Service]) -> tuple[Row, ...]:
    mapped = {s.product.code: s for s in services if s.is_mapped and s.product.code}
    return tuple(
        (municipality.code, code, s.care_profile, s.domain, s.segment or "", _VALID_FROM, "")
        for municipality in municipalities
        for code, s in mapped.items()
    )


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
