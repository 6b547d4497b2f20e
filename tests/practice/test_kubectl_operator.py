"""What operators of several releases make of a cluster whose FEs are to be replaced by hand.

Recorded with kube-apiserver v1.32.0, kubectl v1.32.4 and starrocks-kubernetes-operator 1.11.5, 1.11.3,
1.9.10, 1.9.4 and 1.7.1; what is said of other releases is by their source.
"""
import contextlib
import subprocess

import pytest

from kubectl_common import CLUSTER, FE, Cluster

SRC = "starrocksclusters.v1.starrocks.com"
STS = f"{CLUSTER}-fe"
NEW = "starrocks/fe-ubuntu:3.3.9"
ON_DELETE = '{"type":"OnDelete"}'
ROLLING = '{"rollingUpdate":{"partition":0},"type":"RollingUpdate"}'
ROLLOUT = "rollout status is only available for RollingUpdate strategy type"
INVALID = ('StatefulSet.apps "%s" is invalid: spec.updateStrategy.rollingUpdate: Invalid value: '
           "apps.RollingUpdateStatefulSetStrategy{Partition:0, MaxUnavailable:(*intstr.IntOrString)"
           "(nil)}: only allowed for updateStrategy 'RollingUpdate'" % STS)
FAILED = "error from FE controller: "


class Rig(Cluster):
    def spec(self, member):
        return self.value("sts", STS, ".spec." + member)

    def strategy(self):
        return self.spec("updateStrategy")

    def image(self):
        return self.spec("template.spec.containers[0].image")

    def phase(self):
        return self.value("src", CLUSTER, ".status.phase")

    def reason(self):
        return self.value("src", CLUSTER, ".status.reason")

    def uids(self):
        return {f"{STS}-{i}": self.value("pod", f"{STS}-{i}", ".metadata.uid") for i in range(3)}

    def change(self, *operations):
        got = self.patch(SRC, CLUSTER, list(operations))
        assert got.rc == 0, got.err
        return got

    def replace(self, pod):
        """Deletes the pod and waits for the next of that name."""
        before = self.value("pod", pod, ".metadata.uid")
        assert self.run("delete", "pod", pod).rc == 0
        self.until(lambda: self.value("pod", pod, ".metadata.uid") not in ("", before))
        assert self.run("wait", "--for=condition=Ready", f"pod/{pod}", "--timeout=100s").rc == 0

    def by_hand(self, strategy):
        got = self.patch("sts", STS, [{"op": "replace", "path": "/spec/updateStrategy",
                                       "value": strategy}])
        assert got.rc == 0, got.err


@contextlib.contextmanager
def operated(release, scenario="seed"):
    with Rig(scenario=f"{scenario},operator={release}", speed=200) as cluster:
        yield cluster


def field(name, value, op="add"):
    return {"op": op, "path": f"/spec/starRocksFeSpec/{name}", "value": value}


STRATEGY = field("updateStrategy", {"type": "OnDelete"})
IMAGE = field("image", NEW, "replace")
BACK = {"op": "remove", "path": "/spec/starRocksFeSpec/updateStrategy"}


@pytest.mark.parametrize("release", ["1.11.5", "1.11.4", "1.10.2", "1.9.10"])
def test_a_cluster_begins_as_its_operator_left_it(release):
    with operated(release) as cluster:
        assert cluster.value("deploy", "kube-starrocks-operator",
                             ".spec.template.spec.containers[0].image") == \
            f"starrocks/operator:v{release}"
        assert cluster.value("crd", "starrocksclusters.starrocks.com",
                             ".metadata.annotations.version") == f"v{release}"
        assert cluster.phase() == "running"
        stop = cluster.spec("template.spec.containers[0].lifecycle.preStop.exec.command[-1]")
        assert stop.endswith("stop_fe.sh -g" if release.startswith("1.11.") else "fe_prestop.sh")


def test_the_strategy_is_written_by_1_11_5():
    with operated("1.11.5") as cluster:
        uids = cluster.uids()
        cluster.change(STRATEGY)
        assert cluster.strategy() == ON_DELETE
        assert (cluster.phase(), cluster.reason()) == ("failed", FAILED + ROLLOUT)
        assert cluster.value("src", CLUSTER, ".status.starRocksFeStatus.phase") == "reconciling"
        got = cluster.run("rollout", "status", f"sts/{STS}")
        assert (got.rc, got.err) == (1, f"error: {ROLLOUT}\n")
        cluster.change(IMAGE)
        assert cluster.image() == NEW and cluster.uids() == uids
        status = cluster.run("get", "sts", STS, "-o", "json").json["status"]
        assert "updatedReplicas" not in status and status["readyReplicas"] == 3
        assert status["currentRevision"] != status["updateRevision"]
        # the compute nodes are not held back by the phase
        cluster.change({"op": "replace", "path": "/spec/starRocksCnSpec/image",
                        "value": "starrocks/cn-ubuntu:3.3.9"})
        assert cluster.value("sts", f"{CLUSTER}-cn", ".spec.template.spec.containers[0].image") == \
            "starrocks/cn-ubuntu:3.3.9"


