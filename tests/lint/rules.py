"""The rules of the house as functions: each takes a Tree and yields what breaks it.

A rule is a generator of (path, line, what). Its docstring is the sentence that says what to do.
test_lint.py runs all of them on this repository, test_rules.py on small trees with planted faults.
"""

import re
from pathlib import Path, PurePosixPath

# What a layer of shell/ may include, itself aside. commands/ may include <belay/...> only.
LAYERS = {
    "base": (),
    "sql": ("base",),
    "conf": ("base", "sql"),
    "know": ("base",),
    "net": ("base", "sql", "know"),
    "kube": ("base", "know"),
    "out": ("base",),
    "term": ("base", "sql", "out"),
    "guide": ("base", "sql", "net", "kube"),
    "ops": ("base", "sql", "conf", "know", "net", "kube", "out", "guide"),
    "run": ("base", "sql", "conf", "know", "net", "kube", "out", "term", "guide", "ops"),
}

# The layer that each public header belongs to.
PUBLIC = {
    "error.h": "base",
    "json.h": "base",
    "list.h": "base",
    "pattern.h": "base",
    "result.h": "base",
    "str.h": "base",
    "output.h": "out",
    "action.h": "guide",
    "plan.h": "guide",
    "journal.h": "guide",
    "probe.h": "guide",
    "backup.h": "ops",
    "proof.h": "ops",
    "report.h": "ops",
    "fe_settings.h": "ops",
    "forecast.h": "ops",
    "cluster.h": "ops",
    "pods.h": "ops",
    "preflight.h": "ops",
    "restore.h": "ops",
    "session.h": "ops",
    "open_runs.h": "ops",
    "runbook.h": "ops",
    "runs.h": "ops",
    "upgrade.h": "ops",
    "views.h": "ops",
    "facts.h": "ops",
    "writes.h": "ops",
    "hand_over.h": "ops",
    "holder.h": "ops",
    "in_force.h": "ops",
    "undo.h": "run",
    "command.h": "run",
    "shell.h": "run",
}

# Headers of outside libraries, and the places that may include them.
OWNERS = (
    (r"(mysql|mariadb|ma_)[\w/]*\.h|mysqld_error\.h|errmsg\.h", ("shell/net/",)),
    (r"readline/.*\.h", ("shell/term/",)),
    (r"archive(_entry)?\.h", ("shell/ops/",)),
    (r"yaml\.h", ("shell/conf/",)),
    (r"pcre2(posix)?\.h", ("shell/base/pattern.c", "practice/")),
    (r"utf8proc\.h", ("shell/base/utf8.c",)),
    (r"openssl/.*\.h", ("shell/base/", "practice/")),
    (r"zlib\.h", ("shell/base/", "shell/ops/", "practice/")),
    (r"jansson\.h", ("include/belay/json.h", "practice/")),
    (r"sqlite3\w*\.h", ("practice/",)),
)

GUIDE_WORDS = r"starrocks|materialized|mview|\bmv\b|frontend|\bfe\b|starmgr|checker|leader"

UNFINISHED = ("TO" "DO", "FIX" "ME", "X" "XX", "HA" "CK", "WI" "P")
PRIVATE = (".." "/shared", "/wo" "rk/")

LINES_MAX = 600
CODE = {".c", ".h", ".py", ".sh"}
TEXT = CODE | {".cmake", ".txt", ".md", ".json", ".yaml", ".yml", ".1", ".bash", ".zsh", ".fish"}
SKIPPED = {".git", "build", "__pycache__", ".pytest_cache", ".cache"}
RECORDED = ("tests/practice/recorded/", "tests/fuzz/corpus/")  # as others wrote it

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.S)


class Tree:
    """The files of a repository; text and code are read once."""

    def __init__(self, root):
        self.root = Path(root)
        self.paths = sorted(self._walk(self.root))
        self._text = {}

    def _walk(self, folder):
        for entry in folder.iterdir():
            if entry.name in SKIPPED or entry.name.startswith("build-"):
                continue
            if entry.is_dir() and not entry.is_symlink():
                yield from self._walk(entry)
            elif entry.is_file():
                yield entry.relative_to(self.root).as_posix()

    def text(self, path):
        """The text of a file, "" for a binary one."""
        if path not in self._text:
            data = (self.root / path).read_bytes()
            self._text[path] = "" if b"\0" in data else data.decode("utf-8", "replace")
        return self._text[path]

    def c(self, *folders):
        """C sources and headers, of the whole tree or below these folders."""
        for path in self.paths:
            if path.endswith((".c", ".h")) and (not folders or path.startswith(folders)):
                yield path


def line_of(text, at):
    return text.count("\n", 0, at) + 1


def code_of(text):
    """The text with comments and literals blanked out; every character keeps its place."""

    def blank(match):
        return re.sub(r"[^\n]", " ", match.group())

    return TOKEN.sub(blank, text)


