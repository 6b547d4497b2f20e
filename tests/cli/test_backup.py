"""\\image and \\backup on four kinds of cluster, and \\backup verify with and without a server."""
import io
import json
import os
import re
import shutil
import stat
import subprocess
import tarfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from practice import BELAY, Practice, clean_env

SCENARIOS = ("seed", "3.5.16", "4.1", "shared-nothing")
PODS = [f"kube-starrocks-fe-{i}" for i in range(3)]


def q(path):
    return "'" + str(path) + "'"


class Made:
    """A cluster of one kind after \\backup, which is done once for all tests that look at it."""

    def __init__(self, scenario):
        self.scenario = scenario
        self.cluster = Practice(scenario).__enter__()
        self.before = self.image_ids("v2"), self.image_ids("starmgr")
        self.dir = os.path.join(self.cluster.top, "backup")
        self.done = self.cluster.belay(f"\\backup {q(self.dir)}", timeout=120)
        self.calls = self.cluster.kubectl_calls()

    def image_ids(self, sub):
        folder = os.path.join(self.cluster.dir, "pods", self.cluster.leader(),
                              "opt/starrocks/fe/meta/image", sub)
        names = os.listdir(folder) if os.path.isdir(folder) else []
        return max([int(n.split(".")[1]) for n in names if re.fullmatch(r"image\.\d+", n)],
                   default=0)

    def read(self, name):
        with open(os.path.join(self.dir, name), "rb") as file:
            return file.read()

    def json(self, name):
        return json.loads(self.read(name))

    @property
    def manifest(self):
        return json.loads(self.read("manifest.json").rsplit(b"sha256:", 1)[0])


@pytest.fixture(scope="module")
def all_made():
    with ThreadPoolExecutor(len(SCENARIOS)) as pool:
        made = dict(zip(SCENARIOS, pool.map(Made, SCENARIOS)))
    yield made
    for one in made.values():
        one.cluster.__exit__()


@pytest.fixture(params=SCENARIOS)
def made(request, all_made):
    return all_made[request.param]


# --- \backup ----------------------------------------------------------------------------------


def test_it_ends_in_proved(made):
    assert made.done.rc == 0, made.done
    line = made.done.out.splitlines()
    assert len(line) == 1 and line[0].startswith(f"proved  {made.dir}  image "), made.done
    image = int(re.search(r"image (\d+)", line[0]).group(1))
    assert image == made.image_ids("v2") > made.before[0]
    assert not os.path.exists(made.dir + ".part")


@pytest.mark.parametrize("scenario", ["seed", "shared-nothing"])  # later releases write others beside it
def test_the_image_is_waited_for_once(all_made, scenario):
    """That its files stay as they are is seen once: what comes later finds them as they were."""
    made = all_made[scenario]
    scripts = [re.split(r" [0-9a-f]{32}(?![0-9a-f])", call)[-1] for call in made.calls
               if " exec " in call]
    number = made.done.out.split("  image ")[1].split()[0]
    first, last = (at for at, script in enumerate(scripts) if script == f" {number}")
    assert scripts[first + 1] == " images" and scripts[last + 1] == " sums", scripts


def test_nobody_was_asked_and_only_own_things_were_touched(made):
    sent = made.cluster.changes()
    own = re.compile(r"(CREATE (DATABASE|TABLE)|DROP DATABASE) IF (NOT )?EXISTS"
                     r" `belay_starmgr_[0-9a-f]{6}`")
    others = [text for text in sent if not own.match(text)]
    assert others == ["ALTER SYSTEM CREATE IMAGE"]
    assert bool(len(sent) > 1) == (made.scenario == "3.5.16")
    left = made.cluster.sql("SELECT name FROM db WHERE name LIKE 'belay%'")
    assert left == []


def test_starmgr_image(made):
    note = "newest shard metadata is in bdb"
    if made.scenario == "shared-nothing":
        assert "starmgr" not in made.done.out + made.done.err
        return
    image = int(re.search(r"starmgr image (\d+)", made.done.out).group(1))
    if made.scenario == "seed":  # this release makes none; said, not hidden
        assert image == made.before[1] and note in made.done.err, made.done
    else:
        assert image > made.before[1] and note not in made.done.err, made.done


