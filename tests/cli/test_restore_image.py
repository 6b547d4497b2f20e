"""\\restore from an image alone: a backup without a journal, or one whose journal is left out."""
import json
import os
import re
import shutil
import subprocess

import pytest

from backups import strip_journal
from practice import Practice, clean_env, wait_for
from restore import STS, back_up, blocks, kubectl, metadata, plan, wreck

INCOMPLETE = "start_with_incomplete_meta"
RESET = "bdbje_reset_election_group"


def conf(cluster):
    return kubectl(cluster, "get", "cm", f"{STS}-cm", "-o", "jsonpath={.data}")


def log(cluster, ordinal=0):
    path = os.path.join(cluster.dir, "pods", f"{STS}-{ordinal}", "opt/starrocks/fe/log/fe.log")
    with open(path, encoding="utf-8") as file:
        return file.read()


def patch_conf(cluster, more):
    (text,), = cluster.sql("SELECT json FROM k8s_object WHERE resource = 'configmaps' AND name = ?",
                           f"{STS}-cm")
    value = json.loads(text)
    value["data"]["fe.conf"] += more
    cluster.sql("UPDATE k8s_object SET json = ? WHERE resource = 'configmaps' AND name = ?",
                json.dumps(value), f"{STS}-cm")


def size(cluster, n):
    kubectl(cluster, "patch", "starrocksclusters.v1.starrocks.com", "kube-starrocks",
            "--type=merge", "-p", '{"spec":{"starRocksFeSpec":{"replicas":%d}}}' % n)


def drop_bdb(cluster, ordinal):
    shutil.rmtree(os.path.join(cluster.dir, "pods", f"{STS}-{ordinal}",
                               "opt/starrocks/fe/meta/bdb"))


def is_back(cluster, before, was):
    wait_for(lambda: metadata(cluster) == before)  # 4.1 loads views in the background
    assert cluster.sql("SELECT pod, role, alive, grouped FROM fe ORDER BY pod") == [
        (f"{STS}-0", "LEADER", 1, 1), (f"{STS}-1", "FOLLOWER", 1, 1),
        (f"{STS}-2", "FOLLOWER", 1, 1)]
    assert conf(cluster) == was
    assert "belay-restore" not in kubectl(cluster, "get", "pods", "-o", "name")


@pytest.mark.parametrize("scenario", ["shared-nothing", "3.4.8", "4.1"])
def test_a_backup_without_a_journal(scenario, tmp_path):
    with Practice(scenario) as cluster:
        backup = strip_journal(back_up(cluster), tmp_path / "image")
        before, was = metadata(cluster), conf(cluster)
        wreck(cluster)
        done = cluster.approved(f"\\restore {backup}", timeout=240)
        assert done.rc == 0, done
        assert "the journal (bdb) is not in the backup" in " ".join(done.err.split()), done
        is_back(cluster, before, was)
        calls = [c for c in cluster.kubectl_calls() if "--patch-file" in c]
        assert len(calls) == 4, calls  # one switch in and out, then the other: never both


def test_the_journal_is_left_out(tmp_path):
    with Practice("4.1") as cluster:
        backup = back_up(cluster)
        before, was = metadata(cluster), conf(cluster)
        wreck(cluster)
        done = cluster.approved(f"\\restore {backup} --form image-only", timeout=240)
        assert done.rc == 0, done
        is_back(cluster, before, was)


def test_both_switches_in_one_start():
    """What the plan avoids: 3.3.5 exits, 4.1.0 does not (both recorded)."""
    for scenario, works in (("shared-nothing", False), ("4.1", True)):
        with Practice(scenario) as cluster:
            patch_conf(cluster, f"{INCOMPLETE} = true\n{RESET} = true\n")
            size(cluster, 0)
            wait_for(lambda: cluster.sql("SELECT sum(alive) FROM fe") == [(0,)])
            wait_for(lambda: not kubectl(cluster, "get", "pods", "-l",
                                         "app.kubernetes.io/component=fe", "-o", "name"))
            for ordinal in range(3):
                drop_bdb(cluster, ordinal)
            size(cluster, 1)
            if works:
                wait_for(lambda: cluster.sql("SELECT pod, role FROM fe") == [(f"{STS}-0", "LEADER")])
            else:
                wait_for(lambda: "StarRocksFE start failed" in log(cluster))
                assert cluster.sql("SELECT sum(alive) FROM fe") == [(0,)]


def test_shared_data_without_its_shards_is_refused(tmp_path):
    """3.3.3 makes no starmgr image: which tablet lies where is in bdb alone (PR #54370)."""
    with Practice("seed") as cluster:
        backup = back_up(cluster)
        image = strip_journal(backup, tmp_path / "image")
        for line in (f"\\restore {image}", f"\\restore {backup} --form image-only"):
            done = cluster.belay(line + " --dry-run")
            assert done.rc == 8 and "tables would have no tablets" in done.err, done


@pytest.mark.parametrize("program", ["bash", "sh"])
def test_the_printed_commands_bring_the_cluster_back(program, tmp_path):
    with Practice("3.4.8") as cluster:
        backup = strip_journal(back_up(cluster), tmp_path / "image")
        before, was = metadata(cluster), conf(cluster)
        text = plan(cluster, line=f"\\restore-plan {backup}")
        assert "journal not in it" in text and "recorded on 3.3.5 and 4.1.0" in " ".join(text.split())
        assert "and kube-starrocks-fe-0 once more: a group of its own." in " ".join(text.split())
        wreck(cluster)
        script = "\n".join(block for step, block in blocks(text) if step < 99)
        done = subprocess.run([program, "-e"], input=script, text=True, capture_output=True,
                              timeout=240, check=False, cwd=cluster.home,
                              env=clean_env(cluster.home))
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
        assert "IN PLACE" in done.stdout and "fe.conf AS BEFORE" in done.stdout
        wait_for(lambda: cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)])
        is_back(cluster, before, was)
        assert not re.search(r"CANARY", done.stdout + done.stderr)
