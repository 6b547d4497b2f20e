"""\\restore on bad days: kill -9 at every boundary of its journal, copies that are cut, other hands, ^C.

Whatever happens: \\resume ends with the cluster of the backup.
"""
import glob
import json
import os
import re
import signal
import subprocess

import pytest

from backups import flip
from practice import (
    KUBECTL, PRELOADED, Done, Practice, clean_env, descendants, killed, wait_for)
from restore import C, CR, STS, kubectl

RECEIVE = "%RECEIVED%"  # the call that takes the archive in, by its script
START = '%"path":"/spec/starRocksFeSpec/replicas","value":1}%'  # 0 to 1
HELPER = f"belay-restore-{STS}-0"


class Restore:
    """A cluster, a backup of it, and metadata that no frontend loads any more."""

    def __init__(self, scenario="seed", options=""):
        self.cluster, self.options = Practice(scenario), options

    def __enter__(self):
        cluster = self.cluster.__enter__()
        self.backup = os.path.join(cluster.home, "saved")
        done = cluster.belay(f"\\backup {self.backup}", timeout=120)
        assert done.rc == 0, done
        self.before = self.metadata()
        assert cluster.belay("CREATE DATABASE later; DROP MATERIALIZED VIEW sales.daily_top").rc == 0
        cluster.event("wreck-meta")
        self.line = f"\\restore {self.backup} {self.options}"
        self.digest = cluster.digest(self.line)
        return self

    def __exit__(self, *_):
        self.cluster.__exit__()

    def metadata(self):
        return (self.cluster.sql("SELECT value FROM meta WHERE key IN ('cluster_id', 'token')"),
                self.cluster.sql("SELECT d.name, o.name, o.id FROM db d LEFT JOIN object o"
                                 " ON o.db_id = d.id ORDER BY 1, 2"), self.cluster.views())

    def run(self, line=None, **kwargs):
        return self.cluster.belay(line or self.line, approve=self.digest, timeout=180, **kwargs)

    def resume(self, **kwargs):
        return self.run("\\resume", **kwargs)

    def fault(self, kind, match, arg=None, times=1, after=0):
        self.cluster.fault(kind, match, arg, times, after, program="kubectl")

    def struck(self):
        """Has every fault been taken?"""
        return self.cluster.sql("SELECT count(*) FROM fault WHERE remaining <> 0") == [(0,)]

    def restored(self, done):
        assert done.rc == 0, done
        self.is_restored()

    def is_restored(self):
        assert self.metadata() == self.before
        assert self.cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)]
        conf = kubectl(self.cluster, "get", "cm", f"{STS}-cm", "-o", "jsonpath={.data}")
        assert "bdbje_reset_election_group" not in conf
        assert "belay-restore" not in kubectl(self.cluster, "get", "pods", "-o", "name")

    def stopped_before_the_start(self):
        """kill -9 while the call that starts the first frontend hangs."""
        self.fault("hang", START)
        belay = self.cluster.start(self.line, approve=self.digest)
        wait_for(self.struck, 120)
        belay.kill()
        belay.wait(10)
        self.cluster.clear_faults()


@pytest.fixture
def restore():
    with Restore() as made:
        yield made


# --- kill -9 ---------------------------------------------------------------------------------------


def killed_at_every_boundary(restore):
    """
    Every process gets one step further at most. Three ways for each step: its intent is durable and
    nothing is sent; it is done and its outcome is lost; its outcome is durable. Returns how often.
    """
    log = os.path.join(restore.cluster.top, "calls")
    # The first two records of a process are those that it goes on and that it holds the Lease.
    ways = [("kill-after", "3"), ("power-cut", "4"), ("kill-after", "4")]
    done, kills = None, 0
    for n in range(200):
        how, at = ways[n % 3]
        env = {**PRELOADED, "BELAY_DURABLE_LOG": log, "BELAY_DURABLE_HOW": how,
               "BELAY_DURABLE_AT": str(int(at) + (3 if n == 0 else 0))}
        done = restore.run(env=env) if n == 0 else restore.resume(env=env)
        if not killed(done):
            break
        kills += 1
    # The last one may have died with the record of its end on the disk.
    assert done.rc == 0 or "no run of this cluster is open" in done.err, done
    restore.is_restored()
    return kills


