"""Editing: the editor, recall, vi mode, paste; and the look in windows of every kind."""
import glob
import re
import stat

import pytest

from terminal import CTRL_C, READING, TAB, TAKEN, UP, Shell, at, wait_for

LEFT, CTRL_R, ESC = "\x1b[D", "\x12", "\x1b"


def pasted(text):
    return f"\x1b[200~{text}\x1b[201~"


# --- the editor ----------------------------------------------------------------------------------

@pytest.fixture
def editor(tmp_path):
    """An editor that notes what it got and does what it is told: a function that tells it."""
    script = tmp_path / "editor"
    script.write_text(f"#!/bin/sh\necho \"$1\" > {tmp_path}/path\nstat -c %a \"$1\" > {tmp_path}/mode\n"
                      f"cp \"$1\" {tmp_path}/got\n. {tmp_path}/do\n")
    script.chmod(stat.S_IRWXU)

    def tell(do):
        (tmp_path / "do").write_text(do + "\n")

    tell("true")
    tell.env = {"EDITOR": str(script), "TMPDIR": str(tmp_path)}
    tell.got = lambda: (tmp_path / "got").read_text()
    tell.path = lambda: (tmp_path / "path").read_text().strip()
    tell.mode = lambda: (tmp_path / "mode").read_text().strip()
    tell.left = lambda: glob.glob(str(tmp_path / "belay-*"))
    return tell


def test_the_last_statement_comes_back_to_the_line(cluster, editor):
    cluster.forget()
    with at(cluster, env=editor.env) as shell:
        shell.run("select 1 as one;")
        editor('sed -i s/one/uno/ "$1"')
        out = shell.run("\\e")
        assert "Enter runs it" in out
        shell.until("select 1 as uno;")
        assert editor.got() == "select 1 as one;\n"
        assert editor.path().endswith(".sql") and editor.mode() == "600"
        assert cluster.sent("%uno%") == [] and editor.left() == []
        assert "uno" in shell.run("")
        assert cluster.sent("%uno%") == ["select 1 as uno"]


def test_what_is_typed_so_far_goes_to_the_editor(cluster, editor):
    cluster.forget()
    with at(cluster, env=editor.env) as shell:
        editor('echo "as typed;" >> "$1"')
        shell.run("select 7")
        shell.run("\\e")
        shell.until("as typed;")
        assert editor.got() == "select 7\n"
        assert "typed" in shell.run("")
        assert cluster.sent("select 7%") == ["select 7\nas typed"]
        # Dropped with ^C, it is gone.
        shell.run("select 8 \\e")
        shell.until("as typed;")
        shell.press(CTRL_C)
        shell.until(READING)
        assert "|    9 |" in shell.run("select 9;")
        assert cluster.sent("select 8%") == []


def test_an_entry_of_the_history(cluster, editor, tmp_path):
    with Shell(cluster.argv(), str(tmp_path), env=editor.env) as shell:
        for n in (11, 12, 13):
            shell.run(f"select {n};")
        shown = shell.run("\\history")
        assert re.search(r"^ +2  select 12;$", shown, re.M), shown
        shell.run("\\e 2")
        shell.until("select 12;")
        assert "|   12 |" in shell.run("")
        assert "no entry 99" in shell.run("\\e 99")
        assert "N is a number" in shell.run("\\e foo")
        assert "N is a number" in shell.run("\\history -3")


def test_visual_goes_before_editor_and_may_have_words(cluster, editor):
    env = {**editor.env, "VISUAL": editor.env["EDITOR"] + " ", "EDITOR": "/nonexistent/editor"}
    with at(cluster, env=env) as shell:
        editor('echo "select \'visual\';" > "$1"')
        shell.run("\\e")
        shell.until("select 'visual';")


def test_an_editor_that_fails_changes_nothing(cluster, editor):
    with at(cluster, env=editor.env) as shell:
        editor("exit 3")
        shell.run("select 5")
        assert "ended with status 3" in shell.run("\\e")
        assert "|    5 |" in shell.run(";")
        assert editor.left() == []
    with at(cluster, env={"EDITOR": "no-such-editor"}) as shell:
        assert "there is no editor no-such-editor" in shell.run("\\e")
    with at(cluster, env=editor.env) as shell:
        editor('printf "select 1\\0" > "$1"')
        assert "NUL" in shell.run("\\e")
        editor('rm "$1"')
        assert "left no file" in shell.run("\\e")


def test_the_sandbox_has_no_editor(cluster, editor):
    with at(cluster, "--sandbox", env=editor.env) as shell:
        shell.run("select 1;")
        assert "sandbox" in shell.run("\\e")
    assert editor.left() == []


def test_edit_is_for_the_keyboard(cluster):
    done = cluster.belay("\\e")
    assert done.rc == 2 and "keyboard" in done.err, done


# --- recall --------------------------------------------------------------------------------------

