"""\\mv forecast: what ACTIVE would refresh, and what it did refresh."""
import re

import pytest

from practice import DOWN, UP, Practice, wait_for

PAUSED = "sales.legacy_totals"  # down before belay came


def rows_of(cluster, line="\\mv forecast", rc=0):
    done = cluster.belay(line)
    assert done.rc == rc, done
    return {f"{r['database']}.{r['name']}": r for r in done.rows}, done


def as_release(cluster, version):
    """The cluster runs this release, as its FEs say."""
    cluster.sql("UPDATE fe SET version = ?", version)
    cluster.sql("UPDATE meta SET value = ? WHERE key = 'release'", version)


def idle(cluster):
    return not cluster.sql("SELECT 1 FROM task_run WHERE state IN ('PENDING', 'RUNNING')")


def add_run(cluster, name, seconds, force=None, state="SUCCESS", age=3600):
    """A run that ended so many seconds ago."""
    cluster.sql("INSERT INTO task_run (mv_id, query_id, job_id, create_ms, start_ms, finish_ms,"
                " state, force) SELECT id, 'q' || random(), 'j', ?1, ?1, ?1 + ?2, ?3, ?4"
                " FROM object WHERE name = ?5",
                max(t for t, in cluster.sql("SELECT max(create_ms) FROM task_run")) + age * 1000,
                seconds * 1000, state, force, name)


def test_2_5_does_not_tell_what_is_inactive():
    """And yet which views ACTIVE would refresh: all that are not refreshed by hand."""
    with Practice("2.5", speed=1) as cluster:
        rows, done = rows_of(cluster)
        assert {name for name, r in rows.items() if r["refresh"] == "none"} == {"sales.refund_rate"}
        assert {r["refresh"] for r in rows.values()} == {"none", "full"}, done


@pytest.mark.parametrize("scenario", ["seed", "4.1"])
def test_at_80_columns_nothing_is_cut(scenario):
    """The few reasons that there are stand below the list."""
    with Practice(scenario, speed=1) as cluster:
        why = {r["why"] for r in rows_of(cluster)[0].values()}
        shown = cluster.belay_tty("\\mv forecast", columns=80)
        lines = shown.out.replace("\r", "").splitlines()
        assert not [line for line in lines if "…" in line or "cut to fit" in line], shown
        assert {line[4:] for line in lines if re.match(r"\[\d\] ", line)} == why, shown
        assert max(map(len, lines)) <= 80, shown


# --- before ------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario, kind, release", [
    ("seed", "full", "3.3.3"), ("3.4.8", "incremental", "3.4.8"), ("3.5.16", "full", "3.5.16"),
    ("4.1", "incremental", "4.1.0")])
def test_by_release(scenario, kind, release):
    with Practice(scenario) as cluster:
        rows, done = rows_of(cluster)
        assert set(rows) == set(cluster.views())
        assert list(rows["web.sessions"]) == ["database", "name", "refresh", "why", "minutes",
                                              "rows", "runs"]
        assert rows["sales.refund_rate"]["refresh"] == "none"  # MANUAL
        assert "not by belay" in rows[PAUSED]["why"] and rows[PAUSED]["refresh"] == "none"
        assert {r["refresh"] for n, r in rows.items()
                if n not in (PAUSED, "sales.refund_rate")} == {kind}
        assert rows["sales.daily_top"]["minutes"] == "0.33"  # 20 s, by its one run
        assert rows["sales.daily_top"]["runs"] == "1"
        assert f"ACTIVE on {release} would refresh: 10 {kind}, 2 none; 52 s of" in done.err
        assert not cluster.changes()


def test_only_and_except():
    with Practice() as cluster:
        rows, done = rows_of(cluster, "\\mv forecast --only ^sales --except top")
        assert set(rows) == {"sales.legacy_totals", "sales.margin", "sales.orders_by_day",
                             "sales.orders_by_month", "sales.refund_rate"}
        assert "3 full, 2 none" in done.err
        assert cluster.belay("\\mv forecast --only '('").rc == 2


