"""What happens to files: accepted, duplicate, refused; and the law that nothing is lost."""

from __future__ import annotations

from datetime import date

from .story import Story, municipality_of, story


@story
def same_message_twice(s: Story) -> None:
    for name, content in (("b.xml", "same"), ("a.xml", "same"), ("c.xml", "other")):
        message = s.declaration("2018-05-10", identification="D1", name=f"{s.name}-{name}", content=content)
        s.line(message, 1, "2018-04", 4000, reference="R")
        s.line(message, 1, "2018-03", -500, reference="S", previous_reference="Q")


@story
def same_bytes_under_two_names(s: Story) -> None:
    message = s.declaration("2018-05-10", identification="D1", name=f"{s.name}-b.xml")
    s.line(message, 1, "2018-04", 4000, reference="R")
    s.declaration("2018-05-10", identification="D1", name=f"{s.name}-a.xml", sha256=message.sha256)


@story
def refused_while_reading(s: Story) -> None:
    values = {
        "identification": "D1",
        "refusal": "total_mismatch",
        "refusal_message": "x",
        "rows_read": 7,
        "cents_read": 99,
    }
    s.declaration(
        "2018-05-10",
        name=f"{s.name}-a.xml",
        rows_quarantined=7,
        cents_quarantined=99,
        **values,
    )
    mended = s.declaration(
        "2018-05-11", identification="D1", name=f"{s.name}-b.xml", rows_quarantined=1, cents_quarantined=-30
    )
    s.line(mended, 1, "2018-04", 4000, reference="R")
    s.lake.quarantine.append(
        {
            "file_sha256": mended.sha256,
            "row_number": 2,
            "field": "bsn",
            "rule": "CS002",
            "kind": "JW323",
            "message": "x",
        }
    )


@story
def allocation_known_already(s: Story) -> None:
    for _ in range(2):
        s.allocated(1, "2018-02-01", "2018-12-31", known="2018-02-01")
    s.allocated(1, "2018-02-01", "2019-12-31", known="2018-03-01", allocated_on=date(2018, 2, 1))
    s.paid(1, "2018-05")


COLUMNS = """outcome, reason, rows_read, rows_accepted, rows_quarantined, rows_duplicate,
    cents_read, cents_accepted, cents_quarantined, cents_duplicate"""


def delivered(ask, name: str) -> list[tuple]:
    return ask(
        f"select {COLUMNS} from ops.deliveries where municipality_code = ? order by message_date, file_name",
        municipality_of(name),
    )


def test_same_identification_is_a_duplicate_with_same_content_and_refused_with_other(ask):
    assert delivered(ask, "same_message_twice") == [
        ("accepted", None, 2, 2, 0, 0, 3500, 3500, 0, 0),
        ("duplicate", "same_content", 2, 0, 0, 2, 3500, 0, 0, 3500),
        ("refused", "identification_conflict", 2, 0, 2, 0, 3500, 0, 3500, 0),
    ]


def test_rows_of_duplicate_and_conflicting_files_do_not_count(years):
    assert years("same_message_twice", "lines") == [(1,)]


def test_same_bytes_under_a_second_name_are_a_duplicate_and_count_once(ask, years):
    assert delivered(ask, "same_bytes_under_two_names") == [
        ("accepted", None, 1, 1, 0, 0, 4000, 4000, 0, 0),
        ("duplicate", "same_bytes", 1, 0, 0, 1, 4000, 0, 0, 4000),
    ]
    assert years("same_bytes_under_two_names", "lines") == [(1,)]


def test_file_refused_while_reading_is_never_the_first(ask):
    assert delivered(ask, "refused_while_reading") == [
        ("refused", "total_mismatch", 7, 0, 7, 0, 99, 0, 99, 0),
        ("partly_quarantined", None, 2, 1, 1, 0, 3970, 4000, -30, 0),
    ]


def test_quarantined_row_names_its_rule(ask):
    assert ("bsn", "CS002", "JW323") in ask("select field, rule, kind from ops.quarantine")


def test_allocation_version_already_known_is_a_duplicate_row(ask, years):
    assert [row[:6] for row in delivered(ask, "allocation_known_already")][:3] == [
        ("accepted", None, 1, 1, 0, 0),
        ("accepted", None, 1, 0, 0, 1),
        ("accepted", None, 1, 0, 0, 1),
    ]
    assert years("allocation_known_already", "ended_on") == [(date(2018, 12, 31),)]


def test_rows_of_a_file_outside_the_ledger_do_not_exist(ask):
    """Staging shows the lake as it is; nothing that is made of it has such a row."""
    clients = ask(
        """select table_schema || '.' || table_name from information_schema.columns
        where column_name = 'client_key' and table_schema in ('intermediate', 'marts', 'ops')"""
    )
    assert ("intermediate.int_lines__counted",) in clients
    for (relation,) in clients:
        assert ask(f"select count(*) from {relation} where client_key = 'not in the ledger'") == [(0,)], relation


@story
def killed_run(s: Story) -> None:
    message = s.declaration("2018-05-10")
    s.lake.ledger.pop()
    s.line(message, 1, "2018-04", client="x")
    s.lake.tables["declaration_lines"][-1]["client_key"] = "not in the ledger"


def test_every_parameter_is_recorded(ask):
    recorded = dict(ask("select parameter, value from ops.run_parameters"))
    assert recorded["max_gap_days"] == "31"
    assert recorded["as_of"] is None


def test_every_table_and_column_of_marts_and_ops_has_a_comment(ask):
    bare = ask(
        """select schema_name, table_name, column_name from duckdb_columns()
        where schema_name in ('marts', 'ops') and comment is null
        union all select schema_name, table_name, null from duckdb_tables()
        where schema_name in ('marts', 'ops') and comment is null"""
    )
    assert bare == []
