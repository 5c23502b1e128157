"""Is this XML sound? The root, a quick look at every byte, and a strict pass where the look is not enough.

xml2arrow reads fast because it trusts much: it accepts bytes after the root, a root without an end, undeclared
entities, DOCTYPE, control characters and bad UTF-8 in what it skips, repeated attributes. ``needs_strict_pass`` finds
all of those for a tenth of the cost of parsing: a message that has none of the characters they need cannot have them.
A message that has one is parsed strictly by expat, which alone decides and says where.

What only the strict pass sees, in declarations that have nothing suspicious: white space or odd characters inside a
tag, and prefixes that nobody declared. They change no value.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

import numpy as np

from pipelines.deliveries.model import Limits, Refused
from pipelines.deliveries.sources import BYTE_ORDER_MARK, blocks, tail

_UTF_16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_ENCODINGS = frozenset({"utf-8", "utf8", "us-ascii", "ascii"})
# Without these no comment, CDATA, DOCTYPE, entity, attribute or processing instruction can stand after the root's tag,
# and no control character anywhere. One search for each byte is twenty times as fast as one pattern for all of them.
_SUSPICIOUS = (b"!", b"&", b"]", b"=", b"?", b"\x0b", b"\x0c")
# The other control characters are two ranges (NUL has a reason of its own): two looks instead of one for each.
_BELOW_TAB, _ABOVE_RETURN, _SPACE = np.uint8(9), np.uint8(14), np.uint8(32)


@dataclass(frozen=True)
class Root:
    """The root element's start tag.

    Attributes:
        name: local name.
        namespace: empty when it has none.
        end: position of the first byte after the tag.
    """

    name: str
    namespace: str
    end: int


class _RootSeen(Exception):  # noqa: N818 - stops expat, is no error
    pass


def is_markup(head: bytes) -> bool:
    """Whether a file that begins like this is meant to be XML (UTF-16 included)."""
    if head.startswith(_UTF_16_MARKS):
        return b"<" in head[:8]
    return head.removeprefix(BYTE_ORDER_MARK).lstrip().startswith(b"<")


def read_root(head: bytes) -> Root:
    """The root's start tag, from the first bytes of a file.

    Raises:
        Refused: ``entity_declarations`` (a DOCTYPE), ``unknown_encoding`` (OP192: UTF-8), ``not_well_formed``,
            ``too_large`` (no start tag ends within ``head``).
    """
    if head.startswith(_UTF_16_MARKS):
        raise Refused("unknown_encoding", "The file is UTF-16; messages are UTF-8 (OP192). Ask for it in UTF-8.")
    seen: list[tuple[str, int]] = []
    parser = strict_parser()

    def on_root(name: str, _attributes: object) -> NoReturn:
        seen.append((name, parser.CurrentByteIndex))
        raise _RootSeen

    parser.StartElementHandler = on_root
    try:
        parser.Parse(head, False)
        # Newer expat waits with an unfinished token until more bytes come: say that there are none.
        parser.Parse(b"", True)
    except _RootSeen:
        pass
    except expat.ExpatError as error:
        if len(head) >= 1024 and error.code == expat.errors.codes[expat.errors.XML_ERROR_UNCLOSED_TOKEN]:
            raise Refused("too_large", "The root element's tag does not end within the first kilobytes.") from None
        raise xml_refusal(error) from None
    qualified, start = seen[0]
    namespace, _, name = qualified.rpartition(" ")
    return Root(name, namespace, head.find(b">", start) + 1)


def needs_strict_pass(source: bytes | Path, root: Root, limits: Limits) -> bool:
    """Look at every byte after the root's tag; True when only a strict parser can tell whether the file is sound.

    Raises:
        Refused: ``not_well_formed`` (bytes that are not UTF-8), ``nul_bytes``, ``stray_bom``, ``too_large`` (a text
            longer than ``limits.max_value_bytes``).
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_suspicious = _ends_otherwise(source, root)
    position, last_tag = root.end, root.end
    for block in blocks(source, root.end):
        if not block.isascii() or decoder.getstate()[0]:
            is_suspicious |= _check_text(_decoded(decoder, block, position))
        if b"\0" in block:
            raise _nul_bytes(position + block.index(b"\0"))
        is_suspicious = is_suspicious or any(mark in block for mark in _SUSPICIOUS) or _has_control(block)
        first = block.find(b"<")
        if (position + first if first >= 0 else position + len(block)) - last_tag > limits.max_value_bytes:
            raise _too_large(limits)
        last_tag = position + block.rfind(b"<") if first >= 0 else last_tag
        position += len(block)
    _decoded(decoder, b"", position, final=True)
    return is_suspicious


