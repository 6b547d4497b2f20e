"""Every rule finds the fault it is for, and leaves alone what only looks like it."""

import pytest

import rules

HEAD = "/* One job. */\n"


def guard(name, body=""):
    return f"{HEAD}#ifndef {name}\n#define {name}\n\n{body}\n#endif\n"


# A small tree that keeps every rule; each case below adds or replaces files.
SOUND = {
    "include/belay/str.h": guard("BELAY_STR_H"),
    "include/belay/output.h": guard("BELAY_OUTPUT_H", "#include <belay/str.h>\n"),
    "shell/base/mem.h": guard("BELAY_MEM_H"),
    "shell/base/mem.c": HEAD + '#include "mem.h"\nvoid a(void) { exit(1); }\n',
    "shell/base/process.c": HEAD + "void b(void) { posix_spawnp(0); }\n",
    "shell/base/CMakeLists.txt": "belay_layer(base\n  SOURCES mem.c)\n",
    "shell/sql/scan.h": guard("BELAY_SCAN_H", '#include "mem.h"\n'),
    "shell/net/query.c": HEAD + '#include <mysql.h>\n#include "scan.h"\nint c = mysql_ping(0);\n',
    "shell/guide/plan.c": HEAD + "/* five of these moved; a move */\n",
    "shell/know/release.c": HEAD + "int d = r->major;\n",
    "shell/main.c": HEAD + '#include "scan.h"\nint main(void) { exit(0); }\n',
    "commands/cluster/nodes.c": HEAD + '#include <belay/output.h>\n#include "nodes.h"\n',
    "commands/cluster/nodes.h": guard("BELAY_NODES_H"),
    "practice/world.c": HEAD + '#include <sqlite3.h>\n#include "mem.h"\n',
    "practice/fe/main.c": HEAD + "int main(void) { _exit(0); }\n",
}


def run(rule, folder, files):
    for path, text in {**SOUND, **files}.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return list(rule(rules.Tree(folder)))


@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__.removeprefix("check_"))
def test_a_sound_tree_is_clean(tmp_path, rule):
    assert run(rule, tmp_path, {}) == []
    assert rule.__doc__ and rule.__doc__.rstrip().endswith(".")


