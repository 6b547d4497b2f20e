"""What cron, CI and shell scripts do around a client: closed streams, no terminal, odd options."""
import os
import subprocess
import xml.etree.ElementTree

import pytest

import mariadb
from practice import BELAY, clean_env

pytestmark = mariadb.needed


@pytest.fixture(scope="module")
def server():
    with mariadb.MariaDb() as started:
        started.sql("create user u@'127.0.0.1' identified by 'S3cret'")
        yield started


def shell(server, program, redirections, *args, stdin=b"", login=None):
    """Runs a client as a shell line does, in a session of its own: no terminal."""
    argv = [program, "--no-defaults", *(login or server.login), *args]
    return subprocess.run(["/bin/sh", "-c", 'exec "$@" ' + redirections, "sh", *argv], input=stdin,
                          capture_output=True, timeout=30, check=False, cwd=server.home,
                          env=clean_env(server.home), start_new_session=True)


def names(server):
    return os.path.join(server.bin, "mariadb"), mariadb.CLASSIC


@pytest.mark.parametrize("streams, status, script_status", [
    ("<&-", 0, 2), (">&-", 6, 6), ("2>&-", 0, 0), ("<&- >&-", 6, 2), (">&- 2>&-", 6, 6),
    ("<&- >&- 2>&-", 6, 2)])
def test_a_closed_stream_is_nothing_of_ours(server, streams, status, script_status):
    done = shell(server, BELAY, streams, "-e", "select 1", stdin=b"select 2;")
    assert done.returncode == status, done
    assert done.stdout == (b"" if ">&-" in streams.replace("2>&-", "") else b"1\n1\n"), done
    assert done.stderr.count(b"cannot write") == (1 if status == 6 and "2>&-" not in streams else 0)
    done = shell(server, BELAY, streams, stdin=b"select 2;")
    assert done.returncode == script_status, done
    for words in (["-e", "select 1"], ["-e", "select 1; bad"], []):
        ours, theirs = (shell(server, name, streams, *words, stdin=b"select 2;")
                        for name in names(server))
        assert (ours.returncode, ours.stdout, ours.stderr) == \
            (theirs.returncode, theirs.stdout, theirs.stderr), words


@pytest.mark.parametrize("stdin", [b"S3cret\n", b"S3cret", b"wrong\n", b"\n", b""])
def test_a_password_from_a_pipe_where_there_is_no_terminal(server, stdin):
    login = ["-h127.0.0.1", f"-P{server.port}", "-uu", "-p"]
    ours, theirs = (shell(server, name, "", "-e", "select 1", stdin=stdin, login=login)
                    for name in names(server))
    assert (ours.returncode, ours.stdout, ours.stderr) == \
        (theirs.returncode, theirs.stdout, theirs.stderr)
    # Under its own name nothing that is piped is taken for a password.
    done = shell(server, BELAY, "", "-e", "select 1", stdin=stdin, login=login)
    assert done.returncode == 2 and b"no terminal" in done.stderr, done


def test_the_script_behind_a_password_runs_whole(server):
    done = shell(server, names(server)[0], "", "-N", stdin=b"S3cret\nselect 7;\nselect 8;\n",
                 login=["-h127.0.0.1", f"-P{server.port}", "-uu", "-p"])
    assert (done.returncode, done.stdout) == (0, b"7\n8\n"), done


@pytest.mark.parametrize("value", ["", "a\\b"])
def test_a_delimiter_that_cannot_be_is_refused(server, value):
    done = server.belay(f"--delimiter={value}", "-e", "select 1")
    assert done.rc == 2 and "--delimiter" in done.err and done.out == "", done


XML_CELLS = {  # what XML cannot hold is text, as in JSON
    "concat('a', char(0 using utf8mb4), 'b')": "a\\x00b", "char(27 using utf8mb4)": "\\x1B",
    "'a\\r\\nb'": "a\r\nb", "'<&>\"'": "<&>\"", "']]>'": "]]>", "convert(x'efbfbf' using utf8mb4)":
    "\\xEF\\xBF\\xBF", "x'ff00'": "0xFF00", "'库存👩'": "库存👩", "'\\ttab'": "\ttab", "null": None,
    "''": "", "char(127 using utf8mb4)": "\x7f",
}


@pytest.mark.parametrize("options", [["-X"], ["--format=xml"], ["-X", "--binary=raw"]], ids=" ".join)
def test_xml_can_be_read_by_a_parser(server, options):
    names = [f"<{i}>&\"" for i in range(len(XML_CELLS))]
    text = ", ".join(f"{cell} as `{name}`" for cell, name in zip(XML_CELLS, names))
    done = server.belay(*options, "-e", "select " + text)
    assert done.rc == 0, done
    fields = xml.etree.ElementTree.fromstring(done.raw).findall("row/field")
    nil = "{http://www.w3.org/2001/XMLSchema-instance}nil"
    want = dict(XML_CELLS)
    if "--binary=raw" in options:
        want["x'ff00'"] = "\\xFF\\x00"
    assert [field.get("name") for field in fields] == names
    assert [None if field.get(nil) else field.text or "" for field in fields] == list(want.values())
    # A statement may hold anything too, and the classic name keeps the classic bytes.
    done = server.belay("-X", stdin=b"select 1 -- \xff\x1b")
    assert xml.etree.ElementTree.fromstring(done.raw) is not None
    server.same("-X", "-e", "select 'a\\rb', char(27), x'ff00', 'é'", ours=False)


def test_rows_that_cannot_be_kept_are_told_under_either_name(server):
    many = "select repeat('x', 1000) from mysql.seq_1_to_100000; select 2"
    for name, status in ((names(server)[0], 1), (BELAY, 6)):
        done = server.run(name, "-t", "-e", many, env={"TMPDIR": "/nonexistent"})
        assert (done.rc, done.out) == (status, ""), done
        assert done.err.count("cannot keep rows in /nonexistent") == 1, done


@pytest.mark.parametrize("text", ["\\o /dev/full\nselect 1;", "select 1 \\g > /dev/full",
                                  "\\o /dev/full\nselect 1;\n\\o\nselect 2;"])
def test_a_full_disk_is_told_once(server, text):
    done = server.belay("-e", text)
    assert done.rc == 6 and done.out == "", done
    assert done.err.count("No space left on device") == 1, done


@pytest.mark.parametrize("text, row", [
    ("set @a = 1; set @b = 2", "1\t2"), ("set @a = 'x;y'; set @b = 2;", "x;y\t2"),
    ("set @a = 1 -- c; d\n; set @b = 4", "1\t4"), ("/*!50000 set @a = 3 */;", "3\tNULL"),
    ("-- nothing", "NULL\tNULL"), ("set @a = 1; bad; set @b = 2", None), ("bad; set @b = 2", None)])
def test_an_init_command_of_several_statements(server, text, row):
    """As people have it in my.cnf: the classic client lets the server take it apart."""
    words = ["--init-command=" + text, "-N", "-e", "select @a, @b"]
    done = server.belay(*words)
    assert (done.rc, done.out) == ((0, row + "\n") if row else (3, "")), done
    server.same(*words, ours=False)
