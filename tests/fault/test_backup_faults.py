"""\\image and \\backup on bad days: cut streams, vanishing files, moving leaders, full disks, kill -9.

Whatever happens: under the final name there is a proved backup or nothing.
"""
import errno
import glob
import json
import os
import signal
import struct
import subprocess
import threading
import time
import zlib

import pytest

from backups import copy_backup, flip
from practice import PRELOADED, Done, Practice, clean_env, killed, wait_for

# A call of exec by the words after the nonce: the stream of the copy has none, a list has one.
NONCE = "_" * 32
STREAM = f"%sh -s -- {NONCE}"
SUMS = f"%sh -s -- {NONCE} sums"
AFTER = f"%sh -s -- {NONCE} all"
MAKE = f"%sh -s -- {NONCE} {'_' * 16}"  # the archive as a file in the pod
IMAGES = f"%sh -s -- {NONCE} images"


class Backup:
    """A cluster and the place where its backup shall be."""

    def __init__(self, scenario="shared-nothing"):
        self.cluster = Practice(scenario)

    def __enter__(self):
        self.cluster.__enter__()
        self.dir = os.path.join(self.cluster.top, "b")
        self.line = f"\\backup '{self.dir}'"
        return self

    def __exit__(self, *_):
        self.cluster.__exit__()

    def run(self, **kwargs):
        return self.cluster.belay(self.line, timeout=150, **kwargs)

    def fault(self, kind, match, arg=None, times=1, after=0):
        self.cluster.fault(kind, match, arg, times, after, program="kubectl")

    def hangs(self):
        """Has the fault been taken that was set up?"""
        return self.cluster.sql("SELECT 1 FROM fault WHERE remaining = 0")

    def record(self, dir=None):
        with open(os.path.join(dir or self.dir, "copy.json"), encoding="utf-8") as file:
            return json.load(file)["meta"]

    def meta(self, name, pod=None):
        return os.path.join(self.cluster.dir, "pods", pod or self.cluster.leader(),
                            "opt/starrocks/fe/meta", name)

    def proved(self, done):
        assert done.rc == 0 and done.out.startswith("proved  "), done
        assert not os.path.exists(self.dir + ".part")
        verify = self.cluster.belay(f"\\backup verify '{self.dir}'")
        assert verify.rc == 0, verify

    def nothing(self, done, rc, says):
        assert done.rc == rc and says in done.err, done
        assert not os.path.exists(self.dir), done
        assert not os.path.exists(self.dir + ".part/meta.tar"), done
        verify = self.cluster.belay(f"\\backup verify '{self.dir}.part'")
        assert verify.rc == 8 and "unfinished" in verify.out, verify

    def when_streaming(self, act, after=0):
        """Does something while the stream is held up in kubectl."""
        self.fault("slow", STREAM, "1500", after=after)

        def wait_and_act():
            wait_for(lambda: len([c for c in self.cluster.kubectl_calls()
                                  if c.split(" -- ")[-1].count(" ") == 0 and " exec " in f" {c}"])
                     > after, 60)
            act()

        thread = threading.Thread(target=wait_and_act)
        thread.start()
        return thread


@pytest.fixture
def backup():
    with Backup() as made:
        yield made


# --- the stream -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind, arg", [("truncate", None), ("truncate", "0"), ("truncate", "700"),
                                       ("no-output", None), ("exit", "137"), ("refuse", None)])
def test_one_bad_stream_is_made_good(backup, kind, arg):
    backup.fault(kind, STREAM, arg)
    backup.proved(backup.run())
    assert backup.record()["tries"] == 2


def test_half_the_data_and_status_0_for_ever(backup):
    """And no room in the pod for a file that would be taken piece by piece."""
    backup.fault("truncate", STREAM, times=-1)
    backup.fault("no-output", MAKE, times=-1)
    backup.nothing(backup.run(), 8, "no whole copy in 3 tries")


def test_only_the_end_mark_is_cut(backup):
    """All of the tar arrived, and yet nobody said so."""
    other = Backup.__new__(Backup)
    other.cluster, other.dir = backup.cluster, backup.dir + "-before"
    other.line = f"\\backup '{other.dir}'"
    other.proved(other.run())
    size = os.path.getsize(other.dir + "/meta.tar")
    backup.fault("truncate", STREAM, str(size))
    backup.proved(backup.run())
    assert backup.record()["tries"] == 2


