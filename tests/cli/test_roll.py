"""\\roll: a rollout by hand, pod by pod; \\wait; \\where."""
import re

import pytest

from practice import Practice, wait_for
from restore import CR, C, STS, kubectl
from upgrades import CN, changes, images, resource, stateful_set, uids

UPGRADE = "\\upgrade --to 3.3.9 --no-backup --leave-views --no-proof"


@pytest.fixture
def fresh():
    with Practice("seed") as served:
        yield served


def patch(cluster, operations):
    kubectl(cluster, "patch", CR, C, "--type=json", "-p", operations)


def by_hand(cluster, image="starrocks/fe-ubuntu:3.3.9"):
    """OnDelete and the image, as a person would write them."""
    patch(cluster, '[{"op":"add","path":"/spec/starRocksFeSpec/updateStrategy","value":{"type":"OnDelete"}}]')
    wait_for(lambda: stateful_set(cluster)["spec"]["updateStrategy"] == {"type": "OnDelete"})
    patch(cluster, '[{"op":"replace","path":"/spec/starRocksFeSpec/image","value":"%s"}]' % image)
    wait_for(lambda: stateful_set(cluster)["spec"]["template"]["spec"]["containers"][0]["image"] == image)


def test_pod_by_pod(fresh):
    by_hand(fresh)
    rows = {row["pod"]: row for row in fresh.belay("\\roll").rows}
    assert list(rows) == [f"{CN}-2", f"{CN}-1", f"{CN}-0", f"{STS}-2", f"{STS}-0", f"{STS}-1"]
    assert [row["next"] for row in rows.values()] == ["", "", "", "next", "later", "later"]
    assert rows[f"{STS}-1"]["role"] == "LEADER" and rows[f"{STS}-2"]["sql_version"].startswith("3.3.3")
    assert rows[f"{CN}-0"]["uid"] == uids(fresh)[f"{CN}-0"]
    for pod in (f"{STS}-2", f"{STS}-0", f"{STS}-1"):
        done = fresh.approved("\\roll next")
        assert done.rc == 0, done
        assert changes(fresh)[-1] == ("delete", pod) and images(fresh)[pod].endswith(":3.3.9")
    assert fresh.leader() != f"{STS}-1"
    done = fresh.approved("\\roll next")
    assert done.rc == 0 and "every pod is of the image of its StatefulSet" in done.err, done


def test_a_set_that_rolls_by_itself_needs_nobody(fresh):
    patch(fresh, '[{"op":"replace","path":"/spec/starRocksCnSpec/image","value":"starrocks/cn:crash"}]')
    wait_for(lambda: images(fresh).get(f"{CN}-2") == "starrocks/cn:crash")
    done = fresh.belay("\\roll next --dry-run")
    assert done.rc == 8 and "replaces its pods by itself" in done.err, done


def test_paused_and_back(fresh):
    patch(fresh, '[{"op":"replace","path":"/spec/starRocksCnSpec/image","value":"starrocks/cn:crash"}]')
    wait_for(lambda: images(fresh).get(f"{CN}-2") == "starrocks/cn:crash")
    done = fresh.approved("\\roll pause")
    assert done.rc == 0, done
    assert changes(fresh)[-1] == ("patch", "/spec/starRocksCnSpec/updateStrategy", {"type": "OnDelete"})
    again = fresh.approved("\\roll pause")
    assert again.rc == 0 and "no StatefulSet replaces pods by itself now" in again.err, again
    done = fresh.approved("\\roll back", timeout=120)
    assert done.rc == 0, done
    assert set(images(fresh).values()) == {"starrocks/cn-ubuntu:3.3.3", "starrocks/fe-ubuntu:3.3.3"}
    assert ("delete", f"{CN}-2") in changes(fresh)
    assert "updateStrategy OnDelete of kube-starrocks-cn, as it was found" in done.err


def test_back_from_nodes_that_crash(fresh):
    """Parallel pods: the image back is enough, and nothing is deleted."""
    done = fresh.approved(f"{UPGRADE} --image-cn starrocks/cn:crash", timeout=120)
    assert done.rc == 8 and "\\roll back only what is between two images" in done.err, done
    done = fresh.approved("\\roll back", timeout=120)
    assert done.rc == 0, done
    assert set(images(fresh).values()) == {"starrocks/cn-ubuntu:3.3.3", "starrocks/fe-ubuntu:3.3.3"}
    assert not [change for change in changes(fresh) if change[0] == "delete"]


@pytest.mark.parametrize("release", ["1.11.5", "1.9.10"])
def test_back_from_a_frontend_that_crashes(release):
    with Practice(f"seed,operator={release}") as cluster:
        done = cluster.approved(f"{UPGRADE} --image-fe starrocks/fe:crash", timeout=120)
        assert done.rc == 8, done
        before = uids(cluster)
        done = cluster.approved("\\roll back", timeout=120)
        assert done.rc == 0, done
        assert images(cluster)[f"{STS}-2"] == "starrocks/fe-ubuntu:3.3.3"
        assert cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)]
        assert "updateStrategy" not in resource(cluster)["starRocksFeSpec"]
        assert stateful_set(cluster)["spec"]["updateStrategy"]["type"] == "RollingUpdate"
        # Nothing else restarted, also not when the strategy came back.
        assert {pod for pod, uid in before.items() if uids(cluster)[pod] != uid} == {f"{STS}-2"}


