"""The practice FE answers after a start what real FEs were recorded to answer after theirs.

One FE, as in the recording: what views say from the first login on, what of the settings is left,
with an image and without. The views of the topic "views" are there first: they were.
"""
import pytest

from fe_rig import Lost
from recorded_answers import Recording
from test_fe_conformance import Replay

RELEASES = ("3.3.5", "3.5.16", "4.1.0")
TOPICS = ("restart", "restart_after_image")
IMAGE = "ALTER SYSTEM CREATE IMAGE"


class Starts(Replay):
    """Plays the topics, and between their statements what was done to the FE."""

    def __init__(self, release):
        super().__init__(release)
        self.cluster.state("DELETE FROM fe WHERE role <> 'LEADER'")
        (self.ordinal,), = self.cluster.state("SELECT ordinal FROM fe")
        # Recorded: three dozen views are loaded before the first login.
        self.cluster.state("UPDATE meta SET value = 0 WHERE key = 'reload_ms'")
        super().play("views")

    def play(self, topic):
        recording = Recording(self.release, topic)
        clients = {"root": self.cluster.leader()}
        self.differs[topic] = []
        for entry in recording.statements:
            for sql in entry.get("unrecorded", []):
                clients["root"].query(sql)
                self.made(sql)
            if "event" in entry:
                getattr(self, entry["event"])(clients)
            elif entry["sql"].split(" ")[0] != "CREATE":
                self.settle()
            what = self.one(recording, entry, clients)
            self.made(entry["sql"])
            if what is not None:
                self.differs[topic].append(f"{entry['n']} {entry['sql']!r}"
                                           f" [{entry.get('note', '')}]: {what}")

    def until(self, sql, *args):
        """Lets simulated time go by until the state file says so."""
        self.cluster.control("speed", "100")
        self.cluster.wait(lambda: self.cluster.state(sql, *args))
        self.cluster.control("speed", "1")

    def made(self, sql):
        """The recording client waited for the image that it had asked for."""
        if sql == IMAGE:
            (journal,), = self.cluster.state("SELECT value FROM meta WHERE key = 'journal_id'")
            self.until("SELECT 1 FROM fe WHERE image >= ?", journal)

    def stop(self, clients):
        del clients
        self.cluster.control("event", "kill-leader")
        self.cluster.wait(lambda: not self.login())

    def start(self, clients):
        self.cluster.control("event", "revive-fe")
        self.until("SELECT 1 FROM fe WHERE role = 'LEADER'")
        clients["root"] = self.clock = self.cluster.wait(self.login)

    def restart(self, clients):
        self.stop(clients)
        self.start(clients)

    def login(self):
        try:
            return self.cluster.connect(self.ordinal)
        except (OSError, Lost):
            return None


@pytest.fixture(scope="module", params=RELEASES)
def starts(request):
    starts = Starts(request.param)
    for topic in TOPICS:
        starts.play(topic)
    yield starts
    starts.cluster.__exit__()


@pytest.mark.parametrize("topic", TOPICS)
def test_answers_after_a_start_are_those_recorded(starts, topic):
    differs = starts.differs[topic]
    assert not differs, f"{len(differs)} differ:\n" + "\n".join(differs)
