"""\\restore in the frontends' own pods, held back by an init container in the resource."""
import json
import os
import re
import subprocess

import pytest

from practice import Practice, clean_env, wait_for
from restore import (
    C, CR, STS, back_up, blocks, commands, edit, edit_cr, edit_set, get, is_whole, kubectl, metadata,
    patches, plan, release_of_operator, steps, words, wreck)

FORM = "--form init-container"
HOLD = "belay-restore"
LIST = "/spec/starRocksFeSpec/initContainers"


def inits(cluster):
    """Names of the init containers in the resource, the StatefulSet, and the first pod."""
    return (get(cluster, CR, C, ".spec.starRocksFeSpec.initContainers[*].name"),
            get(cluster, "sts", STS, ".spec.template.spec.initContainers[*].name"),
            get(cluster, "pod", f"{STS}-0", ".spec.initContainers[*].name"))


def old_crd(cluster):
    """As of operator 1.9.4: no annotation with a version, fewer fields."""
    edit(cluster, "customresourcedefinitions.apiextensions.k8s.io",
         "starrocksclusters.starrocks.com", lambda o: o["metadata"]["annotations"].pop("version"))


def meta(cluster, ordinal, *parts):
    return os.path.join(cluster.dir, "pods", f"{STS}-{ordinal}", "opt/starrocks/fe/meta", *parts)


def may_not(cluster, verb, resource):
    cluster.sql("DELETE FROM rbac WHERE verb = ? AND resource = ?", verb, resource)


@pytest.fixture
def fresh():
    with Practice("seed") as cluster:
        yield cluster


@pytest.fixture(scope="module")
def rig():
    with Practice("seed") as cluster:
        yield cluster


# --- the run ---------------------------------------------------------------------------------------


# From 1.9.5 the field is there; below 1.11.4 it stays in the StatefulSet when it leaves the resource.
@pytest.mark.parametrize("release, by_hand", [("1.11.5", False), ("1.9.5", True), ("1.11.3", True)])
def test_the_night_when_no_frontend_answers(fresh, release, by_hand):
    release_of_operator(fresh, release)
    backup = back_up(fresh)
    before = metadata(fresh)
    wreck(fresh)
    calls = len(fresh.kubectl_calls())
    done = fresh.approved(f"\\restore {backup} {FORM}", timeout=300)
    assert done.rc == 0, done
    is_whole(fresh, before)
    assert inits(fresh) == ("", "", "")
    sent = fresh.kubectl_calls()[calls:]
    assert not [c for c in sent if " create " in c and " auth " not in c]  # no pod of its own
    assert bool([c for c in sent if " patch statefulsets.apps " in c and " auth " not in c]) == by_hand
    already = re.findall(r"^ *\d+/\d+ +already so +(.*)", done.err, re.M)
    assert any("without it too" in line for line in already) != by_hand, done.err
    again = fresh.belay("\\backup " + os.path.join(fresh.home, "after"), timeout=120)
    assert again.rc == 0, again


def test_who_may_not_create_pods_is_given_it(fresh):
    backup = back_up(fresh)
    before = metadata(fresh)
    may_not(fresh, "create", "pods")
    done = fresh.belay(f"\\restore {backup} --dry-run")
    assert done.rc == 0, done
    said = " ".join(done.out.split())
    assert "Form init-container, an init container in the resource" in said
    assert "helper-pod cannot be done here: you may not create pods in namespace starrocks" in said
    done = fresh.belay(f"\\restore {backup}", approve=done.digest, timeout=240)
    assert done.rc == 0, done
    is_whole(fresh, before)


def test_beside_init_containers_of_the_users(fresh):
    """Theirs stay where they are, and do not run while the volumes are worked on."""
    own = {"name": "warm-up", "image": "busybox", "command": ["sh", "-c", "cp -r /nowhere/. /x"]}
    edit_cr(fresh, lambda o: o["spec"]["starRocksFeSpec"].update(initContainers=[own]))
    edit_set(fresh, lambda o: o["spec"]["template"]["spec"].update(initContainers=[own]))
    text = plan(fresh, line=f"\\restore-plan {FORM}")
    assert "put before the 1 that the resource has" in words(text)
    added = [op for patch in patches(text) for op in patch if op["path"].startswith(LIST)]
    assert [(op["op"], op["path"]) for op in added] == [
        ("add", LIST + "/0"),
        ("test", LIST + "/0/name"), ("remove", LIST + "/0"),  # to give up here
        ("test", LIST + "/0/name"), ("test", LIST + "/0/name"), ("remove", LIST + "/0")]


def test_the_printed_commands_bring_the_cluster_back(fresh):
    backup = back_up(fresh)
    before = metadata(fresh)
    text = plan(fresh, line=f"\\restore-plan {backup} {FORM}")
    wreck(fresh)
    script = "\n".join(block for step, block in blocks(text) if step < 99)
    done = subprocess.run(["sh", "-e"], input=script, text=True, capture_output=True, timeout=180,
                          check=False, cwd=fresh.home, env=clean_env(fresh.home))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    for word, times in (("LOOKED AT", 1), ("IN PLACE", 1), ("HELD", 3), ("EMPTY", 2), ("CLEAN", 3),
                        ("fe.conf AS BEFORE", 1), ("FIRST POD KEPT", 1), ("\nyes", 6)):
        assert done.stdout.count(word) == times, (word, done.stdout)
    assert done.stdout.count(f"resource {HOLD}\nset {HOLD}\n") == 1
    assert done.stdout.count("resource \nset \n") >= 1
    assert metadata(fresh) == before
    assert inits(fresh) == ("", "", "")


