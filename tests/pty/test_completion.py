"""Tab: what may stand there is offered, what may not is not, and nobody waits for a server."""
import os
import time

import pytest

import mariadb
from terminal import BELAY, CTRL_C, READING, TAB, Practice, Shell, at, plain, wait_for

NAME = "kube-starrocks"


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


# Names come from the server, and Tab waits for it only so long: what must be offered is asked for
# again with wait_for.

def names_are_there(shell):
    """The names are read in the background: at the first Tab they may not be there yet."""
    wait_for(lambda: "orders_by_day" in offered(shell, "\\mv show sales.orders_by_d", 1))


# --- commands ------------------------------------------------------------------------------------

def test_command_words(shell):
    assert "\\leader" in offered(shell, "\\lead", 1)
    shown = offered(shell, "\\mv ")
    for word in ("inactivate-all", "activate-all", "show", "ledger", "list", "pause-all",
                 "resume-all"):
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
    shell.press("\\lead" + TAB + "--p" + TAB + "\r")
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
    assert offered(shell, "\\mv pause ").count("legacy_totals") == 0
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
    wait_for(lambda: "web.funnel" in offered(shell, "\\mv inactivate ops.库存_mv web.fu", 1))


def test_sql_words_and_names(shell, cluster):
    names_are_there(shell)
    assert "MATERIALIZED" in offered(shell, "SHOW MATER", 1).upper()
    wait_for(lambda: "sales.refund" in offered(shell, "select count(*) from sales.refu", 1))
    shown = offered(shell, "select * from sales.ord", 3)  # the first Tab goes on to "orders"
    assert "orders_by_month" in shown and "orders_by_day" in shown
    wait_for(lambda: "use sales" in offered(shell, "use sal", 1))
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
        run = cluster.run_id()
        assert run in offered(shell, "\\journal show " + run[:-2], 1)
        shell.ask("\\mv activate web.funnel")
        assert "final proof: yes" in shell.reply(NAME)
        wait_for(lambda: "web.funnel" in offered(shell, "\\mv inactivate "))


def test_columns_and_aliases(shell, cluster):
    names_are_there(shell)
    cluster.forget()
    wait_for(lambda: "order_id" in offered(shell, "select * from sales.orders o where o.order_i", 1))
    wait_for(lambda: "order_id" in offered(shell, "select * from sales.orders where order_i", 1))
    shell.run("select 1 as one")
    wait_for(lambda: "order_id" in offered(shell, "from sales.orders where order_i", 1))
    shell.run("\\c")
    # One query a list, however often Tab is pressed.
    assert cluster.sent("SHOW COLUMNS%") == ["SHOW COLUMNS FROM `sales`.`orders`"]


def test_keywords_follow_the_letter_case(shell):
    assert "having" in offered(shell, "select 1 havi", 1)
    assert "HAVING" in offered(shell, "SELECT 1 HAVI", 1)
    assert "DATE_TRUNC(" in offered(shell, "SELECT DATE_TRUN", 1)


def test_variables_catalogs_and_roles(shell):
    wait_for(lambda: "query_timeout" in offered(shell, "set query_timeo", 1))
    wait_for(lambda: "'query_timeout'" in offered(shell, "show variables like 'query_timeo", 1))
    wait_for(lambda: "default_catalog" in offered(shell, "set catalog def", 1))
    wait_for(lambda: "db_admin" in offered(shell, "grant select on table sales.orders to role db_", 1))


def test_directories_of_show_proc(shell):
    wait_for(lambda: "'/frontends'" in offered(shell, "show proc '/front", 1))


def test_help_names_commands(shell):
    assert "inactivate-all" in offered(shell, "\\help mv inactivate-a", 1)
    wait_for(lambda: "sales" in offered(shell, "\\u sal", 1))


def test_arguments_of_the_comforts(shell):
    assert "format" in offered(shell, "\\set form", 1)
    assert "off" in offered(shell, "\\timing of", 1)
    wait_for(lambda: "sales.refunds" in offered(shell, "\\describe sales.refunds", 1))
    assert "inactivate" not in offered(shell, "\\P mv ina", 1)
    wait_for(lambda: ":9030" in offered(shell, "\\r sales kube-starrocks-fe-1", 1))
    shell.run("select 17 as kept;")
    shell.run("\\favourite save keys_favourite")
    assert "keys_favourite" in offered(shell, "\\favourite run keys_f", 1)


def test_a_dropped_table_is_offered_no_more(shell):
    shell.run("use sales")
    shell.run("create table keys_made_here (a int);")
    wait_for(lambda: "keys_made_here" in offered(shell, "select * from keys_made_h", 1))
    shell.begin("drop table keys_made_here;")
    shell.until("Enter: no: ")
    shell.reply("y")
    wait_for(lambda: "keys_made_here" not in offered(shell, "select * from keys_m", 1))


