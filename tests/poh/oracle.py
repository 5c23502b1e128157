"""POH registrations counted once more, in straight loops, from the words of poh.md sections 3 and 4.

Knows nothing of the warehouse: plain values in, ``{(period, municipality, practice, dimension, category): (clients,
denominator)}`` out. Slow on purpose: nothing is shared between dimensions but the words they share on paper.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

GGZ = {"referred_bggz", "referred_sggz", "referred_ggz"}
GROUPS = {
    "poh_continues": "not_referred",
    "no_further_support": "not_referred",
    "not_referred": "not_referred",
    "referred_bggz": "referred_ggz",
    "referred_sggz": "referred_ggz",
    "referred_ggz": "referred_ggz",
    "referred_youth_and_family": "referred_local_support",
    "referred_free_access": "referred_local_support",
    "referred_local_support": "referred_local_support",
    "referred_youth_consultant": "referred_elsewhere",
    "referred_ambulatory_provider": "referred_elsewhere",
    "referred_other": "referred_elsewhere",
    "open": "open",
    "unknown": "unknown",
}
PROBLEM_GROUPS = {
    "psychosocial_functioning": "psychosocial_functioning",
    "family_and_parenting": "family_and_parenting",
    "youth_and_environment": "youth_and_environment",
    "cognitive_development": "cognitive_development",
    "physical_health": "physical_health",
    "psychosocial_diagnostics": "psychosocial_diagnostics",
    "social_emotional_development": "psychosocial_functioning",
    "divorce": "family_and_parenting",
    "diagnostics": "psychosocial_diagnostics",
    "psychoeducation": "unspecified",
    "medication": "unspecified",
    "unknown": "unknown",
}

Key = tuple[str, str, str, str, str]
Cell = tuple[int, int]


@dataclass(frozen=True)
class Registration:
    """One dossier as last delivered, its values read to categories; None is empty."""

    registration_id: str
    municipality_code: str
    practice_id: str
    client_key: str | None
    referred_on: date
    intake_on: date | None
    closed_on: date | None
    age: int
    sex: str | None
    reporter: str | None
    presenting_problem: str | None
    activities: tuple[str, ...]
    contacts: int | None
    outcome_clarification: str | None
    support_offered: tuple[str, ...]
    outcome_treatment: str | None
    referred_to_provider: str | None
    referred_profile: str | None
    formal_referrer: str | None
    bridging: str | None

    @property
    def person(self) -> tuple[str, str]:
        """The client, or the registration itself when it has no BSN."""
        return ("client", self.client_key) if self.client_key else ("registration", self.registration_id)


@dataclass(frozen=True)
class Period:
    """Half-open [starts_on, ends_until)."""

    period_id: str
    starts_on: date
    ends_until: date


@dataclass(frozen=True)
class Participation:
    """A practice takes part in [starts_on, ends_until); None: still."""

    practice_id: str
    starts_on: date
    ends_until: date | None


def elapsed_months(starts_on: date, ends_until: date) -> int:
    """Whole months from one date to the other."""
    months = (ends_until.year - starts_on.year) * 12 + ends_until.month - starts_on.month
    return months - (ends_until.day < starts_on.day)


def had_contact(registration: Registration, before: date) -> bool:
    """An intake before that day; without an intake date, contacts or an outcome."""
    if registration.intake_on is not None:
        return registration.intake_on < before
    if registration.contacts is not None and registration.contacts >= 1:
        return True
    return registration.outcome_clarification is not None or registration.outcome_treatment is not None


def band(value: int, upper_bounds: Sequence[tuple[int, str]], last: str) -> str:
    """The first band whose upper bound the value does not pass."""
    for upper, name in upper_bounds:
        if value <= upper:
            return name
    return last


def age_band_poh(registration: Registration) -> str:
    return band(registration.age, [(4, "0_4"), (8, "5_8"), (12, "9_12"), (16, "13_16")], "17_plus")


def support_group(registration: Registration) -> str:
    recognised = [support for support in registration.support_offered if support != "unknown"]
    if not recognised:
        return "unknown"
    if "poh_ambulatory_support" in recognised or "information_and_advice" in recognised:
        return "supported_by_poh"
    return "supported_elsewhere" if "other_basic_service" in recognised else "not_supported"


def contacts_band(registration: Registration) -> str:
    if not registration.contacts:
        return "unknown"
    return band(registration.contacts, [(2, "1_2"), (5, "3_5"), (10, "6_10")], "11_plus")


def waiting_time(registration: Registration) -> str:
    if registration.intake_on is None:
        return "unknown"
    days = (registration.intake_on - registration.referred_on).days
    return band(days, [(7, "0_7"), (14, "8_14"), (28, "15_28")], "29_plus")


def to_contracted_care(registration: Registration) -> bool:
    outcomes = {registration.outcome_clarification, registration.outcome_treatment}
    return "referred_specialised" in registration.support_offered or bool(
        outcomes & (GGZ | {"referred_ambulatory_provider"})
    )


class Bases:
    """The bases of section 3 for one period."""

    def __init__(self, period: Period) -> None:
        self.period = period

    def referred(self, registration: Registration) -> bool:
        return self.period.starts_on <= registration.referred_on < self.period.ends_until

    def present(self, registration: Registration) -> bool:
        begun = registration.referred_on < self.period.ends_until
        return begun and (registration.closed_on is None or registration.closed_on >= self.period.starts_on)

    def seen(self, registration: Registration) -> bool:
        return self.present(registration) and had_contact(registration, self.period.ends_until)

    def is_closed_within(self, registration: Registration) -> bool:
        closed_on = registration.closed_on
        return closed_on is not None and self.period.starts_on <= closed_on < self.period.ends_until

    def closed(self, registration: Registration) -> bool:
        return self.seen(registration) and self.is_closed_within(registration)

    def completed(self, registration: Registration) -> bool:
        return self.closed(registration) and registration.outcome_treatment is not None

    def to_contracted_care(self, registration: Registration) -> bool:
        return self.referred(registration) and to_contracted_care(registration)


@dataclass(frozen=True)
class Exclusive:
    """A dimension of which each person of the base is in one category."""

    base: Callable[[Registration], bool]
    category: Callable[[Registration], str]
    is_filled: Callable[[Registration], bool]


def always(_registration: Registration) -> bool:
    return True


def filled(column: str) -> Callable[[Registration], bool]:
    return lambda registration: getattr(registration, column) not in (None, ())


def value_of(column: str) -> Callable[[Registration], str]:
    return lambda registration: getattr(registration, column) or "unknown"


def exclusive_dimensions(bases: Bases) -> dict[str, Exclusive]:
    """The table of section 4, its rows marked "yes"."""

    def clarification(registration: Registration) -> str:
        if registration.outcome_clarification is not None:
            return registration.outcome_clarification
        return "unknown" if bases.is_closed_within(registration) else "open"

    def of_sex(sex: str) -> Callable[[Registration], bool]:
        return lambda registration: bases.present(registration) and registration.sex == sex

    def met(registration: Registration) -> bool:
        return bases.referred(registration) and had_contact(registration, date.max)

    treatment = value_of("outcome_treatment")
    problem = value_of("presenting_problem")
    onward = bases.to_contracted_care
    return {
        "waiting_time": Exclusive(met, waiting_time, filled("intake_on")),
        "dossier_status": Exclusive(
            bases.seen, lambda registration: "closed" if bases.is_closed_within(registration) else "open", always
        ),
        "outcome_clarification": Exclusive(bases.seen, clarification, filled("outcome_clarification")),
        "outcome_clarification_group": Exclusive(
            bases.seen, lambda registration: GROUPS[clarification(registration)], filled("outcome_clarification")
        ),
        "outcome_treatment": Exclusive(bases.completed, treatment, filled("outcome_treatment")),
        "outcome_treatment_group": Exclusive(
            bases.completed, lambda registration: GROUPS[treatment(registration)], filled("outcome_treatment")
        ),
        "support_group": Exclusive(bases.referred, support_group, filled("support_offered")),
        "reporter": Exclusive(bases.present, value_of("reporter"), filled("reporter")),
        "presenting_problem": Exclusive(bases.present, problem, filled("presenting_problem")),
        "presenting_problem_group": Exclusive(
            bases.present, lambda registration: PROBLEM_GROUPS[problem(registration)], filled("presenting_problem")
        ),
        "contacts_at_closure": Exclusive(bases.closed, contacts_band, filled("contacts")),
        "age_band_4": Exclusive(
            bases.present,
            lambda registration: band(
                registration.age, [(3, "0_3"), (6, "4_6"), (12, "7_12"), (15, "13_15"), (18, "16_18")], "19_plus"
            ),
            always,
        ),
        "age_band_poh": Exclusive(bases.present, age_band_poh, always),
        "age_band_poh_male": Exclusive(of_sex("male"), age_band_poh, always),
        "age_band_poh_female": Exclusive(of_sex("female"), age_band_poh, always),
        "sex": Exclusive(bases.present, value_of("sex"), filled("sex")),
        "referred_to_provider": Exclusive(onward, value_of("referred_to_provider"), filled("referred_to_provider")),
        "referred_profile": Exclusive(onward, value_of("referred_profile"), filled("referred_profile")),
        "formal_referrer": Exclusive(onward, value_of("formal_referrer"), filled("formal_referrer")),
        "bridging": Exclusive(bases.seen, value_of("bridging"), filled("bridging")),
    }


def persons(registrations: Iterable[Registration]) -> dict[tuple[str, str], Registration]:
    """Each person with the registration that decides: newest referral, then highest registration_id."""
    newest: dict[tuple[str, str], Registration] = {}
    for registration in sorted(registrations, key=lambda one: (one.referred_on, one.registration_id)):
        newest[registration.person] = registration
    return newest


def months_taken_part(period: Period, participations: Sequence[Participation]) -> int:
    """Whole months of the period in which somebody took part; overlapping participations count once."""
    if not participations:
        return elapsed_months(period.starts_on, period.ends_until)
    stretches: list[list[date]] = []
    for participation in sorted(participations, key=lambda one: one.starts_on):
        starts_on = max(participation.starts_on, period.starts_on)
        ends_until = min(participation.ends_until or period.ends_until, period.ends_until)
        if starts_on >= ends_until:
            continue
        if stretches and starts_on <= stretches[-1][1]:
            stretches[-1][1] = max(stretches[-1][1], ends_until)
        else:
            stretches.append([starts_on, ends_until])
    return sum(elapsed_months(starts_on, ends_until) for starts_on, ends_until in stretches)


def count_scope(
    period: Period, mine: Sequence[Registration], whole: Sequence[Registration], participations: Sequence[Participation]
) -> dict[tuple[str, str], Cell]:
    """All dimensions of one practice or municipality.

    Args:
        period: the period.
        mine: the registrations of the practice, or of the municipality.
        whole: the municipality's, which say whether a column was delivered at all.
        participations: of the practice, or of all practices of the municipality.
    """
    bases = Bases(period)
    cells: dict[tuple[str, str], Cell] = {}

    def base(belongs: Callable[[Registration], bool]) -> list[Registration]:
        return [registration for registration in mine if belongs(registration)]

    for dimension, rule in exclusive_dimensions(bases).items():
        if not any(rule.base(registration) and rule.is_filled(registration) for registration in whole):
            continue
        deciding = persons(base(rule.base)).values()
        for registration in deciding:
            category = rule.category(registration)
            clients, _ = cells.get((dimension, category), (0, 0))
            cells[dimension, category] = (clients + 1, len(deciding))

    referred = persons(base(bases.referred))
    met = {one.person for one in base(bases.referred) if had_contact(one, date.max)}
    cells["referral", "referral"] = (len(referred), len(referred))
    cells["referral", "intake"] = (len(met), len(referred))
    cells["referral", "other"] = (len(referred) - len(met), len(referred))
    cells["referral_rate", "per_month"] = (len(referred), months_taken_part(period, participations))

    present, seen = persons(base(bases.present)), persons(base(bases.seen))
    new = sum((one.intake_on or one.referred_on) >= period.starts_on for one in seen.values())
    cells["seen", "seen"] = (len(seen), len(present))
    cells["seen", "seen_new"] = (new, len(present))
    cells["seen", "seen_carried_over"] = (len(seen) - new, len(present))

    without_referral, completed = cells.get(("outcome_treatment", "not_referred"), (0, 0))
    cells["completed_without_referral", "of_seen"] = (without_referral, len(seen))
    cells["completed_without_referral", "of_completed"] = (without_referral, completed)

    if any(bases.referred(one) and one.support_offered for one in whole):
        offered = defaultdict(set)
        for one in base(bases.referred):
            for category in one.support_offered or ("unknown",):
                offered[category].add(one.person)
        for category, who in offered.items():
            cells["support_offered", category] = (len(who), len(referred))

    if any(bases.seen(one) and one.activities for one in whole):
        done = defaultdict(set)
        for one in base(bases.seen):
            for category in one.activities or ("unknown",):
                done[category].add(one.person)
        recognised = {person for category, who in done.items() if category != "unknown" for person in who}
        done["unknown"] -= recognised
        for category, who in done.items():
            cells["activity", category] = (len(who), len(seen))

    return {key: cell for key, cell in cells.items() if cell[0] > 0}


def calendar_years(registrations: Sequence[Registration]) -> list[Period]:
    """From the first to the last date delivered."""
    dates = [day for one in registrations for day in (one.referred_on, one.intake_on, one.closed_on) if day is not None]
    if not dates:
        return []
    return [
        Period(str(year), date(year, 1, 1), date(year + 1, 1, 1))
        for year in range(min(dates).year, max(dates).year + 1)
    ]


def poh_counts(
    registrations: Sequence[Registration],
    reporting_periods: Sequence[Period],
    participations: Sequence[Participation],
    practice_municipalities: Sequence[tuple[str, str]],
) -> dict[Key, Cell]:
    """``marts.poh_counts``.

    Args:
        registrations: the newest of each registration_id.
        reporting_periods: besides the calendar years.
        participations: of all practices.
        practice_municipalities: (practice_id, municipality_code) of the practices' addresses.
    """
    years = calendar_years(registrations)
    named = [period for period in reporting_periods if period.period_id not in {year.period_id for year in years}]
    result: dict[Key, Cell] = {}
    for period in [*years, *named]:
        for municipality in sorted({one.municipality_code for one in registrations}):
            whole = [one for one in registrations if one.municipality_code == municipality]
            practices = {one.practice_id for one in whole} | {
                practice for practice, code in practice_municipalities if code == municipality
            }
            for practice in [*sorted(practices), "all"]:
                mine = [one for one in whole if practice in ("all", one.practice_id)]
                taking_part = [
                    one
                    for one in participations
                    if one.practice_id == practice or (practice == "all" and one.practice_id in practices)
                ]
                for (dimension, category), cell in count_scope(period, mine, whole, taking_part).items():
                    result[period.period_id, municipality, practice, dimension, category] = cell
    return result
