"""Waves of the way up: what is waited for between them, what pauses the run, how it goes on."""
import re
import signal

import pytest

from practice import DOWN, UP, Practice, wait_for

LEFT = "sales.legacy_totals"
LEVELS = [["ops.alerts_recent", "ops.库存_mv", "sales.orders_by_day", "sales.refund_rate",
           "sales.top-customers", "web.sessions", "web.visits_by_page"],
          ["sales.margin", "sales.orders_by_month", "web.funnel"], ["sales.daily_top"]]
WAIT = "wait until fewer than"
ALONE = f"{UP} --max-running 1"  # every refresh of a wave has ended before the next


@pytest.fixture
def cluster():
    with Practice() as one:
        assert one.approved(DOWN).rc == 0
        one.forget()
        yield one


def sent_up(cluster):
    """The views that ACTIVE was sent for, in order."""
    return [".".join(re.findall(r"`([^`]*)`", text))
            for text in cluster.sent("ALTER MATERIALIZED VIEW% ACTIVE")]


def all_up(cluster):
    return set(cluster.views()) - cluster.active() == {LEFT} and cluster.config() == ["true"] * 3


def task(cluster, view):
    database, name = view.split(".")
    return cluster.sql("SELECT o.id FROM object o JOIN db d ON d.id = o.db_id"
                       " WHERE d.name = ? AND o.name = ?", database, name)[0][0]


def add_runs(cluster, n, state="PENDING", view=LEFT):
    """Runs of a view that is none of ours: the practice cluster leaves them as they are."""
    for _ in range(n):
        cluster.sql("INSERT INTO task_run (mv_id, query_id, job_id, create_ms, state)"
                    " VALUES (?, 'q', 'j', 0, ?)", task(cluster, view), state)


def fail_refreshes(cluster, *views, why="Memory of process exceed limit"):
    """From now on refreshes of these views fail at their end."""
    for view in views:
        cluster.sql(f"CREATE TRIGGER fails_{task(cluster, view)} AFTER UPDATE OF state ON task_run"
                    f" WHEN new.state = 'SUCCESS' AND new.mv_id = {task(cluster, view)} BEGIN"
                    f" UPDATE task_run SET state = 'FAILED', error_code = -1,"
                    f" error_message = '{why}' WHERE id = new.id; END")


def waits(cluster):
    return len(cluster.sent("SELECT COUNT(*) AS n FROM information_schema.task_runs%"))


# --- waves -------------------------------------------------------------------------------------


def test_by_level_and_by_size(cluster):
    page = cluster.belay(f"{UP} --dry-run --wave 3 --max-running 9")
    names = re.findall(r"-- (wave .*)", page.out)
    assert names == ["wave 1 of 5, level 0", "wave 2 of 5, level 0", "wave 3 of 5, level 0",
                     "wave 4 of 5, level 1", "wave 5 of 5, level 2"], page
    assert page.out.count("wait until fewer than 9 refreshes run or wait") == 5
    assert page.digest != cluster.digest(UP)  # how gently is part of what is approved
    done = cluster.approved(f"{UP} --wave 3")
    assert done.rc == 0 and all_up(cluster), done
    assert sent_up(cluster) == sum(LEVELS, [])
    assert len(re.findall(f"done  {WAIT}", done.err)) == 5, done


def test_named_views_in_waves(cluster):
    line = "\\mv activate web.sessions sales.refund_rate --wave 1 --max-running 2"
    done = cluster.approved(line)
    assert done.rc == 0 and "-- wave 2 of 2, level 0" in done.err, done
    assert sent_up(cluster) == ["sales.refund_rate", "web.sessions"]


@pytest.mark.parametrize("option", ["--wave 0", "--max-running 0", "--wave -1", "--wave x",
                                    "--max-running 4000000000"])
def test_budgets_that_are_none(cluster, option):
    done = cluster.belay(f"{UP} {option}", approve="reversible")
    assert done.rc == 2 and not cluster.changes(), done


# --- waiting -----------------------------------------------------------------------------------


def test_a_wave_waits_for_room(cluster):
    add_runs(cluster, 3)
    digest = cluster.digest(f"{UP} --max-running 3")
    process = cluster.start(f"{UP} --max-running 3", approve=digest)
    wait_for(lambda: waits(cluster) > 4)  # its slot, and then again and again
    assert not sent_up(cluster)
    cluster.sql("DELETE FROM task_run WHERE state = 'PENDING' AND query_id = 'q'")
    _, said = process.communicate(timeout=60)
    assert process.returncode == 0 and all_up(cluster), said.decode()


