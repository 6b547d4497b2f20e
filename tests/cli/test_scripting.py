"""Variables, branches and what can be done with a statement: \\set, \\if, \\gset, \\gexec, \\watch."""
import os
import re
import signal

import pytest

from practice import wait_for


@pytest.fixture
def run(cluster):
    cluster.forget()

    def ask(text, *args, **kwargs):
        return cluster.belay(text, kube=False, args=args, **kwargs)
    return ask


def piped(cluster, text, *args):
    return cluster.belay(stdin=text, kube=False, args=args)


def lines(done):
    assert done.rc == 0, done
    return done.out.splitlines()


def test_a_directory_is_no_text(run, tmp_path):
    done = run(f"source {tmp_path}")
    assert done.rc == 2 and done.err == f"belay: -e line 1: cannot read {tmp_path}: Is a directory\n"


# --- variables -----------------------------------------------------------------------------------

def test_a_variable_is_replaced_in_three_forms(run, cluster):
    done = run("\\set x it's\n\\set n 7\n\\set t orders\n"
               "select :{n} as a, :{'n'} as b, ':{n}' as c, \":{n}\" as d; -- :{n}\n"
               "select count(*) as c from sales.:{`t`};")
    # A single quote in the first line is one too many for a command's words.
    assert done.rc == 2, done
    done = run("\\set x \"it's\"\n\\set n 7\n\\set t orders\n"
               "select :{n} as a, :{'x'} as b, ':{n}' as c, \":{n}\" as d;\n"
               "select 1 from sales.:{`t`} limit 0;")
    assert lines(done) == ["a\tb\tc\td", "7\tit's\t:{n}\t:{n}"]
    assert cluster.sent("%`orders`%")


def test_an_unknown_variable_sends_nothing(run, cluster):
    done = run("select 4711, :{nosuch}")
    assert done.rc == 2 and "no variable nosuch" in done.err, done
    assert not cluster.sent("%4711%")


def test_set_lists_and_unset_removes(run):
    done = run("\\set a 1\n\\set b two words\n\\set\n\\unset a\nselect ':' as x, :{'b'} as b;\nselect :{a}")
    assert done.rc == 2, done
    assert "a\t1\tvariable" in done.out and "b\ttwo words\tvariable" in done.out
    assert "format\ttab\tsetting" in done.out and re.search(r"\nROW_COUNT\t\d+\tread-only", done.out)
    assert ":\ttwo words" in done.out


@pytest.mark.parametrize("line", ["\\set 1a x", "\\set a-b x", "\\set ROW_COUNT 3", "\\unset nosuch",
                                  "\\unset HOST", "\\unset format", "\\set format nosuch",
                                  "\\set timing maybe"])
def test_what_cannot_be_set(run, line):
    assert run(line).rc == 2


def test_settings_of_the_session(run):
    done = run("\\set format json\nselect 1 as a;\n\\set format tab\n\\set null-as -\nselect null as b;")
    assert lines(done) == ["[", '{"a":1}', "]", "b", "-"]


def test_what_belay_knows_itself(run):
    done = run("select TABLE_NAME from information_schema.tables limit 3;\n"
               "\\echo :{ROW_COUNT} :{ERROR} :{SQLSTATE} :{USER} :{HOST} :{SERVER_VERSION}\n"
               "\\echo :{EXIT_STATUS} :{BELAY_VERSION}")
    out = lines(done)
    assert out[4] == "3 false 00000 root 127.0.0.1 3.3.3-312ed45", done
    assert re.fullmatch(r"0 \d+\.\d+\.\d+", out[5])


def test_after_an_error(run):
    done = run("select nonsense;\n\\echo :{ERROR} :{EXIT_STATUS} :{LAST_ERROR_CODE}\n"
               "\\echo :{ERROR}\nselect 1;\n\\echo :{ERROR} :{'LAST_ERROR_MESSAGE'}", "-f")
    assert done.out.splitlines()[:2] == ["true 1 1064", "true"], done
    assert re.search("^false Getting .*'nonsense'", done.out, re.M)


def test_the_value_of_a_server_is_never_a_command(run, tmp_path):
    evil = tmp_path / "evil"
    done = run(f"select '| touch {evil}' as x \\gset\n\\o :{{x}}\nselect 1;\n\\o\n"
               "select '; \\! touch y' as y \\gset\nselect :{'y'} as z;")
    assert not evil.exists(), done
    done = run(f"select 'touch {evil}' as x \\gset\nselect 1 \\g | :{{x}}")
    assert not evil.exists(), done
    if os.path.exists(f"| touch {evil}"):
        os.unlink(f"| touch {evil}")


def test_the_name_of_a_file(run, tmp_path):
    done = run(f"\\set day monday\nselect 1 as a \\g > {tmp_path}/:{{day}}.txt\n"
               f"\\once {tmp_path}/:{{day}}.csv\nselect 2 as b;")
    assert lines(done) == []
    assert (tmp_path / "monday.txt").read_text() == "a\n1\n"
    assert (tmp_path / "monday.csv").read_text() == "b\n2\n"


