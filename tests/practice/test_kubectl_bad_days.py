"""What goes wrong in the night of an upgrade: containers, tokens, other writers, forwards, logs.

Texts of the API server and of kubectl: recorded with v1.32; what a kubelet says is from the sources of
kubernetes v1.32 (pkg/kubelet).
"""
import re
import subprocess

import pytest

from kubectl_common import CLUSTER, KUBECTL, Cluster
from practice import Practice, clean_env, end_process

SRC = "starrocksclusters.v1.starrocks.com"
STS = f"{CLUSTER}-fe"
NEW = "starrocks/fe-ubuntu:3.3.9"
UNAUTHORIZED = "error: You must be logged in to the server (Unauthorized)\n"
REFUSED = "The request is invalid: the server rejected our request due to an error in our request\n"


class Rig(Practice):
    def __init__(self, scenario="seed"):
        super().__init__(scenario)
        self.kube = Cluster.__new__(Cluster)

    def serve(self):
        super().serve()
        self.kube.kubeconfig = self.ready["kubeconfig"]

    def image(self, value, *operations):
        got = self.kube.patch(SRC, CLUSTER, [*operations, {
            "op": "replace", "path": "/spec/starRocksFeSpec/image", "value": value}])
        assert got.rc == 0, got.err

    def on_delete(self):
        got = self.kube.patch(SRC, CLUSTER, [{"op": "add", "value": {"type": "OnDelete"},
                                              "path": "/spec/starRocksFeSpec/updateStrategy"}])
        assert got.rc == 0, got.err

    def state(self, pod):
        return self.kube.run("get", "pod", pod, "-o", "json").json["status"]["containerStatuses"][0]

    def waits_for(self, pod, reason):
        self.kube.until(lambda: self.state(pod)["state"].get("waiting", {}).get("reason") == reason)
        return self.state(pod)

    def rolled(self):
        got = self.kube.run("rollout", "status", f"sts/{STS}", "--timeout=100s")
        assert got.rc == 0, got.err

    def replace(self, pod):
        assert self.kube.run("delete", "pod", pod).rc == 0
        got = self.kube.run("wait", "--for=condition=Ready", f"pod/{pod}", "--timeout=100s")
        assert got.rc == 0, got.err


@pytest.fixture
def rig():
    with Rig() as served:
        yield served


def test_a_container_that_ends_at_once_comes_up_when_the_fault_is_over(rig):
    pod = f"{STS}-2"
    rig.fault("crash", f"{pod} %:3.3.9", times=2, program="pod")
    rig.image(NEW)
    state = rig.waits_for(pod, "CrashLoopBackOff")
    assert state["lastState"]["terminated"]["exitCode"] == 255
    assert re.match(rf"back-off [24]0s restarting failed container=fe pod={pod}_starrocks\(",
                    state["state"]["waiting"]["message"]), state
    rig.rolled()
    state = rig.state(pod)
    assert state["restartCount"] == 2 and "terminated" in state["lastState"]
    assert rig.state(f"{STS}-1")["restartCount"] == 0


def test_the_waits_between_starts_grow_to_five_minutes(rig):
    pod = f"{STS}-2"
    rig.fault("crash", f"{pod} %:3.3.9", times=-1, program="pod")
    rig.image(NEW)
    waits = ["20s", "40s", "1m20s", "2m40s", "5m0s"]  # the start took 20 s
    seen = []
    while seen[-2:] != ["5m0s"] * 2:
        message = rig.waits_for(pod, "CrashLoopBackOff")["state"]["waiting"]["message"]
        restarts = rig.state(pod)["restartCount"]
        seen += [message.split()[1]] * (not seen or restarts > before)
        before = restarts
    assert [waits.index(wait) for wait in seen] == sorted(waits.index(wait) for wait in seen), seen
    # Once it has run, they begin anew.
    rig.clear_faults()
    rig.rolled()
    rig.control("speed", "1")
    rig.event("wreck-meta")
    state = rig.waits_for(pod, "CrashLoopBackOff")["state"]["waiting"]
    assert state["message"].startswith("back-off 10s "), state


