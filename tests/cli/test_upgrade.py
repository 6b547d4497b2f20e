"""\\upgrade: the documented order, each pod proved, the leader last; what is refused; images that do not run."""
import re

import pytest

from practice import Practice, wait_for
from quiet import work
from restore import C, STS, edit_cr, edit_set, kubectl
from upgrades import CN, changes, images, is_of, resource, rolled, stateful_set, uids, versions

ROLLING = "--no-backup --leave-views --no-proof"  # what comes before and after is test_upgrade_night.py's
# This release has no list of temporary tables, and a rule of \\preflight wants one.
DOWN = "\\upgrade --to 3.2.11 --exclude 'temporary-tables=there are none'"
UPGRADE = f"\\upgrade --to 3.3.9 {ROLLING}"


@pytest.fixture
def fresh():
    with Practice("seed") as served:
        yield served


def test_nodes_followers_leader(fresh):
    before = uids(fresh)
    assert fresh.leader() == f"{STS}-1"
    done = fresh.approved(UPGRADE)
    assert done.rc == 0 and "final proof: yes" in done.err, done
    assert changes(fresh) == [
        *rolled("starRocksCnSpec", "starrocks/cn-ubuntu:3.3.9"),
        ("patch", "/spec/starRocksFeSpec/updateStrategy", {"type": "OnDelete"}),
        ("patch", "/spec/starRocksFeSpec/image", "starrocks/fe-ubuntu:3.3.9"),
        ("delete", f"{STS}-2"), ("delete", f"{STS}-0"), ("delete", f"{STS}-1"),
        ("patch", "/spec/starRocksFeSpec/updateStrategy", None)]
    is_of(fresh, "3.3.9")
    assert not set(before.values()) & set(uids(fresh).values())
    again = fresh.approved(UPGRADE)
    assert again.rc == 0 and "nothing was to be done; final proof: yes" in again.err, again


def test_down_the_other_way_round(fresh):
    done = fresh.approved(f"{DOWN} {ROLLING}")
    assert done.rc == 0, done
    assert [change[:2] for change in changes(fresh)] == [
        ("patch", "/spec/starRocksFeSpec/updateStrategy"), ("patch", "/spec/starRocksFeSpec/image"),
        ("delete", f"{STS}-2"), ("delete", f"{STS}-0"), ("delete", f"{STS}-1"),
        ("patch", "/spec/starRocksFeSpec/updateStrategy"),
        *[change[:2] for change in rolled("starRocksCnSpec", "")]]
    is_of(fresh, "3.2.11")


def test_backends():
    with Practice("shared-nothing") as cluster:
        done = cluster.approved(UPGRADE)
        assert done.rc == 0, done
        assert changes(cluster)[:3] == rolled("starRocksBeSpec", "starrocks/be-ubuntu:3.3.9")
        is_of(cluster, "3.3.9")


def test_a_strategy_of_ones_own_comes_back(fresh):
    own = {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}

    def change(resource):
        resource["spec"]["starRocksFeSpec"]["updateStrategy"] = own
    edit_cr(fresh, change)
    assert fresh.approved(UPGRADE).rc == 0
    assert resource(fresh)["starRocksFeSpec"]["updateStrategy"] == own
    assert changes(fresh)[-1] == ("patch", "/spec/starRocksFeSpec/updateStrategy", own)


# --- what its page says ---------------------------------------------------------------------------------


def test_the_page(cluster):
    page = cluster.belay(f"{UPGRADE} --dry-run").out
    assert "Up       3.3.3 to 3.3.9: the nodes, then the followers, the leader last" in page
    assert f"Image    {CN}: starrocks/cn-ubuntu:3.3.3 to starrocks/cn-ubuntu:3.3.9" in page
    assert "Return   the old images lead back from every step" in page
    assert "Writes   none is seen now; what begins goes on while pods are replaced" in page
    work(cluster, "routine_load", "sales", "orders_in", state="RUNNING")
    work(cluster, "compaction", "sales", "orders")
    page = cluster.belay(f"{UPGRADE} --dry-run").out
    cluster.sql("DELETE FROM work")
    assert "Writes   go on while pods are replaced: routine loads: 1 (sales.orders_in)\n" in page
    assert "{a follower that is not of the new image}" in page
    page = cluster.belay(f"{DOWN} --dry-run").out
    assert "Down     3.3.3 to 3.2.11: the followers, the leader, then the nodes" in page
    assert not changes(cluster)


def test_the_point_of_no_return_is_the_leader(cluster):
    page = cluster.belay(f"\\upgrade --to 3.4.9 {ROLLING} --dry-run", args=["--format", "json"]).out
    number = int(re.search(r"lead back until step (\d+), after which a frontend of 3.4.9", page)[1])
    assert "older than 3.3.9 cannot read that (StarRocks docs, release-3.4.md" in page
    assert re.search(rf"-- leader\n +{number}  kubectl delete --raw", page), page


def test_images_of_ones_own(cluster):
    page = cluster.belay("\\upgrade --to 3.3.9 --image 'r.example:5000/sr/{component}:3.3.9-a'"
                         " --image-cn r.example/own-cn:v7 --dry-run").out
    assert f"{STS}: starrocks/fe-ubuntu:3.3.3 to r.example:5000/sr/fe:3.3.9-a" in page
    assert f"{CN}: starrocks/cn-ubuntu:3.3.3 to r.example/own-cn:v7" in page


