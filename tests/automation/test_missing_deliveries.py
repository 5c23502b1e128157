"""marts.missing_deliveries of the demo, against the same rule in Python, line by line."""

from __future__ import annotations

from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import duckdb

Key = tuple[str, str, int]


def expected(lines: list[tuple[str, str, int, int]], newest: int) -> dict[Key, tuple[int, int, int, Decimal, bool]]:
    """(municipality, provider, month) → last month, months silent, usual lines, usual euros, is open.

    Args:
        lines: municipality, provider, month as a number, cents; one per declared line.
        newest: the newest month that should be there.
    """
    months: dict[tuple[str, str], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
    for municipality, provider, month, cents in lines:
        months[municipality, provider][month].append(cents)
    found = {}
    for (municipality, provider), declared in months.items():
        for month in range(min(declared) + 3, newest + 1):
            last = max(before for before in declared if before < month)
            three = [declared.get(last - step, []) for step in range(3)]
            if month in declared or month - last > 3 or not all(three):
                continue
            amounts = [cents for of_month in three for cents in of_month]
            usual = (Decimal(sum(amounts)) / 3).quantize(Decimal(1), ROUND_HALF_UP) / 100
            is_open = max(declared) == last and newest - month < 3
            found[municipality, provider, month] = (last, month - last, round(len(amounts) / 3), usual, is_open)
    return found


def test_demos_missing_deliveries_are_those_of_the_rule(demo_warehouse: Path) -> None:
    with duckdb.connect(str(demo_warehouse), read_only=True) as connection:
        lines = connection.execute(
            """
            select coalesce(successor_code, lines.municipality_code), provider_agb,
                year(period_from) * 12 + month(period_from), amount_cents
            from intermediate.int_lines__counted as lines
            left join intermediate.int_municipalities__merged using (municipality_code)
            where not is_credit
            """
        ).fetchall()
        (newest,) = connection.execute(
            "select year(developed_on) * 12 + month(developed_on) - 2 from intermediate.int_development__dated"
        ).fetchone() or (0,)
        rows = connection.execute(
            """
            select municipality_code, provider_agb, year(care_month) * 12 + month(care_month),
                year(last_care_month) * 12 + month(last_care_month), months_silent, usual_lines, usual_eur, is_open
            from marts.missing_deliveries
            """
        ).fetchall()

    found = {(municipality, provider, month): tuple(rest) for municipality, provider, month, *rest in rows}
    assert found == expected(lines, newest)
    assert len(found) > 20
