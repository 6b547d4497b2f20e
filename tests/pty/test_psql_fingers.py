"""Who comes from psql: its commands do nothing else by accident, and are told their names here."""
import pytest

from terminal import ready


@pytest.fixture
def shell(cluster):
    with ready(cluster) as shell:
        yield shell


@pytest.mark.parametrize("typed,here", [
    ("\\l", "\\databases"), ("\\l+", "\\databases"), ("\\dt", "\\tables"), ("\\dt+", "\\tables"), ("\\dm", "\\mv"),
    ("\\du", "SHOW USERS"), ("\\i a.sql", "\\. FILE"), ("\\conninfo", "\\s"), ("\\pset format csv", "\\set format"),
])
def test_a_command_of_psql_says_what_it_is_here(shell, typed, here):
    text = shell.run(typed)
    assert f"there is no command {typed.split()[0].rstrip('+')}; nothing was run" in text, text
    assert f"is here: {here}" in text, text
    assert "1 row in set" in shell.run("select 4711;")  # nothing of it is pending


def test_an_unknown_letter_is_no_statement(shell, cluster):
    assert "there is no command \\y" in shell.run("\\y")
    assert not cluster.sent("%\\y%")


def test_letters_that_mean_something_else(shell):
    assert "delimiter" in shell.run("\\d") and "\\describe NAME" in shell.seen
    text = shell.run("\\d orders")
    assert "statements end with orders now" in text and "\\describe NAME" in text.replace("\n  ", " "), text
    shell.run("delimiter ;")
    shell.begin("select 1")
    shell.until("-> ")
    assert "statements end with t now" in shell.run("\\dt")
    shell.run("\\c")
    shell.run("delimiter ;")
    assert "\\u NAME" in shell.run("\\c sales")
    shell.run("\\c")
    assert "\\G" in shell.run("\\x") and "psql" not in shell.run("\\x")
    assert "psql's \\gx is \\G" in shell.run("select 1 \\gx")
    shell.run("\\c")
    assert "psql" not in shell.run("\\c")
    assert "psql" not in shell.run("delimiter //")
