"""The hour before an upgrade, as a DBA goes through it: one terminal, command after command."""
import os
import re
import shutil
import signal

import pytest

from practice import DOWN, UP
from terminal import CTRL_C, Practice, assert_fits, at, kept, practice, wait_for

NAME = "kube-starrocks"
LEFT = "sales.legacy_totals"
BY_USER = "user use alter materialized view set status to inactive"


def view_of(statement):
    return ".".join(re.findall(r"`([^`]*)`", statement))


def assert_order(cluster, statements, leaves_first):
    """Each view goes before what it reads (down), or after it (up)."""
    place = {view_of(text): i for i, text in enumerate(statements)}
    pairs = cluster.sql(
        "SELECT vd.name || '.' || v.name, bd.name || '.' || b.name FROM dep"
        " JOIN object v ON v.id = dep.mv_id JOIN db vd ON vd.id = v.db_id"
        " JOIN object b ON b.id = dep.base_id JOIN db bd ON bd.id = b.db_id WHERE b.kind = 'MV'")
    assert len(pairs) >= 6
    for view, base in pairs:
        assert (place[view] < place[base]) == leaves_first, (view, base, statements)


def read_backs(cluster, view):
    """After its INACTIVE, was the view's state asked for again?"""
    return cluster.sql(
        "SELECT count(*) FROM statement_log WHERE text LIKE '%materialized_views%' AND id >"
        " (SELECT max(id) FROM statement_log WHERE text LIKE ?)",
        f"ALTER%`{view.partition('.')[2]}` INACTIVE")[0][0]


# --- the hour ------------------------------------------------------------------------------------

def look_around(shell, cluster):
    out = shell.run("\\leader\\G") + shell.run("\\leader --pod")
    assert "kube-starrocks-fe-1" in out and "kube-starrocks-fe-0" not in out
    assert "3.3.3" in out
    out = shell.run("\\mv \\G")
    assert out.count(". row ***") == 12
    assert sorted(set(re.findall(r"level: (\d+)", out))) == ["0", "1", "2"]
    assert out.count("active: false") == 1 and out.count("refresh: MANUAL") == 1
    assert "top-customers" in out and "库存_mv" in out
    out = shell.run("\\restore-plan")
    for text in ("STEP 1 ", NAME, "Must see", "GIVING UP"):
        assert text in out
    assert cluster.changes() == []


def take_down(shell, cluster, columns):
    before = cluster.views()
    page = shell.ask(DOWN)
    assert_fits(page, columns)
    assert re.search(r"Cost +on 3\.3\.3 the way back \(ACTIVE\) refreshes 10 of these 11", page)
    assert LEFT in page.split("Left as found: 1")[1]
    assert "Type the cluster's name" in page and "undo:" in page
    assert cluster.changes() == []
    out = shell.reply(NAME)
    assert_fits(out, columns)
    assert "13 done; final proof: yes." in out
    assert out.count("INACTIVE: inactive by the user") == 11
    sent = cluster.sent("ALTER%INACTIVE")
    assert len(sent) == 11 and LEFT not in map(view_of, sent)
    assert_order(cluster, sent, leaves_first=True)
    after = cluster.views()
    for view in map(view_of, sent):
        assert after[view] == (False, BY_USER)
        assert read_backs(cluster, view) > 0
    assert after[LEFT] == before[LEFT]
    assert cluster.config() == ["false"] * 3


def back_up(shell, cluster, columns):
    old, = cluster.sql("SELECT max(image) FROM fe")[0]
    shell.begin("\\backup")
    out = shell.answer()
    assert "Enter: no" not in out
    assert_fits(out, columns)
    assert "makes no starmgr image before 3.3.9" in out.replace("\n", " ").replace("  ", " ")
    assert cluster.sent("ALTER SYSTEM CREATE IMAGE") != []
    image = int(re.search(r"proved\s.*?image (\d+)", out, re.S).group(1))
    assert image > old
    found = [name for name in os.listdir(cluster.top) if name.startswith("belay-backup-")]
    assert len(found) == 1 and not found[0].endswith(".part")
    return os.path.join(cluster.top, found[0])


