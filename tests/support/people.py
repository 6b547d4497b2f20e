"""Several people who work on one practice cluster, each with a name, a machine and a state directory."""
import os

from practice import PRELOADED


class Person:
    """At a machine of their own: another name, another host, another state directory."""

    def __init__(self, cluster, who):
        self.cluster, self.who = cluster, who
        self.state = os.path.join(cluster.top, who)
        self.env = {**PRELOADED, "BELAY_DURABLE_ACTOR": who}

    def belay(self, line, how=None, number=0, **kwargs):
        env = {**self.env, "BELAY_DURABLE_HOW": how, "BELAY_DURABLE_AT": str(number)} if how else self.env
        return self.cluster.belay(line, state=self.state, env=env, timeout=180, **kwargs)

    def hands_over_to(self, other, n):
        file = os.path.join(self.cluster.home, f"handed-{n}")
        done = self.belay(f"\\journal export '{file}'")
        assert done.rc == 0, done
        done = other.belay(f"\\journal import '{file}'")
        assert done.rc == 0, done
        return file
