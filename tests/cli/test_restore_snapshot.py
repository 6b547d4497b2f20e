"""\\restore-plan --form cluster-snapshot: the page of a restore from the object storage."""
import json
import os
import re
import subprocess

import pytest

from backups import change_note
from practice import Practice, clean_env, wait_for
from restore import (
    C, CANARY, CR, STS, blocks, commands, edit, edit_cr, kubectl, patches, steps, words)

ROOT = "s3://practice-bucket/root/"
ON = "ADMIN SET AUTOMATED CLUSTER SNAPSHOT ON"
SELECT = "SELECT * FROM information_schema.cluster_snapshots"
SELDOM = 'ADMIN SET FRONTEND CONFIG ("automated_cluster_snapshot_interval_seconds" = "86400000")'


def snapshot(cluster):
    """Takes one, which stays the newest: its row."""
    done = cluster.belay(ON)
    assert done.rc == 0, done
    wait_for(lambda: cluster.sql("SELECT 1 FROM snapshot_job WHERE state = 'FINISHED'"))
    assert cluster.belay(SELDOM).rc == 0
    wait_for(lambda: not cluster.sql("SELECT 1 FROM snapshot_job WHERE state IN ('SNAPSHOTING',"
                                     " 'UPLOADING')"))
    row, = cluster.belay(SELECT).rows
    return row


@pytest.fixture(scope="module")
def rig():
    with Practice("3.4.8") as cluster:
        cluster.plain = os.path.join(cluster.home, "plain")
        assert cluster.belay(f"\\backup {cluster.plain}", timeout=120).rc == 0
        cluster.snapshot = snapshot(cluster)
        cluster.backup = os.path.join(cluster.home, "saved")
        done = cluster.belay(f"\\backup {cluster.backup}", timeout=120)
        assert done.rc == 0, done
        yield cluster


def page(cluster, backup=None):
    done = cluster.belay(f"\\restore-plan {backup or cluster.backup} --form cluster-snapshot"
                         f" --save {cluster.home}/page.txt")
    assert done.rc == 0, done
    return done.out


def test_the_page(rig):
    text = page(rig)
    said = words(text)
    path = rig.snapshot["STORAGE_PATH"]
    assert path.startswith(ROOT) and f"/meta/image/{rig.snapshot['SNAPSHOT_NAME']}" in path
    assert f"volume builtin_storage_volume, {path}" in said
    assert f"cluster_snapshot_path: {path}\n" in text
    assert "the cluster tells it now" in said
    assert "a wrong image journal id, until 3.4.10 (#65970)" in said
    assert len(steps(text)) == 9 and text.count("\n  STEP 9 ") == 1
    assert "generation is the time" in said and "restores AGAIN" in said
    shell = commands(text)
    assert subprocess.run(["bash", "-n"], input=shell, text=True, check=False,
                          capture_output=True).stderr == ""
    assert CANARY not in text and "<aws.s3.secret_key>" in text
    for ordinal in range(3):  # every volume, number 0 too
        assert f"fe-meta-{STS}-{ordinal}" in shell
    nodes, stop, back = patches(text)
    assert nodes == [{"op": "add", "path": "/spec/starRocksCnSpec/replicas", "value": 0}]
    assert [op["value"] for op in stop] == [3, 0]
    assert "From " not in said.split("KNOW BEFORE")[0] and "belay runs the same" not in said
    assert {"op": "remove", "path": "/spec/disasterRecovery"} in back
    recover = re.search(r"recover.json <<'EOF'\n(.*)\nEOF", text)[1]
    assert '"/spec/starRocksFeSpec/configMaps"' in recover and '"generation":GENERATION' in recover
    assert '"mountPath":"/opt/starrocks/fe/conf/cluster_snapshot.yaml"' in recover


def test_belay_does_not_run_it(rig):
    done = rig.belay(f"\\restore {rig.backup} --form cluster-snapshot --dry-run")
    assert done.rc == 2 and "\\restore-plan" in done.err + done.out, done
    unasked = rig.belay(f"\\restore {rig.backup} --dry-run")
    assert unasked.rc == 0 and "helper-pod" in unasked.out and "cluster-snapshot" in unasked.out, unasked


def refused(cluster, backup, says):
    done = cluster.belay(f"\\restore-plan {backup} --form cluster-snapshot")
    assert done.rc == 8 and says in done.err, done


def test_what_the_backup_noted(rig):
    """While no frontend answers the newest of its notes counts."""
    noted = {key: rig.snapshot[key] for key in ("SNAPSHOT_NAME", "CREATED_TIME", "FE_JOURNAL_ID",
                                                "STARMGR_JOURNAL_ID", "STORAGE_VOLUME",
                                                "STORAGE_PATH")}
    with open(os.path.join(rig.backup, "storage.json"), encoding="utf-8") as file:
        assert json.load(file)["snapshots"] == [noted]
    copy = os.path.join(rig.home, "copy")
    subprocess.run(["cp", "-r", rig.backup, copy], check=True)
    older = {**noted, "SNAPSHOT_NAME": "old", "FE_JOURNAL_ID": "99", "STORAGE_PATH": ROOT + "old"}
    change_note(copy, "storage.json", lambda note: note["snapshots"].append(older))
    rig.fault("error", "%cluster_snapshots%", times=-1)
    try:
        said = words(page(rig, copy))
    finally:
        rig.clear_faults()
    assert "as the backup noted it: only the newest is kept" in said
    assert noted["STORAGE_PATH"] in said and "Not seen belay could not look at: cluster snapshots" in said


