"""Materialized views: INACTIVE and ACTIVE by release, refreshes, clauses, the checker."""
import json
from pathlib import Path

import pytest

from fe_rig import Cluster

RECORDED = json.loads((Path(__file__).parent / "recorded/activation.json").read_text())
USER = RECORDED["user_reason"]
SCENARIOS = {"3.3.5": "seed", "3.4.8": "3.4.8", "3.5.16": "3.5.16", "4.1.0": "4.1"}
CHAIN = ["sales.orders_by_day", "sales.orders_by_month", "sales.daily_top"]  # base first


@pytest.fixture(params=SCENARIOS)
def release(request):
    with Cluster(SCENARIOS[request.param]) as cluster:
        cluster.name = request.param
        cluster.recorded = RECORDED["releases"][request.param]
        cluster.client = cluster.leader()
        cluster.client.query('ADMIN SET FRONTEND CONFIG ("enable_mv_automatic_active_check"'
                             ' = "false")')
        yield cluster


@pytest.fixture
def seed():
    with Cluster() as cluster:
        cluster.client = cluster.leader()
        yield cluster


def states(client):
    return {f"{schema}.{name}": (active, reason) for schema, name, active, reason in client.rows(
        "SELECT TABLE_SCHEMA, TABLE_NAME, IS_ACTIVE, INACTIVE_REASON"
        " FROM information_schema.materialized_views")}


def inactive(client, view):
    client.query(f"ALTER MATERIALIZED VIEW {view} INACTIVE")


def active(client, view):
    client.query(f"ALTER MATERIALIZED VIEW {view} ACTIVE")


def mv_id(cluster, view):
    schema, name = view.split(".")
    return cluster.state("SELECT o.id FROM object o JOIN db ON db.id = o.db_id"
                         " WHERE db.name = ? AND o.name = ?", schema, name)[0][0]


def newest_run(cluster, view):
    runs = cluster.state("SELECT id, state, force, error_message FROM task_run WHERE mv_id = ?"
                         " ORDER BY id DESC", mv_id(cluster, view))
    return runs[0] if runs else None


def ended(cluster, view, after):
    def question():
        run = newest_run(cluster, view)
        return run if run and run[0] > after and run[1] not in ("PENDING", "RUNNING") else None
    return cluster.wait(question)


def test_down_leaves_first(release):
    client = release.client
    for view in reversed(CHAIN):
        inactive(client, view)
    at_leader = states(client)
    if not release.recorded["cascades"]:
        assert all(at_leader[view] == ("false", USER) for view in CHAIN)
        return
    assert at_leader[CHAIN[0]] == ("false", USER)
    assert at_leader[CHAIN[1]] == ("false", "base-mv inactive: orders_by_day")
    assert at_leader[CHAIN[2]] == ("false", "base-mv inactive: orders_by_month")
    inactive(client, CHAIN[1])  # no repair
    assert states(client)[CHAIN[1]] == ("false", "base-mv inactive: orders_by_day")
    # The overwriting lives in the leader's memory alone.
    at_follower = states(release.connect(0))
    assert all(at_follower[view] == ("false", USER) for view in CHAIN)
    release.control("event", "leader-moves")
    at_new_leader = states(release.leader())
    assert all(at_new_leader[view] == ("false", USER) for view in CHAIN)


def test_down_base_first(release):
    inactive(release.client, CHAIN[0])
    at_leader, at_follower = states(release.client), states(release.connect(2))
    if release.recorded["cascades"]:
        assert at_leader[CHAIN[1]] == ("false", "base-mv inactive: orders_by_day")
        assert at_leader[CHAIN[2]] == ("false", "base-mv inactive: orders_by_month")
        assert at_follower[CHAIN[1]] == at_leader[CHAIN[1]]  # this was journaled
    else:
        assert at_leader[CHAIN[1]] == ("true", "") and at_leader[CHAIN[2]] == ("true", "")


def test_inactive_twice_keeps_an_automatic_reason(release):
    inactive(release.client, "sales.legacy_totals")
    assert states(release.client)["sales.legacy_totals"] == (
        "false", "base-table dropped: old_orders")


def test_refused_active(release):
    client = release.client
    inactive(client, CHAIN[1])
    inactive(client, CHAIN[0])
    error = client.error(f"ALTER MATERIALIZED VIEW {CHAIN[1]} ACTIVE")
    assert (error.code, error.sqlstate) == (1064, "HY000")
    assert error.message.startswith("Getting analyzing error. Detail message: Can not active"
                                    " materialized view [orders_by_month] because analyze"
                                    " materialized view define sql: \n\nCREATE MATERIALIZED VIEW")
    assert "Create/Rebuild materialized view from inactive materialized view: orders_by_day." \
        in error.message
    wraps = "Cause an error: Getting analyzing error from line 14, column 5 to line 14, column 13."
    assert (wraps in error.message) == (release.name != "3.3.5")
    reason = states(client)[CHAIN[1]][1]
    overwritten = release.recorded["refused_active_overwrites"] or release.recorded["cascades"]
    assert reason == ("base-mv inactive: orders_by_day" if overwritten else USER)
    missing = client.error("ALTER MATERIALIZED VIEW sales.legacy_totals ACTIVE")
    assert (missing.code, missing.sqlstate) == (5502, "42602")
    assert "Unknown table 'sales.old_orders'." in missing.message


