"""What belay under its own name does with the classic client's commands and switches, on a real
MariaDB server: the same letters, and better where the old client hurts."""
import os

import pytest

import mariadb

pytestmark = mariadb.needed


@pytest.fixture(scope="module")
def server():
    with mariadb.MariaDb() as started:
        started.sql("create database test")
        yield started


def write(server, name, data):
    with open(os.path.join(server.home, name), "wb") as file:
        file.write(data)


# --- switches -------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [["-v"], ["-vv"], ["-v", "-t"], ["-n"], ["-c"]])
def test_switches_are_the_classic_ones(server, options):
    text = ("select 1; select 1 from dual where 0; create or replace table test.s (a int); "
            "insert into test.s values (1), (2); update test.s set a = 3")
    ours, _, classic = server.both(*options, "-e", text)
    assert ours.raw == classic.raw and ours.rc == classic.rc == 0


def test_very_verbose(server):
    done = server.belay("-vvv", "-e", "select 1; create or replace table test.s (a int); "
                                      "insert into test.s values (1), (2)")
    assert "+---+\n| 1 |\n+---+\n1 row in set (" in done.out
    assert "Query OK, 2 rows affected (" in done.out
    assert "\nRecords: 2  Duplicates: 0  Warnings: 0\n\nBye\n" in done.out


def test_the_failed_statement_is_shown_when_asked_for(server):
    done = server.belay("--print-query-on-error", "-e", "create user x identified by 'secret' bad")
    assert done.err.startswith("--------------\ncreate user x identified by '***' bad\n")
    assert "secret" not in done.err.split("ERROR")[0] and done.rc == 1
    assert not server.belay("-e", "bad").err.startswith("-")


def test_words_within_a_statement(server):
    done = server.belay("-G", stdin="select 1\ngo\nselect 2\nego\nselect 3\n  print\n;")
    assert done.out == ("1\n1\n*************************** 1. row ***************************\n2: 2\n"
                        "--------------\nselect 3\n  \n--------------\n\n3\n3\n")


def test_commands_can_be_switched_off(server):
    done = server.belay("--skip-commands", stdin="delimiter //\nselect 1//\nuse test\n")
    assert done.rc == 2 and done.out == "1\n1\n" and "switched off" in done.err
    done = server.belay("--skip-system-command", "-e", "\\! echo no")
    assert done.rc == 2 and done.out == ""


# --- errors ---------------------------------------------------------------------------------------


def test_force_tells_what_failed(server):
    done = server.belay("-f", stdin="select 1;\nbad;\nselect 2;\n\nworse;\n")
    assert done.rc == 1 and done.out == "1\n1\n2\n2\n"
    assert done.err.splitlines()[-1] == "belay: 2 statements failed: lines 2, 5"
    done = server.belay("-f", stdin="bad;\n")
    assert done.err.splitlines()[-1] == "belay: 1 statement failed: line 1"
    assert "failed:" not in server.belay(stdin="bad;\n").err


def test_force_names_files_and_texts(server):
    write(server, "f.sql", b"select 1;\nbad;\nselect 2;\n")
    done = server.belay("-f", "-e", "worse", "-e", "source f.sql")
    assert done.err.splitlines()[-1] == "belay: 2 statements failed: lines -e #1:1, f.sql:2"


def test_many_failures_are_counted(server):
    done = server.belay("-f", stdin="bad;\n" * 30)
    assert done.err.splitlines()[-1].startswith("belay: 30 statements failed: lines 1, 2, 3, ")
    assert done.err.splitlines()[-1].endswith("20, …")


def test_an_error_names_its_text(server):
    done = server.belay("-e", "select 1", "-e", "select 2;\nbad", "-e", "select 3")
    assert done.rc == 1 and done.out == "1\n1\n2\n2\n"
    assert done.err.startswith("ERROR 1064 (42000) at -e #2, line 2: ")


# --- bad input ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text, what, line", [
    ("select 1;\nselect 'open\nselect 2;\n", "a quote", 2),
    ("select 1;\nselect \"open\nselect 2;\n", "a quote", 2),
    ("select 1;\n\nselect `open\nselect 2;\n", "a quote", 3),
    ("select 1;\nselect 2 /* open\n;\n", "a comment", 2),
    ("select 1;\n\n/* open\nselect 2;\n", "a comment", 3)])
def test_what_is_not_closed_is_not_sent(server, text, what, line):
    done = server.belay(stdin=text)
    assert done.rc == 1 and done.out == "1\n1\n"
    assert f"standard input line {line}: {what} is not closed; the statement was not sent" in done.err


@pytest.mark.parametrize("line", ["use `a b`", "use `a b`;", "\\u `a b`", "\\u `a b`;", "use 'a b'",
                                  "use \"a b\"", "use `a b` ;"])
def test_a_database_whose_name_is_quoted(server, line):
    server.sql("create database if not exists `a b`")
    ours, _, classic = server.both("-N", "-e", f"{line}\nselect database();\n")
    assert ours.raw == classic.raw == b"a b\n" and ours.rc == classic.rc == 0, ours


