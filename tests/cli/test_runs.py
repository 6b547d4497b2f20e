"""Refresh runs: whose they are, forced or not, what belay explains; and how they are ended."""
import json

import pytest

from practice import DOWN, UP, Practice

COLUMNS = ["database", "name", "state", "forced", "started", "seconds", "error", "expected"]
LOAD = "INSERT INTO sales.orders VALUES (9, '2026-11-25', 'x', 1)"


def id_of(cluster, name):
    return cluster.sql("SELECT id FROM object WHERE name = ?", name)[0][0]


def runs(cluster, *more, since="1h"):
    done = cluster.belay(f"\\mv runs --since {since} {' '.join(more)}")
    assert done.rc == 0, done
    return done.rows


def settled(cluster):
    """Nothing runs or waits any more."""
    for _ in range(600):
        cluster.belay("SELECT 1")
        if cluster.sql("SELECT count(*) FROM task_run WHERE state IN ('RUNNING', 'PENDING')") == [(0,)]:
            return
    raise AssertionError("refreshes do not end")


def add_run(cluster, name, state="FAILED", message=None, ago=60, force=None):
    """A run of the view, submitted so many seconds ago by the server's clock."""
    now = cluster.belay("SELECT UNIX_TIMESTAMP() AS n").rows[0]["n"]
    at = (int(now) - ago) * 1000
    cluster.sql("INSERT INTO task_run (mv_id, query_id, job_id, create_ms, start_ms, finish_ms, state,"
                " error_message, force) VALUES (?, 'q', 'j', ?, ?, ?, ?, ?, ?)", id_of(cluster, name), at,
                at + 2000, at + 5000, state, message, force)


# --- the list -------------------------------------------------------------------------------------


def test_the_list():
    with Practice(speed=1) as cluster:
        done = cluster.belay("\\mv runs --since 30d")
        assert done.rc == 0 and done.out.splitlines()[0].split("\t") == COLUMNS, done
        assert "12 runs since" in done.err and "none failed" in done.err, done
        assert {r["forced"] for r in done.rows if r["name"] != "orders_by_day"} == {"full"}
        times = [r["started"] for r in done.rows]
        assert times == sorted(times)
        top, = [r for r in done.rows if r["name"] == "daily_top"]
        assert top["database"] == "sales" and top["state"] == "SUCCESS" and top["seconds"] == "20"
        assert runs(cluster) == []  # they are older
        assert len(runs(cluster, "--only '^sales'", "--except daily", since="30d")) == 6
        newest = max(times)
        last = runs(cluster, since=f"'{newest}'")
        assert last and {r["started"] for r in last} <= set(times)
        listed = json.loads(cluster.belay("\\mv runs --since 30d", args=["--format", "json"]).out)
        assert len(listed) == 12
        for bad in ("never", "-1h", "1y", "5", "'1h; DROP TABLE t'", "2026-13-01"):
            refused = cluster.belay(f"\\mv runs --since {bad}")
            assert refused.rc == 2 and "this is no time" in refused.err, refused


def test_errors_are_one_line_with_the_cause():
    long = "Getting analyzing error. Detail message: x because: \n\nCREATE\tVIEW\n\nCause an error: "
    with Practice(speed=1) as cluster:
        add_run(cluster, "funnel", message=long + "base is\n gone\t \n")
        add_run(cluster, "margin", message="库" * 300)
        errors = {r["name"]: r["error"] for r in runs(cluster)}
        assert errors["funnel"] == "base is gone"
        assert errors["margin"].endswith("…") and set(errors["margin"]) == {"库", "…"}
        assert len(errors["margin"]) < 80


def test_a_view_that_is_not_listed():
    """Made again between the two questions: its run is shown under the name of its task."""
    with Practice(speed=1) as cluster:
        one = id_of(cluster, "top-customers")
        add_run(cluster, "top-customers", state="SUCCESS")
        cluster.once_sent("SELECT QUERY_ID%", *(f"UPDATE {table} SET {column} = {one + 5000} WHERE"
                                                f" {column} = {one}" for table, column in
                                                (("task_run", "mv_id"), ("mv", "id"), ("object", "id"))))
        row, = runs(cluster)
        assert row["name"] == f"mv-{one + 5000}" and row["database"] == "sales", row


