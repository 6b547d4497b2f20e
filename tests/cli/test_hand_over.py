"""A run goes from one person to another: in one file, to another machine (another state directory)."""
import os
import signal

import pytest

from leases import NAME, holder, lease, put, record
from practice import DOWN, UP, Practice, wait_for

LONG_AGO = "2020-01-01T00:00:00.000000Z"


@pytest.fixture
def stopped():
    """Anna's run was killed in the middle; her Lease is kept. `other` is Bert's state directory."""
    with Practice("seed") as cluster:
        cluster.before = cluster.views(), cluster.config()
        cluster.plan = cluster.digest(DOWN)
        cluster.fault("slow", "ALTER%margin% INACTIVE", "60000")
        run = cluster.start(DOWN, approve=cluster.plan)
        wait_for(lambda: cluster.sent("ALTER%margin% INACTIVE"))
        run.send_signal(signal.SIGKILL)
        run.wait()
        cluster.clear_faults()
        cluster.other = os.path.join(cluster.top, "other")
        cluster.file = os.path.join(cluster.home, "handed")
        yield cluster


def export(cluster, *words, **kwargs):
    done = cluster.belay(" ".join(["\\journal export", *words, f"'{cluster.file}'"]), **kwargs)
    assert done.rc == 0, done
    return done


def take(cluster, line, **kwargs):
    return cluster.belay(line, state=cluster.other, **kwargs)


def free(cluster):
    """Nobody holds the cluster."""
    cluster.sql("DELETE FROM k8s_object WHERE name = ?", NAME)


def test_another_person_goes_on_to_the_same_end(stopped):
    done = export(stopped)
    assert f"run {stopped.run_id()} is in {stopped.file}, with 1 journal" in done.err, done
    assert os.stat(stopped.file).st_mode & 0o777 == 0o600
    refused = take(stopped, f"\\resume '{stopped.file}'", approve=stopped.plan)
    assert refused.rc == 11 and holder(stopped) in refused.err, refused  # it is Anna's still
    shown = take(stopped, "\\journal")
    assert "-- " in shown.out and "taken over by" in shown.out, shown
    free(stopped)
    done = take(stopped, "\\resume", approve=stopped.plan)
    assert done.rc == 0 and "final proof: yes" in done.err, done
    assert "Done     2 of 13 steps" in done.err and "; goes on at step 3, sales.margin" in done.err, done
    assert "Open       3  sales.margin INACTIVE: not begun; now" in done.err, done
    assert lease(stopped) is None
    assert {r["type"] for r in stopped.records(stopped.journals(stopped.other)[0])} >= {
        "run", "import", "resume", "end"}
    assert take(stopped, UP, approve=take(stopped, f"{UP} --dry-run").digest).rc == 0
    assert (stopped.views(), stopped.config()) == stopped.before  # the old values came along


def test_the_first_person_does_not_take_it_back_unasked(stopped):
    """Both have the journal, on one machine and under one name here: the Lease tells them apart."""
    export(stopped)
    free(stopped)
    stopped.fault("slow", "ALTER%funnel% INACTIVE", "60000")
    bert = stopped.start(f"\\resume '{stopped.file}'", approve=stopped.plan, state=stopped.other)
    wait_for(lambda: stopped.sent("ALTER%funnel% INACTIVE"))
    stopped.forget()
    anna = stopped.belay("\\resume", approve=stopped.plan)
    assert anna.rc == 11 and stopped.changes() == [], anna
    bert.send_signal(signal.SIGKILL)
    bert.wait()
    stopped.clear_faults()
    anna = stopped.belay("\\resume", approve=stopped.plan)
    assert anna.rc == 11 and stopped.changes() == [], anna
    assert take(stopped, "\\resume", approve=stopped.plan).rc == 0  # Bert's own
    assert lease(stopped) is None
    told = record(stopped, stopped.journals(stopped.other)[0])
    assert [r["how"] for r in told] == ["made", "made", "again"], told


