"""\\restore of frontends on hosts on bad days: kill -9 at every boundary, a command that stops or cuts."""
import os

import pytest

from hosts import Hosts
from practice import wait_for
from test_restore_faults import killed_at_every_boundary


class OnHosts:
    """What killed_at_every_boundary asks of a restore."""

    def __init__(self, hosts):
        self.hosts, self.cluster = hosts, hosts.cluster
        self.backup, self.before = hosts.back_up(), hosts.metadata()
        hosts.wreck()
        self.line = f"\\restore {self.backup} {hosts.way}"
        self.digest = hosts.belay(self.line + " --dry-run").digest

    def run(self, line=None, **kwargs):
        return self.hosts.belay(line or self.line, approve=self.digest, **kwargs)

    def resume(self, **kwargs):
        return self.run("\\resume", **kwargs)

    def is_restored(self):
        wait_for(lambda: self.hosts.metadata() == self.before)
        assert self.cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)]
        for host in ("127.0.0.21", "127.0.0.22", "127.0.0.23"):
            assert "bdbje_reset_election_group" not in self.hosts.conf(host)


@pytest.fixture
def restore():
    with Hosts() as hosts:
        yield OnHosts(hosts)


def test_killed_at_every_boundary(restore):
    assert killed_at_every_boundary(restore) > 40


def test_the_way_breaks_and_comes_back(restore):
    """No route to the hosts: nothing is believed, \\resume goes on when there is one again."""
    refuse = os.path.join(restore.cluster.home, "refuse")
    with open(refuse, "w", encoding="utf-8"):
        pass
    done = restore.run()
    assert done.rc not in (0, 5) and "no route to host" in done.err, done
    os.remove(refuse)
    done = restore.resume()
    if done.rc != 0:  # it had not begun
        done = restore.run()
    assert done.rc == 0, done
    restore.is_restored()


def test_a_copy_that_is_cut(restore):
    """Half of the archive and status 0: another call counts and hashes what lies there."""
    with open(os.path.join(restore.cluster.home, "cut"), "w", encoding="utf-8"):
        pass
    done = restore.run()
    assert done.rc != 0 and "\\resume" in done.err, done
    meta = os.path.join(restore.hosts.home(restore.hosts.leader), "meta")
    assert not [n for n in os.listdir(os.path.join(meta, ".belay")) if n.startswith("old-")]
    done = restore.resume()
    assert done.rc == 0, done
    restore.is_restored()
