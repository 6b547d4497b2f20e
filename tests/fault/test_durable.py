"""A power cut, kill -9 and a disk that fails, at every durable call of a run; then \\resume in a new process.

tests/fault/durable.c is preloaded into belay and counts its fsync, fdatasync and rename. The run is
repeated with the first, the second, … of them gone wrong, until a run completes.
"""
import errno
import os
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from practice import DOWN, PAUSE, PRELOADED, RESUME, UP, Practice, killed

WORKERS = 3
CALLS_MAX = 60


class Course:
    """One command on one template cluster: how it goes undisturbed, and how at the Nth call."""

    def __init__(self, line, before=()):
        self.line = line
        self.template = Practice()
        try:
            self.prepare(before)
            self.undisturbed()
        except BaseException:
            self.close()
            raise

    def prepare(self, before):
        self.template.serve()
        for earlier in before:
            assert self.template.approved(earlier).rc == 0
        self.digest = self.template.digest(self.line)
        self.template.forget()
        self.template.stop_serving()
        self.journals_before = len(self.template.journals())

    def undisturbed(self):
        with Practice(like=self.template) as cluster:
            done, calls = self.run(cluster, 0, "count")
            assert done.rc == 0, done
            self.n = len(calls)
            self.end = self.state(cluster)
            self.sent = cluster.changes()
        assert 6 <= self.n <= CALLS_MAX
        assert self.sent

    def close(self):
        self.template.__exit__()

    @staticmethod
    def state(cluster):
        ledger = cluster.belay("\\mv ledger")
        assert ledger.rc == 0, ledger
        return (cluster.views(), cluster.config(), cluster.clauses(),
                sorted((row["database"], row["name"], row["state"]) for row in ledger.rows))

    def run(self, cluster, at, how, more=None):
        log = os.path.join(cluster.top, "durable.log")
        done = cluster.belay(self.line, approve=self.digest, env={
            **PRELOADED, "BELAY_DURABLE_LOG": log, "BELAY_DURABLE_AT": str(at),
            "BELAY_DURABLE_HOW": str(how), **(more or {})})
        with open(log, encoding="ascii") as file:
            return done, file.read().splitlines()

    def records(self, cluster):
        """The records of the run, [] when it has no journal yet."""
        paths = cluster.journals()[self.journals_before:]
        return cluster.records(paths[-1]) if paths else []

    def explained(self, cluster, where):
        """Every statement that was sent has its intent in the journal, and was sent once."""
        intended = [(r["action"] or {}).get("sql") for r in self.records(cluster)
                    if r["type"] == "intent"]
        for statement, times in Counter(cluster.changes()).items():
            assert statement in intended, f"{where}: sent without an intent: {statement}"
            assert times == 1, f"{where}: sent {times} times: {statement}"

    def go_on(self, cluster, where):
        """A new process: \\resume, or the command once more when no run had begun."""
        records = self.records(cluster)
        ended = any(r["type"] == "end" and r["done"] for r in records)
        resumed = cluster.belay("\\journal verify", "\\resume", approve=self.digest)
        if records and not ended:
            assert resumed.rc == 0, (where, resumed)
        else:
            assert resumed.rc == 2 and "no run of this cluster is open" in resumed.err, (where,
                                                                                         resumed)
        if not records:
            again = cluster.belay(self.line, approve=self.digest)
            assert again.rc == 0, (where, again)
        self.explained(cluster, where)
        assert self.state(cluster) == self.end, where


COURSES = {"down": (DOWN,), "up": (UP, DOWN), "pause": (PAUSE,), "resume": (RESUME, PAUSE)}


@pytest.fixture(scope="module", params=COURSES)
def course(request):
    line, *before = COURSES[request.param]
    one = Course(line, before)
    yield one
    one.close()


def at_every_call(course, disturb):
    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(disturb, range(1, course.n + 1)))


def killed_at(course, at, how):
    """The number of statements that had been sent when belay was killed there."""
    where = f"{course.line}, {how} {at} of {course.n}"
    with Practice(like=course.template) as cluster:
        done, calls = course.run(cluster, at, how)
        assert killed(done), (where, done)
        assert len(calls) == at, (where, calls)
        course.explained(cluster, where)
        sent = len(cluster.changes())
        course.go_on(cluster, where)
        return sent


def test_power_cut_and_disk_full(course):
    """Before the Nth durable call the power goes; and when that call fails, nothing more is sent."""
    sent = at_every_call(course, lambda at: killed_at(course, at, "power-cut"))
    assert sent == sorted(sent) and sent[0] == 0 and sent[-1] == len(course.sent)

    def disk(at):
        number = errno.ENOSPC if at % 2 else errno.EIO
        where = f"{course.line}, errno {number} at {at} of {course.n}"
        with Practice(like=course.template) as cluster:
            done, _ = course.run(cluster, at, number)
            assert done.rc == 6, (where, done)
            assert os.strerror(number) in done.err, (where, done)
            assert len(cluster.changes()) == sent[at - 1], (where, cluster.changes())
            course.go_on(cluster, where)

    at_every_call(course, disk)


def test_kill_after(course):
    """Killed just after the Nth durable call."""
    sent = at_every_call(course, lambda at: killed_at(course, at, "kill-after"))
    assert sent == sorted(sent) and sent[0] == 0 and sent[-1] == len(course.sent)


def test_the_disk_fills_up(course):
    """There is room for so many bytes of journal; what did not fit was not sent."""
    with Practice(like=course.template) as cluster:
        done, _ = course.run(cluster, 0, "count")
        assert done.rc == 0
        whole = os.path.getsize(cluster.journals()[-1])

    def fill(room):
        where = f"{course.line}, room for {room} of {whole} bytes"
        with Practice(like=course.template) as cluster:
            done, _ = course.run(cluster, 0, "count", {"BELAY_DURABLE_ROOM": str(room)})
            assert done.rc == 6 and os.strerror(errno.ENOSPC) in done.err, (where, done)
            course.explained(cluster, where)
            course.go_on(cluster, where)

    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(fill, [whole * i // 8 for i in range(8)]))
