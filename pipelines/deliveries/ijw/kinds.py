"""The messages of iJw: their codes, who sends them, in which releases they exist, and whether we read them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


class Party(enum.Enum):
    """The two sides of a message."""

    MUNICIPALITY = "municipality"
    PROVIDER = "provider"


@dataclass(frozen=True)
class MessageKind:
    """One message of the standard.

    Attributes:
        name: ``JW301`` …
        codes: the BerichtCodes that fit it.
        sender: the side in Afzender. A retour keeps its original's Afzender (IV028), so there it is the original's.
        majors: major releases in which the message exists.
        dataset: the frame that its rows feed; None for a message that we know and do not need.
    """

    name: str
    codes: frozenset[str]
    sender: Party
    majors: frozenset[int]
    dataset: str | None = None

    @property
    def is_needed(self) -> bool:
        """Whether its rows are read."""
        return self.dataset is not None

    @property
    def is_declaration(self) -> bool:
        """Whether it holds many clients and may be large: it is then read in batches."""
        return self.dataset == "declaration_lines"

    @property
    def has_one_client(self) -> bool:
        """Whether it is read and holds one client: it is then small, and has a name that is never read."""
        return self.is_needed and not (self.is_declaration or self.is_answer)

    @property
    def is_answer(self) -> bool:
        """Whether it answers a declaration."""
        return self.dataset == "decision_lines"


def _kind(name: str, codes: str, sender: Party, majors: str, dataset: str | None = None) -> MessageKind:
    releases = frozenset(int(major) for major in majors.split())
    return MessageKind(name, frozenset(codes.split()), sender, releases, dataset)


_M, _P = Party.MUNICIPALITY, Party.PROVIDER

KINDS: Mapping[str, MessageKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            _kind("JW301", "436", _M, "2 3", "allocations"),
            _kind("JW302", "437", _M, "2 3"),
            _kind("JW303", "432 450", _P, "2", "declaration_lines"),
            _kind("JW304", "433 451", _M, "2", "decision_lines"),
            _kind("JW305", "438", _P, "2 3", "care_events"),
            _kind("JW306", "439", _P, "2 3"),
            _kind("JW307", "440", _P, "2 3", "care_events"),
            _kind("JW308", "441", _P, "2 3"),
            _kind("JW315", "446", _P, "2 3", "referral_requests"),
            _kind("JW316", "447", _P, "2 3"),
            _kind("JW317", "486", _P, "3"),
            _kind("JW318", "487", _P, "3"),
            _kind("JW319", "488", _M, "3"),
            _kind("JW320", "489", _M, "3"),
            _kind("JW323", "490", _P, "3", "declaration_lines"),
            _kind("JW325", "491", _M, "3", "decision_lines"),
        )
    }
)

RELEASES = frozenset({"2.1", "2.2", "2.3", "2.4", "3.0", "3.1", "3.2"})


def exists_in(kind: MessageKind, release: str) -> bool:
    """Whether a message exists in a release that we know."""
    return release in RELEASES and int(release.partition(".")[0]) in kind.majors
