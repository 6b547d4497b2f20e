"""What a hostile server says before and beside its rows never steers the terminal either."""
import re

import pytest

from hostile import EOF, OK, Hostile, column, error, greeting, number, text
from terminal import Shell
from test_hostile import assert_own

EVIL = b"\x1b]0;title\x07\x1b[31mred\x9b2J\xe2\x80\xae"


def at(server, *args):
    return Shell(server.argv("--no-auto-rehash", *args), server.home, columns=100)


def play(wire):
    """Everything that has a text has an evil one."""
    wire.log_in(version=b"8.0" + EVIL)
    while True:
        sql = wire.query()
        if b"rows" in sql:
            for payload in (number(2), column(EVIL), column(b"n" + EVIL, kind=3), EOF,
                            text(EVIL) + text(EVIL), EOF):
                wire.send(payload)
        elif b"error" in sql:
            wire.send(error(EVIL, state=EVIL[:5]))
        elif b"info" in sql:
            wire.send(b"\x00\x01\x00\x02\x00\x03\x00" + text(EVIL))
        elif sql.lower().startswith(b"show warnings"):
            for payload in (number(3), column("Level"), column("Code"), column("Message"), EOF,
                            text(EVIL) + text("1") + text(EVIL), EOF):
                wire.send(payload)
        else:
            wire.send(OK)


def test_welcome_rows_errors_and_status():
    with Hostile(play) as server, at(server, "--prompt", "\\v \\h> ") as shell:
        for line in ("select 'rows';", "select 'rows'\\G", "select 'error';", "insert info;",
                     "show warnings;", "\\s", "\\W", "insert info;", "use evil"):
            shell.run(line)
        for form in ("json", "csv", "markdown", "unicode", "html", "xml", "tab"):
            shell.run(f"\\format {form}")
            shell.run("select 'rows';")
        assert_own(re.sub(r"[^\x00-\x7f]*evil", "", shell.seen))
        assert "red" in shell.seen


@pytest.mark.parametrize("payload", [
    error(EVIL, code=1040, state=b"08004"),
    b"\xfe" + EVIL.replace(b"\0", b"") + b"\x00salt\x00",
], ids=["error", "plugin"])
def test_before_there_is_a_session(payload):
    def refuse(wire):
        if payload[:1] == b"\xfe":
            wire.send(greeting())
            wire.read()
        wire.send(payload)
    with Hostile(refuse) as server:
        argv = server.argv("--no-auto-rehash")
        with Shell(argv, server.home, no_prompt=True) as shell:
            assert shell.ended() == 3
            assert_own(shell.seen)
