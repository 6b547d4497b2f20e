"""The prompt: what users of the classic client type, see and get back."""
import json
import os
import re
import signal

import pytest

from terminal import CTRL_C, CTRL_D, READING, TAKEN, UP, Shell, at, plain


@pytest.fixture
def shell(cluster):
    cluster.forget()
    with at(cluster) as started:
        started.prompt()
        yield started


def history_file(home):
    return os.path.join(home, ".local/state/belay/history")


def history(home):
    with open(history_file(home), encoding="utf-8") as file:
        return [json.loads(line)["s"] for line in file]


# --- statements ----------------------------------------------------------------------------------

def test_greeting_names_server_release_and_the_way_out(cluster):
    with at(cluster) as shell:
        greeting = plain(shell.seen)
        assert "\\help" in greeting and "\\q" in greeting
        assert "3.3.3" in greeting
        assert all(len(line) <= 80 for line in greeting.splitlines()), greeting


def test_result_set_and_footer(shell):
    out = shell.run("select 1 as one;")
    assert "+------+\n| one  |\n+------+\n|    1 |\n+------+\n" in out.replace("\r", "")
    assert re.search(r"\n1 row in set \(\d+\.\d{3} sec\)\n\n", out)


def test_two_rows_no_rows_and_no_result_set(shell):
    out = shell.run("select order_id from sales.orders limit 2;")
    assert re.search(r"\n2 rows in set \(\d", out), out
    out = shell.run("select order_id from sales.orders where order_id < 0;")
    assert re.match(r"Empty set \(\d+\.\d{3} sec\)\n\n", out), out
    out = shell.run("set @x = 1;")
    assert re.match(r"Query OK, 0 rows affected \(\d+\.\d{3} sec\)\n\n", out), out


def test_vertical(shell):
    out = shell.run("select 1 as one, 'two' as second\\G")
    assert "*************************** 1. row ***************************\n" in out
    assert "   one: 1\nsecond: two\n" in out


def test_server_error_reads_as_in_the_classic_client(shell):
    out = shell.run("selec 1;")
    assert out.startswith("ERROR 1064 (HY000): Getting syntax error at line 1, column 0.")
    assert shell.run("select 7;").count("|    7 |") == 1


def test_statement_over_lines_has_aligned_prompts(shell, cluster):
    shell.begin("select")
    assert shell.prompt().endswith("->")
    first = len("root@127.0.0.1 [(none)]> ")
    shell.press("'a\r")
    shell.until(TAKEN)
    shell.until(READING)
    line = shell.until(re.compile(r"> ")) + shell.child.after  # as it comes, perhaps in parts
    assert line.rstrip().endswith("'>")
    assert len(line.rstrip()) + 1 == first, repr(line)
    out = shell.run("b';")
    assert "1 row in set" in out
    assert cluster.sent("select%'a%") == ["select\n'a\nb'"]


def test_each_open_thing_has_its_own_prompt(shell):
    for opening, mark in (("select 1", "->"), ("select 'x", "'>"), ('select "x', '">'),
                          ("select `x", "`>"), ("select /* x", "/*>")):
        shell.begin(opening)
        assert shell.prompt().endswith(mark), opening
        shell.press(CTRL_C)
        shell.until("^C")
        shell.prompt()


def test_clear_drops_the_statement(shell, cluster):
    shell.run("select 'not")
    shell.run("sent'")
    assert shell.run("\\c") == ""
    assert shell.prompt().endswith("[(none)]>")
    assert "|    3 |" in shell.run("select 3;")
    assert cluster.sent("%not%") == []


def test_print_shows_the_lines_as_typed(shell):
    shell.run("select 1,")
    shell.run("  2")
    out = shell.run("\\p")
    assert out == "--------------\nselect 1,\n  2\n--------------\n\n", out
    assert "|    1 |    2 |" in shell.run(";")


def test_ctrl_c_drops_what_was_typed(shell, cluster):
    shell.run("drop table")
    shell.press("sales.orders" + CTRL_C)
    shell.until("^C")
    shell.until(READING)
    assert shell.prompt().endswith("[(none)]>")
    assert "1 row in set" in shell.run("select 1;")
    assert cluster.sent("%drop%") == []


def test_ctrl_c_on_an_empty_line_tells_how_to_leave(shell):
    shell.press(CTRL_C)
    shell.until("(\\q or ^D leaves)")
    shell.until(READING)
    assert "1 row in set" in shell.run("select 1;")


def test_ctrl_d_leaves(shell):
    shell.press(CTRL_D)
    shell.until("Bye")
    assert shell.ended() == 0


@pytest.mark.parametrize("text", ["\\q", "quit", "exit", "exit;", "\\quit"])
def test_ways_to_leave(cluster, text):
    with at(cluster) as shell:
        shell.begin(text)
        assert shell.ended() == 0


