"""At a terminal while belay connects: what is shown, and that ^C ends it."""
import socket

import pytest

import mariadb
from terminal import BELAY, CTRL_C, Shell, plain


@pytest.fixture
def silent():
    """A port that takes connections and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def nobody():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(tmp_path, *argv, columns=80):
    return Shell([BELAY, *argv], str(tmp_path), 24, columns, None, True)


def test_a_server_that_says_nothing_is_named_and_left_by_interrupt(tmp_path, silent):
    with start(tmp_path, "-h127.0.0.1", f"-P{silent}", "-uroot") as shell:
        shell.until(f"connecting to 127.0.0.1:{silent} (2 s, ^C to stop)")
        shell.press(CTRL_C)
        shell.until(f"stopped while connecting (127.0.0.1:{silent})")
        assert shell.ended() == 130


def test_what_is_said_of_interrupt_stands_below_it(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        with start(tmp_path, "-h127.0.0.1", f"-P{port}", "-uroot") as shell:
            with listener.accept()[0]:  # it is connecting, and has nothing to say yet
                shell.press(CTRL_C)
                shell.until(f"stopped while connecting (127.0.0.1:{port})")
                assert "^C\nbelay: stopped" in plain(shell.seen), shell.seen
                assert shell.ended() == 130


def test_waiting_shows_how_long_and_why_and_ends_by_interrupt(tmp_path, nobody):
    with start(tmp_path, "-h127.0.0.1", f"-P{nobody}", "-uroot", "--wait") as shell:
        shell.until(f"waiting for 127.0.0.1:{nobody} (1 s, ^C to stop): Can't conn")
        shell.press(CTRL_C)
        shell.until(f"stopped while waiting for 127.0.0.1:{nobody}")
        shell.until("it said last: Can't connect to server on '127.0.0.1'")
        assert shell.ended() == 130


def test_a_narrow_terminal_gets_a_narrow_help(tmp_path):
    with start(tmp_path, "--help=tls", columns=60) as shell:
        shell.until("TLSv1.3")
        shell.ended()
        assert max(len(line.rstrip("\r")) for line in plain(shell.seen).split("\n")) <= 60


@mariadb.needed
def test_the_word_behind_p_is_told_when_the_password_was_wrong(tmp_path):
    """mysql -p WORD takes WORD for the database, as ever; people mean the password."""
    with mariadb.MariaDb() as server:
        server.sql("create user dba@'127.0.0.1' identified by 'hunter2'")
        with start(tmp_path, *server.login[:2], "-udba", "-p", "hunter2") as shell:
            shell.until("Enter password: ")
            shell.press("x\r")
            shown = shell.until("gives it")
            assert '-p WORD: "hunter2" was taken for the database' in " ".join(shown.split())
            assert shell.ended() == 3
        with start(tmp_path, *server.login[:2], "-udba", "-p", "-D", "mysql") as shell:
            shell.until("Enter password: ")
            shell.press("x\r")
            assert shell.ended() == 3
            assert "-p WORD" not in shell.seen
