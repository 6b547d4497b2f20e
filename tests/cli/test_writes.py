"""\\writes pause and \\writes resume on releases and run modes: what is paused, waited for, given back."""
import pytest

from practice import Practice, wait_for
from quiet import COMPACTION, GRACE, STATISTICS, set_to, work
from writes import LOADS, begin, offset, running, states

PAUSE = "\\writes pause"
RESUME = "\\writes resume"
TASK = "PERIODICAL START(2026-11-01T00:00) EVERY(1 DAYS)"
SQL = ("PAUSE%", "RESUME%", "ALTER PIPE%", "ALTER TASK%", "ADMIN SET%")


everywhere = pytest.mark.parametrize(
    "served", ["seed@3.1.5", "seed", "shared-nothing", "3.5.16", "4.1"], indirect=True)


@pytest.fixture(scope="module")
def served(request):
    with Practice(getattr(request, "param", "seed")) as cluster:
        cluster.sql("UPDATE mv SET next_run_ms = NULL")  # no refresh by schedule in between
        yield cluster


@pytest.fixture
def cluster(served):
    begin(served, pipes=served.scenario != "seed@3.1.5")
    served.forget()
    yield served
    served.clear_faults()
    served.as_before()
    served.belay(RESUME, approve="reversible")
    served.sql("DELETE FROM work")
    served.sql("UPDATE config SET value = preset")


def done(cluster, line, rc=0, **kwargs):
    ended = cluster.belay(line, approve="reversible", **kwargs)
    assert ended.rc == rc, ended
    return ended


def noted(cluster):
    """The lines that \\writes tells of what belay has paused."""
    return [line for line in cluster.belay("\\writes").err.splitlines() if "was paused by" in line]


@everywhere
def test_away_and_back(cluster):
    assert cluster.belay(f"{PAUSE} --dry-run").rc == 0 and cluster.sent(*SQL) == []
    before = {key: cluster.config(key) for key in (GRACE, COMPACTION, STATISTICS)}
    ended = done(cluster, PAUSE)
    assert "final proof: yes" in ended.err
    assert "routine load sales.broken: PAUSED before: ErrorReason{errCode = 102" in ended.err
    assert states(cluster) == dict.fromkeys([*LOADS, "broken"], "PAUSED")
    sent = cluster.sent(*SQL)
    assert sent[:3] == [f"PAUSE ROUTINE LOAD FOR `sales`.`{name}`" for name in LOADS]
    rest = [text for text in sent[3:] if not text.startswith("ADMIN SET")]
    pipes = states(cluster, "pipe")
    assert rest == (["ALTER PIPE `sales`.`files` SUSPEND"] if pipes else [])
    assert pipes in ({}, {"files": "SUSPEND", "old": "FINISHED"})
    assert set_to(STATISTICS, "false") in sent
    if cluster.scenario != "shared-nothing":
        assert set_to(COMPACTION, "0") in sent and set_to(GRACE, "10080") in sent
    assert len(noted(cluster)) == 3 + bool(pipes)
    consumed = {name: offset(cluster, name) for name in LOADS}

    cluster.forget()
    ended = done(cluster, RESUME)
    assert "routine load sales.broken: PAUSED, not paused by belay: ErrorReason" in ended.err
    back = cluster.sent(*SQL)
    settings = [text for text in sent if text.startswith("ADMIN SET")]
    assert [text.split('"')[1] for text in back[:len(settings)]] == \
        [text.split('"')[1] for text in reversed(settings)]
    assert back[-3:] == [f"RESUME ROUTINE LOAD FOR `sales`.`{name}`" for name in reversed(LOADS)]
    assert states(cluster)["broken"] == "PAUSED" and noted(cluster) == []
    assert {key: cluster.config(key) for key in before} == before
    # Not one row is lost or read twice: each goes on from where it was paused.
    for name in LOADS:
        assert cluster.sql("SELECT offset FROM work WHERE name = ?", name) == [(consumed[name],)]
        assert consumed[name] >= 1000
        running(cluster, name)
        wait_for(lambda name=name: offset(cluster, name) > consumed[name])
    cluster.forget()
    assert done(cluster, RESUME) and cluster.sent(*SQL) == []  # nothing is left to give back


