"""\\restore from a cluster snapshot on bad days: killed at every boundary of its journal, other hands."""
import json
import os
import re
import subprocess

import pytest

from practice import clean_env, wait_for
from restore import C, CR, STS, blocks, edit, kubectl
from snapshots import contents, snapshot, write_conf
from test_restore_faults import Restore, killed_at_every_boundary

RECOVER = "%disasterRecovery%generation%"  # the call after which a frontend fetches


class FromSnapshot(Restore):
    """A snapshot, a backup that notes it, its file in a ConfigMap; then no frontend starts any more."""

    def __init__(self):
        super().__init__("3.4.8", "--form cluster-snapshot")

    def __enter__(self):
        cluster = self.cluster.__enter__()
        snapshot(cluster)
        self.backup = os.path.join(cluster.home, "saved")
        done = cluster.belay(f"\\backup {self.backup}", timeout=120)
        assert done.rc == 0, done
        write_conf(cluster, self.backup)
        self.before, self.old = contents(cluster), self.id()
        assert cluster.belay("CREATE DATABASE later; DROP MATERIALIZED VIEW sales.daily_top").rc == 0
        cluster.event("wreck-meta")
        self.line = f"\\restore {self.backup} {self.options}"
        self.digest = cluster.digest(self.line)
        return self

    def id(self):
        return self.cluster.sql("SELECT value FROM meta WHERE key = 'cluster_id'")

    def spec(self):
        return json.loads(kubectl(self.cluster, "get", CR, C, "-o", "json"))["spec"]

    def stopped_before_the_fetch(self):
        """kill -9 while the call that has a frontend fetch hangs."""
        self.fault("hang", RECOVER)
        belay = self.cluster.start(self.line, approve=self.digest)
        wait_for(self.struck, 120)
        belay.kill()
        belay.wait(10)
        self.cluster.clear_faults()

    def nothing_started(self):
        return kubectl(self.cluster, "get", "pods", "-l", "app.kubernetes.io/component=fe", "-o",
                       "name") == "" and self.id() == self.old

    def is_restored(self):
        assert contents(self.cluster) == self.before and self.id() != self.old
        assert self.cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)]
        assert self.cluster.sql("SELECT count(*), sum(seen_alive) FROM node") == [(3, 3)]
        spec = self.spec()
        assert "disasterRecovery" not in spec and "configMaps" not in spec["starRocksFeSpec"]
        assert (spec["starRocksCnSpec"]["replicas"], spec["starRocksFeSpec"]["replicas"]) == (3, 3)
        assert "belay" not in kubectl(self.cluster, "get", "cm,pods", "-o", "name")


@pytest.fixture
def restore():
    with FromSnapshot() as made:
        yield made


def test_killed_at_every_boundary(restore):
    assert killed_at_every_boundary(restore) > 40


def test_the_file_is_changed_on_the_way(restore):
    """Before the frontend that would follow it starts: nothing was fetched, nothing was started."""
    restore.stopped_before_the_fetch()
    name = "belay-cluster-snapshot"
    text = json.loads(kubectl(restore.cluster, "get", "cm", name, "-o", "json"))["data"][
        "cluster_snapshot.yaml"]
    put = lambda value: kubectl(restore.cluster, "patch", "cm", name, "--type=merge", "-p",
                                json.dumps({"data": {"cluster_snapshot.yaml": value}}))
    put(text.replace("cluster_snapshot_path: s3://", "cluster_snapshot_path: s3://other-"))
    done = restore.resume()
    assert done.rc == 7 and "another value than cluster_snapshot_path" in done.err, done
    assert "of-this-place" not in done.err + done.out
    assert restore.nothing_started()
    put(text)
    restore.restored(restore.resume())


