"""The writers: valid against the official schemas, and in the form of the wire."""

from __future__ import annotations

import base64
import dataclasses

import pytest
from lxml import etree

from demo.messages import Answer, AnsweredLine, envelope, kind, to_xml
from tests.demo import samples, xsd

RELEASES = ["2.1", "2.3", "2.4", "3.0", "3.1", "3.2"]


@pytest.mark.parametrize("release", RELEASES)
def test_each_kind_of_message_is_valid_against_the_official_schema(release: str) -> None:
    xsd.require_schemas()
    found = {kind(m): xsd.violations(to_xml(m), kind(m), release) for m in samples.samples(release)}
    expected = {"JW301", "JW305", "JW307", "JW315"} | ({"JW303", "JW304"} if release < "3" else {"JW323", "JW325"})
    assert found.keys() == expected
    assert not any(found.values()), found


def test_a_message_with_a_wrong_element_is_not_valid() -> None:
    xsd.require_schemas()
    broken = to_xml(samples.declaration("3.2")).replace(b"DeclaratieNummer>", b"Declaratienummer>")
    assert xsd.violations(broken, "JW323", "3.2")


@pytest.mark.parametrize("release", ["2.3", "3.2"])
def test_a_message_on_the_wire_has_crlf_tabs_and_no_bom(release: str) -> None:
    for message in samples.samples(release):
        xml = to_xml(message)
        assert xml.startswith(b'<?xml version="1.0" encoding="UTF-8"?>\r\n<')
        assert xml.count(b"\n") == xml.count(b"\r\n")
        assert b"\r\n\t<" in xml
        assert all(element.text or len(element) for element in etree.fromstring(xml).iter())


@pytest.mark.parametrize("release", RELEASES)
def test_the_namespace_agrees_with_the_header(release: str) -> None:
    for message in samples.samples(release):
        root = etree.fromstring(to_xml(message))
        name = etree.QName(root)
        release_part = release.replace(".", "_")
        assert name.namespace == f"http://www.istandaarden.nl/ijw/{release_part}/{kind(message).lower()}/schema"
        versions = [root.findtext(f".//{{*}}{tag}") for tag in ("BerichtVersie", "BerichtSubversie")]
        assert ".".join(versions) == release


@pytest.mark.parametrize(
    ("release", "tag"), [("2.3", "DeclaratieFactuurTotaalBedrag"), ("3.2", "TotaalIngediendBedrag")]
)
def test_the_header_total_of_a_declaration_is_the_signed_sum_of_its_lines(release: str, tag: str) -> None:
    root = etree.fromstring(to_xml(samples.declaration(release)))
    assert root.findtext(f".//{{*}}{tag}/{{*}}TotaalBedrag") == str(49500 + 16500 - 33000)


def test_a_net_negative_declaration_is_a_credit_and_zero_is_a_debit() -> None:
    credit = samples.line("P3", is_credit=True, previous_reference="P0")
    negative = dataclasses.replace(samples.declaration("3.2"), lines=(credit,))
    zero = dataclasses.replace(negative, lines=(credit, samples.line("P4")))
    signs = [
        etree.fromstring(to_xml(m)).findtext(".//{*}TotaalIngediendBedrag/{*}DebetCredit") for m in (negative, zero)
    ]
    assert signs == ["C", "D"]


def test_a_stated_total_replaces_the_sum() -> None:
    wrong = dataclasses.replace(samples.declaration("3.2"), stated_cents=1)
    assert etree.fromstring(to_xml(wrong)).findtext(".//{*}TotaalIngediendBedrag/{*}TotaalBedrag") == "1"


def test_an_answer_grants_what_its_listed_lines_do_not_lose() -> None:
    billed = samples.declaration("2.3")
    answer = Answer(samples.header("2.3", "A1"), billed, (AnsweredLine(billed.lines[0], granted_cents=40000),))
    assert answer.granted_cents == billed.submitted_cents - 9500
    root = etree.fromstring(to_xml(answer))
    assert root.findtext(".//{*}ToegekendTotaalBedrag/{*}TotaalBedrag") == str(billed.submitted_cents - 9500)
    assert root.findtext(".//{*}ToegekendBedrag/{*}Bedrag") == "40000"


def test_a_declaration_without_lines_is_refused_because_it_would_be_empty() -> None:
    empty = dataclasses.replace(samples.declaration("3.2"), lines=())
    with pytest.raises(ValueError, match="empty element"):
        to_xml(empty)


def test_the_envelope_holds_the_message_in_base64() -> None:
    xml = to_xml(samples.declaration("3.2"))
    root = etree.fromstring(envelope(xml, function="JW323"))
    assert base64.b64decode(root.findtext(".//{*}xmlBestand")) == xml
    assert etree.QName(root).localname == "envelopHeenbericht-ggk_Di01"