def test_a_nul_byte_is_refused(server):
    done = server.belay(stdin=b"select 1;\nselect 'a\0b';\nselect 2;\n")
    assert done.rc == 1 and done.out == "1\n1\n"
    assert "line 2: byte 10 of the statement is NUL; it was not sent" in done.err
    assert "--binary-mode" in done.err


def test_binary_mode_takes_bytes_as_they_are(server):
    done = server.belay("--binary-mode", "-N", stdin=b"select hex('a\0b\r\n');\ndelimiter //\n"
                                                     b"select 2//\n\\u test//\n")
    assert done.out == "6100620D0A\n2\n" and done.rc == 1
    assert "'\\u test'" in done.err


def test_marks_and_line_ends(server):
    assert server.belay("-N", stdin=b"\xef\xbb\xbfselect 1;\r\nselect 2;\r\n").out == "1\n2\n"


def test_bytes_that_are_no_utf8_pass(server):
    done = server.belay("-N", stdin=b"select hex(cast(_binary'\xff\xfe' as binary));\n")
    assert (done.out, done.rc) == ("FFFE\n", 0)


def test_a_statement_that_is_too_long_names_the_limit(server):
    done = server.belay(stdin=b"select length('" + b"x" * 100_000_000 + b"');\n", timeout=120)
    assert done.rc in (1, 3) and done.out == ""
    assert "the statement has 100000017 bytes" in done.err and "max_allowed_packet" in done.err
    assert len(done.err) < 1000


# --- commands -------------------------------------------------------------------------------------


def test_connect_says_where_from_and_where_to(server):
    done = server.belay("-e", "select 1; \\r test\nselect database()")
    assert done.out == "1\n1\ndatabase()\ntest\n"
    left, reached = done.err.splitlines()
    assert left.startswith(f"left 127.0.0.1:{server.port} as root, connection ")
    assert left.endswith("database (none)") and reached.endswith("database test")
    assert reached.startswith(f"connected to 127.0.0.1:{server.port} as root, connection ")


def test_connect_that_fails_keeps_the_connection(server):
    done = server.belay("-f", "-e", "set @a = 5; \\r nosuch\nselect @a; \\r test 127.0.0.1:1\nselect @a")
    assert done.out == "@a\n5\n@a\n5\n" and done.rc != 0
    assert done.err.count(f"still connected to 127.0.0.1:{server.port}\n") == 2


def test_connect_goes_to_another_host(server):
    with mariadb.MariaDb() as other:
        done = server.belay("-N", "-e", f"connect mysql 127.0.0.1:{other.port}; select @@port")
        assert done.out == f"{other.port}\n", done


def test_reset(server):
    done = server.belay("-N", "-e", "set @a = 5; \\x select @a; resetconnection; select @a")
    assert done.out == "NULL\nNULL\n" and done.rc == 0


def test_charset(server):
    done = server.belay("-N", "-e", "\\C latin1\nselect @@character_set_client; charset utf8mb4; "
                                    "select @@character_set_client")
    assert done.out == "latin1\nutf8mb4\n" and "utf8mb4" in done.err
    done = server.belay("-e", "\\C nosuch")
    assert done.rc == 2 and "nothing was changed" in done.err


def test_system(server):
    done = server.belay("-N", "-e", "\\! echo one; exit 3\nselect 2; system echo three;")
    assert done.out == "one\n2\nthree\n" and done.rc == 0
    assert done.err == "belay: the line ended with status 3\n"
    done = server.belay("-N", "-e", "\\! echo $MYSQL_PWD", env={"MYSQL_PWD": ""})
    assert done.out == "\n"


def test_system_in_a_script_needs_leave(server):
    done = server.belay(stdin="\\! echo no\n")
    assert done.rc == 2 and done.out == "" and "--allow-shell" in done.err
    assert server.belay("--allow-shell", stdin="\\! echo yes\n").out == "yes\n"
    assert server.linked(stdin="\\! echo yes\n").out == "yes\n"


@pytest.mark.parametrize("line", ["\\! echo no", "system echo no", "source f.sql", "\\. f.sql",
                                  "\\T t", "\\o f", "select 1 \\g > f"])
def test_the_sandbox_holds(server, line):
    write(server, "f.sql", b"select 'no';\n")
    for enter in ("\\-\n", "sandbox\n", "/*M!999999\\- enable the sandbox mode */\nselect 1;\n"):
        done = server.belay("--allow-shell", "--allow-commands", stdin=enter + line + "\n")
        assert done.rc == 2 and "no\n" not in done.out, (enter, done)
        assert "sandbox" in done.err
    done = server.belay("--sandbox", "--allow-shell", "--allow-commands", stdin=line + "\n")
    assert done.rc == 2 and "no\n" not in done.out


def test_the_sandbox_has_no_way_back(server):
    write(server, "f.sql", b"\\-\n")
    done = server.belay("-e", "source f.sql; \\! echo no")
    assert done.rc == 2 and done.out == ""


def test_what_an_fe_does_not_offer(server):
    done = server.belay("-N", "-e", "query_attributes a b; select 1")
    assert done.rc == 0 and done.out == "1\n" and "takes no query attributes" in done.err
    assert server.belay("-e", "ssl_session_data_print").rc == 2
