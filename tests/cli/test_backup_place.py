"""\\backup without Kubernetes: from a directory of this machine, and through a command like ssh."""
import json
import os
import re
import tarfile

import pytest

from backups import read_manifest

SSH = """#!/bin/sh
# Joins its words and gives them to a shell, as ssh does on the other side.
echo "$*" >> '{top}/calls'
shift
[ -e '{top}/refuse' ] && {{ echo 'no route to host' >&2; exit 255; }}
# The stream is the call with nothing behind nonce and directory.
[ $# = 5 ] && [ -e '{top}/cut' ] && {{ rm -f '{top}/cut'; sh -c "$*" | head -c 20000; exit 0; }}
[ $# = 5 ] && [ -e '{top}/always' ] && {{ sh -c "$*" | head -c 20000; exit 0; }}
# A piece of the file that is made there then, or the digest of one.
[ $# = 7 ] && [ -e '{top}/always' ] && exit 0
exec sh -c "$*"
"""


class Place:
    """The cluster, its leader's metadata directory, and something like ssh."""

    def __init__(self, cluster, top):
        self.cluster, self.top = cluster, str(top)
        self.meta = self.meta_of(cluster.leader())
        self.ssh = os.path.join(self.top, "ssh")
        with open(self.ssh, "w", encoding="utf-8") as file:
            file.write(SSH.format(top=self.top))
        os.chmod(self.ssh, 0o755)

    def meta_of(self, pod):
        return os.path.join(self.cluster.dir, "pods", pod, "opt/starrocks/fe/meta")

    def backup(self, name, *more, meta=None, **kwargs):
        path = os.path.join(self.top, name)
        line = f"\\backup '{path}' --meta-dir '{meta or self.meta}' " + " ".join(more)
        return path, self.cluster.belay(line, timeout=120, **kwargs)

    def through_ssh(self, name, **kwargs):
        return self.backup(name, f"--via-command '{self.ssh} db1'", **kwargs)

    def calls(self):
        with open(os.path.join(self.top, "calls"), encoding="utf-8") as file:
            return file.read().splitlines()

    def flag(self, name):
        with open(os.path.join(self.top, name), "w", encoding="utf-8"):
            pass


@pytest.fixture
def place(cluster, tmp_path):
    cluster.forget()
    cluster.sql("DELETE FROM kubectl_log")
    return Place(cluster, tmp_path)


def assert_same_files(place, path):
    with tarfile.open(os.path.join(path, "meta.tar")) as tar:
        names = tar.getnames()
        for name in names:
            with open(os.path.join(os.path.dirname(place.meta), name), "rb") as file:
                assert tar.extractfile(name).read() == file.read(), name
    assert any(n.startswith("meta/bdb/") for n in names)
    assert any(n.startswith("meta/image/v2/image.") for n in names)


def test_from_a_directory(place):
    path, done = place.backup("local")
    assert done.rc == 0 and done.out.startswith("proved  "), done
    assert f"copy image and bdb of {place.meta} to" in done.err
    assert not [call for call in place.cluster.kubectl_calls() if " exec " in f" {call} "]
    assert_same_files(place, path)
    folders = os.listdir(os.path.join(path, "fe"))
    assert folders == [place.cluster.leader()]
    for name in ("ROLE", "VERSION", "fe.conf"):
        assert os.path.getsize(os.path.join(path, "fe", folders[0], name)) > 0
    lacks = read_manifest(path)["lacks"]
    assert len([text for text in lacks if "only the leader's are reached" in text]) == 2, lacks
    assert place.cluster.belay(f"\\backup verify '{path}'").rc == 0


def test_through_a_command(place):
    path, done = place.through_ssh("remote")
    assert done.rc == 0 and done.out.startswith("proved  "), done
    assert f"copy image and bdb of {place.meta} through {place.ssh} db1 to" in done.err
    assert_same_files(place, path)
    for call in place.calls():
        assert re.fullmatch(rf"db1 sh -s -- [0-9a-f]{{32}} {re.escape(place.meta)}( [\w./-]+)*", call), call
    # A run that is gone on with finds the way again: it stands in the plan's actions.
    actions = [json.dumps(r["action"]) for r in place.cluster.records() if r["type"] == "intent"]
    assert sum(place.meta in text and place.ssh in text for text in actions) == 2  # copy and notes


