"""Formats and streams against a real MariaDB server and the classic client."""
import hashlib
import json
import os
import resource
import select
import signal
import subprocess
import time

import pytest

import mariadb
from mariadb import MariaDb
from practice import BELAY, INSTRUMENTED, clean_env, end_process

pytestmark = mariadb.needed

TABLE = """
create table odd (
  id int unsigned zerofill not null auto_increment primary key, c char(3) not null,
  v varchar(20) character set latin1, b blob, bt bit(4), e enum('a','b'), s set('x','y'),
  d decimal(10,3), f float, y year, ts timestamp not null default '2020-01-01', g geometry, j json,
  vb varbinary(5) not null, i inet6, t longtext);
insert into odd values
  (5, '\u00e9', '\u00fc', x'00ff10', b'1010', 'a', 'x,y', 1.5, 2.5, 2020, '2020-01-01', point(1, 2),
   '{}', 'ab', '::1', 'zz'),
  (6, '', '', null, null, null, null, null, null, null, '2020-01-01', null, null, '', null, null);
"""

STATEMENTS = [
    "select 1 a, 'x' b, null c",
    "select 1 from dual where 0",
    r"select 'a\tb\nc\\d\0e\rf' v, 12 n, null",
    "select '\u4e2d\u6587' `\u540d`, '\u00e9' e, '\U0001f469\u200d\U0001f52c' z, x'ff' bin, '' e2",
    "select 'e\u0301' combining, '\U0001f1e9\U0001f1ea' flag, 'NULL', null",
    "select * from odd",
    "select '<a href=\"x\">&</a>' `<x>`, '' as ``",
    "select repeat('x', 1500) a, 1 b",
    "select repeat('7', 1030) + 0 a, repeat('\u00e9', 1100) b",
    "select 1.50 d, 2e10 f, cast(5 as unsigned) u, date'2020-01-01' dt, b'101' bits",
    "select 2 as `a'b\"c`, '\\\\N' n, '|' p",
    "show tables like 'none'",
    "select json_object('a', 1) j, inet6_aton('::1') i",
]

# How both print it; in the second list belay's own name differs where the classic client is wrong.
SWITCHES = [["-B"], ["-BN"], ["-Br"], ["-t"], ["-tN"], ["-E"], ["-EN"], ["-H"], ["-HN"],
            ["-qB"], ["-qH"], ["-t", "--column-type-info"], ["-E", "--binary-as-hex"]]
QUIRKS = [["-B", "--binary-as-hex"], ["-t", "--binary-as-hex"], ["-H", "--binary-as-hex"],
          ["-qt"], ["-qt", "--quick-max-column-width=7"]]


@pytest.fixture(scope="module")
def server():
    with MariaDb("--plugin-load-add=ha_sequence") as started:
        started.sql("create database test character set utf8mb4")
        started.sql(TABLE, "test")
        yield started


@pytest.mark.parametrize("switches", SWITCHES, ids=" ".join)
def test_prints_what_the_classic_client_prints(server, switches):
    for statement in STATEMENTS:
        server.same("--default-character-set=utf8mb4", *switches, "-e", statement, "test")


@pytest.mark.parametrize("switches", QUIRKS, ids=" ".join)
def test_its_quirks_stay_under_its_name(server, switches):
    for statement in STATEMENTS:
        server.same("--default-character-set=utf8mb4", *switches, "-e", statement, "test",
                    ours=False)


def test_a_grid_larger_than_memory_is_the_same(server):
    statement = ("select seq, concat('name ', seq) n, if(seq % 7, seq / 3, null) d, '\u4e2d' c "
                 "from seq_1_to_200000")
    sums = [hashlib.sha256(done.raw).hexdigest() for done in
            server.both("--default-character-set=utf8mb4", "-t", "-e", statement, "test")]
    assert sums[0] == sums[1] == sums[2]


def test_null_the_word_and_nothing_differ(server):
    statement = "select null a, 'NULL' b, '' c"
    assert server.belay("-BN", r"--null-as=\N", "-e", statement).raw == b"\\N\tNULL\t\n"
    assert server.belay("-N", "--format=csv", "-e", statement).raw == b',NULL,""\n'
    assert server.belay("--format=jsonl", "-e", statement).raw == \
        b'{"a":null,"b":"NULL","c":""}\n'
    done = server.belay("--format=json", "-e", statement)
    assert json.loads(done.raw) == [{"a": None, "b": "NULL", "c": ""}]