def test_use_changes_the_prompt(shell):
    assert shell.run("use sales") == "Database changed\n"
    assert "[sales]" in shell.prompt()
    assert "orders_by_day" in shell.run("show tables;")
    assert shell.run("use nope").startswith("ERROR 5501 (3F000): Unknown database 'nope'")
    assert "[sales]" in shell.prompt()
    shell.run("\\u web")
    assert "[web]" in shell.prompt()
    assert shell.run("use `ops`;") == "Database changed\n"
    assert "[ops]" in shell.prompt()


def test_source_and_delimiter(shell, cluster):
    path = os.path.join(cluster.home, "two.sql")
    with open(path, "w", encoding="utf-8") as file:
        file.write("select 41 + 1 as a;\n-- a comment\nselect 'x;y' as b;\n")
    out = shell.run(f"source {path}")
    assert "|   42 |" in out and "| x;y  |" in out, out
    shell.run("delimiter //")
    out = shell.run("select 'a;b' as c//")
    assert "| a;b  |" in out
    shell.run("delimiter ;")
    assert "1 row in set" in shell.run("select 1;")


def test_sourced_error_names_file_and_line(shell, cluster):
    path = os.path.join(cluster.home, "bad.sql")
    with open(path, "w", encoding="utf-8") as file:
        file.write("select 1;\n\nselec 2;\nselect 'never';\n")
    out = shell.run(f"\\. {path}")
    assert re.search(r"ERROR 1064 \(HY000\) at line 3 in .*bad\.sql", out), out
    assert cluster.sent("%never%") == []
    assert "1 row in set" in shell.run("select 1;")


def test_status_page(shell):
    out = shell.run("\\s")
    for text in ("Current user:", "StarRocks 3.3.3", "Using delimiter:", "Connection id:",
                 "TCP port:"):
        assert text in out, out
    assert re.search(r"Current user: +'root'@'%'", out), out


def test_unknown_command_runs_nothing(shell, cluster):
    out = shell.run("\\leaderr")
    assert "there is no command \\leaderr" in out and "\\leader?" in out
    out = shell.run("\\lead")
    assert "did you mean \\leader?" in out, out
    assert cluster.changes() == []


def test_help_lists_what_is_there(shell):
    out = shell.run("\\help")
    for name in ("\\leader", "\\mv inactivate-all", "\\resume", "\\journal", "\\quit"):
        assert name in out
    assert all(len(line) <= 80 for line in out.splitlines()), out
    assert "--each" in shell.run("\\help mv inactivate-all")


def test_empty_statement(shell):
    assert "No query specified" in shell.run(";")


def test_typed_destruction_asks(shell, cluster):
    shell.begin("drop table sales.orders;")
    shell.until("sales.orders")
    shell.until("Enter: no: ")
    assert "nothing was sent" in shell.reply("")
    shell.begin("delete from sales.orders;")
    shell.until("no WHERE")
    shell.until("Enter: no: ")
    shell.press("Y\r")  # neither yes nor no: asked again
    assert "That is neither yes nor no" in shell.until("Enter: no: ")
    assert "nothing was sent" in shell.reply("n")
    assert cluster.sent("drop%", "delete%") == []


# --- paste ---------------------------------------------------------------------------------------

def test_a_paste_of_statements_waits_for_enter(shell, cluster):
    shell.press("\x1b[200~select 101;\nselect 102;\nselect 103;\n\x1b[201~")
    shell.until("select 103;")
    # What a ^C drops was not run; then the same paste with Enter.
    shell.press(CTRL_C)
    shell.until("^C")
    shell.until(READING)
    assert cluster.sent("select 10_%") == []
    shell.press("\x1b[200~select 101;\nselect 102;\nselect 103;\n\x1b[201~")
    shell.until("select 103;")
    out = shell.run("")
    assert [out.count(f"|  10{n} |") for n in (1, 2, 3)] == [1, 1, 1], out
    assert cluster.sent("select 10_%") == ["select 101", "select 102", "select 103"]


def test_a_paste_with_an_escape_sequence_is_text(shell, cluster):
    shell.press("\x1b[200~select 'a\x1b[31mb' as x;\x1b[201~")
    shell.until("as x;")
    shell.run("")
    assert cluster.sent("select 'a%") == ["select 'a\x1b[31mb' as x"]


# --- history -------------------------------------------------------------------------------------

@pytest.fixture
def home(tmp_path):
    return str(tmp_path)


def remembered(cluster, home, env=None):
    return Shell(cluster.argv(), home, env=env)


