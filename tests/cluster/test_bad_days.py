"""
What no call of a good night meets, and belay's tests play on the practice cluster: credentials that have
run out, a server that is not there, a definition that prunes what is written, an object changed meanwhile.
The real kubectl and API server say the same.
"""
import json
import os
import shutil
import subprocess

import pytest

import control_plane
import recorder
import replay
from practice import KUBECTL, Practice
from restore import C, CR, STS, edit

NS = "starrocks"
CRD = "customresourcedefinitions.apiextensions.k8s.io"
MISSING = control_plane.programs()
pytestmark = pytest.mark.skipif(isinstance(MISSING, str), reason=str(MISSING))

LEASE = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
         "metadata": {"name": "belay-night", "namespace": NS},
         "spec": {"holderIdentity": "anna", "leaseDurationSeconds": 60}}
OPTIONS = json.dumps({"kind": "DeleteOptions", "apiVersion": "v1",
                      "preconditions": {"uid": recorder.ELSE}})
REPLICAS = '[{"op":"replace","path":"/spec/starRocksFeSpec/replicas","value":3}]'
# One of each verb, as belay asks.
CALLS = [
    (["get", "pods", "--output=json", "--ignore-not-found"], ""),
    (["get", "statefulsets.apps", STS, "--output=json", "--ignore-not-found"], ""),
    (["get", CR, C, "--output=json", "--ignore-not-found"], ""),
    (["get", CRD, "starrocksclusters.starrocks.com", "--output=json", "--ignore-not-found"], ""),
    (["get", "--raw", "/version", "-v=8"], ""),
    (["version", "--output=json"], ""),
    (["auth", "can-i", "create", "pods", "--subresource=exec"], ""),
    (["explain", "src.spec.starRocksFeSpec.updateStrategy", "--api-version=starrocks.com/v1"], ""),
    (["create", "-f", "-", "-o", "jsonpath={.metadata.uid}"], json.dumps(LEASE)),
    (["patch", CR, C, "--type=json", "--field-manager=belay", "-p", REPLICAS], ""),
    (["patch", "statefulsets.apps", STS, "--type=json", "-p", '[{"op":"replace","path":"/spec/replicas","value":3}]'],
     ""),
    (["patch", "configmaps", f"{STS}-cm", "--type=json", "--patch-file=/dev/stdin"],
     '[{"op":"add","path":"/metadata/labels","value":{}}]'),
    (["create", "configmap", "other", f"--from-file={control_plane.HERE}/parts.go"], ""),
    (["delete", "configmaps", "belay-cluster-snapshot", "--ignore-not-found"], ""),
    (["delete", "--raw", f"/api/v1/namespaces/{NS}/pods/{STS}-0", "-f", "-"], OPTIONS),
    (["delete", "pods", f"{STS}-0", "--ignore-not-found", "--wait", "--timeout=25s"], ""),
    (["wait", "--for=delete", "pod", "-l", "app=none", "--timeout=5s"], ""),
    (["rollout", "status", f"statefulset/{STS}", "--timeout=5s"], ""),
    (["scale", f"statefulsets.apps/{STS}", "--replicas=3"], ""),
    (["annotate", "statefulsets.apps", STS, "a=b", "--overwrite"], ""),
    (["logs", f"{STS}-0", "--container=fe", "--tail=20"], ""),
    (["exec", f"{STS}-0", "-c", "fe", "--", "true"], ""),
    (["port-forward", f"pod/{STS}-0", ":9030", "--address=127.0.0.1"], ""),
]


@pytest.fixture(scope="module", name="plane")
def _plane():
    with control_plane.ControlPlane() as plane:
        yield plane


@pytest.fixture(scope="module", name="seed")
def _seed():
    with Practice("seed", speed=1) as cluster:
        yield cluster


def copy_of(path, to, change):
    """A kubeconfig changed: its path."""
    with open(path, encoding="utf-8") as file:
        config = json.load(file)
    change(config)
    with open(to, "w", encoding="utf-8") as file:
        json.dump(config, file)
    return to


def stand_in(kubeconfig, args, stdin):
    return subprocess.run([KUBECTL, f"--kubeconfig={kubeconfig}", *args], input=stdin.encode(),
                          capture_output=True, timeout=60, check=False)


def real(plane, kubeconfig, args, stdin):
    return plane.kubectl([f"--kubeconfig={kubeconfig}", *args], stdin.encode())


def last_line(done):
    """What belay shows of it."""
    lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
    return done.returncode, lines[-1] if lines else ""


