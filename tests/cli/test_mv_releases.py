"""The way through an upgrade on each release line: down, all FEs restarted, up; or paused and resumed.

What counts is the end: each view as it was, by its flag, its reasons and its refresh clause, with no
refresh that could be avoided.
"""
import pytest

from practice import DOWN, UP, Practice, wait_for

USER = "user use alter materialized view set status to inactive"
PAUSE, RESUME = "\\mv pause-all", "\\mv resume-all"
PAUSED = "web.funnel"      # by its user, over active views
MANUAL = "sales.refund_rate"
ON_LOAD = {"sales.orders_by_day", "sales.orders_by_month", "web.sessions"}  # no EVERY: not pausable
# Release → whether ACTIVE forces a full refresh there.
FORCES = {"3.0.9": True, "3.1.17": True, "3.2.16": True, "3.3.3": True, "3.3.14": True,
          "3.4.0": True, "3.4.8": False, "3.5.5": True, "3.5.10": True, "3.5.16": True,
          "4.0.1": False, "4.0.3": False, "4.1.2": False}


def states(cluster):
    """database.name → flag and reason in the leader's memory and in the journal, clause, rows."""
    rows = cluster.sql(
        "SELECT d.name || '.' || o.name, m.active, m.reason, m.lasting_active, m.lasting_reason,"
        " m.moment, m.deferred, m.start_at, m.every_n, m.every_unit, m.emptied, m.n_rows FROM mv m"
        " JOIN object o ON o.id = m.id JOIN db d ON d.id = o.db_id")
    return {row[0]: row[1:] for row in rows}


def after_a_start(cluster, before, lost):
    """What the FE itself makes of them, as recorded: up to 3.5 it forgets DEFERRED where a refresh or
    another clause was journaled, and from 3.5.8 on its own check finds that a base is gone."""
    release = tuple(int(n) for n in cluster.scenario.split("."))
    assert release < (4,) or not lost
    after = {}
    for name, state in before.items():
        state = list(state)
        if release >= (3, 5, 8) and state[1].startswith("base-table dropped"):
            state[1] = ("check and set active failed: Getting analyzing error. Detail message:"
                        f" {state[1]}.")
        if name in lost:
            state[5] = 0
        after[name] = tuple(state)
    return after


def runs(cluster, condition):
    return {name for name, in cluster.sql(
        "SELECT DISTINCT d.name || '.' || o.name FROM task_run r JOIN object o ON o.id = r.mv_id"
        f" JOIN db d ON d.id = o.db_id WHERE {condition}")}


def quiet(cluster):
    """Waits until no refresh runs or waits, and every FE has loaded its views."""
    wait_for(lambda: cluster.sql(
        "SELECT (SELECT count(*) FROM task_run WHERE state IN ('PENDING', 'RUNNING')) +"
        " (SELECT count(*) FROM fe_mv WHERE until_loaded)") == [(0,)], 60)


def restart(cluster):
    """All FEs, each from an image of its own that knows what was done; the leader is another one. From
    then on the clock is slow: what is asked next is asked while the views are loaded. The views of
    which the journal knew no DEFERRED any more."""
    before = cluster.leader()
    cluster.control("speed", "1")
    cluster.sql("UPDATE fe SET image = (SELECT value FROM meta WHERE key = 'journal_id')")
    lost = {name for name, in cluster.sql(
        "SELECT d.name || '.' || o.name FROM mv m JOIN object o ON o.id = m.id"
        " JOIN db d ON d.id = o.db_id WHERE m.moment_lost")}
    cluster.restart()
    assert cluster.leader() != before
    return lost


