"""One history in which figures move for one reason at a time, and its publications."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.dbt.lake import Lake
from tests.dbt.story import Story, day
from tests.dbt.warehouse import rows

from . import history

Ask = Callable[..., list[tuple]]

DAYS = ("2019-01-31", "2019-02-28", "2019-03-31", "2019-04-30", "2019-05-31", "2019-06-30", "2019-07-31", "2019-12-31")
CAUSES = (
    "late_declaration",
    "correction",
    "rejection",
    "changed_allocation",
    "changed_attribution",
    "changed_reference_table",
)
NAME = "revised"


class Revised(Story):
    """A story outside the register of the stories of definitions."""

    @property
    def municipality(self) -> str:
        return "0988"

    @property
    def provider(self) -> str:
        return "94999001"


def tell(s: Story) -> None:
    """Between two publications one thing becomes known; before the last one, something of each."""
    s.observed_since("2017-01-01")
    _first(s)
    # February: a bill that came late
    s.line(s.declaration("2019-02-10"), 1, "2018-11", 2000, reference="LATE")
    # March: a credit, and the line that corrects it
    correction = s.declaration("2019-03-10")
    s.line(correction, 1, "2018-10", -5000, reference="CREDIT", previous_reference="FIRST")
    s.line(correction, 1, "2018-10", 4500, reference="CORRECTED")
    # April: the municipality rejects what was open
    s.lake.answer("JW325", day("2019-04-10"), s.lake.deliveries[_sha(s, "OPEN")], 700, 0, {"OPEN": (700, 0)})
    # May: an allocation shows that care began a year before
    s.allocated(2, "2017-06-01", "2018-12-31", client="b", known="2019-05-10")
    # June: the request behind the first allocation
    s.requested("2019-06-10", "V", referrer_agb="01999001")
    # July: the reference tables, see ``write``
    s.line(s.declaration("2019-08-10"), 1, "2018-12", 100, reference="LATE2")
    again = s.declaration("2019-08-11")
    s.line(again, 1, "2018-11", -2000, reference="CREDIT2", previous_reference="LATE")
    s.line(again, 1, "2018-11", 1990, reference="CORRECTED2")
    s.lake.answer("JW325", day("2019-08-20"), s.lake.deliveries[_sha(s, "LATE2")], 100, 0, {"LATE2": (100, 0)})
    s.allocated(3, "2017-02-01", "2018-12-31", client="d", known="2019-08-12", request_reference="W")
    s.requested("2019-08-13", "W", client="d", referrer_agb="01999002")


def _first(s: Story) -> None:
    s.allocated(1, "2018-10-01", "2018-12-31", request_reference="V")
    first = s.declaration("2018-11-10")
    s.line(first, 1, "2018-10", 5000, reference="FIRST")
    s.lake.answer("JW325", day("2018-11-20"), first, 5000, 5000, return_codes="8001")
    s.line(s.declaration("2018-12-10"), 1, "2018-11", 700, reference="OPEN", product_code="54003")
    s.line(s.declaration("2018-12-12"), 2, "2018-11", 300, reference="ALONE", client="b")
    s.line(s.declaration("2018-12-13"), 3, "2018-11", 400, reference="ALONE2", client="d")


def _sha(s: Story, reference: str) -> str:
    (found,) = (row["file_sha256"] for row in s.lake.tables["declaration_lines"] if row["line_reference"] == reference)
    return found


def write(folder: Path) -> Lake:
    """The lake, with a product that is another domain's from July on, and back again in September."""
    lake = history.lake_of(tell, Revised, NAME)
    lake.reference["referrer_names"] = []
    history.publish(lake, *DAYS)
    for loaded_on, domain in (("2019-01-01", "ggz"), ("2019-07-10", "overig"), ("2019-09-01", "ggz")):
        lake.reference["zorgprofielen"][0]["domein"] = domain
        history.loaded(lake, folder, "zorgprofielen", loaded_on)
    lake.write(folder)
    return lake


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the lake of the history and its vintages; every dbt test of theirs has passed. Read only."""
    folder = tmp_path_factory.mktemp("vintages")
    write(folder)
    assert history.build(folder) == []
    return folder


@pytest.fixture(scope="session")
def ask(home: Path) -> Ask:
    """Rows of a query on the candidate."""
    return lambda query, *parameters: rows(home, query, parameters)
