"""Bad input: mistyped commands, hostile names, statements as they were typed, output that fails."""
import os
import subprocess

import pytest

from practice import DOWN, UP, Practice, clean_env

NASTY = ["quo'te", 'dq"uote', "end*/comment", "esc\033[31mred\033]0;title\007",
         "semi;colon; DROP TABLE t", "tab\tname", "emoji😀", "pct%n%s_name", "back\\slash",
         "dot.name", "sp ace ", "-- dash", "UpperCase", "uppercase", "right\u202eleft",
         "new\nline'; DROP TABLE t; --", "hy-phen", "库存 视图。一", "sixteen_letters." * 64]


@pytest.fixture(autouse=True)
def fresh_log(cluster):
    cluster.forget()


# --- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize("line, nearest", [
    ("\\leadr", "\\leader"), ("\\nods", "\\nodes"), ("\\jurnal", "\\journal"),
    ("\\mv inactivate-al", "\\mv inactivate-all"), ("\\restore-plam", "\\restore-plan"),
    ("\\restore-plam x", "\\restore-plan"), ("\\journal verifi", "\\journal verify")])
def test_mistyped_word_names_the_nearest(cluster, line, nearest):
    done = cluster.belay(line, approve="reversible")
    assert done.rc == 2, done
    assert "nothing was run" in done.err and f"did you mean {nearest}?" in done.err, done
    assert done.out == ""
    assert not cluster.changes()


@pytest.mark.parametrize("line", ["\\mv nonsense", "\\frobnicate", "\\mv activate_all",
                                  "\\LEADER", "\\leaderx", "\\mv inactivate-all-now"])
def test_unknown_word_runs_nothing(cluster, line):
    done = cluster.belay(line, approve="reversible")
    assert done.rc == 2 and "nothing was run" in done.err, done
    assert not cluster.changes()


def test_an_unknown_word_is_never_a_prefix_or_a_letter(cluster):
    """\\rest is not \\r (reconnect) with an argument, \\lead is not \\leader."""
    for line in ("\\rest", "\\lead", "\\mv inactivate-", "\\us sales"):
        assert cluster.belay(line).rc == 2, line


@pytest.mark.parametrize("line", ["\\leader --nope", "\\leader --pod --host", "\\mv --only", "\\mv --only '('",
                                  "\\mv inactivate", "\\mv inactivate-all extra",
                                  "\\leader 'open", "\\mv inactivate sales.nope",
                                  "\\mv inactivate sales", "\\journal show ../../etc/passwd"])
def test_wrong_arguments(cluster, line):
    done = cluster.belay(line, approve="reversible")
    assert done.rc == 2, done
    assert done.err and not cluster.changes()


def test_what_a_view_stands_on_is_drawn_as_a_tree(cluster):
    done = cluster.belay("\\mv show sales.margin")
    assert ("""stands on
              ├─ ops.库存_mv (view, active)
              │  └─ ops.stock
              └─ sales.orders_by_day (view, active)
                 └─ sales.orders
""") in done.out, done


# --- hostile names ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile():
    with Practice("hostile") as one:
        yield one


def harmless(shown):
    """Nothing in these bytes does anything to a terminal, but belay's own "draw this line anew"."""
    text = shown.replace(b"\r\n", b"\n").replace(b"\r\033[K", b"").decode()
    return not [c for c in text if (c < " " and c != "\n") or c == "\x7f" or c == "\u202e"]


def test_hostile_names_on_a_terminal(hostile):
    plain = ["--color=never"]
    for line in ("\\mv", f"{DOWN} --dry-run", "\\mv show 'nasty.esc\033[31mred\033]0;title\007'",
                 "\\mv inactivate 'nasty.esc\033[31mno'", "\\x\033[31m"):
        done = hostile.belay_tty(line, args=plain)
        assert harmless(done.raw), (line, done.raw)
    shown = hostile.belay_tty("\\mv", args=plain).out
    for escaped in ("new\\nline'", "esc\\e[31mred\\e]0;title\\x07", "right\\u{202E}left", "tab\\tname",
                    "emoji😀", "sp ace"):
        assert escaped in shown, shown