@everywhere
def test_tasks_as_the_release_can(cluster):
    if cluster.scenario == "seed@3.1.5":
        pytest.skip("no schedules before 3.3")
    work(cluster, "task", "sales", "nightly", TASK, "INSERT")
    ended = done(cluster, PAUSE)
    if cluster.scenario != "4.1":
        assert "scheduled task sales.nightly: not pausable: this release" in ended.err
        assert "Still: scheduled tasks: 1 (sales.nightly)" in ended.err
        assert cluster.sent("ALTER TASK%") == []
        return
    assert "no column shows it" in ended.err and "Still: scheduled tasks" not in ended.err
    assert cluster.sent("ALTER TASK%") == ["ALTER TASK `nightly` SUSPEND"]
    again = done(cluster, PAUSE)
    assert "scheduled task sales.nightly: suspended already, by run" in again.err
    assert done(cluster, RESUME)
    assert cluster.sent("ALTER TASK%") == ["ALTER TASK `nightly` SUSPEND", "ALTER TASK `nightly` RESUME"]
    assert cluster.sql("SELECT reason FROM work WHERE name = 'nightly'") == [("",)]


@pytest.mark.parametrize("served", ["4.1"], indirect=True)
def test_a_task_that_is_dropped_meanwhile_is_forgotten(cluster):
    work(cluster, "task", "sales", "nightly", TASK, "INSERT")
    done(cluster, PAUSE)
    cluster.sql("DELETE FROM work WHERE kind = 'task'")
    assert "already so  resume scheduled task sales.nightly: it is gone" in done(cluster, RESUME).err
    assert noted(cluster) == []


def test_what_others_did_meanwhile_stays(cluster):
    done(cluster, PAUSE)
    run = cluster.run_id()
    # One was resumed, one resumed and paused by an error, one stopped, one came.
    cluster.sql("UPDATE work SET state = 'RUNNING', pause_ms = 0 WHERE name = 'orders_in'")
    cluster.sql("UPDATE work SET pause_ms = pause_ms + 60000, reason = 'too many errors' WHERE"
                " name = 'returns_in'")
    cluster.sql("UPDATE work SET state = 'STOPPED' WHERE name = 'laggard'")
    work(cluster, "routine_load", "sales", "newcomer", state="RUNNING")
    cluster.forget()
    ended = done(cluster, RESUME)
    assert cluster.sent("RESUME%", "PAUSE%") == []
    for line in (f"routine load sales.orders_in: RUNNING: resumed by somebody since run {run}",
                 "routine load sales.newcomer: RUNNING, not paused by belay",
                 "resume routine load sales.returns_in: PAUSED anew since ",
                 "and not by belay: too many errors",
                 "Does not run: routine load sales.returns_in: PAUSED: too many errors"):
        assert line in ended.err, ended
    assert states(cluster)["returns_in"] == "PAUSED" and noted(cluster) == []


def test_another_job_of_an_old_name_is_not_resumed(cluster):
    done(cluster, PAUSE)
    cluster.sql("UPDATE work SET id = id + 900000 WHERE name = 'orders_in'")
    cluster.forget()
    ended = done(cluster, RESUME)
    assert "RESUME ROUTINE LOAD FOR `sales`.`orders_in`" not in cluster.sent("RESUME%")
    assert "resume routine load sales.orders_in: it is gone" in ended.err


