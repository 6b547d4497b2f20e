"""\\restore with the operator at 0: the StatefulSet is changed itself, and nothing differs at the end."""
import json
import os
import subprocess

import pytest

from practice import Practice, clean_env, wait_for
from restore import (
    C, CR, OPERATOR, STS, back_up, blocks, edit, get, is_whole, kubectl, metadata, plan,
    release_of_operator, steps, words, wreck)

FORM = "--form operator-off"
NEW_CN = "starrocks/cn-ubuntu:3.3.9"


def upgrade_badly(cluster):
    """Other images in the resource, other databases and views; then metadata that no FE loads."""
    for spec, image in (("starRocksCnSpec", NEW_CN), ("starRocksFeSpec", "starrocks/fe-ubuntu:3.3.9")):
        kubectl(cluster, "patch", CR, C, "--type=merge", "-p",
                json.dumps({"spec": {spec: {"image": image}}}))
    wait_for(lambda: cluster.sql("SELECT count(*) FROM fe WHERE version LIKE '3.3.9%' AND alive")
             == [(3,)])
    wait_for(lambda: cluster.sql("SELECT count(*) FROM fe WHERE listens_ms <> start_ms") == [(0,)])
    wait_for(lambda: get(cluster, "sts", f"{C}-cn", ".spec.template.spec.containers[0].image")
             == NEW_CN)
    wreck(cluster)


@pytest.fixture
def fresh():
    with Practice("seed") as cluster:
        yield cluster


# 1.7.1 puts back what is changed in the StatefulSet; 1.11.5 is of today.
@pytest.mark.parametrize("release", ["1.11.5", "1.7.1"])
def test_the_night_when_no_frontend_answers(fresh, release):
    release_of_operator(fresh, release)
    backup = back_up(fresh)
    before = metadata(fresh)
    upgrade_badly(fresh)
    probe = get(fresh, "sts", STS, ".spec.template.spec.containers[0].startupProbe")
    calls = len(fresh.kubectl_calls())
    done = fresh.approved(f"\\restore {backup} {FORM}", timeout=300)
    assert done.rc == 0, done
    is_whole(fresh, before)
    assert get(fresh, "deploy", OPERATOR, ".spec.replicas") == "1"
    fe = json.loads(kubectl(fresh, "get", CR, C, "-o", "json"))["spec"]["starRocksFeSpec"]
    assert (fe["replicas"], fe["image"]) == (3, "starrocks/fe-ubuntu:3.3.3")
    assert "startupProbeFailureSeconds" not in fe
    assert get(fresh, "sts", STS, ".spec.template.spec.containers[0].startupProbe") == probe
    assert get(fresh, "sts", f"{C}-cn", ".spec.template.spec.containers[0].image") == \
        "starrocks/cn-ubuntu:3.3.3"
    # From the operator's stop to its return the resource is told one thing, the last before that.
    patches = [c for c in fresh.kubectl_calls()[calls:] if " patch " in c]
    assert OPERATOR in patches[0] and '"value":0}' in patches[0]
    back = [i for i, c in enumerate(patches) if OPERATOR in c][1]
    assert [CR in c for c in patches[1:back]].count(True) == 1 and CR in patches[back - 1]


def test_the_printed_commands_bring_the_cluster_back(fresh):
    backup = back_up(fresh)
    before = metadata(fresh)
    text = plan(fresh, line=f"\\restore-plan {backup} {FORM}")
    wreck(fresh)
    script = "\n".join(block for step, block in blocks(text) if step < 99)
    done = subprocess.run(["bash", "-e"], input=script.replace("sleep 30", "sleep 1"), text=True,
                          capture_output=True, timeout=180, check=False, cwd=fresh.home,
                          env=clean_env(fresh.home))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert done.stdout.count("\nyes") == 8
    for word in ("IN PLACE", "fe.conf AS BEFORE", "FIRST POD KEPT", "READY", "NOTHING ROLLED"):
        assert done.stdout.count(word) == 1, (word, done.stdout)
    assert metadata(fresh) == before
    assert fresh.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)]


