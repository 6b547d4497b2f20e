"""\\backup over a connection that breaks: a file in the pod, taken by as many streams as it needs."""
import glob
import json
import os
import re
import signal

import pytest

from practice import Practice, wait_for

NONCE = "_" * 32
STREAM = f"%sh -s -- {NONCE}"  # in one pass: no parameters
PIECE = f"%sh -s -- {NONCE} %/belay-%.tar %"  # path and offset
MAKE = f"%sh -s -- {NONCE} {'_' * 16}"


class Backup:
    def __init__(self):
        self.cluster = Practice("shared-nothing")

    def __enter__(self):
        self.cluster.__enter__()
        self.dir = os.path.join(self.cluster.top, "b")
        self.line = f"\\backup '{self.dir}'"
        return self

    def __exit__(self, *_):
        self.cluster.__exit__()

    def run(self, line=None, **kwargs):
        return self.cluster.belay(line or self.line, timeout=150, **kwargs)

    def fault(self, kind, match, arg=None, times=1, after=0):
        self.cluster.fault(kind, match, arg, times, after, program="kubectl")

    def log(self, pattern="belay-*"):
        return glob.glob(os.path.join(self.cluster.dir, "pods", self.cluster.leader(),
                                      "opt/starrocks/fe/log", pattern))

    def offsets(self):
        """Where each stream of the file in the pod was asked to begin."""
        calls = [re.search(r"/belay-[0-9a-f]{16}\.tar (\d+)$", call)
                 for call in self.cluster.kubectl_calls()]
        # The digest of a beginning is asked for with the same words; it is no stream.
        return [int(call[1]) for call in calls if call]

    def record(self):
        with open(os.path.join(self.dir, "copy.json"), encoding="utf-8") as file:
            return json.load(file)["meta"]

    def proved(self, done):
        assert done.rc == 0 and done.out.startswith("proved  "), done
        assert not os.path.exists(self.dir + ".part")
        assert not os.path.exists(os.path.join(self.dir, "spool.json"))
        assert self.log() == [], "left in the pod"
        verify = self.run(f"\\backup verify '{self.dir}'")
        assert verify.rc == 0, verify

    def struck(self):
        return self.cluster.sql("SELECT count(*) FROM fault WHERE remaining > 0") == [(0,)]

    def part(self):
        return os.path.getsize(self.dir + ".part/meta.tar")


@pytest.fixture
def backup():
    with Backup() as made:
        yield made


def test_it_goes_on_behind_what_has_arrived(backup):
    """Cut in the first bytes, in the middle of a block, and in the end mark itself."""
    cuts = [1, 511, 4096, 70000]
    backup.fault("truncate", STREAM, "100000")
    for i, cut in enumerate(cuts):
        # Between two streams the digest of the beginning is asked for, by the same words.
        backup.fault("truncate", PIECE, str(cut), after=2 * i)
    done = backup.run()
    backup.proved(done)
    assert backup.struck(), done
    record = backup.record()
    assert record["streams_from"] == [0, 1, 512, 4608, 74608] and record["tries"] == 2


def test_only_the_end_mark_is_lost(backup):
    """All of it is there: what is cut of the mark is no part of it, and nothing is sent twice."""
    backup.fault("truncate", STREAM, "10")
    backup.fault("truncate", PIECE, "last-line")
    backup.proved(backup.run())
    assert backup.record()["streams_from"] == [0]


def test_a_stream_that_brings_nothing_is_not_asked_for_ever(backup):
    backup.fault("truncate", STREAM, "10", times=-1)
    backup.fault("truncate", PIECE, "0", times=-1)
    done = backup.run()
    assert done.rc == 8 and "no whole copy in 3 tries" in done.err and "\\resume" in done.err, done
    assert not os.path.exists(backup.dir)
    backup.cluster.clear_faults()
    backup.proved(backup.run("\\resume"))


def hang_in_the_file(backup, bytes_here):
    """belay, while a stream hangs that follows one which brought so many bytes."""
    backup.fault("truncate", STREAM, "10")
    backup.fault("truncate", PIECE, str(bytes_here))
    backup.fault("hang", PIECE, after=2)
    belay = backup.cluster.start(backup.line)
    wait_for(backup.struck, 120)
    assert backup.part() == bytes_here
    return belay


