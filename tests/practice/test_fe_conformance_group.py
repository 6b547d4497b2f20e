"""A group of practice FEs answers what real groups of three were recorded to answer.

Two followers join the only FE; leader and followers are asked; the leader is killed and comes back;
then both followers are killed. The cluster is young: there is no history of runs yet. Its clock
stands still but for what the replay lets go by.
"""
import select

import pytest

from fe_rig import Lost, SqlError
from recorded_answers import Recording
from test_fe_conformance import Replay

RELEASES = ("3.3.5", "4.1.0")
TOPICS = ("three_fe", "failover")
HOST, PORT, FOLLOWER = "127.0.0.21", 9221, "127.0.0.22"
ELECTION_MS, HEARTBEAT_MS, STEP_MS, MORE = 2000, 5000, 1000, 3


class Group(Replay):
    """Plays the topics, and between their statements what was done to the FEs."""

    def __init__(self, release):
        super().__init__(release)
        self.cluster.state("DELETE FROM fe WHERE role <> 'LEADER'")
        self.cluster.state("DELETE FROM db WHERE name = '_statistics_'")
        self.cluster.state("UPDATE fe SET host = ?, edit_log_port = ?", HOST, PORT)
        self.cluster.state("UPDATE config SET value = ? WHERE name = 'edit_log_port'", str(PORT))
        self.cluster.state("UPDATE meta SET value = 0 WHERE key = 'speed'")
        self.cluster.state("UPDATE meta SET value = (SELECT value FROM meta WHERE key = 'last_ms')"
                           " WHERE key = 'base_ms'")
        self.clients = {"leader": self.clock, "old": self.clock}
        self.compare.ids["0"] = self.compare.ids["33554433"] = str(self.clock.thread_id)
        self.moment = 0

    def play(self, topic):
        recording = Recording(self.release, topic)
        self.differs[topic] = []
        for entry in recording.statements:
            if "event" in entry:
                self.moment = self.now()
                getattr(self, entry["event"])()
            if "at" in entry:
                self.go_by(self.moment + entry["at"] * 1000 - self.now())
            if "takes" in entry or "hangs" in entry:
                what = self.slow(recording, entry)
            else:
                what = self.one(recording, entry, self.clients)
            if "lost" in entry and entry["on"] == "follower":
                self.clients["follower"] = self.connect(f"host = '{FOLLOWER}'")
            if entry["sql"].startswith("CREATE MATERIALIZED VIEW"):
                self.go_by(HEARTBEAT_MS)  # its first refresh
            if what is not None:
                self.differs[topic].append(f"{entry['n']} {entry['sql']!r}"
                                           f" [{entry.get('note', '')}]: {what}")

    def slow(self, recording, entry):
        """The answer comes when simulated time has gone by, or it never does."""
        client = self.connect("role = 'LEADER'")
        client.start(entry["sql"])
        steps = int(entry.get("takes", entry.get("hangs")) * 1000 / STEP_MS)
        for _ in range(steps + (MORE if "takes" in entry else 0)):
            if select.select([client.sock], [], [], 0.2)[0]:
                break
            self.go_by(STEP_MS)
        else:
            client.close()
            return None if "hangs" in entry else f"no answer after {steps} s"
        try:
            got = client.result()
        except (SqlError, Lost) as error:
            got = error
        except OSError as error:
            got = Lost(str(error))
        return self.compare.answer(recording, entry, entry["sql"], got)

    # --- the clock and the FEs ---------------------------------------------------------------

    def now(self):
        return self.cluster.state("SELECT value FROM meta WHERE key = 'base_ms'")[0][0]

    def go_by(self, milliseconds):
        until = self.now() + max(0, milliseconds)
        self.cluster.state("UPDATE meta SET value = ? WHERE key = 'base_ms'", until)
        self.cluster.wait(lambda: not self.cluster.state("SELECT 1 FROM event WHERE at_ms <= ?",
                                                         until))

    def connect(self, which):
        def attempt():
            try:
                return self.cluster.connect(*self.cluster.state(
                    f"SELECT ordinal FROM fe WHERE alive AND {which} ORDER BY ordinal")[0])
            except (IndexError, OSError, Lost):
                return None
        return self.cluster.wait(attempt)

    def join(self):
        self.cluster.control("event", "start-added")
        self.clients["follower"] = self.connect(f"host = '{FOLLOWER}'")

    def kill(self):
        self.cluster.control("event", "kill-leader")
        self.cluster.wait(lambda: self.is_closed(self.clients["old"]))

    def elected(self):
        self.go_by(ELECTION_MS)
        self.clients["leader"] = self.connect("role = 'LEADER'")
        self.clients["follower"] = self.connect("role = 'FOLLOWER'")

    def back(self):
        self.cluster.control("event", "revive-fe")
        self.go_by(HEARTBEAT_MS)
        self.clients["old"] = self.connect(f"host = '{HOST}'")

    def lose(self):
        self.cluster.control("event", "lose-quorum")

    @staticmethod
    def is_closed(client):
        """The server's end is: it is readable, and sends nothing."""
        return select.select([client.sock], [], [], 0)[0] != []


@pytest.fixture(scope="module", params=RELEASES)
def group(request):
    group = Group(request.param)
    for topic in TOPICS:
        group.play(topic)
    yield group
    group.cluster.__exit__()


@pytest.mark.parametrize("topic", TOPICS)
def test_answers_of_a_group_are_those_recorded(group, topic):
    differs = group.differs[topic]
    assert not differs, f"{len(differs)} differ:\n" + "\n".join(differs)
