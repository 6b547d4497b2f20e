"""\\restore with the operator at 0, and other hands on resource, operator and nodes meanwhile."""
import pytest

from practice import Practice, wait_for
from restore import OPERATOR, STS, back_up, edit_cr, get, is_whole, kubectl, metadata

FORM = "--form operator-off"
NEW_CN = "starrocks/cn-ubuntu:3.3.9"


@pytest.fixture
def fresh():
    with Practice("seed") as cluster:
        yield cluster


def test_an_operator_that_acts_when_it_is_back_is_seen(fresh):
    """Somebody changes the resource while nothing acts on it: that goes out with the operator."""
    backup = back_up(fresh)
    fresh.fault("hang", '% deployments.apps %"op":"replace","path":"/spec/replicas","value":1}%',
                program="kubectl")
    line = f"\\restore {backup} {FORM}"
    digest = fresh.digest(line)
    belay = fresh.start(line, approve=digest)
    wait_for(lambda: fresh.sql("SELECT count(*) FROM fault WHERE remaining <> 0") == [(0,)], 240)
    belay.kill()
    belay.wait(10)
    fresh.clear_faults()
    edit_cr(fresh, lambda o: o["spec"]["starRocksFeSpec"].update(terminationGracePeriodSeconds=60))
    done = fresh.belay("\\resume", approve=digest, timeout=240)
    assert done.rc == 8 and f"{STS} was changed: revision" in done.err, done


def test_an_operator_that_somebody_starts_meanwhile(fresh):
    """No frontend starts beside it: it could write another number of them."""
    backup = back_up(fresh)
    before = metadata(fresh)
    fresh.fault("hang", '% patch statefulsets.apps %"path":"/spec/replicas","value":1}%',
                program="kubectl")
    line = f"\\restore {backup} {FORM}"
    digest = fresh.digest(line)
    belay = fresh.start(line, approve=digest)
    wait_for(lambda: fresh.sql("SELECT count(*) FROM fault WHERE remaining <> 0") == [(0,)], 120)
    belay.kill()
    belay.wait(10)
    fresh.clear_faults()
    kubectl(fresh, "scale", f"deploy/{OPERATOR}", "--replicas=1")
    done = fresh.belay("\\resume", approve=digest, timeout=240)
    assert done.rc == 7 and f"{OPERATOR} is at 0, without a pod" in done.err, done
    assert fresh.sql("SELECT sum(alive) FROM fe") == [(0,)]
    kubectl(fresh, "scale", f"deploy/{OPERATOR}", "--replicas=0")
    done = fresh.belay("\\resume", approve=digest, timeout=240)
    assert done.rc == 0, done
    is_whole(fresh, before)


def test_a_node_image_that_would_go_out_is_refused(fresh):
    """The resource is told of nothing while it would roll the nodes in the same moment."""
    backup = back_up(fresh)
    line = f"\\restore {backup} {FORM}"
    digest = fresh.digest(line)
    # Once the operator is at 0: before, it would have brought both images out.
    fresh.fault("hang", '% patch statefulsets.apps %"path":"/spec/replicas","value":0}%',
                program="kubectl")
    belay = fresh.start(line, approve=digest)
    wait_for(lambda: fresh.sql("SELECT count(*) FROM fault WHERE remaining <> 0") == [(0,)], 120)
    belay.kill()
    belay.wait(10)
    fresh.clear_faults()
    edit_cr(fresh, lambda o: o["spec"]["starRocksFeSpec"].update(image="starrocks/fe-ubuntu:3.3.9"))
    edit_cr(fresh, lambda o: o["spec"]["starRocksCnSpec"].update(image=NEW_CN))
    done = fresh.belay("\\resume", approve=digest, timeout=240)
    assert done.rc == 7 and "image is starrocks/cn-ubuntu:3.3.3" in done.err, done
    assert get(fresh, "deploy", OPERATOR, ".spec.replicas") == "0"
