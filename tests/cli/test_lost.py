"""In batch: lost connections, signals, and the exit status that scripts see."""
import array
import fcntl
import os
import signal
import subprocess
import termios

import pytest

import mariadb
from mariadb import BELAY, MariaDb, clean_env, end_process, wait_for
from practice import Done, Practice
from relay import Relay

pytestmark = mariadb.needed


@pytest.fixture(scope="module")
def server():
    with MariaDb("--plugin-load-add=ha_sequence") as started:
        started.sql("create database shop; create table shop.t (a int, b varchar(20))")
        yield started


@pytest.fixture(autouse=True)
def fresh(server):
    server.sql("delete from shop.t; insert into shop.t values (1, 'one')")
    server.forget()


def connected(pid, port):
    """Has the process a TCP connection to this port of the loopback address?"""
    with open(f"/proc/{pid}/net/tcp", encoding="ascii") as file:
        there = [line.split() for line in file][1:]
    inodes = {fields[9] for fields in there if fields[2] == f"0100007F:{port:04X}"}
    held = set()
    for name in os.listdir(f"/proc/{pid}/fd"):
        try:
            held.add(os.readlink(f"/proc/{pid}/fd/{name}"))
        except OSError:  # it was closed meanwhile
            pass
    return any(f"socket:[{inode}]" in held for inode in inodes)


class Started:
    """A client that runs while the test does something; ended with the block."""

    def __init__(self, server, *args, program=BELAY, port=None, stdin=subprocess.DEVNULL,
                 before=None):
        self.argv = [program, "-h127.0.0.1", f"-P{port or server.port}", "-uroot", *args]
        self.process = subprocess.Popen(self.argv, stdin=stdin, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, env=clean_env(server.home),
                                        cwd=server.home, preexec_fn=before)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        end_process(self.process)
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()

    def send(self, number):
        self.process.send_signal(number)

    def done(self):
        out, err = self.process.communicate(timeout=30)
        return Done(self.argv, self.process.returncode, out, err)


# --- lost connections -----------------------------------------------------------------------------

def lose(server, *statements, args=(), at="sleep\\(100\\)", program=BELAY):
    """Runs the statements; the connection is cut while the one that matches runs."""
    words = [word for text in statements for word in ("-e", text)]
    with Relay(server.port) as relay, \
            Started(server, "shop", *args, *words, port=relay.port, program=program) as client:
        server.arrives(at)
        wait_for(lambda: server.running(at))
        relay.cut(0)
        return client.done()


def test_a_change_of_unknown_outcome_is_9_and_stops(server):
    done = lose(server, "insert into t select 5, sleep(100)", "select 'after'")
    assert done.rc == 9 and "sent, outcome unknown" in done.err, done
    assert "look at the rows" in done.err and "after" not in done.out
    assert len(server.sent("sleep\\(100\\)")) == 1


def test_what_only_reads_is_3_and_not_sent_again_in_batch(server):
    done = lose(server, "select sleep(100)", "select 'after'")
    assert done.rc == 3 and "ERROR 2013" in done.err and "after" not in done.out, done
    assert len(server.sent("sleep\\(100\\)")) == 1


def test_reconnect_in_batch_is_asked_for(server):
    """What was set is put back, and what reads is sent again: only with --reconnect."""
    done = lose(server, "set @x = 41", "use shop", "select @x + 1, sleep(2)",
                "select 'after', database()", args=["--reconnect", "-N"], at="sleep\\(2\\)")
    assert done.rc == 0, done
    assert done.out == "42\t0\nafter\tshop\n", done
    assert "connected again to 127.0.0.1" in done.err and "1 variable restored" in done.err


def test_a_script_does_not_change_what_was_meant_for_another_session(server):
    done = lose(server, "begin", "insert into t values (5, 'five')", "select sleep(2)",
                "insert into t values (6, 'six')", "commit", args=["--reconnect", "-N"],
                at="sleep\\(2\\)")
    assert done.rc == 3 and "nothing was sent" in done.err and "open transaction" in done.err, done
    assert not server.sent("six") and not server.sent("^commit")
    assert server.sql("select * from shop.t where a > 1") == []


def test_a_script_does_not_go_on_in_another_session(server):
    """Between two statements the connection goes: the rest of the script is not sent."""
    with Relay(server.port) as relay, \
            Started(server, "-f", "shop", port=relay.port, stdin=subprocess.PIPE) as client:
        client.process.stdin.write(b"select 'first';\n")
        client.process.stdin.flush()
        server.arrives("'first'")
        wait_for(lambda: not server.running("'first'"))
        relay.cut(0)
        wait_for(lambda: server.sql("select count(*) from information_schema.processlist"
                                    " where command <> 'Daemon'") == [["1"]])
        client.process.stdin.write(b"insert into t values (7, 'seven');\n")
        done = client.done()
    assert done.rc == 3 and "nothing was sent" in done.err, done
    assert not server.sent("seven")


def test_the_practice_cluster_drops_before_and_after():
    with Practice("seed") as cluster:
        insert = "insert into sales.refunds values (1, '2026-11-20', 5)"
        for kind, status in (("drop-before", 9), ("drop-after", 9)):
            cluster.fault(kind, "insert into%")
            done = cluster.belay(insert, "select 2")
            assert done.rc == status and "outcome unknown" in done.err, done
        assert len(cluster.sent("insert%")) == 2 and cluster.sent("select 2") == []
        cluster.fault("drop-in-rows", "select%")
        done = cluster.belay("select * from information_schema.tables")
        assert done.rc == 3, done


