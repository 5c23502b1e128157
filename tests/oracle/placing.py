"""Gives a history codes, keys and files of its own, so that many stand in one lake without touching each other.

A history is written with short names: municipalities M0 to M3, providers P0…, clients C0…, practices G0…, practice
codes A0…, practitioners Z0…, codes nobody knows U0…, name hashes H0….
"""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from hashlib import sha256

from .history import History

MOST_HISTORIES = 2400
AGB_PREFIXES = {"P": "94", "A": "01", "Z": "02", "U": "03"}


def place(history: History, index: int) -> History:
    """The same history under the codes of place `index` (0 to 2399)."""
    if not 0 <= index < MOST_HISTORIES:
        raise ValueError(f"place {index} is outside 0 to {MOST_HISTORIES - 1}: municipality codes have four digits")
    return _placed(history, index)


def municipality_code(index: int, number: int) -> str:
    """The code of municipality `number` (0 to 3) of the history at `index`."""
    return f"{index * 4 + number + 1:04d}"


def place_of(code: str) -> int:
    """The index of the history that a municipality code belongs to."""
    return (int(code) - 1) // 4


def _placed(value: object, index: int, name: str = "") -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{f.name: _placed(getattr(value, f.name), index, f.name) for f in fields(value)})
    if isinstance(value, tuple):
        return tuple(_placed(item, index, name) for item in value)
    return _renamed(value, index, name) if isinstance(value, str) else value


def _renamed(text: str, index: int, name: str) -> str:
    match name:
        case "municipality_code" | "successor_code" | "sent_code" if text != "*":
            return municipality_code(index, int(text[1:]))
        case "sender":
            return _renamed(text, index, "municipality_code" if text.startswith("M") else "provider_agb")
        case "provider_agb" | "agb_code" | "referrer_agb" | "practitioner_agb":
            return f"{AGB_PREFIXES[text[0]]}{index:05d}{text[1:]}"
        case "client_key" | "practice_id" | "referrer_hash" | "row_digest" | "content_digest":
            return f"{index:05d}-{text}"
        case "file_name" | "also_named":
            return f"{index:05d}/{text}"
        case "file_sha256":
            return sha256(f"{index}:{text}".encode()).hexdigest()
        case _:
            return text
