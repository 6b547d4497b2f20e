"""A server that speaks just enough of the protocol to say what no honest server says.

    with Hostile(lambda wire: wire.log_in() or wire.answer(b"\\xff")) as server:
        done = server.belay("-e", "select 1")

The play gets one Wire for each connection and runs in a thread of its own; what it raises once the
client has gone is nothing. Ports of the loopback address alone; all ends with the block.
"""
import os
import resource
import shutil
import socket
import struct
import subprocess
import tempfile
import threading
import time

from practice import BELAY, INSTRUMENTED, Done, clean_env

LONG_PASSWORD, PROTOCOL_41, CONNECT_WITH_DB, SECURE, PLUGIN_AUTH = 1, 0x200, 8, 0x8000, 0x80000
LOCAL_FILES, SESSION_TRACK = 0x80, 0x800000
CAPABILITIES = LONG_PASSWORD | PROTOCOL_41 | CONNECT_WITH_DB | SECURE | PLUGIN_AUTH
OK = b"\x00\x00\x00\x02\x00\x00\x00"
EOF = b"\xfe\x00\x00\x02\x00"
AUTOCOMMIT, MORE_RESULTS, STATE_CHANGED = 0x2, 0x8, 0x4000


def number(n):
    """A length-encoded integer."""
    if n < 251:
        return bytes([n])
    if n < 1 << 16:
        return b"\xfc" + struct.pack("<H", n)
    if n < 1 << 24:
        return b"\xfd" + struct.pack("<I", n)[:3]
    return b"\xfe" + struct.pack("<Q", n)


def text(data):
    """A length-encoded string."""
    data = data if isinstance(data, bytes) else data.encode()
    return number(len(data)) + data


def column(name="c", kind=253, charset=33, length=300, flags=0):
    """A column definition."""
    return (text("def") + text("") * 3 + text(name) + text("") + b"\x0c" +
            struct.pack("<HIBHB", charset, length, kind, flags, 0) + b"\x00\x00")


def error(message, code=1064, state=b"42000"):
    message = message if isinstance(message, bytes) else message.encode()
    return b"\xff" + struct.pack("<H", code) + b"#" + state + message


def greeting(version=b"8.0.33", plugin=b"mysql_native_password", capabilities=CAPABILITIES):
    return (b"\x0a" + version + b"\x00" + struct.pack("<I", 7) + b"12345678\x00" +
            struct.pack("<HBHH", capabilities & 0xffff, 33, 2, capabilities >> 16) + b"\x15" +
            b"\x00" * 10 + b"123456789012\x00" + plugin + b"\x00")


class Wire:
    """One connection, as the server sees it. The sequence number goes on by itself."""

    def __init__(self, connection):
        self.socket, self.sequence = connection, 0

    def raw(self, data):
        self.socket.sendall(data)

    def send(self, payload, sequence=None):
        """One packet; longer than 16 MB it is split as the protocol wants."""
        while True:
            part, payload = payload[:0xffffff], payload[0xffffff:]
            number_ = self.sequence if sequence is None else sequence
            self.raw(struct.pack("<I", len(part))[:3] + bytes([number_ & 0xff]) + part)
            self.sequence += 1
            if len(part) < 0xffffff:
                return

    def _exactly(self, n):
        data = b""
        while len(data) < n:
            part = self.socket.recv(n - len(data))
            if not part:
                raise EOFError
            data += part
        return data

    def read(self):
        """One packet of the client."""
        head = self._exactly(4)
        self.sequence = head[3] + 1
        return self._exactly(struct.unpack("<I", head[:3] + b"\0")[0])

    def log_in(self, **kwargs):
        """Greets and lets anybody in; the client's own answer."""
        self.sequence = 0
        self.send(greeting(**kwargs))
        response = self.read()
        self.send(OK)
        return response

    def query(self):
        """Waits for a statement and returns its text; what must be said before is said."""
        while True:
            packet = self.read()
            if packet[:1] == b"\x03":
                return packet[1:]
            if packet[:1] == b"\x01":
                raise EOFError
            self.send(OK)

    def answer(self, *payloads):
        """Waits for a statement, answers it with these packets, and goes on with OK to all others."""
        self.query()
        for payload in payloads:
            self.send(payload)
        while True:
            self.query()
            self.send(OK)

    def rows(self, *rows, names=("c",), kind=253):
        """A whole honest result set."""
        packets = [number(len(names)), *(column(name, kind) for name in names), EOF]
        packets += [b"".join(b"\xfb" if cell is None else text(cell) for cell in row) for row in rows]
        return packets + [EOF]


class Hostile:
    def __init__(self, play):
        self.play, self.wires, self.closing = play, [], False
        self.home = tempfile.mkdtemp(prefix="belay-hostile-")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.threads = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self):
        self.threads[0].start()
        return self

    def __exit__(self, *_):
        self.closing = True
        for end in [self.listener] + [wire.socket for wire in self.wires]:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:  # it has ended
                pass
        for thread in self.threads:
            thread.join(20)
        for end in [self.listener] + [wire.socket for wire in self.wires]:
            end.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def _accept(self):
        while not self.closing:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            wire = Wire(connection)
            self.wires.append(wire)
            thread = threading.Thread(target=self._perform, args=(wire,), daemon=True)
            self.threads.append(thread)
            thread.start()

    def _perform(self, wire):
        try:
            self.play(wire)
        except (OSError, EOFError):  # the client has gone
            pass
        finally:
            try:
                wire.socket.shutdown(socket.SHUT_RDWR)
            except OSError:  # it has ended
                pass

    def argv(self, *args):
        return [BELAY, "--no-defaults", "-h127.0.0.1", f"-P{self.port}", "-uroot", "--skip-ssl",
                "--connect-timeout=5", *args]

    def belay(self, *args, limit=60, memory=None, password=None, program=BELAY):
        """
        Runs belay to its end; done.peak is the most memory it had, in MiB. memory: the address space
        it may take, in MiB, where the build allows a limit (not under AddressSanitizer). program: a
        link to belay, for another name.
        """
        argv = [program, *self.argv(*([f"-p{password}"] if password else []), *args)[1:]]

        env = clean_env(self.home)
        if INSTRUMENTED:  # what the library cannot get, it must do without
            env["ASAN_OPTIONS"] = env.get("ASAN_OPTIONS", "") + ":allocator_may_return_null=1"

        def before():
            if memory and not INSTRUMENTED:
                resource.setrlimit(resource.RLIMIT_AS, (memory << 20, memory << 20))
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                                       env=env, cwd=self.home, preexec_fn=before)
            timer = threading.Timer(limit, process.kill)
            timer.start()
            _, status, usage = os.wait4(process.pid, 0)
            timer.cancel()
            process.returncode = os.waitstatus_to_exitcode(status)
            for file in (out, err):
                file.seek(0)
            done = Done(argv, process.returncode, out.read(1 << 24), err.read(1 << 20))
        done.peak = usage.ru_maxrss / 1024
        return done


def drip(wire, data, seconds=0.05):
    """Byte by byte."""
    for byte in data:
        wire.raw(bytes([byte]))
        time.sleep(seconds)