@pytest.mark.parametrize("release", ["1.11.3", "1.9.10", "1.9.9"])
def test_a_merge_patch_cannot_write_the_strategy(release):
    """Strategy and image are refused together; the StatefulSet first is the way out."""
    with operated(release) as cluster:
        old, uids = cluster.image(), cluster.uids()
        cluster.change(STRATEGY, IMAGE)
        assert (cluster.phase(), cluster.reason()) == ("failed", FAILED + INVALID)
        assert (cluster.strategy(), cluster.image()) == (ROLLING, old)
        events = cluster.sql("SELECT json_extract(json, '$.message') FROM k8s_object WHERE resource ="
                             " 'events' AND json_extract(json, '$.reason') = 'SyncFeFailed'")
        assert events == [(INVALID,)]
        cluster.change({"op": "replace", "path": "/spec/starRocksCnSpec/image",
                        "value": "starrocks/cn-ubuntu:3.3.9"})
        assert cluster.value("sts", f"{CLUSTER}-cn", ".spec.template.spec.containers[0].image") != \
            "starrocks/cn-ubuntu:3.3.9", "the FE's error ends the pass"
        cluster.by_hand({"type": "OnDelete"})
        assert (cluster.strategy(), cluster.image()) == (ON_DELETE, NEW)
        assert cluster.uids() == uids and cluster.reason() == FAILED + ROLLOUT
        cluster.replace(f"{STS}-2")
        assert cluster.value("pod", f"{STS}-2", ".spec.containers[0].image") == NEW
        assert cluster.value("sts", STS, ".status.updatedReplicas") == "1"
        assert cluster.value("pod", f"{STS}-0", ".spec.containers[0].image") == old


def test_a_strategy_alone_is_never_written_by_1_9_10():
    with operated("1.9.10") as cluster:
        cluster.change(STRATEGY)
        assert cluster.strategy() == ROLLING and cluster.phase() == "running"
        cluster.by_hand({"type": "OnDelete"})
        uids = cluster.uids()
        cluster.change(IMAGE)
        assert (cluster.strategy(), cluster.image(), cluster.uids()) == (ON_DELETE, NEW, uids)
        for ordinal in (2, 0, 1):
            cluster.replace(f"{STS}-{ordinal}")
        uids = cluster.uids()
        cluster.change(BACK)
        assert cluster.strategy() == ON_DELETE and cluster.phase() == "failed"
        cluster.by_hand({"type": "RollingUpdate", "rollingUpdate": {"partition": 0}})
        assert cluster.phase() == "running" and cluster.uids() == uids
        status = cluster.run("get", "sts", STS, "-o", "json").json["status"]
        assert status["currentRevision"] == status["updateRevision"]


def test_1_11_3_takes_the_strategy_back_by_itself():
    with operated("1.11.3") as cluster:
        cluster.by_hand({"type": "OnDelete"})
        assert cluster.strategy() == ON_DELETE and cluster.reason() == FAILED + ROLLOUT
        cluster.change(STRATEGY, IMAGE)
        assert (cluster.strategy(), cluster.image()) == (ON_DELETE, NEW)
        cluster.replace(f"{STS}-1")
        cluster.change(BACK)
        assert cluster.strategy() == ROLLING, "what was not replaced yet rolls now"
        got = cluster.run("rollout", "status", f"sts/{STS}", "--timeout=100s")
        assert got.rc == 0, got.err
        assert cluster.phase() == "running"


@pytest.mark.parametrize("release", ["1.9.4", "1.8.8"])
def test_without_the_field_the_image_brings_the_rolling_update(release):
    with operated(release) as cluster:
        got = cluster.patch(SRC, CLUSTER, [STRATEGY])
        assert got.err == 'Warning: unknown field "spec.starRocksFeSpec.updateStrategy"\n'
        cluster.by_hand({"type": "OnDelete"})
        assert cluster.strategy() == ON_DELETE
        # before 1.9.0 an error of the operator is only in its log
        assert (cluster.phase(), cluster.reason()) == (
            ("failed", FAILED + ROLLOUT) if release == "1.9.4" else ("running", ""))
        cluster.change(IMAGE)
        assert cluster.strategy() == ROLLING
        assert cluster.run("rollout", "status", f"sts/{STS}", "--timeout=100s").rc == 0
        assert all(cluster.value("pod", pod, ".spec.containers[0].image") == NEW
                   for pod in cluster.uids())


