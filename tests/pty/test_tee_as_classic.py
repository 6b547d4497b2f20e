"""Started as mariadb: tee and pager at a terminal as the classic client has them, byte for byte."""
import os
import re

import pexpect
import pytest

import mariadb
from mariadb import MariaDb
from terminal import LIMIT, clean_env, plain

pytestmark = mariadb.needed

TYPED = [
    "create database if not exists x;", "use x",
    "tee {tee}", "select 1 as a,", "2 as b;", "select nonsense;", "create table t (a int);",
    "insert into t values (1), (2);", "select * from t\\G", "select * from t where a = 3;",
    "pager cat > {page}", "select * from t;", "\\P", "select 5 as five;", "nopager", "drop table t;",
    "select 'it''s", "two lines';", "\\W", "select 1/0;", "notee", "select 9;", "\\T", "select 10;",
    "\\T", "\\t", "\\t", "\\P cat | tr 1 X", "select 11;", "\\n", "select 12;",
]


@pytest.fixture(scope="module")
def server():
    with MariaDb() as started:
        yield started


def session(server, program, tmp_path, *options):
    """Types all of it; returns what the screen showed, the tee's file and the pager's."""
    files = {name: str(tmp_path / name) for name in ("tee", "page")}
    env = clean_env(server.home, INPUTRC="/dev/null", TERM="dumb", PAGER="")
    child = pexpect.spawn(program, ["--no-defaults", "--socket", server.socket, "-u", "root",
                                    *options], env=env, encoding="utf-8", timeout=LIMIT,
                          dimensions=(24, 200))
    child.delaybeforesend = None
    shown = ""
    try:
        for line in [None] + TYPED + ["\\q"]:
            if line is not None:
                child.send(line.format(**files) + "\r")
            # "-> " and "'> " are prompts too; at the end there is none.
            if line == "\\q":
                child.expect(pexpect.EOF)
                shown += child.before
            else:
                child.expect(re.compile(r"\n(?:\S[^\n]*\]|    [-'])> $|^\S[^\n]*\]> $"))
                shown += child.before + child.after
    finally:
        child.close(force=True)

    def read(name):
        if not os.path.exists(files[name]):
            return None
        with open(files[name], encoding="utf-8") as file:
            text = file.read()
        os.unlink(files[name])
        # The greeting of --tee says who it is.
        return re.sub(r"\d+\.\d{3} sec", "N sec", text[max(0, text.find("MariaDB [")):])

    return plain(re.sub(r"\d+\.\d{3} sec", "N sec", shown)), read("tee"), read("page")


def test_tee_and_pager(server, tmp_path):
    linked = os.path.join(server.bin, "mariadb")
    ours = session(server, linked, tmp_path)
    theirs = session(server, mariadb.CLASSIC, tmp_path)
    assert ours[1] == theirs[1]
    assert ours[2] == theirs[2]
    notices = [line for line in theirs[0].splitlines()
               if re.match(r"(Logging|Outfile|PAGER|Default pager|Currently|No previous)", line)]
    assert len(notices) >= 8, theirs[0]
    assert [line for line in ours[0].splitlines()
            if re.match(r"(Logging|Outfile|PAGER|Default pager|Currently|No previous)", line)] == notices


def test_a_pager_by_option(server, tmp_path):
    linked = os.path.join(server.bin, "mariadb")
    options = (f"--pager=cat >> {tmp_path}/page", f"--tee={tmp_path}/tee")
    ours = session(server, linked, tmp_path, *options)
    theirs = session(server, mariadb.CLASSIC, tmp_path, *options)
    assert ours[1:] == theirs[1:]
