"""Random damage: a flat export is read or refused, whatever its bytes, and its rows are all accounted for."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.deliveries.flat import read_flat
from pipelines.deliveries.model import Refused, RefusedPart
from tests.deliveries.flat.exports import ALLOCATION, DECLARATION, csv_bytes, part_of, workbook_bytes

_CSV = csv_bytes([{**DECLARATION, "oordeel": "open"}, {**DECLARATION, "oordeel": '"afgekeurd"'}])
_WORKBOOK = workbook_bytes({"A": [list(DECLARATION), list(DECLARATION.values())], "B": [list(ALLOCATION)]})
_PIECES = st.one_of(
    st.binary(max_size=6),
    st.sampled_from([b'"', b";", b"\r\n", b"\r", b"\xef\xbb\xbf", b"\xe9", "é".encode(), b"\0", b",", b"-", b"1.234"]),
)
_DAMAGE = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 12), _PIECES), max_size=4)


def _damaged(source: bytes, damage: list[tuple[float, int, bytes]]) -> bytes:
    for share, removed, piece in damage:
        place = int(share * len(source))
        source = source[:place] + piece + source[place + removed :]
    return source


def _check(source: bytes) -> None:
    try:
        found = read_flat(part_of(source))
    except Refused as refusal:
        found = [RefusedPart("export", None, "", datetime.now(UTC), refusal)]
    for delivery in found:
        if isinstance(delivery, RefusedPart):
            assert DECLARATION["bsn"] not in str(delivery.refusal)
            continue
        first = next(iter(delivery.tables.values()))
        assert first["row_number"].n_unique() == delivery.row_count
        assert all(set(frame["row_number"]) <= set(first["row_number"]) for frame in delivery.tables.values())


@settings(max_examples=50, deadline=None)
@given(_DAMAGE)
def test_damaged_csv_is_read_or_refused(damage: list[tuple[float, int, bytes]]) -> None:
    _check(_damaged(_CSV, damage))


@settings(max_examples=40, deadline=None)
@given(_DAMAGE)
def test_damaged_workbook_is_read_or_refused(damage: list[tuple[float, int, bytes]]) -> None:
    _check(_damaged(_WORKBOOK, damage))