@pytest.mark.parametrize("match", [SUMS, AFTER])
def test_a_list_that_is_cut(backup, match):
    backup.fault("truncate", match, times=2)  # exec itself asks once more: this makes a try fail
    backup.proved(backup.run())
    assert backup.record()["tries"] == 2


def test_a_stream_that_hangs_is_ended_by_a_second_interrupt(backup):
    backup.fault("hang", STREAM)
    belay = backup.cluster.start(backup.line)
    wait_for(backup.hangs, 60)
    belay.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert belay.poll() is None  # the first one: stop after this step
    belay.send_signal(signal.SIGINT)
    out, err = belay.communicate(timeout=20)
    backup.nothing(Done([], belay.returncode, out, err), 5, "interrupted")
    backup.proved(backup.cluster.belay("\\resume", timeout=150))


# --- the pod's files --------------------------------------------------------------------------


def test_an_old_journal_file_vanishes(backup):
    backup.fault("vanish", STREAM, "bdb/00000000.jdb")
    backup.proved(backup.run())
    assert backup.record()["tries"] == 2


def test_the_image_vanishes(backup):
    backup.fault("vanish", STREAM, "image/v2/image.*")
    backup.nothing(backup.run(), 8, "there is no image/v2/image.N yet")


def test_an_image_is_made_meanwhile(backup):
    def add():
        with open(backup.meta("image/image.999999.part"), "wb") as file:
            file.write(b"x")
        with open(backup.meta("image/STRAY"), "wb") as file:
            file.write(b"x")
    thread = backup.when_streaming(add)
    done = backup.run()
    thread.join()
    backup.nothing(done, 8, "unfinished: image/image.999999.part")


def je_entry(data, text):
    """One more entry at the end of a journal file of BDB JE."""
    at, last = 0, 0
    while at < len(data):
        last = at
        flags, size = data[at + 5], struct.unpack_from("<I", data, at + 10)[0]
        at += 14 + (8 if flags & 0x28 else 0) + size
    body = bytes([4, 0]) + struct.pack("<II", last, len(text)) + text
    return struct.pack("<I", zlib.adler32(body)) + body


def append(path, whole=True):
    with open(path, "r+b") as file:
        data = file.read()
        entry = je_entry(data, b"written while the copy went on")
        file.write(entry if whole else entry[:20])


def test_the_journal_grows_meanwhile(backup):
    thread = backup.when_streaming(lambda: append(backup.meta("bdb/00000001.jdb")))
    done = backup.run()
    thread.join()
    backup.proved(done)
    assert backup.record()["still_written"] == ["bdb/00000001.jdb"]
    assert backup.record()["tries"] == 1


def test_a_torn_entry_is_copied_again(backup):
    """FE is in the middle of a write when the file is copied."""
    path = backup.meta("bdb/00000001.jdb")

    def tear_and_mend():
        with open(path, "rb") as file:
            data = file.read()
        append(path, whole=False)
        wait_for(lambda: any(call.endswith(" sums")
                             for call in backup.cluster.kubectl_calls()[seen:]), 60)
        with open(path, "r+b") as file:
            file.seek(len(data))
            file.write(je_entry(data, b"written while the copy went on"))

    seen = 0

    def note_and_tear():
        nonlocal seen
        seen = len(backup.cluster.kubectl_calls())
        tear_and_mend()

    backup.fault("slow", SUMS, "1000", after=1)  # the second list waits until the entry is whole
    thread = backup.when_streaming(note_and_tear)
    done = backup.run()
    thread.join()
    backup.proved(done)
    assert backup.record()["tries"] == 2


def test_an_old_journal_file_is_rewritten(backup):
    def rewrite():
        with open(backup.meta("bdb/00000000.jdb"), "r+b") as file:
            file.seek(500)
            file.write(b"other bytes")
    thread = backup.when_streaming(rewrite)
    done = backup.run()
    thread.join()
    backup.nothing(done, 8, "bdb/00000000.jdb")


