"""\\upgrade by what the operator's release can do: each way ends at the same, and none rolls by itself."""
import pytest

from practice import Practice
from restore import C, STS, make_plain
from upgrades import changes, images, is_of, rolled, stateful_set

ROLLING = "--no-backup --leave-views --no-proof"  # what comes before and after is test_upgrade_night.py's
UPGRADE = f"\\upgrade --to 3.3.9 {ROLLING}"
ONE_BY_ONE = [("delete", f"{STS}-2"), ("delete", f"{STS}-0"), ("delete", f"{STS}-1")]


def deleted(cluster):
    return [change for change in changes(cluster) if change[0] == "delete"]


@pytest.mark.parametrize("release", ["1.9.9", "1.9.10", "1.11.3"])
def test_the_stateful_set_first(release):
    """Its own write of OnDelete would be refused, and the image with it (recorded on 1.9.10 and 1.11.3)."""
    with Practice(f"seed,operator={release}") as cluster:
        done = cluster.approved(UPGRADE)
        assert done.rc == 0, done
        sent = changes(cluster)
        one_first = rolled("starRocksCnSpec", "starrocks/cn-ubuntu:3.3.9")
        # 1.9 writes the strategy only together with something else: the partition goes by hand.
        opened = [("patch", "/spec/updateStrategy/rollingUpdate/partition", 0)]
        one_first += opened if release.startswith("1.9.") else []
        assert sent[:len(one_first)] == one_first
        assert sent[len(one_first):][:3] == [
            ("patch", "/spec/updateStrategy", {"type": "OnDelete"}),
            ("patch", "/spec/starRocksFeSpec/updateStrategy", {"type": "OnDelete"}),
            ("patch", "/spec/starRocksFeSpec/image", "starrocks/fe-ubuntu:3.3.9")]
        assert deleted(cluster) == ONE_BY_ONE
        by_hand = changes(cluster)[-1] == (
            "patch", "/spec/updateStrategy", {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}})
        assert by_hand == release.startswith("1.9."), changes(cluster)
        is_of(cluster, "3.3.9")


@pytest.mark.parametrize("scenario", ["seed,operator=1.9.4", "seed,operator=1.11.5,crd=1.9.4"])
def test_the_operator_at_0(scenario):
    """No updateStrategy in the resource, and the leader is not the one that a StatefulSet comes to last."""
    with Practice(scenario) as cluster:
        done = cluster.approved(UPGRADE, timeout=180)
        assert done.rc == 0, done
        assert deleted(cluster) == ONE_BY_ONE
        assert [c for c in changes(cluster) if c[1] == "/spec/replicas"] == [
            ("patch", "/spec/replicas", 0), ("patch", "/spec/replicas", 1)]
        assert changes(cluster)[-2] == ("patch", "/spec/starRocksFeSpec/image", "starrocks/fe-ubuntu:3.3.9")
        is_of(cluster, "3.3.9")


def test_a_leader_on_ordinal_0_needs_nothing():
    with Practice("seed,operator=1.9.4") as cluster:
        while cluster.leader() != f"{STS}-0":
            cluster.event("leader-moves")
        assert f"{STS}: no stop after its first pod" in cluster.belay(f"{UPGRADE} --dry-run").out
        done = cluster.approved(UPGRADE)
        assert done.rc == 0, done
        assert changes(cluster) == [
            ("patch", "/spec/starRocksCnSpec/image", "starrocks/cn-ubuntu:3.3.9"),
            ("patch", "/spec/starRocksFeSpec/image", "starrocks/fe-ubuntu:3.3.9")]
        is_of(cluster, "3.3.9")


def test_an_operator_of_no_known_release_is_helped():
    with Practice("seed") as cluster:
        cluster.sql("UPDATE k8s_object SET json = replace(json, 'starrocks/operator:v1.11.5',"
                    " 'starrocks/operator:mine') WHERE resource = 'deployments.apps'")
        page = cluster.belay(f"{UPGRADE} --dry-run").out
        assert "(OnDelete, by hand into the StatefulSet first)" in page


def test_a_plain_stateful_set():
    with Practice("shared-nothing") as cluster:
        make_plain(cluster)
        cluster.sql("UPDATE k8s_object SET json = json_remove(json, '$.metadata.ownerReferences')"
                    " WHERE resource = 'statefulsets.apps'")
        before = stateful_set(cluster)["spec"]["updateStrategy"]
        done = cluster.approved(UPGRADE)
        assert done.rc == 0, done
        template = "/spec/template/spec/containers/0/image"
        assert before == {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}
        assert changes(cluster) == [
            ("patch", "/spec/updateStrategy", {"type": "RollingUpdate", "rollingUpdate": {"partition": 2}}),
            ("patch", template, "starrocks/be-ubuntu:3.3.9"),
            ("patch", "/spec/updateStrategy", before),
            ("patch", "/spec/updateStrategy", {"type": "OnDelete"}),
            ("patch", template, "starrocks/fe-ubuntu:3.3.9"), *ONE_BY_ONE,
            ("patch", "/spec/updateStrategy", before)]
        assert set(images(cluster).values()) == {"starrocks/be-ubuntu:3.3.9", "starrocks/fe-ubuntu:3.3.9"}
        assert stateful_set(cluster, f"{C}-fe")["spec"]["updateStrategy"] == before


def test_an_operator_at_0_would_act_on_nothing():
    with Practice("seed") as cluster:
        cluster.sql("UPDATE k8s_object SET json = json_set(json, '$.spec.replicas', 0,"
                    " '$.status.readyReplicas', 0) WHERE resource = 'deployments.apps'")
        done = cluster.belay(UPGRADE)
        assert done.rc == 8 and "it would act on nothing" in done.err and not changes(cluster), done