def test_a_statement_of_lines_is_recalled_and_edited_as_one(cluster, tmp_path):
    cluster.forget()
    with Shell(cluster.argv(), str(tmp_path)) as shell:
        shell.run("select 'first'")
        shell.run("as a,")
        shell.run("'last' as b;")
        shell.run("select 2;")
        shell.press(UP + UP)
        shell.until("as b;")
        shell.press(LEFT + "\x7f" + "c")  # before the `;`: b becomes c
        out = shell.run("")
        assert re.search(r"\| a +\| c +\|", out), out
        assert cluster.sent("select 'first'%")[-1] == "select 'first'\nas a,\n'last' as c"


def test_reverse_search_finds_a_statement(cluster, tmp_path):
    with Shell(cluster.argv(), str(tmp_path)) as shell:
        shell.run("select 'needle' as x;")
        shell.run("select 2;")
        shell.press(CTRL_R + "needl")
        shell.until("needl\x1b[27m")
        assert "needle" in shell.run("")
        shell.press(CTRL_R + "nothing like it" + CTRL_C)
        shell.until(READING)
        assert "|    3 |" in shell.run("select 3;")


def test_vi_mode_and_its_mark_in_the_prompt(cluster, tmp_path):
    (tmp_path / "rc").write_text("$if belay\nset editing-mode vi\nset show-mode-in-prompt on\n$endif\n")
    with Shell(cluster.argv(), str(tmp_path), env={"INPUTRC": str(tmp_path / "rc")}) as shell:
        shell.until("(ins)")
        shell.press("select 1x;" + ESC)
        shell.until("cmd")
        shell.press("hx")  # on the x before the `;`
        assert "|    1 |" in shell.run("")
        # The hint knows that the mark takes room: it stays on the line.
        shell.press("\\leader ")
        shell.until("[--host]")
        shell.press(CTRL_C)
        shell.until(READING)


# --- paste ---------------------------------------------------------------------------------------

def test_ten_pasted_lines_with_a_drop_ask_once(cluster):
    cluster.sql("INSERT INTO object (db_id, name, kind, create_ms) SELECT id, 'to_go', 'TABLE', 0"
                " FROM db WHERE name = 'sales'")
    cluster.forget()
    lines = [f"select {n};" for n in range(61, 66)] + ["drop table sales.to_go;"]
    lines += [f"select {n};" for n in range(66, 70)]
    with at(cluster) as shell:
        shell.press(pasted("\n".join(lines) + "\n"))
        shell.until("select 69;")
        assert cluster.sent("select 6_", "drop%") == []
        shell.press("\r")
        shell.until("sales.to_go")
        shell.until("Enter: no: ")
        assert cluster.sent("drop%") == []
        out = shell.reply("y")
        assert "|   69 |" in out and "Enter: no:" not in out
    assert cluster.sent("select 6_", "drop%") == [line.rstrip(";") for line in lines]


def test_ctrl_c_drops_the_rest_of_a_paste(cluster):
    cluster.forget()
    with at(cluster) as shell:
        shell.press(pasted("select sleep(30);\nselect 'behind it';\nselect 'and\n") + "\r")
        shell.until(TAKEN)
        wait_for(lambda: cluster.sent("select sleep%"))
        shell.press(CTRL_C)
        out = shell.answer()
        assert "the rest of what was typed with it is dropped" in out, out
        assert shell.prompt().endswith("[(none)]>")
        shell.begin("drop table sales.orders; select 'behind it';")
        shell.until("Enter: no: ")
        shell.press(CTRL_C)
        assert "is dropped" in shell.answer()
        # Without anything behind it, nothing is said.
        shell.begin("select sleep(30);")
        wait_for(lambda: len(cluster.sent("select sleep%")) == 2)
        shell.press(CTRL_C)
        assert "is dropped" not in shell.answer()
        assert "1 row in set" in shell.run("select 1;")
    assert cluster.sent("select 'behind%", "drop%") == []


def test_a_drop_behind_an_update_on_one_line_asks(cluster):
    cluster.forget()
    with at(cluster) as shell:
        shell.begin("update sales.orders set amount = 1 where order_id = 2; drop table sales.orders;")
        shell.until("DROP TABLE sales.orders")
        shell.until("Enter: no: ")
        assert "nothing was sent" in shell.reply("")
    assert cluster.sent("drop%") == []


def test_a_tab_in_a_paste_is_text(cluster):
    cluster.forget()
    with at(cluster) as shell:
        shell.press(pasted("select\t'a\tb' as x;"))
        shell.until("as x;")
        shell.run("")
    assert cluster.sent("select%as x") == ["select\t'a\tb' as x"]


def test_no_place_for_the_editor_is_named(cluster, tmp_path):
    with at(cluster, env={"TMPDIR": f"{tmp_path}/gone", "EDITOR": "true"}) as shell:
        out = " ".join(shell.run("\\e").split())
        assert f"cannot make a file for the editor in {tmp_path}/gone: No such file" in out, out


