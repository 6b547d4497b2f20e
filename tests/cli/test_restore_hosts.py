"""\\restore of frontends that are processes of hosts: no Kubernetes."""
import os

import pytest

from hosts import Hosts
from practice import wait_for


@pytest.fixture
def hosts():
    with Hosts() as made:
        yield made


def is_back(hosts, before, conf):
    wait_for(lambda: hosts.metadata() == before)
    assert sorted(hosts.cluster.sql("SELECT host, role, alive FROM fe")) == [
        (host, "LEADER" if host == hosts.leader else "FOLLOWER", 1)
        for host in ("127.0.0.21", "127.0.0.22", "127.0.0.23")]
    for host in ("127.0.0.21", "127.0.0.22", "127.0.0.23"):
        assert hosts.conf(host) == conf[host]


def confs(hosts):
    return {f"127.0.0.2{i}": hosts.conf(f"127.0.0.2{i}") for i in (1, 2, 3)}


def test_by_belay(hosts):
    backup = hosts.back_up()
    before, conf = hosts.metadata(), confs(hosts)
    hosts.wreck()
    done = hosts.approved(f"\\restore {backup} {hosts.way}")
    assert done.rc == 0, done
    is_back(hosts, before, conf)
