"""The whole region as messages: what the municipalities and providers of the demo sent each other."""

from __future__ import annotations

from demo.bills import bill_messages
from demo.messages import Message
from demo.neighbours import neighbour_trajectories, poh_trajectories, unattributed_trajectories
from demo.planning import Supply
from demo.stramproy import stramproy_trajectories
from demo.trajectories import Trajectory, care_messages


def region_trajectories() -> tuple[Trajectory, ...]:
    """Stramproy, the clients of its POH, seven neighbours and care without a practice; the same on every call."""
    supply = Supply()
    return (
        *stramproy_trajectories(supply),
        *poh_trajectories(supply),
        *neighbour_trajectories(supply),
        *unattributed_trajectories(supply),
    )


def region_messages() -> tuple[Message, ...]:
    """Every message of the region, release 2.3, care of October 2017 to December 2019."""
    trajectories = region_trajectories()
    care = (message for trajectory in trajectories for message in care_messages(trajectory))
    return (*care, *bill_messages(trajectories))