def test_a_run_that_was_rolled_back_is_over(fresh):
    """Nobody is to go on with it; what it holds is told, and comes back."""
    held = fresh.clauses(), fresh.config()
    done = fresh.approved("\\upgrade --to 3.3.9 --no-backup --no-proof --image-fe starrocks/fe:crash", timeout=120)
    assert done.rc == 8, done
    fresh.forget()
    done = fresh.approved("\\roll back", timeout=120)
    assert done.rc == 0 and "run 00001-" in done.err, done
    # The frontend that was made anew is told again what belay has set.
    assert fresh.config() == ["false"] * 3 and len(fresh.sent("ADMIN SET%automatic_active%")) == 1
    states = [(row["command"], row["state"]) for row in fresh.belay("\\journal list").rows]
    assert states == [("upgrade", "closed"), ("roll back", "done")]
    over = fresh.belay("\\resume")
    assert over.rc == 2 and "no run of this cluster is open" in over.err, over
    over = fresh.belay("\\resume 1")
    assert over.rc == 2 and "rolled back by \\roll back" in over.err, over
    for line in ("\\mv resume-all", "\\settings back"):
        done = fresh.approved(line)
        assert done.rc == 0, done
    assert (fresh.clauses(), fresh.config()) == held


def test_not_back_once_a_new_release_leads_that_the_old_one_cannot_read(fresh):
    fresh.fault("error", f"%delete --raw%{STS}-0 %", "no", times=-1, program="kubectl")
    done = fresh.approved(f"{UPGRADE.replace('3.3.9', '3.4.10')}", timeout=120)
    assert done.rc not in (0, 4) and images(fresh)[f"{STS}-2"].endswith(":3.4.10"), done
    assert fresh.belay("\\roll back --dry-run").rc == 0  # the old leader has written nothing new
    while fresh.leader() != f"{STS}-2":
        fresh.event("leader-moves")
        wait_for(lambda: fresh.sql("SELECT 1 FROM fe WHERE role = 'LEADER' AND alive = 1"))
    done = fresh.belay("\\roll back --dry-run")
    assert done.rc == 8 and "3.3.3 cannot read what a frontend of 3.4.10 writes" in done.err, done
    assert "\\restore BACKUP leads back" in done.err and "\\resume 00001-" in done.err, done


def test_nothing_to_go_back_from(fresh):
    done = fresh.approved("\\roll back")
    assert done.rc == 0 and "no StatefulSet is between two images" in done.err, done


# --- \wait ---------------------------------------------------------------------------------------------


def test_wait_until_it_is_so(fresh):
    for what in ("nodes", "mv-idle", "transactions"):
        done = fresh.belay(f"\\wait {what} --timeout 5")
        assert done.rc == 0, done
    fresh.event("kill-cn")
    done = fresh.belay("\\wait nodes --timeout 1")
    assert done.rc == 9 and "is not alive" in done.err and "not so within 1 s" in done.err, done
    belay = fresh.start("\\wait nodes --timeout 60")
    fresh.event("revive-cn")
    assert belay.wait(60) == 0
    done = fresh.belay("\\wait coffee")
    assert done.rc == 2 and "image, mv-idle, transactions, nodes" in done.err, done


def test_wait_for_an_image(fresh):
    done = fresh.belay("\\wait image --timeout 1")
    assert done.rc == 9 and "wanted is" in done.err, done
    looks = len(fresh.kubectl_calls())
    belay = fresh.start("\\wait image --timeout 60")
    # The second look is that of the waiting: what is newest now is known by then.
    wait_for(lambda: sum(" exec " in call for call in fresh.kubectl_calls()[looks:]) > 1)
    assert fresh.belay("ALTER SYSTEM CREATE IMAGE").rc == 0
    assert belay.wait(60) == 0


# --- \where --------------------------------------------------------------------------------------------


def test_where_a_run_is(fresh):
    assert "no run of this cluster is open" in fresh.belay("\\where").err
    digest = fresh.digest(UPGRADE)
    fresh.fault("hang", "%delete --raw%", program="kubectl")
    belay = fresh.start(UPGRADE, approve=digest)
    wait_for(lambda: fresh.sql("SELECT count(*) FROM fault WHERE remaining <> 0") == [(0,)])
    where = fresh.belay("\\where")
    row, = where.rows
    assert row["step"].endswith("replace follower 1 of 2") and row["target"] == f"{STS}-2", row
    assert f"{STS}: image starrocks/fe-ubuntu:3.3.9" in row["proof"] and row["since"].startswith("20"), row
    assert "(upgrade) is at work" in where.err, where
    belay.kill()
    belay.wait(10)
    where = fresh.belay("\\where")
    assert "was stopped: nobody works on it; \\resume" in where.err, where
    assert where.rows[0]["step"] == row["step"]
