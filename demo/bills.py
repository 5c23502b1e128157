"""Declarations: one JW303 or JW323 a provider, municipality and month, each answered by a JW304 or JW325."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from demo.calendar import add_months, days, month_end
from demo.catalogue import release_on
from demo.messages import Answer, AnsweredLine, Declaration, Line, Message, MessageHeader
from demo.trajectories import Incident, Trajectory, care_period

_TOO_MUCH = 30
# No JW303 was sent after this day: from 2021 on declarations are JW323.
_LAST_SECOND_GENERATION = date(2020, 12, 21)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line and the month in which it is declared; what the municipality grants when it does not grant all."""

    declared_in: date
    line: Line
    granted_cents: int | None = None
    return_code: str = "0200"


def bill_messages(trajectories: Iterable[Trajectory]) -> Iterator[Message]:
    """Every declaration with its answer, in order of provider, municipality and month."""
    bundles: dict[tuple[str, str, date], list[Entry]] = defaultdict(list)
    for trajectory in trajectories:
        for entry in _entries(trajectory):
            bundles[trajectory.provider_agb, trajectory.municipality_code, entry.declared_in].append(entry)
    for (provider, municipality, month), entries in sorted(bundles.items(), key=lambda item: item[0]):
        yield from _declared_and_answered(provider, municipality, month, entries)


def _declared_and_answered(
    provider: str, municipality: str, month: date, entries: list[Entry]
) -> tuple[Declaration, Answer]:
    dated_on = add_months(month, 1) + days(2 + 2 * int(provider[-1]))
    release = release_on(month)
    number = f"F{month:%Y%m}{municipality}"
    header = MessageHeader(municipality, provider, number, dated_on, release)
    if header.is_second_generation:
        header = replace(header, dated_on=min(dated_on, _LAST_SECOND_GENERATION))
    lines = tuple(entry.line for entry in sorted(entries, key=lambda e: (e.line.client.bsn, e.line.reference)))
    declaration = Declaration(header, month, month_end(month), lines)
    listed = tuple(
        AnsweredLine(entry.line, entry.granted_cents, (entry.return_code,))
        for entry in entries
        if entry.granted_cents is not None
    )
    # An Identificatie has twelve characters at most, a GemeenteReferentieNummer more.
    own = f"A{number}{provider[-3:]}" if header.is_second_generation else f"A{month:%y%m}{municipality}{provider[-3:]}"
    answered = replace(header, identification=own, dated_on=header.dated_on + days(8))
    return declaration, Answer(answered, declaration, listed)


def _entries(trajectory: Trajectory) -> Iterator[Entry]:
    for month, volume in sorted(trajectory.volumes.items()):
        line = _line(trajectory, month, volume, "1")
        match trajectory.incidents.get(month):
            case None:
                yield Entry(month, line)
            case Incident.LATE:
                yield Entry(add_months(month, 3), line)
            case Incident.CREDITED:
                wrong = _line(trajectory, month, volume + _TOO_MUCH, "1")
                credit = replace(
                    wrong, reference=_again(wrong, "2"), is_credit=True, previous_reference=wrong.reference
                )
                yield Entry(month, wrong)
                yield Entry(add_months(month, 2), credit)
                yield Entry(add_months(month, 2), replace(line, reference=_again(line, "3")))
            case Incident.REJECTED:
                assert line.tariff_cents is not None
                tariff = line.tariff_cents + 5
                wrong = replace(line, tariff_cents=tariff, amount_cents=volume * tariff)
                yield Entry(month, wrong, granted_cents=0, return_code="0611")
                yield Entry(add_months(month, 1), replace(line, reference=_again(line, "2")))
            case Incident.MISDATED:
                wrong = replace(line, period_from=line.period_to, period_to=line.period_from)
                yield Entry(month, wrong, granted_cents=0, return_code="0233")
                yield Entry(add_months(month, 1), replace(line, reference=_again(line, "2")))
            case Incident.GRANTED_IN_PART:
                wrong = _line(trajectory, month, volume + _TOO_MUCH, "1")
                yield Entry(month, wrong, granted_cents=line.amount_cents, return_code="0200")


def _line(trajectory: Trajectory, month: date, volume: int, attempt: str) -> Line:
    service = trajectory.service
    period_from, period_to = care_period(trajectory, month)
    number = trajectory.stretch_of(month).number
    return Line(
        trajectory.client,
        f"P{number}{month:%Y%m}{attempt}",
        number,
        service.product,
        period_from,
        period_to,
        volume,
        amount_cents=volume * service.tariff_cents,
        unit=service.unit,
        tariff_cents=service.tariff_cents,
    )


def _again(line: Line, attempt: str) -> str:
    return line.reference[:-1] + attempt
