"""Clusters in other shapes: without an operator, owned by Helm, on emptyDirs, with warehouses.

Names, labels and marks: charts and sources of starrocks-kubernetes-operator v1.11.5.
"""
import json
import os

import pytest

from kubectl_common import CLUSTER, Cluster
from practice import Practice

SRC = "starrocksclusters.v1.starrocks.com"
STS = f"{CLUSTER}-fe"
NEW = "starrocks/fe-ubuntu:3.3.9"


def shaped(name):
    return Cluster(scenario=name, speed=200)


def rolled(cluster, name):
    got = cluster.run("rollout", "status", f"sts/{name}", "--timeout=100s")
    assert got.rc == 0, got.err


def test_plain_sets_have_no_owner_and_no_resource():
    with shaped("plain-statefulset") as cluster:
        for words in (["get", "src"], ["get", SRC, CLUSTER], ["patch", SRC, CLUSTER, "-p", "{}"]):
            got = cluster.run(*words)
            name = words[1].split(".")[0]
            assert (got.rc, got.out, got.err) == (
                1, "", f"error: the server doesn't have a resource type \"{name}\"\n")
        assert cluster.run("get", "crd", "-o", "name").out == ""
        assert cluster.run("get", "deploy", "-o", "name").out == ""
        for name, replicas in ((STS, 3), (f"{CLUSTER}-cn", 3)):
            set_ = cluster.run("get", "sts", name, "-o", "json").json
            assert "ownerReferences" not in set_["metadata"] and "annotations" not in set_["metadata"]
            assert set_["status"]["readyReplicas"] == replicas
        assert cluster.run("get", "pods", "-l", "app.kubernetes.io/instance=" + CLUSTER, "-o",
                           "name").out.count("pod/") == 6


def test_a_plain_set_rolls_down_to_its_partition():
    with shaped("plain-statefulset") as cluster:
        old = cluster.value("sts", STS, ".spec.template.spec.containers[0].image")
        assert cluster.patch("sts", STS, [
            {"op": "replace", "path": "/spec/updateStrategy/rollingUpdate/partition", "value": 2},
            {"op": "replace", "path": "/spec/template/spec/containers/0/image", "value": NEW}]).rc == 0
        rolled(cluster, STS)
        images = [cluster.value("pod", f"{STS}-{i}", ".spec.containers[0].image") for i in range(3)]
        assert images == [old, old, NEW]
        versions = [v for v, in cluster.sql("SELECT version FROM fe ORDER BY ordinal")]
        assert [v.split("-")[0] for v in versions] == ["3.3.3", "3.3.3", "3.3.9"]
        assert cluster.patch("sts", STS, [
            {"op": "replace", "path": "/spec/updateStrategy/rollingUpdate/partition", "value": 0}]).rc == 0
        rolled(cluster, STS)
        assert cluster.value("pod", f"{STS}-0", ".spec.containers[0].image") == NEW


def test_a_release_of_helm_owns_resource_and_configuration():
    with shaped("helm-owned") as cluster:
        for kind, name in ((SRC, CLUSTER), ("cm", f"{STS}-cm"), ("cm", f"{CLUSTER}-cn-cm")):
            metadata = cluster.run("get", kind, name, "-o", "json",
                                   "--show-managed-fields").json["metadata"]
            assert metadata["labels"]["app.kubernetes.io/managed-by"] == "Helm"
            assert metadata["labels"]["app.kubernetes.io/instance"] == CLUSTER
            assert metadata["annotations"]["meta.helm.sh/release-name"] == CLUSTER
            assert metadata["annotations"]["meta.helm.sh/release-namespace"] == "starrocks"
            fields, = metadata["managedFields"]
            assert fields["manager"] == "helm"
        fields = json.loads(cluster.value(SRC, CLUSTER, ".metadata.managedFields"))[0]["fieldsV1"]
        assert fields["f:spec"]["f:starRocksFeSpec"]["f:image"] == {}
        hash_ = cluster.run("get", "pod", f"{STS}-0", "-o", "json").json["metadata"]["annotations"]
        assert len(hash_["app.starrocks.io/fe-config-hash"]) == 8


def test_a_sync_puts_the_values_of_the_chart_back():
    with Practice("helm-owned") as cluster:
        kubectl = Cluster.__new__(Cluster)
        kubectl.kubeconfig = cluster.ready["kubeconfig"]
        old = kubectl.value("src", CLUSTER, ".spec.starRocksFeSpec.image")
        assert kubectl.patch(SRC, CLUSTER, [
            {"op": "replace", "path": "/spec/starRocksFeSpec/image", "value": NEW},
            {"op": "add", "path": "/spec/starRocksFeSpec/updateStrategy",
             "value": {"type": "OnDelete"}}]).rc == 0
        generation = int(kubectl.value("src", CLUSTER, ".metadata.generation"))
        cluster.event("helm-sync")
        assert kubectl.value("src", CLUSTER, ".spec.starRocksFeSpec.image") == old
        # the chart has no type of the strategy: what it does not write stays
        assert kubectl.value("src", CLUSTER, ".spec.starRocksFeSpec.updateStrategy.type") == "OnDelete"
        assert int(kubectl.value("src", CLUSTER, ".metadata.generation")) == generation + 1
        cluster.event("helm-sync")
        assert int(kubectl.value("src", CLUSTER, ".metadata.generation")) == generation + 1


