"""Flat exports as their systems write them: Stramproy's CSV with semicolons, Hilversum's workbooks.

Belongs here: layout and bytes; the same rows give the same bytes. Does not belong here: who there is.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime

import xlsxwriter  # type: ignore[import-untyped]

from demo.registrations import Registration
from demo.surveys import Score

Cell = str | int | float | date | None

_SEX = {"1": ("M", "Jongen"), "2": ("V", "Meisje")}
# A workbook says when it was made: this day, whenever it is written.
_MADE_AT = datetime(2021, 7, 1, 6, tzinfo=UTC)
_STRAMPROY_COLUMNS = (
    "registratie_id",
    "gemeentecode",
    "praktijk",
    "bsn",
    "geboortedatum",
    "geslacht",
    "aanmelddatum",
    "intakedatum",
    "hulpvraag",
    "hulpaanbod",
    "aantal_contacten",
    "verwezen_naar",
    "verwijsprofiel",
    "formele_verwijzer",
    "afsluitdatum",
    "reden_afsluiting",
)
_HILVERSUM_COLUMNS = (
    "Aanmelddatum",
    "Registratie ID",
    "Praktijk",
    "Gemeentecode",
    "Leeftijd",
    "Geslacht",
    "BSN",
    "Aanmelder",
    "Hulpvraag",
    "Intakedatum",
    "Werkzaamheden",
    "Uitkomst vraagverheldering",
    "Uitkomst behandeling",
    "Verwezen naar",
    "Verwijsprofiel",
    "Formele verwijzer",
    "Overbrugging",
    "Aantal contacten",
    "Afsluitdatum",
)
_SURVEY_COLUMNS = (
    "enquete_id",
    "doelgroep",
    "gemeentecode",
    "ingevuld_op",
    "vraag",
    "score",
    "schaal_max",
    "respondent_id",
    "praktijk",
)


def stramproy_csv(registrations: Iterable[Registration]) -> bytes:
    """Registrations as CSV: semicolons, dates as 31-03-2019, UTF-8 with BOM, Windows line ends; with birth date."""
    return _csv(_STRAMPROY_COLUMNS, (_stramproy_row(registration) for registration in registrations))


def hilversum_workbook(registrations: Iterable[Registration]) -> bytes:
    """Registrations as a workbook: dates and numbers are Excel's own, so a municipality code has lost its zero."""
    return _workbook(
        "Registraties", _HILVERSUM_COLUMNS, (_hilversum_row(registration) for registration in registrations)
    )


def survey_csv(scores: Iterable[Score]) -> bytes:
    """Answers as CSV, in the form of ``stramproy_csv``."""
    return _csv(_SURVEY_COLUMNS, (_survey_row(score) for score in scores))


def survey_workbook(scores: Iterable[Score]) -> bytes:
    """Answers as a workbook, with the columns in another order."""
    columns = tuple(name.replace("_", " ").capitalize() for name in reversed(_SURVEY_COLUMNS))
    return _workbook("Antwoorden", columns, (tuple(reversed(_survey_row(score))) for score in scores))


def _stramproy_row(value: Registration) -> tuple[Cell, ...]:
    return (
        value.registration_id,
        value.municipality_code,
        value.practice,
        value.client.bsn if value.client else None,
        value.client.birth_date if value.client else None,
        _SEX[value.sex][0],
        value.referred_on,
        value.intake_on,
        value.problem,
        "|".join(value.support),
        value.contacts,
        value.referred_to,
        value.referred_profile,
        value.formal_referrer,
        value.closed_on,
        value.reason,
    )


def _hilversum_row(value: Registration) -> tuple[Cell, ...]:
    return (
        value.referred_on,
        value.registration_id,
        value.practice,
        int(value.municipality_code),
        value.age,
        _SEX[value.sex][1],
        int(value.client.bsn) if value.client else None,
        value.reporter,
        value.problem,
        value.intake_on,
        "|".join(value.activities),
        value.clarification,
        value.treatment,
        value.referred_to,
        value.referred_profile,
        value.formal_referrer,
        value.bridging,
        value.contacts,
        value.closed_on,
    )


def _survey_row(value: Score) -> tuple[Cell, ...]:
    return (
        value.survey_id,
        value.audience,
        value.municipality_code,
        value.answered_on,
        value.question,
        value.score,
        value.scale_max,
        value.respondent_id,
        value.practice,
    )


def _csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_text(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode("utf-8-sig")


def _text(cell: Cell) -> str:
    if isinstance(cell, date):
        return f"{cell:%d-%m-%Y}"
    return "" if cell is None else str(cell)


def _workbook(sheet: str, columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"created": _MADE_AT})
    as_date = workbook.add_format({"num_format": "dd-mm-yyyy"})
    page = workbook.add_worksheet(sheet)
    page.write_row(0, 0, columns)
    for place, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            if isinstance(cell, date):
                page.write_datetime(place, column, cell, as_date)
            elif isinstance(cell, str):
                page.write_string(place, column, cell)
            elif cell is not None:
                page.write_number(place, column, cell)
    workbook.close()
    return buffer.getvalue()