def test_hostile_names_and_errors():
    with Practice("hostile", speed=1) as cluster:
        add_run(cluster, "new\nline'; DROP TABLE t; --", message="no\033]0;title\007\nmore\tend")
        done = cluster.belay("\\mv runs --since 30d --only '^nasty'")
        assert done.rc == 0, done
        assert all(len(line.split("\t")) == len(COLUMNS) for line in done.out.splitlines()), done
        assert len(done.rows) == len([v for v in cluster.views() if v.startswith("nasty.")]) + 1
        shown = cluster.belay_tty("\\mv runs --since 30d --only '^nasty'")
        assert shown.rc == 0 and b"\x1b]0;" not in shown.raw and b"\x1b[31mred" not in shown.raw, shown


def test_no_node_is_no_empty_list():
    with Practice(speed=1) as cluster:
        cluster.event("kill-cn")
        done = cluster.belay("\\mv runs")
        assert done.rc == 9 and "cannot tell which refreshes ran" in done.err, done


def wrote(cluster, name, batch, force=None):
    """A refresh run of the view that wrote this one of its partitions, counted from 0."""
    add_run(cluster, name, state="SUCCESS", force=force, ago=60 - batch)
    cluster.sql("UPDATE task_run SET batch = ?, view = ?, bases = '[]' WHERE id ="
                " (SELECT max(id) FROM task_run)", batch, name)


@pytest.mark.parametrize("scenario", ["seed", "4.1"])
def test_full_and_not_forced(scenario):
    """By the partitions that all runs of one refresh name, and those that the view has."""
    with Practice(scenario, speed=1) as cluster:
        def forced(*parts, **kwargs):
            cluster.sql("DELETE FROM task_run")
            for batch in parts:
                wrote(cluster, "orders_by_day", batch, **kwargs)
            return [r["forced"] for r in runs(cluster)]

        assert forced(0, 1, 2) == ["full"] * 3
        assert forced(0, 1, 2, 2) == ["full"] * 3 + ["false"]  # another refresh, of one partition
        assert forced(2) == ["false"]
        assert forced(0, 1) == ["false"] * 2  # it goes on still
        assert forced(0, 1, 2, force=1) == ["true"] * 3
        cluster.sql("DELETE FROM task_run")
        wrote(cluster, "daily_top", 0)  # it has no partitions: whatever it writes is all of it
        add_run(cluster, "funnel", state="SUCCESS")  # it found nothing to do
        assert {r["name"]: r["forced"] for r in runs(cluster)} == {"daily_top": "full",
                                                                  "funnel": "false"}


def test_full_cannot_be_told_where_partitions_cannot_be_read():
    with Practice(speed=1) as cluster:
        wrote(cluster, "daily_top", 0)
        cluster.fault("error", "%partitions_meta%", "1064|HY000|no", times=-1)
        assert [r["forced"] for r in runs(cluster)] == ["false"]


# --- what belay explains ------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario, forced", [("seed", True), ("3.4.8", False), ("3.5.16", True),
                                              ("4.1", False)])
def test_down_and_up_explain_what_follows(scenario, forced):
    with Practice(scenario, speed=20) as cluster:
        assert cluster.approved(DOWN).rc == 0
        assert cluster.belay(LOAD).rc == 0  # orders_by_day is refreshed on load, and it is down
        settled(cluster)
        row, = [r for r in runs(cluster) if r["state"] == "FAILED"]
        assert row["name"] == "orders_by_day" and "is not active due to" in row["error"], row
        assert row["expected"] == f"down by belay, run {cluster.run_id()}"
        assert cluster.approved(UP).rc == 0
        settled(cluster)
        done = cluster.belay("\\mv runs --since 1h")
        assert "only expected ones failed" in done.err, done
        after = [r for r in done.rows if r["state"] != "FAILED"]
        assert len({r["name"] for r in after}) >= 10
        by_active = [r for r in after if r["expected"] == f"ACTIVE by belay, run {cluster.run_id()}"]
        assert len({r["name"] for r in by_active}) == (10 if forced else 0)
        assert all(r["forced"] == "true" for r in by_active)
        assert not [r for r in after if r["forced"] == "true" and r["expected"] == ""]


