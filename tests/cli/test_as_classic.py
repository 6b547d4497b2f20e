"""Under the name mariadb belay is that program: the same stdout, stderr and exit status, also where
stdout and stderr are one file (2>&1), whose order scripts see. A real MariaDB server answers both."""
import os
import re
import signal
import subprocess

import pytest

import mariadb
from practice import clean_env, wait_for

pytestmark = mariadb.needed

FILES = {
    "good.sql": b"select 1;\nselect 2;\n",
    "bad.sql": b"select 1;\nbad;\nselect 2;\n",
    "quit.sql": b"select 1;\nquit\nselect 2;\n",
    "nested.sql": b"source bad.sql\nselect 'outer';\n",
    "nul.sql": b"select 'a\0b';\n",
    "delimiter.sql": b"delimiter //\nselect 1//\n",
}

PROCEDURE = ("delimiter //\ncreate or replace procedure test.p(n int) begin select n as a; "
             "select 'x' as b union select 'y'; "
             "if n > 1 then signal sqlstate '45000' set message_text = 'stopped'; end if; "
             "select 3; end//")


@pytest.fixture(scope="module")
def server():
    with mariadb.MariaDb() as started:
        started.sql("create database test")
        started.sql("create table test.t (a int, b varchar(20) not null); "
                    "insert into test.t values (1, 'a'), (2, 'b;c')")
        started.sql(PROCEDURE)
        for name, text in FILES.items():
            with open(os.path.join(started.home, name), "wb") as file:
                file.write(text)
        yield started


def plain(server, data):
    """What differs from run to run, and where the programs lie."""
    data = data.replace(server.bin.encode() + b"/", b"").replace(
        os.path.dirname(mariadb.CLASSIC).encode() + b"/", b"")
    data = re.sub(rb"\((?:\d+ (?:min|hours?) )*\d+\.\d{3} sec\)", b"(T sec)", data)
    data = re.sub(rb"(?m)^(mariadb  Ver 15.1 Distrib [\d.]+-MariaDB), for .*$", rb"\1", data)
    data = re.sub(rb"Connection id:\s+\d+", b"Connection id", data)
    data = re.sub(rb"Uptime:\t.*", b"Uptime", data)
    return re.sub(rb"Threads: .*", b"Threads", data)


def run(server, program, args, stdin, merged, env):
    argv = [program, "--no-defaults", *server.login, *args]
    done = subprocess.run(argv, input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT if merged else subprocess.PIPE, timeout=60,
                          cwd=server.home, env=clean_env(server.home, **env), check=False)
    return (done.returncode, plain(server, done.stdout), plain(server, done.stderr or b""))


def same(server, *args, stdin=b"", env=None):
    stdin = stdin.encode() if isinstance(stdin, str) else stdin
    env = {"LANG": "C.UTF-8", "TERM": "dumb", **(env or {})}
    for merged in (False, True):
        ours = run(server, os.path.join(server.bin, "mariadb"), args, stdin, merged, env)
        theirs = run(server, mariadb.CLASSIC, args, stdin, merged, env)
        assert ours == theirs, (args, stdin)
    return ours


OPTIONS = [[], ["-f"], ["-v"], ["-vv"], ["-vvv"], ["-t"], ["-E"], ["-H"], ["-X"], ["-N"], ["-s"],
           ["-ss"], ["-r"], ["-n"], ["-q"], ["-c"], ["-G"], ["-B"], ["--show-warnings"],
           ["--skip-print-query-on-error"], ["--binary-mode"]]


def words(options):
    return " ".join(options) or "none"


@pytest.mark.parametrize("options", OPTIONS, ids=words)
def test_switches(server, options):
    failing = "select 1; bad; select 2"
    same(server, *options, "-e", failing)
    same(server, *options, stdin=failing + "\n")
    same(server, *options, "-e", "select 1 a, null b, 'x\ty' c; select 1 from dual where 0; "
                                 "select 1/0; set @a = 1")
    same(server, *options, "test", stdin="create temporary table x (a int);\ninsert into x values (1),(2);\n"
                                         "select * from x;\nupdate x set a = a + 1;\n"
                                         "select * from x where a = 99;\n")
    same(server, *options, stdin="-- c1\nselect /* c2 */ 1; # c3\n/* c4\n */ select 2;\n"
                                 "select 'a -- b';\n")
    same(server, *options, stdin="\\c select 1;\nselect 1\\c\nselect 2\\p;\nselect 3\\G select 4\\g\n")
    same(server, *options, "-e", "call test.p(1); call test.p(2); select 9")
    same(server, *options, stdin="call test.p(1);\ncall test.p(2);\nselect 9;\n")
    same(server, *options, "test", stdin="select * from t; select (select a from t) from t; select 5;\n")


