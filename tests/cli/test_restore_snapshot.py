"""\\restore-plan --form cluster-snapshot: the page of a restore from the object storage."""
import json
import os
import re
import subprocess

import pytest

from backups import change_note
from practice import KUBECTL, Practice, clean_env, wait_for
from snapshots import SELECT, contents, snapshot, write_conf
from restore import (
    C, CANARY, CR, STS, blocks, commands, edit, edit_cr, kubectl, metadata, patches, steps, words)

ROOT = "s3://practice-bucket/root/"


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
    nodes, stop, grow, back, undo, again = patches(text)
    assert undo[:3] == back[:3] and undo[3]["value"] == 0 and [op["value"] for op in again] == [3, 3]
    assert grow[0]["path"] == "/spec/disasterRecovery/enabled" and grow[1]["value"] == 3
    assert nodes == [{"op": "add", "path": "/spec/starRocksCnSpec/replicas", "value": 0}]
    assert [op["value"] for op in stop] == [3, 0]
    assert "From " not in said.split("KNOW BEFORE")[0]
    assert f"\\restore {rig.backup} --form cluster-snapshot" in said and "runs the same" not in said
    assert {"op": "remove", "path": "/spec/disasterRecovery"} in back
    recover = re.search(r"recover.json <<'EOF'\n(.*)\nEOF", text)[1]
    assert "replicas" not in recover.replace('"path":"/spec/starRocksFeSpec/replicas","value":0', "")
    assert '"/spec/starRocksFeSpec/configMaps"' in recover and '"generation":GENERATION' in recover
    assert '"mountPath":"/opt/starrocks/fe/conf/cluster_snapshot.yaml"' in recover


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


def not_run(cluster, says):
    done = cluster.belay(f"\\restore {cluster.backup} --form cluster-snapshot --dry-run")
    assert done.rc == 8 and says in done.err, done


def test_what_a_run_refuses(rig):
    """While the frontends still run: what would stop it half way is asked before."""
    not_run(rig, "there is no ConfigMap belay-cluster-snapshot")
    write_conf(rig, rig.backup)
    line = f"\\restore {rig.backup}"
    assert rig.belay(f"{line} --form cluster-snapshot --dry-run").rc == 0
    unasked = rig.belay(f"{line} --dry-run")
    assert unasked.rc == 0 and "helper-pod" in unasked.out and "cluster-snapshot" in unasked.out, unasked
    before = rig.sql("SELECT resource, name, json FROM k8s_object")
    name = "belay-cluster-snapshot"
    crd = "customresourcedefinitions.apiextensions.k8s.io", "starrocksclusters.starrocks.com"
    changes = (
        (lambda: edit(rig, "configmaps", name, lambda o: o["data"].update(
            {"cluster_snapshot.yaml": o["data"]["cluster_snapshot.yaml"].replace("/meta/image/", "/x/")})),
         "another value than cluster_snapshot_path"),
        (lambda: edit_cr(rig, lambda o: o["spec"]["starRocksCnSpec"].update(
            autoScalingPolicy={"maxReplicas": 5})), "have an autoscaler"),
        (lambda: edit_cr(rig, lambda o: o["spec"]["starRocksFeSpec"].update(
            configMaps=[{"name": name, "mountPath": "/x"}])), "an earlier restore was not finished"),
        (lambda: edit(rig, *crd, lambda o: o["metadata"]["annotations"].update(version="v1.9.10")),
         "the installed CRD does not know disasterRecovery"))
    for change, says in changes:
        change()
        not_run(rig, says)
        for resource, of, value in before:
            rig.sql("UPDATE k8s_object SET json = ? WHERE resource = ? AND name = ?", value, resource, of)
    warehouse = {"apiVersion": "starrocks.com/v1", "kind": "StarRocksWarehouse",
                 "metadata": {"name": "wh", "namespace": "starrocks"},
                 "spec": {"starRocksCluster": C, "template": {"replicas": 1}}}
    subprocess.run([KUBECTL, "--kubeconfig", rig.ready["kubeconfig"], "create", "--validate=false", "-f",
                    "-"], input=json.dumps(warehouse), text=True, check=True, capture_output=True)
    not_run(rig, "warehouse wh has compute nodes of its own")
    kubectl(rig, "delete", "starrockswarehouses", "wh")
    kubectl(rig, "delete", "cm", name)


def test_config_maps_that_are_there_stay(rig):
    before = rig.sql("SELECT resource, name, json FROM k8s_object")
    edit_cr(rig, lambda o: o["spec"]["starRocksFeSpec"].update(
        configMaps=[{"name": "ours", "mountPath": "/etc/ours"}]))
    text = page(rig)
    assert '"/spec/starRocksFeSpec/configMaps/-"' in text
    back = patches(text)[-3]
    assert back[0] == {"op": "test", "path": "/spec/starRocksFeSpec/configMaps/1/name",
                       "value": "belay-cluster-snapshot"}
    assert back[1] == {"op": "remove", "path": "/spec/starRocksFeSpec/configMaps/1"}
    for resource, name, value in before:
        rig.sql("UPDATE k8s_object SET json = ? WHERE resource = ? AND name = ?", value, resource, name)
    assert C in text


def type_all(cluster, some):
    """What a person pastes, and fills in."""
    script = re.sub(r"value: <(aws\S+)>", r"value: \1-of-this-place", "\n".join(some))
    run = subprocess.run(["bash", "-e"], input=script, text=True, capture_output=True, timeout=240,
                         check=False, cwd=cluster.home, env=clean_env(cluster.home))
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    return run.stdout


