"""Runs that stay open: closed by hand, told from outdated ones, gone on with where they stopped."""
import re

import pytest

from practice import DOWN, UP, Practice, wait_for

TOP = "sales.daily_top"


@pytest.fixture
def cluster():
    with Practice() as one:
        yield one


def fails(cluster, line, match):
    """The line's statement for one view is refused: its run stays open. Its id."""
    cluster.fault("error", match, "1064|HY000|no", times=-1)
    assert cluster.approved(line).rc == 1
    cluster.clear_faults()
    cluster.forget()
    return cluster.run_id()


def digest_of(cluster, run):
    path = next(p for p in cluster.journals() if cluster.run_id(p) == run)
    return "sha256:" + cluster.records(path)[0]["digest"]


def state_of(cluster, run):
    return next(r for r in cluster.belay("\\journal list").rows if r["run"] == run)["state"]


# --- \journal close ---------------------------------------------------------------------------


def test_a_run_is_closed_and_the_ledger_keeps_what_it_did(cluster):
    run = fails(cluster, DOWN, "ALTER%daily_top% INACTIVE")
    before = cluster.belay("\\mv ledger").out
    assert before.count("\n") > 2
    line = f"\\journal close {run} 'done by {{hand}}, see the log'"
    page = cluster.belay(f"{line} --dry-run")
    assert f"Run      {run}  mv inactivate-all, begun " in page.out, page
    assert re.search(r"Ledger   keeps what it recorded: \d+ views down, 1 setting changed\n",
                     page.out), page
    done = cluster.belay(line, approve=page.digest)
    assert done.rc == 0 and not cluster.changes(), done
    assert cluster.belay("\\mv ledger").out == before
    last = cluster.records(cluster.journals()[0])[-1]
    assert last["type"] == "end" and last["closed"] and not last["done"]
    assert re.fullmatch(r"closed by \S+ on \S+: done by \{hand\}, see the log", last["error"]), last
    assert state_of(cluster, run) == "closed"
    assert "closed by" in cluster.belay(f"\\journal show {run}").out
    assert cluster.belay("\\journal verify").rc == 0
    done = cluster.belay(f"\\resume {run}", approve="reversible")
    assert done.rc == 2 and "finished: closed by" in done.err, done
    done = cluster.belay("\\resume", approve="reversible")
    assert done.rc == 2 and "no run of this cluster is open" in done.err, done
    assert cluster.approved(UP).rc == 0 and len(set(cluster.views()) - cluster.active()) == 1


def test_closing_is_asked(cluster):
    run = fails(cluster, DOWN, "ALTER%daily_top% INACTIVE")
    for approve in (None, "reversible", "sha256:" + "1" * 64):
        assert cluster.belay(f"\\journal close {run}", approve=approve).rc == 4
    assert state_of(cluster, run) == "open" and len(cluster.journals()) == 1


def test_what_cannot_be_closed(cluster):
    assert cluster.belay("\\journal close").rc == 2
    assert cluster.belay("\\journal close 00009-20200101T000000Z --dry-run").rc == 2
    assert cluster.belay("\\journal close ../../../etc/passwd --dry-run").rc == 2
    assert cluster.approved(DOWN).rc == 0
    done = cluster.belay(f"\\journal close {cluster.run_id()} --dry-run")
    assert done.rc == 2 and "nothing to close" in done.err, done


def test_a_run_that_is_being_worked_on_is_not_closed(cluster):
    digest = cluster.digest(DOWN)
    cluster.fault("slow", "ALTER%daily_top% INACTIVE", "3000")
    first = cluster.start(DOWN, approve=digest)
    wait_for(lambda: cluster.sent("ALTER%daily_top% INACTIVE"))
    done = cluster.belay(f"\\journal close {cluster.run_id()} --dry-run")
    assert done.rc == 11 and "is being worked on" in done.err, done
    _, said = first.communicate(timeout=60)
    assert first.returncode == 0, said.decode()
    assert not any(r.get("closed") for r in cluster.records())


# --- which run, and is it outdated? --------------------------------------------------------------


def test_the_newest_is_taken_and_all_are_told(cluster):
    old = fails(cluster, "\\mv inactivate web.funnel", "ALTER%")
    new = fails(cluster, f"\\mv inactivate {TOP}", "ALTER%")
    done = cluster.belay("\\resume", approve=digest_of(cluster, new))
    assert done.rc == 0 and TOP not in cluster.active() and "web.funnel" in cluster.active(), done
    assert f"Run {old} is open: mv inactivate\n" in done.err, done
    assert f"Run {new} is open: mv inactivate; the newest: this one goes on" in done.err, done
    assert state_of(cluster, old) == "open" and state_of(cluster, new) == "done"