def test_the_directory_of_another_frontend(place):
    pod = next(f"kube-starrocks-fe-{i}" for i in range(3)
               if f"kube-starrocks-fe-{i}" != place.cluster.leader())
    path, done = place.backup("other", meta=place.meta_of(pod))
    assert done.rc == 7 and f"is the metadata of {pod}" in done.err and "leads now" in done.err, done
    assert place.cluster.changes() == [] and not os.path.exists(path + ".part")


def test_the_directory_of_another_cluster(place):
    meta = os.path.join(place.top, "meta")
    os.makedirs(os.path.join(meta, "image"))
    for name in ("ROLE", "VERSION"):
        with open(os.path.join(place.meta, "image", name), encoding="utf-8") as file:
            text = re.sub(r"clusterId=\d+", "clusterId=17", file.read())
        with open(os.path.join(meta, "image", name), "w", encoding="utf-8") as file:
            file.write(text)
    _, done = place.backup("foreign", meta=meta)
    assert done.rc == 7 and "is of cluster 17" in done.err, done
    assert place.cluster.changes() == []


def test_a_stream_that_is_cut_is_copied_again(place):
    place.flag("cut")
    path, done = place.through_ssh("again")
    assert done.rc == 0 and not os.path.exists(os.path.join(place.top, "cut")), done
    assert_same_files(place, path)
    with open(os.path.join(path, "copy.json"), "rb") as file:
        assert b'"tries": 2' in file.read()


def test_a_stream_that_is_always_cut_is_no_backup(place):
    place.flag("always")
    path, done = place.through_ssh("never")
    assert done.rc == 8 and "no whole copy in 3 tries" in done.err, done
    assert not os.path.exists(path)


def test_a_command_that_leads_nowhere(place):
    place.flag("refuse")
    path, done = place.through_ssh("nowhere")
    assert done.rc == 9 and "no route to host" in done.err, done
    assert place.cluster.changes() == [] and not os.path.exists(path)
    _, done = place.backup("no-program", "--via-command '/no/such/program x'")
    assert done.rc in (1, 9) and "/no/such/program" in done.err, done


@pytest.mark.parametrize("line, says", [
    ("--via-command 'ssh db1'", "--via-command needs --meta-dir"),
    ("--meta-dir meta", "an absolute path"), ("--meta-dir '/a b'", "an absolute path"),
    ("--meta-dir '/a;b'", "an absolute path"), ("--meta-dir '/a/../b'", "an absolute path"),
    ("--meta-dir /", "an absolute path"), ("--meta-dir /a --via-command '  '", "names no program"),
    ("--meta-dir /a --via-command '-x'", "names no program"),
])
def test_what_cannot_be_passed_on(place, line, says):
    done = place.cluster.belay(f"\\backup '{place.top}/b' {line}")
    assert done.rc == 2 and says in done.err, done
    assert place.cluster.changes() == []


# --- \image ------------------------------------------------------------------------------------


def test_an_image_is_seen_on_the_disk(place):
    done = place.cluster.belay(f"\\image --meta-dir '{place.meta}' --via-command '{place.ssh} db1'",
                               timeout=120)
    assert done.rc == 0 and "final proof: yes" in done.err, done
    assert place.cluster.sent("ALTER SYSTEM CREATE IMAGE")
    assert not [call for call in place.cluster.kubectl_calls() if " exec " in f" {call} "]
    assert place.calls()


def test_an_image_is_not_looked_for_on_another_frontends_disk(place):
    other = place.meta_of("kube-starrocks-fe-2")
    done = place.cluster.belay(f"\\image --meta-dir '{other}'", timeout=120)
    assert done.rc == 7 and not place.cluster.sent("ALTER SYSTEM CREATE IMAGE"), done
