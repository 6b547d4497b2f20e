"""Consent in batch: digests, tiers, piped text, saved plans, the recorded undo."""
import json
import os

import pytest

from practice import DOWN, UP, Practice

NEWCOMER = ("CREATE MATERIALIZED VIEW web.newcomer REFRESH ASYNC AS"
            " SELECT page, count(*) AS n FROM web.visits GROUP BY page")


@pytest.fixture(scope="module")
def cluster():
    """Nothing is ever approved here, so that one cluster serves all."""
    with Practice() as one:
        yield one


@pytest.fixture(autouse=True)
def nothing_sent(cluster):
    yield
    assert not cluster.sent("ALTER%", "ADMIN SET%")
    assert not cluster.journals()


# --- refused ----------------------------------------------------------------------------------


def test_without_approval(cluster):
    done = cluster.belay(DOWN)
    assert done.rc == 4, done
    assert "disruptive" in done.err and "nothing was sent" in done.err
    assert done.digest == cluster.digest(DOWN)  # what to approve is said


@pytest.mark.parametrize("approve", [
    "reversible",               # 3.3.3 forces refreshes: disruptive
    "sha256:" + "0" * 64, "sha256:", "", "yes", "all", "disruptive", "no return", "Reversible",
    "reversible ", " reversible"])
def test_wrong_approval(cluster, approve):
    done = cluster.belay(DOWN, approve=approve)
    assert done.rc in (2, 4), done
    assert done.rc == 4 or "approve" in done.err


@pytest.mark.parametrize("approve", ["deadbeef", "all", "sha256:beef", "sha256:" + "g" * 64])
def test_what_is_no_approval(cluster, approve):
    """It is said what one looks like, not that nobody can be asked."""
    done = cluster.belay(DOWN, approve=approve)
    assert done.rc == 4 and f'"{approve}" is no approval' in done.err, done
    assert "terminal" not in done.err and f"--approve {done.digest}" in done.err


def test_almost_the_digest(cluster):
    digest = cluster.digest(DOWN)
    for near in (digest.upper(), digest[:-1], digest[:20], digest + "0", digest + " ",
                 digest.removeprefix("sha256:"), digest[:-1] + ("0" if digest[-1] != "0" else "1")):
        done = cluster.belay(DOWN, approve=near)
        assert done.rc in (2, 4), (near, done)


def test_the_digest_of_another_plan(cluster):
    other = cluster.digest(f"{DOWN} --except web.funnel")
    assert other != cluster.digest(DOWN)
    assert cluster.belay(DOWN, approve=other).rc == 4


def test_a_terminal_is_not_asked_in_batch(cluster):
    """-e is a script, whatever terminal it was started from."""
    done = cluster.belay_tty(DOWN)
    assert done.rc == 4 and "Type the cluster's name" not in done.out, done


# --- the digest -------------------------------------------------------------------------------


def test_the_digest_is_of_what_is_done(cluster):
    """The same in another process, through another FE, as another user, at another hour."""
    digest = cluster.digest(DOWN)
    assert {cluster.digest(DOWN, fe=fe) for fe in (0, 1, 2)} == {digest}
    assert cluster.digest(DOWN, user="dba", args=["--password=dba-secret"]) == digest
    assert cluster.digest(DOWN, state=os.path.join(cluster.top, "elsewhere")) == digest
    assert cluster.belay(f"{DOWN} --dry-run", "\\leader", args=["-t"]).digest == digest
    (before,), = cluster.sql("SELECT value FROM meta WHERE key = 'journal_id'")
    cluster.sql("UPDATE meta SET value = value + 100 WHERE key = 'journal_id'")
    assert cluster.digest(DOWN) == digest, before


