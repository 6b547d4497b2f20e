"""\\upgrade on bad days: images that crash, hands that interfere, kill -9 at every boundary.

Whatever happens the cluster serves, it is told where it stands, and \\resume or \\roll back ends it.
"""
import os
import re

import pytest

from practice import PRELOADED, Practice, killed, wait_for
from restore import C, CR, STS, kubectl
from upgrades import CN, deleted, images, is_of, resource, stateful_set, uids

ROLLING = "\\upgrade --to 3.3.9 --no-backup --leave-views --no-proof"
PATCHES = {"nodes": '%"path":"/spec/starRocksCnSpec/image","value":"starrocks/cn-ubuntu:3.3.9"%',
           "strategy": '%"op":"add","path":"/spec/starRocksFeSpec/updateStrategy"%',
           "frontends": '%"path":"/spec/starRocksFeSpec/image","value":"starrocks/fe-ubuntu:3.3.9"%',
           "strategy back": '%"op":"remove","path":"/spec/starRocksFeSpec/updateStrategy"%'}


class Upgrade:
    """A cluster and an approved plan for it."""

    def __init__(self, scenario="seed", options="", speed=200):
        self.cluster, self.line = Practice(scenario, speed=speed), f"{ROLLING} {options}"

    def __enter__(self):
        self.cluster.__enter__()
        self.digest = self.cluster.digest(self.line)
        return self

    def __exit__(self, *_):
        self.cluster.__exit__()

    def run(self, line=None, **kwargs):
        return self.cluster.belay(line or self.line, approve=self.digest, timeout=180, **kwargs)

    def resume(self, **kwargs):
        return self.run("\\resume", **kwargs)

    def fault(self, kind, match, arg=None, times=1, after=0):
        self.cluster.fault(kind, match, arg, times, after, program="kubectl")

    def struck(self):
        return self.cluster.sql("SELECT count(*) FROM fault WHERE remaining <> 0") == [(0,)]

    def deleted(self):
        return deleted(self.cluster)


@pytest.fixture
def upgrade():
    with Upgrade() as made:
        yield made


# --- kill -9 -------------------------------------------------------------------------------------------


def test_killed_at_every_boundary(upgrade):
    """
    Every process gets one step further at most. Three ways for each: its intent is durable and nothing is
    sent; it is done and its outcome is lost; its outcome is durable.
    """
    log = os.path.join(upgrade.cluster.top, "calls")
    before = uids(upgrade.cluster)
    # Before the intent come two records of each process: that it goes on, and its lease.
    ways = [("kill-after", "3"), ("power-cut", "4"), ("kill-after", "4")]
    kills, done = 0, None
    for n in range(200):
        how, at = ways[n % 3]
        env = {**PRELOADED, "BELAY_DURABLE_LOG": log, "BELAY_DURABLE_HOW": how,
               "BELAY_DURABLE_AT": str(int(at) + (3 if n == 0 else 0))}
        done = upgrade.run(env=env) if n == 0 else upgrade.resume(env=env)
        if not killed(done):
            break
        kills += 1
    assert kills > 15 and (done.rc == 0 or "no run of this cluster is open" in done.err), (kills, done)
    is_of(upgrade.cluster, "3.3.9")
    # The leader of the beginning went last, and no frontend more than once.
    assert upgrade.deleted() == [f"{STS}-2", f"{STS}-0", f"{STS}-1"]
    assert not set(before.values()) & set(uids(upgrade.cluster).values())


# --- other hands ------------------------------------------------------------------------------------------


def test_the_leader_moves_between_followers(upgrade):
    """Asked again before each: whoever leads then goes last."""
    upgrade.fault("leader-moves", f"%delete --raw%{STS}-2 %")
    done = upgrade.run()
    assert done.rc == 0 and upgrade.struck(), done
    assert upgrade.deleted()[0] == f"{STS}-2" and sorted(upgrade.deleted()) == [
        f"{STS}-0", f"{STS}-1", f"{STS}-2"]
    is_of(upgrade.cluster, "3.3.9")


