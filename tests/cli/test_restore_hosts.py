"""\\restore of frontends that are processes of hosts: no Kubernetes."""
import os
import re
import shutil

import pytest

from backups import strip_journal
from hosts import HOME, Hosts
from practice import wait_for
from restore import blocks


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


def test_an_image_alone(tmp_path):
    with Hosts("3.4.8") as hosts:
        backup = strip_journal(hosts.back_up(), tmp_path / "image")
        before, conf = hosts.metadata(), confs(hosts)
        hosts.wreck()
        done = hosts.approved(f"\\restore {backup} {hosts.way}")
        assert done.rc == 0, done
        is_back(hosts, before, conf)


def test_frontends_that_run_are_stopped_first(hosts):
    backup = hosts.back_up()
    before, conf = hosts.metadata(), confs(hosts)
    assert hosts.belay("CREATE DATABASE later").rc == 0
    done = hosts.approved(f"\\restore {backup} {hosts.way}")
    assert done.rc == 0 and "no process of it runs" in done.err, done
    is_back(hosts, before, conf)
    for host in conf:
        meta = os.path.join(hosts.home(host), "meta")
        old, = [name for name in os.listdir(os.path.join(meta, ".belay")) if name.startswith("old-")]
        assert "ROLE" in os.listdir(os.path.join(meta, ".belay", old, "image"))
        assert ".belay-send" not in os.listdir(meta)


class Person:
    """Follows the page: its blocks, in order, each where its first line says."""

    def __init__(self, hosts, text):
        self.hosts, self.said = hosts, ""
        self.text, self.blocks = text, blocks(text)

    def tree(self, host, text):
        return text.replace(HOME, self.hosts.home(host)).replace("/var/tmp/",
                                                                 self.hosts.home(host) + "/")

    def do(self, *numbers):
        for step, block in self.blocks:
            if step in numbers:
                self.block(block)

    def block(self, block):
        copied = re.match(r"scp (\S+) '([\d.]+):(\S+)'$", block)
        if copied:
            shutil.copy(copied[1], self.tree(copied[2], copied[3]))
            return
        host = re.match(r"# on ([\d.]+),", block)[1]
        done = self.hosts.run_at(host, self.tree(host, block))
        assert done.returncode == 0, block + done.stdout + done.stderr
        self.said += done.stdout

    def start(self):
        """The first alone, twice; then the others, one after the other."""
        self.do(4)
        self.listens(self.hosts.leader)
        self.do(5)
        self.listens(self.hosts.leader)

    def added(self):
        """The hosts that the page's SQL adds, in its order."""
        return re.findall(r"ALTER SYSTEM ADD FOLLOWER \"([\d.]+):9010\";", self.text)

    def join(self):
        for host in self.added():
            done = self.hosts.belay(f'ALTER SYSTEM ADD FOLLOWER "{host}:9010"')
            assert done.rc == 0, done
            for step, block in self.blocks:
                if step == 6 and f"# on {host}," in block:
                    self.block(block)
            self.listens(host)

    def listens(self, host):
        wait_for(lambda: self.hosts.cluster.sql(
            "SELECT count(*) FROM fe WHERE host = ? AND alive AND listens_ms = start_ms", host)
            == [(1,)])


@pytest.mark.parametrize("way", [True, False], ids=["with a way", "without"])
def test_the_printed_commands_bring_the_cluster_back(hosts, way):
    backup = hosts.back_up()
    before, conf = hosts.metadata(), confs(hosts)
    text = hosts.belay(f"\\restore-plan {backup} {hosts.way if way else ''}").out
    hosts.wreck()
    person = Person(hosts, text)
    assert "127.0.0.22 (the leader)" in text and "127.0.0.23 (FOLLOWER)" in text
    person.do(1, 2, 3)
    person.start()
    person.join()
    is_back(hosts, before, conf)
    for said in ("STOPPED", ": OK", "UNPACKED", "IN PLACE", "EMPTY"):
        assert said in person.said, said


@pytest.mark.parametrize("done", ["moved", "one runs", "all run"])
def test_giving_up(hosts, done):
    """The last section of the page: what was made after the backup is there again, too."""
    backup = hosts.back_up()
    assert hosts.belay("CREATE DATABASE later").rc == 0
    before, conf = hosts.metadata(), confs(hosts)
    person = Person(hosts, hosts.belay(f"\\restore-plan {backup}").out)
    person.do(1, 2, 3)
    if done != "moved":
        person.start()
        assert hosts.metadata() != before
    if done == "all run":
        person.join()
    person.do(1)
    person.said = ""
    person.do(99)
    assert person.said.count("AS BEFORE") == 3
    for host in conf:
        started = hosts.run_at(host, "bin/start_fe.sh --daemon")
        assert started.returncode == 0, started
    wait_for(lambda: hosts.cluster.sql("SELECT sum(alive) FROM fe WHERE listens_ms = start_ms") == [(3,)])
    wait_for(lambda: hosts.metadata() == before)
    assert confs(hosts) == conf
    assert sorted(hosts.cluster.sql("SELECT host, role, alive FROM fe")) == [
        ("127.0.0.21", "LEADER", 1), ("127.0.0.22", "FOLLOWER", 1), ("127.0.0.23", "FOLLOWER", 1)]


