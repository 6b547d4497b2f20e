"""\\restore with the operator at 0: the StatefulSet is changed itself, and nothing differs at the end."""
import json
import os
import subprocess

import pytest

from practice import Practice, clean_env, wait_for
from restore import C, CR, STS, blocks, edit, edit_cr, kubectl, plan, steps, words

OPERATOR = "kube-starrocks-operator"
FORM = "--form operator-off"
NEW_CN = "starrocks/cn-ubuntu:3.3.9"


def back_up(cluster):
    path = os.path.join(cluster.home, "saved")
    done = cluster.belay(f"\\backup {path}", timeout=120)
    assert done.rc == 0, done
    return path


def metadata(cluster):
    return (cluster.sql("SELECT value FROM meta WHERE key IN ('cluster_id', 'token') ORDER BY key"),
            cluster.sql("SELECT d.name, o.name, o.kind, o.id FROM db d LEFT JOIN object o"
                        " ON o.db_id = d.id ORDER BY 1, 2"), cluster.views(), cluster.clauses())


def get(cluster, kind, name, path):
    return kubectl(cluster, "get", kind, name, "--ignore-not-found", "-o", "jsonpath={%s}" % path)


def crash_loops(cluster):
    return kubectl(cluster, "get", "pods", "-l", "app.kubernetes.io/component=fe", "-o",
                   "jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}").split()


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
    done = cluster.belay("DROP MATERIALIZED VIEW sales.daily_top; CREATE DATABASE later")
    assert done.rc == 0, done
    cluster.event("wreck-meta")
    wait_for(lambda: crash_loops(cluster) == ["CrashLoopBackOff"] * 3)
    wait_for(lambda: cluster.belay("SELECT 1").rc == 3)


def release_of_operator(cluster, release):
    def change(deployment):
        container, = deployment["spec"]["template"]["spec"]["containers"]
        container["image"] = f"starrocks/operator:v{release}"
    edit(cluster, "deployments.apps", OPERATOR, change)


def is_whole(cluster, before):
    assert metadata(cluster) == before
    assert cluster.sql("SELECT pod, role, alive, version LIKE '3.3.3-%' FROM fe ORDER BY pod") == [
        (f"{STS}-0", "LEADER", 1, 1), (f"{STS}-1", "FOLLOWER", 1, 1),
        (f"{STS}-2", "FOLLOWER", 1, 1)]
    assert "bdbje_reset" not in kubectl(cluster, "get", "cm", f"{STS}-cm", "-o", "jsonpath={.data}")
    assert "belay-restore" not in kubectl(cluster, "get", "pods", "-o", "name")
    for ordinal in range(3):
        aside = os.path.join(cluster.dir, "pods", f"{STS}-{ordinal}", "opt/starrocks/fe/meta/.belay")
        assert [name for name in os.listdir(aside) if name.startswith("old-")]


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
    fresh.event("wreck-meta")
    wait_for(lambda: crash_loops(fresh) == ["CrashLoopBackOff"] * 3)
    wait_for(lambda: fresh.belay("SELECT 1").rc == 3)
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


def test_an_operator_that_acts_when_it_is_back_is_seen(fresh):
    """Somebody changes the resource while nothing acts on it: that goes out with the operator."""
    backup = back_up(fresh)
    fresh.fault("hang", "%" + OPERATOR + '%"value":1}%', program="kubectl")
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
    edit_cr(fresh, lambda o: o["spec"]["starRocksFeSpec"].update(image="starrocks/fe-ubuntu:3.3.9"))
    edit_cr(fresh, lambda o: o["spec"]["starRocksCnSpec"].update(image=NEW_CN))
    done = fresh.belay(line, approve=digest, timeout=240)
    assert done.rc == 7 and "image is starrocks/cn-ubuntu:3.3.3" in done.err, done
    assert get(fresh, "deploy", OPERATOR, ".spec.replicas") == "0"


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
