"""Changes through the kubectl stand-in, and what operator and controllers make of them.

Expected texts and decisions: recorded with kubectl v1.32.4, kube-apiserver v1.32.0 and
starrocks-kubernetes-operator v1.11.5.
"""
import json

import pytest

from kubectl_common import CLUSTER, FE_PODS, Cluster

SRC = "starrocksclusters.v1.starrocks.com"
STS = f"{CLUSTER}-fe"
REFUSED = "The request is invalid: the server rejected our request due to an error in our request\n"


@pytest.fixture
def cluster():
    with Cluster(speed=200) as running:
        yield running


def fe_image(cluster):
    return cluster.value("src", CLUSTER, ".spec.starRocksFeSpec.image")


def uid(cluster, pod):
    return cluster.value("pod", pod, ".metadata.uid")


def ready(cluster, pod):
    return cluster.run("wait", "--for=condition=Ready", f"pod/{pod}", "--timeout=20s")


def failed(answer, text):
    assert (answer.rc, answer.raw, answer.err) == (1, b"", text)


def test_json_patch_tests(cluster):
    patch = lambda *ops: cluster.patch(SRC, CLUSTER, list(ops))
    image = {"op": "test", "path": "/spec/starRocksFeSpec/image", "value": fe_image(cluster)}
    assert patch(image).out == f"starrockscluster.starrocks.com/{CLUSTER} patched (no change)\n"
    failed(patch(dict(image, value="other")), REFUSED)
    failed(patch({"op": "test", "path": "/spec/starRocksFeSpec/nope", "value": 1}), REFUSED)
    assert patch({"op": "test", "path": "/spec/starRocksFeSpec/nope", "value": None}).rc == 0
    failed(patch({"op": "test", "path": "/spec/starRocksFeSpec/replicas", "value": "3"}), REFUSED)
    failed(patch({"op": "remove", "path": "/spec/starRocksFeSpec/nope"}), REFUSED)
    failed(patch({"op": "add", "path": "/spec/starRocksFeSpec/initContainers/-", "value": {}}),
           REFUSED)
    failed(patch({"op": "bogus", "path": "/x"}), REFUSED)
    assert patch({"op": "replace", "path": "/spec/starRocksFeSpec/startupProbeFailureSeconds",
                  "value": 600}).rc == 0
    assert cluster.value("src", CLUSTER, ".metadata.generation") == "2"


def test_a_refused_patch_changes_nothing(cluster):
    before = cluster.run("get", "src", CLUSTER, "-o", "json").json
    failed(cluster.patch(SRC, CLUSTER, [
        {"op": "replace", "path": "/spec/starRocksFeSpec/replicas", "value": 0},
        {"op": "test", "path": "/metadata/generation", "value": 99}]), REFUSED)
    assert cluster.run("get", "src", CLUSTER, "-o", "json").json == before


def test_patch_types(cluster):
    failed(cluster.run("patch", "src", CLUSTER, "-p", '{"spec":{}}'),
           "error: application/strategic-merge-patch+json is not supported by starrocks.com/v1, "
           "Kind=StarRocksCluster: the body of the request was in an unknown format - accepted "
           "media types include: application/json-patch+json, application/merge-patch+json, "
           "application/apply-patch+yaml\n")
    failed(cluster.run("patch", "src", "nope", "--type=merge", "-p", "{}"),
           'Error from server (NotFound): starrocksclusters.starrocks.com "nope" not found\n')
    got = cluster.run("patch", "src", CLUSTER, "--type=merge", "-p", "{not json")
    assert got.rc == 1 and got.err.startswith(
        "Error from server (BadRequest): error decoding patch: ")
    failed(cluster.run("patch", "src", CLUSTER, "--type=merge", "--patch-file=./nope.json"),
           "error: unable to read patch file: open ./nope.json: no such file or directory\n")
    got = cluster.run("patch", "src", CLUSTER, "--type=merge", "--patch-file=/dev/stdin",
                      stdin='{"spec":{"starRocksFeSpec":{"replicas":3}}}')
    assert got.out == f"starrockscluster.starrocks.com/{CLUSTER} patched (no change)\n"