def compare(calls, ours, theirs):
    wrong = []
    for args, stdin in calls:
        here, there = last_line(ours(args, stdin)), last_line(theirs(args, stdin))
        if here != there:
            wrong.append(f"{' '.join(args)}\n  here  {here}\n  there {there}")
    assert not wrong, "\n" + "\n".join(wrong)


def test_credentials_that_have_run_out(seed, plane):
    def expire(config):
        config["users"][0]["user"]["token"] = "expired"
    here = copy_of(seed.ready["kubeconfig"], os.path.join(seed.dir, "expired"), expire)
    there = copy_of(plane.kubeconfig, plane.path("expired"), expire)
    for args, _ in CALLS[:4]:  # during a night kubectl has asked before which kinds there are
        plane.kubectl(args)
    compare(CALLS, lambda args, stdin: stand_in(here, args, stdin),
            lambda args, stdin: real(plane, there, args, stdin))


def test_a_server_that_is_not_there(seed, plane, tmp_path):
    """In the practice cluster: a kubeconfig with no cluster beside it."""
    here = str(tmp_path / "kubeconfig")
    shutil.copy(seed.ready["kubeconfig"], here)
    port, = control_plane.free_ports(1)
    for args, _ in CALLS[:4]:
        plane.kubectl(args)
    there = copy_of(plane.kubeconfig, plane.path("gone"),
                    lambda config: config["clusters"][0]["cluster"].update(
                        server=f"https://127.0.0.1:{port}"))

    def theirs(args, stdin):
        done = real(plane, there, args, stdin)
        done.stderr = done.stderr.replace(str(port).encode(), b"6443")
        return done
    compare(CALLS, lambda args, stdin: stand_in(here, args, stdin), theirs)


def same(cluster, plane, calls):
    """Asked one after the other of both, which hold the same at first."""
    before = recorder.objects(os.path.join(cluster.dir, "cluster.db"))
    plane.put(before)
    wrong = []
    for args, stdin in calls:
        here = stand_in(cluster.ready["kubeconfig"], args, stdin)
        record = {"args": args, "rc": here.returncode, "out": here.stdout.decode(),
                  "err": here.stderr.decode()}
        lines = replay.difference(record, plane.kubectl(args, stdin.encode()))
        if lines:
            wrong.append("\n  ".join([" ".join(args), *lines]))
    assert not wrong, "\n" + "\n".join(wrong)


def patch(*operations, kind=CR, name=C, out="{.spec.starRocksFeSpec.updateStrategy}"):
    return ["patch", kind, name, "--type=json", "--field-manager=belay", "-p", json.dumps(operations),
            "-o", f"jsonpath={{.metadata.generation}} {out}"], ""


STRATEGY = "/spec/starRocksFeSpec/updateStrategy"
ADD = {"op": "add", "path": STRATEGY, "value": {"type": "OnDelete"}}


def test_a_definition_that_prunes(plane):
    """Of an operator's release that knows no updateStrategy: taken without an error, and not there."""
    path = f"/apis/apiextensions.k8s.io/v1/customresourcedefinitions/starrocksclusters.starrocks.com"
    _, text = plane.request("GET", path)
    parts = ("starRocksFeSpec", "starRocksBeSpec", "starRocksCnSpec")
    at = "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/{}/properties/updateStrategy"
    known = json.loads(text)["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"][
        "properties"]["starRocksFeSpec"]["properties"]["updateStrategy"]

    def change(*operations):
        status, answer = plane.request("PATCH", path, operations, kind="application/json-patch+json")
        assert status == 200, answer
    explain = ["explain", "src.spec.starRocksFeSpec.updateStrategy", "--api-version=starrocks.com/v1"], ""
    try:
        change(*({"op": "remove", "path": at.format(part)} for part in parts))
        control_plane.until(lambda: plane.kubectl(explain[0]).returncode != 0,
                            "the field is not served any more")
        with Practice("seed,operator=1.11.5,crd=1.9.4", speed=1) as cluster:
            same(cluster, plane, [
                explain, patch(ADD),
                patch({"op": "test", "path": STRATEGY, "value": {"type": "OnDelete"}},
                      {"op": "remove", "path": STRATEGY}),
                patch({"op": "replace", "path": STRATEGY, "value": {"type": "OnDelete"}}),
                (["get", CR, C, "-o", "jsonpath={.spec.starRocksFeSpec.updateStrategy}"], "")])
    finally:
        change(*({"op": "add", "path": at.format(part), "value": known} for part in parts))
        control_plane.until(lambda: plane.kubectl(explain[0]).returncode == 0, "the field is served")


