"""\\upgrade left at every boundary of its journal, and gone on with by another person on another machine.

Anna's laptop is closed or loses its power, or the way to it is lost; what her state directory holds goes to
Bert in one file, and the other way round at the next boundary.
"""
import signal

from leases import NAME, holder
from people import Person
from practice import Practice, killed
from restore import STS
from upgrades import deleted, is_of, uids

ROLLING = "\\upgrade --to 3.3.9 --no-backup --leave-views --no-proof"
PEOPLE = ("anna@one", "bert@two")


def test_left_at_every_boundary():
    """Each process gets one step further at most: intent, effect and outcome fall to different people."""
    with Practice("seed") as cluster:
        digest, before = cluster.digest(ROLLING), uids(cluster)
        people = [Person(cluster, who) for who in PEOPLE]
        # Before the intent come two records of each process: that it goes on, and its lease.
        ways = [("kill-after", 3), ("power-cut", 4), ("hang-up", 3), ("kill-after", 4), ("hang-up", 4)]
        done = people[0].belay(ROLLING, "kill-after", 6, approve=digest)
        hops = []
        while killed(done) or done.rc == 128 + signal.SIGHUP:
            hops.append(done.rc)
            assert len(hops) < 100, hops
            old, new = people[len(hops) % 2 - 1], people[len(hops) % 2]
            assert holder(cluster).startswith(f"{old.who}/"), (holder(cluster), hops)
            old.hands_over_to(new, len(hops))
            if len(hops) == 4:  # while it is not known that nobody works on it any more
                refused = new.belay("\\resume", approve=digest)
                assert refused.rc == 11 and holder(cluster) in refused.err, refused
            cluster.sql("DELETE FROM k8s_object WHERE name = ?", NAME)  # by hand, once they have spoken
            done = new.belay("\\resume", *ways[len(hops) % 5], approve=digest)
        assert done.rc == 0 or "no run of this cluster is open" in done.err, done
        assert len(hops) > 15 and {-signal.SIGKILL, 128 + signal.SIGHUP} <= set(hops), hops
        is_of(cluster, "3.3.9")
        # The leader of the beginning went last, and no frontend more than once.
        assert deleted(cluster) == [f"{STS}-2", f"{STS}-0", f"{STS}-1"]
        assert not set(before.values()) & set(uids(cluster).values())