def test_merge_replaces_lists(cluster):
    one = {"spec": {"starRocksFeSpec": {"storageVolumes": [
        {"name": "fe-extra", "mountPath": "/x", "storageClassName": "emptyDir"}]}}}
    got = cluster.run("patch", "src", CLUSTER, "--type=merge", "-p", json.dumps(one),
                      "--dry-run=server", "-o", "jsonpath={.spec.starRocksFeSpec.storageVolumes}")
    assert got.out == '[{"mountPath":"/x","name":"fe-extra","storageClassName":"emptyDir"}]'
    volumes = cluster.value("src", CLUSTER, ".spec.starRocksFeSpec.storageVolumes[*].name")
    assert volumes == "fe-meta fe-log"  # a dry run stores nothing


def test_locks(cluster):
    version = cluster.value("src", CLUSTER, ".metadata.resourceVersion")
    note = lambda value: json.dumps({"metadata": {"resourceVersion": version,
                                                  "annotations": {"rig/a": value}}})
    assert cluster.run("patch", "src", CLUSTER, "--type=merge", "-p", note("1")).rc == 0
    failed(cluster.run("patch", "src", CLUSTER, "--type=merge", "-p", note("2")),
           "Error from server (Conflict): Operation cannot be fulfilled on "
           f'starrocksclusters.starrocks.com "{CLUSTER}": the object has been modified; please '
           "apply your changes to the latest version and try again\n")
    assert cluster.value("src", CLUSTER, ".metadata.generation") == "1"
    zero = "00000000-0000-0000-0000-000000000000"
    failed(cluster.run("patch", "src", CLUSTER, "--type=merge", "-p",
                       json.dumps({"metadata": {"uid": zero}})),
           f'The StarRocksCluster "{CLUSTER}" is invalid: metadata.uid: Invalid value: "{zero}": '
           "field is immutable\n")


@pytest.mark.parametrize("spec, text", [
    ({"replicas": -1}, "spec.starRocksFeSpec.replicas: Invalid value: -1: "
     "spec.starRocksFeSpec.replicas in body should be greater than or equal to 0"),
    ({"replicas": "3"}, 'spec.starRocksFeSpec.replicas: Invalid value: "string": '
     'spec.starRocksFeSpec.replicas in body must be of type integer: "string"'),
    ({"image": 5}, 'spec.starRocksFeSpec.image: Invalid value: "integer": '
     'spec.starRocksFeSpec.image in body must be of type string: "integer"'),
    ({"storageVolumes": [{"mountPath": "/x"}]},
     "spec.starRocksFeSpec.storageVolumes[0].name: Required value"),
])
def test_schema_refuses(cluster, spec, text):
    failed(cluster.run("patch", "src", CLUSTER, "--type=merge", "-p",
                       json.dumps({"spec": {"starRocksFeSpec": spec}})),
           f'The StarRocksCluster "{CLUSTER}" is invalid: {text}\n')


def test_unknown_fields_are_pruned_with_a_warning(cluster):
    got = cluster.run("patch", "src", CLUSTER, "--type=merge", "-p",
                      '{"spec":{"starRocksFeSpec":{"noSuchField":1}}}')
    assert got.rc == 0 and got.err == 'Warning: unknown field "spec.starRocksFeSpec.noSuchField"\n'
    assert cluster.value("src", CLUSTER, ".spec.starRocksFeSpec.noSuchField") == ""
    got = cluster.run("patch", "src", CLUSTER, "--type=merge", "-p",
                      '{"spec":{"starRocksFeSpec":{"replicas":null}}}', "--dry-run=server", "-o",
                      "jsonpath={.spec.starRocksFeSpec.replicas}")
    assert got.out == "1"  # the CRD's default: an accidental scale to 1


