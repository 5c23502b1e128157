"""The POHs' registrations and the surveys as the files that lie in an inbox."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import PurePosixPath

from demo.exports import hilversum_workbook, stramproy_csv, survey_csv, survey_workbook
from demo.hilversum_poh import SECOND_PERIOD
from demo.packing import DemoFile
from demo.region import region
from demo.registrations import as_known_on
from demo.surveys import hilversum_scores, stramproy_scores

_FOLDER = PurePosixPath("inbox/poh")


def poh_files() -> tuple[DemoFile, ...]:
    """Registrations of Stramproy (one CSV) and Hilversum (a workbook after each period), and a survey of each."""
    people = region()
    after_first = [
        as_known_on(dossier, SECOND_PERIOD) for dossier in people.hilversum_poh if dossier.referred_on < SECOND_PERIOD
    ]
    return (
        _file("stramproy_registraties.csv", stramproy_csv(people.stramproy_poh), datetime(2020, 1, 20, 6, tzinfo=UTC)),
        _file("stramproy_ervaringen.csv", survey_csv(stramproy_scores()), datetime(2020, 1, 20, 6, tzinfo=UTC)),
        _file("hilversum_2020-11.xlsx", hilversum_workbook(after_first), datetime(2020, 11, 2, 6, tzinfo=UTC)),
        _file("hilversum_2021-07.xlsx", hilversum_workbook(people.hilversum_poh), datetime(2021, 7, 2, 6, tzinfo=UTC)),
        _file("hilversum_ervaringen.xlsx", survey_workbook(hilversum_scores()), datetime(2021, 11, 1, 6, tzinfo=UTC)),
    )


def _file(name: str, content: bytes, modified_at: datetime) -> DemoFile:
    return DemoFile(_FOLDER / name, content, modified_at)
