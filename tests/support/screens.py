r"""The screens of the README: typed at a practice cluster, compared with what comes out, written anew.

A block marked "text" is a person's terminal: it begins with "$ ./try" or a prompt; what stands after a
prompt is typed, and a line that ends with ^C is waited for and interrupted. Questions are answered as
their tier wants. Each section (##) of the page has a cluster of its own. A block marked "console" is a
shell. Every line shown must come out, in that order; a line "…" stands for lines that are left out.
White space does not count, so that a line may be folded elsewhere; what differs from run to run is
compared by its form.

    ninja -C build/dev screens     writes the lines that came out into the README, where they differ
"""
import difflib
import os
import re
import subprocess
import tempfile
from pathlib import Path

import pexpect

ROOT = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("BELAY_BUILD", ROOT / "build/dev")).absolute()
PROMPT = r"root@practice \[\(none\)\](?: \(open: [\w ]+\))?> "
START = "$ ./try"
GAP = "…"

# In the README a person waits 5 s until belay hangs; here we wait until the fault has struck.
UNTIL_IT_HANGS = """python3 -c '
import sqlite3, time
for _ in range(1200):
    cluster = sqlite3.connect("night/cluster.db", timeout=60)
    left = cluster.execute("SELECT sum(remaining) FROM fault").fetchone()[0]
    cluster.close()
    if left == 0:
        break
    time.sleep(0.05)
'"""


class Turn:
    """What is typed after a prompt, the lines shown below it (page[first:end]), and what came out."""

    def __init__(self, prompt, typed, first, shown):
        self.prompt, self.typed, self.first, self.shown, self.got = prompt, typed, first, shown, None


def sections(page, kind, prompt):
    """By its heading the turns of each section of a page (a list of lines) that has blocks of this kind."""
    found, turns, inside = {}, [], False
    for at, line in enumerate(page):
        if line.startswith("## ") and not inside:
            turns = found[line[3:]] = []
        elif line == f"```{kind}":
            inside = True
        elif line == "```":
            inside = False
        elif inside:
            head = START if line == START else (re.match(prompt, line) or [None])[0]
            if head is not None:
                turns.append(Turn(head, line[len(head):], at + 1, []))
            else:
                turns[-1].shown.append(line)
    return {heading: turns for heading, turns in found.items() if turns}


# --- played ----------------------------------------------------------------------------------


def environment(home):
    return {"PATH": "/usr/bin:/bin", "HOME": str(home), "TMPDIR": str(home), "TERM": "dumb",
            "LANG": "C.UTF-8", "PS1": "$ "}


def redrawn(text):
    """Lines as a terminal shows them in the end: what was drawn over is gone, and no bell is seen."""
    return [re.split(r"\r\x1b\[K|\r(?=[^\n])", line.rstrip("\r"))[-1]
            for line in text.replace("\a", "").split("\n")]


def answer(question):
    return "y" if "Reversible." in question else "kube-starrocks"


def to_the_prompt(shell, interrupted):
    """Lines until a prompt, and that prompt. Where a line of interrupted comes, ^C is typed."""
    lines, begun = [], ""
    marks = [re.escape(re.sub(r"^ *\d+/\d+ +", "", line.removesuffix("^C"))) for line in interrupted]
    while True:
        at = shell.expect([r"Enter: no\)?: ", "\n" + PROMPT, *marks[:1]])
        begun += shell.before
        if at == 1:
            lines += redrawn(begun)
            return lines, shell.after.strip("\n")
        begun += shell.after
        if at == 0:
            shell.sendline(answer(redrawn(begun)[-1]))
        else:
            marks.pop(0)
            lines += redrawn(begun)
            lines[-1] += "^C"
            begun = "\r"  # the terminal's own echo of it is drawn over
            shell.sendintr()


def play_at_a_terminal(turns, home):
    shell = pexpect.spawn(str(BUILD / "belay"), ["--practice"], env=environment(home), encoding="utf-8",
                          dimensions=(60, 100), timeout=120, cwd=home)
    try:
        got, prompt = to_the_prompt(shell, [])
        for turn in turns:
            if turn.prompt == START:
                turn.got = got
                continue
            assert prompt == turn.prompt, f"{turn.typed} is typed after: {prompt}"
            shell.sendline(turn.typed)
            got, prompt = to_the_prompt(shell, [line for line in turn.shown if line.endswith("^C")])
            turn.got = got[1:]
    finally:
        shell.close(force=True)