def test_the_rest_of_a_tag_stays(fresh):
    def change(resource):
        resource["spec"]["starRocksCnSpec"]["image"] = "r.example:5000/sr/cn:3.3.3-ee"
    edit_cr(fresh, change)
    fresh.sql("UPDATE k8s_object SET json = replace(json, 'starrocks/cn-ubuntu:3.3.3',"
              " 'r.example:5000/sr/cn:3.3.3-ee') WHERE resource IN ('pods', 'statefulsets.apps')")
    page = fresh.belay(f"{UPGRADE} --dry-run")
    assert "to r.example:5000/sr/cn:3.3.9-ee" in page.out, page


# --- what is refused ------------------------------------------------------------------------------------


@pytest.mark.parametrize("words, status, says", [
    ("", 2, "which release?"),
    ("--to 3.4", 2, '"3.4" is no exact release'),
    ("--to 3.3.9x", 2, "no exact release"),
    ("--to 3..9", 2, "no exact release"),
    ("--to 3.5.15", 8, "more than one minor release"),
    ("--to 3.5.15", 8, "first to the newest of 3.4"),
    ("--to 4.1.0", 8, "first to the newest of 3.4, 3.5, 4.0"),
    ("--to 3.1.17", 8, "first to the newest of 3.2"),
    ("--to 3.2.1", 8, "there is no way back to 3.2.1 by its image"),
    ("--to 3.3.9 --form never", 2, 'there is no form "never"'),
    ("--to 3.3.9 --form rolling", 8, "a StatefulSet comes to ordinal 0 last"),
    ("--to 3.3.9 --image x/fe:3.3.8", 2, "is of another release than --to 3.3.9"),
    ("--to 3.3.9 --image 'x fe'", 2, "is not the name of an image"),
])
def test_not_so(cluster, words, status, says):
    done = cluster.belay(f"\\upgrade {words}")
    assert done.rc == status and says in done.err, done
    assert not changes(cluster)


def test_a_dead_frontend(fresh):
    fresh.event("lose-quorum")
    fresh.event("revive-fe")
    fresh.sql("UPDATE fe SET alive = 0 WHERE ordinal = 2")
    done = fresh.belay(UPGRADE)
    assert done.rc != 0 and not changes(fresh), done


def test_without_kubectl(cluster):
    done = cluster.belay(UPGRADE, kube=False, args=["--no-kube"])
    assert done.rc == 10 and not changes(cluster), done


def test_another_operators_set(fresh):
    edit_set(fresh, lambda o: o["metadata"]["ownerReferences"][0].update(kind="Cluster"))
    done = fresh.belay(UPGRADE)
    assert done.rc == 8 and "an operator that belay does not know" in done.err, done


def test_nobody_is_asked_in_batch(cluster):
    done = cluster.belay(UPGRADE)
    assert done.rc == 4 and not changes(cluster), done


# --- images that do not run ---------------------------------------------------------------------------------


def test_a_frontend_that_crashes(fresh):
    """It stops at once, two frontends serve, and no other pod is touched."""
    before = uids(fresh)
    done = fresh.approved(f"{UPGRADE} --image-fe starrocks/fe:crash", timeout=120)
    assert done.rc == 8 and f"{STS}-2: CrashLoopBackOff" in done.err, done
    assert [c for c in changes(fresh) if c[0] == "delete"] == [("delete", f"{STS}-2")]
    assert {f"{STS}-0", f"{STS}-1"} == {p for p, u in before.items() if uids(fresh).get(p) == u}
    assert fresh.belay("SHOW DATABASES").rc == 0
    assert resource(fresh)["starRocksFeSpec"]["updateStrategy"] == {"type": "OnDelete"}


def test_nodes_that_cannot_be_pulled(fresh):
    done = fresh.approved(f"{UPGRADE} --image-cn starrocks/cn:nowhere", timeout=120)
    assert done.rc == 8 and f"{CN}-2: ImagePullBackOff" in done.err, done
    assert {pod: image for pod, image in images(fresh).items() if image.endswith("3.3.3")}.keys() == {
        f"{CN}-0", f"{CN}-1", f"{STS}-0", f"{STS}-1", f"{STS}-2"}
    assert versions(fresh)[f"{CN}-0"] == ("true", "3.3.3")
    # The frontends are as they were, and so is what rules them.
    assert "updateStrategy" not in resource(fresh)["starRocksFeSpec"]
    assert kubectl(fresh, "get", "sts", STS, "-o", "jsonpath={.spec.template.spec.containers[0].image}"
                   ).endswith(":3.3.3")
    assert stateful_set(fresh)["metadata"]["name"] == f"{C}-fe"


# --- other hands ----------------------------------------------------------------------------------------------


def annotate(cluster, name):
    kubectl(cluster, "patch", "sts", name, "--type=merge", "-p",
            '{"spec":{"template":{"metadata":{"annotations":{"team":"another"}}}}}')


@pytest.mark.parametrize("name", [STS, CN])
def test_another_template_meanwhile(fresh, name):
    """Not the image but something else in it: seen by its revision, and nothing more is touched."""
    pod = f"{name}-2"
    digest = fresh.digest(UPGRADE)
    fresh.fault("slow", f"{pod} %3.3.9", arg="40000", times=-1, program="pod")
    belay = fresh.start(UPGRADE, approve=digest)
    wait_for(lambda: images(fresh).get(pod, "").endswith(":3.3.9") and any(
        str(record.get("value")).startswith(f"{name}-") for record in fresh.records()), 90)
    annotate(fresh, name)
    fresh.control("speed", "10000")
    assert belay.wait(90) == 7
    said = belay.stderr.read().decode()
    assert re.search(f"{name} has revision {name}-[a-z0-9]+ by now, not {name}-[a-z0-9]+: somebody changed its"
                     " template|updateRevision", said), said
    assert {p for p, i in images(fresh).items() if p.startswith(name) and i.endswith(":3.3.9")} <= {pod}
