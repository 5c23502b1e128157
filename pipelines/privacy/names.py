"""Names of files without the persons in them.

Any name may be given to a delivery, so also "Jansen 123456782.xml". What the ledger, the tables and the terminal show
of it has a keyed token in the place of each piece that may be about a person: ``~3fa94c0b12de~``. Such a piece is

- a run of nine digits, also with separators, as a BSN is written, unless it is part of an identifier that the file
  gives as its own, as in ``T001802220``;
- a word, a number or a date that the file itself has as a value: the name of the child in the message, a date of birth;
- a word that is written as a name is, with a capital, and is neither a word of the trade nor that of a place we know.

A name without a capital that is nowhere in the file itself cannot be told from any other word: docs/privacy.md says so.

Belongs here: taking names apart, and finding a file again by its name without persons. Does not belong here: reading.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import polars as pl

from pipelines.deliveries.inbox import scan_inbox
from pipelines.pseudonyms import Pseudonyms

_TOKEN = re.compile(r"~([0-9a-f]{12})~")
_PIECES = re.compile(
    r"""
      (?<!\d) (?P<spaced> \d{3}[ ._-]\d{3}[ ._-]\d{3} | \d{4}[ ._-]\d{2}[ ._-]\d{3} | (?:\d{2}[ ._-]){3}\d{3} ) (?!\d)
    | (?<!\d) (?P<date> \d{4}[ ._-]\d{1,2}[ ._-]\d{1,2} | \d{1,2}[ ._-]\d{1,2}[ ._-]\d{4} ) (?!\d)
    | (?P<number> \d+ )
    | (?P<word> [^\W\d_]+ )
    """,
    re.VERBOSE,
)
_HUMPS = re.compile(r"[^\W\d_a-z]+(?=[^\W\d_a-z][a-z])|[^\W\d_a-z]?[a-zß-öø-ÿ]+|[^\W\d_]+")
_LIKE_BSN = 9
# Words of the trade, which every export has as a value or a heading somewhere.
_ORDINARY = frozenset(
    re.findall(
        r"\w+",
        """
        xml csv txt xls xlsx zip gz gzip tar utf bom jw ijw wmo iwmo ggk stuf agb bsn poh ggz jgz nl ja nee of
        and the bericht berichten message messages bestand bestanden file files export exports delivery
        deliveries levering leveringen declaratie declaraties declaration factuur facturen retour toewijzing
        toewijzingen allocation verzoek verzoeken request start stop begin einde registratie registraties
        ervaring ervaringen enquete survey regel regels line lines client clienten clients jeugd jeugdhulp
        jeugdige jeugdigen gemeente gemeenten aanbieder aanbieders praktijk praktijken huisarts huisartsen
        product productcode zorg maand kwartaal jaar week januari februari maart april mei juni juli augustus
        september oktober november december jan feb mrt apr jun jul aug sep okt nov dec dag datum oud nieuw
        new old van de der den het een en te ter ten op in aan bij tot met uit to debet credit open toegekend
        afgekeurd onbekend overig test total totaal sheet blad map folder kopie copy duplicate dubbel correct
        correctie correction origineel original definitief final concept backup first second third eerste
        tweede derde vierde good bad goed fout wrong valid invalid geldig ongeldig broken kapot refused
        geweigerd empty leeg small large klein groot late laat early vroeg extra part deel batch data input
        output import inbox out demo sample example voorbeeld report rapport overzicht lijst list tabel table
        snapshot stand bron source system systeem update mutatie mutaties periode period versie version run
        dump zorgaanbieder instelling verwijzer verwijzers verwijzing traject trajecten beschikking
        vragenlijst vragenlijsten ouder ouders jongere jongeren school wijk wijkteam lokaal team regio region
        noord oost zuid west noordoost zuidoost zorgned suites vecozo vws cbs jaarrekening verantwoording
        productie controle aanlevering aanleveringen indicatie indicaties budget kosten bedragen resultaat
        resultaten vraag antwoord antwoorden requests answer answers decision decisions event events
        allocations care header envelope envelop conflict quarantine quarantaine huisartsenpraktijk
        ondersteuner hulp begeleiding behandeling specialistisch basis kort intens aanvullend gemengd alles
        all everything nieuwe oude laatste vorige huidige toelichting leeswijzer uitleg legenda instructie readme
        """,
    )
)


def masked(name: str, is_personal: Callable[[str], bool], pseudonyms: Pseudonyms) -> str:
    """A name with a token in the place of each personal piece.

    Args:
        name: path relative to the inbox, or name in a container.
        is_personal: whether a piece of the name, as it is written there, is about a person.
        pseudonyms: the deployment's pseudonyms.
    """

    def shown(found: re.Match[str]) -> str:
        piece = found[0]
        if is_personal(piece):
            return f"~{pseudonyms.file_token(_plain(piece))}~"
        humps = _HUMPS.findall(piece) if found["word"] else []
        return _HUMPS.sub(shown_hump, piece) if len(humps) > 1 else piece

    def shown_hump(found: re.Match[str]) -> str:
        return f"~{pseudonyms.file_token(_plain(found[0]))}~" if is_personal(found[0]) else found[0]

    return _PIECES.sub(shown, name)


def pieces(name: str) -> list[str]:
    """The pieces of a name that the file's own content may show to be personal."""
    found: list[str] = []
    for match in _PIECES.finditer(name):
        if match["word"]:
            humps = _HUMPS.findall(match[0])
            found += [word for word in {match[0], *humps} if len(word) > 1 and word.lower() not in _ORDINARY]
        elif match["date"] or len(match[0]) >= 7:
            found.append(match[0])
    return found