def test_leader_last_by_ondelete(cluster):
    """Strategy, image, deletes by uid, strategy back: the sequence of a leader-last upgrade."""
    old, new = fe_image(cluster), "starrocks/fe-ubuntu:3.3.9"
    test_old = {"op": "test", "path": "/spec/starRocksFeSpec/image", "value": old}
    got = cluster.patch(SRC, CLUSTER, [
        {"op": "test", "path": "/metadata/generation", "value": 1}, test_old,
        {"op": "add", "path": "/spec/starRocksFeSpec/updateStrategy",
         "value": {"type": "OnDelete"}}], "--field-manager=belay", "-o",
        "jsonpath={.metadata.generation} {.spec.starRocksFeSpec.updateStrategy}")
    assert got.out == '2 {"type":"OnDelete"}'
    assert cluster.value("sts", STS, ".spec.updateStrategy") == '{"type":"OnDelete"}'
    assert cluster.value("src", CLUSTER, ".status.phase") == "failed"
    assert cluster.value("src", CLUSTER, ".status.reason") == "error from FE controller: rollout " \
        "status is only available for RollingUpdate strategy type"
    failed(cluster.run("rollout", "status", f"sts/{STS}"),
           "error: rollout status is only available for RollingUpdate strategy type\n")

    uids = {pod: uid(cluster, pod) for pod in (f"{STS}-0", f"{STS}-1", f"{STS}-2")}
    assert cluster.patch(SRC, CLUSTER, [test_old, dict(test_old, op="replace", value=new)]).rc == 0
    assert cluster.value("sts", STS, ".spec.template.spec.containers[0].image") == new
    assert cluster.value("sts", STS, ".status.updatedReplicas") == ""
    assert {pod: uid(cluster, pod) for pod in uids} == uids
    for pod in (f"{STS}-2", f"{STS}-0", f"{STS}-1"):
        body = {"kind": "DeleteOptions", "apiVersion": "v1", "preconditions": {"uid": uids[pod]}}
        path = f"/api/v1/namespaces/starrocks/pods/{pod}"
        got = cluster.run("delete", "--raw", path, "-f", "-", stdin=body)
        assert got.rc == 0 and got.json["metadata"]["deletionTimestamp"]
        cluster.until(lambda: uid(cluster, pod) not in ("", uids[pod]))
        got = cluster.run("delete", "--raw", path, "-f", "-", stdin=body)
        assert got.rc == 1 and got.err == (
            f'Error from server (Conflict): Operation cannot be fulfilled on Pod "{pod}": the UID '
            f"in the precondition ({uids[pod]}) does not match the UID in record "
            f"({uid(cluster, pod)}). The object might have been deleted and then recreated\n")
        assert ready(cluster, pod).rc == 0
        assert cluster.value("pod", pod, ".spec.containers[0].image") == new
    assert all(v.startswith("3.3.9-") for v, in cluster.sql("SELECT version FROM fe"))
    assert cluster.value("sts", STS, ".status.updatedReplicas") == "3"

    before = {pod: uid(cluster, pod) for pod in uids}
    assert cluster.patch(SRC, CLUSTER, [
        {"op": "remove", "path": "/spec/starRocksFeSpec/updateStrategy"}]).rc == 0
    status = cluster.run("get", "sts", STS, "-o", "json").json["status"]
    assert status["currentRevision"] == status["updateRevision"]
    assert cluster.value("src", CLUSTER, ".status.phase") == "running"
    assert {pod: uid(cluster, pod) for pod in uids} == before


def test_rolling_update_goes_down_the_ordinals(cluster):
    assert cluster.patch(SRC, CLUSTER, [
        {"op": "replace", "path": "/spec/starRocksFeSpec/image",
         "value": "starrocks/fe-ubuntu:3.3.9"}]).rc == 0
    assert cluster.value("src", CLUSTER, ".spec.starRocksFeSpec.image") == "starrocks/fe-ubuntu:3.3.9"
    got = cluster.run("rollout", "status", f"sts/{STS}", "--timeout=25s")
    assert got.rc == 0, got.err
    assert got.out.endswith("partitioned roll out complete: 3 new pods have been updated...\n")
    made = cluster.sql(
        "SELECT json_extract(json, '$.message') FROM k8s_object WHERE resource = 'events'"
        " AND json_extract(json, '$.reason') = 'SuccessfulDelete'"
        " ORDER BY CAST(json_extract(json, '$.metadata.resourceVersion') AS INTEGER)")
    assert [row[0].split()[2] for row in made] == [f"{STS}-{i}" for i in (2, 1, 0)]


def test_bad_image_and_way_back(cluster):
    old = fe_image(cluster)
    image = lambda value: cluster.patch(SRC, CLUSTER, [
        {"op": "replace", "path": "/spec/starRocksFeSpec/image", "value": value}])
    assert image("starrocks/fe-ubuntu:no-such-tag").rc == 0
    waiting = ".status.containerStatuses[0].state.waiting.reason"
    cluster.until(lambda: cluster.value("pod", f"{STS}-2", waiting) == "ImagePullBackOff")
    assert cluster.value("sts", STS, ".status.readyReplicas") == "2"
    assert image(old).rc == 0
    assert cluster.run("rollout", "status", f"sts/{STS}", "--timeout=25s").rc == 0
    assert ready(cluster, f"{STS}-2").rc == 0


