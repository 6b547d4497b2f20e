"""One operator at a time: the Lease of a cluster, from the first effect of a run to its end."""
import json
import signal

import pytest

from hosts import Hosts
from leases import NAME, calls, holder, lease, put, put_sql, record
from practice import DOWN, UP, Practice, wait_for

LONG_AGO = "2020-01-01T00:00:00.000000Z"


@pytest.fixture
def seed():
    with Practice("seed") as cluster:
        yield cluster


@pytest.fixture(scope="module")
def newer():
    """A cluster whose plans are reversible: any run may be made without its digest."""
    with Practice("4.1") as cluster:
        yield cluster


def patches(cluster):
    return [json.loads(argv.split("--patch=")[1].split(" --output")[0])
            for argv in cluster.kubectl_calls(lease=True) if "--patch=" in argv and NAME in argv]


def reversible(cluster, line, **kwargs):
    return cluster.belay(line, approve="reversible", **kwargs)


# --- one run -------------------------------------------------------------------------------------

def test_a_run_holds_the_lease_from_before_its_first_effect_to_its_end(seed):
    digest = seed.digest(DOWN)
    assert calls(seed) == []  # a dry run looks at nothing
    seed.fault("slow", "ALTER%daily_top% INACTIVE", "3000")
    run = seed.start(DOWN, approve=digest)
    wait_for(lambda: seed.sent("ALTER%daily_top% INACTIVE"))
    held = lease(seed)
    assert held["metadata"]["labels"] == {"app.kubernetes.io/managed-by": "belay"}
    assert held["spec"]["leaseDurationSeconds"] == 60
    assert held["spec"]["leaseTransitions"] == 0
    assert held["spec"]["holderIdentity"].endswith("/" + seed.run_id())
    told, = record(seed)
    assert told["uid"] == held["metadata"]["uid"] and told["how"] == "made"
    assert (told["name"], told["namespace"], told["transitions"]) == (NAME, "starrocks", 0)
    seen = seed.belay("\\lease", args=["--batch"])
    assert seen.rc == 0, seen
    by_lease, by_file = seen.rows
    assert by_lease["holder"] == told["holder"] and by_lease["kind"] == "lease"
    assert by_lease["state"] in ("holds", "expired") and by_lease["transitions"] == "0"
    assert f"process {run.pid}" in by_file["holder"] and by_file["kind"] == "lock file"
    assert run.wait(60) == 0
    assert lease(seed) is None and record(seed)[1:] == []
    assert calls(seed)[:2] == ["get", "create"] or calls(seed)[:3] == ["get", "clock", "create"]
    renewed = patches(seed)
    assert renewed and all([op["op"] for op in p] == ["test"] * 3 + ["replace"] for p in renewed)
    assert [op["path"] for op in renewed[0]] == [
        "/metadata/uid", "/spec/holderIdentity", "/spec/leaseTransitions", "/spec/renewTime"]
    done = seed.belay("\\lease", "\\journal show 1")
    assert "Nobody holds kube-starrocks." in done.err, done
    assert f"lease    starrocks/{NAME} is held by this run; transitions 0" in done.out, done


def test_what_only_adds_or_stays_on_this_machine_holds_nothing(newer):
    put(newer)
    assert newer.belay("\\image", timeout=120).rc == 0
    assert newer.belay("\\lease").rc == 0
    before = len(calls(newer))
    newer.sql("DELETE FROM k8s_object WHERE name = ?", NAME)
    newer.fault("error", "ALTER%", "1064|HY000|no")
    assert reversible(newer, "\\mv inactivate web.funnel").rc == 1
    put(newer)
    line = f"\\journal close {newer.run_id()}"
    done = newer.approved(line)
    assert done.rc == 0 and before < len(calls(newer)), done
    newer.sql("DELETE FROM k8s_object WHERE name = ?", NAME)


# --- the second operator -------------------------------------------------------------------------

def test_the_second_operator_is_refused_before_anybody_is_asked(newer):
    who = put(newer)
    newer.forget()
    done = newer.belay("\\mv inactivate web.funnel", state=newer.top + "/other")  # not approved
    assert done.rc == 11 and who in done.err and "\\lease" in done.err, done
    assert newer.changes() == [] and newer.journals(newer.top + "/other") == []
    assert holder(newer) == who
    seen, = newer.belay("\\lease", args=["--batch"]).rows
    assert (seen["holder"], seen["state"], seen["transitions"]) == (who, "holds", "2")
    assert (seen["renewed"], seen["expires"]) == ("2099-11-22T16:10:21Z", "2099-11-22T16:11:21Z")
    newer.sql("DELETE FROM k8s_object WHERE name = ?", NAME)


