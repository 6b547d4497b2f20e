"""\\favourite: statements kept under a name, in a file that a person may edit."""
import os

import pytest


@pytest.fixture
def path(cluster):
    cluster.forget()
    path = os.path.join(cluster.home, ".config/belay/favourites.yaml")
    if os.path.exists(path):
        os.unlink(path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    os.chmod(os.path.dirname(path), 0o755)  # as mkdir -p makes it
    return path


def put(path, text):
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def get(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def run(cluster, text, *args):
    return cluster.belay(text, kube=False, args=args)


def test_saved_as_typed_and_run_with_parameters(cluster, path):
    done = run(cluster, "\\set n 1\nselect :{'day'} as d, :{n} as n;")
    assert done.rc == 2, "a parameter that is no variable"
    done = run(cluster, "\\set n 1\n\\set day x\nselect :{'day'} as d, :{n} as n;\n"
                        "\\favourite save by_day --about 'a day'")
    assert done.rc == 0, done
    assert get(path) == "by_day:\n  about: a day\n  sql: select :{'day'} as d, :{n} as n\n"
    assert os.stat(path).st_mode & 0o777 == 0o600
    done = run(cluster, "\\favourite run by_day day=\"it's\" n=7 \\G")
    assert done.rc == 0 and "d: it's" in done.out and "n: 7" in done.out, done
    done = run(cluster, "\\favorite")
    assert done.out.splitlines()[1] == "by_day\tday, n\ta day\tselect :{'day'} as d, :{n} as n", done


def test_what_is_missing_sends_nothing(cluster, path):
    put(path, "x: select 4711, :{a}\n")
    done = run(cluster, "\\favourite run x")
    assert done.rc == 2 and "x needs a=VALUE" in done.err and not cluster.sent("%4711%"), done
    assert run(cluster, "\\favourite run x b").rc == 2
    assert run(cluster, "\\set a 5\n\\favourite run x").out.endswith("4711\t5\n")


def test_defaults(cluster, path):
    put(path, "x:\n  sql: select :{a} as a, :{b} as b\n  defaults:\n    a: 1\n    b: 2\n")
    assert run(cluster, "\\favourite run x b=3").out == "a\tb\n1\t3\n"


def test_several_statements_and_terminators(cluster, path):
    put(path, "x: |\n  select 1 as a\\G\n  -- with ; in a comment\n  select ';' as b;\n  select 3 as c\n")
    done = run(cluster, "\\favourite run x")
    assert "a: 1\nb\n;\nc\n3\n" in done.out and done.rc == 0, done


def test_the_result_goes_elsewhere(cluster, path, tmp_path):
    put(path, "x: select 1 as a\n")
    assert run(cluster, f"\\favourite run x \\g (format=json) > {tmp_path}/f").out == ""
    assert get(tmp_path / "f") == '[\n{"a":1}\n]\n'


def test_the_rest_of_the_file_stays(cluster, path):
    put(path, "# mine\na: select 1  # one\n\n# about b\nb: |-\n  select 2\n  -- x\n\n# about c\nc: select 3\n# end\n")
    done = run(cluster, "select 22;\n\\favourite save b\n\\favourite drop c")
    assert done.rc == 0 and "select 3" in done.err, done
    assert get(path) == "# mine\na: select 1  # one\n\n# about b\nb: select 22\n\n# about c\n# end\n"
    assert run(cluster, "select 33;\n\\favourite save d").rc == 0
    assert get(path).endswith("# about c\n# end\nd: select 33\n")


def test_a_statement_of_several_lines_and_odd_letters(cluster, path):
    sql = "select 'a: #b', \"c\"  -- d\n  , '\u5e93\u5b58' as e"
    assert run(cluster, sql + ";\n\\favourite save x").rc == 0
    assert "x: |-\n" in get(path)
    done = run(cluster, "\\favourite run x")
    assert done.rc == 0 and "a: #b\tc\t\u5e93\u5b58" in done.out, done


def test_a_link_stays_a_link(cluster, path, tmp_path):
    put(tmp_path / "real.yaml", "a: select 1\n")
    os.symlink(tmp_path / "real.yaml", path)
    assert run(cluster, "select 2;\n\\favourite save b").rc == 0
    assert os.path.islink(path) and get(tmp_path / "real.yaml") == "a: select 1\nb: select 2\n"


def test_a_form_that_is_not_changed(cluster, path):
    put(path, "{a: select 1, b: select 2}\n")
    assert run(cluster, "\\favourite run b").out == "2\n2\n"
    done = run(cluster, "\\favourite drop a")
    assert done.rc == 1 and "by hand" in done.err, done
    assert get(path) == "{a: select 1, b: select 2}\n"


def test_a_secret_is_not_kept(cluster, path):
    done = run(cluster, "create user x identified by 'geheim';\n\\favourite save x", "-f")
    assert "secret" in done.err and not os.path.exists(path), done


@pytest.mark.parametrize("text, says", [
    ("a: [1", "favourites.yaml:"), ("- a\n", "favourites.yaml:1:1"), ("a:\n  about: x\n", "no statement"),
    ("a: select 1\na: select 2\n", "favourites.yaml:2:1"), ("a:\n  sql: select 1\n  defaults: 3\n", "favourites.yaml:3:13"),
    ("a: \xff\n", "favourites.yaml")])
def test_a_file_that_is_wrong_is_said_with_its_place(cluster, path, text, says):
    with open(path, "wb") as file:
        file.write(text.encode("latin-1"))
    for line in ("\\favourite", "\\favourite run a", "select 1;\n\\favourite save b"):
        done = run(cluster, line)
        assert done.rc == 2, done
        assert says in done.err and "favourites.yaml" in done.err, done
    with open(path, "rb") as file:
        assert file.read() == text.encode("latin-1")


@pytest.mark.parametrize("line", ["\\favourite run nosuch", "\\favourite save a-b", "\\favourite save x",
                                  "\\favourite drop nosuch", "\\favourite nosuch"])
def test_what_makes_no_sense(cluster, path, line):
    assert run(cluster, line).rc == 2


def test_piped_text_may_run_and_not_write(cluster, path):
    put(path, "x: select 1 as a\n")
    done = cluster.belay(stdin="\\favourite run x\n", kube=False)
    assert (done.rc, done.out) == (0, "a\n1\n"), done
    assert cluster.belay(stdin="select 1;\n\\favourite save y\n", kube=False).rc == 2
    assert get(path) == "x: select 1 as a\n"
