"""Every path under the home folder, in one place. Nothing here reads or writes, except ``Home.make``."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Home:
    """The home folder of one deployment (``--home``, else ``$JEUGDSPIEGEL_HOME``, else ``./var``)."""

    root: Path

    @property
    def settings_file(self) -> Path:
        """Settings; may be absent."""
        return self.root / "jeugdspiegel.toml"

    @property
    def inbox(self) -> Path:
        """Deliveries; never written to by a run."""
        return self.root / "inbox"

    @property
    def reference(self) -> Path:
        """The deployment's own reference tables."""
        return self.root / "reference"

    @property
    def secrets(self) -> Path:
        """Folder of the key; mode 0700."""
        return self.root / "secrets"

    @property
    def pseudonym_key(self) -> Path:
        """The key of the pseudonyms; mode 0600."""
        return self.secrets / "pseudonym.key"

    @property
    def lake(self) -> Path:
        """Validated Parquet."""
        return self.root / "lake"

    @property
    def lake_reference(self) -> Path:
        """Validated reference tables."""
        return self.lake / "reference"

    @property
    def reference_history(self) -> Path:
        """Earlier versions of the reference tables."""
        return self.lake / "reference_history"

    @property
    def quarantine(self) -> Path:
        """What was refused."""
        return self.root / "quarantine"

    @property
    def warehouse(self) -> Path:
        """The exact, pseudonymised DuckDB file: a link through ``current``."""
        return self.root / "warehouse.duckdb"

    @property
    def candidate(self) -> Path:
        """The DuckDB file that dbt builds; on the warehouse's disk, so that a rename puts it live."""
        # DuckDB names a catalog after its file, and views name their catalog: both files must have one name.
        return self.root / "candidate" / self.warehouse.name

    @property
    def staged(self) -> Path:
        """What everyone will see when the candidate goes live, while it is being made."""
        return self.candidate.parent / self.published.name

    @property
    def published(self) -> Path:
        """Disclosure-controlled output: a link through ``current``."""
        return self.root / "published"

    @property
    def publications(self) -> Path:
        """The last publications, one folder each; the warehouse in it is its owner's alone."""
        return self.root / "publications"

    @property
    def current(self) -> Path:
        """A link to the publication that is live; replacing it is what puts another one live."""
        return self.root / "current"

    @property
    def last_audit(self) -> Path:
        """What the audit of the last candidate found."""
        return self.publications / "last_audit.json"

    @property
    def dagster(self) -> Path:
        """DAGSTER_HOME."""
        return self.root / "dagster"

    @property
    def dbt(self) -> Path:
        """What dbt leaves behind."""
        return self.root / "dbt"

    @property
    def dbt_target(self) -> Path:
        """dbt's manifest and compiled models."""
        return self.dbt / "target"

    @property
    def dbt_logs(self) -> Path:
        """dbt's log files."""
        return self.dbt / "logs"

    @property
    def vintages(self) -> Path:
        """Figures of past publications, kept until what they rest on changes; mode 0700."""
        return self.dbt / "vintages"

    @property
    def scratch(self) -> Path:
        """Unpacked files while a run reads them: a private folder, emptied by each run."""
        return self.root / "scratch"

    @property
    def run_lock(self) -> Path:
        """Held by the one run that may write in this home folder."""
        return self.root / "run.lock"

    @property
    def operations(self) -> Path:
        """What runs leave behind for whoever operates them: the run log and the metrics."""
        return self.root / "operations"

    @property
    def metrics(self) -> Path:
        """The text file for node_exporter's textfile collector."""
        return self.root / "metrics" / "jeugdspiegel.prom"

    def make(self) -> None:
        """Make the folders that a run writes to; all but the home itself are their owner's alone, whatever the umask.

        Rights of ``inbox`` and ``reference`` are set when they are made and never again: others may deliver there.
        """
        if not self.root.exists():
            self.root.mkdir(parents=True)
            # What is published below it is for everyone.
            self.root.chmod(0o755)
        for folder in (self.inbox, self.reference):
            if not folder.exists():
                folder.mkdir()
                folder.chmod(0o700)
        private = (self.secrets, self.lake, self.quarantine, self.dagster, self.dbt, self.scratch, self.vintages)
        for folder in (*private, self.candidate.parent):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            # A mount belongs to whoever made it: 'jeugdspiegel doctor' looks at its rights.
            with contextlib.suppress(PermissionError):
                folder.chmod(0o700)
