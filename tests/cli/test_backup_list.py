"""\\backup list and \\backup prune: what is shown, what may go, and what never does."""
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import time

import pytest

from backups import copy_backup, flip, read_manifest, write_manifest
from practice import BELAY, Done, Practice, clean_env

DAY = "2024-01-%02dT00:00:00Z"


@pytest.fixture(scope="module")
def made():
    """A cluster and one backup of it, of which the tests make copies."""
    with Practice("3.5.16") as cluster:
        path = os.path.join(cluster.top, "made")
        done = cluster.belay(f"\\backup '{path}'", timeout=120)
        assert done.rc == 0, done
        yield cluster, path


@pytest.fixture
def shelf(made, tmp_path):
    """A directory with copies made on the days that are named."""
    cluster, path = made

    def fill(*days, **more):
        for day in days:
            copy_backup(path, tmp_path / f"b{day}", made=DAY % day, **more)
        return tmp_path
    return cluster, tmp_path, fill


def listed(done):
    assert done.rc == 0, done
    return {os.path.basename(row["path"]): row for row in done.rows}


def names(path):
    return sorted(os.listdir(path))


def prune(cluster, path, keep, *more, **kwargs):
    return cluster.approved(" ".join([f"\\backup prune --keep {keep} '{path}'", *more]), **kwargs)


def half_written(path, to, minutes=600, cluster=None):
    """What a killed \\backup leaves: its record, and a part of the archive."""
    os.mkdir(to)
    with open(os.path.join(path, "copy.json"), encoding="utf-8") as file:
        record = json.load(file)
    record.pop("notes")
    record["dir"] = str(to).removesuffix(".part")
    if cluster is not None:
        record["cluster"]["id"] = cluster
    for name, data in (("copy.json", json.dumps(record)), ("meta.tar", "half")):
        with open(os.path.join(to, name), "w", encoding="utf-8") as file:
            file.write(data)
        then = time.time() - 60 * minutes
        os.utime(os.path.join(to, name), (then, then))


def open_again(cluster, journal):
    """Takes the last record off: the run has not ended."""
    with open(journal, "rb") as file:
        lines = file.read().splitlines(keepends=True)
    assert json.loads(lines[-1])["type"] == "end"
    with open(journal, "wb") as file:
        file.write(b"".join(lines[:-1]))
    return cluster.run_id(journal)


@pytest.fixture
def open_run(made):
    """The run that made the first backup, open again for the test."""
    cluster = made[0]
    journal = cluster.journals()[0]
    with open(journal, "rb") as file:
        whole = file.read()
    yield open_again(cluster, journal), journal
    with open(journal, "wb") as file:
        file.write(whole)


def without_words(journal):
    """The run's command as it is typed without a path: only what was bound names it."""
    head, lines = "0" * 64, []
    with open(journal, "rb") as file:
        records = [json.loads(line) for line in file]
    records[0]["args"] = []
    for record in records:
        line = json.dumps({**record, "prev": head}, sort_keys=True).encode()
        head = hashlib.sha256(line).hexdigest()
        lines.append(line + b"\n")
    with open(journal, "wb") as file:
        file.write(b"".join(lines))


# --- \backup list -----------------------------------------------------------------------------


def test_each_has_its_verdict(made, shelf):
    cluster, path, fill = shelf
    fill(1, 2, 3)
    flip(path / "b2" / "meta.tar")
    flip(path / "b3" / "manifest.json")
    rows = listed(cluster.belay(f"\\backup list '{path}'"))
    assert {name: row["verdict"] for name, row in rows.items()} == {
        "b1": "proved", "b2": "damaged", "b3": "damaged"}
    facts = read_manifest(made[1])
    assert rows["b1"]["quiet"] == "no"  # nothing was set for it
    assert int(rows["b1"]["image"]) == facts["image"]["id"]
    assert int(rows["b1"]["starmgr_image"]) == facts["image"]["starmgr_id"]
    assert rows["b1"]["cluster"] == f"kube-starrocks (id {facts['cluster']['id']})"
    assert re.fullmatch(r"\d+ d \d+ h", rows["b1"]["age"])
    assert re.fullmatch(r"[\d.]+ [KM]iB", rows["b1"]["size"])
    assert rows["b1"]["path"] == str(path / "b1")