COMMANDS = [
    "use", "use test", "use nodb", "use test; select database()", "\\u test\nselect database()",
    "\\u test; select database()", "use `test`;select database()", "use 'test' x", "use 'test",
    "status", "\\s", "status;", "source", "source good.sql", "source bad.sql; select 3",
    "\\. bad.sql\nselect 3", "source nested.sql", "source quit.sql\nselect 3", "source nul.sql\nselect 3",
    "source delimiter.sql\nselect 4//", "source /nonexistent", "source /tmp", "system echo hi",
    "\\! echo hi", "\\! echo hi; select 1", "system", "\\!", "nopager", "notee", "\\n", "\\t",
    "prompt foo", "\\R foo", "prompt", "tee x", "\\T x", "pager less", "\\P", "warnings", "nowarning",
    "\\W\nselect 1/0; \\w\nselect 1/0", "charset latin1\nselect @@character_set_client", "\\C nosuch",
    "\\C", "charset", "charset ucs2", "connect", "connect test\nselect database()", "connect nodb",
    "\\r", "\\r test\nselect database()", "select 1\n\\r\n;", "rehash", "\\#", "sandbox",
    "\\-\nsource good.sql", "sandbox\n\\! ls", "sandbox\nsystem ls", "sandbox\ntee x",
    "/*M!999999\\- enable the sandbox mode */\nselect 1;\nsource good.sql", "delimiter",
    "delimiter //\nselect 1//", "delimiter a\\b\nselect 1", "\\d //\nselect 1//", "\\d // select 1//",
    "delimiter 12345678901234567890\nselect 1", "print", "select 1\\p", "select 1 \\p +1;", "print;", "go",
    "ego", "go;", "clear", "clear;", "exit", "quit", "exit;", "quit;select 1", "quit\nselect 1",
    "select 1\\q", "select 1\nquit\n;", "select 1 \\q x", "\\q x", "\\x", "\\y 1;",
    "select 1\\y;select 2", "\\leade", "select \\N", "help nosuchthing", "?",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_commands(server, command):
    """The words of the list that `help` prints are our own; the rest is the same."""
    if command in ("?", "help"):
        return
    same(server, "-e", command)
    same(server, "-e", command, "-f")
    same(server, "-f", stdin=command + "\n")
    same(server, "-v", stdin=command)
    same(server, "-vvv", "-t", stdin=command)
    same(server, "-c", stdin=command)
    same(server, "-G", stdin="select 1\n" + command + "\n;")


CHARSETS = ["latin1", "utf8", "utf8mb4", "cp932", "gbk", "sjis", "big5", "cp1251", "binary", "nosuch"]


@pytest.mark.parametrize("name", CHARSETS)
def test_character_sets(server, name):
    for options in ([], ["-t"], ["-c"]):
        same(server, *options, "--default-character-set=" + name, "-e",
             "select 'é', '表', @@character_set_client, @@collation_connection")
        same(server, *options, "--default-character-set=" + name, "-e", "select '👩 x' as a, '👧'")
        text = (b"select '\x95\x5c', 1; select '\x83\x5c\x83\x5c' as a; select hex('\xbf\\\\');\n")
        same(server, *options, "--default-character-set=" + name, stdin=text)
        same(server, *options, stdin=b"\\C " + name.encode() + b"\n" + text)


@pytest.mark.parametrize("lang", ["C", "C.UTF-8", "POSIX", "nonsense"])
def test_the_locale_chooses_the_character_set(server, lang):
    same(server, "-e", "select @@character_set_client, 'é'", env={"LANG": lang})


TABLE = (b"create temporary table f (i int, u int unsigned zerofill, d decimal(10,2), f double, s varchar(30), "
         b"t text, b blob, vb varbinary(8), e enum('a','b'), dt datetime, y year, bi bit(10), n int not null, "
         b"j json); insert into f values (1, 2, 3.5, 1e10, 'x', 'multi\nline\ttab\\\\back', 'bin\\0ary', x'00ff', "
         b"'a', '2020-01-02 03:04:05', 2020, b'101', 7, '{\"a\":1}'), (null, null, null, null, null, null, null, "
         b"null, null, null, null, null, 0, null), (-100, 4000000000, -3.25, -0.001, '\xe5\xba\x93\xe5\xad\x98', "
         b"'\xc3\xa9<b>&\"', '\"q\"', '', 'b', '1999-12-31', 1999, b'1111111111', -5, '[1,2]');"
         b"select * from f; select i, s from f where 0; select count(*) from f")


@pytest.mark.parametrize("options", OPTIONS + [
    ["-t", "-N"], ["-E", "-N"], ["-H", "-N"], ["-X", "-N"], ["-q", "-t"], ["-q", "-E"], ["-q", "-X"],
    ["-q", "-H"], ["-t", "--binary-as-hex"], ["--binary-as-hex"], ["-E", "--binary-as-hex"],
    ["-H", "--binary-as-hex"], ["-X", "--binary-as-hex"], ["-vv", "-t"], ["--column-type-info"],
    ["-t", "--column-type-info"], ["--column-type-info", "-E"], ["--auto-vertical-output", "-t"],
    ["-E", "-t"], ["-t", "-q", "--quick-max-column-width=5"], ["-ss", "-t"], ["-s", "-E"]], ids=words)
def test_values(server, options):
    same(server, *options, "test", stdin=TABLE)
    same(server, *options, "-e", "select repeat('x', 1100) a, 1; select 'a' as ``; select 1 as `a b`, "
                                 "2 as `tab\there`; select '日本', 'コ'; select NULL; select 'NULL'")


def test_what_the_server_is_told(server):
    same(server, "-U", "-e", "select @@sql_safe_updates, @@sql_select_limit, @@max_join_size; "
                             "delete from mysql.user")
    same(server, "-U", "--select-limit=3", "--max-join-size=77", "-e",
         "select @@sql_select_limit, @@max_join_size; select help_topic_id from mysql.help_topic")
    same(server, "--init-command=set @x = 5", "-e", "select @x")
    same(server, "--init-command=bad", "-e", "select @x")
    same(server, "-i", "-e", "select count (*) from test.t")
    same(server, "-e", "select count (*) from test.t")
    same(server, "--delimiter=//", "-e", "select 1; select 2//")
    same(server, "--delimiter=a\\b", "-e", "select 1")
    same(server, "--sandbox", "-e", "source good.sql")
    load = "create temporary table test.l (a varchar(100)); load data local infile 'good.sql' into table test.l"
    same(server, "--local-infile=1", "-e", load + "; select count(*) from test.l")
    same(server, "--local-infile=0", "-e", load)
    same(server, "-e", load + "; select count(*) from test.l")


TEXTS = [
    b"", b"  ", b";", b"\n\n", b"select 1", b"select 1;;select 2", b"select 1;\n;\nselect 2",
    b"select '\\'',1", b'select "a\\"b"', b"select 'a\\\\';select 2", b"select `a`", b"select 'a\xff\xfeb';\n",
    b"\xef\xbb\xbfselect 1;\n", b"select 1;\n\xef\xbb\xbfselect 2;\n", b"select 1;\r\nselect 'a\r\nb';\r\n",
    b"select 1\r", b"select 'a\0b';\nselect 2;\n", b"\0select 1;\n", b"select 1;\nselect 1\0;\n",
    b"select 1 \\\n+1;\n", b"select 'x\\", b"select 'unterminated\nselect 2;\n",
    b"select /* unterminated\nselect 2;\n", b"select 1; /* open", b"select `a",
    b"delimiter $$\nselect 1$$select 2$$ select 3;\n$$", b"select 1;delimiter //\nselect 2//\n;",
    b"select\ndelimiter\n;", b"select 'x\ndelimiter //\n';", b"/*!50000 select 1 */;\n",
    b"/*!99999 bad */ select 2;", b"select 1 /*M! +1 */;", b"select /*+ x */ 1;", b"#!/bin/sh\nselect 1;",
    b"--\nselect 1;\n--x\nselect 2;", b"select 5--1;\nselect 5 --1;\nselect 5-- 1\n;", b"select 1 # x ;\n;",
    b"use test\nselect database();use mysql;select database();\n", b"select 1 as 'a;b'; select \"it's\";",
    b"select 1/* c */+/* d */1;", b"/* c */select 1;", b"select 1;\n\nselect\n2; bad;\nselect 3;\n",
    b"set sql_mode=ansi_quotes;\nselect 1 as \"a\\\";\n", b"set sql_mode=no_backslash_escapes;\nselect 'a\\';\n",
    b"select 1/0; bad; show warnings", b"kill connection_id();\nselect 1;\nselect 2;\n",
    b"delimiter //\nselect 1; select 2; set @a=5; select @a//\nselect 1; bad; select 2//",
]


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_texts(server, text):
    for options in ([], ["-f"], ["-c"], ["--binary-mode"], ["-t"], ["-v"], ["-vvv"], ["-X"], ["-n"],
                    ["--show-warnings"], ["-q"]):
        same(server, *options, stdin=text)
        if b"\0" not in text:
            same(server, *options, "-e", text)


def test_force_is_forgotten_at_the_first_execute(server):
    status, _, _ = same(server, "-f", "-e", "bad; select 1")
    assert status == 1
    status, _, _ = same(server, "-e", "bad; select 1", "-f")
    assert status == 0


def test_the_mysql_client_has_one_command_more(server):
    text = "set @a = 5; resetconnection; select @a; set @a = 6; \\x select @a"
    done = server.linked("-N", "-e", text, name="mysql")
    assert done.out == "NULL\nNULL\n" and done.rc == 0
    assert server.linked("-N", "-e", "\\x").rc == 1


def test_several_executes_are_one_text(server):
    same(server, "-e", "select 1", "-e", "union select 2")
    same(server, "-e", "select 1", "-e", "select 2")


def test_a_sourced_file_stops_at_an_error_only_when_told(server):
    same(server, "--abort-source-on-error", "-e", "source bad.sql\nselect 3")
    same(server, "--abort-source-on-error", "-e", "source bad.sql\nselect 3", "-f")


def test_names_of_files(server):
    same(server, "-e", "source ~/bad.sql")
    same(server, "-e", "source .//bad.sql")
    same(server, "-e", "source   good.sql  ;select 3")


def test_random_scripts_that_once_differed(server):
    for text in ("select 1\nuse test", "select 'a\\\\', 1 from /*!50000 dual */ -- c\n \\W\nselect 2",
                 "help " + "abcdefghij" * 12, "select 1 \\R x\nselect 2 \\p -- \n\\r test\nselect 3"):
        for options in ([], ["-f"], ["-n"], ["-G", "-f"], ["-c"], ["-v"]):
            same(server, *options, stdin=text)
            same(server, *options, "-e", text)


def test_one_database(server):
    for options in ([], ["-v"]):
        same(server, *options, "-o", "test", "-e",
             "select 1; use mysql; select 2; use test; select 3; set @a = 1")


def test_no_server_and_no_database(server):
    same(server, "nosuch", "-e", "select 1")
    same(server, "-unobody", "-pwrong", "-e", "select 1")


def test_an_output_that_nobody_reads_is_no_error(server):
    for line in ("'%s' -e 'select 1' >&-", "'%s' -N -e 'select seq from test.seq_1_to_200000' | head -1"):
        for program in (os.path.join(server.bin, "mariadb"), mariadb.CLASSIC):
            done = subprocess.run(["bash", "-c", "set -o pipefail; " + line %
                                   ("' '".join([program, "--no-defaults", *server.login]))],
                                  capture_output=True, timeout=60, env=clean_env(server.home), check=False)
            assert done.returncode == 0 and done.stderr == b"", (line, program, done)


def test_protocols(server):
    for name in ("TCP", "PIPE", "MEMORY", "nonsense", ""):
        same(server, "--protocol=" + name, "-e", "select 1")


def test_numbers_of_options(server):
    for option in ("--max-join-size=1K", "--max-join-size=Mx", "--max-join-size=x", "--select-limit=5z"):
        same(server, option, "-U", "-e", "select @@max_join_size")


def test_what_goes_to_stdout(server):
    same(server, "--server-arg=x", "-e", "select 1")
    same(server, "--enable-cleartext-plugin", "-e", "select 1")


def test_version(server):
    same(server, "--version")
    same(server, "-V")


def test_sandbox_ends_with_the_file(server):
    with open(os.path.join(server.home, "sandbox.sql"), "wb") as file:
        file.write(b"\\-\n\\! echo foo\nsource good.sql\n")
    same(server, "-fN", stdin="source sandbox.sql;\nsystem echo again;\nsandbox;\nsource good.sql\n")


def test_a_directory_is_no_script(server):
    for program in (os.path.join(server.bin, "mariadb"), mariadb.CLASSIC):
        folder = os.open(server.home, os.O_RDONLY)
        done = subprocess.run([program, "--no-defaults", *server.login], stdin=folder,
                              capture_output=True, timeout=60, env=clean_env(server.home), check=False)
        os.close(folder)
        assert done.returncode == 1 and done.stderr == b"ERROR: Can't read from a directory 'stdin'\n"


def test_a_full_disk_is_said(server):
    """The classic client exits with 0; a script must not go on without what it asked for."""
    with open("/dev/full", "w", encoding="ascii") as full:
        done = subprocess.run([os.path.join(server.bin, "mariadb"), "--no-defaults", *server.login,
                               "-e", "select 1"], stdout=full, stderr=subprocess.PIPE, timeout=60,
                              env=clean_env(server.home), check=False)
    assert done.returncode == 1
    assert b"cannot write to standard output" in done.stderr


def test_long_commands_of_belay_work_where_the_classic_client_has_no_letter(server):
    status, _, err = run(server, os.path.join(server.bin, "mariadb"), ["-e", "\\leader"], b"", False, {})
    assert status == 1 and b"Unknown command" not in err


def test_help_lists_every_command_of_the_classic_client(server):
    ours = run(server, os.path.join(server.bin, "mariadb"), ["-e", "help"], b"", False, {})[1]
    theirs = run(server, mariadb.CLASSIC, ["-e", "help"], b"", False, {})[1]
    heads = re.compile(rb"(?m)^\S+ +\(\\.\) ")
    assert heads.findall(ours) == heads.findall(theirs)


@pytest.mark.parametrize("options, text", [
    ([], b"select 1;\nselect sleep(20) as interrupted;\nselect 3;\n"),
    (["-f"], b"select 1;\nselect sleep(20) as interrupted;\nselect 3;\n"),
    (["-e", "select sleep(20) as interrupted; select 2"], b"")], ids=["script", "force", "execute"])
def test_an_interrupt(server, options, text):
    results = []
    for program in (os.path.join(server.bin, "mariadb"), mariadb.CLASSIC):
        child = subprocess.Popen([program, "--no-defaults", *server.login, *options], cwd=server.home,
                                 stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 env=clean_env(server.home, LANG="C.UTF-8"))
        child.stdin.write(text)
        child.stdin.close()
        child.stdin = None
        wait_for(lambda: server.running("as interrupted"), 30)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
        results.append((child.returncode, out, err))
    assert results[0] == results[1]
    assert b"Ctrl-C -- query killed." in results[0][1]


@pytest.mark.parametrize("options", [[], ["-t"], ["-q"], ["-tq"], ["-N"], ["-s"], ["-vvv"], ["-r"], ["-H"],
                                     ["--binary-as-hex"], ["-t", "--binary-as-hex"],
                                     ["--column-type-info", "-t"], ["-q", "-s"]], ids=words)
def test_auto_vertical_output(server, options):
    """It judges every form of output by the bytes of a grid, 80 columns wide without a terminal."""
    widths = "".join(f"select repeat('x', {n}) as a; " for n in (70, 75, 76, 77, 100))
    for text in (widths, "select null, 1 union select 'a\\nb', 2 union select repeat('é', 40), 3",
                 "select x'" + "0a" * 40 + "' as b, 1 as c", "select 1 from dual where 0; select 2",
                 f"select 1 as `{'a' * 60}`, 2 as `{'b' * 16}`; select 1\\G", "select 1; bad"):
        same(server, "--auto-vertical-output", *options, "-e", text)
