"""Pods of another release: what SHOW FRONTENDS says of them, who executes what, and ways back.

Ways back that are barred: downgrade.md and the release notes of StarRocks (release-3.3.md to 4.1.md).
"""
import os
import re
import time

import pytest

from kubectl_common import CLUSTER, Cluster
from practice import Practice

SRC = "starrocksclusters.v1.starrocks.com"
STS = f"{CLUSTER}-fe"


class Rig(Practice):
    """Served, with the stand-in at hand."""

    def __init__(self, scenario="seed", speed=200):
        super().__init__(scenario, speed)
        self.kube = Cluster.__new__(Cluster)

    def serve(self):
        super().serve()
        self.kube.kubeconfig = self.ready["kubeconfig"]

    def patch(self, *operations):
        got = self.kube.patch(SRC, CLUSTER, list(operations))
        assert got.rc == 0, got.err

    def image(self, component, tag):
        self.patch({"op": "replace", "path": f"/spec/starRocks{component.capitalize()}Spec/image",
                    "value": f"starrocks/{component}-ubuntu:{tag}"})

    def by_hand(self):
        self.patch({"op": "add", "path": "/spec/starRocksFeSpec/updateStrategy",
                    "value": {"type": "OnDelete"}})

    def rolled(self, name):
        got = self.kube.run("rollout", "status", f"sts/{CLUSTER}-{name}", "--timeout=100s")
        assert got.rc == 0, got.err

    def replace(self, pod, ready=True):
        assert self.kube.run("delete", "pod", pod).rc == 0
        if ready:
            got = self.kube.run("wait", "--for=condition=Ready", f"pod/{pod}", "--timeout=100s")
            assert got.rc == 0, got.err
            self.until(lambda: self.sql("SELECT listens_ms = start_ms FROM fe WHERE pod = ?", pod) ==
                       [(1,)])

    def pods(self):
        """The leader's at the end."""
        return [pod for pod, in self.sql("SELECT pod FROM fe ORDER BY role = 'LEADER', ordinal DESC")]

    def rows(self, sql, fe=0):
        done = self.belay(sql, args=["--batch"], fe=fe)
        assert done.rc == 0, done
        return done.rows

    def hop(self, tag):
        """The order of upgrade.md: nodes, followers, the leader."""
        nodes = "cn" if self.sql("SELECT count(*) FROM node WHERE kind = 'CN'")[0][0] else "be"
        self.image(nodes, tag)
        self.rolled(nodes)
        self.by_hand()
        self.image("fe", tag)
        for pod in self.pods():
            self.replace(pod)
        self.patch({"op": "remove", "path": "/spec/starRocksFeSpec/updateStrategy"})
        self.rolled("fe")

    def until(self, holds):
        end = time.monotonic() + 60
        while not holds():
            assert time.monotonic() < end, "it never became true"
            time.sleep(0.05)

    def new_image(self):
        """An image with all that was written so far, on each FE."""
        before = self.sql("SELECT max(image) FROM fe")[0][0]
        self.belay("ALTER SYSTEM CREATE IMAGE")
        self.until(lambda: self.sql("SELECT min(image) FROM fe")[0][0] > before)

    def log(self, pod):
        with open(os.path.join(self.dir, "pods", pod, "opt/starrocks/fe/log/fe.log"),
                  encoding="utf-8") as file:
            return file.read()


HOPS = ["3.3.9", "3.4.8", "3.5.15", "4.0.7", "4.1.1"]


@pytest.mark.parametrize("scenario", ["seed", "shared-nothing"])
def test_one_release_after_the_other(scenario):
    with Rig(scenario) as cluster:
        for tag in HOPS:
            cluster.hop(tag)
            for table in ("fe", "node"):
                versions = {v for v, in cluster.sql(f"SELECT DISTINCT version FROM {table}")}
                assert len(versions) == 1 and versions.pop().startswith(tag + "-")
            views = cluster.rows("SELECT TABLE_NAME FROM information_schema.materialized_views")
            assert len(views) > 10
        assert "Id" in cluster.rows("SHOW FRONTENDS")[0], "4.1 has that column, 3.3 had not"


def test_the_version_is_that_of_the_last_heartbeat():
    with Rig() as cluster:
        pod = cluster.pods()[0]
        cluster.sql("UPDATE event SET at_ms = at_ms + 1e9 WHERE kind = 'heartbeat'")
        # an FE that is up again before anybody asked it: still alive for the leader, and the old one
        cluster.sql("UPDATE fe SET alive = 0 WHERE pod = ?", pod)
        cluster.sql("UPDATE fe SET alive = 1, version = '3.3.9-0000000', told_version = version"
                    " WHERE pod = ?", pod)
        row = [r for r in cluster.rows("SHOW FRONTENDS") if pod in r["Name"]][0]
        assert (row["Alive"], row["Version"]) == ("true", "3.3.3-312ed45")
        cluster.sql("UPDATE event SET at_ms = at_ms - 1e9 WHERE kind = 'heartbeat'")
        cluster.until(lambda: [r["Version"] for r in cluster.rows("SHOW FRONTENDS")
                               if pod in r["Name"]] == ["3.3.9-0000000"])


