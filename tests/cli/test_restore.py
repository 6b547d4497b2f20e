"""\\restore: the plan, what refuses it, and the whole run on a cluster that no FE answers for."""
import hashlib
import json
import os
import re
import shutil
import subprocess

import pytest

from backups import copy_backup, flip, read_manifest, write_manifest
from practice import Practice, clean_env, wait_for
from restore import (
    C, CANARY, CR, STS, edit, edit_cr, edit_set, kubectl, make_emptydir, make_plain, plan)

CN = "starrocks/cn-ubuntu:3.3.9"


def back_up(cluster, name="saved"):
    path = os.path.join(cluster.home, name)
    done = cluster.belay(f"\\backup {path}", timeout=120)
    assert done.rc == 0, done
    return path


def metadata(cluster):
    """What the cluster's metadata says: id, databases, tables and views with their states."""
    return (cluster.sql("SELECT value FROM meta WHERE key IN ('cluster_id', 'token') ORDER BY key"),
            cluster.sql("SELECT d.name, o.name, o.kind, o.id FROM db d LEFT JOIN object o"
                        " ON o.db_id = d.id ORDER BY 1, 2"), cluster.views(), cluster.clauses())


def crash_loops(cluster):
    return kubectl(cluster, "get", "pods", "-l", "app.kubernetes.io/component=fe", "-o",
                   "jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}").split()


def upgrade_badly(cluster):
    """Other images, other databases and views; then metadata that no FE loads."""
    for spec, image in (("starRocksCnSpec", CN), ("starRocksFeSpec", "starrocks/fe-ubuntu:3.3.9")):
        kubectl(cluster, "patch", CR, C, "--type=merge", "-p",
                json.dumps({"spec": {spec: {"image": image}}}))
    wait_for(lambda: cluster.sql("SELECT count(*) FROM fe WHERE version LIKE '3.3.9%' AND alive")
             == [(3,)])
    wait_for(lambda: cluster.sql("SELECT count(*) FROM fe WHERE listens_ms <> start_ms") == [(0,)])
    done = cluster.belay("DROP MATERIALIZED VIEW sales.daily_top; CREATE DATABASE later")
    assert done.rc == 0, done
    cluster.event("wreck-meta")
    wait_for(lambda: crash_loops(cluster) == ["CrashLoopBackOff"] * 3)


@pytest.fixture(scope="module")
def rig():
    """A cluster and a backup of it; nothing here changes it."""
    with Practice("seed") as cluster:
        cluster.backup = back_up(cluster)
        yield cluster


@pytest.fixture
def fresh():
    with Practice("seed") as cluster:
        yield cluster


# --- the plan ------------------------------------------------------------------------------------


def test_the_plan_changes_nothing(rig):
    rig.forget()
    calls = len(rig.kubectl_calls())
    done = rig.belay(f"\\restore {rig.backup} --dry-run")
    assert done.rc == 0, done
    again = rig.belay(f"\\restore {rig.backup} --dry-run")
    assert again.digest == done.digest  # not the hour, nor who leads
    assert rig.changes() == []
    assert not [c for c in rig.kubectl_calls()[calls:]
                if re.search(r" (patch|create|delete|scale|replace|exec) ", c)
                and " auth can-i " not in c]
    assert CANARY not in done.out + done.err
    for text in ("Loses    everything that was committed after the backup",
                 "vacuum keeps old files for 30 minutes", "secret kube-starrocks-root"):
        assert text in done.out, done
    number, = re.findall(r"^Return .* until step (\d+),", done.out, re.M)
    assert re.search(rf'^ *{number}  kubectl patch .*"value":1}}', done.out, re.M), done
    stages = re.findall(r"^ -- (.*)$", done.out, re.M)
    assert stages == ["stop", "switch on", "archive", "others", "helpers away", "start",
                      "switch off", "join"]


def test_it_is_declined_without_the_digest(rig):
    runs = rig.journals()
    for approve in (None, "reversible", "sha256:" + "0" * 64):
        done = rig.belay(f"\\restore {rig.backup}", approve=approve)
        assert done.rc == 4, done
    assert rig.journals() == runs
    assert rig.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)]


def test_what_is_read_is_what_is_run(rig):
    """Each call and script of the plan stands in the text that \\restore-plan prints."""
    saved = os.path.join(rig.home, "plan.json")
    done = rig.belay(f"\\restore {rig.backup} --save {saved}")
    assert done.rc == 0, done
    text = plan(rig, line=f"\\restore-plan {rig.backup} --save {rig.home}/way.txt")
    digest = rig.belay(f"\\restore {rig.backup} --dry-run")
    for line in re.findall(r"^ +\d+  kubectl (.*?)(?:  \(.*)?$", digest.out, re.M):
        words = line.replace("{image of kube-starrocks-cn}", "'\"$CN\"'")
        assert words in text, words
    assert f" < {rig.backup}/meta.tar" in text
    assert "bdbje_reset_election_group = true" in text


