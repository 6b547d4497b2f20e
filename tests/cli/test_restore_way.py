"""The way that \\restore-plan prints: its commands, as a person would paste them, do what they say."""
import json
import os
import re
import stat
import subprocess

import pytest

from practice import Practice, clean_env, wait_for, wait_for
from restore import (
    C, CANARY, CR, STS, blocks, digest, kubectl, make_backup, make_plain, plan, steps)


@pytest.fixture
def fresh():
    with Practice("seed") as cluster:
        yield cluster


def shell(cluster, script, program="bash"):
    """Runs commands as a person would paste them; the first that fails ends it."""
    done = subprocess.run([program, "-e"], input=script, text=True, capture_output=True, timeout=120,
                          check=False, cwd=cluster.home, env=clean_env(cluster.home))
    return done


def tree(cluster, ordinal):
    """Names and digests of an FE's metadata."""
    top = os.path.join(cluster.dir, "pods", f"{STS}-{ordinal}", "opt/starrocks/fe/meta")
    found = {}
    for folder, folders, names in os.walk(top):
        folders[:] = [f for f in folders if f != ".belay"]
        for name in names:
            path = os.path.join(folder, name)
            found[os.path.relpath(path, top)] = digest(open(path, "rb").read())
    return found


def role(cluster, ordinal):
    path = os.path.join(cluster.dir, "pods", f"{STS}-{ordinal}", "opt/starrocks/fe/meta/image/ROLE")
    return re.search(r"^name=(.*)$", open(path, encoding="utf-8").read(), re.M).group(1)


@pytest.mark.parametrize("program, prepare", [("bash", None), ("sh", None), ("bash", make_plain)],
                         ids=["bash", "sh", "plain statefulset"])
def test_the_printed_commands_bring_the_cluster_back(fresh, program, prepare):
    if prepare:
        prepare(fresh)
    backup = make_backup(fresh)
    before, conf = tree(fresh, 1), kubectl(fresh, "get", "cm", f"{STS}-cm", "-o", "jsonpath={.data}")
    first, = fresh.sql("SELECT name FROM fe WHERE ordinal = 0")[0]
    text = plan(fresh, line=f"\\restore-plan {backup}")
    script = "\n".join(block for step, block in blocks(text) if step < 99)
    done = shell(fresh, script, program)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    said = done.stdout
    assert said.count("\nyes") == 6
    assert f"WHOLE {os.path.getsize(backup + '/meta.tar')} " in said
    assert f"ROLE name={first}" in said
    for word, times in (("UNPACKED image 121873", 1), ("IN PLACE", 1), ("EMPTY", 2), ("CLEAN", 3),
                        ("fe.conf AS BEFORE", 1), ("FIRST POD KEPT", 1)):
        assert said.count(word) == times, (word, said)
    assert CANARY not in said + done.stderr
    assert fresh.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)]
    assert fresh.leader() == f"{STS}-0"
    assert role(fresh, 0) == first
    after = tree(fresh, 0)
    image = [name for name in before  # the reset of the group is written into the newest log
             if name.startswith(("image/v2/", "image/starmgr/", "bdb/00000000.jdb"))]
    assert {n: after.get(n) for n in image} == {n: before[n] for n in image}
    assert kubectl(fresh, "get", "cm", f"{STS}-cm", "-o", "jsonpath={.data}") == conf
    assert "belay-restore" not in kubectl(fresh, "get", "pods", "-o", "name")
    for name in os.listdir(os.path.join(fresh.home, f"belay-restore-{STS}")):
        path = os.path.join(fresh.home, f"belay-restore-{STS}", name)
        assert stat.S_IMODE(os.stat(path).st_mode) & 0o077 == 0, name
    if prepare is None:
        spec = json.loads(kubectl(fresh, "get", CR, C, "-o", "json"))["spec"]["starRocksFeSpec"]
        assert spec["replicas"] == 3 and "startupProbeFailureSeconds" not in spec


def test_a_backup_by_belay_goes_back(fresh):
    """\\backup, a loss, \\restore-plan: the plan inside the backup is from before the loss."""
    backup = os.path.join(fresh.home, "saved")
    done = fresh.belay(f"\\backup {backup}", timeout=120)
    assert done.rc == 0, done
    text = open(os.path.join(backup, "restore-plan.txt"), encoding="utf-8").read()
    assert f" < {backup}/meta.tar" in text and "<from its manifest>" not in text
    script = "\n".join(block for step, block in blocks(text) if step < 99)
    done = shell(fresh, script)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert done.stdout.count("IN PLACE") == 1 and "FIRST POD KEPT" in done.stdout
    assert fresh.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)]
    done = fresh.belay("\\leader --pod")
    assert done.out == f"{STS}-0\n", done


def metadata(cluster):
    """What SQL shows of it: the cluster's id, databases, tables and views with their states."""
    return (cluster.sql("SELECT value FROM meta WHERE key IN ('cluster_id', 'token') ORDER BY key"),
            cluster.sql("SELECT d.name, o.name, o.kind, o.id FROM db d LEFT JOIN object o"
                        " ON o.db_id = d.id ORDER BY 1, 2"), cluster.views(), cluster.clauses())


def spoil(cluster):
    """An upgrade that goes wrong: other databases and views first, then metadata that no FE loads."""
    done = cluster.belay("DROP MATERIALIZED VIEW sales.daily_top; CREATE DATABASE later;"
                         " CREATE TABLE later.t (k INT) DISTRIBUTED BY HASH(k) BUCKETS 1")
    assert done.rc == 0, done
    cluster.event("wreck-meta")
    wait_for(lambda: kubectl(cluster, "get", "pods", "-l", "app.kubernetes.io/component=fe", "-o",
                             "jsonpath={.items[*].status.containerStatuses[*].state.waiting.reason}"
                             ).split() == ["CrashLoopBackOff"] * 3)