def test_1_7_1_undoes_a_hand_edit_at_once():
    with operated("1.7.1") as cluster:
        cluster.by_hand({"type": "OnDelete"})
        assert cluster.strategy() == ROLLING
        assert cluster.run("scale", f"sts/{CLUSTER}-cn", "--replicas=2").rc == 0
        assert cluster.value("sts", f"{CLUSTER}-cn", ".spec.replicas") == "3"
        cluster.change(field("image", "starrocks/fe-ubuntu:3.3.9-crash", "replace"))
        cluster.until(lambda: cluster.phase() == "pending")
        cluster.change(IMAGE)
        assert cluster.run("rollout", "status", f"sts/{STS}", "--timeout=100s").rc == 0
        cluster.until(lambda: cluster.phase() == "running")


@pytest.mark.parametrize("release, refused", [("1.9.1", True), ("1.9.0", False)])
def test_from_three_fes_to_one(release, refused):
    with operated(release) as cluster:
        cluster.change(field("replicas", 1, "replace"))
        assert cluster.spec("replicas") == ("3" if refused else "1")
        assert cluster.reason() == (f"{FAILED}the replicas of statefulset {STS} can not be scaled to 1"
                                    if refused else "")


def test_an_unknown_strategy_is_refused_by_the_set():
    with operated("1.11.5") as cluster:
        cluster.change(field("updateStrategy", {"type": "Bogus"}))
        assert cluster.reason() == (
            f'{FAILED}failed to apply merge patch: StatefulSet.apps "{STS}" is invalid: '
            'spec.updateStrategy: Invalid value: apps.StatefulSetUpdateStrategy{Type:"Bogus", '
            "RollingUpdate:(*apps.RollingUpdateStatefulSetStrategy)(nil)}: must be 'RollingUpdate' or "
            "'OnDelete'")
        assert cluster.value("src", CLUSTER, ".status.starRocksFeStatus.phase") == "running"


def test_another_release_of_the_operator_rolls_the_pods():
    with operated("1.9.10") as cluster:
        uids = cluster.uids()
        assert cluster.patch("deploy", "kube-starrocks-operator", [
            {"op": "replace", "path": "/spec/template/spec/containers/0/image",
             "value": "starrocks/operator:v1.11.5"}]).rc == 0
        assert cluster.run("rollout", "status", f"sts/{STS}", "--timeout=100s").rc == 0
        now = cluster.uids()
        assert all(now[pod] != uids[pod] for pod in uids)


def test_wait_for_full_rollout_does_not_wait_for_its_own_pass():
    """Both images in one patch: the old status still looks finished (recorded)."""
    with operated("1.11.5") as cluster:
        cluster.change({"op": "add", "path": "/spec/waitForFullRollout", "value": True})
        cluster.change(IMAGE, {"op": "replace", "path": "/spec/starRocksCnSpec/image",
                               "value": "starrocks/cn-ubuntu:3.3.9"})
        written = lambda set_: cluster.value("sts", set_, ".spec.template.spec.containers[0].image")
        assert written(STS) == NEW and written(f"{CLUSTER}-cn") == "starrocks/cn-ubuntu:3.3.9"


def test_wait_for_full_rollout_waits_in_a_later_pass():
    with operated("1.11.5") as cluster:
        cluster.change({"op": "add", "path": "/spec/waitForFullRollout", "value": True})
        cluster.change(field("image", "starrocks/fe-ubuntu:3.3.9-crash", "replace"))
        cluster.change({"op": "replace", "path": "/spec/starRocksCnSpec/image",
                        "value": "starrocks/cn-ubuntu:3.3.9"})
        assert cluster.value("sts", f"{CLUSTER}-cn", ".spec.template.spec.containers[0].image") == \
            "starrocks/cn-ubuntu:3.3.3"


def test_an_older_crd_below_a_newer_operator():
    with Rig(scenario="seed,operator=1.11.5,crd=1.9.4", speed=200) as cluster:
        crd = cluster.run("get", "crd", "starrocksclusters.starrocks.com", "-o", "json").json
        assert "version" not in crd["metadata"]["annotations"]
        assert crd["spec"]["versions"][0]["subresources"] == {"status": {}}
        got = cluster.run("scale", "src", CLUSTER, "--replicas=3")
        assert (got.rc, got.err) == (1, "Error from server (NotFound): starrocksclusters."
                                        f'starrocks.com "{CLUSTER}" not found\n')
        got = cluster.change(STRATEGY, IMAGE)
        assert got.err == 'Warning: unknown field "spec.starRocksFeSpec.updateStrategy"\n'
        assert (cluster.strategy(), cluster.image()) == (ROLLING, NEW)


@pytest.mark.parametrize("text", ["operator=1.6.1", "operator=1.9", "operator=1.9.4x", "colour=red"])
def test_options_that_are_none(tmp_path, text):
    done = subprocess.run([FE, "serve", "--dir", str(tmp_path / "c"), "--scenario", f"seed,{text}"],
                          capture_output=True, text=True, timeout=30, stdin=subprocess.DEVNULL)
    assert done.returncode != 0 and f"seed does not take '{text}'" in done.stderr
    assert "seed,operator=1.11.5,crd=1.9.4" in done.stderr