# --- what is refused -------------------------------------------------------------------------------


def refused(cluster, backup, code, *parts, args="", **kwargs):
    done = cluster.belay(f"\\restore {backup} {args} --dry-run", **kwargs)
    assert done.rc == code, done
    assert done.out == "", done
    for part in parts:
        assert part in done.err, done
    return done


def test_damaged_or_no_backup(rig, tmp_path):
    broken = copy_backup(rig.backup, tmp_path / "broken")
    flip(os.path.join(broken, "meta.tar"))
    refused(rig, broken, 8, "is damaged")
    half = shutil.copytree(rig.backup, tmp_path / "half")
    os.remove(half / "manifest.json")
    refused(rig, half, 8, "is no backup that belay finished", "\\restore-plan")
    refused(rig, tmp_path / "nothing", 2)


def test_another_clusters_backup(rig):
    with Practice("seed") as other:
        refused(other, rig.backup, 8, "is of another cluster: its id is")
        other.event("wreck-meta")  # no FE says which cluster it is; the volume does, before the swap
        done = other.belay(f"\\restore {rig.backup} --dry-run")
        assert done.rc == 0 and "made anew since the backup" in done.out, done
        done = other.belay(f"\\restore {rig.backup}", approve=done.digest, timeout=120)
        assert done.rc == 8 and "the metadata on the volume is of cluster" in done.err, done
        assert os.path.exists(os.path.join(other.dir, "pods", f"{STS}-0",
                                           "opt/starrocks/fe/meta/image/ROLE"))


def test_another_name(rig, tmp_path):
    other = shutil.copytree(rig.backup, tmp_path / "other")
    path = os.path.join(other, "cluster.json")
    with open(path, encoding="utf-8") as file:
        cluster = json.load(file)
    cluster["name"] = "sr-prod"
    with open(path, "w", encoding="utf-8") as file:
        json.dump(cluster, file)
    manifest = read_manifest(other)
    with open(path, "rb") as file:
        data = file.read()
    for entry in manifest["files"]:
        if entry["name"] == "cluster.json":
            entry.update(size=len(data), sha256=hashlib.sha256(data).hexdigest())
    write_manifest(other, manifest)
    refused(rig, other, 8, "its name is sr-prod, here it is kube-starrocks")


def test_without_kubernetes(rig):
    refused(rig, rig.backup, 2, "no way to them: ", "\\restore-plan", args="", kube=False)


def test_a_kubectl_that_hangs_is_named(rig):
    """It is no reason to take the frontends for processes of hosts."""
    rig.fault("hang", "%config view%", program="kubectl", times=2)
    done = rig.belay(f"\\restore {rig.backup} --dry-run", args=["--kubectl-timeout", "1"])
    rig.clear_faults()
    assert done.rc == 2 and done.out == "", done
    assert "no way to them: " in done.err and "kubectl" in done.err, done


def test_what_the_objects_say(fresh):
    backup = back_up(fresh)
    before = fresh.sql("SELECT resource, name, json FROM k8s_object")

    def reset():
        for resource, name, text in before:
            fresh.sql("UPDATE k8s_object SET json = ? WHERE resource = ? AND name = ?", text,
                      resource, name)

    def conf(change):
        edit(fresh, "configmaps", f"{STS}-cm",
             lambda o: o["data"].update({"fe.conf": change(o["data"]["fe.conf"])}))
    conf(lambda text: text.replace("run_mode = shared_data", "run_mode = shared_nothing"))
    argv = fresh.argv(f"\\restore {backup} --dry-run", args=["--cluster", C])
    fresh.stop_serving()  # an FE that answers would say what it runs with
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False,
                          env=clean_env(fresh.home))
    assert done.returncode == 8 and "no frontend would start" in done.stderr, done.stderr
    reset()
    fresh.serve()
    edit_cr(fresh, lambda o: o["spec"].update(disasterRecovery={"enabled": True}))
    refused(fresh, backup, 8, "disasterRecovery is enabled")
    reset()
    fresh.sql("DELETE FROM k8s_object WHERE name = ?", f"fe-meta-{STS}-2")
    refused(fresh, backup, 8, f"volume claims are missing: fe-meta-{STS}-2")


def test_metadata_that_does_not_last(fresh):
    backup = back_up(fresh)
    make_emptydir(fresh)
    refused(fresh, backup, 8, "no restore can last here")


