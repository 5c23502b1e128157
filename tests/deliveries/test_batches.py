"""A large declaration comes in batches: together they are what the whole would be, in bounded memory."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipelines.deliveries import Limits, Refused, is_batched, read_batches, read_part
from pipelines.deliveries.ijw import mapping
from tests.deliveries.xml_messages import jw323, line, message, part_of, person

LARGE = Limits(large_bytes=1000)


@pytest.fixture(params=[1, 3, 200], ids=["many clients", "three lines a client", "one client"])
def declaration(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(mapping, "BATCH_ROWS", 16)
    per_client: int = request.param
    clients = {
        f"{999900000 + start}": [line(f"P{start + i}") for i in range(min(per_client, 200 - start))]
        for start in range(0, 200, per_client)
    }
    file = tmp_path / "large.xml"
    file.write_bytes(jw323(clients, 20_000))
    return file


def test_batches_together_are_the_whole_message(declaration: Path) -> None:
    part = part_of(declaration)
    assert is_batched(part, LARGE)
    batches = list(read_batches(part, LARGE))
    (whole,) = read_part(part)
    assert len(batches) > 5
    assert {batch.header for batch in batches} == {whole.header}
    together = pl.concat([batch.tables["declaration_lines"] for batch in batches])
    assert together.equals(whole.tables["declaration_lines"])
    assert sum(batch.row_count for batch in batches) == whole.row_count == 200
    assert read_part(part, LARGE)[0].tables["declaration_lines"].equals(together)


def test_file_cut_off_at_its_end_is_refused_at_the_end_of_its_batches(declaration: Path) -> None:
    declaration.write_bytes(declaration.read_bytes()[:-40])
    with pytest.raises(Refused) as refused:
        list(read_batches(part_of(declaration), LARGE))
    assert refused.value.reason == "not_well_formed"


def test_invoice_of_2_3_comes_in_batches_too() -> None:
    amount = {"DeclaratieFactuurBedrag": {"Bedrag": "5", "DebetCredit": "D"}}
    rows = [{"IngediendeBedragPrestatie": amount, "ProductReferentie": {"ReferentieNummer": "R1"}}]
    header = {
        "Gemeente": "0384",
        "Aanbieder": "94999001",
        "DeclaratieFactuurIdentificatie": {"DeclarantFactuurNummer": "F1", "FactuurDagtekening": "2019-04-02"},
        "DeclaratieFactuurBedragen": {"DeclaratieFactuurTotaalBedrag": {"TotaalBedrag": "5", "DebetCredit": "D"}},
    }
    data = message("JW303", {"Clienten": {"Client": person() | {"Prestaties": {"Prestatie": rows}}}}, "2.3", header)
    (batch,) = read_batches(part_of(data), LARGE)
    (whole,) = read_part(part_of(data))
    assert batch.header == whole.header
    assert batch.tables["declaration_lines"].equals(whole.tables["declaration_lines"])


def test_second_list_of_clients_is_refused_also_when_it_begins_a_batch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapping, "BATCH_ROWS", 1)
    data = jw323({"999900006": [line("A")]})
    clients = data[data.index(b"<m:Clienten>") : data.index(b"</m:Declaratie>")]
    data = data.replace(clients, clients + clients.replace(b"999900006", b"999900018"))
    with pytest.raises(Refused) as refused:
        list(read_batches(part_of(data), LARGE))
    assert refused.value.reason == "unexpected_structure"


def test_large_declaration_without_lines_gives_one_empty_batch() -> None:
    (batch,) = read_batches(part_of(jw323({}, 0)), LARGE)
    assert (batch.row_count, batch.header.identification) == (0, "ID1")


def test_large_answer_is_read_as_a_whole() -> None:
    clients = [{"Bsn": f"{999900000 + i}", "Prestaties": {"Prestatie": [line(f"P{i}")]}} for i in range(50)]
    data = message("JW325", {"DeclaratieAntwoord": {"DeclaratieNummer": "D1", "Clienten": {"Client": clients}}})
    assert not is_batched(part_of(data), LARGE)
    (delivery,) = read_part(part_of(data), LARGE)
    assert delivery.row_count == 50


def test_answer_on_disk_is_read_as_from_memory(tmp_path: Path) -> None:
    clients = [{"Bsn": f"{999900000 + i}", "Prestaties": {"Prestatie": [line(f"P{i}")]}} for i in range(50)]
    data = message("JW325", {"DeclaratieAntwoord": {"DeclaratieNummer": "D1", "Clienten": {"Client": clients}}})
    file = tmp_path / "answer.xml"
    file.write_bytes(data)
    (from_disk,) = read_part(part_of(file), LARGE)
    (from_memory,) = read_part(part_of(data))
    assert from_disk.tables["decision_lines"].equals(from_memory.tables["decision_lines"])
    assert from_disk.tables["decisions"].equals(from_memory.tables["decisions"])


@pytest.mark.parametrize(
    ("data", "limits"),
    [(jw323(), Limits(max_bytes=100)), (message("JW305", {"Client": person()}), LARGE)],
    ids=["larger than anything", "larger than one client's message can be"],
)
def test_file_that_is_too_large_is_refused(data: bytes, limits: Limits) -> None:
    data += b" " * 1000
    with pytest.raises(Refused) as refused:
        read_part(part_of(data), limits)
    assert refused.value.reason == "too_large"
