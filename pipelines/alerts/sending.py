"""Out of the house, through apprise: e-mail, Teams, Slack, a webhook, whatever its URLs name."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from pipelines.alerts.message import Message

URLS = "JEUGDSPIEGEL_ALERT_URLS"
_LIBRARY = "apprise"


def addresses(environment: Mapping[str, str]) -> tuple[str, ...]:
    """The addresses that the environment names; they hold passwords and are shown nowhere."""
    return tuple(environment.get(URLS, "").split())


def send(message: Message, urls: Sequence[str]) -> bool:
    """Send a message to every address.

    Returns:
        Whether it arrived at one of them at least: sending it again would be a second message there.
    """
    # Loads a hundred services: not in a run that has nothing to say.
    import apprise

    arrived = False
    with _silenced():
        for url in urls:
            service = apprise.Apprise()
            arrived |= bool(service.add(url)) and bool(service.notify(title=message.title, body=message.text))
    return arrived


@contextmanager
def _silenced() -> Iterator[None]:
    """Its warnings may name an address."""
    logger = logging.getLogger(_LIBRARY)
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)
