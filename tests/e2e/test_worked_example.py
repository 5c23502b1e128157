"""The standard's worked example, alone in an inbox: nine messages with known figures (ijw.md, section 11).

And what an operator does next: looks at a refused file, mends it, forgets one.
"""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tests.cases.deployment import Deployment
from tests.test_cli import run

EXAMPLE = Path(__file__).parent.parent / "data" / "worked_example"
PRACTICES = """praktijk_id,naam,agb_code,gemeentecode,ingeschreven_jeugdigen
P1,Demopraktijk Diemen 1,01999001,0384,900
"""
PROFILES = """gemeentecode,productcode,zorgprofiel,domein,ggz_segment,geldig_vanaf,geldig_tot
*,54002,ggz_specialistisch_basis,ggz,SGGZ,2020-01-01,
"""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    """The example after one run of the console script; read only."""
    deployment = _delivered(tmp_path_factory.mktemp("worked_example") / "home")
    done = run("run", "--home", deployment.home)
    assert done.returncode == 0, done.stderr
    return deployment


def _delivered(home: Path) -> Deployment:
    deployment = Deployment.new(home)
    (home / "reference" / "praktijken.csv").write_text(PRACTICES, encoding="utf-8")
    (home / "reference" / "zorgprofielen.csv").write_text(PROFILES, encoding="utf-8")
    shutil.copytree(EXAMPLE, home / "inbox", dirs_exist_ok=True)
    return deployment


def _year(deployment: Deployment, practice_id: str) -> dict[str, object]:
    (row,) = deployment.rows(
        "select * from marts.practice_years where practice_id = ? and year = 2026 and domain = 'all'", practice_id
    )
    return row


def test_lines_credited_and_declared_again_cost_what_is_left(deployment: Deployment) -> None:
    row = _year(deployment, "P1")

    assert row["cost_eur"] == Decimal("858.00")
    assert (row["clients"], row["active"], row["new"]) == (1, 1, 1)


def test_line_without_an_allocation_is_unattributed_and_of_unknown_start(deployment: Deployment) -> None:
    row = _year(deployment, "unattributed")

    assert row["cost_eur"] == Decimal("875.00")
    assert (row["active"], row["new"], row["unknown"]) == (1, 0, 1)


def test_line_rejected_is_not_counted(deployment: Deployment) -> None:
    (row,) = deployment.rows(
        "select sum(cost_eur) as eur, sum(cost_open_eur) as open, sum(lines) as lines from marts.trajectory_years"
    )

    # 1,733.00 granted; the 900.00 that was rejected would make it 2,633.00
    assert (row["eur"], row["open"], row["lines"]) == (Decimal("1733.00"), Decimal("0.00"), 3)


def test_link_to_the_practice_survives_a_later_allocation_without_a_reference(deployment: Deployment) -> None:
    (row,) = deployment.rows("select * from marts.trajectory_years where practice_id = 'P1'")

    assert row["attribution"] == "agb_practice"
    assert row["care_profile"] == "ggz_specialistisch_basis"
    assert (str(row["started_on"]), str(row["ended_on"])) == ("2026-01-12", "2026-03-16")


def test_rows_and_cents_read_are_all_accounted_for(deployment: Deployment) -> None:
    (row,) = deployment.rows(
        """
        select
            count(*) as files,
            sum(rows_read) = sum(rows_accepted) + sum(rows_quarantined) + sum(rows_duplicate) as rows_balance,
            sum(cents_read) = sum(cents_accepted) + sum(cents_quarantined) + sum(cents_duplicate) as cents_balance,
            sum(rows_quarantined) + sum(rows_duplicate) as lost
        from ops.deliveries
        """
    )

    assert row == {"files": 9, "rows_balance": True, "cents_balance": True, "lost": 0}


def test_no_bsn_and_no_name_occurs_outside_the_inbox(deployment: Deployment) -> None:
    forbidden = (b"999900006", b"999900018", b"Testkind", b"Teststraat", b"2012-03-04")
    files = [path for path in deployment.home.rglob("*") if path.is_file() and "inbox" not in path.parts]

    found = {(path.name, text) for path in files for text in forbidden if text in path.read_bytes()}

    assert files
    assert found == set()


def test_refused_file_is_listed_until_it_is_mended_and_forgotten_without_a_trace(tmp_path: Path) -> None:
    deployment = _delivered(tmp_path / "home")
    mended = EXAMPLE / "04_jw323_januari.xml"
    broken = deployment.home / "inbox" / mended.name
    broken.write_bytes(mended.read_bytes()[:-40])

    first = run("run", "--home", deployment.home)
    status = run("status", "--home", deployment.home)

    assert (first.returncode, status.returncode) == (0, 0)
    assert mended.name in status.stdout
    assert "not_well_formed" in status.stdout
    assert deployment.delivery(mended.name)["outcome"] == "refused"

    shutil.copyfile(mended, broken)
    second = run("run", "--home", deployment.home)

    assert second.returncode == 0
    outcomes = deployment.rows("select outcome from ops.deliveries where file_name = ? order by 1", mended.name)
    assert [row["outcome"] for row in outcomes] == ["accepted", "refused"]

    broken.unlink()
    forgotten = run("forget", mended.name, "--home", deployment.home)

    assert forgotten.returncode == 0
    assert f"Forgotten: {mended.name}" in forgotten.stdout
    assert "1,395.00 euro" in forgotten.stdout
    assert deployment.rows("select outcome from ops.deliveries where file_name = ?", mended.name) == []
    # The debit is gone, so its credit in February waits for it; 462.00 and 396.00 stay.
    assert _year(deployment, "P1")["cost_eur"] == Decimal("858.00")
    assert deployment.findings("P0003")