def killed_in_the_file(backup, bytes_here):
    belay = hang_in_the_file(backup, bytes_here)
    belay.kill()
    belay.wait(10)
    backup.cluster.sql("DELETE FROM kubectl_log")


def test_resume_goes_on_after_kill(backup):
    killed_in_the_file(backup, 90001)
    made, = backup.log("belay-*.tar")
    inode = os.stat(made).st_ino
    watched = os.open(made, os.O_RDONLY)
    try:
        backup.proved(backup.run("\\resume"))
        assert os.fstat(watched).st_ino == inode
        size = os.fstat(watched).st_size
    finally:
        os.close(watched)
    record = backup.record()
    assert record["streams_from"] == [90001] and record["size"] == size
    assert set(backup.offsets()) == {90001}


def test_resume_goes_on_after_a_person_stopped_it(backup):
    belay = hang_in_the_file(backup, 5000)
    belay.send_signal(signal.SIGINT)
    wait_for(lambda: belay.poll() is not None or belay.send_signal(signal.SIGINT), 60)
    err = belay.stderr.read().decode()
    assert belay.returncode in (5, 130) and "\\resume goes on behind the 4.9 KiB" in err, err
    assert backup.log() and not os.path.exists(backup.dir)
    backup.proved(backup.run("\\resume"))
    assert backup.record()["streams_from"] == [5000]


def test_the_file_changed_meanwhile(backup):
    """Another file of that name in the pod is not gone on with: it is made and taken anew."""
    killed_in_the_file(backup, 90001)
    made, = backup.log("belay-*.tar")
    with open(made, "r+b") as file:
        file.seek(100000)
        file.write(b"changed")
    backup.proved(backup.run("\\resume"))
    assert backup.record()["streams_from"] == [0]


def test_what_is_here_changed_meanwhile(backup):
    """What lies here is no beginning of the file: as after a power cut."""
    killed_in_the_file(backup, 90001)
    with open(backup.dir + ".part/meta.tar", "r+b") as file:
        file.seek(50000)
        file.write(b"\0" * 100)
    backup.proved(backup.run("\\resume"))
    assert backup.record()["streams_from"] == [0]


def test_the_pod_started_anew_meanwhile(backup):
    """The file is gone: it is made once more, of the metadata as it is then."""
    killed_in_the_file(backup, 90001)
    for path in backup.log():
        os.remove(path)
    backup.proved(backup.run("\\resume"))


def test_an_image_was_made_meanwhile(backup):
    """What was copied is whole, and not what the pod has: all of it again."""
    killed_in_the_file(backup, 90001)
    newest = max(glob.glob(os.path.join(backup.cluster.dir, "pods", backup.cluster.leader(),
                                        "opt/starrocks/fe/meta/image/v2/image.*")))
    os.utime(newest, (1, 1))
    done = backup.run("\\resume")
    backup.proved(done)
    assert backup.record()["streams_from"] == [90001, 0], done


@pytest.mark.parametrize("kind, arg", [("truncate", None), ("exit", "137"), ("die", None)])
def test_the_answer_to_making_it_is_lost(backup, kind, arg):
    """The next call finds it; two are never mixed."""
    backup.fault("truncate", STREAM, "10")
    backup.fault(kind, MAKE, arg)
    done = backup.run()
    backup.proved(done)
    assert backup.struck() and backup.record()["streams_from"] == [0]


def test_a_container_with_a_limit_gets_no_file(backup):
    """More on the node's disk than its limit, and the kubelet evicts the leader."""
    (name, text), = backup.cluster.sql("SELECT name, json FROM k8s_object WHERE resource = 'pods' AND"
                                       " name = ?", backup.cluster.leader())
    pod = json.loads(text)
    for container in pod["spec"]["containers"]:
        container.setdefault("resources", {}).setdefault("limits", {})["ephemeral-storage"] = "2Gi"
    backup.cluster.sql("UPDATE k8s_object SET json = ? WHERE resource = 'pods' AND name = ?",
                       json.dumps(pod), name)
    backup.fault("truncate", STREAM, "10")
    backup.proved(backup.run())
    assert "streams_from" not in backup.record() and backup.offsets() == []
