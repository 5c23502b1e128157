"""Messages to operators: sent to a mail server and a web server of this test, at most one a night."""

from __future__ import annotations

import json
import logging
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import duckdb
import pytest
from aiosmtpd.controller import Controller

from pipelines import lake
from pipelines.alerts import URLS, Ending, Message, addresses, send, tell
from pipelines.home import Home
from pipelines.lake_entries import Entry, LedgerRow

FIRST = datetime(2026, 11, 23, 2, 31, tzinfo=UTC)
NIGHT = timedelta(days=1)
SECRET = "p4ssw0rd"


@dataclass
class Post:
    """What arrived at a server, and where that is."""

    url: str
    received: list[Any] = field(default_factory=list)


@pytest.fixture
def web() -> Iterator[Post]:
    """A web server that takes JSON."""
    post = Post("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            post.received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    post.url = f"json://127.0.0.1:{server.server_port}/hook"
    yield post
    server.shutdown()
    server.server_close()


@pytest.fixture
def mail() -> Iterator[Post]:
    """A mail server."""
    post = Post("")

    class Handler:
        async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
            post.received.append(message_from_bytes(envelope.content, policy=policy.default))
            return "250 OK"

    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(Handler(), hostname="127.0.0.1", port=port)
    controller.start()
    post.url = f"mailto://127.0.0.1:{port}?from=night@example.org&to=operator@example.org&mode=insecure"
    yield post
    controller.stop()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    place = Home(tmp_path / "home")
    place.make()
    with lake.locked(place):
        lake.ensure_schemas(place)
    return place


def serve(home: Home, *missing: str) -> None:
    """Put a warehouse live in which these provider-months are expected and not there."""
    home.warehouse.unlink(missing_ok=True)
    with duckdb.connect(str(home.warehouse)) as connection:
        connection.execute("create schema marts")
        connection.execute(
            "create table marts.missing_deliveries (municipality_code varchar, provider_agb varchar, "
            "care_month date, is_open boolean)"
        )
        for provider in missing:
            connection.execute(
                "insert into marts.missing_deliveries values ('0988', ?, '2026-09-01', true), "
                "('0988', ?, '2019-09-01', false)",
                [provider, provider],
            )


def refuse(home: Home, sha: str) -> None:
    """Let the ledger have a refused file."""
    row = LedgerRow(sha, "Janssen.xml", None, "JW323", FIRST, refusal="total_mismatch", refusal_message="x")
    with lake.locked(home):
        lake.append(home, [Entry(row, {})])


def night(home: Home, post: Post, number: int, outcome: Any = "published", **more: Any) -> Message | None:
    """Tell of the night so many days after the first."""
    at = FIRST + number * NIGHT + more.pop("later", timedelta())
    ending = Ending(more.pop("run_id", f"run-{at}"), outcome, at, more.pop("reason", "dbt failed on a test."))
    return tell(home, ending, more.pop("overdue", {}), {URLS: post.url})


def test_failure_says_what_since_when_what_is_served_how_many_and_where_to_look(home: Home, web: Post) -> None:
    serve(home, "94999001")
    refuse(home, "a" * 64)

    night(home, web, 0, "failed", reason="dbt failed on assert_costs.", overdue={"declarations/bggz": "2026-10-01"})

    (received,) = web.received
    lines = received["message"].splitlines()
    assert received["title"] == "jeugdspiegel: the night of 23-11-2026 failed"
    assert lines[0] == "What failed: dbt failed on assert_costs."
    assert lines[1] == "Since: this run; the one before succeeded."
    assert lines[2].startswith("Still served: the figures of ")
    assert lines[3:6] == [
        "1 file refused, 1 of them new.",
        "1 expected delivery not there, 1 of them new.",
        "1 asset overdue: nothing arrived for it, 1 of them new.",
    ]
    assert lines[6] == f"Look: jeugdspiegel status --home {home.root}"


def test_message_arrives_by_mail(home: Home, mail: Post) -> None:
    night(home, mail, 0, "failed")

    (received,) = mail.received
    assert received["Subject"] == "jeugdspiegel: the night of 23-11-2026 failed"
    assert received["To"] == "operator@example.org"
    assert "What failed: dbt failed on a test." in received.get_body().get_content()


def test_message_names_no_file_provider_or_person(home: Home, web: Post) -> None:
    serve(home, "94999001")
    refuse(home, "a" * 64)

    night(home, web, 0)

    text = json.dumps(web.received)
    assert web.received
    assert not any(secret in text for secret in ("Janssen", "94999001", "a" * 16))


def test_night_that_went_well_says_nothing(home: Home, web: Post) -> None:
    serve(home)

    night(home, web, 0)
    night(home, web, 1, "unchanged")

    assert web.received == []


def test_same_night_does_not_send_twice(home: Home, web: Post) -> None:
    night(home, web, 0, "failed", run_id="one")
    night(home, web, 0, "failed", run_id="one", later=timedelta(minutes=1))
    night(home, web, 0, "failed", run_id="two", later=timedelta(hours=5))
    night(home, web, 0, "published", run_id="three", later=timedelta(hours=6))

    assert len(web.received) == 1


def test_next_failing_night_says_since_when_and_how_often(home: Home, web: Post) -> None:
    night(home, web, 0, "failed")
    night(home, web, 1, "failed")

    assert "Since: 23-11-2026 03:31; 2 runs failed." in web.received[1]["message"]


def test_recovery_is_said_once(home: Home, web: Post) -> None:
    for number, outcome in enumerate(["failed", "published", "published", "unchanged"]):
        night(home, web, number, outcome)

    assert [received["title"].removeprefix("jeugdspiegel: the night of ") for received in web.received] == [
        "23-11-2026 failed",
        "24-11-2026 succeeded again",
    ]
    assert "Recovered: runs had failed since 23-11-2026 03:31." in web.received[1]["message"]


def test_recovery_in_the_same_night_is_said_by_the_next(home: Home, web: Post) -> None:
    night(home, web, 0, "failed")
    night(home, web, 0, "published", later=timedelta(hours=6))
    night(home, web, 1, "unchanged")

    assert len(web.received) == 2
    assert "succeeded again" in web.received[1]["title"]


def test_warning_is_said_when_it_is_new_and_not_again(home: Home, web: Post) -> None:
    serve(home, "94999001")
    night(home, web, 0)
    night(home, web, 1)
    serve(home, "94999001", "94999002")
    night(home, web, 2)
    serve(home)
    night(home, web, 3)
    serve(home, "94999001")
    night(home, web, 4)

    found = [line for received in web.received for line in received["message"].splitlines() if "expected" in line]
    assert found == [
        "1 expected delivery not there, 1 of them new.",
        "2 expected deliveries not there, 1 of them new.",
        "1 expected delivery not there, 1 of them new.",
    ]


def test_warnings_alone_are_kept_back_where_the_settings_say_so(home: Home, web: Post) -> None:
    home.settings_file.write_text('[alerts]\nname = "Weert"\nwarnings = false\n', encoding="utf-8")
    serve(home, "94999001")

    night(home, web, 0)
    night(home, web, 1, "failed")

    assert [received["title"] for received in web.received] == ["jeugdspiegel Weert: the night of 24-11-2026 failed"]


def test_older_run_that_is_heard_of_late_is_left(home: Home, web: Post) -> None:
    night(home, web, 1, "published")
    night(home, web, 0, "failed")

    assert web.received == []


def test_message_that_did_not_arrive_is_tried_by_the_next_run(home: Home, web: Post) -> None:
    nowhere = Post("json://127.0.0.1:9/hook")

    assert night(home, nowhere, 0, "failed") is None
    night(home, web, 0, "failed", later=timedelta(minutes=5))

    assert "2 runs failed" in web.received[0]["message"]


def test_failure_that_nobody_heard_of_needs_no_all_clear(home: Home, web: Post) -> None:
    night(home, Post("json://127.0.0.1:9/hook"), 0, "failed")
    night(home, web, 1, "published")

    assert web.received == []


def test_without_an_address_nothing_is_sent_or_remembered(home: Home) -> None:
    assert tell(home, Ending("one", "failed", FIRST, "x"), {}, {}) is None
    assert not (home.operations / "alerts.json").exists()


def test_address_with_a_password_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    urls = addresses({URLS: f"json://user:{SECRET}@127.0.0.1:9/hook nonsense://{SECRET}"})
    with caplog.at_level(logging.DEBUG):
        assert not send(Message("title", "text"), urls)

    assert len(urls) == 2
    assert SECRET not in caplog.text