def test_the_overwritten_reason_comes_back_with_the_next_leader(seed):
    for view in (CHAIN[1], CHAIN[0]):
        inactive(seed.client, view)
    seed.client.error(f"ALTER MATERIALIZED VIEW {CHAIN[1]} ACTIVE")
    assert states(seed.client)[CHAIN[1]][1] == "base-mv inactive: orders_by_day"
    seed.control("event", "leader-moves")
    assert states(seed.leader())[CHAIN[1]][1] == USER


def test_refresh_after_active(release):
    client, view = release.client, "web.visits_by_page"
    before = newest_run(release, view)[0]
    inactive(client, view)
    active(client, view)
    _, state, force, _ = ended(release, view, before)
    assert force == int(release.recorded["active_forces"])
    assert state == ("SUCCESS" if force else release.recorded["idle_run"])
    run = client.dicts("SELECT STATE, EXTRA_MESSAGE, PROPERTIES FROM information_schema.task_runs"
                       f" WHERE TASK_NAME = 'mv-{mv_id(release, view)}'")[0]
    assert json.loads(run["EXTRA_MESSAGE"])["forceRefresh"] is bool(force)
    assert json.loads(run["PROPERTIES"])["FORCE"] == ("true" if force else "false")
    # Active already: nothing happens. MANUAL: never a run.
    after = newest_run(release, view)[0]
    active(client, view)
    manual = newest_run(release, "sales.refund_rate")[0]
    inactive(client, "sales.refund_rate")
    active(client, "sales.refund_rate")
    assert newest_run(release, view)[0] == after
    assert newest_run(release, "sales.refund_rate")[0] == manual


def test_load_into_an_inactive_view_fails_its_run(release):
    client, view = release.client, CHAIN[0]
    before = newest_run(release, view)[0]
    inactive(client, view)
    client.query("INSERT INTO sales.orders VALUES (9, '2026-11-23', 'Cleo', 7)")
    _, state, force, message = ended(release, view, before)
    assert (state, force) == ("FAILED", 0)
    assert message == (f"Materialized view: orders_by_day/{mv_id(release, view)} is not active due"
                       f" to {USER}.")


def test_load_runs_the_chain(seed):
    marks = {view: newest_run(seed, view)[0] for view in CHAIN}
    seed.client.query("INSERT INTO sales.orders VALUES (9, '2026-11-23', 'Cleo', 7)")
    assert ended(seed, CHAIN[0], marks[CHAIN[0]])[1] == "SUCCESS"
    assert ended(seed, CHAIN[1], marks[CHAIN[1]])[1] == "SUCCESS"
    assert newest_run(seed, CHAIN[2])[0] == marks[CHAIN[2]]  # EVERY: not by load
    assert ["2026-11-23", "7"] in seed.client.rows("SELECT * FROM sales.orders_by_day")


def test_running_refresh_at_inactive():
    for scenario, survives in (("seed", True), ("3.5.16", False)):
        with Cluster(scenario, speed=20) as cluster:
            client, view = cluster.leader(), "sales.daily_top"
            client.query(f"REFRESH MATERIALIZED VIEW {view} FORCE")
            cluster.wait(lambda: newest_run(cluster, view)[1] == "RUNNING")
            run = newest_run(cluster, view)[0]
            inactive(client, view)
            if survives:
                assert newest_run(cluster, view)[1] == "RUNNING"
                assert ended(cluster, view, 0)[1] == "SUCCESS"
            else:
                assert newest_run(cluster, view)[0] < run


def test_cancel(seed):
    seed.control("speed", "1")
    seed.client.query("REFRESH MATERIALIZED VIEW sales.daily_top FORCE")
    seed.wait(lambda: newest_run(seed, "sales.daily_top")[1] == "RUNNING")
    seed.client.query("CANCEL REFRESH MATERIALIZED VIEW sales.daily_top")
    seed.wait(lambda: newest_run(seed, "sales.daily_top")[1] != "RUNNING")
    assert newest_run(seed, "sales.daily_top")[1] == "FAILED"
    error = seed.client.error("CANCEL REFRESH MATERIALIZED VIEW sales.nosuch")
    assert error.message == "nosuch is not a materialized view"


