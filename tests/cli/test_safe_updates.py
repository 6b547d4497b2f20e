"""--safe-updates is kept by belay itself, because a StarRocks does not; --syslog; \\set echo-hidden."""
import pytest


def run(cluster, text, *args):
    cluster.forget()
    return cluster.belay(text, kube=False, args=args)


@pytest.mark.parametrize("sql", [
    "delete from sales.orders4711", "update sales.orders4711 set a = 1",
    "delete from sales.orders4711 /* where */ -- where 1",
    "update sales.orders4711 set a = (select 1 from t where x = 1 limit 1)",
    "select 1; delete from sales.orders4711"])
def test_what_would_change_every_row_is_refused(cluster, sql):
    done = run(cluster, sql, "-U")
    assert done.rc == 4 and "ERROR 1175 (HY000)" in done.err and "safe update mode" in done.err, done
    assert not cluster.sent("%4711%")
    assert run(cluster, sql).rc != 4 and cluster.sent("%4711%")


@pytest.mark.parametrize("sql", [
    "delete from sales.orders4711 where a = 1", "delete from sales.orders4711 limit 1",
    "update sales.orders4711 set a = 1 where b = 2", "explain delete from sales.orders4711"])
def test_all_else_is_sent(cluster, sql):
    run(cluster, sql, "--safe-updates")
    assert cluster.sent("%4711%")


def test_it_connects_and_limits_what_is_read(cluster):
    done = run(cluster, "select 1 as a", "-U")
    assert (done.rc, done.out) == (0, "a\n1\n"), done
    assert cluster.sent("SET sql_select_limit = 1000") and not cluster.sent("%max_join_size%")
    run(cluster, "select 1", "--i-am-a-dummy", "--select-limit=7")
    assert cluster.sent("SET sql_select_limit = 7")
    run(cluster, "select 1")
    assert not cluster.sent("%sql_select_limit%")


def test_it_goes_on_with_force(cluster):
    done = run(cluster, "delete from t4711; select 1 as a;", "-U", "-f")
    assert done.out == "a\n1\n" and done.rc == 4, done


def test_syslog_changes_nothing_else(cluster):
    assert run(cluster, "select 1 as a", "--syslog").out == "a\n1\n"


def test_statements_of_belay_are_shown_when_wanted(cluster):
    done = run(cluster, "\\leader\n\\set echo-hidden on\n\\leader --host")
    assert done.rc == 0 and "\n-- SHOW FRONTENDS" in "\n" + done.err, done
    assert "-- " not in run(cluster, "\\leader").err
