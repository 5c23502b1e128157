"""Small messages as text, for tests of reading: only what a test says, wrapped in what every message has."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from pipelines.deliveries import Part

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
CODES = {
    "JW301": "436", "JW302": "437", "JW303": "432", "JW304": "433", "JW305": "438", "JW307": "440", "JW315": "446",
    "JW317": "486", "JW319": "488", "JW323": "490", "JW325": "491",
}  # fmt: skip
FROM_MUNICIPALITY = {"JW301", "JW302", "JW319", "JW325"}


def part_of(data: bytes | Path, file_name: str = "message.xml") -> Part:
    """A part as unpacking gives it."""
    raw = data if isinstance(data, bytes) else data.read_bytes()
    return Part(file_name, None, hashlib.sha256(raw).hexdigest(), datetime(2026, 3, 1, tzinfo=UTC), data)


def elements(values: Mapping[str, object], prefix: str = "m") -> str:
    """Nested elements from a mapping; a list repeats its element, None leaves it out."""
    found = []
    for name, value in values.items():
        for item in value if isinstance(value, list) else [value]:
            if item is None:
                continue
            inner = elements(item, prefix) if isinstance(item, Mapping) else str(item)
            found.append(f"<{prefix}:{name}>{inner}</{prefix}:{name}>")
    return "".join(found)


def message(
    kind: str, body: Mapping[str, object], release: str = "3.2", header: Mapping[str, object] | None = None
) -> bytes:
    """A message with its root, a valid header (``header`` changes or adds elements) and a body."""
    major, minor = release.split(".")
    root = f"http://www.istandaarden.nl/ijw/{major}_{minor}/{kind.lower()}/schema"
    values = {"BerichtCode": CODES[kind], "BerichtVersie": major, "BerichtSubversie": minor}
    sides = ("0384", "94999001") if kind in FROM_MUNICIPALITY else ("94999001", "0384")
    if kind not in ("JW303", "JW304"):
        values |= {
            "Afzender": sides[0],
            "Ontvanger": sides[1],
            "BerichtIdentificatie": {"Identificatie": "ID1", "Dagtekening": "2026-02-05"},
        }
    values |= header or {}
    text = f'<?xml version="1.0" encoding="UTF-8"?>\r\n<m:Bericht xmlns:m="{root}">'
    return (text + elements({"Header": values} | body) + "</m:Bericht>\r\n").encode()


def line(reference: str = "P1", amount: int = 100, **changes: object) -> dict[str, object]:
    """A Prestatie of a JW323."""
    return {
        "ProductReferentie": {"ReferentieNummer": reference, "VorigReferentieNummer": changes.pop("previous", None)},
        "ToewijzingNummer": "500001",
        "ProductCategorie": "54",
        "ProductCode": "54002",
        "ProductPeriode": {"Begindatum": "2026-01-01", "Einddatum": "2026-01-31"},
        "GeleverdVolume": "300",
        "Eenheid": "01",
        "ProductTarief": "165",
        "IngediendBedrag": {"Bedrag": amount, "DebetCredit": changes.pop("side", "D")},
    } | changes


def jw323(
    clients: Mapping[str, list[dict[str, object]]] | None = None, total: object = 100, **settings: object
) -> bytes:
    """A declaration: per BSN its lines."""
    clients = {"999900006": [line()]} if clients is None else clients
    declaration = {
        "DeclaratieNummer": "D1",
        "TotaalIngediendBedrag": {"TotaalBedrag": total, "DebetCredit": "D"},
        "Clienten": {"Client": [{"Bsn": bsn, "Prestaties": {"Prestatie": rows}} for bsn, rows in clients.items()]},
    }
    return message("JW323", {"Declaratie": declaration}, **settings)  # type: ignore[arg-type]


def person(bsn: str = "999900006", **more: object) -> dict[str, object]:
    """A client as far as it is read, and one name that never is."""
    return {
        "Bsn": bsn,
        "Geboortedatum": {"Datum": "2012-03-01", "DatumGebruik": "1"},
        "Geslacht": "2",
        "Naam": {"Geslachtsnaam": {"Achternaam": "Geheimnaam"}},
    } | more