def test_the_newest_comes_first(shelf):
    cluster, path, fill = shelf
    fill(5, 20, 11)
    assert list(listed(cluster.belay(f"\\backup list --quick '{path}'"))) == ["b20", "b11", "b5"]


def test_what_is_no_backup_is_not_listed(made, shelf):
    cluster, path, fill = shelf
    fill(1)
    (path / "meta" / "image").mkdir(parents=True)
    (path / "file").write_text("x")
    (path / "old.part").mkdir()
    (path / "belay-backup-x").mkdir()
    os.symlink(made[1], path / "link")
    shutil.copy(os.path.join(made[1], "meta.tar"), path / "meta.tar")
    assert list(listed(cluster.belay(f"\\backup list '{path}'"))) == ["b1"]


def test_what_is_not_finished_says_so(made, shelf):
    cluster, path, fill = shelf
    fill(1, 2)
    half_written(made[1], path / "b.part")
    os.rename(path / "b1", path / "b1.part")  # whole, but its run has not said so
    os.rename(path / "b2", path / "b2.removing")
    (path / "belay-backup-x-20260101T000000Z.part").mkdir()
    rows = listed(cluster.belay(f"\\backup list '{path}'"))
    assert {name: row["verdict"] for name, row in rows.items()} == {
        "b.part": "half-written", "b1.part": "half-written", "b2.removing": "being removed",
        "belay-backup-x-20260101T000000Z.part": "half-written"}
    assert rows["b.part"]["cluster"] == rows["b1.part"]["cluster"] != ""
    assert rows["b.part"]["image"] == rows["b.part"]["quiet"] == "NULL"


def test_quick_reads_manifests_and_nothing_else(shelf):
    cluster, path, fill = shelf
    fill(1, 2, 3)
    flip(path / "b1" / "meta.tar")
    os.remove(path / "b1" / "storage.json")
    flip(path / "b2" / "manifest.json")
    os.remove(path / "b3" / "manifest.json")
    rows = listed(cluster.belay(f"\\backup list '{path}' --quick"))
    assert {name: row["verdict"] for name, row in rows.items()} == {
        "b1": "manifest whole", "b2": "damaged", "b3": "damaged"}
    assert int(rows["b1"]["image"]) > 0


def test_no_server_and_the_current_directory(shelf):
    cluster, path, fill = shelf
    fill(1)
    done = subprocess.run([BELAY, "--host=127.0.0.1", "--port=1", "-e", "\\backup list"],
                          cwd=path, capture_output=True, env=clean_env(cluster.home), timeout=60,
                          check=False)
    rows = Done([], done.returncode, done.stdout, done.stderr).rows
    assert [(row["path"], row["verdict"]) for row in rows] == [("b1", "proved")]


def test_a_manifest_that_is_a_link_or_a_pipe(made, shelf):
    cluster, path, fill = shelf
    fill(1, 2)
    for name, make in (("b1", lambda to: os.symlink(os.path.join(made[1], "manifest.json"), to)),
                       ("b2", os.mkfifo)):
        os.remove(path / name / "manifest.json")
        make(path / name / "manifest.json")
    for quick in ("", "--quick"):
        rows = listed(cluster.belay(f"\\backup list '{path}' {quick}", timeout=30))
        assert {row["verdict"] for row in rows.values()} == {"damaged"}
        assert rows["b1"]["cluster"] == "NULL"  # it was not read through the link


def test_hostile_names_reach_the_terminal_escaped(made, shelf):
    cluster, path, _ = shelf
    copy_backup(made[1], path / "\x1b]0;evil\x07", made="2024-01-01T00:00:00\x1b[2J")
    done = cluster.belay_tty(f"\\backup list '{path}'")
    assert done.rc == 0 and b"\x1b]0;" not in done.raw and b"evil" in done.raw, done
    assert b"\x1b[2J" not in done.raw
    done = cluster.belay_tty(f"\\backup prune --keep 1 '{path}'")
    assert b"\x1b]0;" not in done.raw and b"evil" in done.raw, done


def test_a_directory_that_cannot_be_listed(made):
    done = made[0].belay("\\backup list /no/such/place")
    assert done.rc == 2 and "cannot list /no/such/place" in done.err, done