def test_binary_as_asked_for(server):
    for how, wanted in (("hex", b"0x00FF\n"), ("base64", b"AP8=\n"), ("raw", b"\\0\xff\n")):
        assert server.belay("-BN", f"--binary={how}", "-e", "select x'00ff'").raw == wanted


def limited(megabytes):
    """For preexec_fn: no more address space than this."""
    return lambda: resource.setrlimit(resource.RLIMIT_AS, (megabytes << 20, megabytes << 20))


@pytest.mark.skipif(INSTRUMENTED, reason="AddressSanitizer reserves all address space")
@pytest.mark.parametrize("options", ["-B", "-t", "-E", "--format=unicode", "--format=csv",
                                     "--format=jsonl", "-X"])
def test_memory_stays_flat(server, options):
    """A result of 400 MB under a limit of 200 MB."""
    statement = "select seq, repeat('0123456789abcdef', 250) t from test.seq_1_to_100000"
    process = server.start_belay(options, "-e", statement, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 preexec_fn=limited(200))
    try:
        seen = 0
        while chunk := process.stdout.read(1 << 20):
            seen += len(chunk)
        assert process.wait(60) == 0, process.stderr.read()
        assert seen > 400_000_000
    finally:
        end_process(process)
        process.stdout.close()
        process.stderr.close()


@pytest.mark.parametrize("options", ["-B", "-E", "--format=csv", "--format=jsonl", "-q -t"])
def test_the_first_row_is_there_at_once(server, options):
    """A row that the server has sent is printed while it works on the next one."""
    # Three rows, because the server sends what fills its buffer of 16 KiB and keeps the rest.
    statement = "select seq, repeat('x', 30000), if(seq > 3, sleep(3600), 0) from test.seq_1_to_4"
    process = server.start_belay(*options.split(), "-N", "-e", statement, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        seen = 0
        while seen < 30000:
            ready, _, _ = select.select([process.stdout], [], [], 60)
            assert ready, "nothing comes while the server works on the next row"
            seen += len(os.read(process.stdout.fileno(), 1 << 16))
        assert process.poll() is None
    finally:
        process.stdout.close()
        end_process(process)
        for connection in server.running("sleep"):
            server.kill(connection)


def test_ctrl_c_is_seen_while_rows_come_fast(server):
    process = server.start_belay("-B", "-e", "select * from test.seq_1_to_4000000000",
                                 stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.DEVNULL)
    try:
        os.read(process.stdout.fileno(), 1000)
        process.send_signal(signal.SIGINT)
        end = time.monotonic() + 60
        while os.read(process.stdout.fileno(), 1 << 20):
            assert time.monotonic() < end, "^C was not seen"
        assert process.wait(30) == 130
    finally:
        end_process(process)
        process.stdout.close()


def test_rows_that_cannot_be_kept_are_an_error(server):
    statement = "select repeat('x', 1000) from test.seq_1_to_5000"
    done = server.belay("-t", "-e", statement, env={"TMPDIR": "/nonexistent"})
    assert done.rc == 6, done
    assert done.raw == b""
    assert "cannot keep rows in /nonexistent" in done.err
    assert "TMPDIR" in done.err
    # Small results need no file, and what keeps nothing needs none either.
    assert server.belay("-t", "-e", "select 1", env={"TMPDIR": "/nonexistent"}).rc == 0
    assert server.belay("-B", "-e", statement, env={"TMPDIR": "/nonexistent"}).rc == 0


def test_the_file_of_kept_rows_has_no_name(server, tmp_path):
    done = server.belay("-t", "-e", "select repeat('x', 1000) from test.seq_1_to_5000",
                        env={"TMPDIR": str(tmp_path)})
    assert done.rc == 0 and list(tmp_path.iterdir()) == []


def test_rows_come_through_tls_as_they_are():
    with MariaDb("--plugin-load-add=ha_sequence", tls=True) as server:
        server.sql("create database test")
        statement = "select seq, md5(seq) m from test.seq_1_to_100000"
        plain = server.belay("--ssl-mode=disabled", "-B", "-e", statement)
        inside = server.belay("--ssl-mode=required", "-B", "-e", statement)
        assert inside.rc == plain.rc == 0, inside
        assert inside.raw == plain.raw and inside.raw.count(b"\n") == 100001


def test_an_unknown_format_is_wrong_use(server):
    done = subprocess.run([BELAY, *server.login, "--format=nonsense", "-e", "select 1"],
                          env=clean_env(server.home), capture_output=True, text=True, timeout=60,
                          check=False)
    assert done.returncode == 2
    assert "nonsense" in done.stderr and done.stdout == ""