def test_an_outdated_run_is_refused(cluster):
    """It would turn the FE's own activation off again, for views that are up."""
    run = fails(cluster, DOWN, "ALTER%daily_top% INACTIVE")
    assert cluster.approved(UP).rc == 0
    cluster.forget()
    done = cluster.belay("\\resume", approve=digest_of(cluster, run))
    assert done.rc == 7 and not cluster.changes(), done
    assert f"run {run} is outdated: run {cluster.run_id()} (mv activate-all)" in done.err, done
    assert f"\\journal close {run} ends it" in done.err, done
    assert cluster.config() == ["true"] * 3 and state_of(cluster, run) == "open"


def test_a_later_run_that_failed_did_not_work_against_it(cluster):
    run = fails(cluster, "\\mv inactivate web.funnel sales.margin", "ALTER%margin% INACTIVE")
    fails(cluster, "\\mv activate web.funnel", "ALTER%funnel% ACTIVE")
    done = cluster.belay(f"\\resume {run}", approve=digest_of(cluster, run))
    assert "is outdated" not in done.err and "sales.margin" not in cluster.active(), done


def test_a_later_run_to_the_same_end_is_told(cluster):
    run = fails(cluster, DOWN, "ALTER%daily_top% INACTIVE")
    assert cluster.approved(f"\\mv inactivate {TOP}").rc == 0
    later = cluster.run_id()
    done = cluster.belay(f"\\resume {run}", approve=digest_of(cluster, run))
    assert done.rc == 0 and not cluster.active(), done
    said = re.sub(r"\s+", " ", done.err)
    assert f"Note a later run, {later} (mv inactivate), has worked on 1 view of this one" in said, done


def test_it_is_told_where_it_goes_on(cluster):
    run = fails(cluster, "\\mv inactivate web.funnel ops.alerts_recent", "ALTER%funnel% INACTIVE")
    done = cluster.belay(f"\\resume {run}", approve=digest_of(cluster, run))
    assert done.rc == 0, done
    page, _, ran = re.sub(r"\s+", " ", done.err).partition("Done ")
    number = re.search(r"(\d+) ALTER MATERIALIZED VIEW `web`\.`funnel` INACTIVE", page).group(1)
    total = re.search(r"mv inactivate (\d+) steps", page).group(1)
    assert ran.startswith(f"{int(total) - 1} of {total} steps (1 of them is proved anew: a restart "
                          f"forgets it); goes on at step {number}, web.funnel INACTIVE "), done


# --- the FE's own activation ------------------------------------------------------------------------


def test_an_older_run_up_leaves_it_off_while_a_later_run_has_a_view_down(cluster):
    """That view was up when the plan was made, so only the ledger of now tells."""
    assert cluster.approved(f"\\mv inactivate {TOP}").rc == 0
    run = fails(cluster, f"\\mv activate {TOP}", "ALTER% ACTIVE")
    assert cluster.approved("\\mv inactivate web.funnel").rc == 0
    later = cluster.run_id()
    cluster.forget()
    done = cluster.belay(f"\\resume {run}", approve=digest_of(cluster, run))
    assert done.rc == 0 and TOP in cluster.active(), done
    assert not cluster.sent("ADMIN SET%") and cluster.config() == ["false"] * 3
    said = re.sub(r"\s+", " ", done.err)
    assert re.search(r"skipped the FE's own activation of views: back as it was: "
                     r"enable_mv_automatic_active_check stays as it is: 1 view is down by belay still "
                     rf"\(web\.funnel by run {later}\)", said), done
    assert state_of(cluster, run) == "done"
    assert cluster.approved(UP).rc == 0 and cluster.config() == ["true"] * 3


def test_a_view_that_is_gone_keeps_it_off_no_longer(cluster):
    assert cluster.approved(f"\\mv inactivate {TOP}").rc == 0
    run = fails(cluster, f"\\mv activate {TOP}", "ALTER% ACTIVE")
    assert cluster.approved("\\mv inactivate web.funnel").rc == 0
    assert cluster.belay("DROP MATERIALIZED VIEW web.funnel").rc == 0
    done = cluster.belay(f"\\resume {run}", approve=digest_of(cluster, run))
    assert done.rc == 0 and cluster.config() == ["true"] * 3, done


def test_a_resumed_run_shows_no_heading_of_what_is_over():
    with Practice() as cluster:
        cluster.fault("error", "ALTER SYSTEM CREATE IMAGE", "1064", 1)
        stopped = cluster.belay(f"\\backup {cluster.top}/saved", timeout=120)
        assert stopped.rc == 1 and "\n-- place\n  1/8  done" in stopped.err, stopped
        done = cluster.belay("\\resume", timeout=120)
        assert done.rc == 0, done
        assert "\n-- image\n  3/8  done" in done.err
        assert "\n-- place" not in done.err and "\n-- look" not in done.err
