"""Every message that the demo can write is read, in every release."""

from __future__ import annotations

import pytest

from demo.messages import to_xml
from pipelines.deliveries import read_part
from tests.deliveries.xml_messages import part_of
from tests.demo.samples import samples

RELEASES = ["2.1", "2.2", "2.3", "2.4", "3.0", "3.1", "3.2"]


@pytest.mark.parametrize("release", RELEASES)
def test_written_message_is_read_with_its_release_and_rows(release: str) -> None:
    deliveries = [read_part(part_of(to_xml(message)))[0] for message in samples(release)]
    declaration, answer = ("JW303", "JW304") if release[0] == "2" else ("JW323", "JW325")
    found = [(delivery.header.kind, delivery.row_count) for delivery in deliveries]
    one_client = [("JW315", 1), ("JW301", 1), ("JW305", 1), ("JW307", 1)]
    answers = [(answer, 0), (answer, 2), (answer, 0), (answer, 0)][: 3 if release[0] == "2" else 4]
    assert found == [*one_client, (declaration, 3), *answers]
    assert {delivery.header.release for delivery in deliveries} == {release}


@pytest.mark.parametrize("release", RELEASES)
def test_written_declaration_adds_up_to_its_total(release: str) -> None:
    (delivery,) = read_part(part_of(to_xml(samples(release)[4])))
    lines = delivery.tables["declaration_lines"]
    sides = {"D": 1, "C": -1}
    pairs = zip(lines["amount"], lines["debit_credit"], strict=True)
    assert sum(sides[side] * int(amount) for amount, side in pairs) == delivery.header.submitted_cents == 33000
    assert dict(zip(lines["line_reference"], lines["previous_reference"], strict=True)) == {
        "P1": None,
        "P2": None,
        "P3": "P0",
    }