def test_ctrl_c_between_waves_and_resume(cluster):
    """The first ^C ends the wait: nothing was sent that must be proved."""
    # As soon as the second level may come up, others fill the queue.
    cluster.once_sent("ALTER MATERIALIZED VIEW%visits_by_page%", *[
        "INSERT INTO task_run (mv_id, query_id, job_id, create_ms, state)"
        f" VALUES ({task(cluster, LEFT)}, 'q', 'j', 0, 'PENDING')"] * 6)
    digest = cluster.digest(UP)
    process = cluster.start(UP, approve=digest)
    wait_for(lambda: sent_up(cluster) == LEVELS[0])
    before = waits(cluster)
    wait_for(lambda: waits(cluster) > before + 3)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 5 and b"\\resume" in said, said.decode()
    assert sent_up(cluster) == LEVELS[0]
    cluster.as_before()
    cluster.sql("DELETE FROM task_run WHERE query_id = 'q'")
    resumed = cluster.belay("\\resume", approve=digest)
    assert resumed.rc == 0 and all_up(cluster), resumed
    assert sent_up(cluster) == sum(LEVELS, [])  # none a second time


def test_what_cannot_be_counted_is_not_begun(cluster):
    cluster.fault("error", "SELECT QUERY_ID, CREATE_TIME%", "5904|42000|Warehouse is not available.", -1)
    digest = cluster.digest(UP)
    done = cluster.belay(UP, approve=digest)
    assert done.rc == 9 and not sent_up(cluster), done
    assert "Warehouse is not available" in done.err
    cluster.clear_faults()
    assert cluster.belay("\\resume", approve=digest).rc == 0 and all_up(cluster)


# --- what pauses the run -----------------------------------------------------------------------


def test_a_refresh_that_fails_pauses_the_waves(cluster):
    fail_refreshes(cluster, "web.sessions")
    digest = cluster.digest(ALONE)
    done = cluster.belay(ALONE, approve=digest)
    assert done.rc == 8 and sent_up(cluster) == LEVELS[0], done
    assert ("paused: 1 of the last wave's 7 refreshes failed: web.sessions (Memory of process"
            " exceed limit); \\resume goes on as it is") in done.err
    outcome = [r for r in cluster.records() if r["type"] == "outcome"][-1]
    assert outcome["step"] == "room for wave 2" and outcome["outcome"] == "failed"
    assert outcome["proof"] == {"failed": 1}
    assert cluster.config() == ["false"] * 3  # the FE must not go on by itself
    # Whoever goes on has seen it.
    resumed = cluster.belay("\\resume", approve=digest)
    assert resumed.rc == 0 and all_up(cluster), resumed
    assert sent_up(cluster) == sum(LEVELS, [])


def test_a_slow_refresh_of_an_earlier_wave_that_fails(cluster):
    """It still ran when the wave after its own began, and fails before the one after that."""
    slow = "ops.alerts_recent"  # nothing stands on it
    cluster.sql("UPDATE mv SET refresh_ms = 1000000000 WHERE id = ?", task(cluster, slow))
    end = (f"UPDATE task_run SET state = 'FAILED', finish_ms = create_ms + 1, error_code = -1,"
           f" error_message = 'disk full' WHERE mv_id = {task(cluster, slow)}"
           f" AND state IN ('PENDING', 'RUNNING')")
    cluster.once_sent("ALTER MATERIALIZED VIEW%funnel%ACTIVE", end)  # the last of the second wave
    digest = cluster.digest(f"{UP} --max-running 2")
    done = cluster.belay(f"{UP} --max-running 2", approve=digest)
    assert done.rc == 8 and sent_up(cluster) == sum(LEVELS[:2], []), done
    assert f"paused: 1 of the last waves' 4 refreshes failed: {slow} (disk full)" in done.err
    cluster.as_before()
    resumed = cluster.belay("\\resume", approve=digest)
    assert resumed.rc == 0 and all_up(cluster), resumed


