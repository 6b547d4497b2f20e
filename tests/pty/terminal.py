"""A person at a terminal: belay in a pty, typed to and read from, never by sleeping.

readline tells with a control sequence when it begins to read a line (bracketed paste on) and when
Enter was taken (off). What lies between is what the command wrote: Shell.run returns it.
"""
import os
import re
import signal
import unicodedata

import pexpect

from practice import BELAY, Practice, clean_env, wait_for  # noqa: F401

READING = "\x1b[?2004h"
TAKEN = "\x1b[?2004l"
QUESTION = re.compile(r"Enter:\s+(no|stop here)\)?: ")
ERASED = re.compile(r"[^\n]*\r\x1b\[K")
CONTROL = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\r|\x07")
LIMIT = 60  # only what does not come takes so long; a busy machine gets its time

CTRL_C, CTRL_D, CTRL_Z, TAB, UP = "\x03", "\x04", "\x1a", "\t", "\x1b[A"


def plain(text):
    """What a person reads in the end: without the control sequences and lines that were erased."""
    return CONTROL.sub("", ERASED.sub("", text).replace(" \r", ""))


def cells(line):
    """What a line takes on the screen: letters of the far east are two cells wide."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


def assert_fits(text, columns):
    """No line runs over the edge of the window, but one that is a single long word."""
    for line in text.splitlines():
        assert cells(line) <= columns or " " not in line.strip(), f"{cells(line)} cells: {line}"


class Shell:
    """
    One belay at one terminal. Ended with the `with` block, whatever state it is in. no_prompt: do
    not wait until it reads a line, since it will not.
    """

    def __init__(self, argv, home, rows=40, columns=80, env=None, no_prompt=False):
        # Without a pager unless a test wants one.
        whole = clean_env(home, **{"INPUTRC": "/dev/null", "PAGER": "", **(env or {})})
        self.log = []
        self.child = pexpect.spawn(argv[0], list(argv[1:]), env=whole, cwd=home, timeout=LIMIT,
                                   dimensions=(rows, columns), encoding="utf-8",
                                   codec_errors="surrogateescape")
        self.child.delaybeforesend = None
        self.child.logfile_read = self
        if not no_prompt:
            self.until(READING)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        """As if the window was closed; a busy machine gets its time."""
        for number in (signal.SIGHUP, signal.SIGKILL):
            if self.child.closed or not self.child.isalive():
                break
            self.child.kill(number)
            self.child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=LIMIT)
        self.child.close(force=True)

    # pexpect writes what it reads here.
    def write(self, text):
        self.log.append(text)

    def flush(self):
        pass

    @property
    def seen(self):
        """Everything that came to the terminal so far, as it came."""
        return "".join(self.log)

    def press(self, keys):
        """Keys as a keyboard sends them; Enter is a carriage return."""
        self.child.send(keys)

    def until(self, what, limit=LIMIT):
        """Waits for a text (or a pattern); returns what came before it."""
        try:
            if isinstance(what, str):
                self.child.expect_exact(what, timeout=limit)
            else:
                self.child.expect(what, timeout=limit)
        except (pexpect.TIMEOUT, pexpect.EOF) as error:
            raise AssertionError(f"{what!r} did not come, but:\n{self.seen[-3000:]}") from error
        return plain(self.child.before)

    def begin(self, text):
        """Types a line; returns when it was taken, before it is answered."""
        self.press(text + "\r")
        self.until(TAKEN)

    def answer(self, limit=LIMIT):
        """What was written until the next line is read."""
        return self.until(READING, limit)

    def run(self, text, limit=LIMIT):
        """Types a line; returns what was written until the next line is read."""
        self.begin(text)
        return self.answer(limit)

    def ask(self, text, limit=LIMIT):
        """Types a line that leads to a question; returns the page with the question."""
        self.begin(text)
        return self.question(limit)

    def question(self, limit=LIMIT):
        return self.until(QUESTION, limit) + self.child.after

    def reply(self, text, limit=LIMIT):
        """Answers a question; returns what was written until the next line is read."""
        self.press(text + "\r")
        return self.answer(limit)

    def prompt(self):
        """The prompt that stands there now, or that of a following line: to its last space."""
        self.until(re.compile(r"> "))
        return plain(self.child.before + self.child.after).strip()

    def leave(self):
        """Types \\q; returns the exit status."""
        self.begin("\\q")
        return self.ended()

    def ended(self, limit=LIMIT):
        """Waits for the end: the exit status, or 128 + n."""
        try:
            self.child.expect(pexpect.EOF, timeout=limit)
        except pexpect.TIMEOUT as error:
            raise AssertionError(f"it did not end:\n{self.seen[-3000:]}") from error
        self.child.wait()
        if self.child.signalstatus is not None:
            return 128 + self.child.signalstatus
        return self.child.exitstatus

    def children(self):
        return children(self.child.pid)


def children(pid):
    """The processes that this one started and that still run."""
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", encoding="utf-8", errors="replace") as file:
                fields = file.read().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            found.append(int(name))
    return found


def alive(pid):
    """Does it run still? A zombie does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def at(cluster, *args, rows=40, columns=80, env=None, no_prompt=False):
    """belay at a terminal, against a cluster that the test serves."""
    return Shell(cluster.argv(args=args), cluster.home, rows, columns, env, no_prompt)


def ready(cluster, *args, **kwargs):
    """The same without kubectl, when its prompt stands there."""
    shell = at(cluster, "--no-kube", *args, **kwargs)
    try:
        shell.prompt()
    except BaseException:
        shell.__exit__()
        raise
    return shell


def practice(top, *args, rows=40, columns=80, env=None):
    """belay --practice in top/cluster, which is kept; its state is in top/cluster/state."""
    argv = [BELAY, "--practice-dir", os.path.join(top, "cluster"), "--practice-speed", "200", *args]
    return Shell(argv, top, rows, columns, env)


def kept(top):
    """The state of the cluster that practice(top) opens, to be looked at; serves nothing."""
    cluster = object.__new__(Practice)
    cluster.top = cluster.home = top
    cluster.dir = os.path.join(top, "cluster")
    cluster.state_dir = os.path.join(cluster.dir, "state")
    return cluster