def test_hostile_names_go_down_and_up(hostile):
    for line, verb in ((DOWN, "INACTIVE"), (UP, "ACTIVE")):
        hostile.forget()
        done = hostile.belay_tty(line, approve=hostile.digest(line), args=["--color=never"])
        assert done.rc == 0 and harmless(done.raw), done
        for name in NASTY:
            statement = f"ALTER MATERIALIZED VIEW `nasty`.`{name}` {verb}"
            assert hostile.sent("ALTER%").count(statement) == 1, name
        assert all(s.startswith(("ALTER MATERIALIZED VIEW `", "ADMIN SET FRONTEND CONFIG ("))
                   for s in hostile.changes())
        shown = hostile.belay_tty("\\journal", args=["--color=never"])
        assert shown.rc == 0 and harmless(shown.raw), shown
        assert "nasty.esc\\e[31mred\\e]0;title\\x07" in shown.out
    rows = hostile.sql("SELECT count(*) FROM object o JOIN db d ON d.id = o.db_id"
                       " WHERE d.name = 'nasty'")
    assert rows == [(len(NASTY) + 1,)]  # the table t is there still


def test_hostile_names_in_batch_are_one_row_each(hostile):
    done = hostile.belay("\\mv --only '^nasty'")
    assert done.rc == 0, done
    names = [row["name"] for row in done.rows]
    assert sorted(names) == sorted(n.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n")
                                   for n in NASTY)


@pytest.mark.parametrize("name", ["sales.na`me", "sa`les.margin", "`sales.margin`",
                                  "sales.margin` INACTIVE; DROP TABLE `t"])
def test_a_backtick_is_refused_before_anything_is_sent(cluster, name):
    done = cluster.belay(f"\\mv inactivate '{name}'", approve="reversible")
    assert done.rc == 2, done
    assert not cluster.changes()
    assert not [text for text in cluster.sent("%") if name in text or "DROP" in text]


# --- statements as typed ----------------------------------------------------------------------


def test_several_statements_are_sent_one_at_a_time(cluster):
    done = cluster.belay("SELECT 1; SELECT 2;SELECT 3", args=["-N"])
    assert done.rc == 0 and done.out == "1\n2\n3\n", done
    assert cluster.sent("SELECT _") == ["SELECT 1", "SELECT 2", "SELECT 3"]


def test_each_execute_is_a_unit_of_its_own(cluster):
    done = cluster.belay("SELECT 1", "SELECT nope FROM nowhere.at_all", "SELECT 3", args=["-N"])
    assert done.rc == 1 and done.out == "1\n", done
    assert "ERROR" in done.err and "-e #2" in done.err
    assert not cluster.sent("SELECT 3")
    cluster.forget()
    done = cluster.belay("SELECT 1", "SELECT nope FROM nowhere.at_all", "SELECT 3",
                         args=["-N", "--force"])
    assert done.rc == 1 and done.out == "1\n3\n", done


def test_a_delimiter_does_not_leak_into_the_next_execute(cluster):
    done = cluster.belay("delimiter //\nSELECT 'a;b'// SELECT 2//", "SELECT 3; SELECT 4",
                         args=["-N"])
    assert done.rc == 0 and done.out == "a;b\n2\n3\n4\n", done
    assert cluster.sent("SELECT%") == ["SELECT 'a;b'", "SELECT 2", "SELECT 3", "SELECT 4"]


def test_comments_and_hints_arrive_as_typed(cluster):
    for text in ("SELECT /*+ SET_VAR(query_timeout = 7) */ 1", "SELECT /* not; split */ 1",
                 "SELECT 1 /* last */", "SELECT\n  1 -- ; not an end\n", "SELECT 'it''s; -- #'",
                 "SELECT \"a;b\"", "SELECT 1 /* # -- */"):
        cluster.forget()
        done = cluster.belay(f"{text};SELECT 99", args=["-N"])
        assert done.rc == 0, (text, done)
        sent = cluster.sent("SELECT%")
        assert len(sent) == 2 and sent[1] == "SELECT 99", (text, sent)
        assert sent[0].strip() == text.strip(), (text, sent)