def test_the_digest_differs_when_what_is_done_differs(cluster):
    seen = {cluster.digest(DOWN)}
    for line in (f"{DOWN} --only '^sales'", f"{DOWN} --except 'web.funnel'",
                 "\\mv inactivate web.funnel", "\\mv inactivate web.funnel sales.daily_top"):
        digest = cluster.digest(line)
        assert digest not in seen, line
        seen.add(digest)


def test_the_digest_differs_for_another_cluster_and_another_world():
    with Practice() as one, Practice() as other:
        assert one.digest(DOWN) != other.digest(DOWN)
        digest = one.digest(DOWN)
        assert one.belay(NEWCOMER).rc == 0
        assert one.digest(DOWN) != digest
        assert one.belay("DROP MATERIALIZED VIEW web.newcomer").rc == 0
        assert one.digest(DOWN) == digest


# --- accepted ---------------------------------------------------------------------------------


def test_reversible_runs_where_nothing_is_forced():
    with Practice("4.1") as cluster:
        done = cluster.belay(DOWN, UP, approve="reversible")
        assert done.rc == 0, done
        assert len(cluster.sent("ALTER%")) == 22


def test_approving_a_plan_approves_its_recorded_undo_on_4_1():
    with Practice("4.1") as cluster:
        digest = cluster.digest(DOWN)
        assert cluster.belay(UP, approve=digest).rc == 0  # nothing is to be done yet
        assert not cluster.changes()
        assert cluster.belay(DOWN, approve=digest).rc == 0
        assert cluster.digest(UP) != digest
        done = cluster.belay(UP, approve=digest)
        assert done.rc == 0 and len(cluster.active()) == 11, done


def test_a_recorded_undo_covers_no_more_than_was_recorded():
    with Practice("4.1") as cluster:
        line = "\\mv inactivate web.funnel"
        digest = cluster.digest(line)
        assert cluster.belay(line, approve=digest).rc == 0
        assert cluster.approved("\\mv inactivate sales.daily_top").rc == 0
        cluster.forget()
        done = cluster.belay(UP, approve=digest)  # would bring up daily_top too
        assert done.rc == 4 and not cluster.changes(), done
        done = cluster.belay("\\mv activate web.funnel", approve=digest)
        assert done.rc == 0 and cluster.sent("ALTER% ACTIVE") == [
            "ALTER MATERIALIZED VIEW `web`.`funnel` ACTIVE"], done


def test_approving_a_plan_does_not_approve_an_undo_that_refreshes():
    with Practice() as cluster:
        digest = cluster.digest(DOWN)
        assert cluster.belay(DOWN, approve=digest).rc == 0
        cluster.forget()
        done = cluster.belay(UP, approve=digest)
        assert done.rc == 4 and not cluster.changes(), done
        assert cluster.belay(UP, approve=cluster.digest(UP)).rc == 0


# --- piped and sourced text -------------------------------------------------------------------


def test_piped_commands_that_change_are_refused(cluster):
    digest = cluster.digest(DOWN)
    for approve in (None, "reversible", digest):
        done = cluster.belay(stdin=f"{DOWN}\n", approve=approve)
        assert done.rc == 2 and "--allow-commands" in done.err, done
    script = os.path.join(cluster.home, "script.sql")
    with open(script, "w", encoding="utf-8") as file:
        file.write(f"SELECT 1;\n{DOWN}\nSELECT 2;\n")
    done = cluster.belay(f"source {script}", approve=digest, args=["-N"])
    assert done.rc == 2 and done.out == "1\n", done
    assert cluster.belay(stdin="\\leader\n").rc == 0  # reading is free


def test_allowing_commands_is_no_approval(cluster):
    done = cluster.belay(stdin=f"{DOWN}\n", args=["--allow-commands"])
    assert done.rc == 4, done


def test_what_a_server_returns_is_never_a_command(cluster):
    text = f"SELECT '{DOWN}'; SELECT \"\\n{DOWN}\\n\";"
    done = cluster.belay(stdin=text.replace("\\", "\\\\"), approve=cluster.digest(DOWN),
                         args=["-N", "-r", "--allow-commands"])
    assert done.rc == 0 and "inactivate-all" in done.out, done