def test_one_more_pauses_again(cluster):
    """What a person accepted was one failure; another is news."""
    fail_refreshes(cluster, "web.sessions")
    digest = cluster.digest(ALONE)
    assert cluster.belay(ALONE, approve=digest).rc == 8
    cluster.sql("INSERT INTO task_run (mv_id, query_id, job_id, create_ms, finish_ms, state,"
                " error_message) SELECT ?, 'q', 'j', max(create_ms) + 1000, max(create_ms) + 2000,"
                " 'FAILED', 'no' FROM task_run", task(cluster, "web.visits_by_page"))
    again = cluster.belay("\\resume", approve=digest)
    assert again.rc == 8 and "paused: 2 of the last wave's 7 refreshes failed" in again.err, again
    assert cluster.belay("\\resume", approve=digest).rc == 0 and all_up(cluster)


def test_so_many_may_fail(cluster):
    fail_refreshes(cluster, "web.sessions", "web.visits_by_page")
    line = f"{ALONE} --max-failed 1"
    digest = cluster.digest(line)
    done = cluster.belay(line, approve=digest)
    assert done.rc == 8 and "paused: 2 of the last wave's 7 refreshes failed: web.sessions" in (
        done.err), done
    assert cluster.belay("\\resume", approve=digest).rc == 0 and all_up(cluster)


def test_fewer_than_may_fail(cluster):
    fail_refreshes(cluster, "web.sessions")
    done = cluster.approved(f"{ALONE} --max-failed 1")
    assert done.rc == 0 and all_up(cluster), done


def test_a_later_run_mends_it(cluster):
    fail_refreshes(cluster, "web.sessions")
    digest = cluster.digest(ALONE)
    assert cluster.belay(ALONE, approve=digest).rc == 8
    cluster.as_before()
    cluster.sql("INSERT INTO task_run (mv_id, query_id, job_id, create_ms, finish_ms, state)"
                " SELECT ?, 'q', 'j', max(create_ms) + 1000, max(create_ms) + 2000, 'SUCCESS'"
                " FROM task_run", task(cluster, "web.sessions"))
    cluster.sql("INSERT INTO task_run (mv_id, query_id, job_id, create_ms, finish_ms, state,"
                " error_message) SELECT ?, 'q', 'j', max(create_ms) + 1000, max(create_ms) + 2000,"
                " 'FAILED', 'no' FROM task_run", task(cluster, "web.visits_by_page"))
    # One failed before and was accepted, another one fails now: no more than was accepted.
    resumed = cluster.belay("\\resume", approve=digest)
    assert resumed.rc == 0 and all_up(cluster), resumed


def test_runs_of_views_that_are_still_down_fail_and_say_nothing(cluster):
    """A refreshed base sets off its dependants, which are inactive still (recorded on 3.3.5)."""
    why = "Materialized view: sessions/1 is not active due to user use alter."
    fail_refreshes(cluster, "web.sessions", why=why)
    assert cluster.approved(ALONE).rc == 0


def test_failures_of_others_do_not_pause(cluster):
    fail_refreshes(cluster, "web.sessions")
    done = cluster.approved(f"{ALONE} --except 'sessions|funnel'")
    assert done.rc == 0, done


def test_a_queue_that_grows_pauses(cluster):
    cluster.once_sent("ALTER MATERIALIZED VIEW%visits_by_page%", *[
        "INSERT INTO task_run (mv_id, query_id, job_id, create_ms, state)"
        f" VALUES ({task(cluster, LEFT)}, 'q', 'j', 0, 'PENDING')"] * 2)
    cluster.once_sent("SELECT COUNT(*) AS n FROM information_schema.task_runs%", *[
        "INSERT INTO task_run (mv_id, query_id, job_id, create_ms, state)"
        f" SELECT {task(cluster, LEFT)}, 'q', 'j', 0, 'PENDING' FROM task_run"
        " WHERE query_id = 'q'"])  # doubled with each question
    digest = cluster.digest(UP)
    done = cluster.belay(UP, approve=digest)
    assert done.rc == 8 and sent_up(cluster) == LEVELS[0], done
    assert re.search(r"paused: \d+ refreshes run or wait, \d+ when this wait began", done.err)
    cluster.as_before()
    cluster.sql("DELETE FROM task_run WHERE query_id = 'q'")
    resumed = cluster.belay("\\resume", approve=digest)
    assert resumed.rc == 0 and all_up(cluster), resumed


def test_one_refresh_runs_or_waits(cluster):
    add_runs(cluster, 1)
    done = cluster.approved("\\mv activate sales.refund_rate")
    assert done.rc == 0 and f"{WAIT} 4 refreshes run or wait: 1 refresh runs or waits" in done.err, done