@pytest.mark.parametrize("text", ["SELECT 'open", 'SELECT "open; SELECT 1', "SELECT `open",
                                  "SELECT 2; DROP TABLE sales.orders WHERE 'x"])
def test_an_open_quote_is_refused_before_it_is_sent(cluster, text):
    for run in ({"lines": [text]}, {"lines": [], "stdin": text}):
        cluster.forget()
        done = cluster.belay(*run["lines"], stdin=run.get("stdin", b""))
        assert done.rc == 1 and "not closed" in done.err and "not sent" in done.err, done
        assert cluster.sent("%open%", "DROP%") == []


def test_a_statement_that_another_name_guards_is_not_split(cluster):
    done = cluster.belay("SELECT ';' AS `a;b`, \"c;d\"", args=["-N"])
    assert done.rc == 0 and done.out == ";\tc;d\n", done


# --- exit statuses ----------------------------------------------------------------------------


def test_wrong_use(cluster):
    for args in (["--nope"], ["--format", "nope"], ["-P", "x"], ["--practice=nope"]):
        argv = cluster.argv("SELECT 1", args=args)
        if args[0].startswith("--practice"):
            argv = [argv[0], *args, "-e", "SELECT 1"]
        done = subprocess.run(argv, capture_output=True, env=clean_env(cluster.home), timeout=30,
                              stdin=subprocess.DEVNULL, check=False)
        assert done.returncode == 2, (args, done)
        assert done.stderr and not done.stdout
    assert not cluster.sent("SELECT 1")


def test_no_connection(cluster):
    argv = [a for a in cluster.argv("SELECT 1") if not a.startswith("--port=")]
    done = subprocess.run(argv + ["--port=1"], capture_output=True, env=clean_env(cluster.home),
                          timeout=30, stdin=subprocess.DEVNULL, check=False)
    assert done.returncode == 3, done
    done = cluster.belay("SELECT 1", user="nobody-here")
    assert done.rc == 3 and "Access denied" in done.err, done


def test_a_connection_lost_in_a_statement(cluster):
    cluster.fault("drop-before", "SELECT 7")
    done = cluster.belay("SELECT 7")
    assert done.rc == 3, done
    assert len(cluster.sent("SELECT 7")) <= 1  # never again by itself
    cluster.fault("drop-after", "DROP TABLE%")
    done = cluster.belay("DROP TABLE sales.nothing_of_this_name")
    assert done.rc == 9 and "outcome unknown" in done.err, done
    assert len(cluster.sent("DROP TABLE%")) == 1
    cluster.fault("drop-after", "REFRESH%")
    done = cluster.belay("REFRESH MATERIALIZED VIEW sales.margin")
    assert done.rc == 9 and done.err.endswith("look at information_schema.task_runs\n"), done


@pytest.mark.parametrize("line", ["SELECT 1", "\\leader", "\\mv", f"{DOWN} --dry-run", "\\help"])
def test_a_full_disk_for_the_output(cluster, line):
    with open("/dev/full", "wb") as full:
        done = subprocess.run(cluster.argv(line), stdin=subprocess.DEVNULL, stdout=full,
                              stderr=subprocess.PIPE, env=clean_env(cluster.home), timeout=30,
                              check=False)
    assert done.returncode == 6, done
    assert done.stderr.count(b"No space left") == 1, done


def test_a_closed_output(cluster):
    done = subprocess.run(["/bin/sh", "-c", 'exec "$@" >&-', "sh", *cluster.argv("SELECT 1")],
                          stdin=subprocess.DEVNULL, stderr=subprocess.PIPE,
                          env=clean_env(cluster.home), timeout=30, check=False)
    assert done.returncode == 6, done


def test_a_reader_that_left(cluster):
    """`belay … | head -1`: ends, and does not hang or go on sending."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(cluster.argv("SELECT 1", "SELECT 8"), stdin=subprocess.DEVNULL,
                          stdout=writer, stderr=subprocess.PIPE, env=clean_env(cluster.home),
                          timeout=30, check=False)
    os.close(writer)
    assert done.returncode == 6 and done.stderr == b"", done
    assert not cluster.sent("SELECT 8")
