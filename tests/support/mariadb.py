"""A real MariaDB server for the client half, with data, socket and port of its own.

    pytestmark = mariadb.needed              # the whole file, with the reason, where it is not installed

    @pytest.fixture(scope="module")
    def server():
        with MariaDb() as started:
            yield started

    ours, linked, classic = server.both("-t", "-e", "select 1")     # belay, belay as mariadb, mariadb
    server.same("-t", "-e", "select 1")                             # … and compared

Ready in about a second. It listens on the loopback address alone, ends with the `with` block, and
leaves nothing behind. What a client sent is in sent(): the general log is on.
"""
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections import namedtuple

import pytest

from practice import BELAY, Done, clean_env, end_process, wait_for  # noqa: F401

SERVER = shutil.which("mariadbd", path=os.environ.get("PATH", "") + ":/usr/sbin")
INSTALL = shutil.which("mariadb-install-db")
CLASSIC = shutil.which("mariadb")
MISSING = [name for name, path in (("mariadbd", SERVER), ("mariadb-install-db", INSTALL),
                                   ("mariadb", CLASSIC)) if path is None]
needed = pytest.mark.skipif(bool(MISSING), reason="not installed: " + ", ".join(MISSING))

Three = namedtuple("Three", "ours linked classic")
Entry = namedtuple("Entry", "connection command text")

# "261128  4:42:17<TAB>     5 Query<TAB>select 1"; the time is left out where it did not change.
ENTRY = re.compile(r"^(?:\d{6} +\d+:\d\d:\d\d)?\t+ *(\d+) ([A-Z][A-Za-z]+(?: [A-Za-z]+)*)(?:\t(.*))?$")