def test_a_long_command_in_an_open_statement_is_explained(cluster):
    with at(cluster) as shell:
        shell.run("select 1")
        out = shell.run("\\practice status")
        assert "a statement is open" in out and "\\p" in out, out
        shell.run("\\c")
        assert "a statement is open" not in shell.run("select 'x' as y; \\leader --pod")
        shell.run("select 7 as x")
        out = shell.run("\\gset")
        assert "a statement is open" not in out and "7" in shell.run("\\echo :{x}"), out
        shell.run("select 'x")
        assert "a statement is open" not in shell.run("\\practice'; ")


# --- a strict guard ------------------------------------------------------------------------------

@pytest.mark.parametrize("option", ["--guard=strict", "--environment=production"])
def test_a_strict_guard_wants_the_name_of_the_cluster(cluster, option):
    cluster.forget()
    with at(cluster, option, "--cluster=kube-starrocks") as shell:
        shell.begin("drop table if exists sales.never_there;")
        shell.until("Type kube-starrocks to send it")
        shell.press("y\r")
        shell.until("That is neither yes nor no: the name is yes, Enter alone is no.")
        shell.until("Type kube-starrocks to send it")
        assert "nothing was sent" in shell.reply("")
        assert cluster.sent("drop%") == []
        shell.begin("drop table if exists sales.never_there;")
        shell.until("Type kube-starrocks to send it")
        assert "nothing was sent" not in shell.reply("kube-starrocks")
        assert cluster.sent("drop%") == ["drop table if exists sales.never_there"]


def test_a_strict_guard_refuses_in_batch(cluster):
    cluster.forget()
    for args in (["--guard=strict"], ["--environment=production"]):
        done = cluster.belay("select 1; drop table sales.orders; select 2", args=args)
        assert done.rc == 4 and "guard is strict" in done.err, done
        done = cluster.belay("select 1 as reads", args=args)
        assert done.rc == 0, done
    assert cluster.sent("drop%", "select 2") == []
    done = cluster.belay("drop table if exists sales.never_there",
                         args=["--environment=production", "--guard=normal"])
    assert done.rc == 0, done


# --- the window ----------------------------------------------------------------------------------

def test_a_new_width_draws_the_line_again(cluster):
    with at(cluster, columns=80) as shell:
        shell.press("select 'some text that is longer than half a line' as x")
        shell.until("as x")
        shell.child.setwinsize(40, 40)
        shell.until("select")
        assert shell.child.before.count("\x1b[K") == 2, shell.child.before  # both rows of it
        assert "some text" in shell.run(";")


@pytest.mark.parametrize("columns", [20, 10])
def test_a_narrow_window(cluster, columns):
    cluster.forget()
    with at(cluster, columns=columns) as shell:
        assert "1 row in set" in shell.run("select 123456789, 'abcdefghij' as word;")
        shell.press("\\lead" + TAB)
        shell.until("er")
        shell.press(CTRL_C)
        shell.until(READING)
        assert "1 row in set" in shell.run("select '" + "生" * 30 + "' as wide;")
    assert cluster.sent("select '生%") == ["select '" + "生" * 30 + "' as wide"]


def test_wide_letters_at_the_edge_are_edited(cluster):
    cluster.forget()
    with at(cluster, columns=40) as shell:
        text = "select '生産生産生産生産生産生産' as x;"
        shell.press(text + LEFT * 7 + "\x7f" * 2 + "終")
        shell.run("")
    assert cluster.sent("select '生%") == ["select '生産生産生産生産生産終' as x"]


def test_a_dumb_terminal(cluster):
    with at(cluster, env={"TERM": "dumb"}, no_prompt=True) as shell:
        shell.until("> ")
        shell.press("select 1 + 1 as two;\r")
        shell.until("1 row in set")
        shell.press("\\leader \r")
        shell.until("kube-starrocks")
        shell.press("select\t'pasted' as x;\r")
        shell.until("1 row in set")
        shell.press("\\q\r")
        assert shell.ended() == 0
        assert "\x1b" not in shell.seen, shell.seen


def test_the_way_out_is_told_only_where_nothing_is_pending(cluster):
    with at(cluster, "--no-kube") as shell:
        check_way_out(shell)


def check_way_out(shell):
    shell.prompt()
    shell.begin("select 1")
    shell.until("-> ")
    shell.press(CTRL_C)
    shell.prompt()
    assert "^D leaves" not in shell.seen
    shell.press(CTRL_C)
    shell.until("(\\q or ^D leaves)")


@pytest.mark.parametrize("begun,open_", [("select 1", "a statement"), ("select 'it", "a quote"), ("select /* x", "a comment")])
def test_who_wants_out_of_an_open_statement_is_told_how(cluster, begun, open_):
    with at(cluster, "--no-kube") as shell:
        shell.prompt()
        shell.begin(begun)
        shell.until("> ")
        shell.begin("quit")
        shell.until(f'({open_} is open, and "quit" is part of it; ^C drops it)')
        shell.prompt()
        shell.press(CTRL_C)
        shell.prompt()
        assert "1 row in set" in shell.run("select 4711;")
