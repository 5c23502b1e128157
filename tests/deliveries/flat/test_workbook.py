"""Workbooks: typed cells, headers in odd places, several sheets, and what makes a sheet or a workbook unreadable."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from datetime import date, time
from pathlib import Path

import pytest
import xlsxwriter

from pipelines.deliveries.flat import read_flat, sheet_part
from pipelines.deliveries.flat import workbook as workbook_module
from pipelines.deliveries.model import RawDelivery, RefusedPart
from tests.deliveries.flat.exports import (
    ALLOCATION,
    ANSWER,
    DECLARATION,
    column,
    part_of,
    read_one,
    refusal_of,
    workbook_bytes,
)

HEADER = list(DECLARATION)
TYPED = [988, 94999001, "R1", 12345672, 1001, 54002, date(2019, 3, 1), date(2019, 3, 31), 1234.56]
TEXT = list(DECLARATION.values())


def _rewritten(source: bytes, change: Callable[[str, bytes], bytes], extra: dict[str, bytes] | None = None) -> bytes:
    """The same workbook with its parts changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(source)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    return file.getvalue()


def _formula_workbook(formula: str, value: object) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.write_row(1, 0, [*TEXT[:-1], 0])
    sheet.write_formula(1, len(HEADER) - 1, formula, None, value)
    book.close()
    return file.getvalue()


@pytest.mark.parametrize("is_on_disk", [False, True])
@pytest.mark.parametrize("is_1904", [False, True])
def test_typed_cells_keep_their_types(is_1904: bool, is_on_disk: bool, tmp_path: Path) -> None:
    source = workbook_bytes({"Blad1": [HEADER, TYPED]}, date_1904=is_1904)
    (tmp_path / "export").write_bytes(source)
    lines = read_one(tmp_path / "export" if is_on_disk else source).tables["declaration_lines"]
    assert lines.select(
        "row_number",
        "municipality_code",
        "provider_agb",
        "bsn",
        "allocation_number",
        "period_from",
        "period_to",
        "amount",
    ).row(0) == (1, "0988", "94999001", "012345672", "1001", "2019-03-01", "2019-03-31", "123456")


def test_numbers_and_texts_in_one_column_are_each_read_as_they_are() -> None:
    rows = [[*TEXT[:-1], amount] for amount in (1234.5, "1.234,50", -2, 1.005, 0.1 + 0.2)]
    lines = read_one(workbook_bytes({"Blad1": [HEADER, *rows]})).tables["declaration_lines"]
    assert lines.select("amount", "debit_credit").rows() == [
        ("123450", "D"),
        ("123450", "D"),
        ("200", "C"),
        ("1.005", "D"),
        ("30", "D"),
    ]


def test_text_that_looks_like_a_number_still_has_two_readings() -> None:
    rows = [[*TEXT[:-1], amount] for amount in (1234.5, "1.234")]
    assert refusal_of(workbook_bytes({"Blad1": [HEADER, *rows]})).reason == "two_readings"


def test_dates_and_texts_in_one_column_are_each_read_as_they_are() -> None:
    rows = [[*TEXT[:6], begin, *TEXT[7:]] for begin in (date(2019, 3, 1), "02-03-2019", 43525, "30-02-2019")]
    lines = read_one(workbook_bytes({"Blad1": [HEADER, *rows]}))
    assert column(lines, "period_from") == ["2019-03-01", "2019-03-02", "43525", "30-02-2019"]


def test_time_of_day_is_read() -> None:
    header = [*ALLOCATION, "toewijzingstijd"]
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, header)
    sheet.write_row(1, 0, list(ALLOCATION.values()))
    sheet.write_datetime(1, len(header) - 1, time(9, 5), book.add_format({"num_format": "hh:mm"}))
    book.close()
    assert column(read_one(file.getvalue()), "allocated_at", "allocations") == ["09:05:00"]


def test_header_below_titles_and_right_of_empty_columns_is_found() -> None:
    rows = [
        [],
        [None, None, "Declaraties 2019"],
        [],
        [None, None, *HEADER],
        [None, None, *TYPED],
        [],
        [None, None, *TYPED],
    ]
    delivery = read_one(workbook_bytes({"Blad1": rows}))
    assert delivery.row_count == 2
    assert column(delivery, "row_number") == [1, 3]
    assert column(delivery, "amount") == ["123456", "123456"]


def test_merged_title_above_the_header_is_no_matter() -> None:
    assert read_one(_merged_workbook(title_row=0, header_row=1)).row_count == 1


@pytest.mark.parametrize("title_row", [None, 0])
def test_merged_header_is_refused(title_row: int | None) -> None:
    header_row = 0 if title_row is None else 1
    refusal = refusal_of(_merged_workbook(title_row, header_row, merges_header=True))
    assert refusal.reason == "merged_header"
    assert f"row {header_row + 1}" in refusal.message


def test_merged_cell_beside_a_whole_header_is_refused() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, HEADER)
    sheet.merge_range(0, len(HEADER), 0, len(HEADER) + 1, "opmerkingen")
    sheet.write_row(1, 0, TYPED[:6])
    book.close()
    assert refusal_of(file.getvalue()).reason == "merged_header"


def _merged_workbook(title_row: int | None, header_row: int, merges_header: bool = False) -> bytes:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    if title_row is not None:
        sheet.merge_range(title_row, 0, title_row, 4, "Declaraties")
    sheet.write_row(header_row, 0, HEADER)
    if merges_header:
        sheet.merge_range(header_row, 7, header_row, 8, "einddatum")
    sheet.write_row(header_row + 1, 0, TEXT)
    book.close()
    return file.getvalue()


def test_formula_with_its_result_is_that_result() -> None:
    assert column(read_one(_formula_workbook("=2*3.25", 6.5)), "amount") == ["650"]