def test_where_it_cannot_be_done(rig):
    rig.fault("error", "%cluster_snapshots%", times=-1)
    refused(rig, rig.plain, "no cluster snapshot is known")
    rig.clear_faults()
    before = rig.sql("SELECT resource, name, json FROM k8s_object")
    operator = lambda o: o["spec"]["template"]["spec"]["containers"][0].update(
        image="starrocks/operator:v1.9.10")
    edit(rig, "deployments.apps", "kube-starrocks-operator", operator)
    refused(rig, rig.backup, "disasterRecovery with operators from 1.10.0 on")
    for resource, name, text in before:
        rig.sql("UPDATE k8s_object SET json = ? WHERE resource = ? AND name = ?", text, resource, name)
    for scenario, says in (("seed", "there are cluster snapshots from 3.4.2 on"),
                           ("shared-nothing", "only shared-data clusters")):
        with Practice(scenario) as other:
            refused(other, "", says)


def test_config_maps_that_are_there_stay(rig):
    before = rig.sql("SELECT resource, name, json FROM k8s_object")
    edit_cr(rig, lambda o: o["spec"]["starRocksFeSpec"].update(
        configMaps=[{"name": "ours", "mountPath": "/etc/ours"}]))
    text = page(rig)
    assert '"/spec/starRocksFeSpec/configMaps/-"' in text
    back = patches(text)[-1]
    assert back[0] == {"op": "test", "path": "/spec/starRocksFeSpec/configMaps/1/name",
                       "value": "belay-cluster-snapshot"}
    assert back[1] == {"op": "remove", "path": "/spec/starRocksFeSpec/configMaps/1"}
    for resource, name, value in before:
        rig.sql("UPDATE k8s_object SET json = ? WHERE resource = ? AND name = ?", value, resource, name)
    assert C in text


def objects(cluster):
    return (cluster.sql("SELECT d.name, o.name, o.kind, o.id FROM db d LEFT JOIN object o"
                        " ON o.db_id = d.id ORDER BY 1, 2"), cluster.views(), cluster.clauses())


def test_the_printed_commands_bring_the_cluster_back(tmp_path):
    with Practice("3.4.8") as cluster:
        taken = snapshot(cluster)
        backup = str(tmp_path / "saved")
        assert cluster.belay(f"\\backup {backup}", timeout=120).rc == 0
        before = objects(cluster)
        done = cluster.belay(f"\\restore-plan {backup} --form cluster-snapshot")
        assert done.rc == 0, done
        assert cluster.belay("DROP MATERIALIZED VIEW sales.daily_top; CREATE DATABASE later").rc == 0
        old, = cluster.sql("SELECT value FROM meta WHERE key = 'cluster_id'")
        cluster.event("wreck-meta")
        wait_for(lambda: cluster.belay("SELECT 1").rc == 3)
        script = "\n".join(block for step, block in blocks(done.out) if step < 99)
        # What a person fills in.
        script = re.sub(r"value: <(aws\S+)>", r"value: \1-of-this-place", script)
        run = subprocess.run(["bash", "-e"], input=script, text=True, capture_output=True,
                             timeout=240, check=False, cwd=cluster.home,
                             env=clean_env(cluster.home))
        assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
        for said in ("FILLED", "IT RECOVERS", "DONE", '"phase":"done"'):
            assert said in run.stdout, (said, run.stdout)
        assert run.stdout.count("EMPTY") == 3
        wait_for(lambda: cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)])
        wait_for(lambda: objects(cluster) == before)
        assert cluster.sql("SELECT value FROM meta WHERE key = 'cluster_id'") != [old]  # as it says
        spec = json.loads(kubectl(cluster, "get", CR, C, "-o", "json"))["spec"]
        assert "disasterRecovery" not in spec and "configMaps" not in spec["starRocksFeSpec"]
        assert spec["starRocksCnSpec"]["replicas"] == 3
        assert "RESTORE_CLUSTER" not in kubectl(cluster, "get", "sts", STS, "-o", "json")
        assert "cluster-snapshot" not in kubectl(cluster, "get", "cm", "-o", "name")
        # The one that it came from is there again, and no path has changed.
        again, = cluster.belay(SELECT).rows
        assert again["STORAGE_PATH"] == taken["STORAGE_PATH"]


def test_a_generation_that_some_variable_has():
    """Why the page takes the time: the operator says done before anything was fetched."""
    with Practice("3.4.8") as cluster:
        before = cluster.sql("SELECT value FROM meta WHERE key = 'cluster_id'")
        patch = [{"op": "add", "path": "/spec/starRocksFeSpec/feEnvVars",
                  "value": [{"name": "LOG_CONSOLE", "value": "1"}]},
                 {"op": "add", "path": "/spec/starRocksFeSpec/configMaps",
                  "value": [{"name": "x", "mountPath": "/a/cluster_snapshot.yaml",
                             "subPath": "cluster_snapshot.yaml"}]}]
        kubectl(cluster, "patch", CR, C, "--type=json", "-p", json.dumps(patch))
        env = lambda: kubectl(cluster, "get", "pods", "-l", "app.kubernetes.io/component=fe", "-o",
                              "jsonpath={.items[*].spec.containers[0].env[*].name}")
        ready = lambda: kubectl(cluster, "get", "pods", "-l", "app.kubernetes.io/component=fe", "-o",
                                "jsonpath={.items[*].status.containerStatuses[0].ready}")
        wait_for(lambda: env().count("LOG_CONSOLE") == 3 and ready() == "true true true")
        kubectl(cluster, "patch", CR, C, "--type=merge", "-p",
                json.dumps({"spec": {"disasterRecovery": {"enabled": True, "generation": 1}}}))
        wait_for(lambda: kubectl(cluster, "get", CR, C, "-o",
                                 "jsonpath={.status.disasterRecoveryStatus.phase}") == "done")
        assert cluster.sql("SELECT value FROM meta WHERE key = 'cluster_id'") == before
