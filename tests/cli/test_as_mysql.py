"""The client half against the classic client, on the same practice FE: the same bytes, byte for byte."""
import shutil
import subprocess

import pytest

from practice import BELAY

MARIADB = shutil.which("mariadb")
pytestmark = pytest.mark.skipif(MARIADB is None, reason="the mariadb client is not installed")

VALUES = ("select 1 as one, 'a\tb' as t, null as n, 'x\ny' as nl, '\u5e93\u5b58' as cn, 1.5 as d, "
          "'back\\\\slash' as bs, '' as empty")


@pytest.fixture(scope="module")
def where(cluster):
    """Login options of a practice FE."""
    return ["-h", "127.0.0.1", "-P", str(cluster.port(0)), "-u", "root"]


def run(argv, text=None):
    environment = {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    return subprocess.run(argv, input=text, capture_output=True, env=environment, timeout=30)


def both(where, *options, text=None):
    data = text.encode() if text is not None else None
    ours = run([BELAY, *where, *options], data)
    theirs = run([MARIADB, "--no-defaults", "--skip-ssl", *where, *options], data)
    return ours, theirs


@pytest.mark.parametrize("options", [[], ["-B"], ["-t"], ["-E"], ["-N"], ["-r"], ["-s"], ["-ss"],
                                     ["-t", "-N"], ["-E", "-N"], ["-B", "-N"]],
                         ids=lambda o: " ".join(o) or "none")
@pytest.mark.parametrize("sql", [
    VALUES,
    "show databases",
    "select * from information_schema.tables where 1 = 0",
    "select TABLE_SCHEMA, TABLE_NAME from information_schema.tables order by 1, 2 limit 5",
    "use sales; show tables",
    "select 1\\Gselect 2\\g",
    "select /* kept */ 1; -- a comment\nselect 2 # another\n;",
], ids=range(7))
def test_output_is_the_same(where, options, sql):
    ours, theirs = both(where, *options, "-e", sql)
    assert ours.stdout == theirs.stdout
    assert ours.returncode == theirs.returncode == 0


@pytest.mark.parametrize("text", [
    "select 1;\n-- a comment\nselect 2\n;\ndelimiter //\nselect 3//\n",
    "use sales\nshow tables;\n",
    "select 1",
    "select 1;;select 2;\n",
    "\ufeffselect 1;\n",
    "select 1;\r\nselect 2;\r\n",
], ids=range(6))
@pytest.mark.parametrize("options", [[], ["-t"]], ids=["tab", "table"])
def test_script_on_standard_input(where, options, text):
    ours, theirs = both(where, *options, text=text)
    assert ours.stdout == theirs.stdout
    assert ours.returncode == theirs.returncode == 0


@pytest.mark.parametrize("sql", ["selec 1", "select x from nosuch.t", "select 1; selec 2; select 3"])
def test_errors_have_the_classic_form(where, sql):
    ours, theirs = both(where, "-e", sql)
    assert ours.returncode == theirs.returncode == 1
    assert ours.stdout == theirs.stdout
    # The classic client of Debian prints the failing statement before the error as well.
    assert ours.stderr.splitlines()[-1] == theirs.stderr.splitlines()[-1]


def test_a_script_stops_at_its_first_error_and_names_the_line(where):
    ours, theirs = both(where, text="select 1;\nselec 2;\nselect 3;\n")
    assert ours.stdout == theirs.stdout == b"1\n1\n"
    assert ours.returncode == theirs.returncode == 1
    assert b" at line 2: " in ours.stderr.splitlines()[-1]


def test_force_goes_on_but_the_status_tells(where):
    ours, theirs = both(where, "-f", text="select 1;\nselec 2;\nselect 3;\n")
    assert ours.stdout == theirs.stdout
    assert theirs.returncode == 0  # the classic client forgets the error
    assert ours.returncode == 1