def test_one_who_was_a_moment_faster_is_not_overwritten(newer):
    """Between the look and the taking: the API server lets one of them make it."""
    newer.sql("CREATE TRIGGER faster AFTER INSERT ON kubectl_log"
              " WHEN new.argv LIKE '% create %' BEGIN " + put_sql() + "; END")
    newer.forget()
    done = reversible(newer, "\\mv inactivate web.funnel", state=newer.top + "/other")
    newer.as_before()
    assert done.rc == 11 and "bert@elsewhere/00003" in done.err, done
    assert newer.changes() == [] and newer.journals(newer.top + "/other") == []
    newer.sql("DELETE FROM k8s_object WHERE name = ?", NAME)


def test_without_a_terminal_nothing_is_taken_over(newer):
    who = put(newer, renewed=LONG_AGO)
    done = reversible(newer, "\\mv inactivate web.funnel")
    assert done.rc == 11 and who in done.err and "at a terminal" in done.err, done
    assert holder(newer) == who
    seen, = newer.belay("\\lease", args=["--batch"]).rows
    assert seen["state"] == "expired"
    newer.sql("DELETE FROM k8s_object WHERE name = ?", NAME)


# --- a run that stopped half-way -----------------------------------------------------------------

def test_a_run_that_failed_keeps_it_for_resume(seed):
    digest = seed.digest(DOWN)
    seed.fault("error", "ALTER%daily_top% INACTIVE", "1064|HY000|no")
    assert seed.belay(DOWN, approve=digest).rc == 1
    kept = lease(seed)
    assert kept["spec"]["holderIdentity"].endswith("/" + seed.run_id())
    other = seed.belay(DOWN, approve=digest, state=seed.top + "/other")
    assert other.rc in (4, 11), other  # 4: by the practice clock its time is over
    done = seed.belay("\\resume", approve=digest)
    assert done.rc == 0 and lease(seed) is None, done
    first, second = record(seed)
    assert second["how"] == "again" and second["uid"] == first["uid"] == kept["metadata"]["uid"]
    assert second["transitions"] == 0


def test_the_next_command_of_the_same_person_is_not_locked_out(seed):
    seed.fault("error", "ALTER%daily_top% INACTIVE", "1064|HY000|no")
    assert seed.approved(DOWN).rc == 1
    left = holder(seed)
    done = seed.approved(UP)
    assert done.rc == 0 and lease(seed) is None, done
    told, = record(seed)
    assert (told["from"], told["transitions"]) == (left, 1)


def test_a_run_that_is_closed_gives_it_back(seed):
    for state in (seed.state_dir, seed.top + "/other"):
        seed.fault("error", "ALTER%daily_top% INACTIVE", "1064|HY000|no")
        assert seed.approved(DOWN, state=state).rc == 1
        assert holder(seed)
        if state == seed.state_dir:
            assert seed.approved("\\journal close 1 gone home").rc == 0
            assert lease(seed) is None
    assert seed.approved("\\journal close 1", state=state).rc == 0
    assert lease(seed) is None


def test_a_run_that_sent_nothing_keeps_nothing(seed):
    seed.fault("exit", "%create%", "1", program="kubectl")
    done = seed.approved(DOWN)
    assert done.rc == 10 and "--no-kube" in done.err, done
    assert seed.changes() == [] and seed.journals() == [] and lease(seed) is None


# --- it is lost meanwhile ------------------------------------------------------------------------

def test_a_run_whose_lease_was_taken_stops_before_its_next_step(seed):
    digest = seed.digest(DOWN)
    taken = put_sql("bert@elsewhere/00003-20261122T161021Z")
    seed.fault("slow", "ALTER%daily_top% INACTIVE", "1500")
    seed.once_sent("ALTER%daily_top% INACTIVE", taken)
    done = seed.belay(DOWN, approve=digest)
    seed.as_before()
    assert done.rc == 11 and "bert@elsewhere" in done.err and "holds this cluster now" in done.err, done
    assert len(seed.sent("ALTER% INACTIVE")) == 1
    end = seed.records()[-1]
    assert end["type"] == "end" and not end["done"] and end["code"] == 11
    assert [r["step"] for r in seed.records() if r["type"] == "outcome"][-1] == "inactivate sales.daily_top"
    assert holder(seed).startswith("bert@")  # it gave back nothing that is not its own
    done = seed.belay("\\resume", approve=digest)
    assert done.rc == 11 and len(seed.sent("ALTER% INACTIVE")) == 1, done
    seed.sql("DELETE FROM k8s_object WHERE name = ?", NAME)
    done = seed.belay("\\resume", approve=digest)
    assert done.rc == 0 and lease(seed) is None, done


