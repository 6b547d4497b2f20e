"""README, NEWS, CONTRIBUTING, docs/ and the completions say what is true of the program.

The tour of the README is run: what stands after a prompt is typed, and every line shown below it must
come out (tests/support/screens.py).
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pexpect
import pytest

import screens

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("BELAY_BUILD", ROOT / "build/dev"))
BELAY = BUILD / "belay"
GENERATE = BUILD / "belay-generate"

GENERATED = {
    "docs/belay.1": "man",
    "docs/commands.md": "help",
    "docs/preflight.md": "rules",
    "completions/belay.bash": "bash",
    "completions/belay.zsh": "zsh",
    "completions/belay.fish": "fish",
}
WRITTEN = ["README.md", "NEWS", "CONTRIBUTING.md", "docs/how-a-line-runs.md", "docs/how-a-step-runs.md"]


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def out(*argv, status=0, **more):
    done = subprocess.run(list(map(str, argv)), capture_output=True, encoding="utf-8", timeout=120, **more)
    assert done.returncode == status, done.stderr
    return done.stdout


def generate(form):
    return out(GENERATE, form)


def commands():
    """Names of the command table, with those of the practice cluster, as docs/commands.md has them."""
    return re.findall(r"^### \\(.+)$", generate("help"), re.M)


def letters():
    """mysql's one-letter commands that the table knows, and the ends of a statement."""
    return set(re.findall(r"also `\\(\S)`", generate("help"))) | set("gG")


def options():
    """Long options of belay and of its commands."""
    own = re.findall(r"^ +(?:-., )?--([a-z-]+)", out(BELAY, "--help=all"), re.M)
    assert len(own) > 20
    return set(own) | set(re.findall(r"^- `--([a-z-]+)", generate("help"), re.M))


def man_as_text():
    """The manual page without roff's escapes and without the fonts."""
    page = generate("man")
    for roff, plain in [(r"\-", "-"), (r"\(aq", "'"), (r"\(ga", "`"), (r"\(ha", "^"), (r"\(ti", "~")]:
        page = page.replace(roff, plain)
    page = re.sub(r"\\\[u([0-9A-F]{4,5})\]", lambda m: chr(int(m.group(1), 16)), page)
    page = re.sub(r"^\.(B|SS|SH) ", "", page, flags=re.M)
    return page.replace(r"\&", "").replace(r"\e", "\\")


# --- generated files -------------------------------------------------------------------------


@pytest.mark.parametrize("path", GENERATED)
def test_generated_files_are_as_the_tables_make_them(path):
    assert text(path) == generate(GENERATED[path]), "build the target `generate` and commit"


def test_the_generator_writes_a_file_and_refuses_another_form(tmp_path):
    out(GENERATE, "bash", tmp_path / "belay")
    assert (tmp_path / "belay").read_text() == text("completions/belay.bash")
    out(GENERATE, "nonsense", status=2)
    out(GENERATE, status=2)
    out(GENERATE, "man", tmp_path / "missing" / "belay.1", status=1)


def test_the_tables_keep_their_promises():
    assert generate("check") == ""


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not here")
def test_the_manual_page_formats_without_a_warning():
    done = subprocess.run(["groff", "-man", "-ww", "-z", ROOT / "docs/belay.1"], capture_output=True,
                          encoding="utf-8")
    assert (done.returncode, done.stderr) == (0, "")


def test_the_manual_page_has_every_option_of_help():
    heads = re.findall(r"^(?:-., )?--([a-z-]+)[=\[\n]", man_as_text(), re.M)
    for name in re.findall(r"^ +(?:-., )?--([a-z-]+)", out(BELAY, "--help=all"), re.M):
        assert name in heads, f"--{name} is not in the manual page"


def test_the_manual_page_has_every_variable_that_is_read():
    read = set()
    for path in (ROOT / "shell").rglob("*.c"):
        read |= set(re.findall(r'\b(?:getenv|file_xdg)\("(\w+)"', path.read_text(encoding="utf-8")))
    page = re.search(r"\nENVIRONMENT\n(.*?)\nEXAMPLES", man_as_text(), re.S).group(1)
    assert {"MYSQL_PS1", "XDG_STATE_HOME"} <= read
    assert set(re.findall(r"^\.TP\n(\w+)$", page, re.M)) == read


def test_every_command_is_in_help_and_in_the_manual_page(tmp_path):
    shown = out(BELAY, "--practice", "-e", r"\help", env={**os.environ, "TMPDIR": str(tmp_path)})
    page = man_as_text()
    names = commands()
    assert {"leader", "mv inactivate-all", "journal", "resume", "help", "quit"} <= set(names)
    for name in names:
        assert re.search(rf"^  \\{re.escape(name)}(?:[ ,]|$)", shown, re.M), f"\\{name} is not in \\help"
        assert f"\n\\{name}: " in page, f"\\{name} is not in the manual page"


