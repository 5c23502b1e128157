"""A deployment in an empty folder: reference tables, an inbox that a test fills, and questions to its warehouse."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import duckdb

from demo.messages import (
    AllocatedProduct,
    AllocationMessage,
    Answer,
    AnsweredLine,
    Client,
    Declaration,
    Line,
    MessageHeader,
    Product,
    RequestedProduct,
    RequestMessage,
    to_xml,
)

MUNICIPALITY = "0988"
GGZ = Product("54", "54002")
GIRL = Client("999900006")
BOY = Client("999900018", sex="1")
PRACTICES = """praktijk_id,naam,agb_code,gemeentecode,ingeschreven_jeugdigen
p1,Demopraktijk Weert 1,01999001,0988,1000
"""
PROFILES = """gemeentecode,productcode,zorgprofiel,domein,ggz_segment,geldig_vanaf,geldig_tot
*,54002,ggz_specialistisch_basis,ggz,SGGZ,2015-01-01,
"""


def january(provider: str, identification: str, *lines: Line, dated_on: date = date(2026, 2, 5), **more: Any) -> bytes:
    """A JW323 over January 2026."""
    header = MessageHeader(MUNICIPALITY, provider, identification, dated_on, more.pop("release", "3.2"))
    return to_xml(Declaration(header, date(2026, 1, 1), date(2026, 1, 31), lines, **more))


def line(reference: str, cents: int = 10_000, *, client: Client = GIRL, number: int | None = 1, **more: Any) -> Line:
    """One debit line over January 2026, of 100 minutes, at 54002."""
    return Line(
        client=client,
        reference=reference,
        allocation_number=number,
        product=more.pop("product", GGZ),
        period_from=more.pop("period_from", date(2026, 1, 1)),
        period_to=more.pop("period_to", date(2026, 1, 31)),
        volume=more.pop("volume", 100),
        amount_cents=cents,
        tariff_cents=more.pop("tariff_cents", cents // 100),
        **more,
    )


def credit(reference: str, of: Line, **more: Any) -> Line:
    """The credit that takes a line back."""
    return line(
        reference,
        of.amount_cents,
        client=of.client,
        number=of.allocation_number,
        is_credit=True,
        previous_reference=of.reference,
        **more,
    )


def declaration(provider: str, identification: str, *lines: Line, dated_on: date = date(2026, 2, 5)) -> Declaration:
    """The same declaration as ``january`` writes, as a value that an answer can refer to."""
    header = MessageHeader(MUNICIPALITY, provider, identification, dated_on)
    return Declaration(header, date(2026, 1, 1), date(2026, 1, 31), lines)


def answer(
    to: Declaration, identification: str, *rejected: Line, dated_on: date = date(2026, 2, 12), **more: Any
) -> bytes:
    """A JW325 that rejects these lines, or with ``has_body=False`` the whole declaration."""
    header = MessageHeader(MUNICIPALITY, to.header.provider_agb, identification, dated_on)
    return to_xml(Answer(header, to, tuple(AnsweredLine(one) for one in rejected), **more))


def allocation(provider: str, identification: str, number: int, **more: Any) -> bytes:
    """A JW301 with one version of one allocation of the girl, the whole of 2026 unless said otherwise."""
    header = MessageHeader(MUNICIPALITY, provider, identification, more.pop("dated_on", date(2025, 12, 20)))
    product = AllocatedProduct(
        number,
        more.pop("product", GGZ),
        more.pop("starts_on", date(2026, 1, 1)),
        more.pop("ends_on", date(2026, 12, 31)),
        more.pop("allocated_on", date(2025, 12, 20)),
        **more,
    )
    return to_xml(AllocationMessage(header, GIRL, (product,)))


def request(provider: str, identification: str, reference: str, **referrer: Any) -> bytes:
    """A JW315 of the girl with one requested product."""
    header = MessageHeader(MUNICIPALITY, provider, identification, date(2025, 12, 10))
    product = RequestedProduct(reference, GGZ, date(2026, 1, 1), date(2026, 12, 31), **referrer)
    return to_xml(RequestMessage(header, GIRL, (product,)))


def zipped(**members: bytes) -> bytes:
    """A zip with these members; ``__`` in a name stands for a dot."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "."), content)
    return buffer.getvalue()


@dataclass(frozen=True)
class Deployment:
    """A home folder and what its warehouse says after a run."""

    home: Path

    @classmethod
    def new(cls, home: Path) -> Deployment:
        """An empty inbox and the two reference tables that must exist."""
        (home / "inbox").mkdir(parents=True)
        (home / "reference").mkdir()
        (home / "reference" / "praktijken.csv").write_text(PRACTICES, encoding="utf-8")
        (home / "reference" / "zorgprofielen.csv").write_text(PROFILES, encoding="utf-8")
        return cls(home)

    def deliver(self, name: str, content: bytes | str) -> None:
        """Put a file into the inbox."""
        path = self.home / "inbox" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)

    def run(self) -> None:
        """One nightly run: the job that ``jeugdspiegel run`` starts."""
        from pipelines.nightly import run_nightly

        run_nightly(self.home)

    def rows(self, sql: str, *parameters: Any) -> list[dict[str, Any]]:
        """The rows of a query on the warehouse, as dictionaries."""
        with duckdb.connect(str(self.home / "warehouse.duckdb"), read_only=True) as connection:
            relation = connection.execute(sql, list(parameters))
            names = [column[0] for column in relation.description]
            return [dict(zip(names, values, strict=True)) for values in relation.fetchall()]

    def delivery(self, name: str) -> dict[str, Any]:
        """The one row of ops.deliveries of this file."""
        (row,) = self.rows("select * from ops.deliveries where file_name = ?", name)
        return row

    def quarantined(self, name: str) -> set[tuple[int, str, str]]:
        """(row, field, rule) of every broken rule of this file."""
        rows = self.rows(
            "select row_number, field, rule from ops.quarantine join ops.deliveries using (file_sha256) "
            "where file_name = ?",
            name,
        )
        return {(row["row_number"], row["field"], row["rule"]) for row in rows}

    def findings(self, reference: str) -> set[str]:
        """Findings about this line reference, allocation number or identification."""
        rows = self.rows("select distinct finding from ops.findings where reference = ?", reference)
        return {row["finding"] for row in rows}

    def rules_found(self, name: str) -> set[str]:
        """Numbers of the standard's rules that the findings about this file name."""
        rows = self.rows(
            "select distinct rule from ops.findings join ops.deliveries using (file_sha256) where file_name = ?", name
        )
        return {row["rule"] for row in rows}

    def cost(self, provider: str) -> float:
        """Euros of this provider that count, over all years."""
        (row,) = self.rows(
            "select coalesce(sum(cost_eur), 0) as eur from marts.trajectory_years where provider_agb = ?", provider
        )
        return float(row["eur"])
