"""CREATE IMAGE: when files appear in which pod, by release."""
import zlib
from pathlib import Path

import pytest

from fe_rig import Cluster


def meta(cluster, fe):
    return Path(cluster.dir) / f"pods/kube-starrocks-fe-{fe}/opt/starrocks/fe/meta/image"


def newest(folder):
    numbers = [int(path.name[6:]) for path in folder.glob("image.*") if path.name[6:].isdigit()]
    return max(numbers, default=0)


def complete(cluster, fe, journal):
    v2 = meta(cluster, fe) / "v2"
    number = newest(v2)
    if number < journal or not (v2 / f"checksum.{number}").exists():
        return False
    data, checksum = (v2 / f"image.{number}").read_bytes(), (v2 / f"checksum.{number}").read_text()
    return number if checksum == str(zlib.crc32(data)) else False  # else it is being written


def journal_id(client):
    return max(int(row["ReplayedJournalId"]) for row in client.dicts("SHOW FRONTENDS"))


@pytest.mark.parametrize("scenario", ["seed", "3.4.8", "3.5.16", "4.1"])
def test_image_on_every_fe(scenario):
    with Cluster(scenario, speed=100) as cluster:
        client = cluster.connect(0)
        old = newest(meta(cluster, 1) / "v2")
        cluster.wait(lambda: journal_id(client) > old)
        journal = journal_id(client)
        client.query("ALTER SYSTEM CREATE IMAGE")
        assert not complete(cluster, 1, journal)  # it answers before the image is there
        for fe in (1, 0, 2):
            number = cluster.wait(lambda: complete(cluster, fe, journal))
            data = (meta(cluster, fe) / f"v2/image.{number}").read_bytes()
            assert data[:4] == b"\0\0\0\4"
            v1 = newest(meta(cluster, fe))
            assert (v1 == number) == (scenario in ("seed", "3.4.8"))
            cluster.wait(lambda: newest(meta(cluster, fe) / "v2") == number
                         and len(list((meta(cluster, fe) / "v2").glob("image.*"))) == 1)


@pytest.mark.parametrize("scenario", ["2.5.22", "3.2.10", "3.3.2"])
def test_releases_without_v2(scenario):
    with Cluster(scenario, speed=100) as cluster:
        client = cluster.connect(0)
        old = newest(meta(cluster, 1))
        cluster.wait(lambda: journal_id(client) > old)
        journal = journal_id(client)
        client.query("ALTER SYSTEM CREATE IMAGE")
        for fe in (1, 0, 2):
            cluster.wait(lambda: newest(meta(cluster, fe)) >= journal)
            cluster.wait(lambda: not list(meta(cluster, fe).glob("image.ckpt")))
            assert not (meta(cluster, fe) / "v2").exists()


def test_without_the_statement_no_image():
    with Cluster(speed=2000) as cluster:
        old = newest(meta(cluster, 1) / "v2")
        (at,), = cluster.state("SELECT value FROM meta WHERE key = 'last_ms'")
        cluster.wait(lambda: cluster.state("SELECT value FROM meta WHERE key = 'last_ms'")[0][0]
                     > at + 600000)
        assert newest(meta(cluster, 1) / "v2") == old


def simulated(cluster, seconds):
    (at,), = cluster.state("SELECT value FROM meta WHERE key = 'last_ms'")
    cluster.wait(lambda: cluster.state("SELECT value FROM meta WHERE key = 'last_ms'")[0][0]
                 > at + seconds * 1000)


@pytest.mark.parametrize("scenario, quiet, after_write", [
    ("seed", False, False), ("3.5.16", False, True), ("4.1", True, True)])
def test_starmgr_image(scenario, quiet, after_write):
    with Cluster(scenario, speed=500) as cluster:
        client = cluster.leader()
        starmgr = meta(cluster, 1) / "starmgr"
        old = newest(starmgr)
        client.query("CREATE TABLE ops.before (a INT) DISTRIBUTED BY HASH(a) BUCKETS 1")
        client.query("ALTER SYSTEM CREATE IMAGE")
        simulated(cluster, 300)
        assert (newest(starmgr) > old) == quiet
        client.query("CREATE TABLE ops.shards (a INT) DISTRIBUTED BY HASH(a) BUCKETS 1")
        simulated(cluster, 200)
        assert (newest(starmgr) > old) == after_write


def test_a_follower_that_is_down_gets_the_image_later():
    with Cluster(speed=200) as cluster:
        client = cluster.leader()
        old = newest(meta(cluster, 2) / "v2")
        cluster.wait(lambda: journal_id(client) > old)
        cluster.state("UPDATE fe SET alive = 0 WHERE ordinal = 2")
        journal = journal_id(client)
        client.query("ALTER SYSTEM CREATE IMAGE")
        number = cluster.wait(lambda: complete(cluster, 1, journal))
        assert newest(meta(cluster, 2) / "v2") == old
        cluster.control("event", "revive-fe")
        cluster.wait(lambda: newest(meta(cluster, 2) / "v2") == number)
