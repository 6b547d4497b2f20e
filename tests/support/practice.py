"""What the tests that drive belay from outside share: a served practice cluster and belay against it.

    with Practice("seed") as cluster:
        done = cluster.belay(r"\\mv inactivate-all", approve=cluster.digest(r"\\mv inactivate-all"))
        assert done.rc == 0, done
        assert cluster.sent("% INACTIVE") == [...]

The cluster is served by the test, so it outlives each belay; whatever belay does is seen in the state
file: statement_log, kubectl_log, mv. Directories and processes end with the `with` block.
"""
import contextlib
import fcntl
import json
import os
import pty
import re
import select
import shutil
import signal
import sqlite3
import struct
import subprocess
import tempfile
import termios
import time

import kinds

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.path.abspath(os.environ.get("BELAY_BUILD", os.path.join(TOP, "build", "dev")))
BELAY = os.path.join(BUILD, "belay")
FE = os.path.join(BUILD, "belay-practice-fe")
KUBECTL = os.path.join(BUILD, "belay-practice-kubectl")
# Under AddressSanitizer nothing can be said about memory: the build maps terabytes of it.
with open(BELAY, "rb") as program:
    INSTRUMENTED = b"__asan_init" in program.read()
SHIM = os.path.join(BUILD, "tests", "libdurable.so")
# The shim in front; an instrumented build's runtime need not be the first library.
PRELOADED = {"LD_PRELOAD": SHIM,
             "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}

DOWN = "\\mv inactivate-all"
UP = "\\mv activate-all"
PAUSE = "\\mv pause-all"
RESUME = "\\mv resume-all"
OF_LEASE = re.compile(r"leases\.coordination|/leases/|--raw /version"
                      r"|create -f - -o jsonpath=\{\.metadata\.uid\} ")
PATIENCE = 300  # seconds that nothing takes on any machine, however busy: what takes longer hangs
CHANGES = ("ALTER%", "ADMIN SET%", "DROP%", "CREATE%", "REFRESH%", "CANCEL%")


class Done:
    """How a program ended; printed whole when an assertion fails."""

    def __init__(self, argv, rc, out, err):
        self.argv, self.rc, self.raw = argv, rc, out
        self.out = out.decode("utf-8", "surrogateescape")
        self.err = err.decode("utf-8", "surrogateescape")

    def __repr__(self):
        return f"{self.argv}\nexit {self.rc}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"

    @property
    def rows(self):
        """The rows of tab-separated output, as dicts by the column names of the first line."""
        lines = [line.split("\t") for line in self.out.splitlines()]
        return [dict(zip(lines[0], line)) for line in lines[1:]] if lines else []

    @property
    def digest(self):
        """The digest that a plan's page names."""
        found = re.search(r"sha256:([0-9a-f]{64})", self.out + self.err)
        assert found, self
        return "sha256:" + found.group(1)


def clean_env(home, **more):
    """An environment in which nothing of this machine's user is read or written."""
    env = {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "HOME": home, "TMPDIR": home,
           "LANG": "C.UTF-8", "TERM": "xterm", "RES_OPTIONS": "timeout:1 attempts:1"}
    # Sanitizers and coverage of an instrumented build are told where to write by these.
    for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS", "LLVM_PROFILE_FILE"):
        if name in os.environ:
            env[name] = os.environ[name]
    env.update(more)
    return env


def descendants(top):
    """
    The processes whose home is below a directory, as id → command line: our children alone are given
    one there, and whatever they start inherits it, also when their parent was killed.
    """
    home, found = b"HOME=" + os.fsencode(top) + b"/", {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/environ", "rb") as file:
                if not any(entry.startswith(home) for entry in file.read().split(b"\0")):
                    continue
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                found[int(pid)] = file.read().replace(b"\0", b" ").decode(errors="replace")
        except OSError:  # it ended, or is somebody else's
            continue
    return found


def end_descendants(top, limit=60):
    """
    Waits until they have ended: a kubectl whose belay was killed makes the directories of its pod
    again when they are removed before it ends. Kills and returns those that stay.
    """
    end = time.monotonic() + limit
    while descendants(top) and time.monotonic() < end:
        time.sleep(0.02)
    left = descendants(top)
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not descendants(top))
    return left


def end_process(process, limit=10):
    """Ends one process that we started: kindly, then not."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(limit)


class Practice:
    """A practice cluster in a directory of its own, served until the block ends."""

    def __init__(self, scenario="seed", speed=200, like=None):
        """like: a cluster that is not served now; ours begins as a copy, its journals among it."""
        self.scenario, self.speed = scenario, speed
        self.top = tempfile.mkdtemp(prefix="belay-test-")
        self.dir = os.path.join(self.top, "cluster")
        self.state_dir = os.path.join(self.top, "state")
        self.home = os.path.join(self.top, "home")
        if like is None:
            os.mkdir(self.home)
        else:
            shutil.copytree(like.top, self.top, dirs_exist_ok=True)
        self.server, self.started = None, []
        self.kubectl = KUBECTL  # what belay is told to use

    def __enter__(self):
        try:
            self.serve()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.started:
            end_process(process)
        self.stop_serving()
        left = end_descendants(self.top)
        if kinds.WHERE and self.kubectl == KUBECTL and os.path.exists(f"{self.dir}/cluster.db"):
            kinds.write(os.path.join(kinds.WHERE, os.path.basename(self.top) + ".json"),
                        [argv for argv, in self.sql("SELECT argv FROM kubectl_log")])
        shutil.rmtree(self.top)
        assert not left, f"left running: {left}"

    # --- the server ---------------------------------------------------------------------------

    def serve(self):
        self.server = subprocess.Popen(
            [FE, "serve", "--dir", self.dir, "--scenario", self.scenario, "--speed",
             str(self.speed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        line = self.server.stdout.readline().decode()
        assert line.startswith("READY "), f"no READY line but {line!r}"
        self.ready = json.loads(line[6:])

    def stop_serving(self):
        """It ends by itself when its standard input closes."""
        if self.server is None:
            return
        self.server.stdin.close()
        try:
            self.server.wait(20)
        except subprocess.TimeoutExpired:
            end_process(self.server)
        self.server.stdout.close()
        self.server = None

    def control(self, *words):
        done = subprocess.run([FE, words[0], "--dir", self.dir, *words[1:]], capture_output=True,
                              text=True, timeout=PATIENCE, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def event(self, name):
        self.control("event", name)

    def restart(self):
        """All FEs, one after the other; returns when each listens again."""
        self.control("event", "restart-fes")
        wait_for(lambda: self.sql("SELECT count(*) FROM fe WHERE listens_ms <> start_ms") == [(0,)])

    # --- the state file -----------------------------------------------------------------------

    def sql(self, text, *values):
        """Reads, or changes, the state file, as any other program may."""
        db = sqlite3.connect(os.path.join(self.dir, "cluster.db"), timeout=PATIENCE)
        try:
            with db:
                return db.execute(text, values).fetchall()
        finally:
            db.close()

    def fault(self, kind, match="%", arg=None, times=1, after=0, program="fe"):
        """The statement (or kubectl call) that matches, after so many others, goes wrong."""
        self.sql("INSERT INTO fault (program, match, kind, arg, remaining, after)"
                 " VALUES (?, ?, ?, ?, ?, ?)", program, match, kind, arg, times, after)

    def once_sent(self, like, *changes):
        """As soon as a statement that matches arrives, before it runs, the state is changed so."""
        self.sql("CREATE TRIGGER once_%d AFTER INSERT ON statement_log WHEN new.text LIKE '%s'"
                 " BEGIN %s; END" % (time.monotonic_ns(), like.replace("'", "''"),
                                     "; ".join(changes)))

    def as_before(self):
        """Ends what once_sent began."""
        for name, in self.sql("SELECT name FROM sqlite_master WHERE type = 'trigger'"):
            self.sql(f"DROP TRIGGER {name}")

    def clear_faults(self):
        self.sql("DELETE FROM fault")

    def sent(self, *likes):
        """The texts of statement_log that match one of the patterns, in their order."""
        where = " OR ".join(["text LIKE ?"] * len(likes))
        return [text for text, in
                self.sql(f"SELECT text FROM statement_log WHERE {where} ORDER BY id", *likes)]

    def changes(self):
        """Everything that was sent and changes something."""
        return self.sent(*CHANGES)

    def kubectl_calls(self, lease=False):
        """The argument vectors; those for the Lease of a run only when they are wanted too."""
        calls = [row[0] for row in self.sql("SELECT argv FROM kubectl_log ORDER BY id")]
        return [argv for argv in calls if lease or not OF_LEASE.search(argv)]

    def forget(self):
        """Empties the statement log: what is looked at from here on was sent from here on."""
        self.sql("DELETE FROM statement_log")

    def views(self):
        """database.name → (active, lasting reason) of every asynchronous view."""
        return {name: (bool(active), reason) for name, active, reason in self.sql(
            "SELECT d.name || '.' || o.name, m.active, m.lasting_reason FROM mv m"
            " JOIN object o ON o.id = m.id JOIN db d ON d.id = o.db_id")}

    def clauses(self):
        """database.name → what the refresh clause of every asynchronous view says."""
        return {name: rest for name, *rest in self.sql(
            "SELECT d.name || '.' || o.name, m.moment, m.deferred, m.start_at, m.every_n,"
            " m.every_unit FROM mv m JOIN object o ON o.id = m.id JOIN db d ON d.id = o.db_id")}

    def active(self):
        return {name for name, (up, _) in self.views().items() if up}

    def config(self, name="enable_mv_automatic_active_check"):
        """The value of a setting on each FE, by ordinal."""
        return [value for value, in self.sql(
            "SELECT c.value FROM config c JOIN fe ON fe.id = c.fe_id WHERE c.name = ?"
            " ORDER BY fe.ordinal", name)]

    def leader(self):
        return self.sql("SELECT pod FROM fe WHERE role = 'LEADER' AND alive = 1")[0][0]

    def port(self, ordinal):
        return self.sql("SELECT listen_port FROM fe WHERE ordinal = ?", ordinal)[0][0]

    @contextlib.contextmanager
    def forward(self, pod):
        """A port of this machine that kubectl port-forward leads to the FE in the pod."""
        argv = [KUBECTL, "--kubeconfig", self.ready["kubeconfig"], "port-forward", f"pod/{pod}",
                ":9030", "--address=127.0.0.1"]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, env=clean_env(self.home)) as process:
            try:
                yield int(re.search(rb":(\d+) ->", process.stdout.readline())[1])
            finally:
                process.terminate()

    # --- belay --------------------------------------------------------------------------------

    def argv(self, *lines, approve=None, args=(), user="root", fe=0, kube=True, state=None):
        """belay's argument vector; each of the lines becomes a -e of its own."""
        argv = [BELAY, "--host=127.0.0.1", f"--port={self.port(fe)}", f"--user={user}",
                "--state-dir", state or self.state_dir]
        if kube:
            # Through port-forward: the names of the pods are not looked up, so no DNS is needed.
            argv += ["--kubectl", self.kubectl, "--kubeconfig", self.ready["kubeconfig"],
                     "--via", "port-forward"]
        if approve is not None:
            argv += ["--approve", approve]
        argv += list(args)
        for line in lines:
            argv += ["-e", line]
        return argv

    def belay(self, *lines, stdin=b"", env=None, timeout=PATIENCE, **kwargs):
        """Runs belay to its end."""
        argv = self.argv(*lines, **kwargs)
        done = subprocess.run(argv, input=stdin.encode() if isinstance(stdin, str) else stdin,
                              capture_output=True, env=clean_env(self.home, **(env or {})),
                              timeout=timeout, check=False)
        return Done(argv, done.returncode, done.stdout, done.stderr)

    def belay_tty(self, *lines, env=None, limit=PATIENCE, columns=200, **kwargs):
        """Runs belay on a terminal of its own; what it showed there, as bytes, is in raw."""
        argv = self.argv(*lines, **kwargs)
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, columns, 0, 0))
        process = subprocess.Popen(argv, stdin=theirs, stdout=theirs, stderr=theirs,
                                   start_new_session=True,
                                   env=clean_env(self.home, **(env or {})))
        self.started.append(process)
        os.close(theirs)
        shown, end = b"", time.monotonic() + limit
        try:
            while select.select([ours], [], [], max(0, end - time.monotonic()))[0]:
                part = os.read(ours, 65536)
                shown += part
                if not part:
                    break
        except OSError:  # the other end was closed
            pass
        finally:
            os.close(ours)
        return Done(argv, process.wait(limit), shown, b"")

    def start(self, *lines, env=None, **kwargs):
        """Starts belay and returns at once; ended with the block at the latest."""
        process = subprocess.Popen(self.argv(*lines, **kwargs), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=clean_env(self.home, **(env or {})))
        self.started.append(process)
        return process

    def digest(self, line, **kwargs):
        """The digest that --dry-run prints for a command."""
        done = self.belay(f"{line} --dry-run", **kwargs)
        assert done.rc == 0, done
        return done.digest

    def approved(self, line, *before, **kwargs):
        """Asks for the digest, then runs the line with it."""
        digest = self.digest(line, **{k: v for k, v in kwargs.items()
                                      if k in ("args", "user", "fe", "kube", "state")})
        return self.belay(*before, line, approve=digest, **kwargs)

    # --- the journal --------------------------------------------------------------------------

    def journals(self, state=None):
        """The paths of the journals, oldest first."""
        top = state or self.state_dir
        return sorted(os.path.join(folder, name) for folder, _, names in os.walk(top)
                      for name in names if re.fullmatch(r"journal-.*\.jsonl", name))

    def records(self, path=None):
        """The whole lines of one journal (the newest), parsed; a torn last line is left out."""
        with open(path or self.journals()[-1], "rb") as file:
            return [json.loads(line) for line in file if line.endswith(b"\n")]

    def run_id(self, path=None):
        return re.search(r"journal-(.*)\.jsonl$", path or self.journals()[-1]).group(1)


def wait_for(holds, limit=PATIENCE):
    """Asks until it holds, and returns the answer."""
    end = time.monotonic() + limit
    while True:
        answer = holds()
        if answer:
            return answer
        assert time.monotonic() < end, f"still not so after {limit} s"
        time.sleep(0.01)


def killed(done):
    return done.rc in (-signal.SIGKILL, 128 + signal.SIGKILL)
