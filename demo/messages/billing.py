"""Messages about money: JW303 and JW304 (2.3), JW323 and JW325 (3.2)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from demo.messages import parts
from demo.messages.elements import Element, branch, leaf
from demo.messages.facts import Answer, AnsweredLine, Client, Declaration, Line


def declaration(message: Declaration) -> Element:
    """JW323 in 3.x, JW303 in 2.x."""
    return _jw303(message) if message.header.is_second_generation else _jw323(message)


def answer(message: Answer) -> Element:
    """JW325 in 3.x, JW304 in 2.x."""
    return _jw304(message) if message.header.is_second_generation else _jw325(message)


def _jw303(message: Declaration) -> Element:
    p = "jw303"
    return branch(
        f"{p}:Bericht",
        branch(
            f"{p}:Header",
            *_header_2(p, message, message.header.message_code or "432"),
            branch(
                f"{p}:DeclaratieFactuurBedragen",
                parts.total("ijw:DeclaratieFactuurTotaalBedrag", message.submitted_cents),
            ),
        ),
        branch(
            f"{p}:Clienten",
            *(
                branch(
                    f"{p}:Client",
                    *parts.person(p, client),
                    branch(f"{p}:Prestaties", *(_line_2(p, line) for line in lines)),
                )
                for client, lines in _by_client(message.lines)
            ),
        ),
    )


def _jw304(message: Answer) -> Element:
    p = "jw304"
    codes = message.header_codes or _outcome(message, rejected_whole="0030")
    return branch(
        f"{p}:Bericht",
        branch(
            f"{p}:Header",
            *_header_2(p, message.declaration, message.header.message_code or "433"),
            branch(
                f"{p}:RetourHeader",
                leaf("ijw:GemeenteReferentieNummer", message.header.identification),
                leaf("ijw:RetourDagtekening", message.header.dated_on),
            ),
            branch(
                f"{p}:RetourBedragen",
                parts.total("ijw:IngediendTotaalBedrag", message.declaration.submitted_cents),
                parts.total("ijw:ToegekendTotaalBedrag", message.granted_cents),
            ),
            parts.return_codes(p, codes),
        ),
        _listed_clients(p, message.listed, is_second=True),
    )


def _header_2(p: str, message: Declaration, code: str) -> tuple[Element | None, ...]:
    header = message.header
    return (
        leaf(f"{p}:BerichtCode", code),
        *parts.versions(p, header, code)[1:],
        leaf(f"{p}:Gemeente", header.municipality_code),
        leaf(f"{p}:Aanbieder", header.provider_agb),
        leaf(f"{p}:BetalingAanID", "02"),
        branch(
            f"{p}:DeclaratieFactuurIdentificatie",
            parts.closed_period("ijw:DeclaratiePeriode", message.period_from, message.period_to),
            leaf("ijw:DeclarantFactuurNummer", header.identification),
            leaf("ijw:FactuurDagtekening", header.dated_on),
            leaf("ijw:ValutaCode", "EUR"),
        ),
    )


def _line_2(p: str, line: Line, *answered: Element | None) -> Element:
    sign = "C" if line.is_credit else "D"
    return branch(
        f"{p}:Prestatie",
        leaf(f"{p}:ToewijzingNummer", line.allocation_number),
        leaf(f"{p}:ProductCategorie", line.product.category),
        leaf(f"{p}:ProductCode", line.product.code),
        parts.closed_period(f"{p}:ProductPeriode", line.period_from, line.period_to),
        branch(
            f"{p}:IngediendeBedragPrestatie",
            leaf("ijw:GeleverdVolume", line.volume),
            leaf("ijw:Eenheid", line.unit),
            leaf("ijw:ProductTarief", line.tariff_cents),
            parts.amount("ijw:BerekendBedrag", line.amount_cents, sign),
            leaf("ijw:BtwVrijstellingIndicatie", "1"),
            parts.amount("ijw:DeclaratieFactuurBedrag", line.amount_cents, sign),
        ),
        _reference(p, line),
        *answered,
    )


def _jw323(message: Declaration) -> Element:
    p = "jw323"
    return branch(
        f"{p}:Bericht",
        branch(f"{p}:Header", *parts.common_header(p, message.header, "490", sent_by_municipality=False)),
        branch(
            f"{p}:Declaratie",
            leaf(f"{p}:DeclaratieNummer", message.number),
            parts.closed_period(f"{p}:DeclaratiePeriode", message.period_from, message.period_to),
            leaf(f"{p}:DeclaratieDagtekening", message.header.dated_on),
            parts.total(f"{p}:TotaalIngediendBedrag", message.submitted_cents),
            branch(
                f"{p}:Clienten",
                *(
                    branch(
                        f"{p}:Client",
                        leaf(f"{p}:Bsn", client.bsn),
                        branch(f"{p}:Prestaties", *(_line_3(p, line) for line in lines)),
                    )
                    for client, lines in _by_client(message.lines)
                ),
            ),
        ),
    )


def _jw325(message: Answer) -> Element:
    p = "jw325"
    body = branch(
        f"{p}:DeclaratieAntwoord",
        leaf(f"{p}:DeclaratieNummer", message.declaration.number),
        parts.total(f"{p}:TotaalIngediendBedrag", message.declaration.submitted_cents),
        parts.total(f"{p}:TotaalToegekendBedrag", message.granted_cents),
        _listed_clients(p, message.listed, is_second=False),
        parts.return_codes(p, message.body_codes or _outcome(message, rejected_whole="9333")),
    )
    return branch(
        f"{p}:Bericht",
        branch(
            f"{p}:Header",
            *parts.common_header(p, message.header, "491", sent_by_municipality=True),
            parts.identification(f"{p}:DeclaratieIdentificatie", message.declaration.header),
            parts.xsd_version(f"{p}:XsdVersieDeclaratie"),
            parts.return_codes(p, message.header_codes or (("0200",) if message.has_body else ("0001",))),
        ),
        body if message.has_body else None,
    )


def _outcome(message: Answer, *, rejected_whole: str) -> tuple[str]:
    """Return code of the whole declaration (IV087): lines are listed, it is refused whole, or it is granted in full."""
    if message.listed:
        return ("0200",)
    return (rejected_whole,) if message.granted_cents != message.declaration.submitted_cents else ("8001",)


def _line_3(p: str, line: Line, *answered: Element | None) -> Element:
    return branch(
        f"{p}:Prestatie",
        _reference(p, line),
        leaf(f"{p}:ToewijzingNummer", line.allocation_number),
        leaf(f"{p}:ProductCategorie", line.product.category),
        leaf(f"{p}:ProductCode", line.product.code),
        parts.closed_period(f"{p}:ProductPeriode", line.period_from, line.period_to),
        leaf(f"{p}:GeleverdVolume", line.volume),
        leaf(f"{p}:Eenheid", line.unit),
        leaf(f"{p}:ProductTarief", line.tariff_cents),
        parts.amount(f"{p}:IngediendBedrag", line.amount_cents, "C" if line.is_credit else "D"),
        *answered,
    )


def _listed_clients(p: str, listed: Sequence[AnsweredLine], *, is_second: bool) -> Element | None:
    if not listed:
        return None
    by_reference = {answered.line.reference: answered for answered in listed}
    return branch(
        f"{p}:Clienten",
        *(
            branch(
                f"{p}:Client",
                *(parts.person(p, client) if is_second else (leaf(f"{p}:Bsn", client.bsn),)),
                branch(
                    f"{p}:Prestaties",
                    *(_answered(p, by_reference[line.reference], is_second=is_second) for line in lines),
                ),
                parts.return_codes(p, ("0200",)),
            )
            for client, lines in _by_client([answered.line for answered in listed])
        ),
    )


def _answered(p: str, answered: AnsweredLine, *, is_second: bool) -> Element:
    codes = parts.return_codes(p, answered.return_codes)
    if not is_second:
        return _line_3(p, answered.line, codes)
    # CS325: nothing granted is a debit of 0
    sign = parts.debit_credit(answered.granted_signed_cents)
    granted = branch(
        f"{p}:ToegekendeBedragPrestatie",
        parts.amount("ijw:GemeenteBerekendBedrag", answered.granted_cents, sign),
        parts.amount("ijw:ToegekendBedrag", answered.granted_cents, sign),
    )
    return _line_2(p, answered.line, granted, codes)


def _reference(p: str, line: Line) -> Element:
    return branch(
        f"{p}:ProductReferentie",
        leaf("ijw:ReferentieNummer", line.reference),
        leaf("ijw:VorigReferentieNummer", line.previous_reference),
    )


def _by_client(lines: Iterable[Line]) -> list[tuple[Client, list[Line]]]:
    ordered = sorted(lines, key=lambda line: line.client.bsn)
    return [(group[0].client, group) for group in (list(g) for _, g in groupby(ordered, key=lambda x: x.client.bsn))]
