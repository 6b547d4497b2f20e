"""Views that cannot come up: why in one line, what to do, and what they were."""
import os
import signal
import stat

import pytest

from practice import DOWN, UP, Practice, wait_for

WRAP = ("1064|HY000|Getting analyzing error. Detail message: Can not active materialized view [x]"
        " because analyze materialized view define sql: \n\nCREATE MATERIALIZED VIEW `x`\n%s;\n\n"
        "Cause an error: %s")


def create(cluster, names, comment=""):
    """Views on a table of their own, which can be dropped under them."""
    cluster.sql("INSERT INTO object (id, db_id, name, kind, create_ms) SELECT 990000, id, 'doomed',"
                " 'TABLE', 0 FROM db WHERE name = 'ops'")
    cluster.sql("INSERT INTO col VALUES (990000, 1, 'item', 'INT')")
    text = "; ".join(f"CREATE MATERIALIZED VIEW ops.{name} COMMENT \"{comment}\" REFRESH MANUAL AS"
                     " SELECT item FROM ops.doomed" for name in names)
    done = cluster.belay(text)
    assert done.rc == 0, done


@pytest.fixture
def down():
    with Practice() as cluster:
        yield cluster


def take_down(cluster, *names, **kwargs):
    create(cluster, names, **kwargs)
    assert cluster.approved(DOWN).rc == 0
    cluster.forget()


def the_file(done):
    path = done.err.split("to create them again: ")[1].split("\n")[0]
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    with open(path, encoding="utf-8") as file:
        return path, file.read()


# --- twenty of them ----------------------------------------------------------------------------


def test_twenty_views_that_fail_stop_no_other(down):
    names = [f"lost_{i:02}" for i in range(20)]
    take_down(down, *names)
    down.sql("DELETE FROM object WHERE id = 990000")
    done = down.approved(UP)
    assert done.rc == 1, done
    assert set(down.views()) - down.active() == {f"ops.{n}" for n in names} | {
        "sales.legacy_totals"}
    assert down.config() == ["false"] * 3  # the FE's own activation waits for the last view
    # Each cause once in its line, and once at the end; never the definition.
    assert done.err.count("Unknown table 'ops.doomed'") == 20 + 12 + 1, done
    assert "CREATE MATERIALIZED VIEW" not in done.err and "analyze materialized" not in done.err
    assert "Not up: 20 views\n" in done.err and "  … 8 more\n" in done.err
    assert ("  ops.lost_00: Unknown table 'ops.doomed'; its base is gone: bring that back, or create"
            " the view again on another one\n") in done.err
    path, text = the_file(done)
    assert path == os.path.join(os.path.dirname(down.journals()[-1]), f"not-up-{down.run_id()}.sql")
    assert text.count("CREATE MATERIALIZED VIEW `lost_") == text.count("USE `ops`;\n") == 20
    assert "-- ops.lost_07\n-- Unknown table 'ops.doomed'\n-- its base is gone" in text


def test_when_the_cause_is_gone_resume_brings_them_up(down):
    take_down(down, "lost")
    down.sql("UPDATE object SET name = 'hidden', id = 990001 WHERE id = 990000")
    digest = down.digest(UP)
    assert down.belay(UP, approve=digest).rc == 1
    down.sql("UPDATE object SET name = 'doomed', id = 990000 WHERE id = 990001")
    done = down.belay("\\resume", approve=digest)
    assert done.rc == 0 and "Not up" not in done.err, done
    assert down.config() == ["true"] * 3


def test_what_stands_on_them_is_not_tried(down):
    take_down(down, "lost")
    done = down.belay("CREATE MATERIALIZED VIEW ops.upper REFRESH MANUAL AS SELECT item FROM"
                      " ops.lost")
    assert down.approved(UP).rc == 0 and done.rc == 0, done
    assert down.approved(DOWN).rc == 0
    down.sql("DELETE FROM object WHERE id = 990000")
    done = down.approved(UP)
    assert done.rc == 1 and "Not up: 2 views" in done.err, done
    assert "  ops.upper: not tried: a base of it did not come up\n" in done.err
    assert not [t for t in down.sent("ALTER%`upper` ACTIVE")]
    assert "VIEW `upper`" in the_file(done)[1]