def test_the_copy_is_what_the_pod_has(made):
    pod = os.path.join(made.cluster.dir, "pods", made.cluster.leader(), "opt/starrocks/fe")
    with tarfile.open(os.path.join(made.dir, "meta.tar")) as tar:
        names = sorted(tar.getnames())
        for name in names:
            with open(os.path.join(pod, name), "rb") as file:
                assert tar.extractfile(name).read() == file.read(), name
    there = sorted(os.path.relpath(os.path.join(folder, name), pod)
                   for folder, _, files in os.walk(os.path.join(pod, "meta")) for name in files)
    assert names == [n for n in there if n.startswith("meta/image/") or n.endswith(".jdb")]


def test_what_a_restore_needs_is_beside_it(made):
    for pod in PODS:
        assert b"role=FOLLOWER" in made.read(f"fe/{pod}/ROLE")
        assert b"token=" in made.read(f"fe/{pod}/VERSION")
        assert b"run_mode" in made.read(f"fe/{pod}/fe.conf")
        assert made.json(f"objects/claim-fe-meta-{pod}.json")["kind"] == "PersistentVolumeClaim"
        assert made.json(f"objects/pod-{pod}.json")["kind"] == "Pod"
    node = "be" if made.scenario == "shared-nothing" else "cn"
    kinds = {"starrockscluster-kube-starrocks": "StarRocksCluster",
             "statefulset-kube-starrocks-fe": "StatefulSet",
             f"statefulset-kube-starrocks-{node}": "StatefulSet",
             "configmap-kube-starrocks-fe-cm": "ConfigMap",
             f"configmap-kube-starrocks-{node}-cm": "ConfigMap"}
    for name, kind in kinds.items():
        assert made.json(f"objects/{name}.json")["kind"] == kind
    views = json.dumps(made.json("views.json"))
    assert "CREATE MATERIALIZED VIEW `daily_top`" in views
    assert set(made.json("ledger.json")) == {"views", "settings", "paused", "works"}
    assert "kube-starrocks" in made.read("restore-plan.txt").decode()
    assert made.manifest["lacks"] == []


def test_storage(made):
    storage = made.json("storage.json")
    paths = {(t["database"], t["table"]): t["path"] for t in storage["tables"]}
    assert ("sales", "orders") in paths and ("web", "clean_visits") in paths
    if made.scenario == "shared-nothing":
        assert storage["volumes"] == []
        return
    assert storage["volumes"][0]["Name"] == "builtin_storage_volume"
    assert paths["sales", "orders"].startswith("s3://practice-bucket/")


def test_it_is_private(made):
    for folder, folders, files in os.walk(made.dir):
        for name in folders + files:
            mode = stat.S_IMODE(os.stat(os.path.join(folder, name)).st_mode)
            assert mode & 0o077 == 0, name
    assert stat.S_IMODE(os.stat(made.dir).st_mode) == 0o700


def test_no_secret_leaves_it(made):
    token = re.search(rb"token=(\S+)", made.read(f"fe/{PODS[0]}/VERSION")).group(1).decode()
    said = made.done.out + made.done.err
    for path in made.cluster.journals():
        with open(path, encoding="utf-8") as file:
            said += file.read()
    said += "".join(made.cluster.kubectl_calls())
    assert token not in said and "CANARY" not in said


def test_verify_agrees(made):
    again = made.cluster.belay(f"\\backup verify {q(made.dir)}")
    assert again.rc == 0, again
    assert again.out.splitlines()[0] == made.done.out.splitlines()[0]


def test_verify_as_a_row(made):
    """For a program: one object, with a line for each finding."""
    done = made.cluster.belay(f"\\backup verify {q(made.dir)}", args=["--format", "json"])
    assert done.rc == 0, done
    row, = json.loads(done.out)
    lines = made.cluster.belay(f"\\backup verify {q(made.dir)}").out
    assert row["path"] == made.dir and row["verdict"] == "proved"
    assert " ".join(row["summary"].split()) in " ".join(lines.split())
    for column, label in (("findings", ""), ("lacks", "lacks    "), ("not_quiet", "not quiet: ")):
        for line in row[column].split("\n"):
            assert line == "" or label + line in lines, line


def test_verify_asks_no_server(made, tmp_path):
    done = subprocess.run([BELAY, "--host=127.0.0.1", "--port=1", "-e",
                           f"\\backup verify {q(made.dir)}"], capture_output=True, text=True,
                          env=clean_env(str(tmp_path)), timeout=60, check=False)
    assert (done.returncode, done.stdout.startswith("proved  ")) == (0, True), done


def test_the_digest_does_not_hang_on_the_hour(made):
    one, two = (made.cluster.belay("\\backup --dry-run") for _ in range(2))
    assert one.rc == 0 and one.digest == two.digest
    # A name of which the hour is not known yet is a name all the same, without braces and .part.
    assert re.search(r"make the directory \./belay-backup-\S+-<UTC time>, \.part behind", one.out), one


