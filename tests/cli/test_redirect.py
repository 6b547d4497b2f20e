"""Where results go: \\g > FILE, \\g | COMMAND, \\o, \\once, tee; and what happens when they cannot."""
import os
import shlex
import subprocess

import pytest

from practice import clean_env


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "out")


def content(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def run(cluster, text, **kwargs):
    return cluster.belay(text, kube=False, **kwargs)


def piped(cluster, text, *args):
    return cluster.belay(stdin=text, kube=False, args=args)


# --- one result ----------------------------------------------------------------------------------

def test_one_result_goes_to_a_file_and_the_next_does_not(cluster, path):
    done = run(cluster, f"select 1 as a \\g > {path}\nselect 2 as b;")
    assert (done.rc, done.out, content(path)) == (0, "b\n2\n", "a\n1\n"), done


def test_a_file_is_emptied_first_or_appended_to(cluster, path):
    run(cluster, f"select 1 \\g > {path}")
    assert run(cluster, f"select 2 \\g > {path}\nselect 3 \\g>>{path}").rc == 0
    assert content(path) == "2\n2\n3\n3\n"


def test_options_are_for_this_result_only(cluster, path):
    done = run(cluster, f"select null as a \\g (format=json, null='x') > {path}\n"
                        "select null as b \\g (null='\\N', names=off)\nselect 2 as c;")
    assert (done.rc, done.out) == (0, "\\N\nc\n2\n"), done
    assert content(path) == '[\n{"a":null}\n]\n'


def test_vertical_to_a_file(cluster, path):
    run(cluster, f"select 1 as a \\G > {path}")
    assert "a: 1" in content(path)


@pytest.mark.parametrize("options, says", [
    ("(format=nosuch)", 'there is no format "nosuch"'), ("(color=red)", "no option"),
    ("(names=maybe)", "on or off"), ("(null='x)", "quote"), ("(format=json > f", "end with )"),
    (">", "name of a file"), ("|", "command")])
def test_what_makes_no_sense_sends_nothing(cluster, options, says):
    cluster.forget()
    done = run(cluster, f"select 4711 \\g {options}")
    assert done.rc == 2 and says in done.err, done
    assert not cluster.sent("%4711%")


def test_the_formats_there_are_are_named(cluster):
    names = "table, vertical, tab, json, auto, unicode, csv, jsonl, markdown, html, xml"
    for line in ("select 1 \\g (format=nosuch)", "\\set format nosuch", "\\set format"):
        assert run(cluster, line).err.endswith(f"\n  {names}\n"), line


def test_a_program_reads_the_result(cluster):
    done = run(cluster, "select 1 as a, 2 as b \\g | tr 1 X | tail -n 1\nselect 3 as c;")
    assert (done.rc, done.out) == (0, "X\t2\nc\n3\n"), done


def test_a_program_that_fails_is_told_and_is_no_error(cluster):
    done = run(cluster, "select 1 \\g | cat > /dev/null; exit 3")
    assert (done.rc, done.out) == (0, ""), done
    assert "ended with status 3" in done.err


def test_a_program_that_reads_only_the_beginning(cluster):
    done = run(cluster, "select * from information_schema.tables \\g | head -n 1")
    assert done.rc == 0 and done.out.startswith("TABLE_CATALOG") and done.err == "", done


def test_a_program_does_not_see_the_password(cluster):
    done = run(cluster, "select 1 \\g | cat > /dev/null; echo \"[$MYSQL_PWD]\"",
               env={"MYSQL_PWD": "geheim"}, args=["--password="])
    assert "[]\n" in done.out and "geheim" not in done.out + done.err, done


def test_a_command_goes_to_a_file_too(cluster, path):
    done = run(cluster, f"\\nodes \\g (format=json) > {path}")
    assert (done.rc, done.out) == (0, ""), done
    assert content(path).startswith("[")


def test_once_is_for_the_next_result(cluster, path):
    done = run(cluster, f"\\once (format=json) {path}\nselect 1 as a;\nselect 2 as b;")
    assert (done.rc, done.out) == (0, "b\n2\n"), done
    assert content(path) == '[\n{"a":1}\n]\n'


def test_output_lasts_until_it_is_ended(cluster, path):
    done = run(cluster, f"\\o {path}\nselect 1;\n\\nodes\nselect 2;\n\\o\nselect 3;")
    assert (done.rc, done.out) == (0, "3\n3\n"), done
    text = content(path)
    assert text.startswith("1\n1\n") and text.endswith("2\n2\n") and "kind\thost" in text


def test_output_through_one_program(cluster):
    done = run(cluster, "\\o | sort -r\nselect 1;\nselect 2;\n\\o\nselect 3;")
    assert (done.rc, done.out) == (0, "2\n2\n1\n1\n3\n3\n"), done


def test_a_command_without_a_result_has_none_to_send(cluster, path):
    done = run(cluster, f"\\rehash \\g > {path}")
    assert done.rc == 2 and not os.path.exists(path), done


# --- when it cannot be written -------------------------------------------------------------------

def test_a_full_disk_is_an_error(cluster):
    done = run(cluster, "select 1 \\g > /dev/full\nselect 2;")
    assert (done.rc, done.out) == (6, "") and "No space left" in done.err, done


def test_a_full_disk_behind_a_lasting_output(cluster):
    assert run(cluster, "\\o /dev/full\nselect 1;\nselect 2;").rc == 6


def test_a_place_that_cannot_be_opened_sends_nothing(cluster):
    cluster.forget()
    done = run(cluster, "select 4711 \\g > /nonexistent/x")
    assert done.rc == 6 and not cluster.sent("%4711%"), done


def test_standard_output_that_is_full_or_closed(cluster):
    line = " ".join(shlex.quote(a) for a in cluster.argv("select 1", kube=False))
    for redirection in ("> /dev/full", ">&-"):
        done = subprocess.run(["/bin/sh", "-c", f"{line} {redirection}"], capture_output=True,
                              env=clean_env(cluster.home), timeout=60, check=False)
        assert done.returncode == 6 and b"standard output" in done.stderr, done


# --- piped text ----------------------------------------------------------------------------------

@pytest.mark.parametrize("text, allows", [
    ("select 4711 \\g > {}", "--allow-commands"), ("\\o {}", "--allow-commands"),
    ("\\once >> {}", "--allow-commands"), ("\\T {}", "--allow-commands"),
    ("select 4711 \\g | cat > {}", "--allow-shell"), ("\\o | cat > {}", "--allow-shell")])
def test_piped_text_may_do_neither_unless_allowed(cluster, path, text, allows):
    cluster.forget()
    done = piped(cluster, text.format(path) + "\n")
    assert done.rc == 2 and allows in done.err, done
    assert not os.path.exists(path) and not cluster.sent("%4711%")
    assert piped(cluster, text.format(path) + "\nselect 1;\n", allows).rc == 0
    assert os.path.exists(path)


# --- tee -----------------------------------------------------------------------------------------

def test_tee_gets_what_is_shown_and_is_private(cluster, path):
    done = run(cluster, f"\\T {path}\nselect 1 as a;\n\\t\nselect 2 as b;")
    assert (done.rc, done.out) == (0, "a\n1\nb\n2\n"), done
    assert content(path) == "a\n1\n"
    assert os.stat(path).st_mode & 0o777 == 0o600
    assert run(cluster, f"tee {path};\nselect 3;").rc == 0
    assert content(path) == "a\n1\n3\n3\n"


def test_tee_gets_what_goes_elsewhere(cluster, path):
    run(cluster, f"\\T {path}\nselect 1 as a \\g > /dev/null\nselect 2 as b \\g | cat >/dev/null")
    assert content(path) == "a\n1\nb\n2\n"


def test_a_tee_that_fails_is_said_once_and_closed(cluster):
    done = run(cluster, "\\T /dev/full\nselect 1;\nselect 2;\nselect 3;")
    assert done.out == "1\n1\n2\n2\n3\n3\n" and done.rc == 6, done
    assert done.err.count("No space left") == 1


def test_a_tee_that_cannot_be_opened(cluster):
    assert run(cluster, "\\T /nonexistent/x\nselect 1;").rc == 6


def test_tee_by_option(cluster, path):
    done = cluster.belay("select 1 as a", kube=False, args=["--tee", path])
    assert (done.rc, done.out, content(path)) == (0, "a\n1\n", "a\n1\n"), done
    assert "Logging to file" in done.err
    assert cluster.belay("select 2", kube=False, args=["--tee", path, "--no-tee"]).err == ""
    assert cluster.belay("select 2", kube=False, args=["--tee", "/nonexistent/x"]).rc == 6


@pytest.mark.parametrize("text", ["select 1 \\g > {}", "\\o {}", "\\once {}", "\\T {}", "\\P cat > {}",
                                  "select 1 \\g | cat > {}", "\\backup {}", "source {}"])
def test_nothing_is_written_in_the_sandbox(cluster, path, text):
    done = cluster.belay(text.format(path), kube=False, args=["--sandbox"])
    assert not os.path.exists(path)
    if "\\P" not in text:  # in batch there is no pager anyway
        assert done.rc == 2 and "sandbox" in done.err, done
