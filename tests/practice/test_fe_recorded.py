"""Columns, types and error texts are those that real FEs were recorded to send."""
import json
from pathlib import Path

import pytest

from fe_rig import Cluster, SqlError

HERE = Path(__file__).parent / "recorded"
COLUMNS = json.loads((HERE / "columns.json").read_text())["releases"]
ERRORS = json.loads((HERE / "errors.json").read_text())["errors"]
NO_NODE = json.loads((HERE / "no_live_node.json").read_text())
SCENARIOS = {"3.3.5": "seed", "3.4.8": "3.4.8", "3.5.16": "3.5.16", "4.1.0": "4.1"}


@pytest.fixture(scope="module", params=SCENARIOS)
def release(request):
    with Cluster(SCENARIOS[request.param]) as cluster:
        cluster.name = request.param
        yield cluster


def test_columns(release):
    client = release.leader()
    assert len(COLUMNS[release.name]) > 20
    for statement, recorded in COLUMNS[release.name].items():
        got = [[c["name"], c["type"], c["length"]] for c in client.query(statement).columns]
        assert got == recorded, statement


def test_columns_through_a_follower_have_the_forwarded_length(release):
    client = release.connect(0)
    rows = client.query("SHOW FRONTENDS")
    assert {c["length"] for c in rows.columns} == {192}
    assert {c["length"] for c in client.query("SHOW PROC '/frontends'").columns} == {90}


def test_errors(release):
    client = release.leader()
    checked = 0
    for entry in ERRORS:
        if release.name in entry["releases"]:
            error = client.error(entry["statement"])
            assert (error.code, error.sqlstate, error.message) == (
                entry["code"], entry["sqlstate"], entry["message"]), entry["statement"]
            checked += 1
    assert checked > 60


def outcome(client, statement):
    try:
        result = client.query(statement)
    except SqlError as error:
        return error.code
    return "rows" if getattr(result, "rows", ["ok"]) else "empty"


@pytest.mark.parametrize("archive", ["archive_true", "archive_false"])
def test_lists_without_a_live_node(release, archive):
    client = release.leader()
    release.control("event", "kill-cn")
    value = archive.removeprefix("archive_")
    client.query(f'ADMIN SET FRONTEND CONFIG ("enable_task_history_archive" = "{value}")')
    try:
        for statement, by_release in NO_NODE[archive].items():
            assert outcome(client, statement) == by_release[release.name], statement
    finally:
        release.control("event", "revive-cn")
        client.query('ADMIN SET FRONTEND CONFIG ("enable_task_history_archive" = "true")')
    assert outcome(client, "SELECT * FROM sales.orders") == "rows"


def test_the_text_of_the_failed_history_read(release):
    if release.name == "4.1.0":
        pytest.skip("4.1.0 answers without the history")
    client = release.leader()
    release.control("event", "kill-cn")
    message = client.error("SHOW MATERIALIZED VIEWS FROM web").message
    release.control("event", "revive-cn")
    assert "execute sql failed: " in message and "_statistics_.task_run_history" in message
    for (id_,) in release.state("SELECT o.id FROM object o JOIN db ON db.id = o.db_id"
                                " WHERE db.name = 'web' AND o.kind = 'MV'"):
        assert f"'mv-{id_}'" in message


def test_statements_that_work_without_a_node(release):
    client = release.leader()
    release.control("event", "kill-cn")
    try:
        for statement in ("ALTER MATERIALIZED VIEW web.funnel INACTIVE",
                          "ALTER MATERIALIZED VIEW web.funnel ACTIVE",
                          "ALTER MATERIALIZED VIEW web.funnel REFRESH MANUAL",
                          "ALTER MATERIALIZED VIEW web.funnel REFRESH ASYNC EVERY(INTERVAL 1 DAY)",
                          "REFRESH MATERIALIZED VIEW web.sessions", "ALTER SYSTEM CREATE IMAGE",
                          "CREATE DATABASE IF NOT EXISTS nobe_db", "SHOW FRONTENDS",
                          "SHOW PROCESSLIST", "SHOW COMPUTE NODES"):
            client.query(statement)
        alive = {row["Alive"] for row in client.dicts("SHOW COMPUTE NODES")}
        assert alive == {"false"}
    finally:
        release.control("event", "revive-cn")
