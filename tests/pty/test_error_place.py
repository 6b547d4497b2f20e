"""Below an error that names line and column: the line, and a mark at the place."""
from terminal import assert_fits, ready


def marked(shell, text):
    """The line shown and where its mark stands."""
    lines = [line.rstrip() for line in shell.run(text).splitlines()]
    mark = next(i for i, line in enumerate(lines) if line.strip() == "^")
    return lines[mark - 1], lines[mark].index("^")


def test_the_place_is_marked(cluster):
    with ready(cluster) as shell:
        line, mark = marked(shell, "show creat table orders;")
        assert (line, mark) == ("  show creat table orders", 7)
        shell.begin("select 1,")
        shell.until("-> ")
        line, mark = marked(shell, " '日本', sum( from x;")
        assert line == "   '日本', sum( from x" and mark == len("   '日本', sum( from x") + 2, (line, mark)
        assert "^" not in shell.run("select * from nosuch.x;")


def test_a_long_line_is_cut_around_the_place(cluster):
    with ready(cluster, columns=40) as shell:
        line, mark = marked(shell, f"show creat table {'x' * 200};")
        assert line.startswith("  show creat table xxx") and len(line) == 39 and mark == 7, (line, mark)
        line, mark = marked(shell, f"select '{'x' * 200}', sum( as t;")
        assert line == "  " + f"{'x' * 200}', sum( as t"[-25:] and mark == 27, (line, mark)


def test_in_a_script_nothing_is_added(cluster):
    done = cluster.belay("show creat table orders", args=("--no-kube",))
    assert "^" not in done.err and "ERROR 1064" in done.err, done


def test_a_statement_with_a_secret_is_not_shown_again(cluster):
    with ready(cluster) as shell:
        text = shell.run("create usr dba identified by 'geheim';")
        assert "ERROR 1064" in text and "geheim" not in text, text


def test_an_error_is_folded_between_words(cluster):
    wrong = "select * from nosuch.a_table_with_a_long_name_of_its_own where id = 1"
    with ready(cluster, columns=50) as shell:
        for line in ("\\journal show of-a-run-that-nobody-has-begun", wrong + ";"):
            text = shell.run(line)
            assert_fits(text, 50)
            assert len([one for one in text.splitlines() if one.startswith("  ")]) >= 1, text
    for line in ("\\journal show of-a-run-that-nobody-has-begun", wrong):
        done = cluster.belay(line, args=("--no-kube",))
        assert len([one for one in done.err.splitlines() if not one.startswith("  ")]) == 1, done
