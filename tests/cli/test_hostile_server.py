"""A server that says what no honest server says: a clear error, the right status, bounded memory."""
import signal
import struct
import time

import pytest

from hostile import (BELAY, EOF, INSTRUMENTED, OK, Hostile, column, drip, error,
                     greeting, number, text)

PEAK = 1 << 20 if INSTRUMENTED else 200  # MiB
UNREADABLE = ("cannot be read", "ERROR 2027", "ERROR 2013", "malformed")
HUGE = b"\xfe" + b"\xff" * 8


def once(*payloads):
    """Lets the client in and answers its first statement so."""
    return lambda wire: (wire.log_in(), wire.answer(*payloads))


def closing(*payloads):
    """The same, and then ends the connection."""
    def play(wire):
        wire.log_in()
        wire.query()
        for payload in payloads:
            wire.send(payload)
    return play


def endless(*payloads, chunk):
    """The same, and then this piece for ever."""
    def play(wire):
        wire.log_in()
        wire.query()
        for payload in payloads:
            wire.send(payload)
        while True:
            wire.raw(chunk)
    return play


def packet(payload, sequence=1):
    return struct.pack("<I", len(payload))[:3] + bytes([sequence]) + payload


def greet(*payloads):
    """What is sent instead of a greeting, and then the end."""
    def play(wire):
        for payload in payloads:
            wire.raw(payload)
    return play


def switch(answer):
    """Answers the login so."""
    def play(wire):
        wire.send(greeting())
        wire.read()
        wire.send(answer)
        wire.read()
    return play


ANSWERS = {
    "2^31 columns": once(b"\xfe" + struct.pack("<Q", 1 << 31), column(), EOF),
    "2^32 columns": once(b"\xfe" + struct.pack("<Q", 1 << 32), column(), EOF),
    "2^64 - 1 columns": once(HUGE, column(), EOF),
    "16 million columns and none": once(number(1 << 24), EOF),
    "fewer columns than said": once(number(3), column(), EOF),
    "more columns than said": once(number(1), column(), column(), EOF),
    "column of nulls": once(number(1), b"\xfb" * 8, EOF),
    "column without its end": once(number(1), text("def") + text("") * 5 + b"\x0c", EOF),
    "column past its end": once(number(1), text("def") + HUGE, EOF),
    "empty column": once(number(1), b"", EOF),
    "cell past the end": once(number(1), column(), EOF, b"\xfc\xff\xffabc", EOF),
    "cell far past the end": once(number(1), column(), EOF, HUGE + b"abc", EOF),
    "too few cells": once(number(3), column(), column(), column(), EOF, b"\x01a", EOF),
    "empty row": once(number(1), column(), EOF, b"", EOF),
    "empty answer": once(b""),
    "short ok": once(b"\x00"),
    "ok past its end": once(b"\x00\x00\x00\x02\x00\x00\x00" + HUGE),
    "short error": once(b"\xff"),
    "error without a text": once(b"\xff\x28\x04"),
    "error of the client's": once(error("fake", code=2013)),
    "closed at once": closing(),
    "closed amid columns": closing(number(2), column()),
    "closed amid rows": closing(number(1), column(), EOF, text("a")),
    "closed amid a packet": lambda wire: (wire.log_in(), wire.query(), wire.raw(b"\x10\x00\x00\x01ab")),
}


@pytest.mark.parametrize("name", ANSWERS)
def test_an_answer_that_cannot_be_read_is_a_lost_connection(name):
    with Hostile(ANSWERS[name]) as server:
        done = server.belay("-e", "select 1", "-e", "select 2", memory=500)
        assert done.rc == 3, done
        assert any(words in done.err for words in UNREADABLE), done
        assert done.peak < PEAK, done.peak


@pytest.mark.parametrize("name", ["short ok", "column of nulls", "closed at once"])
def test_for_a_statement_that_changes_its_outcome_is_unknown(name):
    with Hostile(ANSWERS[name]) as server:
        done = server.belay("-e", "insert into t values (1)", "-e", "select 2")
        assert done.rc == 9 and "outcome unknown" in done.err, done


FLOODS = {
    "columns": endless(number(1), chunk=packet(column("x" * 1000))),
    "columns of the largest packets": endless(number(1), chunk=b"\xff\xff\xff\x01" + b"a" * 0xffffff),
    "an error": endless(chunk=b"\xff\xff\xff\x01" + b"\xff" * 0xffffff),
    "one row": endless(number(1), column(), EOF, chunk=b"\xff\xff\xff\x01" + b"\xfe" * 0xffffff),
}