def test_the_median_of_its_own_kind():
    """A forced refresh is timed by forced ones, an ordinary one by ordinary ones."""
    with Practice() as cluster:
        for seconds in (600, 60, 120):
            add_run(cluster, "daily_top", seconds, force=1)
        add_run(cluster, "daily_top", 9000, force=1, state="FAILED")
        rows, _ = rows_of(cluster)
        assert rows["sales.daily_top"]["minutes"] == "2.00"
    with Practice("4.1") as cluster:
        add_run(cluster, "daily_top", 600, force=1)
        rows, _ = rows_of(cluster)
        assert rows["sales.daily_top"]["minutes"] == "0.33"


def test_a_view_that_was_never_refreshed():
    with Practice("4.1") as cluster:
        cluster.sql("DELETE FROM task_run WHERE mv_id ="
                    " (SELECT id FROM object WHERE name = 'sessions')")
        rows, done = rows_of(cluster)
        assert rows["web.sessions"]["refresh"] == "full"
        assert "never refreshed" in rows["web.sessions"]["why"]
        assert rows["web.sessions"]["minutes"] == "NULL"
        assert "1 without a run to go by" in done.err


def test_runs_that_cannot_be_read():
    with Practice() as cluster:
        assert cluster.approved(DOWN).rc == 0
        cluster.fault("error", "SELECT TASK_NAME, FINISH_TIME%", "5904|42000|no node, sorry", -1)
        rows, done = rows_of(cluster, rc=9)
        assert rows["web.sessions"]["refresh"] == "full"
        assert rows["web.sessions"]["minutes"] == "NULL"
        assert "cannot tell how long" in done.err and "no node, sorry" in done.err
        page = cluster.belay(f"{UP} --dry-run")  # the way up is open all the same
        assert page.rc == 0 and "Forecast 10 full, 1 none; how long is not known: no node" in page.out


def test_a_view_in_its_partitions_is_emptied_first():
    """3.5.8 to 3.5.14: the highest tier, with the reason and the way around."""
    with Practice("3.5.10") as cluster:
        rows, _ = rows_of(cluster)
        assert rows["web.sessions"]["refresh"] == "full, empty meanwhile"
        assert cluster.approved(DOWN).rc == 0
        page = cluster.belay(f"{UP} --dry-run")
        assert "Forecast 10 full, empty meanwhile, 1 none" in page.out, page
        assert ("Note     no way back: until its refresh has ended well a view reads empty, and"
                " stays so if it fails; upgrade to 3.5.15 or later first") in page.out
        assert "\\mv pause-all" in page.out
        assert cluster.belay(UP, approve="reversible").rc == 4
        done = cluster.belay(UP)
        assert done.rc == 4 and "this plan has no way back" in done.err, done
        assert not cluster.sent("ALTER% ACTIVE")
        # With the upgrade the same views come up as on any other release of that line.
        as_release(cluster, "3.5.16-d6ff11f")
        page = cluster.belay(f"{UP} --dry-run")
        assert "no way back" not in page.out and "Forecast 10 full, 1 none" in page.out


# --- after -------------------------------------------------------------------------------------


@pytest.mark.parametrize("scenario", ["seed", "3.4.8", "3.5.16", "4.1"])
def test_forecast_and_fact(scenario):
    with Practice(scenario) as cluster:
        assert cluster.approved(DOWN).rc == 0
        done = cluster.approved(UP)
        assert done.rc == 0 and "Forecast and fact: " in done.err, done
        assert len(done.rows) == 11 and not cluster.sent("REFRESH%")
        wait_for(lambda: idle(cluster))
        rows, told = rows_of(cluster, f"\\mv forecast --run {cluster.run_id()}")
        assert "11 of 11 views as foretold" in told.err, told
        forces = scenario in ("seed", "3.5.16")
        forced = {n for n, r in rows.items() if r["forced"] == "yes"}
        # A run that a load sets off while that of ACTIVE waits takes its place, without FORCE.
        merged = {n for n, in cluster.sql(
            "SELECT d.name || '.' || o.name FROM task_run r JOIN object o ON o.id = r.mv_id"
            " JOIN db d ON d.id = o.db_id WHERE r.state = 'MERGED'")}
        due = cluster.active() - {"sales.refund_rate"} if forces else set()
        assert forced <= due and due - forced <= merged
        assert {r["fact"] for n, r in rows.items() if n in forced} <= {"full"}
        assert rows["sales.refund_rate"]["fact"] == "none"
        assert {r["as_forecast"] for r in rows.values()} == {"yes"}
        assert re.search(r"52 s foretold, .* in fact \([+-]\d+%\)", told.err)


