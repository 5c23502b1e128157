"""Elements that several messages share. Children of a data type (CDT) carry the prefix of the base schema, ``ijw``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from demo.messages.elements import Element, branch, leaf
from demo.messages.facts import Client, MessageHeader, Product, Quantity

XSD_VERSION = "1.0.0"


def debit_credit(signed_cents: int) -> str:
    """``C`` for a negative amount; zero is ``D`` (CS325)."""
    return "C" if signed_cents < 0 else "D"


def amount(name: str, cents: int, sign: str) -> Element:
    """CDT_BedragMetDC."""
    return branch(name, leaf("ijw:Bedrag", cents), leaf("ijw:DebetCredit", sign))


def total(name: str, signed_cents: int) -> Element:
    """CDT_TotaalBedragMetDC."""
    return branch(
        name, leaf("ijw:TotaalBedrag", abs(signed_cents)), leaf("ijw:DebetCredit", debit_credit(signed_cents))
    )


def closed_period(name: str, first: date, last: date) -> Element:
    """CDT_GeslotenPeriode, both days included."""
    return branch(name, leaf("ijw:Begindatum", first), leaf("ijw:Einddatum", last))


def product(name: str, value: Product | None) -> Element | None:
    """CDT_Product."""
    if value is None:
        return None
    return branch(name, leaf("ijw:Categorie", value.category), leaf("ijw:Code", value.code))


def quantity(name: str, value: Quantity | None) -> Element | None:
    """CDT_Omvang."""
    if value is None:
        return None
    return branch(
        name,
        leaf("ijw:Volume", value.volume),
        leaf("ijw:Eenheid", value.unit),
        leaf("ijw:Frequentie", value.frequency),
    )


def return_codes(prefix: str, codes: Iterable[str]) -> Element:
    """The class RetourCodes."""
    return branch(f"{prefix}:RetourCodes", *(leaf(f"{prefix}:RetourCode", code) for code in codes))


def xsd_version(name: str) -> Element:
    """CDT_XsdVersie."""
    return branch(name, leaf("ijw:BasisschemaXsdVersie", XSD_VERSION), leaf("ijw:BerichtXsdVersie", XSD_VERSION))


def identification(name: str, header: MessageHeader) -> Element:
    """CDT_BerichtIdentificatie."""
    return branch(name, leaf("ijw:Identificatie", header.identification), leaf("ijw:Dagtekening", header.dated_on))


def common_header(
    prefix: str, header: MessageHeader, code: str, sent_by_municipality: bool
) -> tuple[Element | None, ...]:
    """The header's elements of every message but JW303 and JW304; XsdVersie exists from 3.0 on."""
    parties = (header.municipality_code, header.provider_agb)
    sender, receiver = parties if sent_by_municipality else parties[::-1]
    return (
        *versions(prefix, header, code),
        leaf(f"{prefix}:Afzender", sender),
        leaf(f"{prefix}:Ontvanger", receiver),
        identification(f"{prefix}:BerichtIdentificatie", header),
        None if header.is_second_generation else xsd_version(f"{prefix}:XsdVersie"),
    )


def versions(prefix: str, header: MessageHeader, code: str) -> tuple[Element | None, ...]:
    """BerichtCode, BerichtVersie, BerichtSubversie: the first three elements of every header."""
    return (
        leaf(f"{prefix}:BerichtCode", header.message_code or code),
        leaf(f"{prefix}:BerichtVersie", header.version),
        leaf(f"{prefix}:BerichtSubversie", header.subversion),
    )


def person(prefix: str, client: Client, with_name_use: bool = False) -> tuple[Element | None, ...]:
    """Bsn, Geboortedatum, Geslacht and Naam; NaamGebruik belongs to CDT_VolledigeNaam of JW301 only."""
    return (
        leaf(f"{prefix}:Bsn", client.bsn),
        branch(
            f"{prefix}:Geboortedatum",
            leaf("ijw:Datum", client.birth_date),
            leaf("ijw:DatumGebruik", client.birth_date_use),
        ),
        leaf(f"{prefix}:Geslacht", client.sex),
        branch(
            f"{prefix}:Naam",
            branch("ijw:Geslachtsnaam", leaf("ijw:Achternaam", client.name)),
            leaf("ijw:Voorletters", client.initials),
            leaf("ijw:NaamGebruik", "1") if with_name_use else None,
        ),
    )
