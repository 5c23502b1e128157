"""Who and what the region of Stramproy has: municipalities, practices, providers, products. All codes are invented.

AGB codes 01999xxx (practices, practitioners) and 94999xxx (providers) belong to nobody; product codes are invented, for
the regions' lists are not public. Only the practice Stramproy bears a name from the published evaluation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from demo.messages import Product

SEED = "jeugdspiegel-demo-1"
# The releases at hand in the years of the evaluations; from 2021 on declarations are JW323.
RELEASE, RELEASE_FROM_2021 = "2.3", "3.0"
THIRD_GENERATION_FROM = date(2021, 1, 1)
FIRST_MONTH = date(2017, 10, 1)
LAST_MONTH = date(2019, 12, 1)
REGION = "Midden-Limburg West"


def release_on(day: date) -> str:
    """The release of a message of that day."""
    return RELEASE if day < THIRD_GENERATION_FROM else RELEASE_FROM_2021


@dataclass(frozen=True, slots=True)
class Municipality:
    """A municipality of the region, by its CBS code."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Practice:
    """A GP practice. ``aliases`` are other names under which requests mention it."""

    practice_id: str
    name: str
    agb_code: str
    municipality_code: str
    registered_youth: int
    aliases: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every name under which a request may mention the practice."""
        return (self.name, *self.aliases)


@dataclass(frozen=True, slots=True)
class Service:
    """A product as the region buys it.

    Attributes:
        provider_agbs: who delivers it.
        unit: code WJ756, ``01`` minutes, ``16`` half-days.
        tariff_cents: cents per unit.
        domain: ``ggz`` or ``overig``.
        segment: ``BGGZ``, ``SGGZ`` or None.
        monthly_volume: usual units a month, lowest and highest.
        is_mapped: False for a product that no row of ``zorgprofielen`` matches, which reads as ``overig``.
    """

    care_profile: str
    product: Product
    provider_agbs: tuple[str, ...]
    unit: str
    tariff_cents: int
    domain: str
    segment: str | None
    monthly_volume: tuple[int, int]
    is_mapped: bool = True


WEERT, NEDERWEERT, LEUDAL = "0988", "0946", "1640"
MUNICIPALITIES = (
    Municipality(WEERT, "Weert"),
    Municipality(NEDERWEERT, "Nederweert"),
    Municipality(LEUDAL, "Leudal"),
)

STRAMPROY = Practice(
    "stramproy",
    "Huisartsenpraktijk Stramproy",
    "01999001",
    WEERT,
    1150,
    aliases=("Huisartsen Stramproy-Ell", "Groepspraktijk Stramproy en Ell"),
)
NEIGHBOURS = (
    Practice("weert_1", "Demopraktijk Weert 1", "01999002", WEERT, 1320),
    Practice("weert_2", "Demopraktijk Weert 2", "01999003", WEERT, 1480, aliases=("Demopraktijk Weert-Noord 2",)),
    Practice("weert_3", "Demopraktijk Weert 3", "01999004", WEERT, 1210),
    Practice("nederweert_4", "Demopraktijk Nederweert 4", "01999005", NEDERWEERT, 1090),
    Practice("nederweert_5", "Demopraktijk Nederweert 5", "01999006", NEDERWEERT, 1260),
    Practice("leudal_6", "Demopraktijk Leudal 6", "01999007", LEUDAL, 1400),
    Practice("leudal_7", "Demopraktijk Leudal 7", "01999008", LEUDAL, 1170),
)
PRACTICES = (STRAMPROY, *NEIGHBOURS)


def practitioner_agb_codes(practice_index: int) -> tuple[str, str]:
    """AGB codes of the two practitioners of the practice at that place among all practices of the demo."""
    first = 2 * practice_index + 1
    return f"019991{first:02d}", f"019991{first + 1:02d}"


SHORT_CARE, SPECIALISED_SOUTH, SPECIALISED_NORTH, YOUTH_HELP = "94999001", "94999002", "94999003", "94999004"
PROVIDERS = (SHORT_CARE, SPECIALISED_SOUTH, SPECIALISED_NORTH, YOUTH_HELP)
_SPECIALISED = (SPECIALISED_SOUTH, SPECIALISED_NORTH)


def _short(profile: str, code: str, volume: tuple[int, int]) -> Service:
    return Service(profile, Product("54", code), (SHORT_CARE,), "01", 100, "ggz", "BGGZ", volume)


def _specialised(profile: str, code: str, volume: tuple[int, int]) -> Service:
    return Service(profile, Product("54", code), _SPECIALISED, "01", 200, "ggz", "SGGZ", volume)


SERVICES = {
    "ggz_kort_basis": _short("ggz_kort_basis", "D54K1", (60, 120)),
    "ggz_kort_aanvullend": _short("ggz_kort_aanvullend", "D54K2", (90, 180)),
    "ggz_kort_intens": _short("ggz_kort_intens", "D54K3", (120, 260)),
    "ggz_specialistisch_basis": _specialised("ggz_specialistisch_basis", "D54S1", (120, 300)),
    "ggz_specialistisch_aanvullend": _specialised("ggz_specialistisch_aanvullend", "D54S2", (200, 400)),
    "ggz_specialistisch_intens": _specialised("ggz_specialistisch_intens", "D54S3", (300, 700)),
    "begeleiding_jmb": Service(
        "begeleiding_jmb", Product("45", "D45J1"), (YOUTH_HELP,), "16", 9000, "overig", None, (8, 20)
    ),
    "overig": Service("overig", Product("45", "D45A1"), (YOUTH_HELP,), "01", 100, "overig", None, (120, 400)),
    "day_treatment": Service(
        "overig", Product("41", "D41B1"), (YOUTH_HELP,), "01", 100, "overig", None, (120, 400), is_mapped=False
    ),
}
GGZ_PROFILES = tuple(name for name, service in SERVICES.items() if service.domain == "ggz")
