"""The client half on a real MariaDB server; that the rig itself tells what it says."""
import pytest

import mariadb
from mariadb import MariaDb

pytestmark = mariadb.needed


@pytest.fixture(scope="module")
def server():
    with MariaDb() as started:
        started.sql("create database shop; create table shop.t (a int, b varchar(20));"
                    "insert into shop.t values (1, 'one'), (2, null)")
        yield started


@pytest.mark.parametrize("options", [[], ["-t"], ["-E"], ["-N"], ["-B", "-r"]], ids=" ".join)
def test_the_same_bytes_as_the_classic_client(server, options):
    three = server.same(*options, "shop", "-e", "select * from t")
    assert b"one" in three.ours.raw and three.ours.rc == 0


def test_a_script_on_standard_input(server):
    server.same("-t", "shop", stdin="select 1;\nselect b from t where a = 2;\n")


def test_what_is_sent_is_in_the_log(server):
    server.forget()
    done = server.belay("shop", "-e", "select a\nfrom t; select 2")
    assert done.rc == 0, done
    texts = [entry.text for entry in server.sent()]
    assert texts[-2:] == ["select a\nfrom t", "select 2"]
    assert server.sent("select 2")[0].connection == server.sent("select a")[0].connection


def test_a_server_that_ended_and_began_again_is_the_same(server):
    port = server.port
    server.stop()
    assert server.belay("-e", "select 1").rc == 3
    server.start()
    assert server.port == port
    assert server.belay("-N", "shop", "-e", "select b from t where a = 1").out == "one\n"


def test_tls():
    with MariaDb(tls=True) as server:
        done = server.belay("-N", "--ssl-mode=required", "-e", "show status like 'ssl_version'")
        assert done.rc == 0 and "TLSv1" in done.out, done
        done = server.belay("-N", "--ssl-mode=verify_identity", f"--ssl-ca={server.top}/ca.pem",
                            "-e", "select 1")
        assert (done.rc, done.out) == (0, "1\n"), done


def test_help_asks_the_server_about_what_is_no_command(server):
    done = server.belay("-e", "select 1; help substr")
    assert done.rc == 0 and "SUBSTR" in done.out and "SUBSTRING" in done.out, done
    done = server.belay("-e", "select 1; help contents")
    assert done.rc == 0 and "The server knows several" in done.out, done
    done = server.belay("-e", "select 1; \\help no'such")
    assert done.rc != 0 and 'neither belay nor the server has help about "no\'such"' in done.err, done


def test_a_question_mark_takes_a_topic(server):
    done = server.belay("-e", "? tee")
    assert done.rc == 0 and done.out.startswith("\\tee: "), done


def test_a_command_for_a_cluster_says_that_this_is_none(server):
    """A my.cnf leads to a MySQL as well."""
    done = server.belay("-e", "\\leader")
    assert done.rc == 9 and f"127.0.0.1:{server.port} does not know SHOW FRONTENDS" in done.err, done
    assert "is it a StarRocks FE" in done.err


def test_the_status_does_not_call_it_starrocks(server):
    done = server.belay("-e", "status")
    assert "MariaDB" in done.out and "StarRocks" not in done.out, done
