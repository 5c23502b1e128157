"""Verbs for the privacy officer's requests: rekey, erase.

Belongs here: asking, saying what was done, and building the warehouse again. Does not belong here: how it is done
(``pipelines.privacy``).
"""

from __future__ import annotations

import getpass
import os
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

from cyclopts import Parameter

from pipelines.commands.common import (
    SUCCEEDED,
    HomeOption,
    VerboseOption,
    alone,
    check_configuration,
    home_from_option,
    run_job,
    terminal,
)
from pipelines.errors import ConfigurationError

if TYPE_CHECKING:
    from pipelines.home import Home
    from pipelines.privacy.erasing import Erased
    from pipelines.privacy.rekeying import Rekeyed
    from pipelines.pseudonyms import Pseudonyms

LinkOption = Annotated[
    Path | None,
    Parameter(
        name="--link-file", help="File (mode 0600) with the link to add, 64 hexadecimal digits; default: random."
    ),
]
LiftOption = Annotated[
    bool, Parameter(name="--lift", negative="", help="Let later deliveries about an erased person in again.")
]


def rekey(*, link_file: LinkOption = None, home: HomeOption = None, verbose: VerboseOption = False) -> int:
    """Rotate the key of the pseudonyms over lake and warehouse, without the inbox; the key is never shown.

    Every pseudonym changes. Publications before this one are removed: their pseudonyms are the old ones.
    """
    from pipelines.privacy.rekeying import rekey as rotate

    place = _with_deliveries(home_from_option(home))
    with alone(place):
        check_configuration(place)
        for line in _rekeyed_lines(rotate(place, os.environ, link_file)):
            terminal().print(line, soft_wrap=True, markup=False)
        return run_job(place, verbose=verbose, take_in=False)


def erase(*, lift: LiftOption = False, home: HomeOption = None, verbose: VerboseOption = False) -> int:
    """Take a person out of lake, warehouse and publications, and keep them out. The BSN comes from standard input.

    Lists the files of the inbox in which the BSN stands: those are the municipality's own to remove.
    """
    from pipelines.privacy import erasing
    from pipelines.pseudonyms import load_pseudonyms

    place, console = _with_deliveries(home_from_option(home)), terminal()
    bsn = erasing.checked_bsn(_asked())
    with alone(place):
        check_configuration(place)
        pseudonyms = load_pseudonyms(place.pseudonym_key, os.environ)
        if lift:
            was_kept_out = erasing.lift(place, pseudonyms, bsn)
            console.print(
                "Lifted: what is delivered from now on is taken in."
                if was_kept_out
                else "This person was not kept out; nothing changed."
            )
            return SUCCEEDED
        today = datetime.now(ZoneInfo("Europe/Amsterdam")).date()
        for line in _erased_lines(erasing.erase(place, pseudonyms, bsn, today)):
            console.print(line, soft_wrap=True, markup=False)
        names = erasing.files_naming(place, bsn)
        # Output that is no terminal may end in a log.
        shown = names if console.is_terminal else _without_persons(place, pseudonyms, names)
        for line in _inbox_lines(shown):
            console.print(line, soft_wrap=True, markup=False)
        return run_job(place, verbose=verbose, take_in=False)


def _with_deliveries(place: Home) -> Home:
    if not (place.lake / "ledger.parquet").exists():
        raise ConfigurationError(f"--home: nothing was delivered in {place.root} yet.")
    return place


def _asked() -> str:
    """The first line of standard input; on a terminal what is typed is not shown."""
    return getpass.getpass("BSN: ") if sys.stdin.isatty() else sys.stdin.readline()


def _without_persons(place: Home, pseudonyms: Pseudonyms, names: list[str]) -> list[str]:
    """The names of files as they are shown everywhere; of a file that was never taken in, no piece is trusted."""
    from pipelines import lake
    from pipelines.privacy.names import masked

    known = dict(lake.read_index(place).select("file_key", "file_name").iter_rows())
    return [known.get(pseudonyms.file_key(name)) or masked(name, lambda _: True, pseudonyms) for name in names]


def _rekeyed_lines(done: Rekeyed) -> list[str]:
    lines = [
        f"Rekeyed: {done.files:,} files of the lake, {done.persons:,} clients; the key has {done.links} links now.",
        "The warehouse is built again; publications with the old pseudonyms are removed once it is live.",
    ]
    if done.for_environment:
        lines.append(
            f"The key comes from JEUGDSPIEGEL_PSEUDONYM_KEY, which only you can set: its new value is in "
            f"{done.for_environment}. Set it, restart Dagster, then remove that file. Until then no run starts."
        )
    else:
        lines.append("Back the key up anew: the old back-up does not fit the lake any more.")
    return lines


def _erased_lines(done: Erased) -> list[str]:
    rows = ", ".join(f"{count:,} of {name}" for name, count in sorted(done.rows.items()))
    again = " This person was erased before." if done.was_known else ""
    return [
        f"Erased from the lake: {rows or 'no rows'}; {done.cents / 100:,.2f} euro of declaration lines, from "
        f"{done.deliveries:,} deliveries.{again}",
        "What is delivered about this person from now on is left out, too; ops.deliveries counts it as rows_removed.",
        "The warehouse is built again; earlier publications are removed once it is live.",
    ]


def _inbox_lines(names: list[str]) -> list[str]:
    if not names:
        return ["No file of the inbox holds this BSN."]
    return [f"Files of the inbox that hold this BSN, {len(names):,}; removing them is up to you:", *names]
