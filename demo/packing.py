"""Messages as the files that lie in an inbox: a zip a month, the newest month unpacked, a few in other containers."""

from __future__ import annotations

import gzip
import io
import zipfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import PurePosixPath

from demo.calendar import add_months, month_of
from demo.catalogue import SPECIALISED_NORTH, SPECIALISED_SOUTH, WEERT
from demo.messages import Declaration, Message, envelope, kind, to_xml

_ENVELOPED = "2019-11"
_RESENT = date(2018, 6, 1)


@dataclass(frozen=True, slots=True)
class DemoFile:
    """A file as it must lie on disk: path below the home folder, bytes, and modification time (UTC)."""

    path: PurePosixPath
    content: bytes
    modified_at: datetime


def pack(messages: Iterable[Message]) -> tuple[DemoFile, ...]:
    """The files of an inbox, in order of path; every message once, and one of them once more.

    A message goes into the zip of the month of its date (an answer: of its own date). The declarations of one provider
    come inside envelopes or gzipped in one month, and one member of a zip is an envelope itself.
    """
    by_month: dict[date, list[Message]] = defaultdict(list)
    for message in messages:
        by_month[month_of(message.header.dated_on)].append(message)
    newest = max(by_month)
    files = [file for month, group in by_month.items() for file in _of_month(month, group, is_newest=month == newest)]
    return tuple(sorted(files, key=lambda file: file.path))


def _of_month(month: date, messages: list[Message], *, is_newest: bool) -> list[DemoFile]:
    label, modified_at = f"{month:%Y-%m}", _after(month)
    bare: list[DemoFile] = []
    members: dict[str, bytes] = {}
    for message in messages:
        name, xml = _name(message), to_xml(message)
        if is_newest:
            bare.append(DemoFile(PurePosixPath("inbox/exchange", label, f"{name}.xml"), xml, modified_at))
        elif label == _ENVELOPED and _is_bill_of(message, SPECIALISED_SOUTH):
            bare.append(DemoFile(PurePosixPath("inbox/ggk", f"{name}.xml"), _wrap(message, xml), modified_at))
        elif label == _ENVELOPED and _is_bill_of(message, SPECIALISED_NORTH):
            packed = gzip.compress(xml, mtime=0)
            bare.append(DemoFile(PurePosixPath("inbox/exchange", f"{name}.xml.gz"), packed, modified_at))
        elif month == date(2019, 5, 1) and _is_bill_of(message, SPECIALISED_NORTH, WEERT):
            members[f"{name}_ggk.xml"] = _wrap(message, xml)
        else:
            members[f"{name}.xml"] = xml
        if month == _RESENT and _is_bill_of(message, SPECIALISED_SOUTH, WEERT):
            bare.append(DemoFile(PurePosixPath("inbox/resent", f"{name}_again.xml"), xml, modified_at))
    if members:
        archive = _zip(members, modified_at)
        bare.append(DemoFile(PurePosixPath("inbox/exchange", f"{label}.zip"), archive, modified_at))
    return bare


def _is_bill_of(message: Message, provider: str, municipality: str | None = None) -> bool:
    header = message.header
    fits = header.provider_agb == provider and municipality in (None, header.municipality_code)
    return fits and isinstance(message, Declaration)


def _name(message: Message) -> str:
    header = message.header
    return f"{kind(message)}_{header.municipality_code}_{header.provider_agb}_{header.identification}"


def _wrap(message: Message, xml: bytes) -> bytes:
    header = message.header
    return envelope(
        xml,
        function=kind(message),
        sender=header.provider_agb,
        receiver=header.municipality_code,
        reference=f"{header.provider_agb}-{header.identification}",
        sent_at=f"{header.dated_on:%Y%m%d}093000",
    )


def _after(month: date) -> datetime:
    """Early on the first day of the next month: when the month's messages had all come in."""
    following = add_months(month, 1)
    return datetime(following.year, following.month, following.day, 6, tzinfo=UTC)


def _zip(members: dict[str, bytes], modified_at: datetime) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in sorted(members.items()):
            info = zipfile.ZipInfo(name, modified_at.timetuple()[:6])
            info.compress_type, info.create_system, info.external_attr = zipfile.ZIP_DEFLATED, 3, 0o600 << 16
            archive.writestr(info, content)
    return buffer.getvalue()