def free_port():
    """A port of the loopback address that nobody has now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class MariaDb:
    """One server in one directory; options are mariadbd's. tls: it offers TLS with server.pem/ca.pem."""

    def __init__(self, *options, tls=False):
        if MISSING:
            pytest.skip("not installed: " + ", ".join(MISSING))
        self.top = tempfile.mkdtemp(prefix="belay-mariadb-")
        self.data, self.home, self.tmp, self.bin = (os.path.join(self.top, name) for name in
                                                    ("data", "home", "tmp", "bin"))
        # The path of a Unix socket may be 107 bytes long: it lies at the top.
        self.socket = os.path.join(self.top, "s")
        self.log = os.path.join(self.top, "general.log")
        self.errors = os.path.join(self.top, "error.log")
        self.options, self.tls, self.process, self.port = list(options), tls, None, None
        for folder in (self.home, self.tmp, self.bin):
            os.mkdir(folder)
        for name in ("mariadb", "mysql"):
            os.symlink(BELAY, os.path.join(self.bin, name))

    def __enter__(self):
        try:
            self._install()
            if self.tls:
                self._certificates()
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.top, ignore_errors=True)

    # --- the server ---------------------------------------------------------------------------

    def _as_whom(self):
        """mariadbd does not run as root unless it is told so."""
        return ["--user=root"] if os.geteuid() == 0 else []

    def _install(self):
        done = subprocess.run(
            [INSTALL, "--no-defaults", f"--datadir={self.data}", "--skip-test-db",
             "--auth-root-authentication-method=normal", "--innodb-log-file-size=4M",
             "--innodb-flush-method=nosync", *self._as_whom()],
            capture_output=True, text=True, timeout=120, check=False,
            env=clean_env(self.home, TMPDIR=self.tmp))
        assert done.returncode == 0, done.stdout + done.stderr

    def _certificates(self):
        """An authority, and a certificate for 127.0.0.1 and localhost signed by it."""
        def openssl(*words):
            done = subprocess.run(["openssl", *words], cwd=self.top, capture_output=True,
                                  text=True, timeout=60, check=False)
            assert done.returncode == 0, done.stderr
        with open(os.path.join(self.top, "names"), "w", encoding="ascii") as file:
            file.write("subjectAltName=IP:127.0.0.1,DNS:localhost\n")
        key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2",
                "-subj", "/CN=authority of a test")
        openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
        openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-out", "server.pem", "-days", "2", "-extfile", "names")
        self.options += [f"--ssl-{kind}={os.path.join(self.top, name)}" for kind, name in
                         (("ca", "ca.pem"), ("cert", "server.pem"), ("key", "server.key"))]

    def start(self):
        """Starts it, on the port it had before; returns when it answers."""
        for _ in range(1 if self.port else 5):
            self.port = self.port or free_port()
            with open(self.errors, "ab") as errors:
                self.process = subprocess.Popen(
                    [SERVER, "--no-defaults", f"--datadir={self.data}", f"--socket={self.socket}",
                     f"--port={self.port}", "--bind-address=127.0.0.1", f"--tmpdir={self.tmp}",
                     f"--pid-file={self.top}/pid", "--general-log=1",
                     f"--general-log-file={self.log}", "--skip-log-bin", "--skip-name-resolve",
                     "--innodb-log-file-size=4M", "--innodb-buffer-pool-size=16M",
                     "--innodb-flush-method=nosync", "--innodb-flush-log-at-trx-commit=0",
                     "--innodb-fast-shutdown=2", "--performance-schema=off", "--local-infile=1",
                     "--character-set-server=utf8mb4", "--secure-file-priv=",
                     "--max-connections=40", *self._as_whom(), *self.options],
                    stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
            if self._answers():
                return
            end_process(self.process)  # another took the port meanwhile: a new one
            self.port = None
        with open(self.errors, encoding="utf-8", errors="replace") as file:
            raise AssertionError("mariadbd does not answer:\n" + file.read()[-3000:])

    def _answers(self):
        end = time.monotonic() + 60
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as probe:
                    if probe.recv(5)[4:] == b"\x0a":
                        return True
            except OSError:
                time.sleep(0.01)
        return False

    def stop(self):
        """Ends it; its data stays until the block ends."""
        if self.process is not None:
            self.freeze(False)
            end_process(self.process, 30)
            self.process = None

    def freeze(self, on=True):
        """A server whose machine hangs: connections stay, nothing is answered."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGSTOP if on else signal.SIGCONT)

    # --- what it holds, and what was sent to it -------------------------------------------------

    def sql(self, text, database=None):
        """Runs statements as the administrator; the rows of all results, as lists of texts."""
        argv = [CLASSIC, "--no-defaults", f"--socket={self.socket}", "-uroot", "-N", "-B",
                *([database] if database else [])]
        done = subprocess.run(argv, input=text.encode(), capture_output=True, timeout=60,
                              env=clean_env(self.home), check=False)
        assert done.returncode == 0, done.stderr.decode()
        return [line.split("\t") for line in done.stdout.decode().splitlines()]

    def entries(self):
        """The general log: who (connection id) sent what, in its order."""
        found = []
        with open(self.log, encoding="utf-8", errors="surrogateescape") as file:
            for line in file.read().split("\n"):
                match = ENTRY.match(line)
                if match:
                    found.append([int(match.group(1)), match.group(2), match.group(3) or ""])
                elif found:
                    found[-1][2] += "\n" + line
        return [Entry(who, command, text.rstrip("\n")) for who, command, text in found]

    def sent(self, pattern=".", command="Query"):
        """The statements whose text matches the pattern (re.search, any case), in their order."""
        return [entry for entry in self.entries()
                if entry.command == command and re.search(pattern, entry.text, re.I | re.S)]

    def forget(self):
        """Empties the log: what is looked at from here on was sent from here on."""
        with open(self.log, "r+b") as file:
            file.truncate(0)

    def arrives(self, pattern, limit=15):
        """Waits until a statement that matches is at the server; its entry."""
        return wait_for(lambda: self.sent(pattern), limit)[-1]

    def running(self, pattern):
        """Ids of the connections that run a statement like this now."""
        return [int(row[0]) for row in self.sql(
            "select id, info from information_schema.processlist where info is not null")
            if row[1:] and re.search(pattern, row[1], re.I)
            and "information_schema.processlist" not in row[1]]

    def kill(self, connection):
        """Ends a connection at the server, as an administrator or a restart would."""
        self.sql(f"kill {connection}")

    # --- the clients ----------------------------------------------------------------------------

    @property
    def login(self):
        return ["-h127.0.0.1", f"-P{self.port}", "-uroot"]

    def run(self, program, *args, stdin=b"", env=None, timeout=60, login=None):
        """Runs a client to its end: stdin is bytes or text, login replaces the usual words."""
        argv = [program, *(self.login if login is None else login), *args]
        if program == CLASSIC:
            argv.insert(1, "--no-defaults")
        done = subprocess.run(argv, input=stdin.encode() if isinstance(stdin, str) else stdin,
                              capture_output=True, timeout=timeout, cwd=self.home, check=False,
                              env=clean_env(self.home, **(env or {})))
        return Done(argv, done.returncode, done.stdout, done.stderr)

    def belay(self, *args, **kwargs):
        return self.run(BELAY, *args, **kwargs)

    def linked(self, *args, name="mariadb", **kwargs):
        """belay under a classic client's name."""
        return self.run(os.path.join(self.bin, name), *args, **kwargs)

    def classic(self, *args, **kwargs):
        """The real mariadb client."""
        return self.run(CLASSIC, *args, **kwargs)

    def both(self, *args, **kwargs):
        """belay, belay linked as mariadb, and the real mariadb, with the same arguments."""
        return Three(self.belay(*args, **kwargs), self.linked(*args, **kwargs),
                     self.classic(*args, **kwargs))

    def same(self, *args, stderr=True, ours=True, **kwargs):
        """
        Compares them: the same stdout, exit status and stderr under the classic name (stderr=False:
        not that), and the same stdout under belay's own (ours=False: not that). Returns the three.
        """
        three = self.both(*args, **kwargs)
        classic = three.classic
        assert three.linked.raw == classic.raw, three
        assert three.linked.rc == classic.rc, three
        if stderr:
            assert three.linked.err == classic.err, three
        if ours:
            assert three.ours.raw == classic.raw, three
        return three

    def start_belay(self, *args, env=None, **kwargs):
        """Starts belay and returns at once; whoever calls ends it."""
        return subprocess.Popen([BELAY, *self.login, *args], cwd=self.home,
                                env=clean_env(self.home, **(env or {})), **kwargs)