def test_killed_at_every_boundary(restore):
    assert killed_at_every_boundary(restore) > 40


# --- the copy into the pod ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind, arg", [("truncate-input", "1000"), ("truncate-input", "0"),
                                       ("exit", "137"), ("refuse", None), ("no-output", None)])
def test_a_copy_that_did_not_arrive_is_seen(restore, kind, arg):
    restore.fault(kind, RECEIVE, arg)
    done = restore.run()
    assert done.rc != 0 and "\\resume" in done.err, done
    meta = os.path.join(restore.cluster.dir, "pods", f"{STS}-0", "opt/starrocks/fe/meta")
    assert "ROLE" in os.listdir(os.path.join(meta, "image"))  # the old one, where it was
    assert not glob.glob(os.path.join(meta, ".belay", "old-*"))
    restore.restored(restore.resume())


def test_only_the_answer_is_cut(restore):
    """All of it arrived, and kubectl says nothing, with status 0: the other call knows."""
    restore.fault("truncate", RECEIVE)
    restore.restored(restore.run())


def test_the_pod_says_it_took_everything_and_did_not(restore):
    """What lies in the pod is changed before it is looked at."""
    restore.fault("slow", "%sh -s -- " + "_" * 32 + " % " + "_" * 64, "1500")
    belay = restore.cluster.start(restore.line, approve=restore.digest)
    part = os.path.join(restore.cluster.dir, "pods", f"{STS}-0",
                        "opt/starrocks/fe/meta/.belay/in/meta.tar.part")
    size = os.path.getsize(os.path.join(restore.backup, "meta.tar"))
    wait_for(lambda: os.path.exists(part) and os.path.getsize(part) == size, 60)
    with open(part, "r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff\xff")
    belay.wait(120)
    assert belay.returncode == 8, belay.stderr.read()
    restore.restored(restore.resume())


# --- a call that is still at work ---------------------------------------------------------------------

SWAP = "%sh -s -- " + "_" * 32 + " " + "_" * 8 + "T" + "_" * 6 + "Z all"


def printed(restore, word):
    """The script of the plan's page that ends with this word."""
    text = restore.cluster.belay(f"\\restore-plan {restore.backup}").out
    return next(script for script in re.findall(r"sh -c '(set -eu[^']*)'", text)
                if script.endswith(f'echo "{word}"'))