def test_paused_twice_and_resumed_in_part(cluster):
    done(cluster, PAUSE)
    cluster.forget()
    again = done(cluster, PAUSE)
    assert "routine load sales.orders_in: PAUSED already, by run" in again.err
    assert cluster.sent(*SQL) == []
    part = done(cluster, f"{RESUME} --only 'orders'")
    assert "routine load sales.laggard: not chosen: stays paused" in part.err
    assert cluster.sent("RESUME%") == ["RESUME ROUTINE LOAD FOR `sales`.`orders_in`"]
    assert any("sales.laggard" in line for line in noted(cluster))


def test_choice(cluster):
    ended = done(cluster, f"{PAUSE} --only '^sales' --except orders")
    assert "routine load sales.orders_in: not chosen: goes on" in ended.err
    assert states(cluster)["orders_in"] == "RUNNING" and states(cluster)["laggard"] == "PAUSED"
    assert "Still: routine loads: 1 (sales.orders_in)" in ended.err
    wrong = done(cluster, f"{PAUSE} --only nothing", rc=2)
    assert "--only nothing chooses none of" in wrong.err
    assert done(cluster, f"{PAUSE} --timeout 0", rc=2)


def test_keep_leaves_what_keeps_the_files_of_a_backup(cluster):
    done(cluster, PAUSE)
    ended = done(cluster, f"{RESUME} --keep")
    assert "catalog_trash_expire_second: stays as it is until \\settings back" in ended.err
    assert set(cluster.config("catalog_trash_expire_second")) == {"604800"}
    assert set(cluster.config(STATISTICS)) == {"true"}
    assert "temporary" not in ended.err
    assert cluster.belay("\\settings back", approve="reversible").rc == 0
    assert set(cluster.config("catalog_trash_expire_second")) == {"86400"}


def test_a_setting_of_somebody_else_stays(cluster):
    cluster.sql("UPDATE config SET value = 'false' WHERE name = ?", STATISTICS)
    ended = done(cluster, PAUSE)
    assert f"{STATISTICS}: false already" in ended.err
    done(cluster, RESUME)
    assert set(cluster.config(STATISTICS)) == {"false"}


@pytest.mark.parametrize("kind, more, says", [
    ("transaction", {"name": "load-1", "kind_of": "BACKEND_STREAMING", "state": "PREPARE"},
     "wait: no transaction runs: stream loads: 1 (sales: load-1)"),
    ("job", {"kind_of": "schema_change", "state": "RUNNING"},
     "wait: no load, DELETE, ALTER or EXPORT job runs: ALTER jobs: 1 (sales: schema_change)"),
    ("analyze", {"name": "orders", "state": "RUNNING"},
     "wait: no statistics are collected: statistics: 1 (sales.orders)"),
])
def test_what_runs_is_waited_for_and_never_cancelled(cluster, kind, more, says):
    work(cluster, kind, "sales", **more)
    ended = done(cluster, f"{PAUSE} --timeout 1", rc=8)
    assert says in ended.err, ended
    assert cluster.sent("CANCEL%", "KILL%") == []
    assert states(cluster)["orders_in"] == "PAUSED"  # nothing is undone by itself
    cluster.sql("DELETE FROM work WHERE kind = ?", kind)
    cluster.forget()
    again = cluster.belay("\\resume", approve="reversible")
    assert again.rc == 0 and "final proof: yes" in again.err, again
    assert cluster.sent(*SQL) == []


def test_a_transaction_that_a_pause_leaves_open_is_waited_for(cluster):
    cluster.control("speed", "1")
    try:
        ended = done(cluster, PAUSE)
    finally:
        cluster.control("speed", str(cluster.speed))
    assert "done  wait: no transaction runs" in ended.err
    assert cluster.sql("SELECT count(*) FROM work WHERE kind = 'transaction'") == [(0,)]
    assert cluster.sql("SELECT count(*) FROM work WHERE kind = 'ended'") == [(3,)]