def uncommented(text):
    """The text with comments blanked out; literals, and so the names in #include, stay."""

    def blank(match):
        found = match.group()
        return re.sub(r"[^\n]", " ", found) if found.startswith("/") else found

    return TOKEN.sub(blank, text)


def find(tree, paths, pattern, what, code=True, flags=0):
    """Every place where the pattern matches, in code alone or in the text as it is."""
    for path in paths:
        text = tree.text(path)
        for match in re.finditer(pattern, code_of(text) if code else text, flags):
            yield path, line_of(text, match.start()), what.format(match.group().strip())


def outside(paths, allowed):
    return [path for path in paths if not path.startswith(allowed)]


# --- includes --------------------------------------------------------------------------------


def area_of(path):
    """The layer of shell/ that a path lies in, or "main", "commands", "practice", None."""
    parts = PurePosixPath(path).parts
    if parts[0] == "shell" and len(parts) > 2:
        return parts[1]
    if path == "shell/main.c":
        return "main"
    if parts[:2] == ("include", "belay"):
        return PUBLIC.get("/".join(parts[2:]))
    return parts[0] if parts[0] in ("commands", "practice") else None


def may_use(area):
    """The areas whose headers an area may include, itself among them."""
    if area == "main":
        return tuple(LAYERS)
    if area == "practice":
        return ("practice", "base")
    return (area,) + LAYERS.get(area, ())


def named(tree, includer, name):
    """The files that #include "name" may mean: beside the includer first, then by the end of it."""
    beside = (PurePosixPath(includer).parent / name).as_posix()
    if beside in tree.paths:
        return [beside]
    end = "/" + name
    return [p for p in tree.c("shell/", "commands/", "practice/") if p.endswith(end)]


def includes(tree, path):
    text = tree.text(path)
    for match in INCLUDE.finditer(uncommented(text)):
        yield line_of(text, match.start()), match.group(1), match.group(2)


def check_includes_go_downward(tree):
    """Include only what lies below: move what both need down a layer, or pass a callback in."""
    for path in tree.c("shell/", "commands/", "practice/", "include/belay/"):
        area = area_of(path)
        if area is None:
            continue  # a public header without a layer: another rule says so
        for line, mark, name in includes(tree, path):
            if mark == "<" and name.startswith("belay/"):
                owner = PUBLIC.get(name.removeprefix("belay/"))
                if owner is not None and area != "commands" and owner not in may_use(area):
                    yield path, line, f"{area} may not include <{name}>, which belongs to {owner}"
            else:
                found = named(tree, path, name)  # <scan.h> reaches our own headers as well
                areas = sorted({area_of(p) for p in found})
                if not found and mark == '"':
                    yield path, line, f'"{name}" is no file of this repository'
                elif found and not any(a in may_use(area) for a in areas):
                    yield path, line, f'{area} may not include "{name}" of {" or ".join(areas)}'


def check_layers_exist(tree):
    """Give a new folder of shell/ its row in LAYERS (tests/lint/rules.py)."""
    for path in tree.c("shell/"):
        parts = PurePosixPath(path).parts
        if path != "shell/main.c" and (len(parts) < 3 or parts[1] not in LAYERS):
            yield path, 1, "lies in no known layer"


def check_cmake_uses_what_the_layers_may(tree):
    """Let USES in shell/*/CMakeLists.txt name only what LAYERS (tests/lint/rules.py) allows."""
    for layer, below in LAYERS.items():
        path = f"shell/{layer}/CMakeLists.txt"
        if path not in tree.paths:
            continue
        text = tree.text(path)
        for match in re.finditer(r"belay_layer\(\s*(\w+)(?:\s+USES((?:\s+[a-z]+)*))?", text):
            for used in (match.group(2) or "").split():
                if match.group(1) == layer and used not in below:
                    yield path, line_of(text, match.start()), f"{layer} uses {used}"


def check_public_headers_have_a_layer(tree):
    """Give each header of include/belay its row in PUBLIC (tests/lint/rules.py)."""
    there = {p.removeprefix("include/belay/") for p in tree.paths if p.startswith("include/belay/")}
    for name in sorted(there - set(PUBLIC)):
        yield f"include/belay/{name}", 1, "has no row in PUBLIC"


def check_outside_libraries_have_one_owner(tree):
    """Use an outside library through the layer that owns it, and add there what is missing."""
    for path in tree.c():
        if path.startswith("tests/"):
            continue
        for line, mark, name in includes(tree, path):
            for pattern, allowed in OWNERS:
                ours = named(tree, path, name)
                if re.fullmatch(pattern, name) and not ours and not path.startswith(allowed):
                    yield path, line, f"includes {name}, which belongs to {', '.join(allowed)}"


# --- who may call what -----------------------------------------------------------------------