@pytest.mark.parametrize("name", FLOODS)
def test_memory_is_bounded_whatever_comes(name):
    with Hostile(FLOODS[name]) as server:
        done = server.belay("-q", "-e", "select 1", limit=100, memory=700)
        assert done.rc == 3 and done.err, done
        assert name != "one row" or "--max-allowed-packet" in done.err, done
        assert done.peak < PEAK, done.peak


def test_a_wide_result_is_refused_and_the_next_statement_runs():
    names = ["c"] * 140_000
    def play(wire):
        wire.log_in()
        wire.query()
        for payload in wire.rows([b"x"] * 140_000, names=names):
            wire.send(payload)
        wire.answer(*wire.rows([b"next"]))
    with Hostile(play) as server:
        done = server.belay("-N", "-f", "-e", "select 1", "-e", "select 2")
        assert "the server announced 140000 columns" in done.err and "next" in done.out, done


def test_results_without_end_can_be_left():
    """Each is honest; they never stop."""
    with Hostile(endless(chunk=packet(b"\x00\x00\x00\x0a\x00\x00\x00"))) as server:
        done = server.belay("-e", "select 1", limit=3)
        assert done.rc in (-signal.SIGKILL, 3) and done.peak < PEAK, done


def test_numbers_out_of_all_proportion():
    huge_ok = b"\x00" + HUGE + HUGE + b"\x02\x00\xff\xff"
    with Hostile(once(huge_ok)) as server:
        done = server.belay("-vvv", "-e", "insert into t values (1)")
        assert done.rc == 0, done
    with Hostile(once(number(1), column(), EOF, text("a"), b"\xfe\xff\xff\x02\x00")) as server:
        done = server.belay("-N", "-e", "select 1")
        assert (done.rc, done.out) == (0, "a\n"), done


def test_sequence_numbers_and_types_that_make_no_sense():
    with Hostile(lambda wire: (wire.log_in(), wire.query(), wire.send(OK, sequence=77),
                               wire.query())) as server:
        assert server.belay("-e", "insert into t values (1)").rc in (0, 3, 9)
    for kind, charset in ((222, 33), (3, 63), (245, 65535), (255, 0)):
        with Hostile(once(number(1), column(kind=kind, charset=charset), EOF,
                          text("no \x1b number"), EOF)) as server:
            for form in ("table", "json", "csv", "vertical"):
                done = server.belay(f"--format={form}", "-e", "select 1")
                assert done.rc == 0 and "number" in done.out, done


# --- errors ---------------------------------------------------------------------------------------

def test_a_long_error_is_cut():
    with Hostile(once(error("A" * 10_000_000))) as server:
        done = server.belay("-e", "select 1", memory=500)
        assert done.rc == 1 and 100 < len(done.err) < 2000, done


def test_a_state_is_letters_and_digits():
    """It is printed beside the number, as the library gives it."""
    with Hostile(once(error("text", state=b"\x1b[31m"))) as server:
        done = server.belay("-e", "select 1")
        assert done.err == "ERROR 1064 (HY000) at line 1: text\n", done
    with Hostile(greet(packet(error("go away", state=b"\x1b]0;a"), 0))) as server:
        done = server.belay("-e", "select 1")
        assert done.rc == 3 and "\x1b" not in done.err and "go away" in done.err, done


# --- files of this machine ------------------------------------------------------------------------

class Thief:
    """Asks for a file in answer to the first statement; what it got is in got."""

    def __init__(self, name):
        self.name, self.got = name, b""

    def __call__(self, wire):
        wire.log_in(capabilities=0x80 | 0x88209)
        wire.query()
        wire.send(b"\xfb" + self.name.encode())
        while True:
            data = wire.read()
            if not data:
                break
            self.got += data
        wire.send(OK)
        wire.answer(OK)


@pytest.mark.parametrize("args", [[], ["--local-infile"]], ids=["off", "on"])
@pytest.mark.parametrize("statement", ["select 1", "load data local infile 'other' into table t"])
def test_a_file_that_nobody_named_is_not_sent(tmp_path, args, statement):
    secret = tmp_path / "secret"
    secret.write_text("the secret\n")
    thief = Thief(str(secret))
    with Hostile(thief) as server:
        done = server.belay(*args, "-e", statement)
        assert done.rc == 1 and thief.got == b"", done
        assert ("forbidden" if not args else "does not name; it was not sent") in done.err, done