def test_fe_is_not_scaled_from_three_to_one(cluster):
    assert cluster.patch(SRC, CLUSTER, [
        {"op": "replace", "path": "/spec/starRocksFeSpec/replicas", "value": 1}]).rc == 0
    assert cluster.value("src", CLUSTER, ".status.reason") == \
        f"error from FE controller: the replicas of statefulset {STS} can not be scaled to 1"
    assert cluster.value("sts", STS, ".spec.replicas") == "3"


def test_scale(cluster):
    got = cluster.run("scale", "src", CLUSTER, "--replicas=4")
    assert got.out == f"starrockscluster.starrocks.com/{CLUSTER} scaled\n"
    assert cluster.run("get", "src", CLUSTER, "-o", "jsonpath=fe={.spec.starRocksFeSpec.replicas} "
                       "cn={.spec.starRocksCnSpec.replicas}").out == "fe=3 cn=4"  # CN, not FE
    failed(cluster.run("scale", f"src/{CLUSTER}", "--replicas=3", "--current-replicas=9"),
           "error: Expected replicas to be 9, was 4\n")
    failed(cluster.run("scale", f"src/{CLUSTER}", "--replicas=-1"),
           "error: The --replicas=COUNT flag is required, and COUNT must be greater than or equal "
           "to 0\n")
    assert cluster.run("scale", f"sts/{STS}", "--replicas=2").rc == 0
    cluster.until(lambda: cluster.value("sts", STS, ".status.replicas") == "2")
    assert cluster.value("sts", STS, ".spec.replicas") == "2"  # 1.11.5 leaves it


def test_operator_at_zero_changes_nothing(cluster):
    assert cluster.run("scale", "deploy/kube-starrocks-operator", "--replicas=0").out == \
        "deployment.apps/kube-starrocks-operator scaled\n"
    cluster.run("scale", "src", CLUSTER, "--replicas=5")
    assert cluster.value("sts", f"{CLUSTER}-cn", ".spec.replicas") == "3"
    pods = ["get", "pods", "-l", "app=kube-starrocks-operator", "-o", "name"]
    assert cluster.run(*pods).out == ""
    assert cluster.value("deploy", "kube-starrocks-operator", ".status.readyReplicas") == ""
    cluster.run("patch", "deploy", "kube-starrocks-operator", "--type=json", "-p",
                '[{"op":"replace","path":"/spec/replicas","value":1}]')
    assert cluster.value("sts", f"{CLUSTER}-cn", ".spec.replicas") == "5"
    assert cluster.run(*pods).out.startswith("pod/kube-starrocks-operator-")
    assert cluster.value("deploy", "kube-starrocks-operator", ".status.readyReplicas") == "1"


INITS = "/spec/starRocksFeSpec/initContainers"
HOLD = {"name": "hold", "image": "busybox", "command": ["true"]}


def test_an_older_crd_drops_a_field(cluster):
    """Recorded with the CRD of operator 1.9.4, which has no annotation with its version."""
    cluster.sql("UPDATE k8s_object SET json = json_remove(json, '$.metadata.annotations.version')"
                " WHERE name = 'starrocksclusters.starrocks.com'")
    got = cluster.run("explain", "src.spec.starRocksFeSpec.initContainers")
    assert (got.rc, got.err) == (1, 'error: field "initContainers" does not exist\n')
    add = {"op": "add", "path": INITS, "value": [HOLD]}
    test = {"op": "test", "path": INITS + "/0/name", "value": "hold"}
    for operations in ([add], [add, test]):  # a test sees the patched document before pruning
        got = cluster.patch(SRC, CLUSTER, operations)
        assert (got.rc, got.out, got.err) == (
            0, f"starrockscluster.starrocks.com/{CLUSTER} patched (no change)\n",
            'Warning: unknown field "spec.starRocksFeSpec.initContainers"\n')
    assert cluster.value("src", CLUSTER, ".spec.starRocksFeSpec.initContainers") == ""
    null = '{"spec":{"starRocksFeSpec":{"replicas":null}}}'
    assert cluster.run("patch", SRC, CLUSTER, "--type=merge", "-p", null, "--dry-run=server", "-o",
                       "jsonpath={.spec.starRocksFeSpec.replicas}").out == ""


@pytest.mark.parametrize("release, comes, goes", [("1.9.4", False, True), ("1.9.5", True, False),
                                                  ("1.11.3", True, False), ("1.11.4", True, True)])
