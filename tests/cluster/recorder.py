"""
A kubectl that notes what belay asks: stands in for the practice cluster's kubectl, calls it, and writes
each kind of call with what the cluster held before and after into a file of JSON lines.

Of each kind only the first calls are kept: a kind is the words of a call without what differs each time
(numbers, uids, times, texts that are patched in). Beside a call stand the ways in which it would fail:
asked for by somebody who may not, of an object or a namespace that is not there, with a test or a
precondition that does not hold. None of these changes anything.
"""
import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys

STREAMS = ("exec", "cp", "port-forward", "attach", "logs")  # these need a kubelet
CHANGES = ("patch", "delete", "create", "scale", "rollout", "annotate", "replace", "label", "apply", "set")
LOCAL = ("config", "version")  # nobody's rights are asked for
KEEP = 3  # of a kind: the first may have been disturbed by what the cluster does by itself
STRANGER, READER = "stranger", "reader"  # may do nothing; may read everything and change nothing
ELSE = "00000000-1111-4222-8333-444444444444"  # a uid that nothing has

SCRIPT = """#!/usr/bin/python3 -ES
import sys
sys.path.insert(0, {here!r})
from recorder import main
main({kubectl!r}, {db!r}, {log!r})
"""


def install(cluster, kubectl):
    """Writes the program for one practice cluster; (its path, the path of its log)."""
    cluster.sql("INSERT OR IGNORE INTO rbac SELECT ?, verb, resource FROM rbac"
                " WHERE verb IN ('get', 'list', 'watch')", READER)
    path, log = os.path.join(cluster.top, "kubectl"), os.path.join(cluster.top, "calls.jsonl")
    with open(path, "w", encoding="utf-8") as file:
        file.write(SCRIPT.format(here=os.path.dirname(os.path.abspath(__file__)), kubectl=kubectl,
                                 db=os.path.join(cluster.dir, "cluster.db"), log=log))
    os.chmod(path, 0o700)
    return path, log


def shape(args, stdin):
    """The kind of a call."""
    text = "\0".join(args) + "\0" + stdin
    text = re.sub(r"--kubeconfig=[^\0]*|--(context|namespace)=[^\0]*", "", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{27}", "UID", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "TIME", text)
    text = re.sub(r'"value":"(?:[^"\\]|\\.){40,}"', '"value":"TEXT"', text)
    text = re.sub(r"[0-9a-f]{16,}", "HEX", text)
    text = re.sub(r"\d+", "N", text)
    return hashlib.sha256(text.encode()).hexdigest()


def objects(db):
    """[resource, namespace, object] of everything that the API server of the practice cluster holds."""
    link = sqlite3.connect(f"file:{db}?mode=ro", uri=True, timeout=20)
    try:
        return [[resource, ns, json.loads(text)] for resource, ns, text in link.execute(
            "SELECT resource, namespace, json FROM k8s_object ORDER BY resource, namespace, name")]
    finally:
        link.close()


def failures(args, stdin):
    """(name, arguments, stdin) of each way in which this call fails."""
    words = plain_words(args)
    if words[0] in LOCAL:
        return
    behind = args.index("--") if "--" in args else len(args)

    def more(option):
        return [*args[:behind], option, *args[behind:]]
    yield "who may do nothing", more(f"--as={STRANGER}"), stdin
    if words[0] in CHANGES and words[:2] != ["rollout", "status"]:
        yield "who may only read", more(f"--as={READER}"), stdin
    if "--all-namespaces" not in args and "--raw" not in args and words[0] not in ("auth", "explain"):
        yield "no such namespace", more("--namespace=nowhere"), stdin
    gone = without_object(args, words)
    if gone:
        yield "no such object", gone, stdin
    for i, word in enumerate(args):
        other = re.sub(r'("op":"test",[^}]*"value":)("(?:[^"\\]|\\.)*"|\d+)', r'\1"another"', word, count=1)
        if other != word:
            yield "a test that does not hold", [*args[:i], other, *args[i + 1:]], stdin
    for key, value in (("uid", ELSE), ("resourceVersion", "1")):
        other = re.sub(rf'("{key}":)"[^"]*"', rf'\1"{value}"', stdin)
        if other != stdin and words[0] == "delete":
            yield f"another {key}", args, other


def plain_words(args):
    """Without options; a short one has its value behind it, but for exec's -i."""
    return [word for i, word in enumerate(args) if not word.startswith("-")
            and (i == 0 or not re.fullmatch("-[a-hj-z]", args[i - 1]))]


def without_object(args, words):
    """The same call about an object that there is not; None: it names none."""
    if "--raw" in args:
        path = args[args.index("--raw") + 1]
        return [word + "-gone" if word == path else word for word in args] if "/namespaces/" in path \
            else None
    if words[0] in STREAMS:
        named = words[1]
    elif words[0] in ("auth", "explain", "create"):
        return None
    else:
        named = words[2] if len(words) > 2 and words[0] != "rollout" else words[-1]
        if len(words) < 3 and "/" not in named:
            return None
    return [word + "-gone" if word == named else word for word in args] \
        if re.fullmatch(r"[a-z0-9./-]+", named) else None


def seen(log, kind):
    try:
        with open(log, encoding="utf-8") as file:
            return sum(line.startswith(f'{{"kind": "{kind}"') for line in file)
    except FileNotFoundError:
        return 0


def files_of(args):
    """name → text of the files beside us that the call reads."""
    found = {}
    for word in args:
        name = re.sub(r"^--(patch-file|from-file|filename)=", "", word)
        if name != word and "/" not in name:
            with open(name, encoding="utf-8") as file:
                found[name] = file.read()
    return found


def main(kubectl, db, log):
    args = sys.argv[1:]
    words = plain_words(args)
    streams = bool(words) and words[0] in STREAMS
    # Only who reads standard input is given some; a terminal would be waited for.
    reads = not streams and ("-" in args or any(word.endswith("=/dev/stdin") for word in args))
    stdin = sys.stdin.buffer.read() if reads else b""
    text = stdin.decode("utf-8", "replace")
    kind = shape(args[:6] if streams else args, text)
    times = seen(log, kind)

    files = files_of(args)

    def call(kind, args, stdin, how="", before=None):
        done = subprocess.run([kubectl, *args], input=stdin.encode(), capture_output=True, check=False)
        record = {"kind": kind, "how": how, "args": args, "stdin": stdin, "files": files, "rc": done.returncode,
                  "out": done.stdout.decode("utf-8", "replace"),
                  "err": done.stderr.decode("utf-8", "replace"), "before": before,
                  "after": before and objects(db)}
        with open(log, "a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
        return done
    if times == 0 and words:
        for how, bad, its_stdin in failures(args, text):
            call(f"{kind} {how}", bad, its_stdin, how)
    if streams or times >= KEEP:
        if streams and times == 0:
            with open(log, "a", encoding="utf-8") as file:
                file.write(json.dumps({"kind": kind, "how": "stream", "args": args}) + "\n")
        if not reads:
            os.execv(kubectl, [kubectl, *args])
        done = subprocess.run([kubectl, *args], input=stdin, capture_output=True, check=False)
    else:  # what is due in the cluster happens first
        subprocess.run([kubectl, *(w for w in args if w.startswith("--kubeconfig")), "version"],
                       capture_output=True, check=False)
        done = call(kind, args, text, before=objects(db))
    sys.stdout.buffer.write(done.stdout)
    sys.stderr.buffer.write(done.stderr)
    sys.exit(done.returncode)
