"""What a server sends never steers the terminal: only belay's own control sequences reach it."""
import re

import pytest

from terminal import CTRL_C, READING, TAB, Practice, at

# What belay and readline write of their own: colours, erasing, moving on the line, bracketed paste.
OWN = re.compile(r"\x1b\[(\?2004[hl]|[0-9;]*[mKCDAPJ@]|K)|\r|\n|\t|\x08|\x07")
RAW = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HOSTILE = "\x1b]0;title"


@pytest.fixture(scope="module")
def cluster():
    with Practice("hostile") as started:
        yield started


@pytest.fixture(params=[80, 200])
def shell(request, cluster):
    cluster.forget()
    with at(cluster, columns=request.param) as started:
        yield started


def assert_own(seen):
    """Nothing but our own sequences; of these the bell is readline's alone."""
    rest = RAW.search(OWN.sub("", seen))
    assert rest is None, repr(seen[max(0, seen.find(rest.group()) - 200):][:400])
    assert "\x1b[31mred" not in seen and HOSTILE not in seen
    assert "right\u202eleft" not in seen


def test_result_sets(shell):
    shell.run("select 'a' as x, concat('b', 'c') as y;")
    for end in (";", "\\G"):
        out = shell.run(f"select TABLE_NAME from information_schema.materialized_views{end}")
        assert "esc\\e[31mred\\e]0;title\\x07" in out, out
        assert "right\\u{202E}left" in out
    shell.run("use nasty")
    assert "esc\\e[31m" in shell.run("show tables;")
    assert_own(shell.seen)


def test_column_names_and_errors(shell):
    shell.run("select 1 as `\x16\x1b[31mred\x16\x1b]0;title\x16\x07`;")
    out = shell.run("select '\x16\x1b[31mred' from;")
    assert "ERROR" in out
    shell.run("use `a\x16\x1b[31mred`")
    shell.run("\\mv show 'nasty.\x16\x1b[31mred'")
    # What was typed is echoed by readline as ^[ and is no control sequence either.
    assert_own(shell.seen)


@pytest.mark.parametrize("line", [
    "\\mv", "\\mv \\G", "\\mv list", "\\mv ledger", "\\mv show 'nasty.UpperCase'", "\\leader",
    "\\nodes", "\\s", "\\journal", "\\journal list", "\\mv inactivate-all --dry-run",
    "\\mv activate-all --dry-run"])
def test_commands(shell, line):
    out = shell.run(line)
    if line.startswith("\\mv inactivate-all"):
        assert "ALTER MATERIALIZED VIEW" in out
        assert "esc\\e[31mred\\e]0;title\\x07" in out.replace("\n", ""), out
    assert_own(shell.seen)


def test_show_of_each_nasty_view(shell, cluster):
    names = cluster.sql("SELECT o.name FROM object o JOIN db d ON d.id = o.db_id"
                        " WHERE d.name = 'nasty' AND o.kind = 'MV'")
    assert len(names) > 12
    for name, in names:
        # What is typed is shown as it is typed; a command ends with its line.
        if "\u202e" in name or "\n" in name:
            continue
        typed = "".join("\x16" + c if c < " " or c == "\x7f" else c for c in name)
        quoted = typed.replace("\\", "\\\\").replace('"', '\\"')
        out = shell.run(f'\\mv show "nasty.{quoted}"')
        assert "CREATE MATERIALIZED VIEW" in out, (name, out)
    assert_own(shell.seen)


def test_completion(shell):
    for typed in ("\\mv show nasty.", "select * from nasty.", "use nas"):
        shell.press(typed + TAB + TAB + "~~")
        shell.until("~~")
        shell.press(CTRL_C)
        shell.until(READING)
    assert_own(shell.seen)


def test_a_whole_run(shell, cluster):
    shell.ask("\\mv inactivate-all")
    assert "final proof: yes" in shell.reply("kube-starrocks")
    shell.run("\\journal")
    shell.run("\\mv ledger")
    shell.run("\\mv")
    shell.ask("\\mv activate-all")
    assert "final proof: yes" in shell.reply("kube-starrocks")
    assert_own(shell.seen)
    whole = re.compile(r"ALTER MATERIALIZED VIEW `[^`]+`\.`[^`]+` (IN)?ACTIVE", re.S)
    for text in cluster.sent("ALTER%"):
        assert whole.fullmatch(text), text


def test_a_run_that_meets_errors(shell, cluster):
    """The server's error text is hostile too."""
    cluster.fault("error", "ALTER%`UpperCase` INACTIVE",
                  arg="1064|HY000|no\x1b[31mred\x1b]0;title\x07 way\u202e")
    shell.ask("\\mv inactivate nasty.UpperCase")
    out = shell.reply("kube-starrocks")
    assert "no\\e[31mred" in out, out
    shell.run("\\journal")
    shell.run("\\journal list")
    assert_own(shell.seen)
    page = shell.run("\\mv activate-all --dry-run")
    assert "declined" not in page
    cluster.clear_faults()


def test_a_greeting_that_fails(cluster):
    """What the server says of itself is asked for before anything was typed."""
    cluster.fault("error", "SELECT @@version_comment%", arg="1064|HY000|\x1b]0;title\x07")
    with at(cluster) as shell:
        assert "1 row in set" in shell.run("select 1;")
        assert_own(shell.seen)


def test_what_kubectl_says(cluster):
    cluster.fault("stderr", "%", arg="\x1b[31mred\x1b]0;title\x07", program="kubectl", times=-1)
    cluster.fault("refuse", "%", program="kubectl", times=-1)
    try:
        with at(cluster) as shell:
            shell.run("\\nodes")
            shell.run("\\leader")
            assert_own(shell.seen)
    finally:
        cluster.clear_faults()


def test_the_question_of_a_destroying_statement(shell, cluster):
    shell.begin("drop table nasty.`a\x16\x1b[31mred\x16\x1b]0;title\x16\x07`;")
    shell.until("Enter: no: ")
    shell.reply("")
    assert_own(shell.seen)
    assert cluster.sent("drop%") == []