# --- the leader -------------------------------------------------------------------------------


def test_the_leader_moves_between_image_and_copy():
    with Backup("3.5.16") as backup:
        first = backup.cluster.leader()
        backup.cluster.fault("leader-moves", "DROP DATABASE%")
        backup.proved(backup.run())
        second = backup.cluster.leader()
        assert first != second == backup.record()["pod"]


def test_the_leader_moves_while_it_is_copied(backup):
    thread = backup.when_streaming(lambda: backup.cluster.event("leader-moves"))
    done = backup.run()
    thread.join()
    backup.nothing(done, 7, "the leader moved from")


# --- this machine -----------------------------------------------------------------------------


def test_the_disk_is_full_while_copying(backup):
    done = backup.run(env={**PRELOADED, "BELAY_DURABLE_ROOM": str(100 * 1024)})
    backup.nothing(done, 6, "meta.tar")
    backup.proved(backup.cluster.belay("\\resume", timeout=150))  # after room was made


def test_killed_in_the_middle_of_the_copy(backup):
    backup.fault("hang", STREAM)
    belay = backup.cluster.start(backup.line)
    wait_for(lambda: os.path.exists(backup.dir + ".part/meta.tar") and backup.hangs(), 60)
    belay.kill()
    belay.wait(10)
    assert not os.path.exists(backup.dir)
    verify = backup.cluster.belay(f"\\backup verify '{backup.dir}.part'")
    assert verify.rc == 8 and "unfinished" in verify.out, verify
    again = backup.run()
    assert again.rc == 2 and "\\resume goes on with it" in again.err, again
    elsewhere = subprocess.run(backup.cluster.argv("\\resume 00001" + backup.cluster.run_id(
        backup.cluster.journals()[0])[5:]), cwd="/", capture_output=True, timeout=150,
        env=clean_env(backup.cluster.home), check=False)
    backup.proved(Done([], elsewhere.returncode, elsewhere.stdout, elsewhere.stderr))
    assert backup.cluster.sent("ALTER SYSTEM%") == ["ALTER SYSTEM CREATE IMAGE"]


# --- the image --------------------------------------------------------------------------------


def test_answers_that_are_cut_are_asked_again(backup):
    backup.fault("truncate", IMAGES, times=5, after=2)
    assert backup.cluster.belay("\\image", timeout=150).rc == 0


def test_the_answer_to_create_image_is_lost(backup):
    backup.cluster.fault("drop-after", "ALTER SYSTEM CREATE IMAGE")
    done = backup.cluster.belay("\\image", timeout=150)
    assert done.rc == 0 and len(backup.cluster.sent("ALTER SYSTEM%")) == 1, done


def test_create_image_is_refused(backup):
    backup.cluster.fault("error", "ALTER SYSTEM CREATE IMAGE", "1227|42000|Access denied")
    done = backup.run()
    backup.nothing(done, 1, "Access denied")


def test_a_checksum_that_is_wrong_is_no_image(backup):
    assert backup.cluster.belay("\\image", timeout=150).rc == 0
    newest = max(glob.glob(backup.meta("image/v2/image.*")))
    with open(newest, "r+b") as file:
        file.seek(50)
        file.write(b"\xff")
    backup.cluster.sql("UPDATE fe SET alive = alive")  # nothing else changes
    done = backup.run()  # makes a newer one, which is whole
    backup.proved(done)
    assert newest not in glob.glob(backup.meta("image/v2/image.*"))


def own_database(cluster):
    page = cluster.belay("\\image --dry-run")
    return page.out.split("CREATE DATABASE IF NOT EXISTS `")[1].split("`")[0]


def test_a_foreign_table_in_its_database_stops_it():
    with Backup("3.5.16") as backup:
        name = own_database(backup.cluster)
        assert backup.cluster.belay(f"CREATE DATABASE {name}; CREATE TABLE {name}.mine (k INT)"
                                    " DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 1").rc == 0
        backup.cluster.forget()
        done = backup.cluster.belay("\\image", timeout=150)
        assert done.rc == 7 and "mine, which is not belay's" in done.err, done
        assert backup.cluster.sent("DROP%") == []