@pytest.mark.parametrize("patch", PATCHES)
def test_somebody_writes_the_object_before_each_patch(upgrade, patch):
    """What they wrote is theirs: the patch tests what it replaces, and nothing else."""
    upgrade.fault("conflict", PATCHES[patch])
    done = upgrade.run()
    assert upgrade.struck(), done
    if done.rc != 0:
        assert done.rc == 7 and "\\resume" in done.err, done
        done = upgrade.resume()
    assert done.rc == 0, done
    is_of(upgrade.cluster, "3.3.9")


def test_somebody_writes_the_set_before_each_patch():
    """Where the StatefulSet is given the strategy by hand, there and back."""
    with Upgrade("seed,operator=1.9.10") as upgrade:
        upgrade.fault("conflict", "% patch statefulsets.apps%", times=2)
        done = upgrade.run()
        assert done.rc == 0 and upgrade.struck(), done
        is_of(upgrade.cluster, "3.3.9")


def test_a_crd_that_drops_the_strategy(upgrade):
    """Somebody has put an older CRD back: the patch succeeds, and the field is not there."""
    upgrade.cluster.sql(
        "CREATE TRIGGER older AFTER INSERT ON kubectl_log WHEN new.argv LIKE '%s' BEGIN UPDATE k8s_object"
        " SET json = json_set(json, '$.metadata.annotations.version', '1.9.7') WHERE name ="
        " 'starrocksclusters.starrocks.com'; END" % PATCHES["strategy"])
    done = upgrade.run()
    assert done.rc == 8 and "sent, but its proof says no" in done.err, done
    assert upgrade.deleted() == []
    assert upgrade.cluster.belay("SHOW DATABASES").rc == 0


@pytest.mark.parametrize("part, path", [("nodes", "Cn"), ("frontends", "Fe")])
def test_somebody_sets_another_image_before_the_patch(upgrade, part, path):
    """Its test fails: told as a difference, nothing changed, and the way goes on once it is undone."""
    was = resource(upgrade.cluster)[f"starRocks{path}Spec"]["image"]
    other = was.replace("3.3.3", "3.3.4")
    swap = ("UPDATE k8s_object SET json = replace(json, '{}', '{}')"
            " WHERE resource = 'starrocksclusters.starrocks.com'")
    upgrade.cluster.sql("CREATE TRIGGER hand AFTER INSERT ON kubectl_log WHEN new.argv LIKE '%s'"
                        " BEGIN %s; END" % (PATCHES[part], swap.format(was, other)))
    done = upgrade.run()
    assert done.rc == 7 and "a test in the patch did not hold" in done.err, done
    assert resource(upgrade.cluster)[f"starRocks{path}Spec"]["image"] == other
    upgrade.cluster.as_before()
    upgrade.cluster.sql(swap.format(other, was))
    wait_for(lambda: set(images(upgrade.cluster).values()) <= {
        "starrocks/fe-ubuntu:3.3.3", "starrocks/cn-ubuntu:3.3.3", "starrocks/cn-ubuntu:3.3.9"})
    upgrade.cluster.belay("\\wait nodes")
    done = upgrade.resume()
    assert done.rc == 0, done
    is_of(upgrade.cluster, "3.3.9")


def test_helm_puts_the_old_images_back():
    """Seen by the next step, before another frontend goes: the world differs."""
    with Upgrade("helm-owned") as upgrade:
        upgrade.fault("helm-sync", f"%delete --raw%{STS}-2 %")
        done = upgrade.run()
        assert done.rc == 7 and upgrade.struck(), done
        # By the wait that follows, or, where the new pod was there first, by what the next step needs.
        assert "somebody put it there since this plan wrote starrocks/fe-ubuntu:3.3.9" in done.err or \
            f"{STS} image is starrocks/fe-ubuntu:3.3.9; found: {STS}: image starrocks/fe-ubuntu:3.3.3" \
            in done.err, done
        assert upgrade.deleted() == [f"{STS}-2"]
        assert upgrade.cluster.belay("SHOW DATABASES").rc == 0