def test_an_init_container_through_the_resource(cluster, release, comes, goes):
    """The field is of 1.9.5; below 1.11.4 what leaves the resource stays in the StatefulSet."""
    cluster.sql("UPDATE k8s_object SET json = replace(json, 'operator:v1.11.5', ?) WHERE resource ="
                " 'deployments.apps'", f"operator:v{release}")
    names = lambda: cluster.value("sts", STS, ".spec.template.spec.initContainers[*].name")
    image = lambda tag: {"op": "replace", "path": "/spec/starRocksFeSpec/image",
                         "value": f"starrocks/fe-ubuntu:{tag}"}
    written = lambda tag: cluster.until(lambda: cluster.value(
        "sts", STS, ".spec.template.spec.containers[0].image").endswith(tag))
    cluster.patch(SRC, CLUSTER, [{"op": "add", "path": INITS, "value": [HOLD]}, image("3.3.4")])
    written("3.3.4")
    assert names() == ("hold" if comes else "")
    cluster.patch(SRC, CLUSTER, [{"op": "remove", "path": INITS}, image("3.3.5")])
    written("3.3.5")
    assert names() == ("" if goes else "hold")


def test_delete_pod(cluster):
    pod = f"{STS}-2"
    before = uid(cluster, pod)
    assert cluster.run("delete", "pod", pod, "--dry-run=server").out == \
        f'pod "{pod}" deleted (server dry run)\n'
    assert uid(cluster, pod) == before
    assert cluster.run("delete", "pod", pod).out == f'pod "{pod}" deleted\n'
    assert uid(cluster, pod) != before
    failed(cluster.run("delete", "pod", "nope"),
           'Error from server (NotFound): pods "nope" not found\n')
    assert cluster.run("delete", "pod", "nope", "--ignore-not-found").rc == 0
    got = cluster.run("delete", "pod", pod, "--wait=false")
    assert got.out == f'pod "{pod}" deleted\n'


def test_wait(cluster):
    got = cluster.run("wait", "--for=condition=Ready", "pod", "-l", FE_PODS, "--timeout=5s")
    assert got.out == "".join(f"pod/{STS}-{i} condition met\n" for i in range(3))
    wait = lambda *args: cluster.run("wait", *args, "--timeout=0")
    failed(wait("--for=condition=Ready", "pod/nope"),
           'Error from server (NotFound): pods "nope" not found\n')
    failed(wait("--for=condition=Ready", "pod", "-l", "app=nope"),
           "error: no matching resources found\n")
    failed(wait("--for=condition=Nope", f"pod/{STS}-0"),
           f"error: timed out waiting for the condition on pods/{STS}-0\n")
    for gone in (["pod/nope"], ["pod", "-l", "app=nope"]):
        got = wait("--for=delete", *gone)
        assert (got.rc, got.raw, got.err) == (0, b"", "")
    assert wait("--for=jsonpath={.status.phase}=running", f"src/{CLUSTER}").out == \
        f"starrockscluster.starrocks.com/{CLUSTER} condition met\n"
    failed(wait("--for=jsonpath={.status.phase}=failed", f"src/{CLUSTER}"),
           f"error: timed out waiting for the condition on starrocksclusters/{CLUSTER}\n")


def test_wait_for_the_end_of_pods():
    """The phase says "running" all the time; only the pods tell when the FEs are stopped."""
    with Cluster(speed=3) as slow:
        assert slow.patch(SRC, CLUSTER, [{"op": "replace", "value": 0,
                                          "path": "/spec/starRocksFeSpec/replicas"}]).rc == 0
        pod = slow.run("get", "pod", f"{STS}-0", "-o", "json").json["metadata"]
        assert pod["deletionTimestamp"] > slow.value("src", CLUSTER, ".metadata.creationTimestamp")
        assert pod["deletionGracePeriodSeconds"] == 120
        got = slow.run("wait", "--for=delete", "pod", "-l", FE_PODS, "--timeout=0")
        assert got.rc == 1 and "timed out waiting for the condition on pods/" in got.err
        got = slow.run("wait", "--for=delete", "pod", "-l", FE_PODS, "--timeout=20s")
        assert got.out == "".join(f"pod/{STS}-{i} condition met\n" for i in range(3))


def lease(name="belay-lock", holder="anna/1", when="2026-11-22T10:00:00.000000Z", seconds=60):
    return {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease",
            "metadata": {"name": name, "namespace": "starrocks"},
            "spec": {"holderIdentity": holder, "leaseDurationSeconds": seconds,
                     "acquireTime": when, "renewTime": when, "leaseTransitions": 0}}