def test_nobody_syncs_what_no_release_owns():
    with Practice() as cluster, pytest.raises(AssertionError, match="practice=helm-owned"):
        cluster.event("helm-sync")


def test_metadata_on_an_emptydir_ends_with_its_pod():
    with shaped("emptydir") as cluster:
        set_ = cluster.run("get", "sts", STS, "-o", "json").json["spec"]
        meta, = [v for v in set_["template"]["spec"]["volumes"] if v["name"] == "fe-meta"]
        assert meta["emptyDir"] == {} and set_["volumeClaimTemplates"] == []
        pod = f"{STS}-2"
        mark = cluster.meta(pod, "image", "mark")
        with open(mark, "w", encoding="utf-8"):
            pass
        assert cluster.run("delete", "pod", pod).rc == 0
        assert cluster.run("wait", "--for=condition=Ready", f"pod/{pod}", "--timeout=100s").rc == 0
        assert not os.path.exists(mark), "the new pod joined with nothing and took the leader's image"
        assert os.path.exists(cluster.meta(pod, "image", "ROLE"))


def test_metadata_on_a_claim_outlives_its_pod():
    with shaped("seed") as cluster:
        mark = cluster.meta(f"{STS}-2", "image", "mark")
        with open(mark, "w", encoding="utf-8"):
            pass
        assert cluster.run("delete", "pod", f"{STS}-2").rc == 0
        assert os.path.exists(mark)


def test_an_old_crd_prunes_the_strategy():
    with shaped("old-crd") as cluster:
        assert cluster.value("deploy", "kube-starrocks-operator",
                             ".spec.template.spec.containers[0].image").endswith(":v1.11.5")
        got = cluster.run("explain", "src.spec.starRocksFeSpec.updateStrategy")
        assert (got.rc, got.err) == (1, 'error: field "updateStrategy" does not exist\n')


def test_warehouses_have_an_image_and_nodes_of_their_own():
    with Practice("warehouses") as cluster:
        kubectl = Cluster.__new__(Cluster)
        kubectl.kubeconfig = cluster.ready["kubeconfig"]
        set_ = kubectl.run("get", "sts", "ad-hoc-warehouse-cn", "-o", "json").json
        owner, = set_["metadata"]["ownerReferences"]
        assert (owner["kind"], owner["name"]) == ("StarRocksWarehouse", "ad-hoc")
        env = set_["spec"]["template"]["spec"]["containers"][0]["env"]
        assert {"name": "KUBE_STARROCKS_MULTI_WAREHOUSE", "value": "ad_hoc"} in env
        nodes = cluster.belay("SHOW COMPUTE NODES", args=["--batch"]).rows
        assert [row["WarehouseName"] for row in nodes] == \
            ["default_warehouse"] * 3 + ["etl"] * 2 + ["ad_hoc"]
        houses = cluster.belay("SHOW WAREHOUSES", args=["--batch"]).rows
        assert [(row["Name"], row["NodeCount"]) for row in houses] == \
            [("default_warehouse", "3"), ("etl", "2"), ("ad_hoc", "1")]

        image = {"op": "replace", "path": "/spec/starRocksCnSpec/image",
                 "value": "starrocks/cn-ubuntu:4.0.3"}
        assert kubectl.patch(SRC, CLUSTER, [image]).rc == 0
        rolled(kubectl, f"{CLUSTER}-cn")
        versions = lambda: {pod: version.split("-")[0]
                            for pod, version in cluster.sql("SELECT pod, version FROM node")}
        assert versions()[f"{CLUSTER}-cn-0"] == "4.0.3"
        assert versions()["etl-warehouse-cn-0"] == "3.5.16", "it was not asked for"
        image["path"] = "/spec/template/image"
        assert kubectl.patch("starrockswarehouses.v1.starrocks.com", "etl", [image]).rc == 0
        rolled(kubectl, "etl-warehouse-cn")
        assert versions()["etl-warehouse-cn-1"] == "4.0.3"
        assert versions()["ad-hoc-warehouse-cn-0"] == "3.5.16"
        assert kubectl.value("warehouses", "etl", ".status.phase") == "running"


def test_a_warehouse_waits_for_an_fe_and_says_so():
    with shaped("warehouses") as cluster:
        assert cluster.patch(SRC, CLUSTER, [{"op": "replace", "value": 0,
                                             "path": "/spec/starRocksFeSpec/replicas"}]).rc == 0
        assert cluster.patch("warehouses", "etl", [
            {"op": "replace", "path": "/spec/template/image", "value": "x:4.0.3"}]).rc == 0
        cluster.until(lambda: cluster.value("warehouses", "etl", ".status.reason") ==
                      "component fe is not ready")
        assert cluster.value("sts", "etl-warehouse-cn", ".spec.template.spec.containers[0].image") != \
            "x:4.0.3"