def test_an_operator_of_another_namespace(fresh):
    """It is named with its namespace; all other calls stay in the cluster's."""
    (text,), = fresh.sql("SELECT json FROM k8s_object WHERE resource = 'deployments.apps'")
    fresh.sql("DELETE FROM k8s_object WHERE resource = 'pods' AND name LIKE ?", OPERATOR + "-%")
    deployment = json.loads(text)
    deployment["metadata"]["namespace"] = "operators"
    fresh.sql("UPDATE k8s_object SET namespace = 'operators', json = ? WHERE resource ="
              " 'deployments.apps'", json.dumps(deployment))
    backup = back_up(fresh)
    before = metadata(fresh)
    text = plan(fresh, line=f"\\restore-plan {backup} {FORM}")
    assert f"Stop the operator: Deployment {OPERATOR} in namespace operators." in words(text)
    calls = len(fresh.kubectl_calls())
    done = fresh.approved(f"\\restore {backup} {FORM}", timeout=300)
    assert done.rc == 0, done
    is_whole(fresh, before)
    named = [c for c in fresh.kubectl_calls()[calls:] if c.endswith("--namespace=operators")
             or " --namespace=operators " in c]
    assert len([c for c in named if f" patch deployments.apps {OPERATOR} " in c]) == 2
    assert not [c for c in named if "deployments.apps" not in c and " get pods " not in c]
    assert kubectl(fresh, "get", "deploy", OPERATOR, "-n", "operators", "-o",
                   "jsonpath={.spec.replicas}") == "1"


# --- which form, and why -----------------------------------------------------------------------------


def test_it_is_taken_where_the_operator_does_not_run(fresh):
    edit(fresh, "deployments.apps", OPERATOR, lambda o: o["status"].pop("readyReplicas"))
    text = plan(fresh)
    assert "Form operator-off: the operator at 0" in words(text)
    assert "why: helper-pod cannot be done here: the operator is not running" in words(text)
    assert any(title.startswith("Stop the operator: Deployment") for title in steps(text))


def test_an_operator_that_was_at_0_stays_there(fresh):
    backup = back_up(fresh)
    before = metadata(fresh)
    kubectl(fresh, "scale", f"deploy/{OPERATOR}", "--replicas=0")
    done = fresh.approved(f"\\restore {backup}", timeout=240)
    assert done.rc == 0 and "helper-pod cannot be done here" in done.out + done.err, done
    is_whole(fresh, before)
    assert get(fresh, "deploy", OPERATOR, ".spec.replicas") == "0"
    assert "The operator was at 0 when this plan was made: it stays so." in words(plan(fresh))


def test_where_it_cannot_be_done(fresh):
    (text,), = fresh.sql("SELECT json FROM k8s_object WHERE resource = 'deployments.apps'")
    other = json.loads(text)
    other["metadata"].update(name="another-operator")
    fresh.sql("INSERT INTO k8s_object SELECT resource, namespace, 'another-operator', ? FROM"
              " k8s_object WHERE resource = 'deployments.apps'", json.dumps(other))
    done = fresh.belay(f"\\restore-plan {FORM}")
    assert done.rc == 8 and "more than one Deployment looks like the operator's" in done.err, done
    assert "--form helper-pod can" in done.err
    fresh.sql("DELETE FROM k8s_object WHERE resource = 'deployments.apps'")
    done = fresh.belay(f"\\restore-plan {FORM}")
    assert done.rc == 8 and "is not to be seen" in done.err, done
    edit(fresh, "statefulsets.apps", STS, lambda o: o["metadata"].pop("ownerReferences"))
    done = fresh.belay(f"\\restore-plan {FORM}")
    assert done.rc == 8 and f"no operator owns StatefulSet {STS}" in done.err, done