def test_lease_as_lock(cluster):
    got = cluster.run("create", "-f", "-", "-o", "jsonpath={.metadata.uid}", stdin=lease())
    assert got.rc == 0 and len(got.out) == 36
    failed(cluster.run("create", "-f", "-", stdin=lease(holder="bert/2")),
           'Error from server (AlreadyExists): error when creating "STDIN": '
           'leases.coordination.k8s.io "belay-lock" already exists\n')
    renew = [{"op": "test", "path": "/metadata/uid", "value": got.out},
             {"op": "test", "path": "/spec/holderIdentity", "value": "anna/1"},
             {"op": "replace", "path": "/spec/renewTime", "value": "2026-11-22T10:01:00.000000Z"}]
    assert cluster.patch("lease", "belay-lock", renew).rc == 0
    renew[1]["value"] = "bert/2"
    failed(cluster.patch("lease", "belay-lock", renew), REFUSED)

    stale = lease(holder="bert/2")
    stale["metadata"]["resourceVersion"] = "1"
    failed(cluster.run("replace", "-f", "-", stdin=stale),
           'Error from server (Conflict): error when replacing "STDIN": Operation cannot be '
           'fulfilled on leases.coordination.k8s.io "belay-lock": the object has been modified; '
           "please apply your changes to the latest version and try again\n")
    assert cluster.run("replace", "-f", "-", stdin=lease(holder="bert/2")).out == \
        "lease.coordination.k8s.io/belay-lock replaced\n"  # without a version: overwritten
    assert cluster.run("replace", "-f", "-", stdin=lease(name="absent")).rc == 0
    failed(cluster.run("create", "-f", "-", stdin=lease("t", when="2026-11-22T10:00:00Z")),
           'Error from server (BadRequest): error when creating "STDIN": Lease in version "v1" '
           'cannot be handled as a Lease: parsing time "2026-11-22T10:00:00Z" as '
           '"2006-01-02T15:04:05.000000Z07:00": cannot parse "Z" as ".000000"\n')
    failed(cluster.run("create", "-f", "-", stdin=lease("t", seconds=0)),
           'The Lease "t" is invalid: spec.leaseDurationSeconds: Invalid value: 0: must be greater '
           "than 0\n")

    path = "/apis/coordination.k8s.io/v1/namespaces/starrocks/leases/belay-lock"
    body = {"kind": "DeleteOptions", "apiVersion": "v1",
            "preconditions": {"uid": got.out, "resourceVersion": "1"}}
    lost = cluster.run("delete", "--raw", path, "-f", "-", stdin=body)
    assert lost.rc == 1 and "the ResourceVersion in the precondition (1) does not match" in lost.err
    body["preconditions"]["resourceVersion"] = \
        cluster.value("lease", "belay-lock", ".metadata.resourceVersion")
    gone = cluster.run("delete", "--raw", path, "-f", "-", stdin=body)
    assert gone.rc == 0 and gone.json["status"] == "Success"
    assert cluster.run("get", "lease", "belay-lock").rc == 1


def test_strategy_of_the_set_is_checked(cluster):
    got = cluster.run("patch", "sts", STS, "--type=merge", "-p",
                      '{"spec":{"updateStrategy":{"type":"OnDelete"}}}')
    assert got.rc == 1 and "only allowed for updateStrategy 'RollingUpdate'" in got.err
    got = cluster.run("patch", "sts", STS, "--type=merge", "-p",
                      '{"spec":{"updateStrategy":{"type":"OnDelete","rollingUpdate":null}}}')
    assert got.rc == 0


def test_init_containers_of_the_cluster_and_by_hand(cluster):
    where = ".spec.template.spec.initContainers[*].name"
    box = lambda name: [{"name": name, "image": "busybox"}]
    path = "/spec/starRocksFeSpec/initContainers"
    cluster.patch(SRC, CLUSTER, [{"op": "add", "path": path, "value": box("ours")}])
    assert cluster.value("sts", STS, where) == "ours"
    cluster.patch(SRC, CLUSTER, [{"op": "remove", "path": path}])
    assert cluster.value("sts", STS, where) == ""
    cluster.patch("sts", STS, [{"op": "add", "path": "/spec/template/spec/initContainers",
                                "value": box("by-hand")}])
    cluster.patch(SRC, CLUSTER, [{"op": "add", "path": "/spec/starRocksFeSpec/annotations",
                                  "value": {"a": "b"}},
                                 {"op": "replace", "path": "/spec/starRocksFeSpec/image",
                                  "value": "starrocks/fe-ubuntu:3.3.9"}])
    assert cluster.value("sts", STS, where) == "by-hand"