def check_backup(shell, folder, columns):
    out = shell.run(f"\\backup verify {folder}")
    assert out.startswith("proved") and re.search(r"\smade\s+20", out), out
    assert_fits(out, columns)
    broken = folder + "-broken"
    shutil.copytree(folder, broken)
    with open(os.path.join(broken, "meta.tar"), "r+b") as file:
        file.seek(os.path.getsize(file.name) // 2)
        byte = file.read(1)
        file.seek(-1, os.SEEK_CUR)
        file.write(bytes([byte[0] ^ 1]))
    out = shell.run(f"\\backup verify {broken}")
    assert "damaged" in out and "proved" not in out, out


def bring_up(shell, cluster, columns):
    page = shell.ask(UP)
    assert_fits(page, columns)
    assert re.search(r"Cost +on 3\.3\.3 ACTIVE refreshes the view in full: 10 of these 11", page)
    assert LEFT in page.split("Left as found: 1")[1]
    out = shell.reply(NAME)
    assert_fits(out, columns)
    assert "final proof: yes." in out
    sent = [text for text in cluster.sent("ALTER% ACTIVE") if not text.endswith("INACTIVE")]
    assert len(sent) == 11 and LEFT not in map(view_of, sent)
    assert_order(cluster, sent, leaves_first=False)
    assert cluster.config() == ["true"] * 3


def read_journal(shell, columns):
    out = shell.run("\\journal")
    assert_fits(out, columns)
    assert "mv activate-all" in out and "a person at the terminal" in out
    assert out.count(" ACTIVE: active") == 11
    assert re.search(r"\n\S+  end +done\n", out)
    out = shell.run("\\journal list")
    for command in ("mv inactivate-all", "backup", "mv activate-all"):
        assert command in out
    assert shell.run("\\journal verify").count("  whole, ") == 3


@pytest.mark.parametrize("rows, columns", [(40, 80), (50, 200)])
def test_the_guided_hour(tmp_path, rows, columns):
    top = str(tmp_path)
    with practice(top, rows=rows, columns=columns) as shell:
        cluster = kept(top)
        before = cluster.views()
        look_around(shell, cluster)
        take_down(shell, cluster, columns)
        folder = back_up(shell, cluster, columns)
        check_backup(shell, folder, columns)
        bring_up(shell, cluster, columns)
        read_journal(shell, columns)
        assert cluster.views() == before
        assert shell.leave() == 0


# --- the same from a script ----------------------------------------------------------------------

def test_the_hour_as_a_script():
    with Practice("seed") as cluster:
        before = cluster.views()
        assert cluster.belay("\\leader --pod").out == "kube-starrocks-fe-1\n"
        rows = cluster.belay("\\mv").rows
        assert len(rows) == 12 and {row["level"] for row in rows} == {"0", "1", "2"}
        plan = cluster.belay("\\restore-plan")
        assert plan.rc == 0 and "STEP 1 " in plan.out, plan
        assert cluster.belay(DOWN).rc == 4
        assert cluster.changes() == []
        done = cluster.approved(DOWN)
        assert done.rc == 0 and "final proof: yes" in done.err, done
        folder = os.path.join(cluster.home, "copy")
        done = cluster.belay(f"\\backup {folder}")
        assert done.rc == 0 and "proved" in done.out + done.err, done
        where = re.search(r"proved\s+(\S+)", done.out + done.err).group(1)
        done = cluster.belay(f"\\backup verify {where}")
        assert done.rc == 0 and done.out.startswith("proved"), done
        done = cluster.approved(UP)
        assert done.rc == 0 and "final proof: yes" in done.err, done
        assert cluster.views() == before
        assert cluster.config() == ["true"] * 3


# --- and when it is cut short --------------------------------------------------------------------

def end_state(cluster):
    return cluster.views(), cluster.config()


@pytest.fixture(scope="module")
def undisturbed():
    with Practice("seed") as cluster:
        assert cluster.approved(DOWN).rc == 0
        return end_state(cluster)


@pytest.mark.parametrize("view", ["daily_top", "margin", "sessions"])
def test_kill_9_and_resume(tmp_path, undisturbed, view):
    top = str(tmp_path)
    cluster = kept(top)
    with practice(top) as shell:
        cluster.fault("slow", f"ALTER%`{view}` INACTIVE", arg="20000")
        shell.ask(DOWN)
        shell.press(NAME + "\r")
        wait_for(lambda: cluster.sent(f"ALTER%`{view}` INACTIVE"))
        shell.child.kill(signal.SIGKILL)
        assert shell.ended() == 128 + signal.SIGKILL
    before = cluster.sent("ALTER%INACTIVE")
    assert 0 < len(before) < 12
    with practice(top) as shell:
        # The new session tells that something is open, before anything is asked.
        assert "is open" in shell.seen and "\\resume" in shell.seen
        out = shell.run("\\journal")
        assert "OPEN" in out, out
        page = shell.ask("\\resume")
        assert "Type the cluster's name" in page
        out = shell.reply(NAME)
        assert "final proof: yes" in out, out
        assert end_state(cluster) == undisturbed
        sent = cluster.sent("ALTER%INACTIVE")
        # Only the statement that was in flight may be there twice: its proof said no.
        twice = {text for text in sent if sent.count(text) > 1}
        assert set(map(view_of, sent)) == {name for name in undisturbed[0] if name != LEFT}
        assert twice <= {before[-1]} and len(sent) <= 12
        assert "no run of this cluster is open" in shell.run("\\resume")
        shell.ask(UP)
        assert "final proof: yes" in shell.reply(NAME)
        assert shell.leave() == 0


def test_what_the_facts_wait_for_is_said():
    """A leader of 3.5 that has just started may show views as inactive that are not."""
    with Practice("3.5.16", speed=1) as cluster:
        cluster.sql("UPDATE mv SET active = 0, lasting_active = 0 WHERE id ="
                    " (SELECT id FROM object WHERE name = 'margin')")
        cluster.sql("UPDATE fe SET start_ms = heartbeat_ms - 120000 WHERE role = 'LEADER'")
        with at(cluster) as shell:
            shell.prompt()
            shell.begin(f"{DOWN} --dry-run")
            shell.until("loads its views: 1 seem inactive")
            cluster.sql("UPDATE mv SET active = 1, lasting_active = 1 WHERE id ="
                        " (SELECT id FROM object WHERE name = 'margin')")
            page = shell.answer()
            assert "12 steps" in page, page  # eleven views and the checker
            cluster.sql("UPDATE mv SET active = 0, lasting_active = 0 WHERE id ="
                        " (SELECT id FROM object WHERE name = 'margin')")
            shell.begin(f"{DOWN} --dry-run")
            shell.until("loads its views: 1 seem inactive")
            shell.press(CTRL_C)
            assert "stopped while the leader loads" in shell.answer()