def stages_of(text):
    """How many steps of a plan are done at the end of each of its stages."""
    ends = []
    for line in text.splitlines():
        if re.match(r" *-- ", line):
            ends.append(ends[-1] if ends else 0)
        elif ends and re.match(r" *\d+  ", line):
            ends[-1] += 1
    return ends


def done_by_belay(hosts, n):
    """A person goes on when belay says so: it looks every other second, and must see each state."""
    wait_for(lambda: hosts.cluster.journals() and sum(
        record["type"] == "outcome" for record in hosts.cluster.records()) >= n)


@pytest.mark.parametrize("scenario", ["seed", "image"])
def test_by_hand(scenario, tmp_path):
    """No way was given: belay waits for what a person does, and proves each step by SQL."""
    with Hosts("3.4.8" if scenario == "image" else "seed") as hosts:
        backup = hosts.back_up()
        if scenario == "image":
            backup = strip_journal(backup, tmp_path / "image")
        before, conf = hosts.metadata(), confs(hosts)
        plan = hosts.belay(f"\\restore {backup} --dry-run")
        assert plan.rc == 0 and "by hand, belay waits for each step" in plan.out, plan
        text = hosts.belay(f"\\restore-plan {backup}").out
        person = Person(hosts, text)
        belay = hosts.start(f"\\restore {backup}", approve=plan.digest)
        stages = stages_of(plan.out)
        person.do(1)
        done_by_belay(hosts, stages[0])
        person.do(2, 3, 4)
        last = max(step for step, block in person.blocks if "--helper" in block)
        for step in range(5, last):
            done_by_belay(hosts, stages[step - 4])
            person.do(step)
        for host in person.added():
            wait_for(lambda: hosts.cluster.sql("SELECT count(*) FROM added WHERE host = ?", host)
                     == [(1,)])  # by belay
            for step, block in person.blocks:
                if step == last and f"# on {host}," in block:
                    person.block(block)
        _, err = belay.communicate(timeout=120)
        assert belay.returncode == 0, err.decode()
        is_back(hosts, before, conf)


def test_what_is_refused(hosts, tmp_path):
    backup = hosts.back_up()
    with Hosts() as other:
        done = other.belay(f"\\restore {backup} {other.way} --dry-run")
        assert done.rc == 8 and "is of another cluster: its id is" in done.err, done
        other.wreck()  # nobody says which cluster it is now, but what lies there does
        done = other.approved(f"\\restore {backup} {other.way}")
        assert done.rc != 0 and "the metadata on the volume is of cluster" in done.err, done
    for options, says in (("--via-command 'ssh x'", "--via-command needs --meta-dir"),
                          ("--meta-dir /a --fe-home 'b c'", "--fe-home b c: an absolute path"),
                          (f"{hosts.way} --form helper-pod", "no StatefulSet has these frontends"),
                          (f"--form image-only {hosts.way}", "no StatefulSet has these frontends")):
        done = hosts.belay(f"\\restore {backup} {options} --dry-run")
        assert done.rc != 0 and says in done.err, done
    image = strip_journal(backup, tmp_path / "image")
    done = hosts.belay(f"\\restore {image} {hosts.way} --dry-run")
    assert done.rc == 8 and "tables would have no tablets" in done.err, done


def test_a_home_elsewhere(hosts):
    """The scripts are not above the metadata: said before anything is stopped."""
    backup = hosts.back_up()
    done = hosts.approved(f"\\restore {backup} {hosts.way} --fe-home /nowhere/fe")
    assert done.rc != 0 and "there is no /nowhere/fe/bin/start_fe.sh: --fe-home names" in done.err, done
    assert hosts.cluster.sql("SELECT sum(alive) FROM fe") == [(3,)]


def test_a_process_that_ends_is_not_waited_for(hosts):
    backup = hosts.back_up()
    hosts.wreck()
    path = os.path.join(hosts.home(hosts.leader), "conf/fe.conf")
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("run_mode = shared_data", "run_mode = shared_nothing"))
    done = hosts.approved(f"\\restore {backup} {hosts.way}")
    assert done.rc == 8 and "its process ended: log/fe.out and log/fe.log" in done.err, done
    with open(path, encoding="utf-8") as file:
        text = file.read()
    with open(path, "w", encoding="utf-8") as file:
        file.write(text.replace("run_mode = shared_nothing", "run_mode = shared_data"))
    assert hosts.run_at(hosts.leader, "bin/start_fe.sh --daemon").returncode == 0
    done = hosts.belay("\\resume", approve="disruptive")
    assert done.rc in (0, 4), done
