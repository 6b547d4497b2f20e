"""\\upgrade and images: on every frontend's disk before one of them goes, kept by each, and one of the new release."""
import glob
import os
import signal
import zlib

import pytest

from practice import Practice, wait_for
from restore import STS
from upgrades import changes, is_of

CREATE = "ALTER SYSTEM CREATE IMAGE"
UPGRADE = "\\upgrade --to 3.3.9 --no-backup --leave-views --no-proof"


def meta(cluster, ordinal, *names):
    found = glob.glob(os.path.join(cluster.dir, "**", f"{STS}-{ordinal}", "**", "meta"), recursive=True)
    return os.path.join(found[0], *names)


def images(cluster):
    """The newest whole image of each frontend, by its files."""
    newest = []
    for ordinal in range(3):
        names = set(os.listdir(meta(cluster, ordinal, "image", "v2")))
        newest.append(max(int(name[6:]) for name in names if name.startswith("image.")
                          and name[6:].isdigit() and f"checksum.{name[6:]}" in names))
    return newest


@pytest.mark.parametrize("backup", [True, False])
def test_before_and_after(backup):
    with Practice("seed") as cluster:
        before = images(cluster)
        cluster.sql("CREATE TABLE seen (n)")
        cluster.sql("CREATE TRIGGER first AFTER INSERT ON kubectl_log WHEN new.argv LIKE '%delete --raw%/pods/%'"
                    " BEGIN INSERT INTO seen SELECT min(image) FROM fe; END")
        line = UPGRADE if not backup else UPGRADE.replace("--no-backup", f"--backup {cluster.home}/saved")
        done = cluster.approved(line, timeout=200)
        assert done.rc == 0 and "final proof: yes" in done.err, done
        assert "the image is on the disk of every frontend: " in done.err
        assert cluster.sent(CREATE) == [CREATE] * 2
        held = [n for n, in cluster.sql("SELECT n FROM seen")]
        assert len(held) == 3 and held[0] > max(before), (held, before)
        assert min(images(cluster)) > held[-1]
        is_of(cluster, "3.3.9")


def test_a_follower_that_does_not_get_it():
    """belay waits, nothing goes; stopped, it goes on once the push works."""
    with Practice("seed") as cluster:
        digest = cluster.digest(UPGRADE)
        cluster.fault("no-image", f"{STS}-2 %", times=-1, program="pod")
        belay = cluster.start(UPGRADE, approve=digest)
        wait_for(lambda: glob.glob(meta(cluster, 2, "image", "v2", "image.*.part")), 60)
        asked = len(cluster.kubectl_calls())
        wait_for(lambda: len(cluster.kubectl_calls()) > asked + 8, 60)
        assert belay.poll() is None and not changes(cluster)
        belay.send_signal(signal.SIGTERM)
        assert belay.wait(30) == 143
        said = belay.stderr.read().decode()
        assert "stopped while step 2 waited: nothing was sent for it" in said and "\\resume" in said
        assert not changes(cluster)
        cluster.clear_faults()
        done = cluster.belay("\\resume", approve=digest, timeout=120)
        assert done.rc == 0 and cluster.sent(CREATE) == [CREATE] * 2, done
        is_of(cluster, "3.3.9")


def test_the_new_releases_image_is_waited_for_too():
    """All is of the new release by then: what is not everywhere is told, and the run is open until it is."""
    with Practice("seed") as cluster:
        digest = cluster.digest(UPGRADE)
        cluster.sql("CREATE TRIGGER hand AFTER INSERT ON kubectl_log WHEN new.argv LIKE '%\"remove\"%FeSpec%'"
                    " BEGIN INSERT INTO fault (program, match, kind, remaining, after)"
                    f" VALUES ('pod', '{STS}-%', 'no-image', -1, 0); END")
        belay = cluster.start(UPGRADE, approve=digest)
        wait_for(lambda: any(glob.glob(meta(cluster, n, "image", "v2", "image.*.part")) for n in range(3)), 120)
        assert belay.poll() is None
        is_of(cluster, "3.3.9")
        cluster.clear_faults()
        assert belay.wait(60) == 0 and len(set(images(cluster))) == 1


def test_a_frontend_without_its_image_does_not_serve():
    """A disk that was not kept: no other frontend goes before it has an image again."""
    with Practice("seed") as cluster:
        digest = cluster.digest(UPGRADE)
        cluster.sql("CREATE TRIGGER hand AFTER INSERT ON kubectl_log WHEN new.argv LIKE '%delete --raw%/pods/%'"
                    " BEGIN INSERT INTO fault (program, match, kind, arg, remaining, after) SELECT 'kubectl',"
                    f" '% exec %{STS}-2 %', 'vanish', 'image/v2/checksum.' || max(image), 1, 0 FROM fe; END")
        belay = cluster.start(UPGRADE, approve=digest)
        wait_for(lambda: cluster.sql("SELECT 1 FROM fault WHERE kind = 'vanish' AND remaining = 0"), 60)
        cluster.as_before()
        asked = len(cluster.kubectl_calls())
        wait_for(lambda: len(cluster.kubectl_calls()) > asked + 4, 60)
        assert [c for c in changes(cluster) if c[0] == "delete"] == [("delete", f"{STS}-2")]
        for name in glob.glob(meta(cluster, 2, "image", "v2", "image.*")):
            with open(name, "rb") as image, open(name.replace("image.", "checksum."), "w", encoding="ascii") as sum_:
                sum_.write(str(zlib.crc32(image.read())))
        assert belay.wait(90) == 0
        is_of(cluster, "3.3.9")