def test_refresh_waits_in_sync_mode(seed):
    rows = seed.client.query("REFRESH MATERIALIZED VIEW sales.refund_rate FORCE WITH SYNC MODE")
    assert rows.names == ["QUERY_ID"]
    assert newest_run(seed, "sales.refund_rate")[1] == "SUCCESS"
    inactive(seed.client, "sales.refund_rate")
    assert seed.client.error("REFRESH MATERIALIZED VIEW sales.refund_rate").message == (
        "Getting analyzing error at line 1, column 26. Detail message: Refresh materialized view"
        " failed because [refund_rate] is not active. You can try to active it with ALTER"
        " MATERIALIZED VIEW refund_rate ACTIVE; .")


def clause(client, view):
    ddl = client.rows(f"SHOW CREATE MATERIALIZED VIEW {view}")[0][1]
    return ddl.split("DISTRIBUTED BY RANDOM\n")[1].split("\nPROPERTIES")[0], ddl


@pytest.mark.parametrize("view", ["sales.`top-customers`", "ops.库存_mv", "ops.alerts_recent",
                                  "web.visits_by_page"])
def test_pause_and_back_leaves_the_text_and_no_run(seed, view):
    plain = view.replace("`", "")
    old, ddl = clause(seed.client, view)
    run, task = newest_run(seed, plain)[0], seed.state("SELECT task_id FROM mv WHERE id = ?",
                                                       mv_id(seed, plain))
    seed.client.query(f"ALTER MATERIALIZED VIEW {view} REFRESH MANUAL")
    paused = "REFRESH DEFERRED MANUAL" if "DEFERRED" in old else "REFRESH MANUAL"
    assert clause(seed.client, view)[0] == paused
    seed.client.query(f"ALTER MATERIALIZED VIEW {view} {old}")
    assert clause(seed.client, view) == (old, ddl)
    assert newest_run(seed, plain)[0] == run
    assert seed.state("SELECT task_id FROM mv WHERE id = ?", mv_id(seed, plain)) == task


def test_plain_async_back_runs_at_once(seed):
    view, before = CHAIN[0], newest_run(seed, CHAIN[0])[0]
    seed.client.query(f"ALTER MATERIALIZED VIEW {view} REFRESH MANUAL")
    assert newest_run(seed, view)[0] == before
    seed.client.query(f"ALTER MATERIALIZED VIEW {view} REFRESH ASYNC")
    assert ended(seed, view, before)[1] == "SUCCESS"


def test_schedules_stay_on_their_grid(seed):
    seed.client.query("ALTER MATERIALIZED VIEW web.funnel REFRESH ASYNC"
                      " START('2020-01-01') EVERY(INTERVAL 90 SECOND)")
    assert clause(seed.client, "web.funnel")[0] == (
        'REFRESH ASYNC START("2020-01-01 00:00:00") EVERY(INTERVAL 90 SECOND)')
    before = newest_run(seed, "web.funnel")[0]
    ended(seed, "web.funnel", before)
    at, = [row[0] for row in seed.state("SELECT create_ms FROM task_run WHERE mv_id = ? AND id > ?"
                                        " ORDER BY id LIMIT 1", mv_id(seed, "web.funnel"), before)]
    assert (at - 1577836800000) % 90000 == 0


def test_false_clauses_in_comment_and_query(seed):
    ddl = clause(seed.client, "web.visits_by_page")[1]
    assert '\nREFRESH MANUAL\nbefore a \\"campaign\\""' in ddl
    assert "'REFRESH MANUAL'" in clause(seed.client, "ops.alerts_recent")[1]


def test_checker_skips_the_users_reason(seed):
    inactive(seed.client, "sales.margin")
    seed.client.query("CREATE TABLE sales.old_orders (day DATE, amount BIGINT)"
                      " DUPLICATE KEY(day) DISTRIBUTED BY HASH(day) BUCKETS 1")
    seed.state("UPDATE dep SET base_id = (SELECT id FROM object WHERE name = 'old_orders')"
               " WHERE base_name = 'old_orders'")
    seed.state("UPDATE mv SET check_after_ms = 0")
    seed.wait(lambda: states(seed.client)["sales.legacy_totals"] == ("true", ""))
    assert states(seed.client)["sales.margin"] == ("false", USER)


def test_checker_obeys_the_leaders_config_alone(seed):
    client = seed.client
    client.query('ADMIN SET FRONTEND CONFIG ("enable_mv_automatic_active_check" = "false")')
    seed.state("UPDATE config SET value = 'true' WHERE name = 'enable_mv_automatic_active_check'"
               " AND fe_id <> (SELECT id FROM fe WHERE role = 'LEADER')")
    inactive(client, CHAIN[0])
    seed.state("UPDATE mv SET reason = 'base-info missed' WHERE id = ?", mv_id(seed, CHAIN[0]))
    seed.control("event", "checker-round")
    assert states(client)[CHAIN[0]][0] == "false"
    seed.control("event", "leader-moves")  # memory gone: the user's reason protects again
    seed.control("event", "checker-round")
    assert states(seed.leader())[CHAIN[0]] == ("false", USER)
    seed.state("UPDATE mv SET reason = 'base-info missed' WHERE id = ?", mv_id(seed, CHAIN[0]))
    seed.control("event", "checker-round")
    assert states(seed.leader())[CHAIN[0]] == ("true", "")