def test_older_metadata_brings_back_the_older_cluster(fresh):
    """The upgrade spoiled the metadata: no FE answers, and the text in the backup is all there is."""
    backup = os.path.join(fresh.home, "saved")
    assert fresh.belay(f"\\backup {backup}", timeout=120).rc == 0
    before = metadata(fresh)
    spoil(fresh)
    assert metadata(fresh) != before
    wait_for(lambda: fresh.belay("SELECT 1").rc == 3)  # the listener goes a moment after the process
    for pod in range(3):
        log = os.path.join(fresh.dir, "pods", f"{STS}-{pod}", "opt/starrocks/fe/log/fe.log")
        assert "checksum mismatch" in open(log, encoding="utf-8").read()
    text = open(os.path.join(backup, "restore-plan.txt"), encoding="utf-8").read()
    done = shell(fresh, "\n".join(block for step, block in blocks(text) if step < 99))
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert metadata(fresh) == before
    assert fresh.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)]
    done = fresh.belay("SHOW DATABASES", "\\mv list")
    assert "\nlater\n" not in done.out and "\tdaily_top\t" in done.out, done


def numbered(text, title):
    """The number of the step whose title begins so."""
    return [t.startswith(title) for t in steps(text)].index(True) + 1


def test_a_step_that_is_done_twice(fresh):
    """Each step up to the start of an FE may be begun again, also the one with the switch."""
    backup = make_backup(fresh)
    conf = kubectl(fresh, "get", "cm", f"{STS}-cm", "-o", "jsonpath={.data}")
    text = plan(fresh, line=f"\\restore-plan {backup}")
    on, off = numbered(text, "Put bdbje"), numbered(text, "Take the switch")
    for step in range(1, numbered(text, "All helper pods away")):
        for again in (False, True):
            done = shell(fresh, "umask 077; cd belay-restore-* 2>/dev/null || :\n" +
                         "\n".join(b for s, b in blocks(text) if s == step))
            assert again or done.returncode == 0, (step, done.stdout, done.stderr)
            if step == on and again:
                assert "THE SWITCH IS ON ALREADY" in done.stdout
    now = kubectl(fresh, "get", "cm", f"{STS}-cm", "-o", "jsonpath={.data}")
    assert now.count("bdbje_reset_election_group") == 1
    done = shell(fresh, "cd belay-restore-*\n" + "\n".join(b for s, b in blocks(text) if s == off))
    assert "fe.conf AS BEFORE" in done.stdout
    assert kubectl(fresh, "get", "cm", f"{STS}-cm", "-o", "jsonpath={.data}") == conf
    assert tree(fresh, 2) == {} and role(fresh, 0).startswith(f"{STS}-0.")


def test_emptying_happens_once(fresh, tmp_path):
    """A frontend that has joined since keeps its metadata, however often the line is pasted."""
    text = plan(fresh)
    call = next(b for _, b in blocks(text) if 'echo "EMPTY"' in b and "GIVING" not in b)
    script = re.search(r"sh -c '(set -eu[^']*echo \"EMPTY\")'", call).group(1)
    image = tmp_path / "fe" / "meta" / "image"

    def run():
        return subprocess.run(["sh", "-c", script, "belay", "ID"], capture_output=True, text=True,
                              check=False, env={"STARROCKS_ROOT": str(tmp_path),
                                                "PATH": os.environ["PATH"]}).stdout
    image.mkdir(parents=True)
    assert (run(), image.exists()) == ("EMPTY\n", False)
    assert run() == "EMPTY\n"
    image.mkdir()
    assert (run(), image.exists()) == ("", True)
    assert (tmp_path / "fe/meta/.belay/old-ID/image").exists()


def test_a_short_upload_is_seen(fresh):
    """kubectl exec ends with 0 and half the data: the second call says so."""
    backup = make_backup(fresh)
    text = plan(fresh, line=f"\\restore-plan {backup}")
    receive = numbered(text, "The archive in")
    done = shell(fresh, "\n".join(b for s, b in blocks(text) if s < receive))
    assert done.returncode == 0, done.stderr
    fresh.fault("truncate-input", match="%exec -i%", arg="1000", program="kubectl")
    done = shell(fresh, "\n".join(b for s, b in blocks(text) if s == receive))
    assert done.returncode != 0 and "NOT WHOLE" in done.stdout, done
    assert "UNPACKED" not in done.stdout
    done = shell(fresh, "\n".join(b for s, b in blocks(text) if s == receive))
    assert "WHOLE" in done.stdout and "UNPACKED image 121873" in done.stdout, done


def test_a_changed_node_image_stops_the_start(fresh):
    backup = make_backup(fresh)
    text = plan(fresh, line=f"\\restore-plan {backup}")
    start = numbered(text, "Start one frontend")
    done = shell(fresh, "\n".join(b for s, b in blocks(text) if s < start))
    assert done.returncode == 0, done.stderr
    kubectl(fresh, "-n", "starrocks", "patch", CR, C, "--type=merge", "-p",
            '{"spec":{"starRocksCnSpec":{"image":"starrocks/cn-ubuntu:3.3.9"}}}')
    done = shell(fresh, "\n".join(b for s, b in blocks(text) if s == start))
    assert done.returncode != 0 and "The request is invalid" in done.stderr
    spec = json.loads(kubectl(fresh, "get", CR, C, "-o", "json"))["spec"]
    assert spec["starRocksFeSpec"]["replicas"] == 0