def test_the_log_of_a_container_that_ended(rig):
    pod = f"{STS}-2"
    logs = lambda *words: rig.kube.run("logs", pod, *words)
    got = logs("--container=fe", "--previous")
    assert (got.rc, got.err) == (1, 'Error from server (BadRequest): previous terminated container '
                                    f'"fe" in pod "{pod}" not found\n')
    assert logs("-c", "fe", "--tail=0").out == ""
    got = logs("-c", "nope")
    assert (got.rc, got.err) == (1, f"error: container nope is not valid for pod {pod}\n")
    got = rig.kube.run("logs", "nope")
    assert (got.rc, got.err) == (1, 'error: error from server (NotFound): pods "nope" not found in '
                                    'namespace "starrocks"\n')
    rig.image("starrocks/fe-ubuntu:3.3.9-crash")
    rig.waits_for(pod, "CrashLoopBackOff")
    got = logs("--container=fe", "--tail=1", "--previous", "--limit-bytes=16384")
    assert got.rc == 0 and got.out.endswith("[StarRocksFE.start():185] StarRocksFE start failed\n")
    assert len(got.out.splitlines()) == 1 and len(logs().out.splitlines()) > 1
    assert logs("--limit-bytes=7").out == logs().out[:7]
    rig.sql("DELETE FROM rbac WHERE resource = 'pods/log'")
    assert logs().err == (f'Error from server (Forbidden): pods "{pod}" is forbidden: User "practice" '
                          'cannot get resource "pods/log" in API group "" in the namespace '
                          '"starrocks"\n')


@pytest.mark.parametrize("how", ["tag", "fault"])
def test_an_image_that_cannot_be_pulled(rig, how):
    pod = f"{STS}-2"
    if how == "fault":
        rig.fault("missing", f"{pod}%", times=1, program="pod")
    image = NEW if how == "fault" else "starrocks/fe-ubuntu:3.3.9-missing"
    rig.image(image)
    if how == "tag":
        state = rig.waits_for(pod, "ImagePullBackOff")
        assert state["state"]["waiting"]["message"] == f'Back-off pulling image "{image}"'
        assert rig.kube.run("logs", pod).err == (
            f'Error from server (BadRequest): container "fe" in pod "{pod}" is waiting to start: '
            "trying and failing to pull image\n")
        rig.image(NEW)
    rig.rolled()
    assert rig.sql("SELECT remaining FROM fault") == ([(0,)] if how == "fault" else [])


def test_a_slow_start(rig):
    due = lambda: rig.sql("SELECT due_ms FROM k8s_pod WHERE name = ? AND state = 'starting'",
                          f"{STS}-2")
    rig.on_delete()
    rig.fault("slow", f"{STS}-2 %", arg="86400", program="pod")
    rig.image(NEW)
    assert rig.kube.run("delete", "pod", f"{STS}-2").rc == 0
    rig.kube.until(due)
    now = rig.sql("SELECT max(at_ms) FROM kubectl_log")[0][0]
    assert due()[0][0] - now > 3600_000, "of a day much is left"
    rig.sql("UPDATE k8s_pod SET due_ms = 0 WHERE name = ?", f"{STS}-2")
    got = rig.kube.run("wait", "--for=condition=Ready", f"pod/{STS}-2", "--timeout=100s")
    assert got.rc == 0, "and the fault is over"


def test_a_follower_that_never_catches_up(rig):
    pod = [p for p, in rig.sql("SELECT pod FROM fe WHERE role = 'FOLLOWER' ORDER BY ordinal DESC")][0]
    rig.on_delete()
    rig.fault("lags", f"{pod} %", program="pod")
    rig.image(NEW)
    rig.replace(pod)
    replayed = lambda: rig.sql("SELECT replayed, (SELECT value FROM meta WHERE key = 'journal_id')"
                               " FROM fe WHERE pod = ?", pod)[0]
    first = replayed()
    rig.kube.until(lambda: replayed()[1] > first[1] + 20)
    assert replayed()[0] == first[0]
    rig.event("followers-catch-up")
    rig.kube.until(lambda: replayed()[0] > first[1])
    rig.event("follower-lags")
    assert rig.sql("SELECT pod FROM fe WHERE stuck") == [(pod,)]


def test_the_token_has_expired(rig):
    rig.fault("unauthorized", "% patch %", program="kubectl")
    patch = lambda: rig.kube.patch(SRC, CLUSTER, [{"op": "test", "path": "/metadata/generation",
                                                   "value": 1}])
    got = patch()
    assert (got.rc, got.out, got.err) == (1, "", UNAUTHORIZED)
    assert patch().rc == 0