def check_children_start_in_one_place(tree):
    """Start child processes with process_run or process_start of shell/base/process.h."""
    pattern = (
        r"\b(v?fork|forkpty|daemon|posix_spawnp?|exec(l|le|lp|v|ve|vp|vpe|veat)|fexecve|clone3?"
        r"|system|popen|wordexp)\s*\("
    )
    paths = tree.c("shell/", "commands/", "practice/")
    paths = outside(paths, ("shell/base/process.c", "shell/base/banned.h"))
    return find(tree, paths, pattern, "calls {}")


def check_the_program_ends_in_one_place(tree):
    """Return an error instead of ending the program, or call mem_fatal for a broken promise."""
    paths = tree.c("shell/", "commands/", "practice/")
    paths = outside(paths, ("shell/main.c", "shell/base/mem.c"))
    paths = [p for p in paths if not (p.startswith("practice/") and p.endswith("main.c"))]
    return find(tree, paths, r"\b(_?exit|_Exit|quick_exit)\s*\(", "calls {}")


def check_sql_is_sent_in_one_place(tree):
    """Send SQL through shell/net: mysql_ functions are called nowhere else."""
    paths = outside(tree.c("shell/", "commands/"), ("shell/net/",))
    return find(tree, paths, r"\bmysql_\w+\s*\(", "calls {}")


def check_archives_are_read_in_one_place(tree):
    """Read and write archives in shell/ops: libarchive is called nowhere else."""
    paths = outside(tree.c("shell/", "commands/", "practice/"), ("shell/ops/",))
    return find(tree, paths, r"\barchive_(read|write|entry|match|err\w*)_?\w*\s*\(", "calls {}")


def check_sqlite_stays_in_practice(tree):
    """Keep SQLite in practice/: belay itself does not link it."""
    return find(tree, tree.c("shell/", "commands/", "include/"), r"\bsqlite3_\w+", "names {}")


# --- what is true of a release ---------------------------------------------------------------


def check_guide_does_not_know_what_it_guides(tree):
    """Keep shell/guide free of the names of what it guides: say target, node, server, or move the
    code to shell/ops."""
    paths = [p for p in tree.paths if p.startswith("shell/guide/")]
    return find(tree, paths, GUIDE_WORDS, 'says "{}"', code=False, flags=re.I)


def check_versions_are_compared_in_one_place(tree):
    """Ask shell/know how a release behaves, with a row in its table; compare no version."""
    paths = outside(tree.c("shell/", "commands/"), ("shell/know/",))
    return find(tree, paths, r"(->|\.)\s*(major|minor)\b", "looks at {}")


# --- how files look --------------------------------------------------------------------------


def check_files_stay_short(tree):
    """Find the second job in a long file and move it out: 500 lines are many, 600 too many."""
    for path in tree.paths:
        lines = tree.text(path).count("\n")
        if Path(path).suffix in CODE and lines > LINES_MAX:
            yield path, lines, f"has {lines} lines"


def check_nothing_is_left_unfinished(tree):
    """Finish it or leave it out: no mark of unfinished work stays in the tree."""
    pattern = r"\b(" + "|".join(UNFINISHED) + r")\b"
    paths = [p for p in tree.paths if not p.startswith(RECORDED)]
    return find(tree, paths, pattern, "says {}", code=False)


def check_nothing_points_outside(tree):
    """Say it here or cite a public source: the tree names no place outside of itself."""
    pattern = "|".join(re.escape(word) for word in PRIVATE)
    return find(tree, tree.paths, pattern, 'says "{}"', code=False)


def check_no_trailing_whitespace(tree):
    """Remove the white space at the end of these lines, and end each file with one newline."""
    for path in tree.paths:
        if Path(path).suffix not in TEXT or path.startswith(RECORDED):
            continue
        text = tree.text(path)
        for number, line in enumerate(text.split("\n"), 1):
            if line != line.rstrip():
                yield path, number, "ends with white space"
        if text and (not text.endswith("\n") or text.endswith("\n\n")):
            yield path, text.count("\n") + 1, "does not end with one newline"


def check_no_tabs_in_c(tree):
    """Indent with four spaces, and write a tab in a literal as \\t."""
    return find(tree, tree.c(), r"\t", "has a tab", code=False)


def check_files_say_their_job(tree):
    """Begin every C file with a comment that says its one job."""
    for path in tree.c():
        if not tree.text(path).startswith("/*"):
            yield path, 1, "does not begin with a comment"


def check_headers_are_guarded(tree):
    """Guard every header with #ifndef BELAY_…_H, a name that no other header uses."""
    seen = {}
    for path in tree.paths:
        if not path.endswith(".h"):
            continue
        body = uncommented(tree.text(path)).strip()
        match = re.match(r"#ifndef\s+(\w+)\n#define\s+(\w+)\n", body)
        if match is None or match.group(1) != match.group(2) or not body.endswith("#endif"):
            yield path, 1, "has no include guard"
            continue
        other = seen.setdefault(match.group(1), path)
        # practice/ and the program are never in one translation unit but for base/
        if other != path:
            yield path, 1, f"has the include guard of {other}"


RULES = [value for name, value in sorted(globals().items()) if name.startswith("check_")]
