"""Containers: what is in them comes out, what is dangerous or damaged is refused, and the rest goes on."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import stat
import tempfile
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.deliveries import Limits, Part, Refused, RefusedPart, read_part, unpack
from tests.deliveries.xml_messages import jw323, message

MESSAGE = jw323()
ANSWER = message("JW325", {})
ENVELOPE = (
    '<G:envelop{kind} xmlns:S="http://www.egem.nl/StUF/StUF0301" xmlns:G="http://www.stufstandaarden.nl/koppelvlak/ggk0210">'
    "<G:stuurgegevens><S:functie>JW323</S:functie></G:stuurgegevens><G:parameters><G:bericht>{payloads}</G:bericht>"
    "</G:parameters></G:envelop{kind}>"
)


def _zip(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return memory.getvalue()


def _envelope(*messages: bytes, kind: str = "Heenbericht-ggk_Di01") -> bytes:
    encoded = (base64.encodebytes(data).decode() for data in messages)
    payloads = "".join(f"<G:xmlBestand>{text}</G:xmlBestand>" for text in encoded)
    return ENVELOPE.format(kind=kind, payloads=payloads).encode()


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    (tmp_path / "inbox" / "sub").mkdir(parents=True)
    return tmp_path / "inbox"


def _unpack(inbox: Path, data: bytes, limits: Limits | None = None) -> list[Part | RefusedPart]:
    file = inbox / "sub" / "delivery"
    file.write_bytes(data)
    return list(unpack(file, inbox, limits or Limits(), inbox.parent / "scratch"))


def _named(found: list[Part | RefusedPart]) -> list[tuple[str, str | None, str]]:
    return [
        (part.file_name, part.container, part.refusal.reason if isinstance(part, RefusedPart) else "read")
        for part in found
    ]


def _bytes(part: Part | RefusedPart) -> bytes:
    assert isinstance(part, Part)
    return part.source if isinstance(part.source, bytes) else part.source.read_bytes()


def test_file_that_is_no_container_is_itself(inbox: Path) -> None:
    (part,) = _unpack(inbox, MESSAGE)
    file = inbox / "sub" / "delivery"
    assert isinstance(part, Part)
    assert (part.file_name, part.container, _bytes(part)) == ("sub/delivery", None, MESSAGE)
    assert part.sha256 == hashlib.sha256(MESSAGE).hexdigest()
    assert part.modified_at == datetime.fromtimestamp(file.stat().st_mtime, tz=UTC)


def test_large_file_stays_where_it_is(inbox: Path) -> None:
    (part,) = _unpack(inbox, MESSAGE, Limits(in_memory_bytes=10))
    assert isinstance(part, Part)
    assert part.source == inbox / "sub" / "delivery"
    assert part.sha256 == hashlib.sha256(MESSAGE).hexdigest()


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_zip_gives_each_member_with_its_own_name(inbox: Path, method: int) -> None:
    found = _unpack(inbox, _zip({"b/two.xml": ANSWER, "one.xml": MESSAGE, "b/": b"", "__MACOSX/x": b"y"}, method))
    assert _named(found) == [("b/two.xml", "sub/delivery", "read"), ("one.xml", "sub/delivery", "read")]
    assert [_bytes(part) for part in found] == [ANSWER, MESSAGE]
    assert [part.sha256 for part in found] == [hashlib.sha256(data).hexdigest() for data in (ANSWER, MESSAGE)]


def test_gzip_gives_its_one_file(inbox: Path) -> None:
    file = inbox / "a.xml.gz"
    file.write_bytes(gzip.compress(MESSAGE))
    (part,) = unpack(file, inbox, Limits(), inbox.parent / "scratch")
    assert (part.file_name, part.container, _bytes(part)) == ("a.xml", "a.xml.gz", MESSAGE)


@pytest.mark.parametrize("kind", ["Heenbericht-ggk_Di01", "Retourbericht-ggk_Du01"])
def test_envelope_gives_its_message(inbox: Path, kind: str) -> None:
    found = _unpack(inbox, _envelope(MESSAGE, kind=kind))
    assert _named(found) == [("delivery", "sub/delivery", "read")]
    assert _bytes(found[0]) == MESSAGE
    assert isinstance(found[0], Part)
    assert read_part(found[0])[0].row_count == 1


def test_envelope_with_two_messages_gives_both(inbox: Path) -> None:
    found = _unpack(inbox, _envelope(MESSAGE, ANSWER))
    assert [part.file_name for part in found] == ["delivery", "delivery#2"]
    assert [_bytes(part) for part in found] == [MESSAGE, ANSWER]


def test_containers_two_deep_are_opened_and_three_deep_refused(inbox: Path) -> None:
    packed = _zip({"in.zip": _zip({"deep.xml": _envelope(MESSAGE), "flat.xml": MESSAGE}), "env.xml": _envelope(ANSWER)})
    assert _named(_unpack(inbox, packed)) == [
        ("deep.xml", "sub/delivery/in.zip", "nested_too_deep"),
        ("flat.xml", "sub/delivery/in.zip", "read"),
        ("env.xml", "sub/delivery/env.xml", "read"),
    ]


def test_member_larger_than_memory_goes_to_a_private_folder(inbox: Path) -> None:
    (part,) = _unpack(inbox, _zip({"a.xml": MESSAGE}), Limits(in_memory_bytes=10))
    assert isinstance(part, Part)
    assert isinstance(part.source, Path)
    scratch = inbox.parent / "scratch"
    assert part.source.parent == scratch
    assert stat.S_IMODE(scratch.stat().st_mode) == 0o700
    assert stat.S_IMODE(part.source.stat().st_mode) == 0o600
    assert _bytes(part) == MESSAGE


@pytest.mark.parametrize(
    ("limits", "reason"),
    [
        (Limits(max_bytes=2_000_000, max_ratio=10_000, in_memory_bytes=1000), "too_large"),
        (Limits(max_total_bytes=5_000_000, max_ratio=10_000, in_memory_bytes=1000), "zip_bomb"),
        (Limits(max_ratio=50, ratio_floor_bytes=1_000_000, in_memory_bytes=1000), "zip_bomb"),
    ],
)
@pytest.mark.parametrize("pack", ["zip", "gzip"])
def test_bomb_is_refused_and_leaves_nothing_behind(inbox: Path, limits: Limits, reason: str, pack: str) -> None:
    zeros = bytes(20_000_000)
    data = gzip.compress(zeros) if pack == "gzip" else _zip({"a.xml": zeros})
    (refused,) = _unpack(inbox, data, limits)
    assert isinstance(refused, RefusedPart)
    assert refused.refusal.reason == reason
    scratch = inbox.parent / "scratch"
    assert not scratch.exists() or not list(scratch.iterdir())


def test_zip_that_hides_its_size_is_refused_while_it_is_unpacked(inbox: Path) -> None:
    data = bytearray(_zip({"a.xml": bytes(20_000_000)}))
    entry = data.rindex(b"PK\x01\x02")
    data[entry + 24 : entry + 28] = (1000).to_bytes(4, "little")
    (refused,) = _unpack(inbox, bytes(data), Limits(max_ratio=50, ratio_floor_bytes=1_000_000))
    assert isinstance(refused, RefusedPart)


def test_zip_with_too_many_members_is_refused_as_a_whole(inbox: Path) -> None:
    packed = _zip({f"{i}.xml": MESSAGE for i in range(11)})
    assert _named(_unpack(inbox, packed, Limits(max_members=10))) == [("sub/delivery", None, "zip_bomb")]


def test_members_of_nested_containers_count_together(inbox: Path) -> None:
    inner = _zip({f"{i}.xml": MESSAGE for i in range(4)})
    found = _unpack(inbox, _zip({"a.zip": inner, "b.zip": inner}), Limits(max_members=8))
    assert [reason for _, _, reason in _named(found)] == ["read"] * 4 + ["read"] * 2 + ["zip_bomb"]


@pytest.mark.parametrize("name", ["../out.xml", "/etc/out.xml", "a/../../out.xml", "..\\out.xml", "C:\\out.xml"])
def test_path_that_climbs_out_is_refused_and_the_rest_goes_on(inbox: Path, name: str) -> None:
    found = _unpack(inbox, _zip({name: MESSAGE, "good.xml": MESSAGE}))
    assert [reason for _, _, reason in _named(found)] == ["unsafe_path", "read"]
    assert not list(inbox.parent.rglob("out.xml"))


def test_link_in_a_zip_is_refused(inbox: Path) -> None:
    memory = io.BytesIO()
    with zipfile.ZipFile(memory, "w") as archive:
        link = zipfile.ZipInfo("link.xml")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert [reason for _, _, reason in _named(_unpack(inbox, memory.getvalue()))] == ["unsafe_path"]


def test_encrypted_member_is_refused_and_the_rest_goes_on(inbox: Path) -> None:
    data = bytearray(_zip({"secret.xml": MESSAGE, "good.xml": ANSWER}))
    data[6] |= 1
    data[data.index(b"PK\x01\x02") + 8] |= 1
    found = _unpack(inbox, bytes(data))
    assert [reason for _, _, reason in _named(found)] == ["encrypted", "read"]


def test_damaged_member_is_refused_and_the_rest_goes_on(inbox: Path) -> None:
    data = bytearray(_zip({"bad.xml": MESSAGE, "good.xml": ANSWER}, zipfile.ZIP_STORED))
    data[60] ^= 0xFF
    found = _unpack(inbox, bytes(data))
    assert _named(found) == [("bad.xml", "sub/delivery", "damaged_archive"), ("good.xml", "sub/delivery", "read")]
    assert found[0].sha256 == _unpack(inbox, bytes(data))[0].sha256 != hashlib.sha256(bytes(data)).hexdigest()


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (_zip({"a.xml": MESSAGE})[:-30], "damaged_archive"),
        (gzip.compress(MESSAGE)[:-20], "damaged_archive"),
        (gzip.compress(MESSAGE)[:15] + b"xx" + gzip.compress(MESSAGE)[17:], "damaged_archive"),
        (gzip.compress(MESSAGE) + b"more", "damaged_archive"),
        (_zip({}), "empty_container"),
        (_zip({"__MACOSX/a": b"x"}), "empty_container"),
        (_zip({"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"}), "unknown_kind"),
        (_zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}), "unknown_kind"),
        (_envelope(), "empty_container"),
        (_envelope(b""), "empty_container"),
        (_envelope(MESSAGE)[:-10], "not_well_formed"),
        (_envelope(MESSAGE).replace(b"<G:xmlBestand>", b"<G:xmlBestand>!"), "bad_base64"),
        (_envelope(MESSAGE).replace(b"\n</G:xmlBestand>", b"A</G:xmlBestand>"), "bad_base64"),
        (_envelope(b"ab").replace(b"\n</G:xmlBestand>", b"QUJD</G:xmlBestand>"), "bad_base64"),
        (_envelope(b"ab").replace(b"\n</G:xmlBestand>", b"\nQUJD</G:xmlBestand>"), "bad_base64"),
    ],
)
def test_container_that_cannot_be_opened_is_refused(inbox: Path, data: bytes, reason: str) -> None:
    assert _named(_unpack(inbox, data)) == [("sub/delivery", None, reason)]


def test_workbook_is_a_file_and_no_container(inbox: Path) -> None:
    (part,) = _unpack(inbox, _zip({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"}))
    assert (part.file_name, part.container) == ("sub/delivery", None)
    assert isinstance(part, Part)


def test_workbook_that_is_a_bomb_is_refused(inbox: Path) -> None:
    data = _zip({"[Content_Types].xml": b"<x/>", "xl/worksheets/sheet1.xml": bytes(20_000_000)})
    found = _unpack(inbox, data, Limits(max_ratio=50, ratio_floor_bytes=1_000_000))
    assert _named(found) == [("sub/delivery", None, "zip_bomb")]


def test_file_larger_than_the_limit_is_refused_with_its_own_digest(inbox: Path) -> None:
    (refused,) = _unpack(inbox, MESSAGE, Limits(max_bytes=100))
    assert isinstance(refused, RefusedPart)
    assert (refused.refusal.reason, refused.sha256) == ("too_large", hashlib.sha256(MESSAGE).hexdigest())


def test_text_that_is_no_xml_goes_on_to_reading(inbox: Path) -> None:
    for data in (b"a;b\r\n1;2\r\n", b"", b"<not xml", b"\x00\x01"):
        assert _named(_unpack(inbox, data)) == [("sub/delivery", None, "read")]


def test_unpacking_writes_nothing_in_the_inbox(inbox: Path) -> None:
    _unpack(inbox, _zip({"a.xml": MESSAGE, "b.gz": gzip.compress(MESSAGE)}), Limits(in_memory_bytes=10))
    assert [path for path in inbox.rglob("*") if path.is_file()] == [inbox / "sub" / "delivery"]


PACKED = _zip({"a.xml": _envelope(MESSAGE), "b.gz": gzip.compress(MESSAGE)})


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(PACKED) - 1), st.integers(0, 40), st.binary(max_size=4))
def test_random_damage_to_a_container_gives_parts_or_refusals(position: int, cut: int, put: bytes) -> None:
    data = PACKED[:position] + put + PACKED[position + cut :]
    with tempfile.TemporaryDirectory() as folder:
        inbox = Path(folder, "inbox")
        (inbox / "sub").mkdir(parents=True)
        outcomes = [_outcome(part) for part in _unpack(inbox, data)]
    assert outcomes
    assert set(outcomes) <= {"read", "refused"}


def _outcome(part: Part | RefusedPart) -> str:
    if isinstance(part, RefusedPart):
        return "refused"
    try:
        read_part(part)
    except Refused:
        return "refused"
    return "read"