# --- branches ------------------------------------------------------------------------------------

@pytest.mark.parametrize("expression, yes", [
    ("1", True), ("off", False), ("2 < 10", True), ("a = a", True), ("a != a", False),
    ("not 0", True), ("not not 0", False), ("defined HOST", True), ("not defined nosuch", True),
    (":{SERVER_VERSION} >= 3.3", True), (":{SERVER_VERSION} < 3.10", True),
    ("'' = ''", True), ("'a b' = 'a b'", True)])
def test_if(run, expression, yes):
    done = run(f"\\if {expression}\nselect 'yes' as x;\n\\else\nselect 'no' as x;\n\\endif")
    assert lines(done) == ["x", "yes" if yes else "no"]


def test_what_is_passed_over_is_not_sent_and_its_commands_are_not_run(run, cluster):
    done = run("\\if 0\nselect 4711;\n\\nosuch command\n\\if 1\nselect 4712;\n\\else\nselect 4713;\n"
               "\\endif\nselect ':{nosuch}', :{nosuch};\n\\q\n\\elif 1\nselect 'b' as b;\n\\elif 1\n"
               "select 4714;\n\\else\nselect 4715;\n\\endif\nselect 'end' as e;")
    assert lines(done) == ["b", "b", "e", "end"]
    assert not cluster.sent("%471%")


@pytest.mark.parametrize("text, says", [
    ("\\if 1\nselect 1;", "not closed"), ("\\endif", "without"), ("\\else", "without"),
    ("\\if 1\n\\else\n\\else\n\\endif", "second"), ("\\if 1\n\\else\n\\elif 1\n\\endif", "behind"),
    ("\\if maybe\n\\endif", "neither"), ("\\if 1 =< 2\n\\endif", "compares nothing"),
    ("\\if a b\n\\endif", "no expression"), ("\\if :{nosuch}\n\\endif", "no variable"),
    ("\\if 'a\n\\endif", "quote")])
def test_branches_that_make_no_sense(run, text, says):
    done = run(text)
    assert done.rc == 2 and says in done.err, done


def test_too_many_branches(run):
    assert run("\\if 1\n" * 40).rc == 2


# --- echo ----------------------------------------------------------------------------------------

def test_echo(run, tmp_path):
    done = run(f"\\echo a  b 'c  d'\n\\echo -n x\n\\echo\n\\warn to stderr\n\\o {tmp_path}/f\n"
               "\\qecho in the file\n\\echo on the screen\n\\o")
    assert done.rc == 0 and done.out == "a b c  d\nx\non the screen\n", done
    assert "to stderr\n" in done.err
    assert (tmp_path / "f").read_text() == "in the file\n"


# --- gset ----------------------------------------------------------------------------------------

def test_gset(run):
    done = run("select 1 as a, 'x y' as b, null as c \\gset p_\n\\echo :{p_a} :{p_b}\n\\echo :{p_c}")
    assert (done.rc, done.out) == (2, "1 x y\n"), done
    done = run("select 5 as a;\n\\gset\n\\echo :{a}")
    assert lines(done) == ["a", "5", "5"]


@pytest.mark.parametrize("text, code, says", [
    ("select 1 as a where 1 = 0 \\gset", 1, "one row, not 0"),
    ("select TABLE_NAME from information_schema.tables \\gset", 1, "one row, not"),
    ("select 1 + 1 \\gset", 2, "cannot be a variable"), ("\\gset", 2, "no statement"),
    ("select 1 as HOST \\gset", 2, "read-only")])
def test_gset_refuses(run, text, code, says):
    done = run(text)
    assert done.rc == code and says in done.err, done


# --- gexec ---------------------------------------------------------------------------------------

def test_gexec_runs_each_cell(run, cluster):
    done = run("select 'select 41 as a', 'select 42 as b', null, '' \\gexec")
    assert lines(done) == ["a", "41", "b", "42"]


def test_gexec_stops_at_the_first_error_and_says_where(run, cluster):
    done = run("select 'select 41 as a', 'select nonsense', 'select 4711' \\gexec")
    assert done.rc == 1 and not cluster.sent("select 4711%"), done
    assert done.err.endswith("\n  \\gexec stopped at statement 2: select nonsense\n"), done


def test_gexec_is_sql_only(run, tmp_path):
    done = run(f"select '\\\\! touch {tmp_path}/evil' \\gexec")
    assert done.rc == 1 and not (tmp_path / "evil").exists(), done


def test_gexec_in_piped_text(cluster):
    cluster.forget()
    text = "select 'select 4711 as a' \\gexec\n"
    done = piped(cluster, text)
    assert done.rc == 2 and "--allow-commands" in done.err, done
    assert not cluster.sent("%4711%")
    assert lines(piped(cluster, text, "--allow-commands")) == ["a", "4711"]


# --- watch ---------------------------------------------------------------------------------------