def test_rehash_reads_again_what_was_wanted(shell, cluster):
    names_are_there(shell)
    wait_for(lambda: "refund" in offered(shell, "select * from sales.refun", 1))
    cluster.forget()
    shell.run("\\#")
    wait_for(lambda: "SHOW TABLES FROM `sales`" in cluster.sent("SHOW TABLES%"))


# --- many names ----------------------------------------------------------------------------------

def test_a_start_with_a_hundred_thousand_tables_asks_one_question():
    with Practice("seed") as cluster:
        cluster.sql("INSERT INTO object (db_id, name, kind, create_ms)"
                    " WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 99999)"
                    " SELECT (SELECT id FROM db WHERE name = 'sales'), printf('t_%06d', i), 'TABLE', 0"
                    " FROM n")
        with at(cluster, "sales", columns=200) as shell:
            assert len(cluster.sent("%")) <= 1  # the greeting names the release
            wait_for(lambda: "t_042007" in offered(shell, "select * from t_04200"))
            shown = offered(shell, "select * from t_04200")
            for last in range(10):
                assert f"t_04200{last}" in shown, shown
            wait_for(lambda: "and more" in offered(shell, "select * from t_0", 2))
            assert len(cluster.sent("SHOW TABLES%")) == 1


# --- another server ------------------------------------------------------------------------------

@mariadb.needed
def test_names_of_a_mariadb_server(tmp_path):
    with mariadb.MariaDb() as server:
        server.sql("create database shop; create table shop.orders (order_id int, `two words` int)")
        with Shell([BELAY, *server.login, "shop"], str(tmp_path), columns=200) as shell:
            wait_for(lambda: "orders" in offered(shell, "select * from ord", 1))
            wait_for(lambda: "order_id" in offered(shell, "select * from orders o where o.order_i", 1))
            wait_for(lambda: "`two words`" in offered(shell, "select * from orders where `two", 1))
            wait_for(lambda: "shop" in offered(shell, "use sho", 1))
            wait_for(lambda: "max_allowed_packet" in offered(shell, "set max_allowed_p", 1))
            wait_for(lambda: "'root'@'localhost'" in offered(shell, "alter user roo", 2))
            assert "ERROR" not in plain(shell.seen)


@mariadb.needed
def test_the_classic_name_completes_and_gives_no_hints(tmp_path):
    with mariadb.MariaDb() as server:
        server.sql("create database shop; create table shop.orders (order_id int)")
        argv = [os.path.join(server.bin, "mariadb"), *server.login, "shop"]
        with Shell(argv, str(tmp_path), columns=200) as shell:
            wait_for(lambda: "orders" in offered(shell, "select * from ord", 1))
            shell.press("\\u ")
            shell.press(CTRL_C)
            shell.until(READING)
            assert "\x1b[2m" not in shell.seen


# --- a server that hangs -------------------------------------------------------------------------

@pytest.mark.parametrize("statement", ["SHOW MATERIALIZED VIEWS%", "SHOW DATABASES%", "SET ROLE%", "SHOW TABLES%",
                                       "SHOW COLUMNS%"])
def test_tab_does_not_wait_for_a_server_that_hangs(statement):
    with Practice("seed") as cluster:
        cluster.fault("hang", statement, times=-1)
        with at(cluster, columns=200) as shell:
            for typed in ("\\mv inactivate ", "select * from sa", "\\mv show s",
                          "select * from sales.o", "select * from sales.orders where o"):
                started = time.monotonic()
                offered(shell, typed)
                assert time.monotonic() - started < 2, typed
            assert "\\leader" in offered(shell, "\\lead", 1)
            assert "1 row in set" in shell.run("select 1;")
            started = time.monotonic()
            assert shell.leave() == 0
            assert time.monotonic() - started < 5


def test_tab_without_a_server_is_quiet():
    with Practice("seed") as cluster:
        with at(cluster, columns=200) as shell:
            wait_for(lambda: "sales" in offered(shell, "select * from sal", 1))
            cluster.stop_serving()
            started = time.monotonic()
            shown = offered(shell, "select * from sales.ord") + offered(shell, "set q")
            assert time.monotonic() - started < 3
            assert "ERROR" not in shown and "lost" not in shown, shown
            assert "\\leader" in offered(shell, "\\lead", 1)


def test_names_come_from_the_host_that_answers(cluster):
    hosts = f"--host=127.0.0.1:1,127.0.0.1:{cluster.port(0)}"
    with at(cluster, hosts, columns=200) as shell:
        wait_for(lambda: "sales.refunds" in offered(shell, "select * from sales.refunds", 1))
        started = time.monotonic()
        offered(shell, "select * from sales.ord")
        assert time.monotonic() - started < 2


def test_no_auto_rehash_reads_names_when_they_are_wanted(cluster):
    with at(cluster, "--no-auto-rehash", columns=200) as shell:
        shell.run("select 1;")
        names_are_there(shell)
