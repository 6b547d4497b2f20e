"""Faults by table fault: each kind does what it says, as often as it says."""
import time

import pytest

from fe_rig import Cluster, Lost, SqlError


@pytest.fixture(scope="module")
def seed():
    with Cluster() as cluster:
        yield cluster


@pytest.fixture(autouse=True)
def clean(seed):
    yield
    seed.control("fault", "clear")


def lost(client, sql):
    with pytest.raises((Lost, OSError)):
        client.query(sql)
    return True


def databases(seed, name):
    return seed.state("SELECT count(*) FROM db WHERE name = ?", name)[0][0]


def test_drop_before_and_after(seed):
    seed.control("fault", "drop-before", "--match", "CREATE DATABASE%")
    assert lost(seed.connect(), "CREATE DATABASE before")
    assert databases(seed, "before") == 0
    seed.control("fault", "drop-after", "--match", "CREATE DATABASE%")
    assert lost(seed.connect(), "CREATE DATABASE after")
    assert databases(seed, "after") == 1
    seed.connect().query("CREATE DATABASE third")  # each fired once


def test_drop_in_rows(seed):
    client = seed.connect()
    seed.control("fault", "drop-in-rows", "--match", "%sys.object_dependencies%")
    client.start("SELECT * FROM sys.object_dependencies")
    rows = 0
    with pytest.raises((Lost, OSError)):
        client.packet()
        while True:
            client.packet()
            rows += 1
    assert rows > 10  # columns and half of the rows came


def test_hang_until_killed(seed):
    client, other = seed.connect(timeout=1), seed.connect()
    seed.control("fault", "hang", "--match", "SHOW FRONTENDS")
    client.start("SHOW FRONTENDS")
    with pytest.raises(TimeoutError):
        client.result()
    assert other.rows("SELECT 1") == [["1"]]  # nobody else waits
    other.query(f"KILL {client.thread_id}")
    client.sock.settimeout(5)
    with pytest.raises((Lost, OSError)):
        client.result()


def test_error_and_times(seed):
    client = seed.connect()
    seed.control("fault", "error", "--match", "SELECT 2", "--arg",
                 "5024|53400|Query reached its timeout", "--times", "2")
    for _ in range(2):
        error = client.error("SELECT 2")
        assert (error.code, error.sqlstate, error.message) == (
            5024, "53400", "Query reached its timeout")
    assert client.rows("SELECT 2") == [["2"]]


def test_slow(seed):
    client = seed.connect()
    seed.control("fault", "slow", "--match", "SELECT 3", "--arg", "400")
    start = time.monotonic()
    assert client.rows("SELECT 3") == [["3"]]
    assert time.monotonic() - start > 0.39


def test_leader_moves_just_before(seed):
    client = seed.connect()
    leader = seed.state("SELECT pod FROM fe WHERE role = 'LEADER'")
    seed.control("fault", "leader-moves", "--match", "ALTER MATERIALIZED VIEW%")
    client.query("ALTER MATERIALIZED VIEW sales.refund_rate REFRESH MANUAL")
    assert seed.state("SELECT pod FROM fe WHERE role = 'LEADER'") != leader


def test_after_lets_some_pass(seed):
    client = seed.connect()
    seed.state("INSERT INTO fault (match, kind, arg, after) VALUES ('SELECT 4', 'error', 'now', 2)")
    assert client.rows("SELECT 4") == client.rows("SELECT 4") == [["4"]]
    assert client.error("SELECT 4").message == "now"


def test_faults_of_the_other_program_are_not_ours(seed):
    seed.control("fault", "truncate", "--program", "kubectl", "--times", "-1")
    assert seed.connect().rows("SELECT 5") == [["5"]]
    assert "kubectl truncate" in seed.control("status")