def test_the_ledger_of_earlier_runs_comes_along():
    with Practice("seed") as cluster:
        before = cluster.views(), cluster.config()
        for name in ("web.funnel", "sales.daily_top"):
            assert cluster.approved(f"\\mv inactivate {name}").rc == 0
        assert cluster.approved("\\mv activate web.funnel").rc == 0
        cluster.file, cluster.other = cluster.home + "/f", cluster.top + "/other"
        done = export(cluster, "2")
        assert "with 3 journals" in done.err, done  # what the first run set is in force still
        assert take(cluster, f"\\journal import '{cluster.file}'").rc == 0
        rows = take(cluster, "\\mv ledger").rows
        assert [row["name"] for row in rows] == ["daily_top"], rows
        line = take(cluster, f"{UP} --dry-run")
        assert take(cluster, UP, approve=line.digest).rc == 0
        assert (cluster.views(), cluster.config()) == before


def test_a_newer_file_replaces_an_older_one_and_the_other_way_nothing(stopped):
    export(stopped)
    older = stopped.file
    assert take(stopped, f"\\journal import '{older}'").rc == 0
    assert take(stopped, f"\\journal import '{older}'").rc == 0  # the same again
    assert stopped.belay("\\resume", approve=stopped.plan).rc == 0  # Anna went on
    stopped.file += "2"
    export(stopped, "1")
    assert take(stopped, f"\\journal import '{stopped.file}'").rc == 0
    theirs, = stopped.journals(stopped.other)
    with open(theirs, "rb") as a, open(stopped.journals()[0], "rb") as b:
        assert a.read() == b.read()
    assert take(stopped, f"\\journal import '{older}'").rc == 0
    assert stopped.records(theirs)[-1]["done"]
    assert take(stopped, "\\resume 1").rc == 2


def test_one_that_both_went_on_with_is_refused(stopped):
    export(stopped)
    assert take(stopped, f"\\journal import '{stopped.file}'").rc == 0
    free(stopped)
    assert take(stopped, "\\resume", approve=stopped.plan).rc == 0
    assert stopped.belay("\\resume", approve=stopped.plan).rc == 0
    stopped.file += "2"
    export(stopped, "1")
    done = take(stopped, f"\\journal import '{stopped.file}'")
    assert done.rc == 7 and "both here and there" in done.err, done
    assert take(stopped, "\\journal verify").rc == 0


@pytest.mark.parametrize("how", ["cut", "changed", "more", "another", "empty"])
def test_a_file_that_is_not_whole_is_not_taken(stopped, how):
    export(stopped)
    with open(stopped.file, "rb") as file:
        text = file.read()
    at = len(text) // 2
    spoiled = {"cut": text[:at], "changed": text[:at] + bytes([text[at] ^ 1]) + text[at + 1:],
               "more": text + b"\n", "another": b"{}\n" * 40, "empty": b""}[how]
    with open(stopped.file, "wb") as file:
        file.write(spoiled)
    done = take(stopped, f"\\journal import '{stopped.file}'")
    assert done.rc == 8 and stopped.journals(stopped.other) == [], done


def test_what_there_is_not(stopped):
    assert stopped.belay("\\journal export 7 x").rc == 2
    export(stopped)
    again = stopped.belay(f"\\journal export '{stopped.file}'")
    assert again.rc == 6 and "exists" in again.err, again  # nothing is overwritten
    assert take(stopped, "\\resume /nowhere/at/all").rc == 2
    assert take(stopped, "\\journal import /nowhere/at/all").rc == 2
    piped = stopped.belay(stdin=f"\\journal import '{stopped.file}'\n")
    assert piped.rc != 0 and "--allow-commands" in piped.err, piped


def test_a_lease_that_another_holds_keeps_the_imported_run_as_it_was(stopped):
    export(stopped)
    put(stopped)
    done = take(stopped, f"\\resume '{stopped.file}'", approve=stopped.plan)
    assert done.rc == 11 and stopped.records(stopped.journals(stopped.other)[0])[-1]["type"] == "import"
    free(stopped)
    assert take(stopped, "\\resume", approve=stopped.plan).rc == 0