def test_history_is_one_record_a_statement_and_outlives_the_session(cluster, home):
    with remembered(cluster, home) as shell:
        shell.run("select 11")
        shell.run("  + 1;")
        shell.run("\\leader --pod")
        shell.leave()
    assert history(home)[:2] == ["select 11\n  + 1;", "\\leader --pod"]
    assert os.stat(history_file(home)).st_mode & 0o777 == 0o600
    with remembered(cluster, home) as shell:
        shell.press(UP + UP + UP)
        shell.until("+ 1;")
        assert "|     12 |" in shell.run("")
        shell.leave()
    assert history(home).count("select 11\n  + 1;") == 2


def test_history_place_is_where_xdg_says(cluster, home, tmp_path):
    place = str(tmp_path / "elsewhere")
    with remembered(cluster, home, {"XDG_STATE_HOME": place}) as shell:
        shell.run("select 21;")
        shell.leave()
    with open(os.path.join(place, "belay", "history"), encoding="utf-8") as file:
        assert "select 21;" in file.read()
    assert not os.path.exists(history_file(home))


def test_history_is_appended_at_once(cluster, home):
    with remembered(cluster, home) as shell:
        shell.run("select 31;")
        shell.child.kill(signal.SIGKILL)
        assert shell.ended() == 128 + signal.SIGKILL
    assert history(home) == ["select 31;"]


def test_history_hides_secrets(cluster, home):
    with remembered(cluster, home) as shell:
        shell.run("SET PASSWORD = PASSWORD('canary-one');")
        shell.run("CREATE USER joe IDENTIFIED BY 'canary-two';")
        shell.run("ALTER USER joe")
        shell.run("  IDENTIFIED BY 'canary-three';")
        shell.run('CREATE STORAGE VOLUME v TYPE = S3 LOCATIONS = ("s3://bucket/")'
                  ' PROPERTIES ("aws.s3.secret_key" = "canary-four");')
        shell.run("select 41;")
        shell.leave()
    with open(history_file(home), encoding="utf-8") as file:
        text = file.read()
    assert "canary" not in text and "select 41;" in text, text
    # A statement that only holds a secret is remembered without it.
    assert "CREATE STORAGE VOLUME v" in text and "aws.s3.secret_key" in text


def test_history_of_two_shells_at_once_loses_nothing(cluster, home):
    with remembered(cluster, home) as one, remembered(cluster, home) as two:
        for n in range(5):
            one.run(f"select 51, {n};")
            two.run(f"select 52, {n};")
        one.leave()
        two.leave()
    kept = history(home)
    assert [s for s in kept if "51" in s] == [f"select 51, {n};" for n in range(5)]
    assert [s for s in kept if "52" in s] == [f"select 52, {n};" for n in range(5)]


def test_histfile_and_ignore_patterns_are_honoured(cluster, home, tmp_path):
    place = str(tmp_path / "mine")
    env = {"MYSQL_HISTFILE": place, "MYSQL_HISTIGNORE": "select 6?;:*internal*"}
    with remembered(cluster, home, env) as shell:
        for text in ("select 61;", "select 'internal';", " select 'space first';", "select 700;"):
            shell.run(text)
        shell.leave()
    with open(place, encoding="utf-8") as file:
        assert [json.loads(line)["s"] for line in file][:1] == ["select 700;"]


def test_the_option_adds_to_the_ignore_patterns(cluster, home, tmp_path):
    place = str(tmp_path / "ours")
    env = {"BELAY_HISTFILE": place, "MYSQL_HISTFILE": str(tmp_path / "theirs"),
           "MYSQL_HISTIGNORE": "select 6?;"}
    argv = cluster.argv(args=["--histignore=*internal*:select 7?;"])
    with Shell(argv, home, env=env) as shell:
        for text in ("select 61;", "select 'internal';", "select 71;", "select 701;"):
            shell.run(text)
        shell.leave()
    with open(place, encoding="utf-8") as file:
        assert [json.loads(line)["s"] for line in file if line.strip()][:1] == ["select 701;"]
    assert not os.path.exists(str(tmp_path / "theirs"))


def test_a_home_that_is_not_there_is_not_made(cluster, tmp_path):
    nowhere = str(tmp_path / "nowhere")
    with Shell(cluster.argv(), str(tmp_path), env={"HOME": nowhere}) as shell:
        shell.run("select 91;")
        shell.press(UP)
        shell.until("select 91;")
        assert "|   91 |" in shell.run("")
        shell.leave()
    assert not os.path.exists(nowhere)


def test_damaged_history_does_not_stop_the_shell(cluster, home):
    os.makedirs(os.path.dirname(history_file(home)), mode=0o700)
    with open(history_file(home), "wb") as file:
        file.write(b'\xff\xfe{"t":1\n{"t":1,"s":"select 81;"}\n\n[]\n{"t":1,"s":7}\n')
    with remembered(cluster, home) as shell:
        shell.press(UP)
        shell.until("select 81;")
        assert "|   81 |" in shell.run("")
