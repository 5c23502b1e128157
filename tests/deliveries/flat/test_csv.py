"""CSV files: from bytes to rows, and every way in which a file as a whole is refused."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.deliveries.flat import csv_text as text_module
from pipelines.deliveries.flat import is_large, read_flat_batches
from pipelines.deliveries.model import Limits, Refused
from tests.deliveries.flat.exports import (
    ALLOCATION,
    ANSWER,
    DECLARATION,
    REGISTRATION,
    column,
    csv_bytes,
    part_of,
    read_one,
    refusal_of,
)

NAMED = {**ALLOCATION, "verwijzer_type": "02", "verwijzer_naam": "Huisarts Müller"}


@pytest.mark.parametrize(
    ("row", "kind", "table"),
    [
        (DECLARATION, "declaraties", "declaration_lines"),
        (ALLOCATION, "toewijzingen", "allocations"),
        (REGISTRATION, "poh_registraties", "poh_registrations"),
        (ANSWER, "ervaringen", "survey_answers"),
    ],
)
def test_columns_decide_the_dataset(row: dict[str, str], kind: str, table: str) -> None:
    delivery = read_one(csv_bytes([row, row]))
    assert delivery.header.kind == kind
    assert delivery.row_count == 2
    assert column(delivery, "row_number", table) == [1, 2]
    assert all(dtype == pl.String for name, dtype in delivery.tables[table].schema.items() if name != "row_number")


def test_headings_in_any_case_with_spaces_and_underscores_are_recognised() -> None:
    row = {heading.replace("_", " ").upper(): value for heading, value in DECLARATION.items()}
    assert read_one(csv_bytes([row])).header.kind == "declaraties"


@pytest.mark.parametrize("separator", [";", ",", "\t"])
def test_any_separator_is_recognised(separator: str) -> None:
    assert column(read_one(csv_bytes([{**DECLARATION, "bedrag": "1.50"}], separator)), "amount") == ["150"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_any_line_end_is_recognised(line_end: str) -> None:
    assert read_one(csv_bytes([DECLARATION, DECLARATION], line_end=line_end)).row_count == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("is_on_disk", [False, True])
def test_any_known_encoding_gives_the_same_names(encoding: str, is_on_disk: bool, tmp_path: Path) -> None:
    source = csv_bytes([NAMED], encoding=encoding)
    if is_on_disk:
        (tmp_path / "export").write_bytes(source)
    delivery = read_one(tmp_path / "export" if is_on_disk else source)
    assert column(delivery, "referrer_name", "referral_requests") == ["Huisarts Müller"]


def test_quoted_values_keep_separators_and_line_ends() -> None:
    source = csv_bytes([{**NAMED, "verwijzer_naam": '"De Linde; \r\n ""Weert"""'}, NAMED])
    names = column(read_one(source), "referrer_name", "referral_requests")
    assert names == ['De Linde; \r\n "Weert"', "Huisarts Müller"]


def test_spaces_around_values_are_no_part_of_them() -> None:
    row = {**DECLARATION, "bsn": " 999900006", "productcode": "54002 ", "toewijzingnummer": "   "}
    lines = read_one(csv_bytes([row])).tables["declaration_lines"]
    assert lines.select("bsn", "product_code", "allocation_number").row(0) == ("999900006", "54002", None)


def test_other_columns_are_not_kept() -> None:
    row = {"achternaam": "Jansen", **DECLARATION, "opmerking": "geheim"}
    frame = read_one(csv_bytes([row])).tables["declaration_lines"]
    assert not frame.select(pl.any_horizontal(pl.all().cast(pl.String).is_in(["Jansen", "geheim"]).any())).item()


def test_free_text_of_a_registration_is_never_read() -> None:
    row = {**REGISTRATION, "reden_afsluiting": "verhuisd met moeder"}
    assert "verhuisd met moeder" not in str(read_one(csv_bytes([row])).tables["poh_registrations"].rows())


def test_lines_above_the_header_are_passed_over() -> None:
    source = b"Export van maart\r\n\r\nsep=;\r\n" + csv_bytes([DECLARATION])
    assert column(read_one(source), "row_number") == [1]


def test_empty_rows_are_no_rows_and_keep_the_count_of_the_others() -> None:
    source = csv_bytes([DECLARATION]) + b"\r\n;;;;;;;;\r\n" + csv_bytes([DECLARATION]).split(b"\r\n")[1]
    delivery = read_one(source)
    assert delivery.row_count == 2
    assert column(delivery, "row_number") == [1, 4]


def test_header_without_rows_is_an_empty_delivery() -> None:
    delivery = read_one(csv_bytes([DECLARATION]).splitlines()[0])
    assert (delivery.row_count, delivery.tables["declaration_lines"].height) == (0, 0)


def test_short_row_ends_in_empty_columns() -> None:
    row = {**DECLARATION, "oordeel": "afgekeurd", "volume": "3"}
    source = csv_bytes([row]) + csv_bytes([DECLARATION]).split(b"\r\n")[1]
    lines = read_one(source).tables["declaration_lines"]
    assert lines["verdict"].to_list() == ["rejected", "approved"]
    assert lines["volume"].to_list() == ["3", None]


@pytest.mark.parametrize("surplus", [b";x", b";", b";;"])
def test_row_with_more_fields_than_the_header_refuses_the_file(surplus: bytes) -> None:
    source = csv_bytes([DECLARATION, DECLARATION]).rstrip() + surplus + b"\r\n"
    refusal = refusal_of(source)
    assert refusal.reason == "ragged_rows"
    assert "Row 2" in refusal.message


