"""The official schemas of iJw 2.3 and 3.2, read from the reference folder beside the project."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from lxml import etree

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "ijw"
SUBVERSION = {"2": b"3", "3": b"2"}


def require_schemas() -> None:
    """Skips the test where the schemas are not at hand: they may not be copied into the project."""
    if not FOLDER.is_dir():
        pytest.skip("the official XSDs are not beside the project (../shared/ijw)")


@cache
def _schema(release: str, kind: str) -> etree.XMLSchema:
    name = kind if release == "2_3" else kind.lower()
    return etree.XMLSchema(etree.parse(FOLDER / release / "xsd" / f"{name}.xsd"))


def violations(xml: bytes, kind: str, release: str) -> list[str]:
    """What the official schema says against a message; that of a release without schema is read as its nearest."""
    nearest = {"2": "2.3", "3": "3.2"}[release[0]]
    if release != nearest:
        xml = xml.replace(f"/ijw/{release.replace('.', '_')}/".encode(), f"/ijw/{nearest.replace('.', '_')}/".encode())
        own, other = release[2:].encode(), SUBVERSION[release[0]]
        xml = xml.replace(b"BerichtSubversie>" + own + b"<", b"BerichtSubversie>" + other + b"<")
    schema = _schema(nearest.replace(".", "_"), kind)
    schema.validate(etree.fromstring(xml))
    return [f"line {error.line}: {error.message}" for error in schema.error_log]