def test_watch_counts(run):
    assert lines(run("select 1 as a \\watch 0.1 count=3")) == ["a", "1"] * 3
    assert lines(run("select 1 as a;\n\\watch 0.1 count=2")) == ["a", "1"] * 3


def test_watch_until(run, cluster):
    assert lines(run("select 1 as a \\watch 0.1 until a=1")) == ["a", "1"]
    assert lines(run("select 1 as a \\watch 0.1 until rows>0 ; select 2 as b;")) == ["a", "1", "b", "2"]
    done = run("select 1 as a \\watch 0.1 count=2 until a=2")
    assert done.rc == 1 and "a = 2 did not become so in 2 rounds" in done.err, done
    done = run("select 1 as a \\watch 0.1 count=1 until rows>1")
    assert done.rc == 1 and "rows > 1 did not become so in 1 round\n" in done.err, done
    done = run("select 1 as a \\watch 0.1 until nosuch=2")
    assert done.rc == 2 and "no column nosuch" in done.err, done


@pytest.mark.parametrize("line", ["\\watch", "\\gset", "\\gexec"])
def test_without_a_last_statement(run, line):
    done = run(line)
    assert done.rc == 2 and "there is no statement yet to act on\n  type it first" in done.err, done


def test_watch_repeats_only_what_reads(run, cluster):
    done = run("drop table sales.orders4711 \\watch 0.1 count=2")
    assert done.rc == 2 and not cluster.sent("%4711%"), done


def test_watch_ends_when_the_connection_is_lost(cluster):
    cluster.fault("drop-before", match="select 4711%", after=1)
    done = cluster.belay("select 4711 \\watch 0.1 count=50", kube=False)
    cluster.clear_faults()
    assert done.rc == 3 and done.out.count("4711") < 50 * 2, done


def test_watch_ends_at_once_by_interrupt(cluster):
    cluster.forget()
    process = cluster.start("select 4711 \\watch 60", kube=False)
    wait_for(lambda: cluster.sent("select 4711%"))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=10)
    assert process.returncode == 130, (process.returncode, out, err)


@pytest.mark.parametrize("line", ["\\nodes", "\\mv pause-all --dry-run"])
def test_interrupt_of_what_only_reads_is_one_of_a_statement(cluster, line):
    """Nothing is part-way, so \\resume (exit status 5) has nothing to go on with; what follows is not run."""
    cluster.forget()
    cluster.fault("hang", "SHOW FRONTENDS%", times=-1)
    process = cluster.start(line, "select 4711", kube=False, args=("--force",))
    wait_for(lambda: cluster.sent("SHOW FRONTENDS%"))
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    cluster.clear_faults()
    assert process.returncode == 130 and not cluster.sent("select 4711%"), (process.returncode, out, err)


# --- looking around ------------------------------------------------------------------------------

def test_short_statements(run, cluster):
    assert "sales" in lines(run("\\databases s*"))
    assert cluster.sent("SHOW DATABASES LIKE 's%'")
    assert any(line.startswith("orders\t") for line in lines(run("\\tables sales.*")))
    assert any("order_id" in line for line in lines(run("\\describe sales.orders")))
    assert lines(run("\\catalogs"))[1].startswith("default_catalog")
    done = run("\\set echo-hidden on\n\\describe sales.orders \\G")
    assert "-- DESC `sales`.`orders`\n" in done.err and "1. row" in done.out, done


def test_their_result_goes_elsewhere(run, tmp_path):
    done = run(f"\\describe sales.orders \\g (format=json) > {tmp_path}/f")
    assert lines(done) == []
    assert (tmp_path / "f").read_text().startswith("[")


@pytest.mark.parametrize("name", ["a.b.c.d", "a..b", "''", "a`b"])
def test_names_that_are_none(run, cluster, name):
    done = run(f"\\describe \"{name}\"")
    assert done.rc in (1, 2), done


def test_errverbose(run):
    assert run("\\errverbose").rc == 2
    done = run("create user x identified by 'geheim4711' nonsense;\n\\errverbose", "-f")
    assert re.search(r"^code: +1064$", done.out, re.M) and "statement:" in done.out, done
    assert re.search(r"^server: +127\.0\.0\.1:\d+, connection \d+$", done.out, re.M)
    assert "line 1" in done.out and "geheim4711" not in done.out


def test_timing_is_for_people_only(run):
    done = run("\\timing off\nselect 1 as a;")
    assert lines(done) == ["a", "1"]


def test_profile(run, tmp_path):
    done = run("\\profile")
    assert done.rc == 1 and "no profile" in done.err and "enable_profile" in done.err, done
    done = run(f"set enable_profile = true;\nselect 1;\n\\profile\n\\profile last \\g > {tmp_path}/p\n"
               "\\profile nosuch")
    assert done.rc == 1 and "Query:\n  Summary:\n     - Query ID: " in done.out, done
    assert (tmp_path / "p").read_text().startswith("Query:\n")