def test_an_older_image_cannot_load_it(fresh):
    backup = back_up(fresh)
    edit_set(fresh, lambda o: o["spec"]["template"]["spec"]["containers"][0].update(
        image="starrocks/fe-ubuntu:3.2.9"))
    refused(fresh, backup, 8, "frontends of starrocks/fe-ubuntu:3.2.9 cannot load newer metadata",
            args="--keep-image")
    done = fresh.belay(f"\\restore {backup} --dry-run")
    assert done.rc == 0 and "start with starrocks/fe-ubuntu:3.3.3, which they had" in done.out, done


def test_an_old_backup_is_told_with_what_vacuum_took(rig, tmp_path):
    old = copy_backup(rig.backup, tmp_path / "old", made="2025-01-01T00:00:00Z")
    done = rig.belay(f"\\restore {old} --dry-run")
    assert done.rc == 0 and "what it removed since is GONE" in " ".join(done.out.split()), done


# --- the run ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("prepare", [None, make_plain], ids=["operator", "plain statefulset"])
def test_the_night_when_no_frontend_answers(fresh, prepare):
    if prepare:
        prepare(fresh)
    conf = kubectl(fresh, "get", "cm", f"{STS}-cm", "-o", "jsonpath={.data}")
    backup = back_up(fresh)
    before = metadata(fresh)
    if prepare is None:
        upgrade_badly(fresh)
    else:
        fresh.event("wreck-meta")
        wait_for(lambda: crash_loops(fresh) == ["CrashLoopBackOff"] * 3)
    wait_for(lambda: fresh.belay("SELECT 1").rc == 3)  # the listener goes a moment after the process
    listed = fresh.belay("\\journal list")  # one cluster has journals here, so it is that one
    assert listed.rc == 0 and fresh.run_id() in listed.out, listed
    done = fresh.approved(f"\\restore {backup}", timeout=240)
    assert done.rc == 0, done
    assert metadata(fresh) == before
    assert fresh.sql("SELECT pod, role, alive, version LIKE '3.3.3-%' FROM fe ORDER BY pod") == [
        (f"{STS}-0", "LEADER", 1, 1), (f"{STS}-1", "FOLLOWER", 1, 1),
        (f"{STS}-2", "FOLLOWER", 1, 1)]
    assert kubectl(fresh, "get", "cm", f"{STS}-cm", "-o", "jsonpath={.data}") == conf
    assert "belay-restore" not in kubectl(fresh, "get", "pods", "-o", "name")
    for ordinal in range(3):  # moved aside, not deleted
        aside = os.path.join(fresh.dir, "pods", f"{STS}-{ordinal}", "opt/starrocks/fe/meta/.belay")
        old = [name for name in os.listdir(aside) if name.startswith("old-")]
        assert len(old) == 1 and "ROLE" in os.listdir(os.path.join(aside, old[0], "image"))
    with open(fresh.journals()[-1], encoding="utf-8") as file:
        text = file.read()
    assert CANARY not in text + done.out + done.err + "\n".join(fresh.kubectl_calls())
    if prepare is None:
        spec = json.loads(kubectl(fresh, "get", CR, C, "-o", "json"))["spec"]
        assert spec["starRocksFeSpec"]["replicas"] == 3
        assert "startupProbeFailureSeconds" not in spec["starRocksFeSpec"]
        assert spec["starRocksCnSpec"]["image"] == "starrocks/cn-ubuntu:3.3.3"  # back, after the FEs
    again = fresh.belay("\\backup " + os.path.join(fresh.home, "after"), timeout=120)
    assert again.rc == 0, again


def test_a_second_time(fresh):
    """The same backup again, later: what the first left on the volumes is in nobody's way."""
    backup = back_up(fresh)
    before = metadata(fresh)
    for _ in range(2):
        assert fresh.belay("CREATE DATABASE later").rc == 0
        done = fresh.approved(f"\\restore {backup}", timeout=240)
        assert done.rc == 0, done
        assert re.findall(r"^ *\d+/\d+ +already so +(\w+)", done.err, re.M) in ([], ["restart"]), done
        assert metadata(fresh) == before


def test_volumes_that_came_up_empty(fresh):
    """The frontends made a new cluster of their own: the old one comes back, by its id too."""
    backup = back_up(fresh)
    before = metadata(fresh)
    fresh.sql("UPDATE meta SET value = value + 1 WHERE key = 'cluster_id'")
    for ordinal in range(3):
        path = os.path.join(fresh.dir, "pods", f"{STS}-{ordinal}",
                            "opt/starrocks/fe/meta/image/VERSION")
        with open(path, encoding="utf-8") as file:
            text = file.read()
        with open(path, "w", encoding="utf-8") as file:
            file.write(re.sub(r"clusterId=(\d+)", lambda m: f"clusterId={int(m[1]) + 1}", text))
    done = fresh.approved(f"\\restore {backup}", timeout=240)
    assert done.rc == 0, done
    assert metadata(fresh) == before
