"""Random delivery sets with random damage: messages, exports, zips, gzip and envelopes, from one number each."""

from __future__ import annotations

import gzip
import random
import re
import warnings
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from io import BytesIO

from demo.messages import Client, envelope
from tests.cases.deployment import GIRL, allocation, answer, declaration, january, line

_COLUMNS = "gemeentecode;aanbieder_agb;referentienummer;bsn;toewijzingnummer;productcode;begindatum;einddatum;bedrag\n"
_NOBODY = Client("123456789")  # fails the 11-proef
_TAG = re.compile(rb"<[^<>]+>")


@dataclass(frozen=True)
class Made:
    """A file of a set.

    Attributes:
        name: in the inbox; a number, in which nobody can see a person.
        content: its bytes.
        rows, cents: what each message or export in it holds; None where damage may have changed it.
        parts: messages or exports in it.
    """

    name: str
    content: bytes
    rows: int | None
    cents: int | None
    parts: int = 1


def damaged_set(seed: int) -> list[Made]:
    """The files of one set; the same number gives the same set."""
    draw = random.Random(seed)
    made = [_file(draw, f"{number}") for number in range(draw.randint(1, 4))]
    again = draw.choice(made)
    return [*made, replace(again, name=f"9{again.name}")] if draw.random() < 0.4 else made


def _file(draw: random.Random, stem: str) -> Made:
    agb = f"94{draw.randrange(10**6):06}"
    kind = draw.choice(sorted(_CONTENTS))
    content, rows, cents = _CONTENTS[kind](draw, agb)
    parts = 1
    where = draw.choice(("nowhere", "inside", "outside"))
    if where == "inside":
        content = _damage(draw, content)
    packing = draw.choice(("bare", "gzip", "zip", "zip twice", "envelope", "envelope in zip"))
    if packing == "gzip":
        content = gzip.compress(content, mtime=0)
    elif packing.startswith("zip"):
        parts = 2 if packing == "zip twice" else 1
        content = _zipped(draw.choice((f"{stem}.xml", f"map/{stem}.xml")), content, parts)
    elif packing.startswith("envelope"):
        content = envelope(content)
        if packing.endswith("zip"):
            content = _zipped(f"{stem}.xml", content, 1)
    if where == "outside":
        content = _damage(draw, content)
    is_sound = where == "nowhere" and not (kind == "export" and packing.startswith("envelope"))
    return Made(stem, content, rows if is_sound else None, cents if is_sound else None, parts)


def _message(draw: random.Random, agb: str) -> tuple[bytes, int, int]:
    amounts = [100 * draw.randint(1, 500) for _ in range(draw.randint(1, 4))]
    lines = [line(f"A{place}", cents, client=draw.choice((GIRL, GIRL, _NOBODY))) for place, cents in enumerate(amounts)]
    return january(agb, f"M{draw.randrange(1_000)}", *lines), len(lines), sum(amounts)


def _allocation(draw: random.Random, agb: str) -> tuple[bytes, int, int]:
    return allocation(agb, f"T{draw.randrange(1_000)}", draw.randint(1, 9_999)), 1, 0


def _answer(draw: random.Random, agb: str) -> tuple[bytes, int, int]:
    lines = [line(f"A{place}", 2_500) for place in range(draw.randint(1, 3))]
    return answer(declaration(agb, "M1", *lines), f"R{draw.randrange(1_000)}", *lines), len(lines), 0


def _export(draw: random.Random, agb: str) -> tuple[bytes, int, int]:
    amounts = [draw.randint(-40_000, 40_000) for _ in range(draw.randint(1, 6))]
    rows = []
    for place, cents in enumerate(amounts):
        bsn = draw.choice(("999900006", "123456789", ""))
        last_day = draw.choice(("31-01-2026", "30-02-2026"))
        euros = f"{'-' if cents < 0 else ''}{abs(cents) // 100},{abs(cents) % 100:02}"
        rows.append(f"0988;{agb};Aë{place};{bsn};1;54002;01-01-2026;{last_day};{euros}\n")
    return (_COLUMNS + "".join(rows)).encode(), len(rows), sum(amounts)


_CONTENTS: Mapping[str, Callable[[random.Random, str], tuple[bytes, int, int]]] = {
    "allocation": _allocation,
    "answer": _answer,
    "export": _export,
    "message": _message,
}


def _zipped(name: str, content: bytes, members: int) -> bytes:
    """A zip with the same member once or several times, all under one name."""
    buffer = BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore", UserWarning)
        for _ in range(members):
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _damage(draw: random.Random, content: bytes) -> bytes:
    return draw.choice((_cut, _flipped, _with_nul, _without_tag, _other_encoding, _pasted, _turned))(draw, content)


def _cut(draw: random.Random, content: bytes) -> bytes:
    return content[: draw.randrange(len(content))]


def _flipped(draw: random.Random, content: bytes) -> bytes:
    damaged = bytearray(content)
    for _ in range(draw.randint(1, 5)):
        damaged[draw.randrange(len(damaged))] ^= draw.randint(1, 255)
    return bytes(damaged)


def _with_nul(draw: random.Random, content: bytes) -> bytes:
    place = draw.randrange(len(content))
    return content[:place] + b"\0" + content[place:]


def _without_tag(draw: random.Random, content: bytes) -> bytes:
    tags = list(_TAG.finditer(content)) or list(re.finditer(rb"[;\n]", content))
    if not tags:
        return content[1:]
    gone = draw.choice(tags)
    return content[: gone.start()] + content[gone.end() :]


def _other_encoding(draw: random.Random, content: bytes) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(draw.choice(("utf-16", "utf-8-sig", "cp1252", "latin-1")), "replace")


def _pasted(draw: random.Random, content: bytes) -> bytes:
    return content + draw.choice((content, b"\xef\xbb\xbf" + content, b"\xeb", b"\n\n  "))


def _turned(draw: random.Random, content: bytes) -> bytes:
    place = draw.randrange(len(content))
    return content[place:] + content[:place]
