"""From a segment to the practice that referred (section 5: practice of a trajectory)."""

from __future__ import annotations

from dataclasses import dataclass

from .deliveries import Taken
from .history import Reference, ReferralRequest
from .municipalities import Municipalities
from .segments import Segment

GENERAL_PRACTITIONER = "02"
UNATTRIBUTED = "unattributed"


@dataclass(frozen=True)
class Attribution:
    """How a segment got its practice; practice_id is None where it got none."""

    how: str
    practice_id: str | None = None


def attribute(
    segments: list[Segment], facts: list[Taken], reference: Reference, municipalities: Municipalities
) -> dict[Segment, Attribution]:
    """Every segment's attribution, in order of begin so that what was inherited can be inherited again."""
    requests = [
        item for item in facts if isinstance(item.fact, ReferralRequest) and item.delivery.kind != "toewijzingen"
    ]
    found: dict[Segment, Attribution] = {}
    for segment in sorted(segments, key=lambda s: s.order):
        own = request_of(segment, requests, municipalities)
        found[segment] = _inherited(segment, found) if own is None else classify(own, reference)
    return found


def request_of(segment: Segment, requests: list[Taken], municipalities: Municipalities) -> ReferralRequest | None:
    """Contract: "the JW315 whose ReferentieAanbieder the allocation carried"; of two "the earlier Dagtekening".

    References are a provider's own, so client, provider and municipality must agree too.
    """
    if segment.allocation is None:
        return None
    own = [
        item
        for item in requests
        if item.fact.request_reference in segment.allocation.references
        and item.fact.client_key == segment.client_key
        and item.fact.provider_agb == segment.provider_agb
        and municipalities.reads_as(item.fact.municipality_code) == segment.municipality_code
    ]
    own += segment.allocation.flat_requests
    return min(own, key=lambda item: (item.fact.known_at, item.order)).fact if own else None


def classify(request: ReferralRequest, reference: Reference) -> Attribution:
    """The table of attributions from agb_practice down to not_gp."""
    if request.referrer_type != GENERAL_PRACTITIONER:
        return Attribution("not_gp")
    practices = {p.practice_id for p in reference.practices if p.agb_code == request.referrer_agb}
    posts = {
        post.practice_id
        for post in reference.posts
        if post.practitioner_agb == request.referrer_agb
        and (post.valid_from is None or post.valid_from <= request.known_at)
        and (post.valid_until is None or request.known_at < post.valid_until)
    }
    names = {alias.practice_id for alias in reference.aliases if alias.referrer_hash == request.referrer_hash}
    for how, found in (("agb_practice", practices), ("agb_practitioner", posts), ("name", names)):
        # "Nothing is guessed" (3.3): a practitioner at two practices on that day points at neither.
        if len(found) == 1:
            return Attribution(how, found.pop())
    return Attribution("unresolved")


def _inherited(segment: Segment, earlier: dict[Segment, Attribution]) -> Attribution:
    """Contract: "from the latest earlier segment (by begin) of the same client, provider and profile that has a
    practice, in any municipality, also for declarations without an allocation"; of one day the lower number."""
    candidates = [
        other
        for other, attribution in earlier.items()
        if attribution.practice_id is not None
        and other.begins_on < segment.begins_on
        and (other.client_key, other.provider_agb, other.care_profile)
        == (segment.client_key, segment.provider_agb, segment.care_profile)
    ]
    if not candidates:
        return Attribution("none")
    latest = max(other.begins_on for other in candidates)
    source = min((other for other in candidates if other.begins_on == latest), key=lambda s: s.order)
    return Attribution("inherited", earlier[source].practice_id)


def of_trajectory(segments: list[Segment], attributions: dict[Segment, Attribution]) -> Attribution:
    """Contract: "That of its earliest segment that has one"; without any, the attribution "of its earliest segment"."""
    in_order = sorted(segments, key=lambda s: s.order)
    with_practice = [segment for segment in in_order if attributions[segment].practice_id is not None]
    return attributions[(with_practice or in_order)[0]]
