"""\\upgrade tries one node of each kind first, looks at it, and asks before the others follow."""
import json
import signal

import pytest

from practice import Practice, wait_for
from restore import C, CR, STS, edit, kubectl, make_plain
from upgrades import CN, changes, images, is_of, resource, rolled, stateful_set, uids

UPGRADE = "\\upgrade --to 3.3.9 --no-backup --leave-views --no-proof"
QUERY = "SELECT COUNT(*) AS n FROM information_schema.be_configs WHERE BE_ID = %"
NEW, OLD = "starrocks/cn-ubuntu:3.3.9", "starrocks/cn-ubuntu:3.3.3"
ROLLING = {"type": "RollingUpdate", "rollingUpdate": {"partition": 0}}


def deleted(cluster):
    return [change[1] for change in changes(cluster) if change[0] == "delete"]


def nodes(cluster):
    return [image for name, image in sorted(images(cluster).items()) if "-fe-" not in name]


@pytest.fixture
def fresh():
    with Practice("seed") as served:
        yield served


def strategy(cluster, value):
    """As its owner wrote it into the resource."""
    kubectl(cluster, "patch", CR, C, "--type=merge", "-p", json.dumps(
        {"spec": {"starRocksCnSpec": {"updateStrategy": value}}}))
    wait_for(lambda: stateful_set(cluster, CN)["spec"]["updateStrategy"] == value)


def on_delete(stateful):
    stateful["spec"]["updateStrategy"] = {"type": "OnDelete"}


def held(cluster, line=UPGRADE):
    """Stopped while the query of the first node fails: one is new, the others wait. Returns the digest."""
    digest = cluster.digest(line)
    cluster.fault("error", QUERY, "1064|HY000|No alive backend or compute node", times=-1)
    belay = cluster.start(line, approve=digest)
    wait_for(lambda: len(cluster.sent(QUERY)) > 2, 90)
    belay.send_signal(signal.SIGTERM)
    assert belay.wait(30) == 143
    said = belay.stderr.read().decode()
    assert f"{CN}-2 is alive, and a query fails: No alive backend or compute node" in said or (
        "stopped while step" in said), said
    assert nodes(cluster) == [OLD, OLD, NEW]
    cluster.clear_faults()
    return digest


# --- looked at, asked for -----------------------------------------------------------------------------


def test_alive_is_not_enough_and_resume_goes_on(fresh):
    before = uids(fresh)
    digest = held(fresh)
    assert stateful_set(fresh, CN)["spec"]["updateStrategy"]["rollingUpdate"] == {"partition": 2}
    # A pod below the partition comes back as it was.
    assert {pod for pod, uid in before.items() if uids(fresh)[pod] != uid} == {f"{CN}-2"}
    done = fresh.belay("\\resume", approve=digest, timeout=120)
    assert done.rc == 0 and f"a query runs on {CN}-2: {CN}-2 answered one" in done.err, done
    assert changes(fresh)[:3] == rolled("starRocksCnSpec", NEW)
    is_of(fresh, "3.3.9")
    assert "updateStrategy" not in resource(fresh)["starRocksCnSpec"]


def test_undo_from_there(fresh):
    held(fresh)
    done = fresh.approved("\\undo", timeout=120)
    assert done.rc == 0, done
    wait_for(lambda: nodes(fresh) == [OLD] * 3)
    assert "updateStrategy" not in resource(fresh)["starRocksCnSpec"]
    wait_for(lambda: stateful_set(fresh, CN)["spec"]["updateStrategy"] == ROLLING)


@pytest.mark.parametrize("release", ["1.11.5", "1.11.3", "1.9.10"])
def test_roll_back_from_there(release):
    with Practice(f"seed,operator={release}") as cluster:
        held(cluster)
        done = cluster.belay("\\roll next --dry-run")
        assert done.rc == 8 and f"StatefulSet {CN} has a partition: {CN}-1 stays as it is" in done.err, done
        done = cluster.approved("\\roll back", timeout=120)
        assert done.rc == 0, done
        assert nodes(cluster) == [OLD] * 3
        assert "updateStrategy" not in resource(cluster)["starRocksCnSpec"]
        wait_for(lambda: stateful_set(cluster, CN)["spec"]["updateStrategy"] == ROLLING)


def test_the_questions(fresh):
    out = fresh.belay(f"{UPGRADE} --dry-run").out
    stages = [line[4:] for line in out.splitlines() if line.startswith(" -- ")]
    assert f"({CN}-2 is of 3.3.9, ready and alive, and a query ran on it)" in out
    assert stages == ["image", CN, f"rest of {CN}", "frontends", "other followers", "leader", "strategy back",
                      "image of the new release"]


