"""What an operator sees: progress while a run works, tables when it is done.

Belongs here: rich renderables. Does not belong here: figures (``summary.py``) and commands (``cli.py``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from pipelines.home import Home
from pipelines.resources import Progress

if TYPE_CHECKING:
    from pipelines.ingestion import IngestProgress, IngestReport
    from pipelines.lake import Forgotten
    from pipelines.publication import Published
    from pipelines.referrers.suggestions import UnresolvedReferrer
    from pipelines.run_lock import Holder
    from pipelines.terminal.summary import DeliveryTotals, RefusedFile, SourceStatus
    from pipelines.transformation import NodeFinished


class TerminalProgress(Progress):
    """Two bars: files read, and models built. Off a terminal: one line when each is done."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._bars = Bars(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
            console=console,
            disable=not console.is_terminal,
        )
        self._reading = self._bars.add_task("Reading deliveries", total=None, note="")
        self._building = self._bars.add_task("Building and checking", total=None, note="", visible=False)

    def __enter__(self) -> TerminalProgress:
        self._bars.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def on_waiting(self, holder: Holder) -> None:
        """Say whom the run waits for."""
        self._say(f"Another run is at work: waiting for {holder}.")

    def on_ingesting(self, progress: IngestProgress) -> None:
        """Move the first bar."""
        note = f"{_number(progress.rows_read)} rows" if progress.rows_read else ""
        self._bars.update(self._reading, total=progress.files_total, completed=progress.files_done, note=note)

    def on_ingested(self, report: IngestReport) -> None:
        """Say what was read; show the second bar."""
        self._bars.update(self._building, visible=True)
        self._say(f"Read {_number(report.files_new)} new files, {_number(report.rows_read)} rows.")

    def on_node(self, node: NodeFinished) -> None:
        """Move the second bar; name the model, never a value."""
        self._bars.update(self._building, visible=True, total=node.total, completed=node.index, note=node.name[:40])

    def on_published(self, published: Published) -> None:
        """Clear the note."""
        self._bars.update(self._building, note="")
        self._say(f"The warehouse is live: {published.path}")

    def _say(self, sentence: str) -> None:
        if not self._console.is_terminal:
            self._console.print(sentence, soft_wrap=True)


def run_table(totals: DeliveryTotals, report: IngestReport | None) -> Table:
    """The last screen of a run: what came in now, and what came of everything so far."""
    table = Table(title="Deliveries", title_justify="left")
    table.add_column("")
    table.add_column("this run", justify="right")
    table.add_column("so far", justify="right")
    rows: list[tuple[str, int | None, int | None]] = [
        ("messages and exports", None, totals.files),
        ("  refused", None, totals.refused_files),
        ("  duplicate", None, totals.duplicate_files),
        ("rows accepted", None, totals.rows_accepted),
        ("rows quarantined", None, totals.rows_quarantined),
        ("rows duplicate", None, totals.rows_duplicate),
    ]
    if report is not None:
        rows = [
            ("files in the inbox", report.files, None),
            ("files that were new", report.files_new, None),
            ("files still being written", report.files_growing, None),
            ("messages and exports", report.deliveries_taken + report.deliveries_refused, totals.files),
            ("  refused", report.deliveries_refused, totals.refused_files),
            # Which deliveries came twice is known only once all are compared.
            ("  duplicate", None, totals.duplicate_files),
            ("rows accepted", report.rows_accepted, totals.rows_accepted),
            ("rows quarantined", report.rows_quarantined, totals.rows_quarantined),
            ("rows duplicate", None, totals.rows_duplicate),
        ]
    for label, now, so_far in rows:
        table.add_row(label, *("" if value is None else _number(value) for value in (now, so_far)))
    return table


def where_to_look(home: Home, totals: DeliveryTotals) -> list[str]:
    """Sentences on what to open next; those about trouble only when there is some."""
    lines = [
        f"Figures: {home.warehouse}, schema marts (read-only: duckdb -readonly).",
        f"Published, without what may lead to a person: {home.published} (DuckDB, Parquet, XLSX, data dictionary).",
    ]
    if totals.refused_files:
        lines.append("Refused files and what to do about each: jeugdspiegel status.")
    if totals.rows_quarantined:
        lines.append("Quarantined rows, with field and rule: ops.quarantine in the warehouse.")
    lines.append(
        "What came in, file by file: ops.deliveries; what to look at: ops.findings. The run itself: jeugdspiegel ui."
    )
    return lines


def expired_lines(report: IngestReport | None) -> list[str]:
    """What the retention period took away; nothing when it took nothing."""
    if report is None or not report.months_expired:
        return []
    months = ", ".join(report.months_expired)
    return [f"Older than keep_years, taken away: {_number(report.rows_expired)} rows of {months}."]


def referrer_lines(referrers: Sequence[UnresolvedReferrer]) -> list[str]:
    """Unknown referrers as rows of verwijzer_aliassen.csv; a comment behind each helps to judge it."""
    if not referrers:
        return ["Every GP that messages name is known."]
    lines = ["naam;praktijk_id"]
    for referrer in referrers:
        quoted = '"' + referrer.name.replace('"', '""') + '"'
        likeness = "nothing looks like it" if referrer.score is None else f"likeness {referrer.score:.0f} of 100"
        lines.append(f"{quoted};{referrer.practice_id or ''}    # {_number(referrer.requests)} requests, {likeness}")
    return lines


def forgotten_lines(gone: Forgotten) -> list[str]:
    """What ``forget`` took away, in sentences."""
    rows = [f"{_number(count)} of {dataset}" for dataset, count in sorted(gone.rows.items()) if count]
    more = f" and {_number(len(gone.file_names) - 1)} more that came with it" if len(gone.file_names) > 1 else ""
    lines = [
        f"Forgotten: {gone.file_names[0]}{more}.",
        f"Rows that went: {', '.join(rows) or 'none'}; {gone.cents / 100:,.2f} euro of declaration lines.",
    ]
    if gone.still_known_as:
        lines.append(f"The same bytes stay known as {', '.join(gone.still_known_as)}, and so do their rows.")
    if gone.is_in_inbox:
        lines.append("The file is still in the inbox: the next run takes it in again, unless it is removed first.")
    return lines


def status_table(statuses: Sequence[SourceStatus], today: date) -> Table:
    """One line per kind of delivery."""
    table = Table(title="Sources", title_justify="left")
    for name in ("source", "last delivery"):
        table.add_column(name)
    for name in ("days ago", "files", "rows accepted", "quarantined", "duplicate", "files refused"):
        table.add_column(name, justify="right")
    for status in statuses:
        last = status.last_dated_on
        table.add_row(
            status.kind,
            last.isoformat() if last else "not dated",
            _number((today - last).days) if last else "",
            _number(status.files),
            _number(status.rows_accepted),
            _number(status.rows_quarantined),
            _number(status.rows_duplicate),
            _number(status.refused_files),
        )
    return table


def refused_table(refused: Sequence[RefusedFile]) -> RenderableType:
    """The refused files, each with its reason and what to do."""
    if not refused:
        return "No file was refused."
    table = Table(title="Refused files", title_justify="left")
    table.add_column("file", overflow="fold")
    table.add_column("reason", overflow="fold")
    table.add_column("what it means and what to do", overflow="fold")
    for file in refused:
        name = f"{file.container}: {file.file_name}" if file.container else file.file_name
        table.add_row(name, file.reason, file.message)
    return table


def _number(value: int) -> str:
    return f"{value:,}"
