"""All datasets that deliveries feed, by name."""

from __future__ import annotations

from collections.abc import Mapping

from schemas.allocations import ALLOCATIONS
from schemas.care_events import CARE_EVENTS
from schemas.dataset import Dataset
from schemas.decisions import DECISION_LINES, DECISIONS
from schemas.declaration_lines import DECLARATION_LINES
from schemas.poh_registrations import POH_REGISTRATIONS
from schemas.referral_requests import REFERRAL_REQUESTS
from schemas.survey_answers import SURVEY_ANSWERS

DATASETS: Mapping[str, Dataset] = {
    dataset.name: dataset
    for dataset in (
        ALLOCATIONS,
        CARE_EVENTS,
        REFERRAL_REQUESTS,
        DECLARATION_LINES,
        DECISIONS,
        DECISION_LINES,
        POH_REGISTRATIONS,
        SURVEY_ANSWERS,
    )
}