# --- the other ways ------------------------------------------------------------------------------------


def test_a_partition_of_ones_own_comes_back(fresh):
    own = {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 1, "partition": 1}}
    strategy(fresh, own)
    done = fresh.approved(UPGRADE)
    assert done.rc == 0, done
    path = "/spec/starRocksCnSpec/updateStrategy"
    assert [change[2]["rollingUpdate"]["partition"] for change in changes(fresh) if change[1] == path] == [2, 0, 1]
    assert resource(fresh)["starRocksCnSpec"]["updateStrategy"] == own
    assert nodes(fresh) == [NEW] * 3


def test_nodes_on_ondelete_go_one_by_one(fresh):
    """Their pods are replaced by nobody else; each is proved before the next, and the strategy stays."""
    strategy(fresh, {"type": "OnDelete"})
    digest = held(fresh)
    assert deleted(fresh) == [f"{CN}-2"]
    done = fresh.belay("\\resume", approve=digest, timeout=120)
    assert done.rc == 0 and f"updateStrategy OnDelete of {CN}, as it was found" in done.err, done
    assert deleted(fresh)[:3] == [f"{CN}-{n}" for n in (2, 1, 0)] and len(deleted(fresh)) == 6
    assert resource(fresh)["starRocksCnSpec"]["updateStrategy"] == {"type": "OnDelete"}
    assert set(images(fresh).values()) == {NEW, NEW.replace("cn", "fe")}


def test_one_that_does_not_run_ends_it(fresh):
    strategy(fresh, {"type": "OnDelete"})
    done = fresh.approved(f"{UPGRADE} --image-cn starrocks/cn:crash", timeout=120)
    assert done.rc == 8 and f"{CN}-2: CrashLoopBackOff" in done.err, done
    assert deleted(fresh) == [f"{CN}-2"] and nodes(fresh) == [OLD, OLD, "starrocks/cn:crash"]
    done = fresh.approved("\\roll back", timeout=120)
    assert done.rc == 0 and nodes(fresh) == [OLD] * 3, done


def test_backends_on_ondelete_without_an_operator():
    with Practice("shared-nothing") as cluster:
        make_plain(cluster)
        cluster.sql("UPDATE k8s_object SET json = json_remove(json, '$.metadata.ownerReferences')"
                    " WHERE resource = 'statefulsets.apps'")
        edit(cluster, "statefulsets.apps", f"{C}-be", on_delete)
        done = cluster.approved(UPGRADE)
        assert done.rc == 0, done
        assert deleted(cluster) == [f"{C}-be-{n}" for n in (2, 1, 0)] + [f"{STS}-{n}" for n in (2, 0, 1)]
        assert cluster.sent(QUERY) and stateful_set(cluster, f"{C}-be")["spec"]["updateStrategy"] == {
            "type": "OnDelete"}


def test_ondelete_by_hand_under_an_operator(fresh):
    """The operator's next write would put RollingUpdate back: told, and rolled with it."""
    edit(fresh, "statefulsets.apps", CN, on_delete)
    page = fresh.belay(f"{UPGRADE} --dry-run").out
    assert f"{CN}: its OnDelete was written by hand" in page
    done = fresh.approved(UPGRADE)
    assert done.rc == 0 and changes(fresh)[:3] == rolled("starRocksCnSpec", NEW), done
    is_of(fresh, "3.3.9")


@pytest.mark.parametrize("scenario, why", [
    ("seed,operator=1.9.4", "the resource has no updateStrategy before operator 1.9.9"),
    ("seed,operator=1.11.5,crd=1.9.4", "the installed CRD has no updateStrategy")])
def test_where_nothing_holds_them_back_it_is_told(scenario, why):
    with Practice(scenario) as cluster:
        page = cluster.belay(f"{UPGRADE} --dry-run").out
        assert f"{CN}: no stop after its first pod: {why}" in page and f"rest of {CN}" not in page
        assert f"a query runs on {CN}-2" in page


def test_one_warehouse_is_the_trial_of_the_others():
    with Practice("warehouses") as cluster:
        done = cluster.approved(UPGRADE.replace("3.3.9", "4.0.7"), timeout=200)
        assert done.rc == 0, done
        assert len([c for c in changes(cluster) if "updateStrategy" in c[1] and "Fe" not in c[1]]) == 2
        assert len(cluster.sent(QUERY)) == 1