def test_help_of_each_command_says_its_usage():
    usages = dict(re.findall(r"^### \\(.+)\n\n.+\n\nUsage: `(.+?)`", generate("help"), re.M))
    script = "\n".join(f"\\help {name}" for name in sorted(usages))
    shown = out(BELAY, "--no-kube", "-e", script)
    for name, usage in usages.items():
        assert f"Usage: {usage}\n" in shown, f"\\help {name}"


# --- completion ------------------------------------------------------------------------------


def bash_completes(typed):
    """What stands on the line after typing this to a bash that has the completion."""
    env = {**os.environ, "PS1": "$ ", "TERM": "dumb", "INPUTRC": "/dev/null"}
    shell = pexpect.spawn("bash", ["--norc", "--noprofile"], env=env, encoding="utf-8", timeout=20)
    try:
        shell.expect(r"\$ ")
        shell.sendline("bind 'set enable-bracketed-paste off'; bind 'set bell-style none'")
        shell.expect(r"\r\n\$ ")
        shell.sendline(f"source {ROOT}/completions/belay.bash; belay() {{ printf '<%s>\\n' \"$@\"; }}")
        shell.expect(r"\r\n\$ ")
        shell.send(typed)
        shell.sendline("; echo do''ne")
        shell.expect(r"\r\ndone\r\n")
        return re.findall(r"<(.*)>", shell.before)
    finally:
        shell.close(force=True)


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
@pytest.mark.parametrize("typed,given", [
    ("belay --dry\t", ["--dry-run"]),
    ("belay --form\ttable", ["--format=table"]),
    ("belay --format ver\t", ["--format", "vertical"]),
    ("belay --format=ver\t", ["--format=vertical"]),
    ("belay --practice=shared-n\t", ["--practice=shared-nothing"]),
    ("belay -e '\\lead\t", ["-e", "\\leader"]),
    ("belay -e '\\mv inactivate-\t", ["-e", "\\mv inactivate-all"]),
    ("belay --ssl-ca /etc/passw\t", ["--ssl-ca", "/etc/passwd"]),
    ("belay -u x\t", ["-u", "x"]),
])
def test_bash_completes(typed, given):
    # /etc/passwd- may stand beside /etc/passwd: then the common part is given
    assert bash_completes(typed) == given


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completions_parse(shell):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not here")
    out(shell, "-n", ROOT / f"completions/belay.{shell}")


@pytest.mark.parametrize("option", ["format", "color", "ssl-mode", "via", "approve"])
def test_values_that_completion_offers_are_taken(option):
    case = re.search(rf"--{option}=\)\n +mapfile .*compgen -W '([^']+)'", text("completions/belay.bash"))
    for value in case.group(1).split():
        out(BELAY, "--no-kube", f"--{option}={value}", "-e", r"\help leader")


def test_completion_offers_the_scenarios_there_are():
    case = re.search(r"--practice=\)\n +mapfile .*compgen -W '([^']+)'", text("completions/belay.bash"))
    there = re.findall(r'\{\.name = "([^"]+)"', text("practice/scenario_list.c"))
    offered = case.group(1).split()
    assert [name for name in offered if not name[0].isdigit()] == there
    lines = re.findall(r'"(\d\.\d)"', text("practice/scenario_name.c"))
    assert lines and all(name[:3] in lines for name in offered if name[0].isdigit())


# --- exit statuses ---------------------------------------------------------------------------


def statuses_of_the_program():
    cases = re.findall(r"case ERR_(\w+):\n\s+return (\d+);", text("shell/run/status.c"))
    assert len(cases) >= 12
    return sorted(int(number) for _, number in cases)


def test_exit_statuses_are_the_same_everywhere():
    page = re.search(r"EXIT STATUS\"?\n(.*?)\nFILES", man_as_text(), re.S).group(1)
    man = dict(re.findall(r"^\.TP\n(\d+)\n(.+)$", page, re.M))
    readme = dict(re.findall(r"^\| (\d+) \| (.+?) \|$", text("README.md"), re.M))
    assert sorted(map(int, man)) == statuses_of_the_program()
    assert {number: what.replace("`", "") for number, what in readme.items()} == man
    for number in man:
        assert re.search(rf"\b{number}\s+\w", out(BELAY, "--help").split("Exit status:")[1])


# --- words that name something ---------------------------------------------------------------