def test_decimal_comma_between_commas_refuses_the_file() -> None:
    row = {**DECLARATION, "bedrag": "12,50", "oordeel": ""}
    source = csv_bytes([row], ",").replace(b"12,50,", b"12,50", 1)
    assert refusal_of(csv_bytes([row], ",")).reason == "ragged_rows"
    assert column(read_one(source), "amount") == ["1200"], "the surplus field fills the next column: nothing is ragged"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"", "empty_file"),
        (b" \r\n\r\n", "empty_file"),
        (b"\xef\xbb\xbf", "empty_file"),
        (b"naam;leeftijd\r\nJansen;12\r\n", "unknown_kind"),
        (b'{"bsn": "999900006"}', "unknown_kind"),
        (csv_bytes([DECLARATION]).replace(b"54002", b"54\x0002"), "nul_bytes"),
        (csv_bytes([DECLARATION]) + b"\xef\xbb\xbf" + csv_bytes([DECLARATION]), "stray_bom"),
        (csv_bytes([NAMED]) + csv_bytes([NAMED], encoding="cp1252"), "two_encodings"),
        (csv_bytes([NAMED], encoding="cp1252").replace(b"\xfc", b"\x81"), "unknown_encoding"),
        (csv_bytes([NAMED], encoding="utf-16"), "unknown_encoding"),
        (csv_bytes([{**NAMED, "verwijzer_naam": '"De Linde'}]), "not_well_formed"),
        (csv_bytes([{**DECLARATION, **{f"k{place}": "" for place in range(10_000)}}]), "too_many_columns"),
        (csv_bytes([{**DECLARATION, "BED RAG": "1"}]), "two_readings"),
        (csv_bytes([{**ALLOCATION, **REGISTRATION}]), "two_readings"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "unknown_kind"),
    ],
)
def test_broken_file_is_refused_with_its_reason(source: bytes, reason: str) -> None:
    refusal = refusal_of(source)
    assert refusal.reason == reason
    assert "Jansen" not in refusal.message
    assert "999900006" not in str(refusal)


@pytest.mark.parametrize("is_last", [True, False])
def test_open_quotation_mark_is_named_wherever_it_stands(is_last: bool) -> None:
    rows = [{**NAMED, "verwijzer_naam": '"De Linde'}, *([] if is_last else [NAMED, NAMED])]
    refusal = refusal_of(csv_bytes(rows))
    assert refusal.reason == "not_well_formed"
    assert "quotation mark" in refusal.message


def test_missing_columns_are_named() -> None:
    row = {name: value for name, value in DECLARATION.items() if name not in ("bedrag", "einddatum")}
    refusal = refusal_of(csv_bytes([row]))
    assert refusal.reason == "unknown_kind"
    assert "declaraties" in refusal.message
    assert "einddatum, bedrag" in refusal.message


def test_registration_without_age_and_birth_date_names_the_choice() -> None:
    row = {name: value for name, value in REGISTRATION.items() if name != "leeftijd"}
    assert "geboortedatum or leeftijd" in refusal_of(csv_bytes([row])).message


def test_declarations_with_a_column_of_allocations_are_declarations() -> None:
    assert read_one(csv_bytes([{**DECLARATION, "ingangsdatum": "2019-01-01"}])).header.kind == "declaraties"


def test_line_without_end_is_refused_before_it_fills_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text_module, "_BLOCK_BYTES", 1_000)
    monkeypatch.setattr(text_module, "_MOST_LINE_BYTES", 2_000)
    assert refusal_of(csv_bytes([{**NAMED, "verwijzer_naam": "x" * 4_000}])).reason == "too_large"


@pytest.mark.parametrize("block_bytes", [7, 64, 1_000])
def test_blocks_of_any_size_show_the_same_file(block_bytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    source = csv_bytes([NAMED, NAMED], encoding="cp1252")
    whole = text_module.inspect(source, ";")
    monkeypatch.setattr(text_module, "_BLOCK_BYTES", max(block_bytes, 120))
    assert text_module.inspect(source, ";") == whole


def test_batches_give_the_rows_of_the_whole(tmp_path: Path) -> None:
    rows = [
        {
            **DECLARATION,
            "referentienummer": f"R{place}",
            "bedrag": f"1.{place:03d},50",
            "dagtekening": f"2019-05-{place % 28 + 1:02d}",
        }
        for place in range(100, 150)
    ]
    path = tmp_path / "export.csv"
    path.write_bytes(csv_bytes(rows))
    whole = read_one(path)
    batches = list(read_flat_batches(part_of(path), batch_rows=20))
    assert len(batches) > 1
    assert {batch.header for batch in batches} == {whole.header}
    assert sum(batch.row_count for batch in batches) == whole.row_count == 50
    assert pl.concat([batch.tables["declaration_lines"] for batch in batches]).equals(whole.tables["declaration_lines"])


def test_header_alone_is_one_empty_batch(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(csv_bytes([DECLARATION]).splitlines()[0])
    (batch,) = read_flat_batches(part_of(path))
    assert batch.row_count == 0


def test_batches_of_a_refused_file_give_nothing(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(csv_bytes([{**DECLARATION, "bedrag": text} for text in ("1.50", "1,50")]))
    with pytest.raises(Refused, match="two_readings"):
        next(read_flat_batches(part_of(path)))


def test_only_a_csv_on_disk_beyond_the_limit_is_large(tmp_path: Path) -> None:
    path = tmp_path / "export"
    path.write_bytes(csv_bytes([DECLARATION]))
    assert not is_large(part_of(path))
    assert is_large(part_of(path), Limits(large_bytes=10))
    assert not is_large(part_of(path.read_bytes()), Limits(large_bytes=10))
    path.write_bytes(b"PK\x03\x04" + bytes(100))
    assert not is_large(part_of(path), Limits(large_bytes=10))
