"""The whole demo: what municipalities and providers sent each other, and whom POHs registered."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from demo.bills import bill_messages
from demo.hilversum_care import hilversum_trajectories
from demo.hilversum_poh import hilversum_registrations
from demo.messages import Message
from demo.neighbours import neighbour_trajectories, poh_trajectories, unattributed_trajectories
from demo.planning import Supply
from demo.registrations import Registration
from demo.stramproy import stramproy_trajectories
from demo.stramproy_poh import stramproy_registrations
from demo.trajectories import Trajectory, care_messages


@dataclass(frozen=True, slots=True)
class Region:
    """Who there is: care in Midden-Limburg West (to 2019) and Hilversum (2019 to June 2021), and the POHs' dossiers."""

    limburg: tuple[Trajectory, ...]
    hilversum: tuple[Trajectory, ...]
    stramproy_poh: tuple[Registration, ...]
    hilversum_poh: tuple[Registration, ...]


@cache
def region() -> Region:
    """Everybody in the demo; the same on every call. Whoever is drawn later changes nobody who was drawn before."""
    supply = Supply()
    stramproy = stramproy_trajectories(supply)
    referred_by_poh = poh_trajectories(supply)
    others = (*neighbour_trajectories(supply), *unattributed_trajectories(supply))
    stramproy_poh = stramproy_registrations(supply, referred_by_poh)
    hilversum_poh = hilversum_registrations(supply)
    return Region(
        limburg=(*stramproy, *referred_by_poh, *others),
        hilversum=tuple(hilversum_trajectories(supply, hilversum_poh)),
        stramproy_poh=tuple(stramproy_poh),
        hilversum_poh=tuple(hilversum_poh),
    )


def region_messages() -> tuple[Message, ...]:
    """Every message: of release 2.3 to the end of 2020, of 3.0 from 2021 on."""
    people = region()
    trajectories = (*people.limburg, *people.hilversum)
    care = (message for trajectory in trajectories for message in care_messages(trajectory))
    return (*care, *bill_messages(trajectories))
