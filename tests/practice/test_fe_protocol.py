"""The wire: greeting, login, commands, several statements in one text, KILL."""
import json
import subprocess
from pathlib import Path

import pytest

from fe_rig import Client, Cluster, Lost, Rows, SqlError, program

RECORDED = json.loads((Path(__file__).parent / "recorded/protocol.json").read_text())["releases"]
SCENARIOS = {"3.3.5": "seed", "3.4.8": "3.4.8", "3.5.16": "3.5.16", "4.1.0": "4.1"}
CODES = {"COM_INIT_DB": 2, "COM_STMT_PREPARE": 22, "COM_PING": 14, "COM_STATISTICS": 9,
         "COM_PROCESS_INFO": 10, "COM_RESET_CONNECTION": 31, "COM_SET_OPTION": 27,
         "COM_FIELD_LIST": 4, "COM_DEBUG": 13, "COM_REFRESH": 7, "unknown": 0x55}


@pytest.fixture(scope="module")
def seed():
    with Cluster() as cluster:
        yield cluster


@pytest.mark.parametrize("release", SCENARIOS)
def test_greeting_and_commands(release):
    recorded = RECORDED[release]
    with Cluster(SCENARIOS[release]) as cluster:
        client = cluster.connect()
        assert client.server_version == recorded["server_version"]
        assert client.capabilities == recorded["capabilities"]
        for text, answer in recorded["commands"]:
            word, _, body = text.partition(" ")
            if word == "COM_FIELD_LIST":
                client = cluster.connect()  # recorded without a current database
            client.command(CODES[word], body.encode() if word.startswith("COM_") else b"")
            try:
                client.result()
                got = "OK"
            except SqlError as error:
                got = [error.code, error.sqlstate, error.message]
            assert got == answer, text


def test_logins(seed):
    with pytest.raises(SqlError) as wrong:
        seed.connect(user="root", password="x")
    assert (wrong.value.code, wrong.value.sqlstate) == (1045, "28000")
    with pytest.raises(SqlError):
        seed.connect(user="nosuch")
    with pytest.raises(SqlError):
        seed.connect(user="dba")
    assert seed.connect(user="dba", password="dba-secret").rows("SELECT 1") == [["1"]]
    assert seed.connect(db="web").rows("SELECT database()") == [["web"]]
    with pytest.raises(SqlError) as missing:
        seed.connect(db="nosuch")
    assert missing.value.code == 5501


def test_the_usual_client_works(seed):
    done = subprocess.run(["mariadb", "-h127.0.0.1", f"-P{seed.ready['port']}", "-uroot",
                           "--skip-ssl", "-N", "-e",
                           "SELECT @@version_comment; SHOW DATABASES; SELECT 'ä', 1 + 1"],
                          capture_output=True, text=True, timeout=20)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[0] == "3.3.3-312ed45"
    assert done.stdout.splitlines()[-1] == "ä\t2"


def test_several_statements(seed):
    client = seed.connect()
    first, second = client.query("SELECT 1; SELECT 2")
    assert (first.status, first.rows, second.status, second.rows) == (8, [["1"]], 0, [["2"]])
    one, error = client.query("SELECT 1; SELECT * FROM nosuch.t; SELECT 3")
    assert one.rows == [["1"]] and error.code == 5501
    rows, empty, last = client.query("SELECT 1; ;SELECT 2")
    assert (rows.rows, empty.affected, last.rows) == ([["1"]], 0, [["2"]])
    assert client.query("SELECT 1;").rows == [["1"]]
    # All of it is parsed first: a mistake at the end runs nothing.
    before = seed.state("SELECT count(*) FROM db")
    assert client.error("CREATE DATABASE never; SELEC 2").code == 1064
    assert seed.state("SELECT count(*) FROM db") == before