def check_strictly(source: bytes | Path, limits: Limits) -> None:
    """Parse every byte with expat, namespaces included, and keep nothing.

    Raises:
        Refused: ``not_well_formed`` with line and position, ``entity_declarations``, ``too_large`` (a tag, comment or
            attribute that is longer than ``limits.max_value_bytes``).
    """
    parser = strict_parser()
    fed = 0
    try:
        for block in blocks(source):
            parser.Parse(block, False)
            fed += len(block)
            # Expat keeps an unfinished token in memory, and tries again when that doubled.
            if fed - max(parser.CurrentByteIndex, 0) > 2 * limits.max_value_bytes + len(block):
                raise _too_large(limits)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise xml_refusal(error) from None


def strict_parser() -> expat.XMLParserType:
    """Expat as we use it: names as ``namespace local``, no DOCTYPE, UTF-8 only; its handlers raise ``Refused``."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.XmlDeclHandler = _check_encoding
    return parser


def xml_refusal(error: expat.ExpatError) -> Refused:
    """The refusal for what expat found: its line, its position and its kind, never its text."""
    what = expat.ErrorString(error.code)
    return Refused("not_well_formed", f"Line {error.lineno}, position {error.offset + 1}: {what}. Ask for it again.")


def _refuse_doctype(*_arguments: object) -> NoReturn:
    raise Refused("entity_declarations", "The file has a DOCTYPE; iJw messages have none, and entities are not read.")


def _check_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if encoding is not None and encoding.lower() not in _ENCODINGS:
        raise Refused(
            "unknown_encoding", "The file says that it is not UTF-8; messages are (OP192). Ask for it in UTF-8."
        )


def _ends_otherwise(source: bytes | Path, root: Root) -> bool:
    pattern = rb"</(?:[^\s<>:/]+:)?" + re.escape(root.name.encode()) + rb"\s*>\s*\Z"
    return re.search(pattern, tail(source)) is None


def _has_control(block: bytes) -> bool:
    """Whether a byte below the tab or between carriage return and space stands in a block, which is not empty."""
    codes = np.frombuffer(block, np.uint8)
    # What is below the second range wraps round to the top of the scale.
    return bool(codes.min() < _BELOW_TAB or (codes - _ABOVE_RETURN).min() < _SPACE - _ABOVE_RETURN)


def _decoded(decoder: codecs.IncrementalDecoder, block: bytes, position: int, final: bool = False) -> str:
    held = len(decoder.getstate()[0])
    try:
        return decoder.decode(block, final)
    except UnicodeDecodeError as error:
        place = position - held + error.start + 1
    raise Refused("not_well_formed", f"Byte {place} is not UTF-8 (OP192): the file is damaged, or in another encoding.")


def _check_text(text: str) -> bool:
    if "\ufeff" in text:
        raise _stray_bom()
    return "\ufffe" in text or "\uffff" in text


def _stray_bom() -> Refused:
    return Refused("stray_bom", "A byte order mark stands inside the file: perhaps two files were put together.")


def _too_large(limits: Limits) -> Refused:
    return Refused("too_large", f"A single text, tag or attribute is longer than {limits.max_value_bytes} bytes.")


def _nul_bytes(position: int) -> Refused:
    return Refused("nul_bytes", f"Byte {position + 1} is NUL: the file is damaged, or is no text. Ask for it again.")