def test_a_lease_that_was_removed_is_lost_too(seed):
    digest = seed.digest(DOWN)
    seed.fault("slow", "ALTER%daily_top% INACTIVE", "1500")
    seed.once_sent("ALTER%daily_top% INACTIVE", f"DELETE FROM k8s_object WHERE name = '{NAME}'")
    done = seed.belay(DOWN, approve=digest)
    assert done.rc == 11 and "was removed" in done.err, done
    assert len(seed.sent("ALTER% INACTIVE")) == 1
    assert seed.belay("\\resume", approve=digest).rc == 0


def test_an_api_server_that_is_away_for_a_moment_stops_no_statement(seed):
    """By its own clock nobody can have taken the Lease over yet, and a frontend knows none."""
    digest = seed.digest(DOWN)
    seed.fault("slow", "ALTER%daily_top% INACTIVE", "1500")
    seed.fault("refuse", f"% patch %{NAME}%", times=2, program="kubectl")
    done = seed.belay(DOWN, approve=digest)
    assert done.rc == 0 and lease(seed) is None, done


def test_a_renewal_whose_answer_was_lost_is_given_back_all_the_same(seed):
    digest = seed.digest(DOWN)
    seed.fault("slow", "ALTER%daily_top% INACTIVE", "1500")
    seed.fault("drop-after", f"% patch %{NAME}%", times=-1, program="kubectl")
    done = seed.belay(DOWN, approve=digest)
    assert done.rc == 0 and lease(seed) is None, done


# --- no Lease to be had --------------------------------------------------------------------------

def test_who_may_not_use_leases_is_told_and_goes_on(newer):
    newer.sql("DELETE FROM rbac WHERE resource = 'leases.coordination.k8s.io'")
    done = reversible(newer, "\\mv inactivate web.funnel")
    assert done.rc == 0 and "Leases are forbidden here" in done.err, done
    assert "only a second operator on this machine is kept out" in done.err
    told, = record(newer)
    assert told["how"] == "none" and "forbidden" in told["why"]
    seen = newer.belay("\\lease")
    assert seen.rc == 10 and "forbidden" in seen.err, seen


def test_without_kubernetes_a_lock_file_is_all():
    with Hosts() as hosts:
        line = "\\mv inactivate web.funnel"
        done = hosts.approved(line)
        assert done.rc == 0, done
        assert "Lock: only a second operator on this machine is kept out: its frontends are no pods" \
            in done.err, done
        assert record(hosts.cluster)[0]["how"] == "none" and calls(hosts.cluster) == []
        hosts.cluster.fault("slow", "ALTER%funnel% ACTIVE", "3000")
        line = "\\mv activate web.funnel"
        run = hosts.start(line, approve=hosts.belay(line + " --dry-run").digest)
        wait_for(lambda: hosts.cluster.sent("ALTER%funnel% ACTIVE"))
        seen = hosts.belay("\\lease", args=["--batch"])
        assert seen.rc == 0 and "a lock file tells of this machine only" in seen.err, seen
        row, = seen.rows
        assert f"process {run.pid}" in row["holder"] and row["kind"] == "lock file"
        assert run.wait(60) == 0


# --- kill -9 -------------------------------------------------------------------------------------

def test_after_kill_9_the_run_goes_on_with_its_own_lease(seed):
    digest = seed.digest(DOWN)
    seed.fault("slow", "ALTER%daily_top% INACTIVE", "20000")
    run = seed.start(DOWN, approve=digest)
    wait_for(lambda: seed.sent("ALTER%daily_top% INACTIVE"))
    run.send_signal(signal.SIGKILL)
    run.wait()
    seed.clear_faults()
    assert holder(seed).endswith("/" + seed.run_id())
    done = seed.belay("\\resume", approve=digest)
    assert done.rc == 0 and lease(seed) is None, done
    assert [r["how"] for r in record(seed)] == ["made", "again"]
