"""N to 0 to 1 to N through the custom resource, with helper pods on the claims; how an FE starts."""
import os

import pytest

from kubectl_common import CLUSTER, FE_PODS, Cluster

STS = f"{CLUSTER}-fe"
CM = f"{CLUSTER}-fe-cm"
SWITCH = "bdbje_reset_election_group = true\n"


@pytest.fixture
def cluster():
    with Cluster(speed=200) as running:
        yield running


def replicas(cluster, n, *more):
    got = cluster.patch("src", CLUSTER, [
        {"op": "replace", "path": "/spec/starRocksFeSpec/replicas", "value": n}, *more])
    assert got.rc == 0, got.err


def stop(cluster):
    replicas(cluster, 0)
    got = cluster.run("wait", "--for=delete", "pod", "-l", FE_PODS, "--timeout=20s")
    assert got.rc == 0, got.err
    assert cluster.run("get", "pods", "-l", FE_PODS, "-o", "json").json["items"] == []


def conf(cluster, change):
    old = cluster.value("cm", CM, r".data.fe\.conf")
    got = cluster.patch("cm", CM, [{"op": "test", "path": "/data/fe.conf", "value": old},
                                   {"op": "replace", "path": "/data/fe.conf",
                                    "value": change(old)}])
    assert got.rc == 0, got.err


def helper(cluster, ordinal):
    name = f"belay-restore-{STS}-{ordinal}"
    cluster.run("create", "-f", "-", stdin={
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": name},
        "spec": {"containers": [{"name": "restore", "image": "starrocks/fe-ubuntu:3.3.3",
                                 "command": ["sleep", "3600"],
                                 "volumeMounts": [{"name": "meta",
                                                   "mountPath": "/opt/starrocks/fe/meta"}]}],
                 "volumes": [{"name": "meta", "persistentVolumeClaim":
                              {"claimName": f"fe-meta-{STS}-{ordinal}"}}]}})
    assert cluster.run("wait", "--for=condition=Ready", f"pod/{name}", "--timeout=20s").rc == 0
    return name


def ready(cluster, pod):
    got = cluster.run("wait", "--for=condition=Ready", f"pod/{pod}", "--timeout=20s")
    assert got.rc == 0, got.err


def frontends(cluster):
    cluster.run("get", "nodes")  # each call lets time pass
    return cluster.sql("SELECT pod, role FROM fe")


def appears(cluster, pod):
    cluster.until(lambda: cluster.run("get", "pod", pod, "-o", "name").rc == 0)


def reason(cluster, pod):
    return cluster.value("pod", pod, ".status.containerStatuses[0].state.waiting.reason")


def log(cluster, pod):
    with open(os.path.join(cluster.dir, "pods", pod, "opt/starrocks/fe/log/fe.log")) as file:
        return file.read()


def test_the_whole_restore(cluster):
    stop(cluster)
    status = cluster.run("get", "sts", STS, "-o", "json").json["status"]
    assert status["replicas"] == 0 and "readyReplicas" not in status
    assert cluster.value("src", CLUSTER, ".status.phase") == "running"  # says nothing
    cluster.patch("src", CLUSTER, [{"op": "replace", "path": "/spec/starRocksCnSpec/image",
                                    "value": "starrocks/cn-ubuntu:3.3.9"}])
    cn_image = lambda: cluster.value("sts", f"{CLUSTER}-cn",
                                     ".spec.template.spec.containers[0].image")
    assert cn_image() == "starrocks/cn-ubuntu:3.3.3"  # waits for an FE, silently

    conf(cluster, lambda text: text + SWITCH)
    for ordinal in (1, 2):
        name = helper(cluster, ordinal)
        got = cluster.run("exec", name, "-c", "restore", "--", "sh", "-c",
                          "rm -rf $STARROCKS_ROOT/fe/meta/* && ls $STARROCKS_ROOT/fe/meta | wc -l")
        assert got.out.strip() == "0"
        assert cluster.run("delete", "pod", name).rc == 0
        assert os.listdir(cluster.meta(f"{STS}-{ordinal}")) == []
    replicas(cluster, 1, {"op": "add", "path": "/spec/starRocksFeSpec/startupProbeFailureSeconds",
                          "value": 3600})
    appears(cluster, f"{STS}-0")
    ready(cluster, f"{STS}-0")
    cluster.until(lambda: frontends(cluster) == [(f"{STS}-0", "LEADER")])
    assert cn_image() == "starrocks/cn-ubuntu:3.3.9"  # goes out by itself now

    conf(cluster, lambda text: text.replace(SWITCH, ""))
    first = cluster.value("pod", f"{STS}-0", ".metadata.uid")
    cluster.patch("src", CLUSTER, [
        {"op": "remove", "path": "/spec/starRocksFeSpec/startupProbeFailureSeconds"}])
    cluster.until(lambda: cluster.value("pod", f"{STS}-0", ".metadata.uid") not in ("", first))
    ready(cluster, f"{STS}-0")
    cluster.until(lambda: frontends(cluster) == [(f"{STS}-0", "LEADER")])
    replicas(cluster, 3)
    for ordinal in (1, 2):
        appears(cluster, f"{STS}-{ordinal}")
        ready(cluster, f"{STS}-{ordinal}")
    assert cluster.sql("SELECT count(*), sum(alive), min(listen_port) > 0 FROM fe") == [(3, 3, 1)]
    assert os.path.exists(cluster.meta(f"{STS}-2", "image", "ROLE"))