FAULTS = [
    ("includes_go_downward", "shell/sql/up.c", '#include "query.h"\n', {
        "shell/net/query.h": guard("BELAY_QUERY_H")}),
    ("includes_go_downward", "shell/sql/up.c", "#include <query.h>\n", {
        "shell/net/query.h": guard("BELAY_QUERY_H")}),
    ("includes_go_downward", "shell/sql/up.c", "#include <stdio.h>\n#include <sys/stat.h>\n", None),
    ("includes_go_downward", "shell/sql/up.c", "#include <belay/output.h>\n", {}),
    ("includes_go_downward", "shell/guide/up.c", '#include "release.h"\n', {
        "shell/know/release.h": guard("BELAY_RELEASE_H")}),
    ("includes_go_downward", "shell/ops/up.c", '#include "../term/ask.h"\n', {
        "shell/term/ask.h": guard("BELAY_ASK_H")}),
    ("includes_go_downward", "commands/cluster/up.c", '#include "mem.h"\n', {}),
    ("includes_go_downward", "practice/up.c", '#include "scan.h"\n', {}),
    ("includes_go_downward", "practice/up.c", "#include <belay/output.h>\n", {}),
    ("includes_go_downward", "shell/base/up.c", '#include "nowhere.h"\n', {}),
    ("includes_go_downward", "include/belay/str.h", None, {
        "include/belay/str.h": guard("BELAY_STR_H", "#include <belay/output.h>\n")}),
    ("layers_exist", "shell/misc/x.c", "", {}),
    ("layers_exist", "shell/x.c", "", {}),
    ("cmake_uses_what_the_layers_may", "shell/sql/CMakeLists.txt", None, {
        "shell/sql/CMakeLists.txt": "belay_layer(sql USES base net\n  SOURCES scan.c)\n"}),
    ("public_headers_have_a_layer", "include/belay/new.h", "", {}),
    ("outside_libraries_have_one_owner", "shell/ops/x.c", "#include <mysql.h>\n", {}),
    ("outside_libraries_have_one_owner", "shell/net/x.c", "#include <mariadb/mysql.h>\n", None),
    ("outside_libraries_have_one_owner", "shell/run/x.c", "#include <readline/history.h>\n", {}),
    ("outside_libraries_have_one_owner", "shell/base/x.c", "# include <sqlite3.h>\n", {}),
    ("outside_libraries_have_one_owner", "practice/x.c", "#include <archive.h>\n", {}),
    ("children_start_in_one_place", "shell/kube/x.c", "int a = fork();\n", {}),
    ("children_start_in_one_place", "shell/base/process_run.c", "int a = execvp (0, 0);\n", {}),
    ("children_start_in_one_place", "practice/x.c", 'int a = system("ls");\n', {}),
    ("children_start_in_one_place", "shell/kube/x.c", "int a = kube_exec(0) + my_fork(0);\n", None),
    ("children_start_in_one_place", "shell/kube/x.c", '/* fork() */ char *a = "execv()";\n', None),
    ("the_program_ends_in_one_place", "shell/run/x.c", "void a(void) { exit(2); }\n", {}),
    ("the_program_ends_in_one_place", "practice/world_x.c", "void a(void) { _exit(2); }\n", {}),
    ("the_program_ends_in_one_place", "shell/run/x.c", "void a(void) { on_exit_of(2); }\n", None),
    ("sql_is_sent_in_one_place", "shell/ops/x.c", "int a = mysql_real_query(0, 0, 0);\n", {}),
    ("archives_are_read_in_one_place", "shell/base/x.c", "int a = archive_read_new();\n", {}),
    ("sqlite_stays_in_practice", "shell/ops/x.c", "int a = sqlite3_open(0, 0);\n", {}),
    ("guide_does_not_know_what_it_guides", "shell/guide/x.c", "/* the Leader */\n", {}),
    ("guide_does_not_know_what_it_guides", "shell/guide/x.h", "/* one MV of many */\n", {}),
    ("guide_does_not_know_what_it_guides", "shell/guide/x.c", 'char *a = "starrocks";\n', {}),
    ("guide_does_not_know_what_it_guides", "shell/ops/x.c", "/* the leader */\n", None),
    ("versions_are_compared_in_one_place", "shell/ops/x.c", "int a = v->major < 3;\n", {}),
    ("versions_are_compared_in_one_place", "commands/cluster/x.c", "int a = v.major;\n", {}),
    ("files_stay_short", "shell/base/x.c", "int a;\n" * 600, {}),
    ("files_stay_short", "shell/base/x.c", "int a;\n" * 599, None),
    ("nothing_is_left_unfinished", "docs/x.md", "TO" "DO: write\n", {}),
    ("nothing_is_left_unfinished", "shell/base/x.c", "/* FIX" "ME */\n", {}),
    ("nothing_points_outside", "docs/x.md", "see .." "/shared/x\n", {}),
    ("nothing_points_outside", "tests/x.py", "open('/wo" "rk/x')\n", {}),
    ("no_trailing_whitespace", "shell/base/x.c", "int a; \n", {}),
    ("no_trailing_whitespace", "docs/x.md", "a\t\n", {}),
    ("no_trailing_whitespace", "docs/x.md", "no newline", {}),
    ("no_trailing_whitespace", "tests/practice/recorded/x.txt", "as recorded \n", None),
    ("no_tabs_in_c", "shell/base/x.c", "\tint a;\n", {}),
    ("files_say_their_job", "shell/base/x.c", None, {"shell/base/x.c": "int a;\n"}),
    ("headers_are_guarded", "shell/base/x.h", "int a;\n", {}),
    ("headers_are_guarded", "shell/base/x.h", "#ifndef A_H\n#define B_H\n\n#endif\n", {}),
    ("headers_are_guarded", "shell/sql/mem2.h", None, {"shell/sql/mem2.h": guard("BELAY_SCAN_H")}),
]


@pytest.mark.parametrize("name,path,body,more", FAULTS)
def test_a_fault_is_found_where_it_is(tmp_path, name, path, body, more):
    files = dict(more or {})
    if body is not None:
        files[path] = (HEAD if path.endswith((".c", ".h")) else "") + body
    found = run(getattr(rules, f"check_{name}"), tmp_path, files)
    if more is None:  # looks like a fault and is none
        assert found == []
    else:
        assert found
        assert all(text for _, _, text in found)
        assert path in {place for place, _, _ in found} or name == "headers_are_guarded"


def test_comments_and_literals_keep_their_places():
    text = 'a /* "x"\n b */ "c//d" \'"\' e // f\ng'
    code = rules.code_of(text)
    assert len(code) == len(text)
    assert code.split() == ["a", "e", "g"]
    assert code.count("\n") == text.count("\n")
