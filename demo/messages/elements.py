"""Elements of a message as values, and their text.

Belongs here: how an element looks on the wire. Does not belong here: which elements a message has.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, time
from xml.sax.saxutils import escape, quoteattr

Value = str | int | date | time


@dataclass(frozen=True, slots=True)
class Element:
    """One element: a prefixed name with either text or children."""

    name: str
    content: str | tuple[Element, ...]


def leaf(name: str, value: Value | None) -> Element | None:
    """An element with text; None where there is no value, so that no empty element is written (RS033).

    Args:
        name: prefixed name, such as ``ijw:Datum``.
        value: text, whole number, date or time of day; dates and times go in ISO form without zone (RS032).
    """
    if value is None:
        return None
    return Element(name, value.isoformat() if isinstance(value, date | time) else str(value))


def branch(name: str, *children: Element | None) -> Element:
    """An element with the children that are there.

    Raises:
        ValueError: no child is there, which would give an empty element (RS033).
    """
    present = tuple(child for child in children if child is not None)
    if not present:
        raise ValueError(f"{name} would be an empty element")
    return Element(name, present)


def document(root: Element, namespaces: Mapping[str, str]) -> bytes:
    """The message as the standard wants it: UTF-8 without BOM, CR/LF line ends (OP192), indented with tabs.

    Args:
        root: the outermost element.
        namespaces: prefix to namespace, declared on the root in this order.
    """
    declared = "".join(f" xmlns:{prefix}={quoteattr(uri)}" for prefix, uri in namespaces.items())
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    _append(lines, root, "", declared)
    return ("\r\n".join(lines) + "\r\n").encode("utf-8")


def _append(lines: list[str], element: Element, indent: str, attributes: str = "") -> None:
    if isinstance(element.content, str):
        lines.append(f"{indent}<{element.name}{attributes}>{escape(element.content)}</{element.name}>")
        return
    lines.append(f"{indent}<{element.name}{attributes}>")
    for child in element.content:
        _append(lines, child, indent + "\t")
    lines.append(f"{indent}</{element.name}>")