def test_formula_without_its_result_is_refused() -> None:
    refusal = refusal_of(_formula_workbook("=2*3.25", ""))
    assert refusal.reason == "formula_without_value"
    assert "bedrag" in refusal.message
    assert "Row 2" in refusal.message


def test_error_value_is_refused() -> None:
    assert refusal_of(_formula_workbook("=1/0", "#DIV/0!")).reason == "error_value"


def test_formula_in_another_column_is_no_matter() -> None:
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, [*HEADER, "controle"])
    sheet.write_row(1, 0, TEXT)
    sheet.write_formula(1, len(HEADER), "=1/0", None, "")
    book.close()
    assert read_one(file.getvalue()).row_count == 1


def test_each_sheet_is_its_own_delivery_and_a_bad_one_stops_no_other() -> None:
    source = workbook_bytes(
        {
            "Declaraties": [HEADER, TYPED],
            "Leeg": [],
            "Toelichting": [["Wat is dit?"]],
            "Toewijzingen": [list(ALLOCATION), list(ALLOCATION.values())],
            "Enquête": [list(ANSWER), list(ANSWER.values())],
        }
    )
    part = part_of(source, "map/boek.xlsx")
    found = read_flat(part)
    taken = [item for item in found if isinstance(item, RawDelivery)]
    refused = [item for item in found if isinstance(item, RefusedPart)]
    assert [(item.header.kind, item.sheet) for item in taken] == [
        ("declaraties", "Declaraties"),
        ("toewijzingen", "Toewijzingen"),
        ("ervaringen", "Enquête"),
    ]
    assert [(item.file_name, item.refusal.reason) for item in refused] == [
        ("map/boek.xlsx#Leeg", "empty_sheet"),
        ("map/boek.xlsx#Toelichting", "unknown_kind"),
    ]
    assert refused[0].sha256 == sheet_part(part, "Leeg").sha256
    assert len({part.sha256, refused[0].sha256, refused[1].sha256}) == 3


def test_only_sheet_has_no_name_of_its_own() -> None:
    assert read_one(workbook_bytes({"Blad1": [HEADER, TYPED]})).sheet is None


@pytest.mark.parametrize("rows", [[], [[None]]])
def test_empty_sheet_is_refused(rows: list[list[object]]) -> None:
    assert refusal_of(workbook_bytes({"Blad1": rows})).reason == "empty_sheet"


def test_sheet_without_required_columns_names_them() -> None:
    refusal = refusal_of(workbook_bytes({"Blad1": [["Export"], HEADER[:-1], TYPED[:-1]]}))
    assert (refusal.reason, "bedrag" in refusal.message) == ("unknown_kind", True)


def test_references_may_be_left_out_of_cells() -> None:
    def unreferenced(name: str, data: bytes) -> bytes:
        if not name.startswith("xl/worksheets/"):
            return data
        letters = [chr(ord("A") + place) for place in range(len(HEADER))]
        for reference in (f"{letter}{row}" for row in (1, 2) for letter in letters):
            data = data.replace(f' r="{reference}"'.encode(), b"")
        return data

    source = _rewritten(workbook_bytes({"Blad1": [HEADER, TYPED]}), unreferenced)
    assert column(read_one(source), "amount") == ["123456"]


def test_damaged_workbooks_are_refused() -> None:
    source = workbook_bytes({"Blad1": [HEADER, TYPED]})
    assert refusal_of(source[: len(source) // 2]).reason == "not_well_formed"
    assert refusal_of(b"PK\x03\x04" + bytes(100)).reason == "not_well_formed"
    for part in ("xl/workbook.xml", "xl/worksheets/sheet1.xml"):
        cut = _rewritten(source, lambda name, data, part=part: data[: len(data) // 2] if name == part else data)
        assert refusal_of(cut).reason == "not_well_formed", part


def test_workbook_that_is_a_bomb_is_refused() -> None:
    source = workbook_bytes({"Blad1": [HEADER, TYPED]})
    bomb = _rewritten(source, lambda _, data: data, {"xl/media/image.png": bytes(64 * 2**20)})
    assert refusal_of(bomb).reason == "zip_bomb"


def test_workbook_that_is_larger_than_it_says_is_refused() -> None:
    source = workbook_bytes({"Blad1": [HEADER, TYPED]})
    with zipfile.ZipFile(io.BytesIO(source)) as archive:
        size = archive.getinfo("xl/worksheets/sheet1.xml").file_size
    lying = source.replace(size.to_bytes(4, "little"), (size // 2).to_bytes(4, "little"))
    assert lying != source
    assert refusal_of(lying).reason == "not_well_formed"


def test_workbook_beyond_the_bound_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook_module, "_MAX_UNPACKED_BYTES", 1_000)
    assert refusal_of(workbook_bytes({"Blad1": [HEADER, TYPED]})).reason == "too_large"


def test_document_type_in_a_workbook_is_refused() -> None:
    def declared(name: str, data: bytes) -> bytes:
        return (
            data.replace(b"<workbook", b'<!DOCTYPE w [<!ENTITY a "b">]><workbook', 1)
            if name == "xl/workbook.xml"
            else data
        )

    assert refusal_of(_rewritten(workbook_bytes({"Blad1": [HEADER]}), declared)).reason == "entity_declarations"


def test_binary_workbook_and_other_zips_are_of_unknown_kind() -> None:
    source = workbook_bytes({"Blad1": [HEADER]})
    assert refusal_of(_rewritten(source, lambda _, data: data, {"xl/workbook.bin": b""})).reason == "unknown_kind"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("lees.mij", "tekst")
    assert refusal_of(file.getvalue()).reason == "not_well_formed"
