"""Who has a page of \\restore-plan before them, types its steps as far as one, and gives up there."""
import re
import subprocess

from practice import clean_env, wait_for
from restore import STS, blocks, edit, get, steps

TITLES = {"operator off": "Stop the operator", "stop": "Stop the frontends", "switch": "Put ",
          "helper": "A helper pod", "held": "An init container", "moved": "The old metadata aside",
          "others": "Empty the volumes", "gone": "All helper pods away", "away": "All pods away",
          "one runs": "Start one frontend", "group": "The other switch", "switch off": "Take the switch",
          "restarted": f"Start {STS}-0 once more", "all run": "Let the others join",
          "operator back": "Bring the resource"}


class Reader:
    """A person with the page, who has done its steps as far as one of TITLES."""

    def __init__(self, cluster, text, done="stop"):
        titles = steps(text)
        self.cluster, self.text, self.done = cluster, text, done
        self.number = {name: number for name, title in TITLES.items()
                       for number, found in enumerate(titles, 1) if found.startswith(title)}
        self.saved = True  # fe-cm.before.json is there

    def did(self, name):
        return name in self.number and self.number[name] <= self.number[self.done]

    def step(self, name):
        return [block for at, block in blocks(self.text) if at == self.number[name]]

    def type(self, some, rc=0):
        script = 'umask 077\nmkdir -p "$HOME/here" && cd "$HOME/here"\n' + "\n".join(some)
        done = subprocess.run(["bash", "-e"], input=script.replace("sleep 30", "sleep 1"), text=True,
                              capture_output=True, timeout=180, check=False, cwd=self.cluster.home,
                              env=clean_env(self.cluster.home))
        assert rc is None or done.returncode == rc, (some, done.stdout[-1500:] + done.stderr[-1500:])
        return done.stdout

    def go(self):
        first = self.step("operator off" if "operator off" in self.number else "stop")
        number = min(self.number.values())
        self.type([b for at, b in blocks(self.text)
                   if number <= at <= self.number[self.done]] if first else [])

    def switch_off(self):
        if self.saved and not ("group" in self.number and not self.did("group")):
            assert "fe.conf AS BEFORE" in self.type(self.step("switch off"))
            return
        edit(self.cluster, "configmaps", f"{STS}-cm", lambda o: o["data"].update(
            {"fe.conf": re.sub("\\n# for a restore by belay.*\\n.* = true\\n", "", o["data"]["fe.conf"])}))

    def give_up(self):
        first, back, start = [block for at, block in blocks(self.text) if at == 99]
        if self.did("operator back"):
            self.type(self.step("operator off"))
        if self.did("one runs"):
            self.type([re.sub(r"^# only if [^:]*: ", "", first), self.step("stop")[1]])
        if self.did("moved"):
            if self.did("away"):
                self.type(self.step("held"))
            elif self.did("gone"):
                for block in self.step("helper") + self.step("others"):
                    self.type([block] if " create -f -" in block else [], rc=None)
            assert self.type([back]).count("AS BEFORE") == 3
        if self.did("helper"):
            self.type(self.step("gone"))
        if self.did("held"):
            self.type(self.step("away"))
        if self.did("switch") and not self.did("switch off"):
            self.switch_off()
        if self.did("one runs") and not self.did("restarted"):
            start = re.sub(r"^# only if [^:]*: ", "", start)
        self.type([start])
        wait_for(lambda: self.cluster.sql("SELECT count(*), sum(alive) FROM fe") == [(3, 3)])
        if self.did("operator off"):
            wait_for(lambda: get(self.cluster, "sts", STS, ".status.readyReplicas") == "3")
            assert "NOTHING ROLLED" in self.type(self.step("operator back")[-2:])
