"""Automated cluster snapshots, as ClusterSnapshotMgr.java and ClusterSnapshotJob.java make them."""
import os

from fe_rig import Cluster

ON = "ADMIN SET AUTOMATED CLUSTER SNAPSHOT ON"
OFF = "ADMIN SET AUTOMATED CLUSTER SNAPSHOT OFF"
EVERY = 'ADMIN SET FRONTEND CONFIG ("automated_cluster_snapshot_interval_seconds" = "%d")'


def jobs(client):
    """state, error, name; the oldest first."""
    return client.rows("SELECT STATE, ERROR_MESSAGE, SNAPSHOT_NAME FROM"
                       " information_schema.cluster_snapshot_jobs ORDER BY JOB_ID")


def snapshots(client):
    return client.rows("SELECT * FROM information_schema.cluster_snapshots")


def test_one_follows_the_other_and_the_newest_is_kept():
    with Cluster("3.4.8", speed=600) as cluster:
        client = cluster.leader()
        store = os.path.join(cluster.dir, "object-store")
        client.query(EVERY % 120)
        client.query(ON)
        assert cluster.wait(lambda: len(snapshots(client)) == 1)
        (first, kind, _, journal, starmgr, _, volume, path), = snapshots(client)
        assert (kind, volume) == ("AUTOMATED", "builtin_storage_volume")
        assert int(journal) > 128004 and int(starmgr) >= 471
        of_tables = client.rows("SELECT STORAGE_PATH FROM information_schema.partitions_meta"
                                " WHERE STORAGE_PATH <> ''")
        root = path[:-len(f"/meta/image/{first}")]
        assert of_tables and all(one.startswith(root + "/") for one, in of_tables)
        assert cluster.wait(lambda: snapshots(client)[0][0] != first)
        client.query(EVERY % 86400)
        assert cluster.wait(lambda: jobs(client)[-1][0] == "FINISHED")
        assert jobs(client)[0] == ["DELETED", "", first]
        (last, *_), = snapshots(client)
        assert jobs(client)[-1] == ["FINISHED", "", last] and os.listdir(store) == [last]
        client.query(OFF)
        assert snapshots(client) == [] and {job[0] for job in jobs(client)} == {"DELETED"}
        assert os.listdir(store) == []


def test_a_job_passes_through_its_states_and_ends_with_its_leader():
    with Cluster("3.5.16", speed=1) as cluster:
        client = cluster.leader()
        client.query(ON)
        assert cluster.wait(lambda: jobs(client))
        assert jobs(client)[0][0] == "SNAPSHOTING" and snapshots(client) == []
        cluster.control("event", "leader-moves")
        cluster.control("speed", "600")
        client = cluster.leader()
        assert cluster.wait(lambda: jobs(client)[0][0] == "ERROR")
        assert "FE restart or leader change" in jobs(client)[0][1]


def test_an_interval_of_its_own():
    """From 4.0.5 on (#67525)."""
    with Cluster("4.1.0", speed=600) as cluster:
        client = cluster.leader()
        client.query(EVERY % 86400000)
        client.query(f"{ON} INTERVAL 2 MINUTE STORAGE VOLUME builtin_storage_volume")
        assert cluster.wait(lambda: snapshots(client))
