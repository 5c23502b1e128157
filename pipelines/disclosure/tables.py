"""The published tables, column by column: what names a row, what is known anyway, and what is measured on people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_PLACE_YEAR: Final = ("municipality_code", "practice_id", "year")
_PRACTICE_YEARS: Final = (
    "clients",
    "active",
    "started",
    "new",
    "extended",
    "carried_over",
    "converted",
    "unknown",
    "cost_eur",
    "cost_started_eur",
    "cost_carried_over_eur",
)


@dataclass(frozen=True)
class Described:
    """A table as disclosure control knows it.

    Attributes:
        keys: columns that name a row; their presence is public, so that a row says that somebody is in it.
        attributes: columns that say nothing about people: dates, parameters, what is known of a practice.
        measures: columns that are shown or suppressed cell by cell. A column that is in none of the three is withheld.
    """

    keys: tuple[str, ...]
    attributes: tuple[str, ...]
    measures: tuple[str, ...]


DESCRIBED: Final[dict[str, Described]] = {
    "practice_trajectories": Described(
        (*_PLACE_YEAR, "care_profile", "status"),
        ("is_provisional",),
        ("trajectories", "clients", "cost_eur", "cost_open_eur"),
    ),
    "practice_years": Described((*_PLACE_YEAR, "domain"), ("is_provisional",), _PRACTICE_YEARS),
    "referral_trend": Described(
        ("municipality_code", "practice_id", "quarter", "domain"),
        ("quarters_since_poh_start", "participates"),
        ("new_trajectories", "new_per_1000"),
    ),
    "attribution_coverage": Described(
        ("municipality_code", "year", "attribution"),
        (),
        ("trajectories", "trajectories_total", "trajectories_share", "cost_eur", "cost_total_eur", "cost_share"),
    ),
    "regional_comparison": Described(("region", *_PLACE_YEAR, "domain", "measure"), (), ("value", "index")),
    "poh_counts": Described(
        ("period_id", "municipality_code", "practice_id", "dimension", "category"), (), ("clients", "denominator")
    ),
    "poh_cost_benefit": Described(
        ("period_id", "municipality_code", "programme", "scenario", "measure"),
        ("months", "is_extrapolated"),
        ("value_eur", "value_count"),
    ),
    "poh_add_back": Described((*_PLACE_YEAR, "care_profile"), (), ("trajectories", "clients", "cost_eur")),
    "survey_results": Described(
        ("period_id", "municipality_code", "practice_id", "audience", "question", "scale_max"),
        (),
        ("responses", "mean_score"),
    ),
    "completeness": Described(
        ("municipality_code", "provider_agb", "care_month"),
        # a share of a development pattern; with both amounts suppressed it says nothing about either
        ("share_expected", "months", "level"),
        ("declared_eur", "expected_eur", "expected_standard_error_eur"),
    ),
    "practice_years_as_of": Described(("publication", *_PLACE_YEAR, "domain"), ("reported_on",), _PRACTICE_YEARS),
    "revisions": Described(
        ("publication", *_PLACE_YEAR, "domain", "measure", "cause"),
        ("previous_publication",),
        ("previous_value", "value", "difference", "change"),
    ),
    "definition_sensitivity": Described(
        (*_PLACE_YEAR, "domain", "basis", "max_gap_days"),
        ("is_standard",),
        ("started", "active", "started_difference", "active_difference"),
    ),
    "poh_followup": Described(
        ("period_id", "municipality_code", "practice_id", "outcome_group", "measure", "category"),
        (),
        ("clients", "denominator", "days", "incidence", "incidence_low", "incidence_high"),
    ),
    "practice_effect": Described(
        ("region", "municipality_code", "practice_id", "outcome", "comparison", "years_from_start"),
        ("practices_with", "practices_without", "quarters_before", "quarters_after"),
        (
            "verdict",
            "change_share",
            "change_low",
            "change_high",
            "p_value",
            "p_permutation",
            "p_trend_before",
            "amount_before",
            "amount_after",
            "sentence",
            "sentence_nl",
        ),
    ),
    "missing_deliveries": Described(
        ("municipality_code", "provider_agb", "care_month"),
        ("last_care_month", "months_silent", "is_open"),
        ("usual_lines", "usual_eur"),
    ),
    "data_quality": Described(
        ("level", "source", "rule", "field", "standard", "municipality_code", "month", "unit"),
        (),
        ("rows_tested", "rows_failing", "cents_concerned"),
    ),
}
