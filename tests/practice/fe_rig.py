"""Starts a practice cluster and talks to its FEs: a MySQL client of its own, in a few lines.

The client decodes what the protocol says (types, lengths, status flags), which the usual drivers
hide; the tests compare exactly that with what real FEs were recorded to send.
"""
import hashlib
import json
import os
import socket
import sqlite3
import subprocess
import tempfile
import time
from pathlib import Path

TYPES = {1: "TINY", 2: "SHORT", 3: "LONG", 4: "FLOAT", 5: "DOUBLE", 8: "LONGLONG", 10: "DATE",
         12: "DATETIME", 246: "DECIMAL", 252: "BLOB", 253: "VAR_STRING", 254: "STRING"}


def program(name):
    build = Path(os.environ.get("BELAY_BUILD", "build/dev")).resolve()
    for path in (build / name, build / "practice" / name):
        if path.exists():
            return str(path)
    raise FileNotFoundError(f"{name} under {build}: build it, or set BELAY_BUILD")


class SqlError(Exception):
    def __init__(self, code, sqlstate, message):
        super().__init__(f"{code} ({sqlstate}): {message}")
        self.code, self.sqlstate, self.message = code, sqlstate, message


class Lost(Exception):
    """The server closed the connection."""


class Ok:
    def __init__(self, affected, status, info=""):
        self.affected, self.status, self.info = affected, status, info


class Rows:
    def __init__(self, columns, rows, status):
        self.columns, self.rows, self.status = columns, rows, status
        self.names = [c["name"] for c in columns]

    def dicts(self):
        return [dict(zip(self.names, row)) for row in self.rows]


class Client:
    def __init__(self, port, user="root", password="", db=None, timeout=120):
        self.sock = socket.create_connection(("127.0.0.1", port), timeout)
        self.sock.settimeout(timeout)
        self.greet(user, password, db)

    def read(self, n):
        data = b""
        while len(data) < n:
            more = self.sock.recv(n - len(data))
            if not more:
                raise Lost(f"closed after {len(data)} of {n} bytes")
            data += more
        return data

    def packet(self):
        head = self.read(4)
        self.sequence = (head[3] + 1) & 255
        size = int.from_bytes(head[:3], "little")
        data = self.read(size)
        return data + self.packet() if size == 0xFFFFFF else data

    def send(self, payload):
        while True:
            part, payload = payload[:0xFFFFFF], payload[0xFFFFFF:]
            self.sock.sendall(len(part).to_bytes(3, "little") + bytes([self.sequence]) + part)
            self.sequence = (self.sequence + 1) & 255
            if len(part) < 0xFFFFFF:
                return

    def greet(self, user, password, db):
        p = self.packet()
        end = p.index(0, 1)
        self.server_version = p[1:end].decode()
        at = end + 1
        self.thread_id = int.from_bytes(p[at:at + 4], "little")
        salt = p[at + 4:at + 12] + p[at + 31:at + 43]
        low, high = p[at + 13:at + 15], p[at + 18:at + 20]
        self.capabilities = int.from_bytes(low + high, "little")
        proof = b""
        if password:
            once = hashlib.sha1(password.encode()).digest()
            mixed = hashlib.sha1(salt + hashlib.sha1(once).digest()).digest()
            proof = bytes(a ^ b for a, b in zip(once, mixed))
        flags = 0x200 | 0x8000 | 0x80000 | (8 if db else 0)
        body = flags.to_bytes(4, "little") + (1 << 24).to_bytes(4, "little") + b"\x21" + bytes(23)
        body += user.encode() + b"\0" + bytes([len(proof)]) + proof
        body += (db.encode() + b"\0" if db else b"") + b"mysql_native_password\0"
        self.send(body)
        self.check(self.packet())

    @staticmethod
    def check(p):
        if p[:1] == b"\xff":
            raise SqlError(int.from_bytes(p[1:3], "little"), p[4:9].decode(), p[9:].decode())
        return p

    @staticmethod
    def length(p, at):
        first = p[at]
        if first < 251:
            return first, at + 1
        size = {0xFC: 2, 0xFD: 3, 0xFE: 8}[first]
        return int.from_bytes(p[at + 1:at + 1 + size], "little"), at + 1 + size

    def text(self, p, at):
        size, at = self.length(p, at)
        return p[at:at + size].decode("utf-8", "surrogateescape"), at + size

    def column(self, p):
        at = 0
        for _ in range(4):
            _, at = self.text(p, at)
        name, at = self.text(p, at)
        _, at = self.text(p, at)
        at += 1
        return {"name": name, "charset": int.from_bytes(p[at:at + 2], "little"),
                "length": int.from_bytes(p[at + 2:at + 6], "little"),
                "type": TYPES.get(p[at + 6], p[at + 6]), "decimals": p[at + 9]}

    def row(self, p, n):
        cells, at = [], 0
        for _ in range(n):
            if p[at] == 0xFB:
                cells.append(None)
                at += 1
            else:
                cell, at = self.text(p, at)
                cells.append(cell)
        return cells

    def result(self):
        p = self.check(self.packet())
        if p[0] == 0:
            affected, at = self.length(p, 1)
            _, at = self.length(p, at)
            info = p[at + 4:]  # with or without its length: the FE sends both forms
            if info and len(info) == info[0] + 1:
                info = info[1:]
            return Ok(affected, int.from_bytes(p[at:at + 2], "little"), info.decode())
        columns = [self.column(self.packet()) for _ in range(self.length(p, 0)[0])]
        self.packet()
        rows = []
        while True:
            p = self.check(self.packet())
            if p[0] == 0xFE and len(p) < 9:
                return Rows(columns, rows, int.from_bytes(p[3:5], "little"))
            rows.append(self.row(p, len(columns)))

    def command(self, code, body=b""):
        self.sequence = 0
        self.send(bytes([code]) + body)

    def start(self, sql):
        self.command(3, sql if isinstance(sql, bytes) else sql.encode())

    def query(self, sql):
        """All results of one query text; the last may be a SqlError object after others."""
        self.start(sql)
        results = [self.result()]
        while results[-1].status & 8:
            try:
                results.append(self.result())
            except SqlError as error:
                return results + [error]
        return results if len(results) > 1 else results[0]

    def rows(self, sql):
        return self.query(sql).rows

    def dicts(self, sql):
        return self.query(sql).dicts()

    def error(self, sql):
        try:
            self.query(sql)
        except SqlError as error:
            return error
        raise AssertionError(f"no error from {sql}")

    def close(self):
        self.sock.close()


