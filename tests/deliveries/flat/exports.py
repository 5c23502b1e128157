"""Bytes of flat exports for the tests: rows as dictionaries to CSV text or a workbook, and files to parts."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import xlsxwriter

from pipelines.deliveries.flat import read_flat
from pipelines.deliveries.model import Part, RawDelivery, Refused

DECLARATION: Mapping[str, str] = {
    "gemeentecode": "0988",
    "aanbieder_agb": "94999001",
    "referentienummer": "R1",
    "bsn": "999900006",
    "toewijzingnummer": "1001",
    "productcode": "54002",
    "begindatum": "2019-03-01",
    "einddatum": "2019-03-31",
    "bedrag": "100,00",
}
ALLOCATION: Mapping[str, str] = {
    "gemeentecode": "0988",
    "toewijzingnummer": "1001",
    "aanbieder_agb": "94999001",
    "bsn": "999900006",
    "productcode": "54002",
    "ingangsdatum": "2019-01-01",
}
REGISTRATION: Mapping[str, str] = {
    "registratie_id": "7",
    "gemeentecode": "0988",
    "praktijk": "Huisartsenpraktijk De Linde",
    "aanmelddatum": "2019-02-01",
    "geslacht": "V",
    "leeftijd": "12",
}
ANSWER: Mapping[str, str] = {
    "enquete_id": "2021-1",
    "doelgroep": "ouder",
    "gemeentecode": "0402",
    "ingevuld_op": "2021-05-01",
    "vraag": "rapportcijfer",
    "score": "8",
    "schaal_max": "10",
}


def csv_bytes(
    rows: Sequence[Mapping[str, str]], separator: str = ";", line_end: str = "\r\n", encoding: str = "utf-8"
) -> bytes:
    """A CSV of rows that share their columns."""
    lines = [separator.join(rows[0]), *(separator.join(row.values()) for row in rows)]
    return (line_end.join(lines) + line_end).encode(encoding)


def workbook_bytes(sheets: Mapping[str, Sequence[Sequence[object]]], **options: object) -> bytes:
    """A workbook of sheets of cells; a datetime becomes a real date, None an empty cell."""
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "default_date_format": "dd-mm-yyyy", **options})
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                sheet.write(row, column, cell)
    book.close()
    return file.getvalue()


def part_of(source: bytes | Path, name: str = "export") -> Part:
    """A part, last changed on 1 June 2020."""
    digest = sha256(source if isinstance(source, bytes) else source.read_bytes()).hexdigest()
    return Part(name, None, digest, datetime(2020, 6, 1, 12, tzinfo=UTC), source)


def read_one(source: bytes | Path) -> RawDelivery:
    """The only delivery of a file."""
    (delivery,) = read_flat(part_of(source))
    assert isinstance(delivery, RawDelivery)
    return delivery


def refusal_of(source: bytes | Path) -> Refused:
    """Why a file as a whole is refused."""
    try:
        read_flat(part_of(source))
    except Refused as refusal:
        return refusal
    raise AssertionError("The file was taken.")


def column(delivery: RawDelivery, name: str, table: str = "declaration_lines") -> list[str | None]:
    """One column of one table."""
    return delivery.tables[table][name].to_list()


def amounts_of(*texts: str, separator: str = ";") -> list[str | None]:
    """Amounts as read of a CSV with these texts in ``bedrag``: sign of the source kept as ``C``."""
    rows = [{**DECLARATION, "referentienummer": f"R{place}", "bedrag": text} for place, text in enumerate(texts)]
    lines = read_one(csv_bytes(rows, separator)).tables["declaration_lines"]
    return [f"{kind}{amount}" for amount, kind in lines.select("amount", "debit_credit").rows()]
