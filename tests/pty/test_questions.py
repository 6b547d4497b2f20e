"""Questions: only the whole right line means yes, and a no leaves no trace in the cluster."""
import contextlib
import re

import pytest

from practice import DOWN, UP
from terminal import CTRL_C, CTRL_D, Practice, at, wait_for

NAME = "kube-starrocks"


@pytest.fixture(scope="module")
def seed():
    with Practice("seed") as practice:
        yield practice


@pytest.fixture(scope="module")
def newer():
    with Practice("4.1") as practice:
        yield practice


@contextlib.contextmanager
def untouched(cluster):
    """Nothing that changes anything is sent, no journal is begun, no view is another afterwards."""
    cluster.forget()
    before = cluster.views(), cluster.config(), cluster.journals()
    yield
    assert cluster.changes() == []
    assert (cluster.views(), cluster.config(), cluster.journals()) == before


def declined(cluster, answer):
    """Asks to take all views down, and answers so."""
    with untouched(cluster), at(cluster) as shell:
        shell.ask(DOWN)
        shell.press(answer)
        out = shell.answer()
        assert "neither yes nor no" not in out, out
        assert "declined: nothing was sent" in out, out
        assert "1 row in set" in shell.run("select 1;")


def unclear(cluster, answer, expected):
    """The same with what is no yes, and no no either: it is told what would be, three times at most."""
    with untouched(cluster), at(cluster) as shell:
        shell.ask(DOWN)
        for _ in range(2):
            shell.press(answer)
            again = " ".join(shell.question().split())
            assert f"That is neither yes nor no: {expected}, Enter alone is no." in again, again
        shell.press(answer)
        out = shell.answer()
        assert "declined: nothing was sent" in out and "a yes is " in out, out
        assert "1 row in set" in shell.run("select 1;")


def consent(page):
    """The answer that the question at the end of the page asks for."""
    return "y" if "[y]es" in page else NAME


# --- reversible: y or yes ------------------------------------------------------------------------

@pytest.mark.parametrize("answer", [
    "n\r", "no\r", "N\r", "\r", "y\t\r", "y\x16\x0d\r", "y\x16\x00\r",
    "y\x16\x1b[C\r", CTRL_D, CTRL_C, "y" + CTRL_C, "\x03\x03"])
def test_a_no(newer, answer):
    declined(newer, answer)


@pytest.mark.parametrize("answer", [
    "Y\r", "YES\r", " y\r", "y \r", "yes \r", "ye\r", "yess\r", "yn\r", "1\r", NAME + "\r", "y;\r", "ｙ\r",
    "\xa0y\r"])
def test_not_a_yes(newer, answer):
    unclear(newer, answer, "y or yes runs it")


def test_who_typed_the_name_is_asked_again(newer):
    before = newer.active()
    with at(newer) as shell:
        shell.ask(DOWN)
        shell.press(NAME + "\r")
        shell.question()
        assert "final proof: yes" in shell.reply("y")
        shell.ask(UP)
        assert "final proof: yes" in shell.reply("yes")
    assert newer.active() == before


def test_question_of_a_reversible_plan(newer):
    with at(newer) as shell:
        page = shell.ask(DOWN)
        assert "Reversible. Run these" in page and "[y]es [e]ach [l]ist all" in page
        shell.reply("")


def test_a_word_without_enter_is_no_answer(newer):
    """^D behind a word hands it over without its Enter: a line that was not finished."""
    declined(newer, "y" + CTRL_D + CTRL_D)


def test_a_megabyte_is_no(newer):
    with untouched(newer), at(newer) as shell:
        shell.ask(DOWN)
        for _ in range(256):
            shell.press("y" * 4096)
        shell.press("\r")
        assert "declined: nothing was sent" in shell.answer()
        # What was too long has not become a statement.
        out = shell.run("select 4711;")
        assert "| 4711 |" in out and "ERROR" not in out, out


def ask_slowly(cluster, shell, ahead_of_enter, after_enter):
    """Types ahead of the question: in the same breath as the command, and while facts are read."""
    cluster.forget()
    cluster.fault("slow", "SHOW FRONTENDS%", arg="700")
    shell.press(DOWN + "\r" + ahead_of_enter)
    wait_for(lambda: cluster.sent("SHOW FRONTENDS%"))
    shell.press(after_enter)
    shell.question()
    cluster.clear_faults()


@pytest.mark.parametrize("ahead, after", [("y\ryes\ry\r", ""), ("", "y\ryes\r"), ("y\r", "y\r")])
def test_a_yes_typed_before_the_question_is_no_answer(newer, ahead, after):
    with untouched(newer), at(newer) as shell:
        ask_slowly(newer, shell, ahead, after)
        assert "declined: nothing was sent" in shell.reply("")
        # Nor has it become a statement.
        out = shell.run("select 1;")
        assert out.startswith("+---"), out
        assert newer.sent("y%") == []


@pytest.mark.parametrize("ahead, after", [("n\rno\r\r", ""), ("", "n\rno\r\r"), ("no", "\x7f\x7f")])
def test_a_no_typed_before_the_question_is_no_answer_either(newer, ahead, after):
    with at(newer) as shell:
        ask_slowly(newer, shell, ahead, after)
        assert "final proof: yes" in shell.reply("y")
        shell.ask(UP)
        assert "final proof: yes" in shell.reply("y")