def test_literals_and_variables(seed):
    client = seed.connect()
    rows = client.query("SELECT 1, 1000, 100000, 10000000000, 'x', NULL, 1 IS NULL, @@version")
    assert [c["type"] for c in rows.columns] == ["TINY", "SHORT", "LONG", "LONGLONG", "VAR_STRING",
                                                 "TINY", "TINY", "VAR_STRING"]
    assert rows.rows == [["1", "1000", "100000", "10000000000", "x", None, "0", "5.1.0"]]
    client.query("SET @a = 5")
    assert client.rows("SELECT @a, @nosuch") == [["5", None]]
    assert client.rows(r"""SELECT 'it''s', "a\"b", 'tab\tnl\\n', 'semi;colon' -- comment""") == [
        ["it's", 'a"b', "tab\tnl\\n", "semi;colon"]]
    assert client.query("SELECT database()").names == ["DATABASE()"]
    assert client.query(b"SELECT '\xff\xfe'").rows == [["\udcff\udcfe"]]


def test_sleep_is_real_and_can_be_killed(seed):
    sleeper, killer = seed.connect(), seed.connect()
    sleeper.start("SELECT sleep(600)")
    seed.wait(lambda: killer.rows(f"SELECT 1") and any(
        row["Command"] == "Query" and "sleep" in row["Info"]
        for row in killer.dicts("SHOW PROCESSLIST")))
    killer.query(f"KILL QUERY {sleeper.thread_id}")
    with pytest.raises(SqlError):
        sleeper.result()
    assert sleeper.rows("SELECT 1") == [["1"]]
    sleeper.start("SELECT sleep(600)")
    killer.query(f"KILL {sleeper.thread_id}")
    with pytest.raises((Lost, OSError, SqlError)):
        sleeper.result()
        sleeper.query("SELECT 1")


def test_kill_of_oneself_closes_the_connection(seed):
    for statement in ("KILL QUERY {}", "KILL {}"):
        client = seed.connect()
        client.query(statement.format(client.thread_id))
        with pytest.raises((Lost, OSError)):
            client.query("SELECT 1")


def test_thread_ids_by_release(seed):
    # Up to 3.4 every FE counts from 0: the same id means two connections.
    fresh = [seed.connect(fe) for fe in (1, 2)]
    assert all(client.thread_id < 1000 for client in fresh)
    with Cluster("3.5.16") as later:
        ids = [later.connect(fe).thread_id >> 24 for fe in (0, 1, 2)]
        assert ids == [1, 2, 3]
        other = later.connect(1)
        assert later.connect(0).error(f"KILL {other.thread_id}").code == 1094


def test_every_statement_is_logged(seed):
    client = seed.connect(2)
    client.query("SELECT 'logged here'")
    fe, user, text = seed.state("SELECT fe, user, text FROM statement_log ORDER BY id DESC")[0]
    assert (fe, user, text) == ("kube-starrocks-fe-2", "root", "SELECT 'logged here'")


def test_long_packets(seed):
    client = seed.connect()
    text = "x" * (17 << 20)
    assert client.rows(f"SELECT '{text}' IS NULL") == [["0"]]


def test_garbage_does_not_hurt(seed):
    for bytes_ in (b"\0\0\0\0", b"GET / HTTP/1.0\r\n\r\n", b"\xff" * 64, b"\x05\0\0\1abcde"):
        client = Client.__new__(Client)
        import socket
        client.sock = socket.create_connection(("127.0.0.1", seed.ready["port"]), 10)
        client.packet()
        client.sock.sendall(bytes_)
        client.sock.close()
    assert isinstance(seed.connect().query("SELECT 1"), Rows)


def test_ends_with_its_input_and_goes_on_where_it_was(tmp_path):
    directory = str(tmp_path / "kept")
    with Cluster(dir=directory) as cluster:
        cluster.connect().query("CREATE DATABASE kept")
        (moment,), = cluster.state("SELECT value FROM meta WHERE key = 'last_ms'")
    with Cluster(dir=directory) as cluster:
        assert ["kept"] in cluster.connect().rows("SHOW DATABASES")
        assert cluster.state("SELECT value FROM meta WHERE key = 'base_ms'")[0][0] >= moment
    gone = subprocess.Popen([program("belay-practice-fe"), "serve", "--dir", directory, "--remove"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    gone.stdout.readline()
    gone.terminate()
    assert gone.wait(20) == 0
    assert not Path(directory).exists()
