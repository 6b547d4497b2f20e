"""Tab: what may stand there is offered, what may not is not, and nobody waits for a server."""
import os
import time

import pytest

from terminal import CTRL_C, READING, TAB, Practice, at, wait_for

NAME = "kube-starrocks"


@pytest.fixture(scope="module")
def cluster():
    with Practice("seed") as started:
        yield started


@pytest.fixture
def shell(cluster):
    with at(cluster, columns=200) as started:
        yield started


def offered(shell, typed, tabs=2):
    """What Tab makes of the line and lists below it. The line is dropped."""
    shell.press(typed + TAB * tabs + "~~")
    shown = shell.until("~~")
    shell.press(CTRL_C)
    shell.until(READING)
    return shown


def names_are_there(shell):
    """The names are read in the background: at the first Tab they may not be there yet."""
    wait_for(lambda: "orders_by_day" in offered(shell, "\\mv show sales.orders_by_d", 1))


# --- commands ------------------------------------------------------------------------------------

def test_command_words(shell):
    assert "\\leader" in offered(shell, "\\lea", 1)
    shown = offered(shell, "\\mv ")
    for word in ("inactivate-all", "activate-all", "show", "ledger", "list"):
        assert word in shown, shown
    assert "\\mv inactivate-all" in offered(shell, "\\mv inactivate-", 1)
    shown = offered(shell, "\\journal ")
    assert "verify" in shown and "list" in shown and "inactivate" not in shown


def test_options(shell):
    shown = offered(shell, "\\mv inactivate-all --")
    for word in ("--dry-run", "--each", "--save", "--only", "--except"):
        assert word in shown, shown
    assert "--pod" in offered(shell, "\\leader --p", 1)
    assert "--only" not in offered(shell, "\\leader --")


def test_a_completed_command_runs(shell):
    shell.press("\\lea" + TAB + "--p" + TAB + "\r")
    shell.until("kube-starrocks-fe-1")
    shell.until(READING)


def test_nothing_is_offered_inside_a_string(shell):
    assert "\\leader" not in offered(shell, "select '\\lea")
    assert "inactivate" not in offered(shell, "select '\\mv ")


# --- files ---------------------------------------------------------------------------------------

def test_file_names(shell, cluster):
    for name in ("upgrade-one.sql", "upgrade two.sql"):
        with open(os.path.join(cluster.home, name), "w", encoding="utf-8") as file:
            file.write("select 'from the file' as x;\n")
    os.makedirs(os.path.join(cluster.home, "folder", "inner"), exist_ok=True)
    assert "upgrade-one.sql" in offered(shell, "source upgrade-", 1)
    assert "folder/inner/" in offered(shell, "source folder/i", 1)
    for typed in ("source upgrade-", "source 'upgrade t", 'source "upgrade t'):
        shell.press(typed + TAB + "\r")
        shell.until("from the file")
        shell.until(READING)


# --- names ---------------------------------------------------------------------------------------

def test_views_by_state(shell):
    names_are_there(shell)
    down = offered(shell, "\\mv inactivate ")
    for name in ("sales.orders_by_day", "sales.top-customers", "ops.库存_mv", "web.funnel"):
        assert name in down, down
    assert "legacy_totals" not in down
    up = offered(shell, "\\mv activate ")
    assert "sales.legacy_totals" in up
    assert "orders_by_day" not in up
    shown = offered(shell, "\\mv show ")
    assert "legacy_totals" in shown and "orders_by_day" in shown


def test_a_hyphen_and_chinese_letters(shell):
    names_are_there(shell)
    for typed, whole in (("sales.top-", "sales.top-customers"), ("ops.库", "ops.库存_mv")):
        shell.press(f"\\mv show {typed}{TAB}\r")
        shell.until(f"view          {whole}")
        shell.until(READING)


def test_a_second_view_is_completed_too(shell):
    names_are_there(shell)
    assert "web.funnel" in offered(shell, "\\mv inactivate ops.库存_mv web.fu", 1)


def test_sql_words_and_names(shell, cluster):
    names_are_there(shell)
    assert "MATERIALIZED" in offered(shell, "SHOW MATER", 1).upper()
    assert "sales.refund" in offered(shell, "select count(*) from sales.refu", 1)
    shown = offered(shell, "select * from sales.ord", 3)  # the first Tab goes on to "orders"
    assert "orders_by_month" in shown and "orders_by_day" in shown
    shell.press("use sal\t\r")
    shell.until("Database changed")
    shell.until(READING)
    # A name that is no plain word gets the quotes it needs.
    shell.press("select count(*) from sales.top\t;\r")
    shell.until("1 row in set")
    assert "`top-customers`" in cluster.sent("select count(*)%")[-1]


def test_what_was_taken_down_is_offered_for_the_way_up(cluster):
    with at(cluster, columns=200) as shell:
        names_are_there(shell)
        shell.ask("\\mv inactivate web.funnel")
        assert "final proof: yes" in shell.reply(NAME)
        wait_for(lambda: "web.funnel" in offered(shell, "\\mv activate "))
        assert "web.funnel" not in offered(shell, "\\mv inactivate ")
        shell.ask("\\mv activate web.funnel")
        assert "final proof: yes" in shell.reply(NAME)
        wait_for(lambda: "web.funnel" in offered(shell, "\\mv inactivate "))


# --- a server that hangs -------------------------------------------------------------------------

@pytest.mark.parametrize("statement", ["SHOW MATERIALIZED VIEWS%", "SHOW DATABASES%", "SET ROLE%"])
def test_tab_does_not_wait_for_a_server_that_hangs(statement):
    with Practice("seed") as cluster:
        cluster.fault("hang", statement, times=-1)
        with at(cluster, columns=200) as shell:
            for typed in ("\\mv inactivate ", "select * from sa", "\\mv show s"):
                started = time.monotonic()
                offered(shell, typed)
                assert time.monotonic() - started < 2, typed
            assert "\\leader" in offered(shell, "\\lea", 1)
            assert "1 row in set" in shell.run("select 1;")
            started = time.monotonic()
            assert shell.leave() == 0
            assert time.monotonic() - started < 5


def test_no_auto_rehash_reads_names_when_they_are_wanted(cluster):
    with at(cluster, "--no-auto-rehash", columns=200) as shell:
        shell.run("select 1;")
        names_are_there(shell)
