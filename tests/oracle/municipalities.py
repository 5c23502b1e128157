"""Municipality codes that were merged (section 5: "a municipality code that was merged reads as its successor's")."""

from __future__ import annotations

from dataclasses import dataclass

from .history import Municipality


@dataclass(frozen=True)
class Municipalities:
    """The reference table gemeenten, asked by code."""

    rows: tuple[Municipality, ...]

    def find(self, code: str) -> Municipality | None:
        return next((row for row in self.rows if row.municipality_code == code), None)

    def reads_as(self, code: str) -> str:
        """The code's last successor, or itself."""
        row = self.find(code)
        while row is not None and row.successor_code is not None:
            code = row.successor_code
            row = self.find(code)
        return code

    def look_up_order(self, code: str) -> list[str]:
        """Contract: "under the successor's code a number is looked up there first, then in its predecessors".

        The nearest generation of predecessors first, and within one by code.
        """
        order, generation = [code], [code]
        while generation:
            generation = sorted(row.municipality_code for row in self.rows if row.successor_code in generation)
            order += generation
        return order