def mentions(path):
    """The text of a document with Markdown's escapes undone and without what other programs take."""
    page = text(path).replace("\\\\", "\\") if path.endswith("commands.md") else text(path)
    return re.sub(r"^(?:\$ )?(?:cmake|ctest|ninja|git|sudo|kubectl|\./tests/run|BELAY_PRESET).*$", "", page,
                  flags=re.M)


@pytest.mark.parametrize("path", WRITTEN + ["docs/commands.md", "docs/preflight.md"])
def test_commands_that_are_named_exist(path):
    names = commands()
    known = letters()
    for word, second in re.findall(r"(?<![\w\\'])\\([a-zA-Z][\w-]*)(?:\s+([a-z][a-z-]*))?", mentions(path)):
        if len(word) == 1:
            assert word in known, f"\\{word} in {path}"
            continue
        assert word in names or f"{word} {second}" in names or any(
            n.startswith(word + " ") for n in names), f"\\{word} {second} in {path}"


@pytest.mark.parametrize("path", WRITTEN + ["docs/commands.md", "docs/preflight.md"])
def test_options_that_are_named_exist(path):
    known = options() | {"match", "arg", "times", "program"}  # of \practice fault
    for name in re.findall(r"(?<![\w-])--([a-z][a-z-]+)", mentions(path)):
        assert name in known, f"--{name} in {path}"


@pytest.mark.parametrize("path", WRITTEN)
def test_files_that_are_named_exist(path):
    top = {p.name for p in ROOT.iterdir()}
    for name in re.findall(r"(?:`|\]\()((?:\w[\w.-]*/)+[\w.-]*|\w+\.(?:c|h|md))(?:`|\))", text(path)):
        first = name.split("/")[0]
        if first == "build":
            continue
        places = [ROOT / name, ROOT / "include" / name, ROOT / "shell" / name,
                  (ROOT / path).parent / name]
        if "/" not in name:
            # Not in the build folder, where other tests make and remove files meanwhile.
            sources = (p for p in ROOT.iterdir() if p.is_dir() and p.name not in ("build", ".git"))
            assert (ROOT / name).exists() or any(list(p.rglob(name)) for p in sources), f"{name} in {path}"
        elif first in top | {"belay"} or (ROOT / "shell" / first).exists():
            assert any(p.exists() for p in places), f"{name} in {path}"


def test_the_map_in_contributing_is_the_tree():
    block = re.search(r"^include/belay/.*?^packages[^\n]*", text("CONTRIBUTING.md"), re.S | re.M).group()
    top, inside = set(), {}
    for indent, name in re.findall(r"^( *)([\w.]+)(?:/| )", block, re.M):
        if indent:
            inside.setdefault(last, set()).add(name)
        else:
            last = name
            top.add(name)
    for folder in ("shell", "commands"):
        there = {p.name for p in (ROOT / folder).iterdir() if p.is_dir()}
        named = {n for n in inside[folder] if not n.endswith(".c")}
        assert named == there, f"folders of {folder}/"
    there = {p.name for p in ROOT.iterdir() if p.is_dir() and not p.name.startswith((".", "build"))}
    assert {n for n in top if (ROOT / n).is_dir()} == there


def test_the_tiers_and_presets_of_contributing_are_those_there_are():
    table = re.search(r"\| tier \|.*?\n\n", text("CONTRIBUTING.md"), re.S).group()
    tiers = re.search(r"foreach\(tier ([\w ]+)\)", text("tests/CMakeLists.txt")).group(1).split()
    assert set(re.findall(r"^\| `(\w+)` \|", table, re.M)) == {"unit", *tiers}
    sentence = re.search(r"Presets are (.*?)\.", text("CONTRIBUTING.md"), re.S).group(1)
    presets = {p["name"] for p in json.loads(text("CMakePresets.json"))["configurePresets"]} - {"base"}
    assert set(re.findall(r"`(\w+)`", sentence)) - {"build"} == presets


def test_news_begins_with_this_version():
    version = out(BELAY, "--version").split()[1]
    assert re.search(r"^(\d[\d.]*)", text("NEWS"), re.M).group(1) == version


# --- the tour --------------------------------------------------------------------------------


HINT = "ninja -C build/dev screens writes the README's screens anew"


def page():
    return text("README.md").split("\n")