@pytest.mark.parametrize("kind, name", [(SRC, CLUSTER), ("statefulsets.apps", STS)])
def test_somebody_else_writes_just_before(rig, kind, name):
    generation = int(rig.kube.value(kind, name, ".metadata.generation"))
    rig.fault("conflict", "% patch %", program="kubectl")
    test = [{"op": "test", "path": "/metadata/generation", "value": generation},
            {"op": "add", "path": "/metadata/annotations/ours", "value": "1"}]
    before = rig.sql("SELECT uid FROM (SELECT json_extract(json, '$.metadata.uid') AS uid FROM"
                     " k8s_object WHERE resource = 'pods') ORDER BY uid")
    got = rig.kube.patch(kind, name, test)
    assert (got.rc, got.err) == (1, REFUSED)
    assert int(rig.kube.value(kind, name, ".metadata.generation")) == generation + 1
    assert rig.sql("SELECT uid FROM (SELECT json_extract(json, '$.metadata.uid') AS uid FROM"
                   " k8s_object WHERE resource = 'pods') ORDER BY uid") == before, "no pod is replaced"
    test[0]["value"] = generation + 1
    test[1]["path"] = "/metadata/labels"
    test[1]["value"] = {"ours": "1"}
    assert rig.kube.patch(kind, name, test).rc == 0


def test_a_conflict_of_versions(rig):
    version = rig.kube.value("cm", f"{STS}-cm", ".metadata.resourceVersion")
    rig.fault("conflict", "% annotate %", program="kubectl")
    got = rig.kube.run("annotate", "cm", f"{STS}-cm", "a=b", f"--resource-version={version}")
    assert got.rc == 1 and got.err.startswith("Error from server (Conflict): ")


def test_the_leader_moves_between_two_deletes(rig):
    leader = rig.leader()
    rig.on_delete()
    rig.fault("leader-moves", "% delete pod %", after=1, program="kubectl")
    first, second = [p for p, in rig.sql("SELECT pod FROM fe WHERE role = 'FOLLOWER'")]
    assert rig.kube.run("delete", "pod", first).rc == 0
    assert rig.leader() == leader
    rig.kube.run("wait", "--for=condition=Ready", f"pod/{first}", "--timeout=100s")
    assert rig.kube.run("delete", "pod", second, "--wait=false").rc == 0
    rig.kube.until(lambda: rig.sql("SELECT pod FROM fe WHERE role = 'LEADER' AND alive") == [(first,)])


def test_helm_puts_its_values_back_while_it_rolls():
    with Rig("helm-owned") as rig:
        old = rig.kube.value("src", CLUSTER, ".spec.starRocksFeSpec.image")
        rig.fault("helm-sync", "% delete pod %", program="kubectl")
        rig.on_delete()
        rig.image(NEW)
        assert rig.kube.run("delete", "pod", f"{STS}-2", "--wait=false").rc == 0
        assert rig.kube.value("src", CLUSTER, ".spec.starRocksFeSpec.image") == old
        assert rig.kube.value("sts", STS, ".spec.template.spec.containers[0].image") == old


def test_every_forward_ends(rig):
    argv = [KUBECTL, "--kubeconfig", rig.ready["kubeconfig"], "port-forward", f"pod/{STS}-0", ":9030",
            "--address=127.0.0.1"]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env=clean_env(rig.home))
    try:
        assert process.stdout.readline().startswith(b"Forwarding from 127.0.0.1:")
        rig.event("forwards-die")
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (1, b"error: lost connection to pod\n")
    finally:
        end_process(process)
    with rig.forward(f"{STS}-0") as port:
        assert port > 0, "the next one lives"


def test_what_there_is_is_listed(rig):
    faults, events = rig.control("fault"), rig.control("event")
    for line in ("fe       drop-after", "kubectl  unauthorized", "kubectl  conflict", "pod      crash",
                 "pod      slow"):
        assert line in faults, faults
    assert "forwards-die  " in events and "helm-sync  " in events
    for words, hint in ((["fault", "crash"], "fault alone lists them"),
                        (["event", "earthquake"], "event alone lists them")):
        with pytest.raises(AssertionError, match=hint):
            rig.control(*words)
    rig.control("fault", "crash", "--program", "pod", "--match", f"{STS}-0%", "--times", "3")
    assert rig.sql("SELECT kind, remaining FROM fault WHERE program = 'pod'") == [("crash", 3)]
    done = rig.belay("SELECT 1")
    assert done.rc == 0, done


def test_a_pod_is_ready_when_its_fe_listens(rig):
    """Who waits for the pod and asks the FE then is answered."""
    pod = f"{STS}-2"
    rig.sql("UPDATE fe SET listens_ms = 0 WHERE pod = ?", pod)
    rig.kube.until(lambda: not rig.state(pod)["ready"])
    assert rig.state(f"{STS}-0")["ready"]
    rig.sql("UPDATE fe SET listens_ms = start_ms WHERE pod = ?", pod)
    rig.kube.until(lambda: rig.state(pod)["ready"])