def test_what_a_person_left_is_not_said_to_be_down(down):
    """Its ACTIVE may have got through: \\resume asks, and nothing is to be created again."""
    assert down.approved(DOWN).rc == 0
    digest = down.digest(UP)
    down.fault("hang", "ALTER%margin% ACTIVE")
    belay = down.start(UP, approve=digest)
    wait_for(lambda: down.sent("ALTER%margin% ACTIVE"))

    def left():
        if belay.poll() is None:
            belay.send_signal(signal.SIGINT)
        return belay.poll() is not None
    wait_for(left, 60)
    said = belay.stderr.read().decode()
    assert belay.returncode == 5 and "OUTCOME UNKNOWN  sales.margin" in said, said
    assert "Not up" not in said and "create them again" not in said, said
    down.clear_faults()
    assert down.belay("\\resume", approve=digest).rc == 0


# --- what the server says ----------------------------------------------------------------------


def test_a_cause_behind_a_long_definition_is_found(down):
    """The client library keeps 511 bytes of an error; the cause comes after the definition."""
    take_down(down, "lost", comment="x" * 5000)
    down.sql("DELETE FROM object WHERE id = 990000")
    done = down.approved(UP)
    assert done.rc == 1 and "FAILED  ops.lost ACTIVE: Unknown table 'ops.doomed'\n" in done.err, done
    outcome = [r for r in down.records() if r.get("step") == "activate ops.lost"][-1]
    assert outcome["error"] == "ops.lost ACTIVE: Unknown table 'ops.doomed'"


@pytest.mark.parametrize("said, shown, remedy", [
    (WRAP % ("AS SELECT 1", "number of columns changed: 3 != 4"),
     "number of columns changed: 3 != 4", "create the view again"),
    (WRAP % ("COMMENT \"\n\nCause an error: a lie\"", "Getting analyzing error. Detail message:"
             " Materialized view partition column in partition exp must be base table partition"
             " column.."),
     "Materialized view partition column in partition exp must be base table partition column",
     "issue #68479"),
    ("1064|HY000|Getting analyzing error. Detail message: Unknown catalog 'hive'.",
     "Unknown catalog 'hive'", "external catalog"),
    ("1064|HY000|no\n\n way. ", "no way", None)])
def test_causes_and_remedies(down, said, shown, remedy):
    assert down.approved(DOWN).rc == 0
    down.fault("error", "ALTER%`daily_top` ACTIVE", said, -1)
    done = down.approved(UP)
    assert done.rc == 1, done
    assert f"FAILED  sales.daily_top ACTIVE: {shown}\n" in done.err, done
    last = f"  sales.daily_top: {shown}"
    assert f"{last}; {remedy}" in done.err or remedy is None or remedy in done.err.split(last)[1]
    assert "CREATE MATERIALIZED" not in done.err and "a lie" not in done.err


@pytest.mark.parametrize("said", [
    "1064|HY000|Failed to acquire task run lock when altering mv status:daily_top",
    "1064|HY000|Materialized view [daily_top]'s state is not NORMAL. Do not allow to do ALTER ops"])
def test_a_busy_view_is_tried_again(down, said):
    assert down.approved(DOWN).rc == 0
    down.fault("error", "ALTER%`daily_top` ACTIVE", said, 2)
    done = down.approved(UP)
    assert done.rc == 0 and len(down.sent("ALTER%`daily_top` ACTIVE")) == 3, done
    attempts = [r["attempt"] for r in down.records()
                if r["type"] == "intent" and r["step"] == "activate sales.daily_top"]
    assert attempts == [1, 2, 3]


def test_a_timeout_of_the_journal_is_decided_by_the_proof(down):
    """It did happen, says the view, though a little later: nothing is sent again."""
    assert down.approved(DOWN).rc == 0
    down.fault("error", "ALTER%`daily_top` ACTIVE",
               "1064|HY000|Execute timeout, the command may be succeed, you'd better retry")
    down.once_sent("%materialized_views%", "UPDATE mv SET active = 1, reason = '',"
                   " lasting_active = 1, lasting_reason = '' WHERE id ="
                   " (SELECT id FROM object WHERE name = 'daily_top') AND (SELECT count(*) FROM"
                   " statement_log WHERE text LIKE '%materialized_views%' AND id > (SELECT max(id)"
                   " FROM statement_log WHERE text LIKE 'ALTER%`daily_top` ACTIVE')) > 3")
    done = down.approved(UP)
    assert done.rc == 0 and len(down.sent("ALTER%`daily_top` ACTIVE")) == 1, done