def test_the_file_that_was_named_is_sent_when_allowed(tmp_path):
    data = tmp_path / "it's data"
    data.write_text("1\tone\n")
    thief = Thief(str(data))
    named = str(data).replace("'", "\\'")
    with Hostile(thief) as server:
        done = server.belay("--local-infile", "-e", f"load data local infile '{named}' into table t")
        assert done.rc == 0 and thief.got == b"1\tone\n", done
        thief.got = b""
        done = server.belay("-e", f"load data local infile '{named}' into table t")
        assert done.rc == 1 and thief.got == b"", done


def test_under_the_classic_name_the_statement_that_names_a_file_is_enough(tmp_path):
    data, secret = tmp_path / "data", tmp_path / "secret"
    data.write_text("1\tone\n")
    secret.write_text("the secret\n")
    link = tmp_path / "mariadb"
    link.symlink_to(BELAY)
    for file, args, sent in ((data, [], b"1\tone\n"), (secret, [], b""),
                             (data, ["--local-infile=0"], b"")):
        thief = Thief(str(file))
        with Hostile(thief) as server:
            done = server.belay(*args, "-e", f"load data local infile '{data}' into table t",
                                program=str(link))
            assert thief.got == sent, done
            assert done.rc == (0 if sent else 1), done


# --- before a statement -----------------------------------------------------------------------------

GREETINGS = {
    "closed at once": greet(),
    "another protocol": greet(b"SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
    "a web server": greet(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
    "cut": greet(b"\x4a\x00\x00\x00\x0a8.0"),
    "empty": greet(packet(b"", 0)),
    "an older protocol": greet(packet(b"\x09" + greeting()[1:], 0)),
    "one byte": greet(packet(b"\x0a", 0)),
    "a version without end": greet(packet(b"\x0a" + b"A" * 1000, 0)),
    "a short salt": greet(packet(b"\x0a8.0\x00\x01\x00\x00\x0012345", 0)),
    "a salt past its end": greet(packet(greeting().replace(b"\x15" + b"\x00" * 10,
                                                           b"\xff" + b"\x00" * 10), 0)),
    "an error": greet(packet(error("Too many connections", 1040), 0)),
    "an unknown plugin": switch(b"\xfenosuch_plugin\x00abc\x00"),
    "a plugin by its path": switch(b"\xfe../../../tmp/evil\x00abc\x00"),
    "a plugin without end": switch(b"\xfe" + b"A" * 5000),
    "a short salt for a plugin": switch(b"\xfemysql_native_password\x00short\x00"),
    "a short ok": switch(b"\x00"),
    "nonsense for an ok": switch(b"\x05garbage"),
    "a longer greeting": greet(packet(greeting(version=b"9" * 100000), 0)),
}


@pytest.mark.parametrize("name", GREETINGS)
def test_a_greeting_that_makes_no_sense_is_no_connection(name):
    with Hostile(GREETINGS[name]) as server:
        done = server.belay("-e", "select 1", password="topsecret", memory=500)
        assert done.rc == 3 and done.err.strip(), done
        assert "topsecret" not in done.err and done.peak < PEAK, done


@pytest.mark.parametrize("plugin", ["mysql_clear_password", "dialog", "mysql_old_password"])
def test_a_password_is_not_given_away(plugin):
    """A server, or who sits between, asks for it in a way that others can read."""
    got = []
    def play(wire):
        wire.send(greeting())
        got.append(wire.read())
        wire.send(b"\xfe" + plugin.encode() + b"\x00\x02\x1b[31mPassword?")
        got.append(wire.read())
    with Hostile(play) as server:
        done = server.belay("-e", "select 1", password="topsecret")
        assert done.rc == 3 and not any(b"topsecret" in data for data in got), done
        assert done.out == "", done


def test_a_slow_greeting_is_given_up():
    """A byte now and then is not an answer: the limit is for all of it."""
    begun = time.monotonic()
    with Hostile(lambda wire: drip(wire, packet(greeting(version=b"8" * 2000), 0))) as server:
        done = server.belay("--connect-timeout=1", "-e", "select 1", limit=50)
        assert done.rc == 3, done
        assert time.monotonic() - begun < 40  # all of it would take a hundred seconds


def test_a_slow_answer_is_waited_for():
    def play(wire):
        wire.log_in()
        wire.query()
        drip(wire, packet(number(1), 1) + packet(column(), 2) + packet(EOF, 3) +
             packet(text("slow"), 4) + packet(EOF, 5), 0.005)
        wire.query()
    with Hostile(play) as server:
        done = server.belay("-N", "-e", "select 1")
        assert (done.rc, done.out) == (0, "slow\n"), done