# --- verify on what is not whole --------------------------------------------------------------


@pytest.fixture
def copy(all_made, tmp_path):
    made = all_made["3.5.16"]
    assert made.done.rc == 0, made.done
    return made.cluster, shutil.copytree(made.dir, tmp_path / "copy")


def flip(path, at=None):
    data = bytearray(path.read_bytes())
    data[len(data) // 2 if at is None else at] ^= 1
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["meta.tar", "manifest.json", "storage.json",
                                  "fe/kube-starrocks-fe-1/VERSION"])
def test_one_bit(copy, name):
    cluster, path = copy
    flip(path / name)
    done = cluster.belay(f"\\backup verify {q(path)}")
    assert done.rc == 8 and done.out.startswith("damaged  ") and name in done.out, done


def test_half_an_archive(copy):
    cluster, path = copy
    data = (path / "meta.tar").read_bytes()
    (path / "meta.tar").write_bytes(data[:len(data) // 2])
    done = cluster.belay(f"\\backup verify {q(path)}")
    assert done.rc == 8 and done.out.startswith("damaged  "), done


def test_an_unfinished_backup(copy):
    cluster, path = copy
    part = path.rename(str(path) + ".part")
    done = cluster.belay(f"\\backup verify {q(part)}")
    assert done.rc == 8 and "unfinished" in done.out, done


def test_hostile_names_reach_the_terminal_escaped(copy):
    cluster, path = copy
    (path / "\x1b]0;evil\x07").write_text("x")
    done = cluster.belay_tty(f"\\backup verify {q(path)}")
    assert done.rc == 0 and b"\x1b]0;" not in done.raw and b"evil" in done.raw, done


def test_hand_made_copies(all_made, tmp_path):
    cluster = all_made["3.5.16"].cluster
    meta = os.path.join(cluster.dir, "pods", PODS[0], "opt/starrocks/fe/meta")
    packed = tmp_path / "meta.tar.gz"
    with tarfile.open(packed, "w:gz") as tar:
        tar.add(meta, "fe/meta")
    for path in (meta, packed):
        done = cluster.belay(f"\\backup verify {q(path)}")
        assert done.rc == 0 and done.out.startswith("whole, not a backup  "), done
        assert "lacks    no manifest" in done.out
    packed.write_bytes(packed.read_bytes()[:-30])
    assert cluster.belay(f"\\backup verify {q(packed)}").rc == 8


def test_an_archive_that_leads_outside(all_made, tmp_path):
    path = tmp_path / "evil.tar"
    with tarfile.open(path, "w") as tar:
        info = tarfile.TarInfo("meta/image/../../../tmp/belay-evil")
        info.size = 1
        tar.addfile(info, io.BytesIO(b"x"))
    done = all_made["seed"].cluster.belay(f"\\backup verify {q(path)}")
    assert done.rc == 8 and not os.path.exists("/tmp/belay-evil"), done


def test_no_such_path(all_made):
    done = all_made["seed"].cluster.belay("\\backup verify /no/such/place")
    assert done.rc == 2 and "/no/such/place" in done.err, done


# --- where it goes ----------------------------------------------------------------------------


def test_a_place_that_is_taken(all_made, tmp_path):
    made = all_made["seed"]
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine").write_text("x")
    (tmp_path / "left.part").mkdir()
    (tmp_path / "file").write_text("x")
    made.cluster.forget()
    for name, says in (("full", "not an empty directory"), ("file", "not an empty directory"),
                       ("left", "unfinished"), ("none/such", "cannot go to"), ("..", "names no")):
        done = made.cluster.belay(f"\\backup {q(tmp_path / name)}")
        assert done.rc == 2 and says in done.err, done
        assert done.out == "" and "journal" not in done.err, done  # no plan, no run that is left open
    assert made.cluster.changes() == []  # refused before an image was asked for
    assert (tmp_path / "full" / "mine").read_text() == "x"


def test_an_empty_directory_and_the_default_name(all_made, tmp_path):
    cluster = all_made["shared-nothing"].cluster
    (tmp_path / "empty").mkdir()
    done = cluster.belay(f"\\backup {q(tmp_path / 'empty')}", timeout=120)
    assert done.rc == 0 and (tmp_path / "empty" / "manifest.json").exists(), done
    argv = cluster.argv("\\backup")
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, timeout=120,
                          env=clean_env(cluster.home), check=False)
    assert done.returncode == 0, done
    made = re.search(r"^proved  (\S+)", done.stdout).group(1)
    assert re.fullmatch(r"belay-backup-kube-starrocks-\d{8}T\d{6}Z", os.path.basename(made))
    assert os.path.dirname(made) == os.path.realpath(tmp_path)


# --- \image -----------------------------------------------------------------------------------


def test_image_and_its_status(made):
    before = made.image_ids("v2"), made.image_ids("starmgr")
    done = made.cluster.belay("\\image", timeout=120)
    assert done.rc == 0 and "final proof: yes" in done.err, done
    assert made.image_ids("v2") > before[0]
    status = made.cluster.belay("\\image status")
    assert status.rc == 0, status
    row = {r["fe"]: r for r in status.rows}[made.cluster.leader()]
    assert int(row["image_id"]) == made.image_ids("v2")
    assert (row["checksum"], row["verdict"], row["part_files"]) == ("ok", "whole", "")
    if made.scenario in ("3.5.16", "4.1"):
        assert int(row["starmgr_id"]) > before[1] == int(row["starmgr_before"])


def test_a_release_that_writes_no_v2():
    """It comes, and nothing can prove it: said, and not waited for in vain."""
    with Practice("2.5.22") as cluster:
        done = cluster.belay("\\image", timeout=120)
        assert done.rc == 0 and "(this release has no checksum file)" in done.err, done
        path = os.path.join(cluster.top, "backup")
        done = cluster.belay(f"\\backup {q(path)}", timeout=120)
        assert done.rc == 9 and "format v1 has no mark at its end" in done.err, done
        verify = cluster.belay(f"\\backup verify {q(path)}")
        assert verify.rc == 9 and verify.out.startswith("cannot tell"), verify
        assert "no current image/v2: FE 3.5 and later cannot load it" in verify.out
        # Nothing better can be had of it, so it is no reason to leave a person without the way back.
        page = cluster.belay(f"\\restore-plan {q(path)}")
        text = " ".join(page.out.split())
        assert page.rc == 0 and "NOT PROVED, and of this release nothing better" in text, page
        assert "byte for byte, what the leader had" in text
        dry = cluster.belay(f"\\restore {q(path)} --dry-run")
        assert dry.rc == 0 and "Unproved image/image." in dry.out, dry


def test_status_sees_what_is_wrong(all_made):
    made = all_made["4.1"]
    folder = os.path.join(made.cluster.dir, "pods", PODS[2], "opt/starrocks/fe/meta/image")
    newest = max((n for n in os.listdir(folder + "/v2") if n.startswith("image.")),
                 key=lambda n: int(n.split(".")[1]))
    with open(f"{folder}/v2/{newest}", "r+b") as file:
        file.seek(100)
        file.write(b"\0")
    open(f"{folder}/starmgr/image.999.part", "w").close()
    rows = {r["fe"]: r for r in made.cluster.belay("\\image status").rows}
    assert rows[PODS[2]]["checksum"] == "differs" and "CRC-32" in rows[PODS[2]]["verdict"]
    assert rows[PODS[2]]["part_files"] == "image/starmgr/image.999.part"
    assert rows[PODS[0]]["verdict"] == "whole"


def test_without_starmgr(all_made):
    made = all_made["4.1"]
    done = made.cluster.belay("\\image --no-starmgr --dry-run")
    assert done.rc == 0 and "1 step " in done.out and "is in bdb" in done.out, done


def test_rights_that_lack(all_made):
    made = all_made["shared-nothing"]
    made.cluster.forget()
    made.cluster.sql("DELETE FROM rbac WHERE verb = 'create' AND resource = 'pods/exec'")
    try:
        done = made.cluster.belay("\\image")
        assert done.rc == 7 and "may not create pods/exec" in done.err, done
        assert made.cluster.changes() == []
    finally:
        made.cluster.sql("INSERT INTO rbac SELECT user, 'create', resource FROM rbac"
                         " WHERE verb = 'get' AND resource = 'pods/exec'")


def test_without_kubectl(all_made):
    made = all_made["shared-nothing"]
    made.cluster.forget()
    done = made.cluster.belay("\\backup", kube=False, args=("--no-kube",))
    assert done.rc not in (0, 1) and "--no-kube" in done.err, done
    assert made.cluster.changes() == []


def test_a_word_of_other_commands_is_no_directory():
    with Practice("seed") as cluster:
        done = cluster.belay("\\backup show")
        assert done.rc == 2 and "there is no \\backup show" in done.err, done
        assert not os.path.exists(os.path.join(cluster.top, "show")) and not cluster.sent("CREATE%")