class Cluster:
    """A served practice cluster; use as a context manager."""

    def __init__(self, scenario="seed", speed=200, dir=None):
        self.program = program("belay-practice-fe")
        self.own = tempfile.TemporaryDirectory() if dir is None else None
        self.dir = str(Path(self.own.name) / "c") if dir is None else dir
        self.clients = []
        self.process = subprocess.Popen(
            [self.program, "serve", "--dir", self.dir, "--scenario", scenario,
             "--speed", str(speed)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        assert line.startswith("READY "), f"no READY line but {line!r}"
        self.ready = json.loads(line[6:])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
        if self.own:
            self.own.cleanup()

    def stop(self):
        for client in self.clients:
            client.close()
        self.process.stdin.close()
        assert self.process.wait(300) == 0

    def state(self, sql, *args):
        """Reads (or changes) the state file, as any other program may."""
        db = sqlite3.connect(Path(self.dir) / "cluster.db", timeout=300)
        db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        try:
            with db:
                return db.execute(sql, args).fetchall()
        finally:
            db.close()

    def connect(self, fe=0, **kwargs):
        (port,), = self.state("SELECT listen_port FROM fe WHERE ordinal = ?", fe)
        client = Client(port, **kwargs)
        self.clients.append(client)
        return client

    def leader(self, **kwargs):
        (ordinal,), = self.state("SELECT ordinal FROM fe WHERE role = 'LEADER'")
        return self.connect(ordinal, **kwargs)

    def control(self, *words, rc=0):
        done = subprocess.run([self.program, words[0], "--dir", self.dir, *words[1:]],
                              capture_output=True, text=True, timeout=300)
        assert done.returncode == rc, done.stderr
        return done.stdout

    def wait(self, question, limit=300):
        """Waits until the question says something true, and returns it."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            answer = question()
            if answer:
                return answer
            time.sleep(0.02)
        raise AssertionError(f"still not so after {limit} s")
