"""At a terminal under the name mariadb: the same transcript as the classic client, and the same tee."""
import os
import re

import pexpect
import pytest

import mariadb
from practice import clean_env

pytestmark = mariadb.needed

PROMPT = r"(?:MariaDB \[[^\]]*\]|test|    (?:->|'>|\">|`>)|   /\*>|    -)>? $"


@pytest.fixture(scope="module")
def server():
    with mariadb.MariaDb() as started:
        started.sql("create database test")
        with open(os.path.join(started.home, "bad.sql"), "wb") as file:
            file.write(b"select 1;\nbad;\nselect 2;\n")
        yield started


def plain(server, text):
    """Without what differs from run to run, the bell (the classic one comes late), and the greeting."""
    text = text.replace("\r", "").replace("\a", "").replace("\033[K", "")
    text = text.replace(server.bin + "/", "").replace(os.path.dirname(mariadb.CLASSIC) + "/", "")
    text = re.sub(r"(?m)^(?:This is belay|Copyright \(c\)).*$", "", text)
    text = re.sub(r"\(\d+\.\d{3} sec\)", "(T sec)", text)
    text = re.sub(r"onnection id(:|\s+is)\s+\d+", "onnection id", text)
    text = re.sub(r"(?m)^(Uptime:|Threads:|mariadb  Ver).*$", r"\1", text)
    return [line.rstrip() for line in text.split("\n")]


def typed(server, program, lines):
    child = pexpect.spawn(program, ["--no-defaults", "-A", *server.login], encoding="utf-8",
                          env=clean_env(server.home, LANG="C.UTF-8", TERM="dumb"), cwd=server.home,
                          timeout=30, dimensions=(50, 200))
    shown = ""
    for line in lines:
        child.expect(PROMPT)
        shown += child.before + child.after
        child.sendline(line)
    child.expect(pexpect.EOF)
    shown += child.before
    child.close()
    return plain(server, shown), child.exitstatus


def same(server, *lines):
    ours = typed(server, os.path.join(server.bin, "mariadb"), lines)
    theirs = typed(server, mariadb.CLASSIC, lines)
    assert ours == theirs
    return "\n".join(ours[0])


def test_statements(server):
    same(server, "use test", "select 1", "  , 'a", "b' as x;", "nonsense;", "\\y", "\\c", ";", "set @a=1;", "do 1;",
         "select 1 from dual where 0;", "select 1\\G", "/* multi", "line */ select 4;", "-- c", "select '", "", "';",
         "delimiter //", "select 1; select 2//", "delimiter ;", "select 9", "\\p", "\\g", "go", "select 1 \\c", "quit")


def test_commands(server):
    same(server, "use", "use nodb", "connect test", "help nosuch", "source bad.sql", "charset latin1", "\\C utf8",
         "system echo hi", "\\! echo hi", "rehash", "\\W", "select 1/0;", "\\w", "drop table if exists test.nosuch;",
         "show warnings;", "status;", "prompt test> ", "select 3;", "prompt", "sandbox", "\\! ls", "source x", "exit")


def test_pager_and_tee(server):
    files = []
    for program in (os.path.join(server.bin, "mariadb"), mariadb.CLASSIC):
        path = os.path.join(server.home, "tee.txt")
        shown, status = typed(server, program, [
            "tee tee.txt", "select 5", ";", "bad;", "notee", "tee", "select 6;", "notee", "pager cat", "select 7;",
            "nopager", "quit"])
        with open(path, encoding="utf-8") as file:
            files.append((plain(server, file.read()), shown, status))
        os.unlink(path)
    assert files[0] == files[1]


def test_a_lost_connection(server):
    shown = same(server, "use test", "kill connection_id();", "select 1;", "select database();", "kill connection_id();",
                 "insert into nosuch values (1);", "select 2;", "quit")
    assert "No connection. Trying to reconnect..." in shown