@pytest.mark.parametrize("answer", ["y", "yes"])
def test_yes(newer, answer):
    """Down with the one, up with the other word: the state is as before."""
    before = newer.views()
    with at(newer) as shell:
        shell.ask(DOWN)
        out = shell.reply(answer)
        assert "final proof: yes" in out, out
        assert newer.active() == set()
        shell.ask(UP)
        out = shell.reply("yes" if answer == "y" else "y")
        assert "final proof: yes" in out, out
    assert {name for name, (up, _) in before.items() if up} == newer.active()


def test_typed_question_goes_to_the_terminal_not_to_standard_input(newer):
    """A script on standard input never answers: it is refused, its y is no answer."""
    with untouched(newer):
        done = newer.belay(stdin=f"{DOWN}\ny\ny\n", args=("--allow-commands",))
        assert done.rc == 4, done


# --- disruptive: the cluster's name --------------------------------------------------------------

@pytest.mark.parametrize("answer", [
    "\r", "no\r", CTRL_D, CTRL_C, NAME + CTRL_C, NAME + CTRL_D + CTRL_D, NAME + "\x16\x0d\r"])
def test_a_no_to_a_disruptive_plan(seed, answer):
    declined(seed, answer)


@pytest.mark.parametrize("answer", [
    "y\r", "yes\r", "Kube-starrocks\r", "KUBE-STARROCKS\r", " " + NAME + "\r", NAME + " \r",
    NAME + ";\r", "kube-starrock\r", NAME + "-fe\r", "kubе-starrocks\r"])
def test_not_the_name(seed, answer):
    unclear(seed, answer, f"a yes is {NAME}")


def test_question_of_a_disruptive_plan_names_the_cost(seed):
    with at(seed) as shell:
        page = shell.ask(DOWN)
        assert "Disruptive. Type the cluster's name to run these" in page
        assert NAME in page
        assert "refreshes 10 of these 11 views in full" in page
        shell.reply("")
        assert "refreshes this view in full" in shell.ask("\\mv inactivate sales.margin")
        shell.reply("")


def test_list_shows_all_and_asks_again(seed):
    with untouched(seed), at(seed) as shell:
        shell.ask(DOWN)
        shell.press("l\r")
        page = shell.question()
        assert re.search(r"Digest\s+sha256:[0-9a-f]{64}", page), page
        assert page.count(" INACTIVE\n") == 11
        # Twenty times at most: then it is a no.
        for _ in range(18):
            shell.press("l\r")
            shell.question()
        shell.press("l\r")
        assert "declined: nothing was sent" in shell.answer()


# --- one by one ----------------------------------------------------------------------------------

def each(shell, answers):
    """Answers the question of each step in turn; returns what was written until the prompt."""
    for answer in answers[:-1]:
        shell.press(answer + "\r")
        shell.question()
    return shell.reply(answers[-1])


def test_each_asks_for_every_step(newer):
    """y runs it, n skips it and what stands on it, Enter stops; \\resume is told."""
    newer.forget()
    with at(newer) as shell:
        shell.ask(DOWN)
        shell.press("e\r")
        first = shell.question()
        assert "enable_mv_automatic_active_check" in first and "[y]es, [n]o: skip it" in first
        out = each(shell, ["y", "y", "n", ""])
        assert "\\resume" in out, out
    assert len(newer.sent("ADMIN SET%")) >= 1
    assert len(newer.sent("ALTER%INACTIVE")) == 1
    with at(newer) as shell:
        shell.ask(UP)
        shell.reply("y")
    assert len(newer.active()) == 11


def test_each_as_an_option(newer):
    newer.forget()
    with at(newer) as shell:
        shell.ask(DOWN + " --each")
        shell.press("y\r")
        step = shell.question()
        assert "[n]o: skip it, Enter: stop here" in step
        shell.reply("")
    assert newer.changes() == []


@pytest.mark.parametrize("answer", ["Y", " y", "y ", "yes!", NAME])
def test_each_step_wants_a_whole_yes(newer, answer):
    newer.forget()
    with at(newer) as shell:
        shell.ask(DOWN)
        shell.press("e\r")
        shell.question()
        shell.press(answer + "\r")
        assert "That is none of these: y runs it, n skips it" in " ".join(shell.question().split())
        shell.reply("")
    assert newer.changes() == []


def test_each_disruptive_step_wants_the_name(seed):
    seed.forget()
    with at(seed) as shell:
        shell.ask(DOWN)
        shell.press("e\r")
        step = shell.question()
        assert "the cluster's name: run it" in step or "[y]es" in step
        # The first step is a setting that goes back for nothing; the second refreshes a view.
        shell.press((NAME if "cluster's name" in step else "y") + "\r")
        step = shell.question()
        assert "the cluster's name: run it" in step, step
        shell.press("y\r")
        assert f"That is none of these: {NAME} runs it" in " ".join(shell.question().split())
        shell.reply("")
    assert seed.sent("ALTER%INACTIVE") == []
    with at(seed) as shell:
        shell.reply(consent(shell.ask(UP)))
    assert seed.config() == ["true"] * 3


def test_hang_up_at_the_question_is_no(newer):
    with untouched(newer), at(newer) as shell:
        shell.ask(DOWN)
        shell.child.close(force=False)
        wait_for(lambda: not shell.child.isalive())


@pytest.mark.parametrize("keys", [CTRL_D, "kube" + CTRL_D + CTRL_D])
def test_what_follows_an_end_of_file_begins_a_line(seed, keys):
    with at(seed) as shell:
        shell.ask(DOWN)
        shell.press(keys)
        assert "\nbelay: " in shell.until("declined")
