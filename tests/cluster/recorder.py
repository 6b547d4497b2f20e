"""
A kubectl that notes what belay asks: stands in for the practice cluster's kubectl, calls it, and writes
each kind of call with what the cluster held before and after into a file of JSON lines.

Of each kind only the first calls are kept: a kind is the words of a call without what differs each time
(numbers, uids, times, texts that are patched in).
"""
import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys

STREAMS = ("exec", "cp", "port-forward", "attach", "logs")  # these need a kubelet
KEEP = 3  # of a kind: the first may have been disturbed by what the cluster does by itself

SCRIPT = """#!/usr/bin/python3
import sys
sys.path.insert(0, {here!r})
from recorder import main
main({kubectl!r}, {db!r}, {log!r})
"""


def install(cluster, kubectl):
    """Writes the program for one practice cluster; (its path, the path of its log)."""
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


def seen(log, kind):
    try:
        with open(log, encoding="utf-8") as file:
            return sum(line.startswith(f'{{"kind": "{kind}"') for line in file)
    except FileNotFoundError:
        return 0


def main(kubectl, db, log):
    args = sys.argv[1:]
    words = [word for word in args if not word.startswith("--")]
    if words and words[0] in STREAMS:
        os.execv(kubectl, [kubectl, *args])
    # Only who reads standard input is given some; a terminal would be waited for.
    reads = "-" in args or any(word.endswith("=/dev/stdin") for word in args)
    stdin = sys.stdin.buffer.read() if reads else b""
    kind = shape(args, stdin.decode("utf-8", "replace"))
    keep = seen(log, kind) < KEEP
    before = None
    if keep:  # what is due in the cluster happens first
        subprocess.run([kubectl, *(w for w in args if w.startswith("--kubeconfig")), "version"],
                       capture_output=True, check=False)
        before = objects(db)
    done = subprocess.run([kubectl, *args], input=stdin, capture_output=True, check=False)
    if keep:
        record = {"kind": kind, "args": args, "stdin": stdin.decode("utf-8", "replace"),
                  "rc": done.returncode, "out": done.stdout.decode("utf-8", "replace"),
                  "err": done.stderr.decode("utf-8", "replace"), "before": before,
                  "after": objects(db)}
        with open(log, "a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")
    sys.stdout.buffer.write(done.stdout)
    sys.stderr.buffer.write(done.stderr)
    sys.exit(done.returncode)