def test_piped_text_runs_with_both():
    with Practice("4.1") as cluster:
        done = cluster.belay(stdin=f"SELECT 1;\n{DOWN}\n", approve=cluster.digest(DOWN),
                             args=["--allow-commands"])
        assert done.rc == 0 and not cluster.active(), done
        script = os.path.join(cluster.home, "up.sql")
        with open(script, "w", encoding="utf-8") as file:
            file.write(f"{UP}\n")
        done = cluster.belay(stdin=f"source --allow-commands {script}\n", approve="reversible")
        assert done.rc == 2, done  # a piped text cannot allow it to itself
        done = cluster.belay(f"source --allow-commands {script}", approve="reversible")
        assert done.rc == 0 and len(cluster.active()) == 11, done


# --- saved plans ------------------------------------------------------------------------------


def test_saved_plans():
    with Practice() as cluster:
        path = os.path.join(cluster.home, "down.plan")
        saved = cluster.belay(f"{DOWN} --save {path}")
        assert saved.rc == 0 and not cluster.changes(), saved
        assert os.stat(path).st_mode & 0o077 == 0
        digest = cluster.digest(DOWN)
        shown = cluster.belay(f"\\plan show {path}")
        assert shown.rc == 0 and digest in shown.out and "`sales`.`margin` INACTIVE" in shown.out
        assert cluster.belay(f"\\plan digest {path}").out.strip() == digest
        assert cluster.belay(f"\\plan diff {path}").rc == 0
        assert cluster.belay(f"\\run {path}").rc == 4
        assert not cluster.changes()

        assert cluster.belay(NEWCOMER).rc == 0
        cluster.forget()
        diff = cluster.belay(f"\\plan diff {path}")
        assert diff.rc == 7 and "+ web.newcomer INACTIVE" in diff.out.splitlines(), diff
        for approve in (digest, cluster.digest(DOWN), None):
            run = cluster.belay(f"\\run {path}", approve=approve)
            assert run.rc == 7, run
            assert "+ web.newcomer INACTIVE" in run.out.splitlines(), run
        assert not cluster.changes()
        assert cluster.belay(f"\\plan digest {path}").out.strip() == digest  # of what was saved

        assert cluster.belay("DROP MATERIALIZED VIEW web.newcomer").rc == 0
        run = cluster.belay(f"\\run {path}", approve=digest)
        assert run.rc == 0 and not cluster.active(), run
        assert cluster.belay(f"\\run {path}", approve=digest).rc == 7  # the world is another now


def test_a_saved_plan_that_was_changed_is_not_believed(cluster):
    path = os.path.join(cluster.home, "other.plan")
    assert cluster.belay(f"{DOWN} --save {path}").rc == 0
    with open(path, encoding="utf-8") as file:
        plan = json.load(file)
    plan["args"] = ["--only", "^web"]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(plan, file)
    done = cluster.belay(f"\\plan show {path}")
    assert done.rc == 8 and f"{DOWN} --save FILE makes it anew" in done.err, done
    assert cluster.belay(f"\\run {path}", approve=plan["digest"]).rc in (7, 8)
    for text in ("", "{}", "[1", '{"belay_plan": 1}', '{"belay_plan": 1, "facts": {}}',
                 '{"belay_plan": 1, "facts": {}, "command": "leader"}', "\0\0"):
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        for line in ("\\plan show", "\\plan digest", "\\plan diff", "\\run"):
            done = cluster.belay(f"{line} {path}", approve="reversible")
            assert done.rc in (2, 8, 9) and done.err, (text, done)
    assert cluster.belay(f"\\run {cluster.home}/nope.plan").rc == 2
    assert cluster.belay(f"{DOWN} --save {cluster.home}/no/such/dir/p").rc == 6
