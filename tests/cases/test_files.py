"""Whole files that cannot be taken, or that were delivered before (contract 3.1 and 3.3)."""

from __future__ import annotations

import pytest

from tests.cases.deployment import Deployment
from tests.cases.inbox import provider

REFUSED = {
    "files/truncated.xml": "not_well_formed",
    "files/two_roots.xml": "not_well_formed",
    "files/unknown_root.xml": "unknown_kind",
    "files/unknown_text.txt": "unknown_kind",
    "files/empty.xml": "empty",
    "files/wmo.xml": "wmo_traffic",
    "files/release_unknown.xml": "unknown_release",
    "files/release_mismatch.xml": "release_mismatch",
    "files/nul.xml": "nul_bytes",
    "files/bom_inside.xml": "stray_bom",
    "files/huge_value.xml": "too_large",
    "files/huge_attribute.xml": "too_large",
    "files/entities.xml": "entity_declarations",
    "files/external_entity.xml": "entity_declarations",
    "files/total.xml": "total_mismatch",
    "again/4_other_content.xml": "identification_conflict",
    "flat/two_readings.csv": "two_readings",
    "flat/two_encodings.csv": "two_encodings",
    "flat/nul.csv": "nul_bytes",
    "flat/many_columns.csv": "too_many_columns",
    "flat/missing_column.csv": "unknown_kind",
}


@pytest.mark.parametrize(("name", "reason"), REFUSED.items())
def test_file_that_cannot_be_taken_is_refused_with_its_reason(warehouse: Deployment, name: str, reason: str) -> None:
    row = warehouse.delivery(name)
    assert (row["outcome"], row["reason"].split(":")[0]) == ("refused", reason)
    assert row["rows_accepted"] == 0


def test_total_that_differs_from_the_lines_counts_them_as_quarantined(warehouse: Deployment) -> None:
    row = warehouse.delivery("files/total.xml")
    assert (row["rows_read"], row["rows_quarantined"], row["cents_read"], row["cents_quarantined"]) == (
        2,
        2,
        15_000,
        15_000,
    )
    assert warehouse.cost(provider(2)) == 0


def test_message_that_is_not_needed_is_known_and_no_error(warehouse: Deployment) -> None:
    row = warehouse.delivery("files/not_needed.xml")
    assert (row["kind"], row["outcome"], row["rows_read"]) == ("JW316", "accepted", 0)


def test_older_release_of_the_third_generation_is_read_with_the_nearest_mapping(warehouse: Deployment) -> None:
    releases = {warehouse.delivery(f"files/release_{release}.xml")["release"] for release in ("3.0", "3.1")}
    assert releases == {"3.0", "3.1"}
    assert warehouse.cost(provider(4)) == 200


@pytest.mark.parametrize(
    ("member", "container"),
    [
        ("one.xml", "containers/month.zip"),
        ("two.xml", "containers/month.zip"),
        ("month.xml", "containers/month.xml.gz"),
        ("envelope.xml", "containers/envelope.xml"),
        ("inner.xml", "containers/nested.zip/inner.xml"),
    ],
)
def test_message_in_a_container_is_a_delivery_that_names_it(warehouse: Deployment, member: str, container: str) -> None:
    row = warehouse.delivery(member)
    assert (row["container"], row["outcome"], row["rows_accepted"]) == (container, "accepted", 1)


@pytest.mark.parametrize(
    ("container", "reason"),
    [
        ("containers/too_deep.zip", "nested_too_deep"),
        ("containers/bomb.zip", "zip_bomb"),
        ("containers/climbing.zip", "unsafe_path"),
        ("containers/broken.zip", "damaged_archive"),
    ],
)
def test_container_that_is_dangerous_or_broken_is_refused(warehouse: Deployment, container: str, reason: str) -> None:
    rows = warehouse.rows(
        "select reason from ops.deliveries where outcome = 'refused' and (file_name = ? or container like ? || '%')",
        container,
        container,
    )
    assert reason in {row["reason"].split(":")[0] for row in rows}


def test_nothing_is_written_outside_the_home_folder(warehouse: Deployment) -> None:
    assert not list(warehouse.home.parent.rglob("climbed.xml"))


@pytest.mark.parametrize("name", ["again/2_same_bytes.xml", "again/3_other_layout.xml"])
def test_same_message_again_is_a_duplicate_with_all_its_rows(warehouse: Deployment, name: str) -> None:
    row = warehouse.delivery(name)
    assert (row["outcome"], row["rows_read"], row["rows_duplicate"], row["rows_accepted"]) == ("duplicate", 1, 1, 0)
    assert row["cents_duplicate"] == 10_000


def test_first_delivery_of_a_repeated_message_is_the_one_that_counts(warehouse: Deployment) -> None:
    assert warehouse.delivery("again/1_first.xml")["outcome"] == "accepted"
    assert warehouse.cost(provider(20)) == 200


def test_rows_and_cents_are_conserved_for_every_file(warehouse: Deployment) -> None:
    rows = warehouse.rows(
        """
        select file_name from ops.deliveries
        where rows_read <> rows_accepted + rows_quarantined + rows_duplicate
            or cents_read <> cents_accepted + cents_quarantined + cents_duplicate
        """
    )
    assert rows == []


def test_every_file_of_the_inbox_is_in_the_ledger(warehouse: Deployment) -> None:
    inbox = warehouse.home / "inbox"
    rows = warehouse.rows("select file_name, container from ops.deliveries")
    named = {row["container"] or row["file_name"] for row in rows}
    unnamed = [
        path
        for path in (str(path.relative_to(inbox)) for path in inbox.rglob("*") if path.is_file())
        if not any(name == path or name.startswith((f"{path}/", f"{path}#")) for name in named)
    ]
    assert unnamed == []
