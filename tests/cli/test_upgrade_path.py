"""The way of several nights, release by release, as a DBA goes it: preflight, proof, upgrade, proof."""
import os

import pytest

from practice import Practice
from restore import STS, get
from test_upgrade_night import clauses
from writes import LOADS, begin, states

SETTING = "enable_mv_post_image_reload_cache"
PATH = ("3.3.9", "3.4.10", "3.5.15", "4.0.6", "4.1.1")


def consumed(cluster):
    return dict(cluster.sql("SELECT name, offset FROM work WHERE kind = 'routine_load'"))


def ran(cluster):
    """Refreshes that neither a schedule nor a load began, and those of them that were forced."""
    return cluster.sql("SELECT count(*), count(force) FROM task_run WHERE how NOT IN ('schedule', 'load')")


def hop(cluster, to):
    """One night; what must hold after it whatever the releases are. On 3.5 each start of a leader would
    refresh views over views in full, without a line in fe.conf."""
    before, offsets = (cluster.views(), clauses(cluster)), consumed(cluster)
    runs = ran(cluster)
    done = cluster.belay(f"\\preflight --to {to}")
    assert done.rc == 0, done
    taken = os.path.join(cluster.home, f"before-{to}")
    done = cluster.belay(f"\\proof take {taken}", approve="reversible")
    assert done.rc == 0, done
    cluster.forget()
    done = cluster.approved(f"\\upgrade --to {to} --pause-writes --write-fe-conf"
                            f" --backup {cluster.home}/saved-{to}", timeout=300)
    assert done.rc == 0 and "final proof: yes" in done.err, done
    assert {row["version"].partition("-")[0] for row in cluster.belay(r"\nodes").rows} == {to}
    done = cluster.belay(f"\\proof compare {taken}")
    assert done.rc == 0 and "Nothing is lost" in done.err, done
    assert (cluster.views(), clauses(cluster)) == before
    # No view was taken down, so none is refreshed for coming up.
    assert not cluster.sent("% INACTIVE", "% ACTIVE", "REFRESH MATERIALIZED VIEW%")
    assert ran(cluster) == runs
    # Not one row is lost or read twice: each load goes on from where it was paused.
    paused = cluster.sent("PAUSE ROUTINE LOAD%")
    assert paused == [f"PAUSE ROUTINE LOAD FOR `sales`.`{name}`" for name in LOADS]
    assert cluster.sent("RESUME ROUTINE LOAD%") == [
        text.replace("PAUSE", "RESUME") for text in reversed(paused)]
    after = consumed(cluster)
    assert all(after[name] >= offsets[name] for name in LOADS) and after["broken"] == offsets["broken"]
    assert states(cluster)["broken"] == "PAUSED"


@pytest.mark.parametrize("scenario", ["seed", "shared-nothing"])
def test_from_3_3_to_4_1(scenario):
    with Practice(scenario) as cluster:
        cluster.sql("UPDATE mv SET next_run_ms = NULL")  # no refresh by schedule in between
        begin(cluster)
        for to in PATH:
            hop(cluster, to)
            conf = get(cluster, "configmap", f"{STS}-cm", r".data.fe\.conf")
            assert (f"\n{SETTING} = false\n" in conf) == to.startswith("3.5."), (to, conf)
        report = os.path.join(cluster.home, "report.html")
        assert cluster.belay(f"\\report {report}").rc == 0
        with open(report, encoding="utf-8") as file:
            assert "4.0.6" in file.read()