def test_a_crd_that_drops_the_field_starts_nothing(restore):
    """The resource stays at 0 until the field is seen in it: no frontend founds an empty cluster."""
    restore.stopped_before_the_fetch()
    crd = "customresourcedefinitions.apiextensions.k8s.io", "starrocksclusters.starrocks.com"
    release = lambda text: edit(restore.cluster, *crd, lambda o: o["metadata"]["annotations"].update(
        version=text))
    release("v1.9.10")
    done = restore.resume()
    assert done.rc != 0 and "generation not set" in done.err, done
    assert restore.nothing_started() and restore.spec()["starRocksFeSpec"]["replicas"] == 0
    spec = {"spec": {"starRocksFeSpec": {"configMaps": None}}}
    kubectl(restore.cluster, "patch", CR, C, "--type=merge", "-p", json.dumps(spec))
    release("v1.11.5")
    restore.restored(restore.resume())


def test_the_snapshot_is_not_there(restore):
    """The frontend exits each time; what was before lies aside on every volume."""
    store = os.path.join(restore.cluster.dir, "object-store")
    name, = os.listdir(store)
    os.rename(os.path.join(store, name), os.path.join(restore.cluster.home, name))
    done = restore.run()
    assert done.rc == 8 and "kubectl logs" in done.err, done
    for ordinal in range(3):
        aside = os.path.join(restore.cluster.dir, "pods", f"{STS}-{ordinal}",
                             "opt/starrocks/fe/meta/.belay")
        old, = [one for one in os.listdir(aside) if one.startswith("old-")]
        assert "ROLE" in os.listdir(os.path.join(aside, old, "image"))
    os.rename(os.path.join(restore.cluster.home, name), os.path.join(store, name))
    wait_for(lambda: kubectl(restore.cluster, "get", CR, C, "-o",
                             "jsonpath={.status.disasterRecoveryStatus.phase}") == "done")
    restore.restored(restore.resume())


def test_a_frontend_that_did_not_fetch(restore):
    """It leads, with every table, under the id of before: it came up with something that lay there."""
    restore.cluster.sql("CREATE TRIGGER keeps AFTER UPDATE OF value ON meta WHEN new.key = 'cluster_id'"
                        " BEGIN UPDATE meta SET value = old.value WHERE key = 'cluster_id'; END")
    done = restore.run()
    assert done.rc == 8 and "it did not fetch the snapshot" in done.err, done
    assert "disasterRecovery" in restore.spec()


def test_tables_that_are_looked_for_elsewhere(restore):
    """As starrocks-kubernetes-operator #745 reports: the files of every table would be missed."""
    restore.cluster.sql("CREATE TRIGGER moves AFTER UPDATE ON snapshot_job WHEN new.detail <> ''"
                        " BEGIN UPDATE meta SET value = 'other' WHERE key = 'service_id'; END")
    done = restore.run()
    assert done.rc == 8 and "lies at s3://practice-bucket/root/other/" in done.err, done
    assert restore.cluster.sql("SELECT count(*) FROM fe") == [(1,)]


def test_the_page_of_a_run_that_stopped(restore):
    """It names what the run moved aside, and takes out what the run put into the resource."""
    restore.fault("refuse", '%"replace","path":"/spec/starRocksFeSpec/replicas","value":1}%', times=-1)
    done = restore.run()
    assert done.rc != 0, done
    restore.cluster.clear_faults()
    run = re.search(r"--run (\S+) tells", " ".join(done.err.split()))[1]
    page = restore.cluster.belay(f"\\restore-plan {restore.backup} --form cluster-snapshot --run {run}")
    assert page.rc == 0 and "configMaps/1" not in page.out, page
    undo = [block for step, block in blocks(page.out) if step == 99]
    assert run in "".join(undo)
    undo[0] = re.sub(r"^# only if [^:]*: ", "", undo[0])
    typed = subprocess.run(["bash", "-e"], input="\n".join(undo), text=True, capture_output=True,
                           timeout=240, check=False, cwd=restore.cluster.home,
                           env=clean_env(restore.cluster.home))
    assert typed.returncode == 0 and typed.stdout.count("AS BEFORE") == 3, typed
    spec = restore.spec()
    assert "disasterRecovery" not in spec and "configMaps" not in spec["starRocksFeSpec"]
    assert (spec["starRocksCnSpec"]["replicas"], spec["starRocksFeSpec"]["replicas"]) == (3, 3)