def test_a_screen_that_changed_is_seen_and_written_anew():
    """With a step that is new and one that is gone; numbers are only written anew, times stay as they are."""
    shown = ["Plan  3 steps  digest 79c72a…", "  1  first", "…", "  3  the third of them", "3 done.", "At 07:45:30"]
    turn = screens.Turn("", "\\x", 0, shown)
    turn.got = ["Plan  4 steps  digest 888888…", "  1  first", "  2  other", "  4  the third of them", "4 done.",
                "At 08:00:00"]
    assert screens.difference(turn) is None and "shows: Plan" in screens.difference(turn, strict=True)
    turn.got[3:4] = ["  4  the third of these", "  5  new"]
    assert "shows: N the third of them" in screens.difference(turn)
    turn.shown = screens.anew(turn)
    assert screens.difference(turn) is None
    assert turn.shown == [turn.got[0], *shown[1:3], "  4  the third of these", "…", "4 done.", shown[5]]
    turn.got[1:2] = []
    assert "shows: N first" in screens.difference(turn)
    turn.shown = screens.anew(turn)
    assert turn.shown == [turn.got[0], "…", "  4  the third of these", "…", "4 done.", shown[5]]
    turn.got.append("one more")
    assert "nothing more, but: one more" in screens.difference(turn)


@pytest.mark.parametrize("heading", screens.sections(page(), "text", screens.PROMPT))
def test_the_tour_at_the_terminal(heading, tmp_path):
    turns = screens.sections(page(), "text", screens.PROMPT)[heading]
    assert len(turns) >= 6
    screens.play_at_a_terminal(turns, tmp_path)
    wrong = list(filter(None, map(screens.difference, turns)))
    assert not wrong, "\n\n".join([*wrong, HINT])


@pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not here")
def test_the_tour_in_a_script(tmp_path):
    (turns,) = screens.sections(page(), "console", r"\$ ").values()
    assert len(turns) >= 6
    screens.play_in_a_script(turns, tmp_path)
    wrong = list(filter(None, map(screens.difference, turns)))
    assert not wrong, "\n\n".join([*wrong, HINT])


def named_files(root):
    """The first column of the README's tables of files, as patterns below root."""
    named = re.findall(rf"^\| `{re.escape(root)}/(\S+)` \|", text("README.md"), re.M)
    assert named
    return [re.escape(n).replace("CLUSTER_ID", r"\d+").replace("RUN", r"\d{5}-\w+")
            .replace("TIME", r"\w+") for n in named]


def test_the_files_that_the_readme_names_are_there(tmp_path):
    """What a run, a shell and a practice cluster leave behind is what the table says."""
    state = tmp_path / "state"
    env = {**screens.environment(tmp_path), "XDG_STATE_HOME": str(state)}
    cluster = [f"--practice-dir={tmp_path}/cluster", f"--state-dir={state}/belay"]
    page = out(BELAY, *cluster, "-e", r"\mv inactivate-all --dry-run", env=env)
    approve = "--approve=" + re.search(r"sha256:\w+", page).group()
    out(BELAY, *cluster, approve, "-e", r"\mv inactivate-all", env=env)
    page = out(BELAY, *cluster, "-e", r"\mv activate-all --dry-run", env=env)
    approve = "--approve=" + re.search(r"sha256:\w+", page).group()
    out(BELAY, *cluster, approve, "-e", r"\mv activate-all", env=env)
    out(BELAY, *cluster, "-e", r"\proof take", "-e", r"\proof compare", env=env)
    shell = pexpect.spawn(str(BELAY), cluster, env=env, encoding="utf-8", timeout=60)
    try:
        shell.expect(screens.PROMPT)
        shell.sendline("SELECT 1;")
        shell.expect("\n" + screens.PROMPT)
        shell.sendline("\\q")
        shell.expect(pexpect.EOF)
    finally:
        shell.close(force=True)
    there = [p.relative_to(state / "belay").as_posix() for p in state.rglob("*") if p.is_file()]
    patterns = named_files("$XDG_STATE_HOME/belay")
    for path in there:
        assert any(re.fullmatch(p, path) for p in patterns), f"{path} is not in the README"
    for pattern in patterns:
        assert any(re.fullmatch(pattern, path) for path in there), f"{pattern} was not written"
    for path in state.rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, f"{path} is not private"


def test_a_backup_has_the_files_that_the_readme_names(tmp_path):
    env = screens.environment(tmp_path)
    cluster = f"--practice-dir={tmp_path}/cluster"
    out(BELAY, cluster, "-e", rf"\backup {tmp_path}/b", "-e", rf"\restore-plan {tmp_path}/b", env=env)
    there = {p.name + "/" * p.is_dir() for p in (tmp_path / "b").iterdir()}
    assert there == {p.replace("\\", "") for p in named_files("BACKUP")}
    assert (tmp_path / "b").stat().st_mode & 0o077 == 0


def test_what_is_said_of_an_example_stands_apart():
    shown = out(BELAY, "-e", r"\help gexec", env={**os.environ, "HOME": "/nonexistent"})
    assert re.search(r"'sales' \\gexec\n {42}lists the statements", shown), shown