# --- a pod that starts again in the middle ----------------------------------------------------------


def test_a_pod_made_anew_meanwhile_changes_nothing(fresh):
    """A node is drained after the swap: the new pod waits too, and what was done is not done again."""
    backup = back_up(fresh)
    before = metadata(fresh)
    wreck(fresh)
    fresh.fault("hang", "%" + f"exec {STS}-1 %", program="kubectl")
    fresh.fault("hang", "%" + f"exec -i {STS}-1 %", program="kubectl")
    line = f"\\restore {backup} {FORM}"
    digest = fresh.digest(line)
    belay = fresh.start(line, approve=digest)
    wait_for(lambda: os.path.isdir(meta(fresh, 0, ".belay")) and any(
        name.startswith("done-") for name in os.listdir(meta(fresh, 0, ".belay"))), 120)
    wait_for(lambda: fresh.sql("SELECT count(*) FROM fault WHERE remaining = 0") != [(0,)], 120)
    belay.kill()
    belay.wait(10)
    fresh.clear_faults()
    role = open(meta(fresh, 0, "image", "ROLE"), encoding="utf-8").read()
    uid = get(fresh, "pod", f"{STS}-0", ".metadata.uid")
    kubectl(fresh, "delete", "pod", f"{STS}-0", "--wait=false")
    wait_for(lambda: get(fresh, "pod", f"{STS}-0", ".metadata.uid") not in ("", uid))
    wait_for(lambda: get(fresh, "pod", f"{STS}-0",
                         ".status.initContainerStatuses[0].state.running.startedAt"))
    assert open(meta(fresh, 0, "image", "ROLE"), encoding="utf-8").read() == role
    assert fresh.sql("SELECT sum(alive) FROM fe") == [(0,)]
    done = fresh.belay("\\resume", approve=digest, timeout=240)
    assert done.rc == 0, done
    is_whole(fresh, before)
    assert inits(fresh) == ("", "", "")


# --- where it cannot be done -------------------------------------------------------------------------


def refused(cluster, *parts, rc=8):
    done = cluster.belay(f"\\restore-plan {FORM}")
    assert done.rc == rc and done.out == "", done
    for part in parts:
        assert part in done.err, done
    return done


def test_an_operator_or_a_crd_without_the_field(fresh):
    release_of_operator(fresh, "1.9.4")
    refused(fresh, "no field for init containers (it came with 1.9.5)", "--form helper-pod can")
    release_of_operator(fresh, "latest")
    refused(fresh, "the operator's release is not known", rc=9)
    release_of_operator(fresh, "1.11.5")
    old_crd(fresh)
    refused(fresh, "the installed CRD does not know initContainers", "--form helper-pod can")
    assert "init-container" not in words(plan(fresh))


def test_where_else_it_cannot_be_done(fresh):
    edit_set(fresh, lambda o: o["spec"].update(podManagementPolicy="OrderedReady"))
    refused(fresh, "starts its pods in order (OrderedReady)")
    edit_set(fresh, lambda o: o["spec"].update(podManagementPolicy="Parallel"))
    edit_cr(fresh, lambda o: o["spec"]["starRocksFeSpec"].update(
        initContainers=[{"name": HOLD, "image": "busybox"}]))
    refused(fresh, f"an init container {HOLD} is there already")
    edit_cr(fresh, lambda o: o["spec"]["starRocksFeSpec"].pop("initContainers"))
    edit_set(fresh, lambda o: o["metadata"].pop("ownerReferences"))
    refused(fresh, f"no operator owns StatefulSet {STS}")


def test_a_crd_that_is_changed_after_the_plan(fresh):
    """The field does not arrive: no pod is made, and the run says so."""
    backup = back_up(fresh)
    line = f"\\restore {backup} {FORM}"
    digest = fresh.digest(line)
    fresh.fault("hang", '%"value":0},{"op":"add","path":"' + LIST + "%", program="kubectl")
    belay = fresh.start(line, approve=digest)
    wait_for(lambda: fresh.sql("SELECT count(*) FROM fault WHERE remaining <> 0") == [(0,)], 120)
    belay.kill()
    belay.wait(10)
    fresh.clear_faults()
    old_crd(fresh)
    done = fresh.belay("\\resume", approve=digest, timeout=180)
    assert done.rc in (8, 9), done
    assert "name not set" in done.err, done
    assert get(fresh, "sts", STS, ".spec.replicas") == "0"
    assert fresh.sql("SELECT sum(alive) FROM fe") == [(0,)]


def test_the_container_does_nothing_by_itself(rig):
    text = plan(rig, line=f"\\restore-plan {FORM}")
    added, = [op["value"] for patch in patches(text) for op in patch
              if op["op"] == "add" and op["path"] == LIST]
    container, = added
    assert container["name"] == HOLD and container["image"] == "starrocks/fe-ubuntu:3.3.3"
    assert container["command"] == [
        "/bin/sh", "-c", "trap 'exit 1' TERM INT; while :; do sleep 3600 & wait; done"]
    assert container["volumeMounts"] == [{"name": "fe-meta", "mountPath": "/opt/starrocks/fe/meta"}]
    assert "$(" not in json.dumps(container) and "$$" not in json.dumps(container)
    assert "helper" not in commands(text)
    titles = steps(text)
    out, start = [[t.startswith(begin) for t in titles].index(True)
                  for begin in ("All pods away, and the init", "Start one frontend")]
    assert out + 1 == start
