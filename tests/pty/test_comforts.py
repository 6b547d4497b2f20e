"""\\watch, \\gexec and \\if at the keyboard."""
import re

import pytest

from terminal import CTRL_C, assert_fits, at, ready

QUESTION = re.compile(r"Enter: no: ")


@pytest.fixture
def shell(cluster):
    cluster.forget()
    with ready(cluster, env={"TERM": "xterm"}) as started:
        yield started


def test_watch_shows_the_time_and_interrupt_ends_it(shell):
    shell.begin("select 4711 as a \\watch 60")
    page = shell.until("1 row in set")
    assert re.search(r"\d\d:\d\d:\d\d  every 60 s\s", page), page
    shell.press(CTRL_C)
    rest = shell.answer(limit=5)
    assert "belay:" not in rest and "ERROR" not in rest, rest
    assert "1 row in set" in shell.run("select 1;")


def test_what_changed_stands_out(shell):
    # The state of a table in the information schema cannot be made to change here; a clock does.
    shell.begin("select 'same' as a, now() as b \\watch 1.1 count=2")
    shell.answer()
    seen = shell.seen
    assert re.search(r"\x1b\[7m\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\x1b\[0m", seen), seen[-600:]
    assert "\x1b[7msame" not in seen and seen.count("\x1b[7m") == 1


def test_no_mark_without_colours(cluster):
    with ready(cluster, env={"NO_COLOR": "1"}) as shell:
        shell.run("select now() as b \\watch 1.1 count=2")
        assert "\x1b[7m" not in shell.seen


def test_gexec_lists_and_asks_once(shell, cluster):
    shell.begin("select 'drop table sales.nosuch4711', 'drop table sales.nosuch4712' \\gexec")
    page = shell.until(QUESTION)
    assert "   1! drop table sales.nosuch4711" in page and "All 2 destroy." in page, page
    assert not cluster.sent("drop table sales.nosuch47%")
    assert "declined" in shell.reply("")
    assert not cluster.sent("drop table sales.nosuch47%")
    shell.begin("\\gexec")
    shell.until(QUESTION)
    rest = shell.reply("y")
    # Asked once, stopped at the first error.
    assert "ERROR" in rest and "Send it?" not in rest, rest
    assert cluster.sent("drop table sales.nosuch4711") and not cluster.sent("%drop table sales.nosuch4712")


def test_escape_sequences_in_the_list_are_shown(shell):
    shell.begin("select concat('select ', unhex('1B'), '[31m 1') \\gexec")
    if "ERROR" not in shell.until(re.compile("ERROR|Enter: no: ")) + shell.child.after:
        assert "\\e[31m" in shell.seen
        shell.reply("")
    else:
        shell.answer()


def test_a_destructive_gset_asks(shell, cluster):
    shell.begin("drop table sales.nosuch4711 \\gset")
    shell.until(QUESTION)
    assert "declined" in shell.reply("")
    assert not cluster.sent("drop table%")


def test_if_at_the_keyboard(shell):
    shell.run("\\if 0")
    out = shell.run("select 1;")
    assert "row in set" not in out and "passed over" in out, out
    shell.run("\\endif")
    assert "1 row in set" in shell.run("select 1;")


def test_variables_are_kept_out_of_the_history_but_their_names(shell):
    shell.run("\\set x 5")
    assert "|    5 |" in shell.run("select :{x} as a;")
    assert "no variable y" in shell.run("select :{y} as a;")


def test_timing(shell):
    assert re.search(r"1 row in set \(0\.\d+ sec\)", shell.run("select 1;"))
    shell.run("\\timing off")
    assert re.search(r"1 row in set\s*$", shell.run("select 1;").strip() + "\n"), shell.seen
    shell.run("\\timing")
    assert re.search(r"1 row in set \(0\.\d+ sec\)", shell.run("select 1;"))


def test_help_has_the_group(shell):
    text = shell.run("\\help")
    assert "SQL: variables, scripts" in text and "\\watch" in text
    assert "until CONDITION" in shell.run("\\help watch")


@pytest.mark.parametrize("columns", [60, 80])
def test_help_of_a_command_fits_the_window(cluster, columns):
    with at(cluster, "--no-kube", columns=columns, rows=60) as shell:
        shell.prompt()
        for name in ("watch", "echo", "gset", "backup", "mv inactivate-all", "if"):
            text = shell.run(f"\\help {name}")
            examples = text[text.find("Options"):] + text[text.find("Examples"):]
            # The lines to be typed are shown as they are typed; what is said of them is folded.
            assert_fits("\n".join(line for line in examples.splitlines()
                                  if not re.match(r"  \S", line) or re.match(r"  --", line)), columns)
        assert "at most ten times; status 1" in " ".join(shell.run("\\help watch").split())


def test_names_of_favourites_are_completed(shell):
    shell.run("select 1 as a;")
    assert "kept as daily_totals" in shell.run("\\favourite save daily_totals")
    shell.press("\\favourite run dai\t\r")
    assert "1 row in set" in shell.answer()
    assert "which was: select 1 as a" in shell.run("\\favourite drop daily_totals")


def test_interrupt_ends_a_branch(shell):
    shell.run("\\if 0")
    shell.press(CTRL_C)
    shell.answer()
    assert "1 row in set" in shell.run("select 1;")


def test_timing_alone_switches_and_says_so(shell):
    assert "Timing is off." in shell.run("\\timing")
    assert "sec)" not in shell.run("select 1;")
    assert "Timing is on." in shell.run("\\timing")
    assert "sec)" in shell.run("select 1;")