def test_calls_that_change_never_run_together(restore, tmp_path):
    """Four of the same at once, beside the lock of one that was killed: the second to the last wait."""
    meta, log, tools = tmp_path / "fe" / "meta", tmp_path / "log", tmp_path / "tools"
    for name in ("image/ROLE", "bdb/00000000.jdb", ".belay/new/image/ROLE",
                 ".belay/new/bdb/00000000.jdb"):
        (meta / name).parent.mkdir(parents=True, exist_ok=True)
        (meta / name).write_text("new" if "new" in name else "old")
    (meta / ".belay" / "lock").symlink_to("1.99")  # process 1 was born at another time
    tools.mkdir()
    for name in ("mv", "rm"):
        (tools / name).write_text(f"#!/bin/sh\ncase $*$PPID in *lock*) ;; *) echo begin >> {log};"
                                  f" sleep 0.2; echo end >> {log} ;; esac\nexec /bin/{name} \"$@\"\n")
        (tools / name).chmod(0o700)
    swap = ["sh", "-c", printed(restore, "IN PLACE"), "belay", "20240101T000000Z", "all"]
    calls = [subprocess.Popen(swap, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env={"STARROCKS_ROOT": str(tmp_path), "PATH": f"{tools}:/usr/bin:/bin"})
             for _ in range(4)]
    said = sorted(call.communicate(timeout=120) for call in calls)
    assert said == [("IN PLACE\n", "")] + [("IN PLACE already\n", "")] * 3
    steps = log.read_text().split()
    assert steps == ["begin", "end"] * (len(steps) // 2) and len(steps) == 10, steps
    assert (meta / "image/ROLE").read_text() == "new"
    assert (meta / ".belay/old-20240101T000000Z/image/ROLE").read_text() == "old"
    assert not os.path.lexists(meta / ".belay/lock")


def test_resume_waits_for_the_call_before(restore):
    """kubectl is gone, and what it began in the pod is still at work: nothing runs beside that."""
    with subprocess.Popen(["sleep", "600"]) as before:
        try:
            with open(f"/proc/{before.pid}/stat", encoding="ascii") as file:
                born = file.read().rsplit(") ", 1)[1].split()[19]
            meta = os.path.join(restore.cluster.dir, "pods", f"{STS}-0", "opt/starrocks/fe/meta")
            restore.fault("slow", SWAP, "2000")
            belay = restore.cluster.start(restore.line, approve=restore.digest)
            wait_for(restore.struck, 120)
            os.symlink(f"{before.pid}.{born}", f"{meta}/.belay/lock")
            wait_for(lambda: [words for words in descendants(restore.cluster.top).values()
                              if words.startswith("sleep 1 ")], 60)
            assert os.path.exists(f"{meta}/.belay/new/image/ROLE")
            assert not glob.glob(f"{meta}/.belay/old-*") and belay.poll() is None
            belay.kill()
            belay.wait(10)
            belay = restore.cluster.start("\\resume", approve=restore.digest)
            wait_for(lambda: len([c for c in restore.cluster.kubectl_calls()
                                  if re.search(r" [0-9a-f]{32} \d{8}T\d{6}Z all$", c)]) >= 2, 60)
            assert not glob.glob(f"{meta}/.belay/old-*") and belay.poll() is None
        finally:
            before.kill()
    out, err = belay.communicate(timeout=180)
    restore.restored(Done([], belay.returncode, out, err))


# --- other hands ----------------------------------------------------------------------------------------


def test_a_helper_that_came_back(restore):
    """Two pods on one volume: nothing but the gate keeps the frontend from starting beside it."""
    restore.stopped_before_the_start()
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": HELPER, "namespace": "starrocks"},
           "spec": {"containers": [{"name": "restore", "image": "starrocks/fe-ubuntu:3.3.3",
                                    "command": ["sleep", "3600"]}]}}
    subprocess.run([KUBECTL, "--kubeconfig", restore.cluster.ready["kubeconfig"], "-n",
                    "starrocks", "create", "-f", "-"], input=json.dumps(pod), text=True, check=True,
                   env=clean_env(restore.cluster.home), capture_output=True)
    done = restore.resume()
    assert done.rc == 7 and f"{HELPER} is gone" in done.err, done
    assert restore.cluster.sql("SELECT sum(alive) FROM fe") == [(0,)]
    kubectl(restore.cluster, "delete", "pod", HELPER)
    restore.restored(restore.resume())


def set_cn(restore, image):
    kubectl(restore.cluster, "patch", CR, C, "--type=merge", "-p",
            json.dumps({"spec": {"starRocksCnSpec": {"image": image}}}))


def test_another_cn_image_before_the_start(restore):
    restore.stopped_before_the_start()
    set_cn(restore, "starrocks/cn-ubuntu:3.3.9")
    done = restore.resume()
    assert done.rc == 7 and "image is starrocks/cn-ubuntu:3.3.3" in done.err, done
    assert restore.cluster.sql("SELECT sum(alive) FROM fe") == [(0,)]
    set_cn(restore, "starrocks/cn-ubuntu:3.3.3")
    restore.restored(restore.resume())


