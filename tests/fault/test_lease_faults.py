"""kill -9 before and after every call for the Lease; then whoever goes on comes to the same end."""
import signal

import pytest

from leases import lease, record
from practice import DOWN, UP, Practice, wait_for

CALLS = {"look": "%get leases%", "make": "% create -f - -o jsonpath={.metadata.uid} %", "renew": "% patch leases%",
         "give back": "%delete --raw%/leases/%"}


@pytest.fixture(scope="module")
def template():
    """A cluster that stands still, for others to begin as; and how its run goes undisturbed."""
    cluster = Practice()
    try:
        cluster.serve()
        cluster.digest_down = cluster.digest(DOWN)
        cluster.forget()
        cluster.stop_serving()
        with Practice(like=cluster) as whole:
            assert whole.belay(DOWN, approve=cluster.digest_down).rc == 0
            cluster.end = whole.views(), whole.config()
            cluster.sent_once = sorted(whole.sent("ALTER% INACTIVE"))
        yield cluster
    finally:
        cluster.__exit__()


@pytest.mark.parametrize("kind", ["hang", "stall"])
@pytest.mark.parametrize("call", CALLS)
def test_killed_at_a_call(template, call, kind):
    """hang: the API server never got it; stall: it did it, and its answer was not taken."""
    with Practice(like=template) as cluster:
        cluster.fault("slow", "ALTER%daily_top% INACTIVE", "1200")  # the next statement is fenced anew
        cluster.fault(kind, CALLS[call], program="kubectl")
        run = cluster.start(DOWN, approve=template.digest_down)
        done = "IS NOT NULL" if kind == "stall" else "IS NULL"
        wait_for(lambda: cluster.sql(f"SELECT 1 FROM kubectl_log WHERE argv LIKE ? AND rc {done}",
                                     CALLS[call]))
        run.send_signal(signal.SIGKILL)
        run.wait()
        cluster.clear_faults()
        if call == "look":  # before anything: it leaves no trace
            assert cluster.journals() == [] and lease(cluster) is None
            assert cluster.belay(DOWN, approve=template.digest_down).rc == 0
        elif call == "give back":
            assert (lease(cluster) is None) == (kind == "stall")
            assert cluster.records()[-1]["done"]
        else:
            again = cluster.belay("\\resume", approve=template.digest_down)
            assert again.rc == 0, again
            kept = call == "renew" or kind == "stall"
            assert record(cluster)[-1]["how"] == ("again" if kept else "made")
        assert (cluster.views(), cluster.config()) == template.end
        assert sorted(cluster.sent("ALTER% INACTIVE")) == template.sent_once
        assert cluster.approved(UP).rc == 0  # what was left is in nobody's way
        assert lease(cluster) is None


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", ["exit", "refuse", "truncate", "drop-after"])
def test_kubectl_lies_or_fails_at_a_call(template, call, kind):
    """Nothing is sent without a Lease that was believed, and no answer of kubectl ends in a wrong one."""
    with Practice(like=template) as cluster:
        cluster.fault("slow", "ALTER%daily_top% INACTIVE", "1200")
        cluster.fault(kind, CALLS[call], "1" if kind == "exit" else None, program="kubectl")
        done = cluster.belay(DOWN, approve=template.digest_down)
        if call == "make" and kind in ("exit", "refuse"):  # else it was made: that was looked up
            assert done.rc == 10 and cluster.changes() == [] and cluster.journals() == [], done
            done = cluster.belay(DOWN, approve=template.digest_down)
        assert done.rc == 0, done
        assert (cluster.views(), cluster.config()) == template.end
        if call == "give back" and kind in ("exit", "refuse"):
            assert "could not be given back" in done.err and lease(cluster), done
        else:
            assert lease(cluster) is None