def test_what_an_earlier_run_left_goes_first():
    with Backup("3.5.16") as backup:
        name = own_database(backup.cluster)
        assert backup.cluster.belay(f"CREATE DATABASE {name}; CREATE TABLE {name}.roll (k INT)"
                                    " DUPLICATE KEY(k) DISTRIBUTED BY HASH(k) BUCKETS 1").rc == 0
        backup.cluster.forget()
        done = backup.cluster.belay("\\image", timeout=150)
        assert done.rc == 0, done
        assert len(backup.cluster.sent("DROP DATABASE%")) == 2
        assert backup.cluster.sql("SELECT 1 FROM db WHERE name = ?", name) == []


# --- \backup prune ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pruned():
    """A cluster and a backup of it; what is removed is a copy."""
    with Backup() as backup:
        backup.proved(backup.run())
        yield backup


class Removal:
    """An old and a newer copy; the old one is to go."""

    def __init__(self, backup, top):
        self.cluster, self.top = backup.cluster, str(top)
        self.old = copy_backup(backup.dir, os.path.join(self.top, "old"), "2024-01-01T00:00:00Z")
        self.new = copy_backup(backup.dir, os.path.join(self.top, "new"), "2024-01-02T00:00:00Z")
        self.line = f"\\backup prune --keep 1 '{self.top}'"
        self.digest = self.cluster.digest(self.line)

    def run(self, at, how):
        log = os.path.join(self.top, "durable.log")
        done = self.cluster.belay(self.line, approve=self.digest, env={
            **PRELOADED, "BELAY_DURABLE_LOG": log, "BELAY_DURABLE_AT": str(at),
            "BELAY_DURABLE_HOW": how})
        with open(log, encoding="ascii") as file:
            return done, len(file.read().splitlines())

    def verdicts(self):
        done = self.cluster.belay(f"\\backup list '{self.top}'")
        return {os.path.basename(row["path"]): row["verdict"] for row in done.rows}

    def resume(self):
        return self.cluster.belay("\\resume " + self.cluster.run_id(), approve=self.digest)


def test_a_removal_is_killed_at_every_durable_call(pruned, tmp_path):
    (tmp_path / "all").mkdir()
    done, calls = Removal(pruned, tmp_path / "all").run(0, "count")
    assert done.rc == 0 and calls > 8, done
    ends = []
    for at in range(1, calls + 1):
        for how in ("kill-after", "power-cut", str(errno.EIO)):
            top = tmp_path / f"{how}{at}"
            top.mkdir()
            removal = Removal(pruned, top)
            before = len(pruned.cluster.journals())
            done, _ = removal.run(at, how)
            seen = removal.verdicts()
            # Where the last sync fails it is gone all the same: the proof has seen that.
            assert killed(done) or (how == str(errno.EIO) and (done.rc == 6 or len(seen) == 1)), done
            assert seen.pop("new") == "proved" and set(seen.items()) <= {
                ("old", "proved"), ("old.removing", "being removed")}, seen
            journals = pruned.cluster.journals()
            if len(journals) == before or not pruned.cluster.records():
                assert seen == {"old": "proved"}  # nothing was intended
                ends.append("no run")
            elif not pruned.cluster.records()[-1].get("done"):
                again = removal.resume()
                assert again.rc == 0 and removal.verdicts() == {"new": "proved"}, again
                ends.append("resumed")
            else:
                assert seen == {}
                ends.append("ended")
            for journal in set(pruned.cluster.journals()) - set(journals[:before]):
                os.remove(journal)  # the next one begins anew
    assert ends.count("resumed") > 2 * calls - 6, ends


def test_what_changed_meanwhile_is_not_removed(pruned, tmp_path):
    removal = Removal(pruned, tmp_path)
    done, _ = removal.run(4, "kill-after")
    assert killed(done) and pruned.cluster.records()[-1]["type"] != "end", done
    found = "old" if os.path.isdir(removal.old) else "old.removing"
    flip(os.path.join(removal.top, found, "manifest.json"))
    again = removal.resume()
    assert again.rc == 7 and os.path.isdir(os.path.join(removal.top, found)), again
