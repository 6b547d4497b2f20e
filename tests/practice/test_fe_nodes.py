"""Frontends and nodes: what differs by the FE asked, leader changes, quorum, config."""
import time
from pathlib import Path

import pytest

from fe_rig import Cluster, Lost, SqlError

CHECK = "enable_mv_automatic_active_check"


@pytest.fixture
def seed():
    with Cluster() as cluster:
        yield cluster


def config(client, name=CHECK):
    return client.dicts(f"ADMIN SHOW FRONTEND CONFIG LIKE '{name}'")[0]["Value"]


def set_config(client, value, name=CHECK):
    client.query(f'ADMIN SET FRONTEND CONFIG ("{name}" = "{value}")')


def test_topology(seed):
    rows = seed.connect().dicts("SHOW FRONTENDS")
    assert [row["Role"] for row in rows] == ["FOLLOWER", "LEADER", "FOLLOWER"]
    assert rows[0]["IP"] == ("kube-starrocks-fe-0.kube-starrocks-fe-search.starrocks.svc"
                             ".cluster.local")
    assert rows[0]["Name"].startswith(rows[0]["IP"] + "_9010_1")
    assert {row["Version"] for row in rows} == {"3.3.3-312ed45"}
    assert len(seed.connect().rows("SHOW COMPUTE NODES")) == 3
    assert seed.connect().rows("SHOW BACKENDS") == []
    assert seed.ready["cluster"] == "kube-starrocks" and seed.ready["context"] == "practice"


def test_every_fe_knows_its_own_journal_best(seed):
    for fe in (0, 1, 2):
        client = seed.connect(fe)
        own = [int(row["ReplayedJournalId"]) for row in client.dicts("SHOW PROC '/frontends'")]
        assert own[fe] == max(own)


def test_the_journal_moves_by_itself(seed):
    (first,), = seed.state("SELECT value FROM meta WHERE key = 'journal_id'")
    seed.wait(lambda: seed.state("SELECT value FROM meta WHERE key = 'journal_id'")[0][0] > first)


def test_config_goes_to_all_live_fes_and_each_remembers_it(seed):
    set_config(seed.connect(0), "false")
    assert [config(seed.connect(fe)) for fe in (0, 1, 2)] == ["false"] * 3
    seed.control("event", "leader-moves")
    assert config(seed.leader()) == "false"
    set_config(seed.leader(), "maybe", "disable_balance")  # an alias; any other text is false
    assert config(seed.leader(), "disable_balance") == "false"
    row = seed.leader().dicts("ADMIN SHOW FRONTEND CONFIG LIKE 'tablet_sched_disable_balance'")[0]
    assert row["AliasNames"] == "[disable_balance]" and row["IsMutable"] == "true"


def test_config_with_a_dead_fe_and_after_its_restart(seed):
    seed.control("event", "kill-leader")
    seed.wait(lambda: seed.state("SELECT 1 FROM fe WHERE role = 'LEADER'"))
    client = seed.leader()
    error = client.error(f'ADMIN SET FRONTEND CONFIG ("{CHECK}" = "false")')
    assert (error.code, error.sqlstate) == (5076, "42000")
    assert error.message.endswith("failed: Invalid port 0")
    assert config(client) == "false"  # the live ones have it
    seed.control("event", "revive-fe")
    seed.wait(lambda: seed.state("SELECT count(*) FROM fe WHERE alive = 1")[0][0] == 3)
    restarted = seed.wait(lambda: connected(seed, 1))
    assert config(restarted) == "true"  # restarted: what fe.conf says
    assert config(client) == "false"


def test_fe_conf_counts_at_the_start(seed):
    conf = Path(seed.dir) / "pods/kube-starrocks-fe-1/opt/starrocks/fe/conf/fe.conf"
    conf.write_text(conf.read_text() + f"\n# a remark = x\n{CHECK} = false\nqe_max_connection=7\n")
    assert config(seed.connect(1)) == "true"  # not read while it runs
    seed.control("event", "kill-leader")
    seed.wait(lambda: seed.state("SELECT 1 FROM fe WHERE role = 'LEADER'"))
    seed.control("event", "revive-fe")
    client = seed.wait(lambda: connected(seed, 1))
    assert (config(client), config(client, "qe_max_connection")) == ("false", "7")
    assert config(seed.connect(0)) == "true"


def connected(cluster, fe):
    try:
        return cluster.connect(fe)
    except OSError:
        return None


