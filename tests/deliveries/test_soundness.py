"""A message that is not sound is refused, small or large, and what is odd but allowed is read right."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.deliveries import Limits, RawDelivery, Refused, is_batched, read_batches, read_part
from tests.deliveries.xml_messages import jw323, line, message, part_of, person

SOUND = jw323({"999900006": [line("P1"), line("P2", 50)], "999900018": [line("P3", 25)]}, 175)
BATCHED = Limits(large_bytes=0)
VALUES = ("999900", "54002", "2026-01", "49500", ">")

DAMAGE = {
    "other end tag": (b"</m:Eenheid>", b"</m:Eenheit>"),
    "end tag of another prefix": (b"</m:Eenheid>", b"</n:Eenheid>"),
    "text after the root": (b"</m:Bericht>", b"</m:Bericht>more"),
    "element after the root": (b"</m:Bericht>", b"</m:Bericht><m:Bericht/>"),
    "second root": (b"</m:Bericht>", b"</m:Bericht>" + SOUND.partition(b"\r\n")[2]),
    "root without an end": (b"</m:Bericht>", b""),
    "root that only seems to end": (b"</m:Bericht>", b"<m:Bericht></m:Bericht>"),
    "cut off in a tag": (b"IngediendBedrag></m:Prestatie></m:Prestaties></m:Client></m:Clienten>", b"Ingediend"),
    "bytes that are not UTF-8": (b">P1<", b">P\xe9<"),
    "bytes that are not UTF-8, not read": (b">D1<", b">D\xff<"),
    "entity that nobody declared": (b">P1<", b">&naam;<"),
    "entity that nobody declared, not read": (b"<m:Clienten>", b"<m:Clienten>&naam;"),
    "ampersand": (b">P1<", b">P & 1<"),
    "attribute twice": (b"<m:Client>", b'<m:Client a="1" a="2">'),
    "attribute without quotes": (b"<m:Client>", b"<m:Client a=1>"),
    "control character": (b">P1<", b">P\x01<"),
    "control character, not read": (b"<m:Clienten>", b"<m:Clienten>\x1f"),
    "vertical tab": (b">P1<", b">P\x0b1<"),
    "character reference to nothing": (b">P1<", b">&#0;<"),
    "end of CDATA in text": (b">P1<", b">P]]>1<"),
    "comment with two dashes": (b">P1<", b">P<!-- a -- b -->1<"),
    "second XML declaration": (b"<m:Clienten>", b'<m:Clienten><?xml version="1.0"?>'),
    "declaration without an attribute": (b"<m:Clienten>", b"<m:Clienten><?xml a?>"),
    "prefix that nobody declared": (b"<m:Client>", b"<m:Client><!-- look twice --><q:X/>"),
}


def _damaged(old: bytes, new: bytes) -> bytes:
    data = SOUND.replace(old, new, 1)
    assert data != SOUND
    return data


def _read_batched(data: bytes | Path) -> list[RawDelivery]:
    return list(read_batches(part_of(data), BATCHED))


@pytest.mark.parametrize(("old", "new"), DAMAGE.values(), ids=DAMAGE.keys())
def test_message_that_is_not_well_formed_is_refused(old: bytes, new: bytes, tmp_path: Path) -> None:
    data = _damaged(old, new)
    file = tmp_path / "a.xml"
    file.write_bytes(data)
    for read in (lambda: read_part(part_of(data)), lambda: _read_batched(data), lambda: _read_batched(file)):
        with pytest.raises(Refused) as refused:
            read()
        assert refused.value.reason == "not_well_formed"
        assert not any(value in str(refused.value) for value in VALUES)
        assert refused.value.__cause__ is None


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b">P1<", b">P\x001<", "nul_bytes"),
        (b"<m:Clienten>", b"<m:Clienten>\xef\xbb\xbf", "stray_bom"),
        (b"<m:Clienten>", b'<m:Clienten><!DOCTYPE a [<!ENTITY b "c">]>', "not_well_formed"),
        (b">P1<", b">" + b"P" * 1_100_000 + b"<", "too_large"),
        (b"<m:Client>", b'<m:Client a="' + b"x" * 1_100_000 + b'">', "too_large"),
        (b"</m:Eenheid>", b"</m:Eenheid><m:Eenheid>04</m:Eenheid>", "unexpected_structure"),
        (b"<m:Clienten>", b"<m:Clienten><m:Client/></m:Clienten><m:Clienten>", "unexpected_structure"),
    ],
)
def test_message_with_what_no_message_may_have_is_refused(old: bytes, new: bytes, reason: str) -> None:
    data = _damaged(old, new)
    for read in (lambda: read_part(part_of(data)), lambda: _read_batched(data)):
        with pytest.raises(Refused) as refused:
            read()
        assert refused.value.reason == reason
        assert not any(value in str(refused.value) for value in VALUES)


def test_each_control_character_that_xml_forbids_is_refused_and_each_other_is_read() -> None:
    outcomes = {
        code: _outcome(_damaged(b"<m:Clienten>", b"<m:Clienten>" + bytes([code])), Limits()) for code in range(1, 128)
    }

    # XML 1.0, production 2 (Char); the last two begin an entity and a tag.
    forbidden = {*range(1, 9), 11, 12, *range(14, 32), ord("&"), ord("<")}
    assert {code for code, outcome in outcomes.items() if outcome == "not_well_formed"} == forbidden
    assert {outcome for code, outcome in outcomes.items() if code not in forbidden} == {3}


def test_refusal_of_damage_names_line_and_position() -> None:
    data = _damaged(b"<m:Eenheid>01</m:Eenheid>", b"\r\n\r\n<m:Eenheid>01</m:Eenheit>")
    with pytest.raises(Refused, match="Line 4, position"):
        read_part(part_of(data))


def test_file_with_a_comment_as_large_as_memory_is_refused_before_it_is_read_whole(tmp_path: Path) -> None:
    file = tmp_path / "large.xml"
    file.write_bytes(_damaged(b"<m:Clienten>", b"<m:Clienten><!--" + b"<x " * 2_000_000 + b"-->"))
    with pytest.raises(Refused) as refused:
        read_part(part_of(file))
    assert refused.value.reason == "too_large"


@pytest.mark.parametrize(
    ("old", "new", "reference"),
    [
        (b">P1<", b"> P1\r\n\t<", "P1"),
        (b">P1<", b">P<!-- remark -->1<", "P1"),
        (b">P1<", b"><![CDATA[P1]]><", "P1"),
        (b">P1<", b">A &amp; B<", "A & B"),
        (b">P1<", b">&#80;1<", "P1"),
        (b">P1<", ">Pé1<".encode(), "Pé1"),
        (b">P1<", b"><", None),
        (b">P1<", b"> <", None),
        (b">P1<", b"><![CDATA[]]><", None),
        (b"<m:ReferentieNummer>P1</m:ReferentieNummer>", b"<m:ReferentieNummer/>", None),
        (b"<m:Client>", b'<m:Client a="1" b="2">', "P1"),
        (b"</m:Bericht>", b"</m:Bericht><!-- the end --><?really yes?>", "P1"),
        (b"</m:Bericht>", b"</m:Bericht >" + b" \r\n" * 40_000, "P1"),
    ],
)
def test_message_that_is_odd_but_sound_is_read_right(old: bytes, new: bytes, reference: str | None) -> None:
    data = _damaged(old, new)
    whole = read_part(part_of(data))[0].tables["declaration_lines"]
    (batch,) = _read_batched(data)
    assert whole["line_reference"].to_list() == [reference, "P2", "P3"]
    assert whole.equals(batch.tables["declaration_lines"])


def test_only_line_with_an_empty_reference_has_none() -> None:
    data = jw323().replace(b">P1<", b"><![CDATA[]]><")
    assert read_part(part_of(data))[0].tables["declaration_lines"]["line_reference"].to_list() == [None]


def test_name_that_is_never_read_must_still_be_sound() -> None:
    data = message("JW305", {"Client": person() | {"StartProducten": {"StartProduct": []}}})
    assert read_part(part_of(data))[0].row_count == 0
    with pytest.raises(Refused) as refused:
        read_part(part_of(data.replace(b"<m:Achternaam>Geheimnaam", b"<m:Achternaam x>Geheimnaam")))
    assert refused.value.reason == "not_well_formed"
    assert "Geheim" not in str(refused.value)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(SOUND) - 1), st.integers(0, 60), st.binary(max_size=3))
def test_random_damage_is_refused_or_read_and_never_anything_else(position: int, cut: int, put: bytes) -> None:
    data = SOUND[:position] + put + SOUND[position + cut :]
    assert _outcome(data, Limits()) != "leak"
    assert _outcome(data, Limits()) == _outcome(data, BATCHED)


def _outcome(data: bytes, limits: Limits) -> int | str:
    """Rows, or the reason of the refusal; a value of a person in it would be a leak."""
    try:
        part = part_of(data)
        found = read_batches(part, limits) if is_batched(part, limits) else read_part(part, limits)
        return sum(delivery.row_count for delivery in found)
    except Refused as refused:
        return "leak" if "9999000" in str(refused) else refused.reason