# --- \backup prune ----------------------------------------------------------------------------


def test_the_newest_proved_ones_stay(shelf):
    cluster, path, fill = shelf
    fill(1, 2, 3, 4)
    digest = cluster.digest(f"\\backup prune --keep 2 '{path}'")
    assert names(path) == ["b1", "b2", "b3", "b4"]
    declined = cluster.belay(f"\\backup prune --keep 2 '{path}'", approve="reversible")
    assert declined.rc == 4 and "no way back" in declined.err, declined
    assert names(path) == ["b1", "b2", "b3", "b4"]
    done = cluster.belay(f"\\backup prune --keep 2 '{path}'", approve=digest)
    assert done.rc == 0 and "final proof: yes" in done.err, done
    assert names(path) == ["b3", "b4"]
    first, *_, last = cluster.records()
    assert (first["command"], last["done"]) == ("backup prune", True)
    assert len([r for r in cluster.records() if r["type"] == "intent"]) == 2
    assert [r["asked"] for r in cluster.records() if r["type"] == "final"] == [4]
    journals = cluster.journals()
    again = cluster.belay(f"\\backup prune --keep 2 '{path}'")
    assert again.rc == 0 and "Nothing is to be done" in again.err, again
    assert cluster.journals() == journals


def test_a_damaged_one_never_pushes_out_a_good_one(shelf):
    cluster, path, fill = shelf
    fill(1, 2, 3, 4)
    for name in ("b1", "b3", "b4"):
        flip(path / name / "meta.tar")
    assert prune(cluster, path, 1).rc == 0
    assert names(path) == ["b2", "b3", "b4"]  # the damaged one that is older went


def test_fewer_than_wanted(shelf):
    cluster, path, fill = shelf
    fill(1, 2)
    flip(path / "b1" / "storage.json")
    done = cluster.belay(f"\\backup prune --keep 2 '{path}'")
    assert done.rc == 0 and "1 of 2 wanted" in done.err and "Nothing" in done.err, done
    assert names(path) == ["b1", "b2"]


def test_what_is_not_its_to_remove(made, shelf):
    cluster, path, fill = shelf
    fill(9, 5)
    copy_backup(made[1], path / "other", made=DAY % 1, cluster_id="4711")
    copy_backup(made[1], path / "future", made="2999-01-01T00:00:00Z")
    manifest = read_manifest(copy_backup(made[1], path / "dateless"))
    del manifest["made"]["at"]
    write_manifest(path / "dateless", manifest)
    copy_backup(made[1], path / "unread", made=DAY % 1)
    (path / "unread" / "/".join("d" * 20)).mkdir(parents=True)
    copy_backup(made[1], path / "unsigned", made=DAY % 1)
    flip(path / "unsigned" / "manifest.json")
    copy_backup(made[1], os.fsdecode(os.fsencode(path / "odd") + b"\xff"), made=DAY % 1)
    shutil.copytree(os.path.join(cluster.dir, "pods", cluster.leader(), "opt/starrocks/fe/meta"),
                    path / "meta")
    os.symlink(made[1], path / "link")
    before = names(path)
    done = prune(cluster, path, 1)
    assert done.rc == 0 and names(path) == [n for n in before if n != "b5"], done
    for says in ("other: of another cluster", "future: made in the future",
                 "dateless: its manifest does not say", "unsigned: it cannot be told of which",
                 "unread: it cannot be told whether it is whole", "no UTF-8"):
        assert says in done.err, done
    assert os.path.exists(made[1])


def test_a_link_in_it_is_removed_and_not_followed(shelf):
    cluster, path, fill = shelf
    fill(2, 1)
    (path / "mine").mkdir()
    (path / "mine" / "file").write_text("x")
    os.symlink(path / "mine", path / "b1" / "link")
    assert prune(cluster, path, 1).rc == 0
    assert names(path) == ["b2", "mine"] and (path / "mine" / "file").read_text() == "x"


@pytest.mark.parametrize("keep", ["", "--keep 0", "--keep x"])
def test_how_many_must_be_said(shelf, keep):
    cluster, path, fill = shelf
    fill(1)
    done = cluster.belay(f"\\backup prune {keep} '{path}'")
    assert done.rc == 2 and "--keep" in done.err and names(path) == ["b1"], done


