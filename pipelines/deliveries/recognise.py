"""What is this file? Answered from its first bytes, never its name: a message and its release, or a flat export."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipelines.deliveries.ijw.kinds import KINDS, MessageKind, exists_in
from pipelines.deliveries.markup import Root, is_markup, read_root
from pipelines.deliveries.model import Refused

_NAMESPACE = re.compile(
    r"http://www\.istandaarden\.nl/(?P<law>ijw|iwmo)/(?P<major>\d+)_(?P<minor>\d+)/(?P<message>(?:jw|wmo)\d{3})/schema(?:/\d+_\d+)?"
)
_ZIP, _OLD_OFFICE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_NOT_DATA = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"{\\rtf", b"Rar!", b"7z\xbc\xaf")


@dataclass(frozen=True)
class Message:
    """An iJw message: which one, of which release (``3.2``), and its root."""

    kind: MessageKind
    release: str
    root: Root


@dataclass(frozen=True)
class FlatFile:
    """A CSV, or an XLSX workbook; which dataset it holds is known from its columns only."""

    is_workbook: bool


def recognise(head: bytes) -> Message | FlatFile:
    """Recognise a file by its first bytes (64 KiB are plenty).

    Raises:
        Refused: ``empty``, ``unknown_kind``, ``unknown_release``, ``wmo_traffic``, and what ``read_root`` refuses.
    """
    if not head.strip():
        raise Refused("empty", "The file is empty. Ask for it again.")
    if head.startswith(_ZIP):
        return FlatFile(is_workbook=True)
    if head.startswith(_OLD_OFFICE):
        raise Refused("unknown_kind", "This is an old Excel or Word file (.xls, .doc); save it as .xlsx or CSV.")
    if head.startswith(_NOT_DATA):
        raise Refused("unknown_kind", "This is a document, picture or archive that holds no delivery we can read.")
    if is_markup(head):
        return _message(read_root(head))
    return FlatFile(is_workbook=False)


def _message(root: Root) -> Message:
    found = _NAMESPACE.fullmatch(root.namespace)
    if found is None or root.name != "Bericht":
        raise Refused("unknown_kind", "The XML is no iJw message: its root is not a Bericht of a namespace of iJw.")
    if found["law"] == "iwmo" or found["message"].startswith("wmo"):
        raise Refused("wmo_traffic", "This is a message of iWmo; only messages of iJw (youth care) are read.")
    name = found["message"].upper()
    if name not in KINDS:
        raise Refused("unknown_kind", f"{name} is no message that we know of iJw 2.1 to 3.2.")
    release = f"{int(found['major'])}.{int(found['minor'])}"
    if not exists_in(KINDS[name], release):
        raise Refused(
            "unknown_release", f"{name} of release {release} is not known; iJw 2.1 to 2.4 and 3.0 to 3.2 are."
        )
    return Message(KINDS[name], release, root)