def test_refreshes_of_views_are_not_waited_for(cluster):
    work(cluster, "transaction", "sales", "refresh", "MV_REFRESH", "PREPARE")
    ended = done(cluster, PAUSE)
    assert "refreshes of views by \\mv pause-all" in ended.err
    assert "Still: transactions of refreshes: 1 (sales: refresh)" in ended.err


def test_a_list_that_cannot_be_read_stops_before_anything_is_sent(cluster):
    cluster.fault("error", "SHOW ROUTINE LOAD%", times=-1)
    ended = done(cluster, PAUSE, rc=9)
    assert "cannot tell every routine load" in ended.err and cluster.sent(*SQL) == []


def test_one_that_is_refused_stops_no_other(cluster):
    cluster.fault("error", "PAUSE ROUTINE LOAD FOR `sales`.`orders_in`", times=-1)
    ended = done(cluster, PAUSE, rc=1)
    assert "pause routine load sales.orders_in" in ended.err.splitlines()[-1], ended
    assert states(cluster)["orders_in"] == "RUNNING" and states(cluster)["laggard"] == "PAUSED"
    assert not any("orders_in" in line for line in noted(cluster))


def test_one_paused_by_somebody_after_the_plan_was_made_is_not_belays(cluster):
    cluster.once_sent("ADMIN SHOW FRONTEND CONFIG LIKE 'enable_statistic%",
                      "UPDATE work SET state = 'PAUSED', pause_ms = 1700000000000, reason = 'by hand'"
                      " WHERE name = 'laggard'")
    ended = done(cluster, PAUSE)
    cluster.as_before()
    assert "already so  pause routine load sales.laggard: PAUSED" in ended.err
    assert "PAUSE ROUTINE LOAD FOR `sales`.`laggard`" not in cluster.sent("PAUSE%")
    assert not any("laggard" in line for line in noted(cluster))
    done(cluster, RESUME)
    assert states(cluster)["laggard"] == "PAUSED"


def test_a_lost_connection_pauses_once(cluster):
    cluster.fault("drop-after", "PAUSE ROUTINE LOAD FOR `sales`.`orders_in`")
    ended = done(cluster, PAUSE)
    assert "pause routine load sales.orders_in: PAUSED" in ended.err
    assert cluster.sent("PAUSE ROUTINE LOAD FOR `sales`.`orders_in`") == \
        ["PAUSE ROUTINE LOAD FOR `sales`.`orders_in`"]
    assert any("orders_in" in line for line in noted(cluster))


def test_a_run_that_a_later_one_gave_back_is_outdated(cluster):
    work(cluster, "transaction", "sales", "load-1", "BACKEND_STREAMING", "PREPARE")
    done(cluster, f"{PAUSE} --timeout 1", rc=8)
    run = cluster.run_id()
    cluster.sql("DELETE FROM work WHERE kind = 'transaction'")
    done(cluster, RESUME)
    cluster.forget()
    again = cluster.belay(f"\\resume {run}", approve="reversible")
    assert again.rc == 7 and f"run {run} is outdated" in again.err, again
    assert cluster.sent(*SQL) == []
    assert cluster.approved(f"\\journal close {run}").rc == 0


def test_the_next_start_says_what_is_paused(cluster):
    done(cluster, PAUSE)
    shown = cluster.belay_tty(args=("--execute", "\\writes")).raw
    assert b"sales.orders_in was paused by run" in shown


def test_hostile_names(cluster):
    cluster.sql("UPDATE work SET name = 'a`b' WHERE name = 'orders_in'")
    cluster.sql("UPDATE work SET name = 'x''; DROP TABLE y; --' WHERE name = 'laggard'")
    ended = done(cluster, PAUSE)
    assert "routine load sales.a`b: not pausable: its name cannot be quoted" in ended.err
    assert "PAUSE ROUTINE LOAD FOR `sales`.`x'; DROP TABLE y; --`" in cluster.sent("PAUSE%")
    assert cluster.sent("DROP%") == []