def test_another_cn_image_at_the_last_moment(restore):
    """After the gate, before the patch: the test in the patch refuses it."""
    restore.fault("slow", START, "3000")
    belay = restore.cluster.start(restore.line, approve=restore.digest)
    wait_for(restore.struck, 120)
    set_cn(restore, "starrocks/cn-ubuntu:3.3.9")
    _, err = belay.communicate(timeout=120)
    assert belay.returncode == 7 and b"a test in the patch did not hold" in err, err
    assert restore.cluster.sql("SELECT sum(alive) FROM fe") == [(0,)]
    set_cn(restore, "starrocks/cn-ubuntu:3.3.3")
    restore.restored(restore.resume())


def test_the_switch_is_not_as_belay_wrote_it(restore):
    restore.stopped_before_the_start()
    name = f"{STS}-cm"
    (text,), = restore.cluster.sql("SELECT json FROM k8s_object WHERE resource = 'configmaps' AND"
                                   " name = ?", name)
    value = json.loads(text)
    right = value["data"]["fe.conf"]
    value["data"]["fe.conf"] = right.replace("bdbje_reset_election_group = true",
                                             "bdbje_reset_election_group=true")
    restore.cluster.sql("UPDATE k8s_object SET json = ? WHERE resource = 'configmaps' AND name = ?",
                        json.dumps(value), name)
    done = restore.resume()
    assert done.rc == 7 and "not as belay wrote it" in done.err, done
    assert "CANARY" not in done.err
    value["data"]["fe.conf"] = right
    restore.cluster.sql("UPDATE k8s_object SET json = ? WHERE resource = 'configmaps' AND name = ?",
                        json.dumps(value), name)
    restore.restored(restore.resume())


def test_another_cluster_of_the_same_names(restore):
    """The run of one cluster is never gone on with in another, whatever it is called."""
    restore.stopped_before_the_start()
    with Practice("seed") as other:
        other.event("wreck-meta")
        done = other.belay("\\resume", approve=restore.digest, state=restore.cluster.state_dir,
                           timeout=120)
        assert done.rc == 7 and "uid" in done.err, done
        assert not [c for c in other.kubectl_calls() if " patch " in c]
    restore.restored(restore.resume())


def test_a_frontend_that_ends_again_and_again(restore):
    """It is not waited for an hour: the run stops, says where the reason is, and goes on after it."""
    restore.fault("slow", START, "3000")
    belay = restore.cluster.start(restore.line, approve=restore.digest)
    wait_for(restore.struck, 120)
    image, = glob.glob(os.path.join(restore.cluster.dir, "pods", f"{STS}-0",
                                    "opt/starrocks/fe/meta/image/v2/image.*"))
    flip(image, 100)
    _, err = belay.communicate(timeout=120)
    assert belay.returncode == 8 and b"kubectl logs" in err and b"CrashLoopBackOff" in err, err
    flip(image, 100)
    done = restore.resume()
    if done.rc == 8:  # it had not been started once more yet
        wait_for(lambda: restore.cluster.sql("SELECT count(*) FROM fe WHERE alive") == [(1,)], 60)
        done = restore.resume()
    restore.restored(done)


# --- a person -----------------------------------------------------------------------------------------


def test_a_person_stops_it(restore):
    """^C while the archive is on its way: after this step; \\resume goes on."""
    restore.fault("slow", RECEIVE, "2000")
    belay = restore.cluster.start(restore.line, approve=restore.digest)
    wait_for(restore.struck, 120)
    belay.send_signal(signal.SIGINT)
    _, err = belay.communicate(timeout=120)
    assert belay.returncode in (5, 130), err
    assert restore.cluster.sql("SELECT sum(alive) FROM fe") == [(0,)]
    restore.restored(restore.resume())


def test_a_person_leaves_a_copy_that_hangs(restore):
    restore.fault("hang", RECEIVE)
    belay = restore.cluster.start(restore.line, approve=restore.digest)
    wait_for(restore.struck, 120)

    def left():
        if belay.poll() is None:
            belay.send_signal(signal.SIGINT)
        return belay.poll() is not None
    wait_for(left, 60)
    assert belay.returncode in (5, 9, 130), belay.stderr.read()
    restore.restored(restore.resume())