def test_what_belay_did_not_do_is_not_explained():
    with Practice(speed=1) as cluster:
        add_run(cluster, "sessions", message="Materialized view: sessions/1 is not active due to x.")
        assert cluster.approved("\\mv inactivate web.sessions").rc == 0
        assert cluster.belay("ALTER MATERIALIZED VIEW sales.orders_by_day INACTIVE").rc == 0
        assert cluster.belay(LOAD).rc == 0
        settled(cluster)
        add_run(cluster, "sessions", message="out of memory", ago=0)
        add_run(cluster, "sessions", state="SUCCESS", force=1, ago=0)
        done = cluster.belay("\\mv runs --since 1h")
        assert "3 failed, 3 of them unexpected" in done.err, done
        assert {r["expected"] for r in done.rows} == {""}


def test_a_damaged_journal_explains_nothing():
    with Practice(speed=1) as cluster:
        assert cluster.approved("\\mv inactivate web.sessions").rc == 0
        with open(cluster.journals()[0], "r+b") as file:
            file.write(b"x")
        assert cluster.belay("\\mv runs").rc == 8


# --- cancel ------------------------------------------------------------------------------------------


def test_cancel_one_that_runs():
    with Practice(speed=1) as cluster:
        nothing = cluster.belay("\\mv cancel sales.daily_top")
        assert nothing.rc == 0 and "no refresh of it runs or waits" in nothing.err, nothing
        assert cluster.belay("REFRESH MATERIALIZED VIEW sales.daily_top").rc == 0
        settled_on_running(cluster)
        refused = cluster.belay("\\mv cancel sales.daily_top web.funnel")
        assert refused.rc == 4 and not cluster.sent("CANCEL%"), refused
        done = cluster.belay("\\mv cancel sales.daily_top web.funnel", approve="reversible")
        assert done.rc == 0 and "web.funnel: no refresh of it runs or waits" in done.err, done
        assert cluster.sent("CANCEL%") == ["CANCEL REFRESH MATERIALIZED VIEW `sales`.`daily_top`"]
        row = runs(cluster)[-1]
        assert row["state"] == "FAILED" and row["expected"].startswith("cancelled by belay"), row


def settled_on_running(cluster):
    for _ in range(600):
        cluster.belay("SELECT 1")
        if cluster.sql("SELECT count(*) FROM task_run WHERE state = 'RUNNING'") != [(0,)]:
            return
    raise AssertionError("no refresh begins")


@pytest.mark.parametrize("scenario, force, left", [("seed", " FORCE", 0), ("4.1", "", 1)])
def test_cancel_with_one_that_waits_behind(scenario, force, left):
    """FORCE where CANCEL would let it begin; what waited, and what FORCE ended, is listed no more."""
    with Practice(scenario, speed=1) as cluster:
        for _ in range(2):
            assert cluster.belay("REFRESH MATERIALIZED VIEW sales.daily_top").rc == 0
        settled_on_running(cluster)
        cluster.fault("drop-after", "CANCEL%")
        done = cluster.belay("\\mv cancel sales.daily_top", approve="reversible")
        assert done.rc == 0 and "1 done" in done.err, done
        assert cluster.sent("CANCEL%") == [
            f"CANCEL REFRESH MATERIALIZED VIEW `sales`.`daily_top`{force}"]
        assert cluster.sql("SELECT count(*) FROM task_run WHERE state IN ('RUNNING', 'PENDING')") == [
            (0,)]
        assert f"{2 - left} of them will not be in \\mv runs" in " ".join(done.err.split()), done
        assert [r["expected"][:9] for r in runs(cluster)] == ["cancelled"] * left


def test_cancel_by_names_that_break_careless_programs():
    with Practice("hostile", speed=1) as cluster:
        views = [v for v in cluster.views() if v.startswith("nasty.")]
        cluster.sql("UPDATE mv SET refresh_ms = 600000")
        for view in views:
            quoted = view.split(".", 1)[1]
            assert cluster.belay(f"REFRESH MATERIALIZED VIEW nasty.`{quoted}`").rc == 0, view
        settled_on_running(cluster)
        words = " ".join("'" + v.replace("'", "'\\''") + "'" for v in views if "\n" not in v)
        done = cluster.belay(f"\\mv cancel --force {words}", approve="reversible")
        assert done.rc == 0, done
        assert set(cluster.sent("CANCEL%")) == {
            f"CANCEL REFRESH MATERIALIZED VIEW `nasty`.`{v.split('.', 1)[1]}` FORCE"
            for v in views if "\n" not in v}
