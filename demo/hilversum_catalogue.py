"""Who and what Hilversum has: 28 practices, 19 of them with a POH, and what care is bought. All codes are invented."""

from __future__ import annotations

from datetime import date

from demo.catalogue import Municipality, Practice, Service
from demo.messages import Product

HILVERSUM = Municipality("0402", "Hilversum")
HILVERSUM_REGION = "Gooi en Vechtstreek"
HILVERSUM_FIRST_MONTH, HILVERSUM_LAST_MONTH = date(2019, 1, 1), date(2021, 6, 1)
POH_FROM = date(2020, 3, 1)
# Second progress letter: 19 of 28 practices have a POH.
PRACTICES_WITH_POH = 19
BGGZ_PROVIDER, SGGZ_PROVIDERS = "94999005", ("94999006", "94999007")


def _practice(number: int) -> Practice:
    aliases = (f"Demopraktijk Hilversum-Oost {number}",) if number % 9 == 0 else ()
    youth = 900 + 137 * number % 700
    agb_code = f"019990{number + 10:02d}"
    return Practice(
        f"hilversum_praktijk_{number}", f"Demopraktijk Hilversum {number}", agb_code, HILVERSUM.code, youth, aliases
    )


HILVERSUM_PRACTICES = tuple(_practice(number) for number in range(1, 29))
TAKING_PART = HILVERSUM_PRACTICES[:PRACTICES_WITH_POH]

BGGZ = Service("bggz", Product("54", "D54B0"), (BGGZ_PROVIDER,), "01", 150, "ggz", "BGGZ", (150, 300))
SGGZ = Service("sggz", Product("54", "D54G0"), SGGZ_PROVIDERS, "01", 180, "ggz", "SGGZ", (400, 800))
HILVERSUM_SERVICES = (BGGZ, SGGZ)