def test_half_written_ones_go_when_asked(made, shelf):
    cluster, path, fill = shelf
    fill(1)
    half_written(made[1], path / "old.part")
    half_written(made[1], path / "new.part", minutes=5)
    half_written(made[1], path / "other.part", cluster="4711")
    os.symlink(path / "old.part", path / "link.part")
    done = cluster.belay(f"\\backup prune --keep 1 '{path}'")
    assert "old.part: half-written: --partial removes it" in done.err, done
    done = prune(cluster, path, 1, "--partial")
    assert done.rc == 0 and names(path) == ["b1", "link.part", "new.part", "other.part"], done
    assert "new.part: half-written within the last hour" in done.err
    assert "other.part: of another cluster" in done.err


def test_a_removal_that_was_cut_short_is_ended(shelf):
    cluster, path, fill = shelf
    fill(1, 2, 3)
    os.rename(path / "b1", path / "b1.removing")
    os.remove(path / "b1.removing" / "meta.tar")
    os.rename(path / "b2", path / "b3.removing")  # b3 is there: somebody has put things together
    done = cluster.belay(f"\\backup prune --keep 1 '{path}'")
    assert "b1.removing: its removal was cut short" in done.err, done
    done = prune(cluster, path, 1, "--partial")
    assert done.rc == 0 and names(path) == ["b3", "b3.removing"], done
    assert "b3.removing: being removed, while another has its name" in done.err


# --- what an open run needs -------------------------------------------------------------------


def test_what_an_open_run_names_stays(made, open_run):
    cluster, path = made
    soon = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + 3600))
    newer = copy_backup(path, path + "-newer", made=soon)
    try:
        done = cluster.belay(f"\\backup prune --keep 1 '{cluster.top}'", approve="reversible")
        assert done.rc == 7 and f"run {open_run[0]} is open and names {path}" in done.err, done
        assert os.path.exists(path) and os.path.exists(newer)
        done = cluster.belay(f"\\backup prune --keep 2 '{cluster.top}'")
        assert done.rc == 0, done  # it would stay anyway
        without_words(open_run[1])
        done = cluster.belay(f"\\backup prune --keep 1 '{cluster.top}'", approve="reversible")
        assert done.rc == 7 and f"run {open_run[0]} is open and names {path}" in done.err, done
    finally:
        shutil.rmtree(newer)


def test_what_a_word_of_an_open_run_names_stays(made, open_run, shelf):
    """A path given by its last part alone, from a directory that nobody recorded."""
    cluster, path, fill = shelf
    fill(9)
    copy_backup(made[1], path / "made", made=DAY % 1)
    done = cluster.belay(f"\\backup prune --keep 1 '{path}'")
    assert done.rc == 7 and open_run[0] in done.err and names(path) == ["b9", "made"], done


def test_a_journal_that_cannot_be_read(made, shelf):
    cluster, path, fill = shelf
    fill(1, 2)
    broken = cluster.journals()[0].replace("journal-00001", "journal-00000")
    with open(broken, "w", encoding="ascii") as file:
        file.write("no journal\n")
    try:
        done = cluster.belay(f"\\backup prune --keep 1 '{path}'")
    finally:
        os.remove(broken)
    assert done.rc == 9 and "cannot tell whether run" in done.err, done
    assert names(path) == ["b1", "b2"]


def test_a_half_written_one_whose_run_is_at_work(made, open_run):
    cluster, path = made
    half_written(path, path + ".part", minutes=5)
    try:
        with open(open_run[1], "rb") as journal:
            fcntl.flock(journal, fcntl.LOCK_EX)  # as the process does that works on it
            done = cluster.belay(f"\\backup prune --keep 1 --partial '{cluster.top}'")
            assert "its run works on it now" in done.err and "Nothing is" in done.err, done
        done = prune(cluster, cluster.top, 1, "--partial")  # that process has ended
        assert done.rc == 0 and not os.path.exists(path + ".part"), done
        assert f"run {open_run[0]} made it and cannot go on then" in done.err
        assert os.path.exists(path)
    finally:
        shutil.rmtree(path + ".part", ignore_errors=True)
