"""Large results and who does not want the rest of them: on a real MariaDB server."""
import pytest

import mariadb
from mariadb import MariaDb

pytestmark = mariadb.needed
ROWS = "select seq from seq_1_to_50000000"


@pytest.fixture(scope="module")
def server():
    with MariaDb() as started:
        started.belay("-e", "create database d")
        yield started


def run(server, *args, **kwargs):
    server.forget()
    return server.belay("d", *args, **kwargs)


def test_a_program_that_read_enough_stops_the_statement(server):
    done = run(server, "-e", f"{ROWS} \\g | head -n 2\nselect 'after' as a;")
    assert (done.rc, done.out, done.err) == (0, "seq\n1\na\nafter\n", ""), done
    assert server.sent(r"^KILL QUERY \d+")


def test_what_is_nearly_over_is_not_stopped(server):
    done = run(server, "-e", "select seq from seq_1_to_15000 \\g | head -n 2")
    assert (done.rc, done.out) == (0, "seq\n1\n"), done
    assert not server.sent("^KILL")


def test_a_statement_that_changes_is_never_stopped_for_this(server):
    run(server, "-e", "create table if not exists t (a int, b char(200) default repeat('x', 200));"
                      "truncate t")
    done = run(server, "-e", "insert into t (a) select seq from seq_1_to_60000 returning a, b"
                             " \\g | head -n 1\nselect count(*) from t")
    assert (done.rc, done.out) == (0, "a\tb\ncount(*)\n60000\n"), done
    assert not server.sent("^KILL")


def test_a_full_disk_in_the_middle(server):
    done = run(server, "-e", "select repeat('x', 1000) from seq_1_to_2000 \\g > /dev/full\nselect 1;")
    assert (done.rc, done.out) == (6, "") and done.err.count("No space left") == 1, done


def test_all_of_it_arrives(server, tmp_path):
    done = run(server, "-N", "-e", f"select seq from seq_1_to_300000 \\g > {tmp_path}/a\n"
                                   f"select seq from seq_1_to_300000 \\g | cat > {tmp_path}/b")
    assert done.rc == 0, done
    wanted = "".join(f"{n}\n" for n in range(1, 300001))
    assert (tmp_path / "a").read_text() == wanted
    assert (tmp_path / "b").read_text() == wanted
