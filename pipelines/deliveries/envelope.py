"""The exchange's StuF envelope (GGk0210): messages as base64 in ``xmlBestand``."""

from __future__ import annotations

import binascii
from collections.abc import Callable
from pathlib import Path
from xml.parsers import expat

from pipelines.deliveries.markup import Root, strict_parser, xml_refusal
from pipelines.deliveries.model import Refused
from pipelines.deliveries.sources import blocks
from pipelines.deliveries.spool import Spool, Spooled

_PAYLOAD = "xmlBestand"
_ROOT_PREFIXES = ("envelopHeenbericht", "envelopRetourbericht")


def is_envelope(root: Root) -> bool:
    """Whether a root is that of an envelope, for a message or for its retour."""
    return root.name.startswith(_ROOT_PREFIXES)


def open_envelope(source: bytes | Path, new_spool: Callable[[], Spool]) -> list[Spooled]:
    """The messages in an envelope, in their order; read in one pass with bounded memory.

    Raises:
        Refused: ``not_well_formed``, ``entity_declarations``, ``bad_base64``, ``too_large``, ``zip_bomb``,
            ``empty_container`` (an envelope without a message, such as a confirmation).
    """
    parser = strict_parser()
    opened = _Payloads(new_spool)
    parser.StartElementHandler = opened.on_start
    parser.EndElementHandler = opened.on_end
    parser.CharacterDataHandler = opened.on_text
    try:
        for block in blocks(source):
            parser.Parse(block, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise xml_refusal(error) from None
    finally:
        opened.close()
    if not opened.found:
        raise Refused("empty_container", "The envelope holds no message: it has no filled xmlBestand.")
    return opened.found


class _Payloads:
    def __init__(self, new_spool: Callable[[], Spool]) -> None:
        self.found: list[Spooled] = []
        self._new_spool = new_spool
        self._spool: Spool | None = None
        self._text = ""
        self._is_padded = False

    def on_start(self, name: str, _attributes: object) -> None:
        if name.rpartition(" ")[2] == _PAYLOAD and self._spool is None:
            self._spool, self._text, self._is_padded = self._new_spool(), "", False

    def on_text(self, text: str) -> None:
        if self._spool is None:
            return
        self._text += "".join(text.split())
        whole = len(self._text) // 4 * 4
        if whole:
            self._decode(self._text[:whole])
            self._text = self._text[whole:]

    def on_end(self, name: str) -> None:
        if self._spool is None or name.rpartition(" ")[2] != _PAYLOAD:
            return
        if self._text:
            raise _bad_base64()
        spooled = self._spool.finish()
        self.close()
        if spooled.size:
            self.found.append(spooled)

    def close(self) -> None:
        if self._spool is not None:
            self._spool.__exit__(None, None, None)
            self._spool = None

    def _decode(self, text: str) -> None:
        # Padding ends base64, so what follows it is no part of it.
        if self._is_padded or self._spool is None:
            raise _bad_base64()
        self._is_padded = text.endswith("=")
        try:
            data = binascii.a2b_base64(text.encode(), strict_mode=True)
        except binascii.Error:
            raise _bad_base64() from None
        self._spool.write(data)


def _bad_base64() -> Refused:
    return Refused("bad_base64", "The envelope's xmlBestand is no valid base64: it is damaged. Ask for it again.")
