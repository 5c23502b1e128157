"""Files are recognised by their first bytes."""

from __future__ import annotations

import pytest

from pipelines.deliveries import Refused, read_part
from pipelines.deliveries.recognise import FlatFile, Message, recognise
from tests.deliveries.xml_messages import jw323, message, part_of

NAMESPACE = "http://www.istandaarden.nl/ijw/{}/{}/schema"


def _root(namespace: str, name: str = "Bericht", before: str = "") -> bytes:
    return f'{before}<x:{name} xmlns:x="{namespace}"/>'.encode()


@pytest.mark.parametrize("release", ["2.1", "2.2", "2.3", "2.4", "3.0", "3.1", "3.2"])
def test_namespace_of_a_known_release_gives_kind_and_release(release: str) -> None:
    found = recognise(_root(NAMESPACE.format(release.replace(".", "_"), "jw301")))
    assert isinstance(found, Message)
    assert (found.kind.name, found.release) == ("JW301", release)


@pytest.mark.parametrize(
    "head",
    [
        b"\xef\xbb\xbf" + jw323(),
        b"<!-- made by hand -->\n" + jw323().partition(b"\r\n")[2],
        jw323().replace(b"<m:", b"<other:").replace(b"</m:", b"</other:").replace(b"xmlns:m", b"xmlns:other"),
        jw323().replace(b"<m:", b"<").replace(b"</m:", b"</").replace(b"xmlns:m", b"xmlns"),
    ],
    ids=["byte order mark", "comment before the root", "other prefix", "default namespace"],
)
def test_message_in_another_dress_is_recognised(head: bytes) -> None:
    found = recognise(head)
    assert isinstance(found, Message)
    assert found.kind.name == "JW323"
    (delivery,) = read_part(part_of(head))
    assert delivery.row_count == 1


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \r\n ", "empty"),
        (_root("http://www.istandaarden.nl/iwmo/3_2/wmo323/schema"), "wmo_traffic"),
        (_root("http://www.istandaarden.nl/iwmo/2_1/wmo303/schema/2_1"), "wmo_traffic"),
        (_root(NAMESPACE.format("3_3", "jw323")), "unknown_release"),
        (_root(NAMESPACE.format("2_3", "jw323")), "unknown_release"),
        (_root(NAMESPACE.format("3_2", "jw303")), "unknown_release"),
        (_root(NAMESPACE.format("3_2", "jw321")), "unknown_kind"),
        (_root(NAMESPACE.format("3_2", "jw323"), "Antwoord"), "unknown_kind"),
        (_root("http://example.org"), "unknown_kind"),
        (b"<html><body>Inloggen</body></html>", "unknown_kind"),
        (b"%PDF-1.7 and so on", "unknown_kind"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unknown_kind"),
        (jw323().decode().encode("utf-16"), "unknown_encoding"),
        (jw323().replace(b"UTF-8", b"ISO-8859-1"), "unknown_encoding"),
        (jw323().replace(b"UTF-8", b"windows-1252"), "unknown_encoding"),
        (b"<m:Bericht>", "not_well_formed"),
        (b"<a b='1' b='2'/>", "not_well_formed"),
        (b"<!-- nothing else -->", "not_well_formed"),
        (b"<a " + b" " * 70_000 + b"/>", "too_large"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "entity_declarations"),
        (b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><x/>', "entity_declarations"),
    ],
)
def test_file_that_is_no_delivery_is_refused_with_its_reason(data: bytes, reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read_part(part_of(data))
    assert refused.value.reason == reason


@pytest.mark.parametrize("data", [b"gemeentecode;bsn\r\n", b"PK\x03\x04 and so on"])
def test_text_or_workbook_is_handed_over_as_flat(data: bytes) -> None:
    assert isinstance(recognise(data), FlatFile)


@pytest.mark.parametrize("kind", ["JW302", "JW317", "JW319"])
def test_message_that_is_not_needed_is_registered_with_its_header(kind: str) -> None:
    (delivery,) = read_part(part_of(message(kind, {"Client": {"Bsn": "999900006"}})))
    header = delivery.header
    assert (header.kind, header.is_needed, delivery.row_count, delivery.tables) == (kind, False, 0, {})
    assert (header.municipality_code, header.provider_agb) == ("0384", "94999001")
    assert (header.identification, str(header.dated_on)) == ("ID1", "2026-02-05")


@pytest.mark.parametrize(
    "data",
    [
        message("JW302", {})[:-20],
        message("JW302", {}).replace(b"0384", b"?").replace(b"2026-02-05", b"2026-02-30"),
        message("JW302", {}).replace(b"</m:BerichtCode>", b"</m:Other>"),
        message("JW302", {}, header={"BerichtCode": "999"}),
    ],
    ids=["cut off", "odd values", "not well-formed", "code of nothing"],
)
def test_message_that_is_not_needed_is_never_an_error(data: bytes) -> None:
    (delivery,) = read_part(part_of(data))
    assert (delivery.header.kind, delivery.header.is_needed) == ("JW302", False)
