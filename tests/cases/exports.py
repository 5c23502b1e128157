"""Exports as people make them: workbooks, other encodings and separators, columns that nobody asked for."""

from __future__ import annotations

from datetime import date

from tests.cases.deployment import Deployment
from tests.deliveries.flat.exports import workbook_bytes

_HEADER = [
    "Gemeente Code",
    "AANBIEDER_AGB",
    "referentienummer",
    "BSN",
    "toewijzingnummer",
    "productcode",
    "begindatum",
    "einddatum",
    "bedrag",
]
_REGISTRATION = "registratie_id;gemeentecode;praktijk;aanmelddatum;geslacht;leeftijd;hulpvraag\n"


def fill_exports(to: Deployment, agb: tuple[str, str, str, str]) -> None:
    """Deliver them; the AGB codes are those of the workbook, the other encoding, the empty fields, the long line."""
    workbook, windows, empty, long = agb
    row = [988, workbook, "A1", 999900006, 1, "54002", date(2026, 1, 1), date(2026, 1, 31), 12.5]
    sheets = {"Blad1": [["Overzicht van de maand"], [], _HEADER, row], "Blad2": []}
    to.deliver("exports/two_sheets.xlsx", workbook_bytes(sheets))
    heading = "\t".join([*_HEADER, "opmerking"])
    values = f"0988\t{windows}\tAë1\t999900006\t1\t54002\t2026-01-01\t2026-01-31\t1.234,56\tbelde over café"
    to.deliver("exports/windows.csv", f"{heading}\r\n{values}\r\n".encode("cp1252"))
    plain = ";".join(_HEADER) + "\n"
    rows = f"0988;{empty};A1;;1;54002;01-01-2026;;5,00\n0988;{empty};;999900006;1;54002;01-01-2026;31-01-2026;\n"
    to.deliver("exports/empty_fields.csv", plain + rows)
    to.deliver("exports/two_months.csv", plain + f"0988;{long};A1;999900006;1;54002;01-01-2026;28-02-2026;60,00\n")
    for name, age, problem in (("first", 12, "Echtscheiding"), ("second", 13, "Iets heel anders")):
        registration = f"1;0988;Demopraktijk Weert 1;04-01-2026;V;{age};{problem}\n"
        to.deliver(f"exports/registrations_{name}.csv", _REGISTRATION + registration)