@pytest.mark.parametrize("release", FORCES)
def test_down_restart_up(release):
    with Practice(release) as cluster:
        assert cluster.belay("ALTER MATERIALIZED VIEW web.funnel INACTIVE").rc == 0
        cluster.forget()
        before = states(cluster)
        down = cluster.approved(DOWN, timeout=120)
        assert down.rc == 0 and not cluster.active(), down
        lost = restart(cluster)
        cluster.control("speed", "200")
        cluster.sql("DELETE FROM task_run")
        up = cluster.approved(UP, timeout=120)
        assert up.rc == 0, up
        quiet(cluster)
        assert states(cluster) == after_a_start(cluster, before, lost), up
        assert before[PAUSED][:2] == (0, USER)
        assert not cluster.sent("ALTER%`funnel`%")
        everything = {name for name, state in before.items() if state[0]}
        forced = runs(cluster, "force = 1")
        assert forced == (everything - {MANUAL} if FORCES[release] else set()), up
        default = "false" if release.startswith("3.0") else "true"
        assert cluster.config() == [default] * 3
        assert cluster.belay("\\mv ledger").rows == []


def loaded(cluster, line):
    """Right after the restart nothing can be told where views are loaded in the background, and belay
    says so; asked again after that time, it gives the plan's digest."""
    first = cluster.belay(f"{line} --dry-run")
    cluster.control("speed", "200")
    if first.rc == 0:
        return first.digest
    assert first.rc == 9 and "may still be loading them" in first.err, first
    assert "ask again in" in first.err and cluster.sql(
        "SELECT count(*) FROM fe_mv") > [(0,)], first
    wait_for(lambda: cluster.belay(f"{line} --dry-run").rc == 0, 60)
    return cluster.digest(line)


@pytest.mark.parametrize("release", ["2.5.22"] + [name for name, forces in FORCES.items() if forces])
def test_pause_restart_resume_forces_nothing(release):
    with Practice(release) as cluster:
        quiet(cluster)
        before = states(cluster)
        paused = cluster.approved(PAUSE, timeout=120)
        assert paused.rc == 0, paused
        resting = {name for name, state in states(cluster).items() if state[4] == "MANUAL"}
        # 2.5 does not show which are active: the clause of an inactive one is kept and given back too.
        able = {name for name, state in before.items() if state[0] or release == "2.5.22"}
        assert resting == able - ON_LOAD, paused
        lost = restart(cluster)
        cluster.sql("DELETE FROM task_run")
        digest = loaded(cluster, RESUME)
        resumed = cluster.belay(RESUME, approve=digest, timeout=120)
        assert resumed.rc == 0, resumed
        cluster.event("checker-round")
        quiet(cluster)
        assert states(cluster) == after_a_start(cluster, before, lost), resumed
        # 3.5.15+ wakes views on views after a start, whoever paused them; a MANUAL one runs never.
        by_itself = ON_LOAD if release == "3.5.16" else set()
        assert runs(cluster, "force = 1") <= by_itself, resumed
        assert not cluster.sent("ALTER%ACTIVE")


def test_2_5_says_that_it_cannot_tell():
    with Practice("2.5.22") as cluster:
        done = cluster.belay(f"{DOWN} --dry-run")
        assert done.rc == 9 and "cannot tell which views are active" in done.err, done
        assert "\\mv pause-all" in done.err and not cluster.changes(), done


@pytest.mark.parametrize("release", ["3.5.10", "4.0.1", "4.1.2"])
def test_what_is_still_loading_is_not_taken_for_inactive(release):
    """Half of the views are down; the others read inactive for a while after the restart."""
    with Practice(release) as cluster:
        before = states(cluster)
        down = cluster.approved(f"{DOWN} --only '^sales\\.'", timeout=120)
        assert down.rc == 0, down
        lost = restart(cluster)
        assert cluster.sql("SELECT count(*) FROM fe_mv WHERE until_loaded AND reason = ''") > [(0,)]
        cluster.forget()
        digest = loaded(cluster, UP)
        up = cluster.belay(UP, approve=digest, timeout=120)
        assert up.rc == 0, up
        quiet(cluster)
        assert states(cluster) == after_a_start(cluster, before, lost), up
        assert not cluster.sent("ALTER%`web`%", "ALTER%`ops`%")