def test_what_was_forced_against_the_forecast():
    """An unexpected full refresh is what one wants to be told of."""
    with Practice("4.1") as cluster:
        assert cluster.approved(DOWN).rc == 0
        cluster.sql("CREATE TRIGGER f AFTER INSERT ON task_run BEGIN UPDATE task_run SET force = 1"
                    " WHERE id = new.id AND mv_id = (SELECT id FROM object WHERE name = 'sessions');"
                    " END")
        assert cluster.approved(UP).rc == 0
        wait_for(lambda: idle(cluster))
        rows, told = rows_of(cluster, f"\\mv forecast --run {cluster.run_id()}")
        row = rows["web.sessions"]
        assert (row["forecast"], row["fact"], row["forced"], row["as_forecast"]) == (
            "incremental", "full", "yes", "no")
        assert "10 of 11 views as foretold" in told.err


def test_refreshes_that_failed_or_run_still():
    with Practice() as cluster:
        assert cluster.approved(DOWN).rc == 0
        cluster.sql("CREATE TRIGGER f AFTER UPDATE OF state ON task_run WHEN new.state = 'SUCCESS'"
                    " AND new.mv_id = (SELECT id FROM object WHERE name = 'daily_top') BEGIN UPDATE"
                    " task_run SET state = 'FAILED', error_message = 'no memory' WHERE id = new.id;"
                    " END")
        cluster.sql("CREATE TRIGGER g AFTER UPDATE OF state ON task_run WHEN new.state = 'SUCCESS'"
                    " AND new.mv_id = (SELECT id FROM object WHERE name = 'funnel') BEGIN UPDATE"
                    " task_run SET state = 'RUNNING', finish_ms = NULL WHERE id = new.id; END")
        assert cluster.approved(UP).rc == 0
        wait_for(lambda: cluster.sql("SELECT 1 FROM task_run WHERE error_message = 'no memory'"))
        rows, told = rows_of(cluster, f"\\mv forecast --run {cluster.run_id()}")
        assert rows["sales.daily_top"]["fact"] == "failed"
        assert rows["sales.daily_top"]["error"] == "no memory"
        assert rows["sales.daily_top"]["as_forecast"] == ""
        assert rows["web.funnel"]["fact"] == "running" and rows["web.funnel"]["minutes"] == "NULL"
        assert "1 failed" in told.err and "nothing waits for them: \\mv runs" in told.err


def test_a_refresh_in_parts_is_one():
    """One refresh is split into several task runs; what came later is another one's doing."""
    with Practice() as cluster:
        assert cluster.approved(DOWN).rc == 0
        assert cluster.approved(UP).rc == 0
        wait_for(lambda: idle(cluster))
        parts = cluster.sql("SELECT count(*) FROM task_run WHERE force = 1 AND mv_id ="
                            " (SELECT id FROM object WHERE name = 'orders_by_day')")[0][0]
        before, _ = rows_of(cluster, f"\\mv forecast --run {cluster.run_id()}")
        assert parts > 1 and before["sales.orders_by_day"]["fact"] == "full"
        add_run(cluster, "daily_top", 6000, force=1, age=5)
        after, _ = rows_of(cluster, f"\\mv forecast --run {cluster.run_id()}")
        assert after == before


def test_runs_that_are_none():
    with Practice() as cluster:
        assert cluster.approved(DOWN).rc == 0
        down = cluster.run_id()
        assert cluster.belay("\\mv forecast --run 00009-x").rc == 2
        done = cluster.belay(f"\\mv forecast --run {down}")
        assert done.rc == 2 and "brought no views up" in done.err, done
        done = cluster.belay(f"\\mv forecast --run {down} --only x")
        assert done.rc == 2, done