def test_41_wakes_what_was_left_as_found():
    with Cluster("4.1") as cluster:
        client = cluster.leader()
        inactive(client, CHAIN[2])  # paused by its user before
        inactive(client, CHAIN[1])
        assert states(client)[CHAIN[2]] == ("false", "base-mv inactive: orders_by_month")
        active(client, CHAIN[1])
        cluster.wait(lambda: states(client)[CHAIN[2]] == ("true", ""))


def test_dependencies_give_three_levels(seed):
    edges = seed.client.rows("SELECT object_name, ref_object_name FROM sys.object_dependencies"
                             " WHERE ref_object_type LIKE '%MATERIALIZED_VIEW'")
    level = {}

    def depth(name):
        below = [ref for view, ref in edges if view == name]
        level[name] = 1 + max((depth(ref) for ref in below), default=0)
        return level[name]

    assert max(depth(view) for view, _ in edges) == 3
    assert ["sessions", "clean_visits"] in seed.client.rows(
        "SELECT object_name, ref_object_name FROM sys.object_dependencies")
    unknown = seed.client.rows("SELECT ref_object_type FROM sys.object_dependencies"
                               " WHERE object_name = 'legacy_totals'")
    assert unknown == [["UNKNOWN"]]


def test_create_and_drop(seed):
    client = seed.client
    client.query("USE web")
    client.query("CREATE MATERIALIZED VIEW late PARTITION BY day REFRESH DEFERRED ASYNC"
                 " EVERY(INTERVAL 1 DAY) PROPERTIES('replication_num' = '1')"
                 " AS SELECT day, sum(amount) AS total FROM sales.orders GROUP BY day")
    assert "PARTITION BY (`day`)\nDISTRIBUTED BY RANDOM\nREFRESH DEFERRED ASYNC" \
        in clause(client, "web.late")[1]
    assert newest_run(seed, "web.late") is None  # deferred
    assert client.rows("SELECT * FROM web.late ORDER BY day LIMIT 1") == [["2026-11-20", "200"]]
    client.query("CREATE MATERIALIZED VIEW over REFRESH MANUAL AS SELECT count(*) AS n FROM late")
    client.query("DROP MATERIALIZED VIEW late")
    assert states(client)["web.over"] == ("false", "base-table dropped: late")
    assert client.error("DROP TABLE over").code == 1064


def test_runs_that_wait_are_merged_into_the_new_one(seed):
    """Of three loads in one moment one refresh runs, from 3.3 on."""
    seed.control("speed", "1")
    seed.state("UPDATE meta SET value = 0 WHERE key = 'speed'")
    for number in range(3):
        seed.client.query(f"INSERT INTO sales.orders VALUES ({number}, '2026-11-01', 'a', 1)")
    waiting = ("SELECT state FROM task_run WHERE how = 'load' AND batch = 0 AND mv_id = (SELECT id"
               " FROM object WHERE name = 'orders_by_day') ORDER BY id")
    assert [row[0] for row in seed.state(waiting)] == ["MERGED", "MERGED", "PENDING"]
    seed.control("speed", "200")
    seed.wait(lambda: [row[0] for row in seed.state(waiting)] == ["MERGED", "MERGED", "SUCCESS"])


@pytest.mark.parametrize("scenario, kept", [("seed", ["MERGED", "PENDING"]),
                                              ("3.5.16", ["PENDING", "PENDING"])])
def test_a_forced_run_that_waits_is_kept_by_later_releases(scenario, kept):
    with Cluster(scenario) as cluster:
        client = cluster.leader()
        view = "(SELECT id FROM object WHERE name = 'orders_by_day')"
        cluster.control("speed", "1")
        cluster.state("UPDATE meta SET value = 0 WHERE key = 'speed'")
        client.query("ALTER MATERIALIZED VIEW sales.orders_by_day INACTIVE")
        client.query("ALTER MATERIALIZED VIEW sales.orders_by_day ACTIVE")
        client.query("INSERT INTO sales.orders VALUES (1, '2026-11-01', 'a', 1)")
        rows = cluster.state(f"SELECT state, force FROM task_run WHERE mv_id = {view}"
                             " AND how IN ('active', 'load') AND batch = 0 ORDER BY id")
        assert [row[0] for row in rows] == kept
        assert [bool(row[1]) for row in rows] == [True, False]
