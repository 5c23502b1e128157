"""What each message and release gives, beyond the worked example."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipelines.deliveries import RawDelivery, Refused, read_part
from tests.deliveries.xml_messages import jw323, line, message, part_of, person

PRODUCT = {"Categorie": "54", "Code": "54002"}
START = {"ToewijzingNummer": "1", "Product": PRODUCT, "Begindatum": "2019-05-01", "StatusAanlevering": "1"}
PERSON = {"bsn": "999900006", "birth_date": "2012-03-01", "birth_date_use": "1", "sex": "2"}
SIDES = {"municipality_code": "0384", "provider_agb": "94999001"}
INVOICE = {
    "Gemeente": "0384",
    "Aanbieder": "94999001",
    "DeclaratieFactuurIdentificatie": {
        "DeclaratiePeriode": {"Begindatum": "2019-03-01", "Einddatum": "2019-03-31"},
        "DeclarantFactuurNummer": "F1",
        "FactuurDagtekening": "2019-04-02",
    },
    "DeclaratieFactuurBedragen": {"DeclaratieFactuurTotaalBedrag": {"TotaalBedrag": "500", "DebetCredit": "C"}},
}


def _read(data: bytes) -> RawDelivery:
    (delivery,) = read_part(part_of(data))
    return delivery


def _invoice_line(reference: str, **more: object) -> dict[str, object]:
    return {
        "BeschikkingNummer": "9",
        "ProductCategorie": "54",
        "ProductCode": "54002",
        "ProductPeriode": {"Begindatum": "2019-02-15", "Einddatum": "2019-03-14"},
        "IngediendeBedragPrestatie": {
            "GeleverdVolume": "10",
            "Eenheid": "04",
            "ProductTarief": "60",
            "BerekendBedrag": {"Bedrag": "600", "DebetCredit": "C"},
            "BtwBedrag": {"Bedrag": "7", "DebetCredit": "D"},
            "DeclaratieFactuurBedrag": {"Bedrag": "500", "DebetCredit": "C"},
        },
        "ProductReferentie": {"ReferentieNummer": reference, "VorigReferentieNummer": "R0"},
        "Commentaar": "geheim",
    } | more


def test_invoice_of_release_2_3_gives_lines_with_the_invoiced_amount() -> None:
    client = person() | {"Prestaties": {"Prestatie": [_invoice_line("R1")]}}
    delivery = _read(message("JW303", {"Clienten": {"Client": [client]}}, "2.3", INVOICE))
    header = delivery.header
    assert (header.sender, header.identification, header.dated_on) == ("94999001", "F1", date(2019, 4, 2))
    assert (header.message_code, header.submitted_cents, header.release) == ("432", -500, "2.3")
    assert delivery.tables["declaration_lines"].to_dicts() == [
        SIDES
        | {
            "row_number": 1,
            "message_identification": "F1",
            "declaration_number": "F1",
            "line_reference": "R1",
            "previous_reference": "R0",
            "bsn": "999900006",
            "allocation_number": None,
            "product_category": "54",
            "product_code": "54002",
            "period_from": "2019-02-15",
            "period_to": "2019-03-14",
            "volume": "10",
            "unit_code": "04",
            "tariff_cents": "60",
            "amount": "500",
            "debit_credit": "C",
        }
    ]


def test_answer_of_release_2_3_gives_what_each_line_was_granted() -> None:
    granted = {"ToegekendeBedragPrestatie": {"ToegekendBedrag": {"Bedrag": "200", "DebetCredit": "C"}}}
    client = person() | {
        "Prestaties": {
            "Prestatie": [_invoice_line("R1") | granted | {"RetourCodes": {"RetourCode": ["0551", "1112"]}}]
        },
        "RetourCodes": {"RetourCode": ["0200"]},
    }
    header = INVOICE | {
        "RetourHeader": {"GemeenteReferentieNummer": "G1", "RetourDagtekening": "2019-04-20"},
        "RetourBedragen": {
            "IngediendTotaalBedrag": {"TotaalBedrag": "500", "DebetCredit": "C"},
            "ToegekendTotaalBedrag": {"TotaalBedrag": "200", "DebetCredit": "C"},
        },
        "RetourCodes": {"RetourCode": ["0200"]},
    }
    delivery = _read(message("JW304", {"Clienten": {"Client": [client]}}, "2.3", header))
    # The day of the answer counts; the provider's invoice number is unique for that provider only.
    assert (delivery.header.sender, delivery.header.dated_on) == ("94999001", date(2019, 4, 20))
    answered = {"answered_identification": "F1", "declaration_number": "F1"}
    assert delivery.tables["decisions"].to_dicts() == [
        SIDES
        | answered
        | {
            "row_number": 0,
            "answered_on": "2019-04-02",
            "submitted_cents": "-500",
            "granted_cents": "-200",
            "has_body": "true",
            "return_codes": "0200",
        }
    ]
    assert delivery.tables["decision_lines"].to_dicts() == [
        SIDES
        | answered
        | {
            "row_number": 1,
            "line_reference": "R1",
            "previous_reference": "R0",
            "bsn": "999900006",
            "allocation_number": None,
            "submitted_amount": "500",
            "submitted_debit_credit": "C",
            "granted_amount": "200",
            "granted_debit_credit": "C",
            "return_codes": "0551 1112",
        }
    ]


def test_allocation_of_release_2_3_is_read_below_its_formal_decision() -> None:
    products = [
        {"ToewijzingNummer": "7", "ReferentieAanbieder": "V1", "Product": PRODUCT, "Toewijzingsdatum": "2019-01-02",
         "Toewijzingstijd": "10:00:00", "Ingangsdatum": "2019-01-03", "Einddatum": "2019-12-31",
         "Omvang": {"Volume": "3", "Eenheid": "81", "Frequentie": "3"}},
        {"Product": {"Categorie": "45"}, "Ingangsdatum": "2019-02-03"},
    ]  # fmt: skip
    decision = {
        "BeschikkingNummer": "5",
        "Ingangsdatum": "2018-01-01",
        "ToegewezenProducten": {"ToegewezenProduct": products},
    }
    delivery = _read(message("JW301", {"Client": person() | {"Beschikking": decision}}, "2.3"))
    rows = delivery.tables["allocations"].to_dicts()
    assert delivery.header.sender == "0384"
    assert rows[0] == SIDES | PERSON | {
        "row_number": 1, "allocation_number": "7", "request_reference": "V1", "product_category": "54",
        "product_code": "54002", "allocated_on": "2019-01-02", "allocated_at": "10:00:00", "starts_on": "2019-01-03",
        "ends_on": "2019-12-31", "change_reason": None, "volume": "3", "unit_code": "81", "frequency_code": "3",
    }  # fmt: skip
    assert (rows[1]["row_number"], rows[1]["starts_on"], rows[1]["bsn"]) == (2, "2019-02-03", "999900006")
    assert {rows[1][name] for name in ("allocation_number", "product_code", "allocated_on", "volume")} == {None}


def test_request_of_release_2_3_gives_the_referrer_by_name() -> None:
    product = {
        "ReferentieAanbieder": "V1",
        "Product": PRODUCT,
        "ToewijzingIngangsdatum": "2019-01-02",
        "Verwijzer": {"Type": "02", "Naam": "Praktijk De Linde &amp; Co"},
    }
    delivery = _read(
        message("JW315", {"Client": person() | {"AangevraagdeProducten": {"AangevraagdProduct": product}}}, "2.3")
    )
    (row,) = delivery.tables["referral_requests"].to_dicts()
    assert (row["referrer_type"], row["referrer_name"], row["referrer_agb"]) == ("02", "Praktijk De Linde & Co", None)
    assert row["requested_until"] is None


@pytest.mark.parametrize(("of_client", "statuses"), [("1", ["1", "3"]), ("3", ["3", "3"])])
def test_client_that_is_removed_in_2_3_removes_its_products(of_client: str, statuses: list[str]) -> None:
    products = [START, START | {"ToewijzingNummer": "2", "StatusAanlevering": "3"}]
    client = person() | {"StatusAanlevering": of_client, "StartProducten": {"StartProduct": products}}
    events = _read(message("JW305", {"Client": client}, "2.3")).tables["care_events"]
    assert events["delivery_status"].to_list() == statuses
    assert events["allocation_number"].to_list() == ["1", "2"]


def test_stop_of_release_2_3_gives_the_reason() -> None:
    product = START | {"RedenBeeindiging": "20", "Einddatum": "2019-06-01"}
    client = person() | {"StatusAanlevering": "1", "StopProducten": {"StopProduct": product}}
    (row,) = _read(message("JW307", {"Client": client}, "2.3")).tables["care_events"].to_dicts()
    assert (row["event"], row["ends_on"], row["end_reason"], row["begins_on"]) == (
        "stop",
        "2019-06-01",
        "20",
        "2019-05-01",
    )


def test_lines_of_many_clients_keep_their_own_client_and_document_order() -> None:
    lines = {"999900006": [line("A"), line("B")], "": [line("C")], "999900018": [line("D")]}
    frame = _read(jw323(lines)).tables["declaration_lines"]
    assert frame["line_reference"].to_list() == ["A", "B", "C", "D"]
    assert frame["bsn"].to_list() == ["999900006", "999900006", None, "999900018"]
    assert frame["row_number"].to_list() == [1, 2, 3, 4]
    assert frame.schema["row_number"] == pl.Int32


def test_client_without_a_bsn_never_gets_its_neighbours() -> None:
    data = jw323({"999900006": [line("A")], "999900018": [line("B")]})
    data = data.replace(b"<m:Bsn>999900006</m:Bsn>", b"")
    frame = _read(data).tables["declaration_lines"]
    assert frame["bsn"].to_list() == [None, "999900018"]


def test_one_client_message_with_two_clients_keeps_them_apart() -> None:
    clients = [person(bsn) | {"StartProducten": {"StartProduct": START}} for bsn in ("999900006", "999900018")]
    events = _read(message("JW305", {"Client": clients})).tables["care_events"]
    assert events["bsn"].to_list() == ["999900006", "999900018"]


def test_answer_with_a_header_only_has_no_body() -> None:
    header = {
        "DeclaratieIdentificatie": {"Identificatie": "DEC1", "Dagtekening": "2026-02-05"},
        "RetourCodes": {"RetourCode": "0001"},
    }
    delivery = _read(message("JW325", {}, header=header))
    (row,) = delivery.tables["decisions"].to_dicts()
    assert (row["has_body"], row["answered_identification"], row["return_codes"]) == ("false", "DEC1", "0001")
    assert (row["submitted_cents"], row["granted_cents"], row["declaration_number"]) == (None, None, None)
    assert (delivery.row_count, delivery.header.submitted_cents) == (0, None)


def test_line_of_a_rejected_client_shows_the_clients_code() -> None:
    listed = line("P1") | {"RetourCodes": {"RetourCode": "0233"}}
    clients = [
        {"Bsn": "999900006", "Prestaties": {"Prestatie": [listed]}, "RetourCodes": {"RetourCode": ["8187"]}},
        {"Bsn": "999900018", "Prestaties": {"Prestatie": [line("P2")]}, "RetourCodes": {"RetourCode": ["0200"]}},
    ]
    total = {"TotaalBedrag": "200", "DebetCredit": "D"}
    nothing = {"TotaalBedrag": "0", "DebetCredit": "D"}
    body = {"DeclaratieNummer": "D1", "TotaalIngediendBedrag": total, "TotaalToegekendBedrag": nothing}
    delivery = _read(message("JW325", {"DeclaratieAntwoord": body | {"Clienten": {"Client": clients}}}))
    lines = delivery.tables["decision_lines"]
    assert lines["return_codes"].to_list() == ["0233 8187", ""]
    assert lines["bsn"].to_list() == ["999900006", "999900018"]
    assert lines["granted_amount"].to_list() == ["0", "0"]


def test_name_address_and_remark_are_in_no_frame() -> None:
    client = person(Commentaar="geheim") | {"StartProducten": {"StartProduct": START}}
    data = message("JW305", {"Client": client})
    assert b"Geheimnaam" in data
    delivery = _read(data)
    text = str([frame.to_dicts() for frame in delivery.tables.values()]).lower()
    assert "geheim" not in text


def test_declaration_without_lines_gives_an_empty_frame() -> None:
    delivery = _read(jw323({}, 0))
    assert (delivery.row_count, delivery.tables["declaration_lines"].height) == (0, 0)
    assert "amount" in delivery.tables["declaration_lines"].columns


def test_list_of_lines_twice_in_an_answer_is_refused() -> None:
    prestaties = {"Prestatie": [line("P1") | {"RetourCodes": {"RetourCode": "0611"}}]}
    client = {"Bsn": "999900006", "Prestaties": [prestaties, prestaties]}
    with pytest.raises(Refused) as refused:
        _read(message("JW325", {"DeclaratieAntwoord": {"DeclaratieNummer": "D1", "Clienten": {"Client": client}}}))
    assert refused.value.reason == "unexpected_structure"
