"""Headers: each element that identifies a message is checked against its kind and release."""

from __future__ import annotations

import pytest

from pipelines.deliveries import Refused, read_part
from pipelines.deliveries.ijw.header import signed_cents
from tests.deliveries.xml_messages import jw323, message, part_of, person

NO_STARTS = {"Client": person() | {"StartProducten": {}}}


def _header(data: bytes) -> object:
    return read_part(part_of(data))[0].header


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ({"BerichtCode": "491"}, "code_mismatch"),
        ({"BerichtCode": None}, "code_mismatch"),
        ({"BerichtCode": "323"}, "code_mismatch"),
        ({"BerichtVersie": "2"}, "release_mismatch"),
        ({"BerichtSubversie": "1"}, "release_mismatch"),
        ({"BerichtSubversie": None}, "release_mismatch"),
        ({"BerichtSubversie": "x"}, "release_mismatch"),
        ({"Afzender": "0384", "Ontvanger": "94999001"}, "invalid_header"),
        ({"Afzender": "9499900"}, "invalid_header"),
        ({"Afzender": None}, "invalid_header"),
        ({"Ontvanger": "384"}, "invalid_header"),
        ({"BerichtIdentificatie": {"Dagtekening": "2026-02-05"}}, "invalid_header"),
        ({"BerichtIdentificatie": {"Identificatie": " ", "Dagtekening": "2026-02-05"}}, "invalid_header"),
        ({"BerichtIdentificatie": {"Identificatie": "ID1", "Dagtekening": "2026-02-30"}}, "invalid_header"),
        ({"BerichtIdentificatie": {"Identificatie": "ID1", "Dagtekening": "05-02-2026"}}, "invalid_header"),
    ],
)
def test_header_that_does_not_fit_the_message_is_refused(header: dict[str, object], reason: str) -> None:
    with pytest.raises(Refused) as refused:
        read_part(part_of(jw323(header=header)))
    assert refused.value.reason == reason
    assert "9499900" not in str(refused.value)


@pytest.mark.parametrize("total", ["-100", "1,00", "12345678901234", "", "x"])
def test_declaration_without_a_total_in_cents_is_refused(total: str) -> None:
    with pytest.raises(Refused) as refused:
        read_part(part_of(jw323(total=total)))
    assert refused.value.reason == "invalid_header"


def test_message_with_two_headers_is_refused() -> None:
    data = message("JW305", NO_STARTS)
    header = data[data.index(b"<m:Header>") : data.index(b"</m:Header>") + len(b"</m:Header>")]
    with pytest.raises(Refused) as refused:
        read_part(part_of(data.replace(header, header + header)))
    assert refused.value.reason == "unexpected_structure"


@pytest.mark.parametrize("release", ["3.0", "3.1", "3.2"])
def test_release_without_its_own_schema_is_read_when_header_and_namespace_agree(release: str) -> None:
    (delivery,) = read_part(part_of(jw323(release=release)))
    assert (delivery.header.release, delivery.row_count) == (release, 1)


@pytest.mark.parametrize(
    ("total", "side", "cents"),
    [
        ("100", "D", 100),
        ("100", "C", -100),
        ("+00100", "D", 100),
        ("0", "D", 0),
        ("-100", "D", None),
        ("1.00", "D", None),
        ("100", "X", None),
        (None, "D", None),
        ("100", None, None),
        ("1000000000000", "D", None),
    ],
)
def test_total_with_its_side_gives_signed_cents(total: str | None, side: str | None, cents: int | None) -> None:
    assert signed_cents(total, side) == cents