def test_patches_that_are_refused(seed, plane):
    """A member that is not there, a value of another type, one below what may be, an unknown one."""
    replicas, image = "/spec/starRocksFeSpec/replicas", "/spec/template/spec/containers/0/image"
    name = "/spec/template/spec/containers/0/name"
    sets = {"kind": "statefulsets.apps", "name": STS, "out": "{.spec.replicas}"}
    same(seed, plane, [
        patch({"op": "test", "path": "/metadata/uid", "value": recorder.ELSE}, ADD),
        patch({"op": "remove", "path": "/spec/starRocksFeSpec/updateStrategy"}),
        patch({"op": "replace", "path": "/spec/starRocksFeSpec/nothing/here", "value": 1}),
        patch({"op": "replace", "path": replicas, "value": "three"}),
        patch({"op": "replace", "path": replicas, "value": -1}),
        patch({"op": "add", "path": "/spec/starRocksFeSpec/unknown", "value": 1}),
        patch({"op": "add", "path": STRATEGY, "value": "OnDelete"}),
        patch({"op": "replace", "path": "/spec/serviceName", "value": "other"}, **sets),
        patch({"op": "replace", "path": "/spec/replicas", "value": -1}, **sets),
        patch({"op": "replace", "path": "/spec/updateStrategy", "value": {"type": "Never"}}, **sets),
        patch({"op": "replace", "path": image, "value": ""}, **sets),
        patch({"op": "replace", "path": name, "value": "A_B"}, **sets),
        patch({"op": "test", "path": "/spec/replicas", "value": 99}, **sets),
    ])


def test_labels_and_a_restart(seed, plane):
    """What a runbook may do besides: new, the same, another without --overwrite, away; new pods for nothing."""
    label = ["label", f"statefulsets.apps/{STS}"]
    same(seed, plane, [([*label, *words], "") for words in (
        ["night=on"], ["night=on"], ["night=off"], ["night=off", "--overwrite"], ["night-"], ["night-"])])
    restart = ["rollout", "restart", f"statefulset/{STS}"]
    same(seed, plane, [(restart, ""), ([*restart, f"--as={recorder.STRANGER}"], ""),
                       (["rollout", "restart", "statefulset/gone"], "")])


def test_pods_that_no_kubelet_has(plane):
    """Of a pod that is not there, and of one that has no node yet, the API server itself answers."""
    pod = f"{STS}-0"

    def unscheduled(thing):
        thing["spec"].pop("nodeName", None)
        thing["status"] = {"phase": "Pending"}
    with Practice("seed", speed=1) as cluster:
        edit(cluster, "pods", pod, unscheduled)
        same(cluster, plane, [call for name in (pod, "gone") for call in [
            (["logs", name, "--container=fe", "--tail=20", "--limit-bytes=16384", "--previous"], ""),
            (["logs", name, "--tail=100"], ""),
            (["logs", name, "--container=other"], ""),
            (["exec", "-i", name, "-c", "fe", "--", "sh", "-s"], ""),
            (["exec", name, "-c", "other", "--", "true"], ""),
            (["port-forward", f"pod/{name}", ":9030", "--address=127.0.0.1"], "")]])


def test_leases_of_two(seed, plane):
    """Made by both, renewed without the right to, taken over when it was renewed, deleted when it is not ours."""
    def lease_patch(*operations):
        return ["patch", "leases.coordination.k8s.io", "belay-night", "--type=json",
                f"--patch={json.dumps(operations)}", "--output=jsonpath={.spec.holderIdentity}"], ""
    create = ["create", "-f", "-", "-o", "jsonpath={.spec.holderIdentity}"]
    path = f"/apis/coordination.k8s.io/v1/namespaces/{NS}/leases/belay-night"
    test = {"op": "test", "path": "/spec/holderIdentity", "value": "bert"}
    same(seed, plane, [
        (create, json.dumps(LEASE)), (create, json.dumps(LEASE)),
        lease_patch(test, {"op": "replace", "path": "/spec/renewTime", "value": "2026-11-22T10:00:00.000000Z"}),
        lease_patch({"op": "replace", "path": "/spec/holderIdentity", "value": "bert"}),
        (["delete", "--raw", path, "-f", "-"], OPTIONS),
        (["delete", "--raw", path], ""), (["delete", "--raw", path], ""),
        lease_patch(test),
    ])