def test_one_of_three_alone_has_no_majority(cluster):
    stop(cluster)
    replicas(cluster, 1)
    cluster.until(lambda: cluster.value("pod", f"{STS}-0", ".status.phase") == "Running")
    got = cluster.run("wait", "--for=condition=Ready", f"pod/{STS}-0", "--timeout=1s")
    assert got.rc == 1
    replicas(cluster, 3)
    for ordinal in range(3):
        appears(cluster, f"{STS}-{ordinal}")
        ready(cluster, f"{STS}-{ordinal}")


@pytest.mark.parametrize("spoil, words", [
    (lambda meta: os.remove(os.path.join(meta, "image/VERSION")), "must both exist or both not"),
    (lambda meta: [os.remove(os.path.join(meta, "bdb", name))
                   for name in os.listdir(os.path.join(meta, "bdb"))], "bdb dir is empty"),
    (lambda meta: [open(os.path.join(meta, "image/v2", name), "ab").write(b"x")
                   for name in os.listdir(os.path.join(meta, "image/v2")) if "image" in name],
     "checksum mismatch! expect"),
    (lambda meta: [open(os.path.join(meta, "image/v2", name), "ab").write(b"\n")
                   for name in os.listdir(os.path.join(meta, "image/v2")) if "checksum" in name],
     "NumberFormatException"),
])
def test_what_an_fe_refuses(cluster, spoil, words):
    pod = f"{STS}-2"
    spoil(cluster.meta(pod))
    assert cluster.run("delete", "pod", pod).rc == 0
    cluster.until(lambda: reason(cluster, pod) == "CrashLoopBackOff")
    assert words in log(cluster, pod)
    assert cluster.sql("SELECT alive FROM fe WHERE pod = ?", pod) == [(0,)]


def test_run_mode_must_match(cluster):
    conf(cluster, lambda text: text.replace("shared_data", "shared_nothing"))
    assert cluster.run("delete", "pod", f"{STS}-1").rc == 0
    cluster.until(lambda: reason(cluster, f"{STS}-1") == "CrashLoopBackOff")
    assert "Unmatched run mode" in log(cluster, f"{STS}-1")


def test_empty_volumes_make_a_new_cluster(cluster):
    """Ordinal 0 without ROLE and without a leader: the old cluster is gone."""
    stop(cluster)
    before = cluster.sql("SELECT value FROM meta WHERE key = 'token'")
    name = helper(cluster, 0)
    cluster.run("exec", name, "-c", "restore", "--", "sh", "-c", "rm -rf $STARROCKS_ROOT/fe/meta/*")
    cluster.run("delete", "pod", name)
    replicas(cluster, 1)
    appears(cluster, f"{STS}-0")
    ready(cluster, f"{STS}-0")
    assert cluster.sql("SELECT count(*) FROM object") == [(0,)]
    after = cluster.sql("SELECT value FROM meta WHERE key = 'token'")
    assert after != before
    with open(cluster.meta(f"{STS}-0", "image", "VERSION")) as file:
        assert f"token={after[0][0]}" in file.read()
