"""
What the StatefulSet controller does with an image, a strategy, a number of replicas: the real one and
that of the practice cluster come to the same pods and the same status.
"""
import json
import subprocess
import time

import pytest

import control_plane
import recorder
from kubelet import Kubelet
from practice import KUBECTL, Practice
from restore import make_plain

MISSING = control_plane.programs()
pytestmark = pytest.mark.skipif(isinstance(MISSING, str), reason=str(MISSING))

NS, SET = "starrocks", "kube-starrocks-cn"
OLD, NEW, NEWER = (f"starrocks/cn-ubuntu:{tag}" for tag in ("3.3.3", "3.3.9", "3.4.1"))
BROKEN = "starrocks/cn-ubuntu:3.3.9-crash-broken"
IMAGE, STRATEGY = "/spec/template/spec/containers/0/image", "/spec/updateStrategy"
ON_DELETE = {"type": "OnDelete"}
ROLLING = {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}


class Side:
    """One of the two clusters."""

    def __init__(self, run):
        self.run, self.uids = run, {}

    def get(self, *words):
        done = self.run(["--namespace", NS, "get", *words, "-o", "json"], b"")
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def pods(self):
        """name → pod, of the set's, in the order of their names."""
        return {pod["metadata"]["name"]: pod for pod in self.get("pods")["items"]
                if pod["metadata"]["name"].startswith(SET + "-")}

    def patch(self, *ops):
        done = self.run(["--namespace", NS, "patch", "statefulsets.apps", SET, "--type=json", "-p",
                         json.dumps([{"op": "replace", "path": path, "value": value}
                                     for path, value in ops])], b"")
        assert done.returncode == 0, done.stderr

    def delete(self, name):
        uid = self.pods()[name]["metadata"]["uid"]
        done = self.run(["delete", "--raw", f"/api/v1/namespaces/{NS}/pods/{name}", "-f", "-"],
                        json.dumps({"kind": "DeleteOptions", "apiVersion": "v1",
                                    "preconditions": {"uid": uid}}).encode())
        assert done.returncode == 0, done.stderr

    def mark(self):
        self.uids = {name: pod["metadata"]["uid"] for name, pod in self.pods().items()}

    def state(self):
        """What a person would look at: pods with image, new or not, ready or not; the set's status."""
        whole = self.get("statefulsets.apps", SET)
        status = whole["status"]
        return {
            "pods": {name: (pod["spec"]["containers"][0]["image"],
                            "new" if self.uids.get(name) != pod["metadata"]["uid"] else "old",
                            "ready" if ready(pod) else "not ready",
                            "deleted" if "deletionTimestamp" in pod["metadata"] else "",
                            "of the update" if pod["metadata"]["labels"]["controller-revision-hash"]
                            == status.get("updateRevision") else "of the one before")
                     for name, pod in self.pods().items()},
            "numbers": {key: status.get(key, 0) for key in
                        ("replicas", "readyReplicas", "updatedReplicas")},
            "one revision": status.get("currentRevision") == status.get("updateRevision"),
            "seen": status.get("observedGeneration") == whole["metadata"]["generation"]}


def ready(pod):
    return any(c["type"] == "Ready" and c["status"] == "True"
               for c in pod.get("status", {}).get("conditions", []))


