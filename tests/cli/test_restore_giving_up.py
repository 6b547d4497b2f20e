"""GIVING UP, the last section of \\restore-plan: typed as it is printed it ends where the plan began."""
import json
import os
import re

import pytest

from practice import Practice, wait_for
from reader import Reader
from restore import C, CR, OPERATOR, STS, back_up, get, kubectl, make_plain, metadata, plan


def is_as_before(cluster, before, conf):
    wait_for(lambda: cluster.belay("SELECT 1").rc == 0)
    assert metadata(cluster) == before
    assert kubectl(cluster, "get", "cm", f"{STS}-cm", "-o", "jsonpath={.data}") == conf
    assert "belay-restore" not in kubectl(cluster, "get", "pods,sts", "-o", "json")
    wait_for(lambda: get(cluster, "sts", STS, ".status.readyReplicas") == "3")
    spec = get(cluster, CR, C, ".spec.starRocksFeSpec")
    if spec:
        spec = json.loads(spec)
        assert spec["replicas"] == 3 and "startupProbeFailureSeconds" not in spec


CASES = [("helper-pod", "switch"), ("helper-pod", "others"), ("helper-pod", "one runs"),
         ("helper-pod", "all run"), ("init-container", "others"), ("init-container", "all run"),
         ("operator-off", "operator back"), ("image-only", "one runs"), ("plain", "restarted")]


@pytest.mark.parametrize("form, done", CASES, ids=[f"{form}, {done}" for form, done in CASES])
def test_giving_up(form, done):
    """Also what was made after the backup is there again: the old group has its own journal."""
    with Practice("3.4.8" if form == "image-only" else "seed") as cluster:
        if form == "plain":
            make_plain(cluster)
        backup = back_up(cluster)
        assert cluster.belay("CREATE DATABASE later").rc == 0
        before = metadata(cluster)
        conf = kubectl(cluster, "get", "cm", f"{STS}-cm", "-o", "jsonpath={.data}")
        text = plan(cluster, line=f"\\restore-plan {backup}" + ("" if form == "plain" else f" --form {form}"))
        reader = Reader(cluster, text, done)
        reader.go()
        if reader.did("one runs"):
            assert metadata(cluster) != before
        reader.give_up()
        is_as_before(cluster, before, conf)
        assert get(cluster, "deploy", OPERATOR, ".spec.replicas") == ("" if form == "plain" else "1")


@pytest.mark.parametrize("done, call", [
    ("gone", '%"replace","path":"/spec/starRocksFeSpec/replicas","value":1}%'),
    ("restarted", '%"replace","path":"/spec/starRocksFeSpec/replicas","value":3}%')],
    ids=["before the start", "one runs"])
def test_a_restore_by_belay_that_stopped(done, call):
    """The page is asked for with the run's name, or it would look for the old metadata elsewhere."""
    with Practice("seed") as cluster:
        backup = back_up(cluster)
        assert cluster.belay("CREATE DATABASE later").rc == 0
        before = metadata(cluster)
        conf = kubectl(cluster, "get", "cm", f"{STS}-cm", "-o", "jsonpath={.data}")
        line = f"\\restore {backup}"
        cluster.fault("refuse", call, program="kubectl", times=-1)
        stopped = cluster.belay(line, approve=cluster.digest(line), timeout=180)
        cluster.clear_faults()
        assert stopped.rc != 0 and "--run" in stopped.err, stopped
        hour = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"  # absolute: \\resume shows the same lines again
        assert re.search(f"saved of {hour}: image .*, checked {hour}", " ".join(stopped.err.split())), stopped
        run = re.search(r"--run (\S+) tells", " ".join(stopped.err.split())).group(1)
        assert f"old-{run}" in os.listdir(os.path.join(
            cluster.dir, "pods", f"{STS}-0", "opt/starrocks/fe/meta/.belay"))
        text = plan(cluster, line=f"\\restore-plan {backup} --run {run}")
        assert f"Run {run} of \\restore, which stopped half way" in " ".join(text.split())
        reader = Reader(cluster, text, done)
        reader.saved = False
        reader.give_up()
        is_as_before(cluster, before, conf)


def test_a_run_that_is_none(cluster):
    for run in ("yesterday", "../20261124T020000Z"):
        done = cluster.belay(f"\\restore-plan --run {run}")
        assert done.rc == 2 and "is no run of \\restore" in done.err and done.out == "", done


def test_the_old_and_the_restored_do_not_mix():
    """One frontend leads the restored group: with its old metadata another does not get in."""
    with Practice("seed") as cluster:
        backup = back_up(cluster)
        text = plan(cluster, line=f"\\restore-plan {backup}")
        reader = Reader(cluster, text, "gone")
        reader.go()
        meta = os.path.join(cluster.dir, "pods", f"{STS}-2", "opt/starrocks/fe/meta")
        old, = [name for name in os.listdir(f"{meta}/.belay") if name.startswith("old-")]
        for name in ("image", "bdb"):
            os.rename(f"{meta}/.belay/{old}/{name}", f"{meta}/{name}")
        later = ("one runs", "switch off", "restarted")
        reader.type([b for name in later for b in reader.step(name)])
        reader.type([line for line in "\n".join(reader.step("all run")).split("\n") if " patch " in line])
        log = os.path.join(meta, "../log/fe.log")
        wait_for(lambda: "represent different environment instances" in open(log, encoding="utf-8").read())
        wait_for(lambda: cluster.sql("SELECT pod, alive FROM fe ORDER BY pod") == [
            (f"{STS}-0", 1), (f"{STS}-1", 1)])