@pytest.mark.parametrize("ordinal, after, ended", [(2, "replace fe_1", 1), (1, "new leader", 3)])
def test_a_frontend_never_catches_up(upgrade, ordinal, after, ended):
    """A follower first, then the one that had led: it serves, and replays nothing of the journal any more."""
    pod, ahead = f"{STS}-{ordinal}", os.path.join(upgrade.cluster.top, "ahead")
    upgrade.cluster.fault("lags", f"{pod} %", times=-1, program="pod")
    belay = upgrade.cluster.start(upgrade.line, approve=upgrade.digest,
                                  env={**PRELOADED, "BELAY_DURABLE_CLOCK": ahead})
    wait_for(lambda: upgrade.cluster.sql("SELECT stuck, alive FROM fe WHERE pod = ?", pod) == [(1, 1)], 120)
    wait_for(lambda: any(record["type"] == "outcome" and record["step"] == after
                         for record in upgrade.cluster.records()), 120)
    (seen,), = upgrade.cluster.sql("SELECT max(id) FROM kubectl_log")
    wait_for(lambda: upgrade.cluster.sql(
        "SELECT 1 FROM kubectl_log WHERE id > ? AND rc = 0 AND argv LIKE ?", seen, f"%get pods {pod} %"), 120)
    with open(ahead, "w", encoding="ascii") as file:
        file.write("590")  # of the ten minutes that the wait may take
    err = belay.communicate(timeout=120)[1].decode()
    assert belay.returncode == 8 and re.search(f"{pod}[^ ]* is [1-9][0-9]* journal entries behind", err), err
    assert "What was replaced before that stays and serves." in err and "\\roll back" in err, err
    assert len(upgrade.deleted()) == ended
    assert upgrade.cluster.belay("SHOW DATABASES").rc == 0
    again = upgrade.cluster.belay("\\where")
    assert again.rc == 0 and pod in again.out + again.err, again
    upgrade.cluster.clear_faults()
    upgrade.cluster.sql("UPDATE fe SET stuck = 0")  # its disk is mended
    done = upgrade.resume()
    assert done.rc == 0, done
    is_of(upgrade.cluster, "3.3.9")
    assert len(upgrade.deleted()) == 3


def test_nobody_goes_without_a_majority(upgrade):
    """Stopped before the second follower; until \\resume the others die too."""
    upgrade.fault("hang", f"%delete --raw%{STS}-0 %")
    belay = upgrade.cluster.start(upgrade.line, approve=upgrade.digest)
    wait_for(upgrade.struck, 120)
    belay.kill()
    belay.wait(10)
    upgrade.cluster.clear_faults()
    upgrade.cluster.event("lose-quorum")
    before, gone = uids(upgrade.cluster), upgrade.deleted()
    done = upgrade.resume()
    assert done.rc != 0 and upgrade.deleted() == gone, done
    assert uids(upgrade.cluster)[f"{STS}-1"] == before[f"{STS}-1"]


# --- images that do not run ----------------------------------------------------------------------------------------


def test_the_log_of_what_crashes_is_told():
    with Upgrade(options="--image-fe starrocks/fe:crash") as upgrade:
        done = upgrade.run()
        assert done.rc == 8 and f"{STS}-2: CrashLoopBackOff" in done.err, done
        assert f"The log of {STS}-2 ends:" in done.err and "  | " in done.err, done
        back = upgrade.cluster.approved("\\roll back", timeout=120)
        assert back.rc == 0, back
        assert images(upgrade.cluster)[f"{STS}-2"] == "starrocks/fe-ubuntu:3.3.3"
        assert images(upgrade.cluster)[f"{CN}-2"] == "starrocks/cn-ubuntu:3.3.9"
        assert stateful_set(upgrade.cluster)["spec"]["updateStrategy"]["type"] == "RollingUpdate"
        assert kubectl(upgrade.cluster, "get", CR, C, "-o", "jsonpath={.status.phase}") == "running"