# --- signals --------------------------------------------------------------------------------------

def test_interrupt_in_batch_is_130_after_the_statement(server):
    with Started(server, "-e", "select sleep(100); select 'after'") as client:
        server.arrives("sleep\\(100\\)")
        wait_for(lambda: server.running("sleep"))
        client.send(signal.SIGINT)
        done = client.done()
    assert done.rc == 130 and "after" not in done.out, done
    assert server.sent("^KILL QUERY") and not server.sent("'after'")


def test_interrupt_under_force_stops_too(server):
    with Started(server, "-f", stdin=subprocess.PIPE) as client:
        client.process.stdin.write(b"select sleep(100);\nselect 'after';\n")
        client.process.stdin.flush()
        server.arrives("sleep\\(100\\)")
        wait_for(lambda: server.running("sleep"))
        client.send(signal.SIGINT)
        done = client.done()
    assert done.rc == 130 and not server.sent("'after'"), done


def test_interrupt_while_a_script_waits_for_more_text(server):
    with Started(server, stdin=subprocess.PIPE) as client:
        client.process.stdin.write(b"select 'first';\n")
        client.process.stdin.flush()
        server.arrives("'first'")
        client.send(signal.SIGINT)
        assert client.process.wait(20) == 130


@pytest.mark.parametrize("args", [["-e", "select 1"], []], ids=["-e", "stdin"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_connecting(server, args, number):
    """The server's machine hangs: it takes connections, and greets nobody."""
    server.freeze()
    try:
        with Started(server, *args) as client:
            wait_for(lambda: connected(client.process.pid, server.port))
            client.send(number)
            assert client.done().rc == 128 + number
    finally:
        server.freeze(False)


def test_interrupt_under_the_classic_name(server):
    with Started(server, "-e", "select sleep(100); select 'after'",
                 program=os.path.join(server.bin, "mariadb")) as client:
        server.arrives("sleep\\(100\\)")
        wait_for(lambda: server.running("sleep"))
        client.send(signal.SIGINT)
        done = client.done()
    assert done.rc == 1 and not server.sent("'after'"), done


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_fatal_signal_ends_the_statement_at_the_server(server, number):
    with Started(server, "-e", "select sleep(100); select 'after'") as client:
        server.arrives("sleep\\(100\\)")
        wait_for(lambda: server.running("sleep"))
        client.send(number)
        assert client.done().rc == 128 + number
    wait_for(lambda: not server.running("sleep"))
    assert server.sent("^KILL QUERY") and not server.sent("'after'")


def waits_for_its_reader(client):
    """Its pipe is full, and there is more to write."""
    pipe = client.process.stdout.fileno()
    size = fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ)

    def full():
        held = array.array("i", [0])
        fcntl.ioctl(pipe, termios.FIONREAD, held)
        return held[0] > size - 4096
    wait_for(full)


MUCH = "select repeat('much ', 200) from seq_1_to_100000; select 'after'"


@pytest.mark.parametrize("options", [["-B"], ["-t"], ["--format=jsonl"]], ids=" ".join)
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_fatal_signal_does_not_wait_for_a_reader_that_does_not_read(server, options, number):
    with Started(server, "shop", *options, "-e", MUCH) as client:
        waits_for_its_reader(client)
        client.send(number)
        assert client.process.wait(20) == 128 + number
        assert b"cannot write" not in client.process.stderr.read()
    wait_for(lambda: not server.running("much"))


def test_a_fatal_signal_lets_a_reader_have_what_it_takes(server):
    with Started(server, "shop", "-B", "-e", MUCH) as client:
        waits_for_its_reader(client)
        client.send(signal.SIGTERM)
        done = client.done()
    assert done.rc == 143 and done.out.startswith("repeat(") and "after" not in done.out


def test_interrupt_while_a_reader_does_not_read(server):
    """It ends once the reader goes on."""
    with Started(server, "shop", "-B", "-e", MUCH) as client:
        waits_for_its_reader(client)
        client.send(signal.SIGINT)
        done = client.done()
    assert done.rc == 130 and "after" not in done.out, done.err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP])
def test_what_was_ignored_at_the_start_stays_ignored(server, number):
    """nohup, and a job that a script put into the background."""
    with Started(server, "-N", "-e", "select sleep(1); select 'after'",
                 before=lambda: signal.signal(number, signal.SIG_IGN)) as client:
        server.arrives("sleep\\(1\\)")
        client.send(number)
        done = client.done()
    assert done.rc == 0 and done.out == "0\nafter\n", done
    assert not server.sent("^kill")


def test_sigint_ignore(server):
    with Started(server, "--sigint-ignore", "-N", "-e", "select sleep(1); select 'after'") as client:
        server.arrives("sleep\\(1\\)")
        client.send(signal.SIGINT)
        done = client.done()
    assert done.rc == 0 and done.out == "0\nafter\n", done


def test_no_statement_of_its_own_with_e(server):
    """Not even for the sake of ^C."""
    server.belay("-e", "select 1")
    assert [entry.text for entry in server.sent()] == ["select 1"]
    with Practice("3.5.16") as cluster:
        cluster.forget()
        cluster.belay("select 1")
        assert cluster.sent("%") == ["select 1"]