def play_in_a_script(turns, home):
    script = "".join(f"echo '@@ {n}'\n{turn.typed}\n" for n, turn in enumerate(turns))
    assert script.count("sleep 5; kill -9") == 1
    script = script.replace("sleep 5; kill -9", f"{UNTIL_IT_HANGS}; kill -9")
    env = {**environment(home), "PATH": f"{BUILD}:/usr/bin:/bin"}
    done = subprocess.run(["bash", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env,
                          encoding="utf-8", timeout=300, cwd=home)
    # bash says so when it comes to know, now or with the next command
    said = re.sub(r"^bash: line \d+: +\d+ Killed .*\n", "", done.stdout, flags=re.M)
    parts = re.split(r"^@@ \d+\n", said, flags=re.M)[1:]
    assert len(parts) == len(turns), done.stdout
    for turn, part in zip(turns, parts):
        turn.got = part.split("\n")[:-1]


# --- compared --------------------------------------------------------------------------------


FORMS = [(re.compile(pattern), name) for pattern, name in [
    (r"\x1b\[[0-9;]*[A-Za-z]", ""),
    (r"\b[0-9a-f]{64}\b", "DIGEST"),
    (r"\b[0-9a-f]{6,12}…", "DIGEST…"),
    (r"\b\d{5}-\d{8}T\d{6}Z\b", "RUN"),
    (r"\d{4}-?\d\d-?\d\d[T ]?\d\d:?\d\d:?\d\dZ?", "TIME"),
    (r"\b\d\d:\d\d:\d\d\b", "TIME"),
    (r"(127\.0\.0\.1:)\d+", r"\1PORT"),
    (r"/\S+/proofs/", "PROOFS/"),
    (r"(\(id )\d+", r"\1ID"),
    (r"\b(By +|resumed by )\S+ on [^\s,]+", r"\1SOMEONE"),
    (r"  \(\d+(\.\d+)? ?m?s\)$", ""),
    (r"\b\d+(\.\d+)? (B|bytes|[KMG]iB)\b", "SIZE"),
    (r"\b\d{6}\b", "JOURNAL-ID"),
]]
# How many steps a plan has and how many rules hold changes with what belay learns: a test does not mind.
NUMBERS = [(re.compile(pattern), name) for pattern, name in [
    (r"^( *)\d+/\d+  ", r"\1N  "),
    (r"^ *\d+  ", "N  "),
    (r"^(Done +)\d+ of \d+ steps.*", r"\1N steps"),
    (r"\b\d+ (open )?(steps?)\b", r"N \1\2"),
    (r"(…  )\d+( more)", r"\1N\2"),
    (r"\b\d+ done\b", "N done"),
    # Where ^C strikes is not the same each time.
    (r"^belay: stopped (while|before) .*", "belay: stopped"),
    (r"\b\d+ hold, \d+ do not concern\b", "N hold, N do not concern"),
]]


def form(line, strict=False):
    """A line with what differs from run to run blotted out; strict: only that."""
    for pattern, name in FORMS + NUMBERS * (not strict):
        line = pattern.sub(name, line)
    return line.rstrip()


def difference(turn, strict=False):
    """What of the lines shown did not come out, as a text; None: all did."""
    stream = " ".join(" ".join(form(line, strict) for line in turn.got).split())
    at, gap = 0, False
    for line in turn.shown:
        wanted = " ".join(form(line, strict).split())
        if wanted == GAP:
            gap = True
            continue
        rest = stream[at:]
        found = rest.find(wanted) if gap else 0 if rest.startswith(wanted) else -1
        if found < 0:
            return f"{turn.typed}\nshows: {wanted}\nbut: {rest[:3000]}"
        at += found + len(wanted)
        at += stream[at:at + 1] == " "
        gap = False
    if not gap and at < len(stream):
        return f"{turn.typed}\nshows nothing more, but: {stream[at:][:3000]}"
    return None


# --- written anew ----------------------------------------------------------------------------


def likest(line, lines):
    """The index of the line that is most like it, None where none is."""
    found = [(difflib.SequenceMatcher(None, form(line), form(other)).ratio(), -at)
             for at, other in enumerate(lines)]
    best = max(found, default=(0, 0))
    return -best[1] if best[0] >= 0.6 else None


def anew(turn):
    """The lines to show: those that came out and are shown now, or stand where one that is gone stood."""
    shown = [line for line in turn.shown if line.strip() != GAP]
    pairs = {}  # index of a line that came out → the line that is shown for it
    same = difflib.SequenceMatcher(None, [form(line) for line in shown], [form(line) for line in turn.got],
                                   autojunk=False)
    for kind, a, b, c, d in same.get_opcodes():
        if kind == "equal":
            for at, line in zip(range(c, d), shown[a:b]):
                pairs[at] = line if form(line, True) == form(turn.got[at], True) else turn.got[at]
        elif kind == "replace":
            for line in shown[a:b]:
                at = likest(line, turn.got[c:d])
                if at is not None:
                    c += at
                    pairs[c] = turn.got[c]
                    c += 1
    lines, at = [], 0
    for index in sorted(pairs):
        lines += [GAP] * (index > at) + [pairs[index]]
        at = index + 1
    return lines + [GAP] * (at < len(turn.got))


def play(page, home):
    """All turns of a page, each with what came out."""
    played = []
    for kind, prompt, player in (("text", PROMPT, play_at_a_terminal), ("console", r"\$ ", play_in_a_script)):
        for n, turns in enumerate(sections(page, kind, prompt).values()):
            place = Path(home) / f"{kind}-{n}"
            place.mkdir()
            player(turns, place)
            played += turns
    return played


def main():
    page = (ROOT / "README.md").read_text(encoding="utf-8").split("\n")
    with tempfile.TemporaryDirectory(prefix="belay-screens-") as home:
        for turn in sorted(play(page, home), key=lambda turn: -turn.first):
            if difference(turn, strict=True) is not None:
                print(f"anew: {turn.typed or START}")
                page[turn.first:turn.first + len(turn.shown)] = anew(turn)
    (ROOT / "README.md").write_text("\n".join(page), encoding="utf-8")


if __name__ == "__main__":
    main()