def is_like_name(piece: str) -> bool:
    """Whether a word is written as a name is, and is no word of the trade."""
    is_title = len(piece) >= 3 and piece[0].isupper() and piece[1:].islower()
    is_capitals = len(piece) >= 5 and piece.isupper()
    return piece.isalpha() and (is_title or is_capitals) and piece.lower() not in _ORDINARY


def identifiers(name: str) -> dict[str, str]:
    """Runs of nine digits in a name that have letters beside them, and the whole words that they are part of."""
    words = (word for word in re.findall(r"[^\W_]+", name) if not word.lower().startswith("bsn"))
    found = ((re.search(r"(?<!\d)\d{9}(?!\d)", word), word) for word in words)
    return {run[0]: word for run, word in found if run and run[0] != word}


def is_like_bsn(piece: str) -> bool:
    """Whether a piece has the nine digits of a BSN, whatever its check digit and its separators."""
    digits = re.sub(r"[ ._-]", "", piece)
    if not (digits.isascii() and digits.isdigit() and len(digits) == _LIKE_BSN):
        return False
    return digits == piece or _PIECES.fullmatch(piece) is not None


def same_name(shown: str, name: str, pseudonyms: Pseudonyms) -> bool:
    """Whether a name as it is shown is that of a file."""
    if shown == name:
        return True
    tokens = set(_TOKEN.findall(shown))
    return bool(tokens) and shown == masked(name, _has_token(tokens, pseudonyms), pseudonyms)


def shown_as(name: str, known: Iterable[str], pseudonyms: Pseudonyms) -> str:
    """A name as typed by somebody, the way in which the known names show it."""
    names = set(known)
    if any(one == name or one.startswith((f"{name}#", f"{name}/")) for one in names):
        return name
    tokens = {token for one in names for token in _TOKEN.findall(one)}
    return masked(name, _has_token(tokens, pseudonyms), pseudonyms) if tokens else name


def find_in_inbox(inbox: Path, shown: str, pseudonyms: Pseudonyms) -> Path | None:
    """The file of the inbox that a name, as shown, is of; None when it is not there."""
    if not _TOKEN.search(shown):
        return inbox / shown if (inbox / shown).is_file() else None
    for file in scan_inbox(inbox, look_again_seconds=0).ready:
        if same_name(shown, file.name, pseudonyms):
            return file.path
    return None


def moved_names(names: pl.Series, pseudonyms: Pseudonyms) -> pl.Series:
    """Names as shown, after a rotation of the key."""

    def moved(name: str) -> str:
        return _TOKEN.sub(lambda found: f"~{pseudonyms.moved_token(found[1])}~", name)

    return names.map_elements(moved, return_dtype=pl.String) if names.drop_nulls().str.contains("~").any() else names


def _has_token(tokens: Collection[str], pseudonyms: Pseudonyms) -> Callable[[str], bool]:
    return lambda piece: pseudonyms.file_token(_plain(piece)) in tokens


def _plain(piece: str) -> str:
    return unicodedata.normalize("NFC", piece)