def test_a_new_follower_has_to_catch_up():
    with Rig() as cluster:
        pod = cluster.pods()[0]
        cluster.sql("CREATE TABLE seen (behind, replayed, journal)")
        cluster.sql(f"""CREATE TRIGGER heard AFTER UPDATE OF heartbeat_ms ON fe WHEN new.pod = '{pod}'
                        AND old.behind > 0 BEGIN INSERT INTO seen SELECT old.behind, new.replayed,
                        value FROM meta WHERE key = 'journal_id'; END""")
        cluster.by_hand()
        cluster.image("fe", "3.3.9")
        cluster.replace(pod)
        cluster.until(lambda: cluster.sql("SELECT behind FROM fe WHERE pod = ?", pod) == [(0,)])
        seen = cluster.sql("SELECT * FROM seen")
        assert [behind for behind, _, _ in seen] == [60, 40, 20]
        assert all(replayed < journal for _, replayed, journal in seen)
        cluster.until(lambda: cluster.sql("SELECT count(*) FROM fe, meta WHERE key = 'journal_id'"
                                          " AND pod = ? AND replayed > value - 5", pod) == [(1,)])


def test_the_leader_executes_with_its_own_release():
    """3.4.8 leads, a follower is 3.5.16: what is forwarded to the leader has no Id yet."""
    with Rig("3.4.8") as cluster:
        cluster.by_hand()
        cluster.image("fe", "3.5.16")
        pod = cluster.pods()[0]
        cluster.replace(pod)
        ordinal = int(pod[-1])
        assert "Id" not in cluster.rows("SHOW FRONTENDS", fe=ordinal)[0]
        assert "Id" in cluster.rows("SHOW PROC '/frontends'", fe=ordinal)[0], "this it answers itself"


def test_settings_in_memory_end_with_the_process():
    with Rig() as cluster:
        cluster.belay('ADMIN SET FRONTEND CONFIG ("enable_mv_automatic_active_check" = "false")')
        assert cluster.config() == ["false"] * 3
        cluster.by_hand()
        cluster.image("fe", "3.3.9")
        pod = cluster.pods()[0]
        cluster.replace(pod)
        assert cluster.config()[int(pod[-1])] == "true"
        assert cluster.config().count("false") == 2


@pytest.mark.parametrize("release, back, barred", [
    ("4.1.1", "4.0.5", True), ("4.1.1", "4.0.6", False), ("4.0.7", "3.5.1", True),
    ("4.0.7", "3.5.2", False), ("3.5.15", "3.4.5", True), ("3.5.15", "3.4.6", False),
    ("3.5.15", "3.5.1", True), ("3.4.8", "3.3.8", True), ("3.4.8", "3.3.9", False),
    ("3.3.9", "3.2.10", True), ("3.3.9", "3.2.11", False)])
def test_ways_back(release, back, barred):
    with Rig(release) as cluster:
        cluster.by_hand()
        cluster.image("fe", back)
        pod = cluster.pods()[0]
        cluster.replace(pod, ready=not barred)
        if not barred:
            return
        reason = ".status.containerStatuses[0].state.waiting.reason"
        cluster.until(lambda: cluster.kube.value("pod", pod, reason) == "CrashLoopBackOff")
        assert "UNKNOWN Operation Type" in cluster.log(pod)
        # the way back from the way back: the image that it was
        cluster.image("fe", release)
        cluster.replace(pod)
        assert all(v.startswith(release) for v, in cluster.sql("SELECT version FROM fe"))


def test_a_follower_may_go_back_as_long_as_the_old_leader_writes():
    with Rig("4.0.5") as cluster:
        cluster.by_hand()
        cluster.image("fe", "4.1.1")
        pod = cluster.pods()[0]
        cluster.replace(pod)
        cluster.image("fe", "4.0.5")
        cluster.replace(pod)
        leader = cluster.pods()[-1]
        cluster.image("fe", "4.1.1")
        for each in cluster.pods()[:-1]:
            cluster.replace(each)
        cluster.replace(leader)  # now one of 4.1.1 leads, and writes
        cluster.image("fe", "4.0.5")
        cluster.replace(leader, ready=False)
        cluster.until(lambda: "UNKNOWN Operation Type" in cluster.log(leader))


def test_a_whole_image_ends_what_was_written_before():
    with Rig("4.1.1") as cluster:
        cluster.hop("4.0.6")
        assert cluster.sql("SELECT value FROM meta WHERE key = 'written_by'") == [(40101,)]
        cluster.new_image()
        cluster.until(lambda: cluster.sql("SELECT value FROM meta WHERE key = 'written_by'")
                      == [(40006,)])


def test_3_5_needs_an_image_of_version_2():
    with Rig("3.3.2") as cluster:
        assert not os.path.exists(os.path.join(cluster.dir, "pods", f"{STS}-0",
                                               "opt/starrocks/fe/meta/image/v2", "image.121873"))
        cluster.by_hand()
        cluster.image("fe", "3.5.15")
        pod = cluster.pods()[0]
        cluster.replace(pod, ready=False)
        cluster.until(lambda: "no image in image/v2" in cluster.log(pod))


def test_tags_and_versions():
    with Rig() as cluster:
        cluster.by_hand()
        cluster.image("fe", "3.3.5-hotfix.2")
        cluster.replace(cluster.pods()[0])
        assert re.match("3.3.5-11e999a", cluster.sql("SELECT max(version) FROM fe")[0][0])