def test_leader_killed(seed):
    seed.control("speed", "20")
    client = seed.connect(1)
    assert client.rows("SELECT 1") == [["1"]]
    seed.control("event", "kill-leader")
    with pytest.raises((Lost, OSError)):
        for _ in range(50):
            client.query("SELECT 1")
            time.sleep(0.02)
    other = seed.connect(0)
    # The dead one is Alive for 16 s more, as a FOLLOWER.
    seed.wait(lambda: seed.state("SELECT 1 FROM fe WHERE role = 'LEADER'"))
    row = other.dicts("SHOW FRONTENDS")[1]
    assert (row["Role"], row["Alive"]) == ("FOLLOWER", "true")
    seed.wait(lambda: other.dicts("SHOW FRONTENDS")[1]["Alive"] == "false")
    with pytest.raises(OSError):
        seed.connect(1)
    seed.control("event", "revive-fe")
    seed.wait(lambda: other.dicts("SHOW FRONTENDS")[1]["Alive"] == "true")
    assert seed.wait(lambda: connected(seed, 1)).rows("SELECT 1") == [["1"]]


def test_no_leader_for_a_moment(seed):
    seed.control("speed", "1")
    seed.control("event", "kill-leader")
    error = seed.connect(0).error("ALTER MATERIALIZED VIEW sales.margin INACTIVE")
    assert (error.code, error.message) == (1064, "java.net.ConnectException: Connection refused")


def test_without_quorum_writes_hang(seed):
    seed.control("speed", "1")
    seed.control("event", "lose-quorum")
    reader, writer = seed.leader(), seed.leader(timeout=1)
    assert reader.rows("SELECT 1") == [["1"]]
    writer.start("CREATE DATABASE hangs")
    with pytest.raises(TimeoutError):
        writer.result()
    assert reader.rows("SELECT 1") == [["1"]]
    assert seed.state("SELECT count(*) FROM db WHERE name = 'hangs'") == [(0,)]
    # It waits, it is not lost: with the followers back it is done.
    seed.control("event", "revive-fe")
    seed.wait(lambda: seed.state("SELECT count(*) FROM db WHERE name = 'hangs'") == [(1,)])


def test_a_leader_without_quorum_exits(seed):
    seed.control("speed", "1000")
    seed.control("event", "lose-quorum")
    seed.wait(lambda: seed.state("SELECT sum(alive) FROM fe") == [(0,)])
    with pytest.raises(OSError):
        seed.connect(1)


def test_an_fe_that_leaves_and_one_that_joins(seed):
    columns = ("ordinal, pod, host, name, role, alive, seen_alive, version, start_ms, heartbeat_ms,"
               " replayed")
    client = seed.connect(2)
    seed.state("DELETE FROM fe WHERE ordinal = 2")
    seed.wait(lambda: not alive(client))
    assert len(seed.connect(0).rows("SHOW FRONTENDS")) == 2
    seed.state(f"INSERT INTO fe (id, {columns}) SELECT 9, {columns} FROM fe WHERE ordinal = 0")
    seed.state("UPDATE fe SET ordinal = 2, pod = 'kube-starrocks-fe-2' WHERE id = 9")
    seed.wait(lambda: seed.state("SELECT 1 FROM fe WHERE id = 9 AND listen_port > 0"))
    assert seed.connect(2).rows("SELECT 1") == [["1"]]


def alive(client):
    try:
        return client.rows("SELECT 1")
    except (Lost, OSError):
        return None


def test_dead_nodes_are_seen_after_a_while(seed):
    seed.control("speed", "20")
    client = seed.connect()
    seed.state("UPDATE node SET alive = 0, stop_ms = (SELECT value FROM meta WHERE key = 'last_ms')"
               " WHERE ordinal = 0")
    assert client.dicts("SHOW COMPUTE NODES")[0]["Alive"] == "true"
    row = seed.wait(lambda: [row for row in client.dicts("SHOW COMPUTE NODES")
                             if row["Alive"] == "false"])[0]
    assert row["ErrMsg"].startswith("java.net.ConnectException")
    assert client.rows("SELECT count(*) FROM sales.orders") == [["5"]]  # two live ones are left


def test_transactions_bar_admin_statements_on_35():
    with Cluster("3.5.16") as cluster:
        client = cluster.leader()
        client.query("BEGIN")
        assert client.error("SHOW FRONTENDS").code == 5305
        assert client.error("ALTER MATERIALIZED VIEW sales.margin INACTIVE").sqlstate == "25P01"
        client.query("COMMIT")
        assert len(client.rows("SHOW FRONTENDS")) == 3


def test_times_of_41_are_in_utc_plus_8():
    with Cluster("4.1") as cluster:
        client = cluster.leader()
        beat = client.dicts("SHOW FRONTENDS")[0]["LastHeartbeat"]
        now = client.rows("SELECT now()")[0][0]
        parse = lambda text: time.mktime(time.strptime(text, "%Y-%m-%d %H:%M:%S"))
        assert 7.5 * 3600 < parse(beat) - parse(now) < 8.1 * 3600


def test_wrong_control_words(seed):
    seed.control("event", "nosuch", rc=2)
    seed.control("speed", "0", rc=2)
    seed.control("fault", "nosuch", rc=2)
    assert "kube-starrocks-fe-1 LEADER up" in seed.control("status")