def test_the_printed_commands_bring_the_cluster_back(tmp_path):
    with Practice("3.4.8") as cluster:
        taken = snapshot(cluster)
        backup = str(tmp_path / "saved")
        assert cluster.belay(f"\\backup {backup}", timeout=120).rc == 0
        before = contents(cluster)
        done = cluster.belay(f"\\restore-plan {backup} --form cluster-snapshot")
        assert done.rc == 0, done
        assert cluster.belay("DROP MATERIALIZED VIEW sales.daily_top; CREATE DATABASE later").rc == 0
        old, = cluster.sql("SELECT value FROM meta WHERE key = 'cluster_id'")
        cluster.event("wreck-meta")
        wait_for(lambda: cluster.belay("SELECT 1").rc == 3)
        shown = type_all(cluster, [block for step, block in blocks(done.out) if step < 99])
        for said in ("FILLED", "DONE", "roll out complete", '"phase":"done"'):
            assert said in shown, (said, shown)
        assert shown.count("EMPTY") == 3
        wait_for(lambda: cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)])
        wait_for(lambda: contents(cluster) == before)
        assert cluster.sql("SELECT value FROM meta WHERE key = 'cluster_id'") != [old]  # as it says
        spec = json.loads(kubectl(cluster, "get", CR, C, "-o", "json"))["spec"]
        assert "disasterRecovery" not in spec and "configMaps" not in spec["starRocksFeSpec"]
        assert spec["starRocksCnSpec"]["replicas"] == 3
        assert "RESTORE_CLUSTER" not in kubectl(cluster, "get", "sts", STS, "-o", "json")
        assert "cluster-snapshot" not in kubectl(cluster, "get", "cm", "-o", "name")
        # The one that it came from is there again, and no path has changed.
        again, = wait_for(lambda: cluster.belay(SELECT).rows)
        assert again["STORAGE_PATH"] == taken["STORAGE_PATH"]
        wait_for(lambda: cluster.sql("SELECT count(*), sum(seen_alive) FROM node") == [(3, 3)])


def test_belay_runs_it(tmp_path):
    with Practice("3.4.8") as cluster:
        taken = snapshot(cluster)
        backup = str(tmp_path / "saved")
        assert cluster.belay(f"\\backup {backup}", timeout=120).rc == 0
        before = contents(cluster)
        line = f"\\restore {backup} --form cluster-snapshot"
        done = cluster.belay(f"{line} --dry-run")
        assert done.rc == 8 and "there is no ConfigMap belay-cluster-snapshot" in done.err, done
        assert "step 3 of \\restore-plan" in done.err, done
        write_conf(cluster, backup)
        assert cluster.belay("DROP MATERIALIZED VIEW sales.daily_top; CREATE DATABASE later").rc == 0
        old, = cluster.sql("SELECT value FROM meta WHERE key = 'cluster_id'")
        cluster.event("wreck-meta")
        wait_for(lambda: cluster.belay("SELECT 1").rc == 3)
        shown = cluster.belay(f"{line} --dry-run")
        said = " ".join(shown.out.split())
        for words_of_it in ("the cluster gets another id and token, by design",
                            "as the backup noted it: it may have been replaced since",
                            "without loss until step", taken["STORAGE_PATH"]):
            assert words_of_it in said, shown
        done = cluster.belay(line, approve=shown.digest, timeout=180)
        assert done.rc == 0, done
        assert contents(cluster) == before
        new, = cluster.sql("SELECT value FROM meta WHERE key = 'cluster_id'")
        assert new != old and f"Restored, as cluster {new[0]}" in done.err, done
        assert cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)]
        assert cluster.sql("SELECT count(*), sum(seen_alive) FROM node") == [(3, 3)]
        spec = json.loads(kubectl(cluster, "get", CR, C, "-o", "json"))["spec"]
        assert "disasterRecovery" not in spec and "configMaps" not in spec["starRocksFeSpec"]
        assert (spec["starRocksCnSpec"]["replicas"], spec["starRocksFeSpec"]["replicas"]) == (3, 3)
        assert "cluster-snapshot" not in kubectl(cluster, "get", "cm,pods", "-o", "name")
        again, = wait_for(lambda: cluster.belay(SELECT).rows)
        assert again["STORAGE_PATH"] == taken["STORAGE_PATH"]
        journal = open(cluster.journals()[0], encoding="utf-8").read()
        assert "of-this-place" not in journal + done.out + done.err


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


@pytest.mark.parametrize("last", [5, 8])
def test_giving_up_as_it_is_printed(tmp_path, last):
    """With the metadata of before, and what was made after the snapshot; also when all run already."""
    with Practice("3.4.8") as cluster:
        snapshot(cluster)
        backup = str(tmp_path / "saved")
        assert cluster.belay(f"\\backup {backup}", timeout=120).rc == 0
        assert cluster.belay("CREATE DATABASE later").rc == 0
        before = metadata(cluster)
        done = cluster.belay(f"\\restore-plan {backup} --form cluster-snapshot")
        assert done.rc == 0, done
        type_all(cluster, [block for step, block in blocks(done.out) if step <= last])
        assert (metadata(cluster) != before) == (last >= 7)
        undo = [block for step, block in blocks(done.out) if step == 99]
        if last >= 7:
            undo[0] = re.sub(r"^# only if [^:]*: ", "", undo[0])
        assert type_all(cluster, undo).count("AS BEFORE") == 3
        wait_for(lambda: cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)])
        wait_for(lambda: cluster.belay("SELECT 1").rc == 0)
        assert metadata(cluster) == before
        wait_for(lambda: cluster.sql("SELECT count(*), sum(seen_alive) FROM node") == [(3, 3)])
        spec = json.loads(kubectl(cluster, "get", CR, C, "-o", "json"))["spec"]
        assert "disasterRecovery" not in spec and "configMaps" not in spec["starRocksFeSpec"]
        assert "belay" not in kubectl(cluster, "get", "cm,pods", "-o", "name")