@pytest.fixture(name="sides")
def _sides():
    with Practice("seed", speed=100) as cluster, \
            control_plane.ControlPlane(controllers="statefulset-controller") as plane:
        make_plain(cluster)
        cluster.sql("UPDATE k8s_object SET json = json_remove(json, '$.metadata.ownerReferences')"
                    " WHERE resource = 'statefulsets.apps'")
        whole, = [thing for resource, _, thing in recorder.objects(f"{cluster.dir}/cluster.db")
                  if resource == "statefulsets.apps" and thing["metadata"]["name"] == SET]
        for kind, body in (("namespaces", {"apiVersion": "v1", "kind": "Namespace",
                                           "metadata": {"name": NS}}),
                           (f"namespaces/{NS}/statefulsets",
                            {"apiVersion": "apps/v1", "kind": "StatefulSet", "spec": whole["spec"],
                             "metadata": {"name": SET, "namespace": NS}})):
            path = "/apis/apps/v1/" if "stateful" in kind else "/api/v1/"
            status, answer = plane.request("POST", path + kind, body)
            assert status == 201, answer

        def stand_in(args, stdin):
            return subprocess.run([KUBECTL, "--kubeconfig", cluster.ready["kubeconfig"], *args],
                                  input=stdin, capture_output=True, timeout=60, check=False)
        with Kubelet(plane, NS, starts=True):
            yield Side(stand_in), Side(plane.kubectl)


def settle(sides, images, *, ready_pods=None, limit=90):
    """Both come to these images, all ready but where said, and to one and the same state."""
    ready_pods = len(images) if ready_pods is None else ready_pods
    end, states = time.monotonic() + limit, [None, None]
    while time.monotonic() < end:
        states = [side.state() for side in sides]
        if states[0] == states[1] and states[0]["seen"] and \
                [image for image, *_ in states[0]["pods"].values()] == images and \
                states[0]["numbers"]["readyReplicas"] == ready_pods:
            for side in sides:
                side.mark()
            return states[0]
        time.sleep(0.1)
    raise AssertionError(f"practice: {json.dumps(states[0], indent=1)}\n"
                         f"real: {json.dumps(states[1], indent=1)}")


def both(sides, verb, *args):
    for side in sides:
        getattr(side, verb)(*args)


def which(state):
    """For each pod: was it replaced?"""
    return [new for _, new, *_ in state["pods"].values()]


def test_the_same_pods_and_status(sides):
    settle(sides, [OLD] * 3)
    # An image rolls over all of them.
    both(sides, "patch", (IMAGE, NEW))
    assert which(settle(sides, [NEW] * 3)) == ["new"] * 3
    # OnDelete: nothing happens but to the pod that is deleted.
    both(sides, "patch", (STRATEGY, ON_DELETE))
    both(sides, "patch", (IMAGE, NEWER))
    assert which(settle(sides, [NEW] * 3)) == ["old"] * 3
    both(sides, "delete", f"{SET}-2")
    assert which(settle(sides, [NEW, NEW, NEWER])) == ["old", "old", "new"]
    both(sides, "delete", f"{SET}-0")
    both(sides, "delete", f"{SET}-1")
    settle(sides, [NEWER] * 3)
    both(sides, "patch", (STRATEGY, ROLLING))
    assert which(settle(sides, [NEWER] * 3)) == ["old"] * 3
    # A partition: only those from it on, and one below it comes back as it was.
    both(sides, "patch", (STRATEGY, {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}),
         (IMAGE, NEW))
    assert which(settle(sides, [NEWER, NEWER, NEW])) == ["old", "old", "new"]
    both(sides, "delete", f"{SET}-0")
    assert which(settle(sides, [NEWER, NEWER, NEW])) == ["new", "old", "old"]
    both(sides, "patch", (STRATEGY, ROLLING))
    assert which(settle(sides, [NEW] * 3)) == ["new", "new", "old"]


def test_an_image_that_does_not_start(sides):
    settle(sides, [OLD] * 3)
    both(sides, "patch", (IMAGE, BROKEN))
    assert which(settle(sides, [OLD, OLD, BROKEN], ready_pods=2)) == ["old", "old", "new"]
    # Put back, the set repairs itself: its policy is Parallel.
    both(sides, "patch", (IMAGE, OLD))
    assert which(settle(sides, [OLD] * 3)) == ["old", "old", "new"]


def test_none_one_all(sides):
    settle(sides, [OLD] * 3)
    for replicas in (0, 1, 3):
        both(sides, "patch", ("/spec/replicas", replicas))
        settle(sides, [OLD] * replicas)
