"""A practice cluster whose frontends are processes of hosts, and something like ssh to reach them."""
import os
import subprocess

from practice import Practice, clean_env, wait_for

HOME = "/opt/starrocks/fe"  # on every host
META = HOME + "/meta"

SSH = """#!/bin/sh
# Joins its words and gives them to a shell of the host, as ssh does; a host is a tree of this machine.
echo "$*" >> '{top}/calls'
host=$1; shift
[ ! -e '{top}/refuse' ] || {{ echo 'no route to host' >&2; exit 255; }}
case $host in 127.0.0.2[1-9]) ;; *) echo "no host $host" >&2; exit 255 ;; esac
tree='{dir}/pods/kube-starrocks-fe-'$((${{host#127.0.0.2}} - 1))
words=$(printf '%s' "$*" | sed "s#/opt/starrocks/fe#$tree/opt/starrocks/fe#g")
case "$*" in *.belay-send*) if [ -e '{top}/cut' ]; then
  rm -f '{top}/cut'; head -c 10000 | sh -c "$words"; exit 0
fi ;; esac
exec sh -c "$words"
"""


class Hosts:
    """Its three hosts are 127.0.0.21 and on; belay has no kubectl here."""

    def __init__(self, scenario="seed"):
        self.cluster = Practice(scenario)

    def __enter__(self):
        cluster = self.cluster.__enter__()
        cluster.event("hosts")
        wait_for(lambda: cluster.sql("SELECT count(*) FROM fe WHERE listens_ms <> start_ms") == [(0,)])
        self.ssh = os.path.join(cluster.home, "ssh")
        with open(self.ssh, "w", encoding="utf-8") as file:
            file.write(SSH.format(top=cluster.home, dir=cluster.dir))
        os.chmod(self.ssh, 0o755)
        self.way = f"--meta-dir {META} --via-command '{self.ssh} {{host}}'"
        (self.leader, self.port), = cluster.sql(
            "SELECT host, listen_port FROM fe WHERE role = 'LEADER'")
        return self

    def __exit__(self, *_):
        self.cluster.__exit__()

    def belay(self, line, **kwargs):
        kwargs.setdefault("timeout", 180)
        kwargs["fe"] = 1  # the leader
        kwargs["args"] = [f"--host={self.leader}", f"--port={self.port}", *kwargs.get("args", ())]
        return self.cluster.belay(line, kube=False, **kwargs)

    def start(self, line, **kwargs):
        return self.cluster.start(line, kube=False, fe=1,
                                  args=[f"--host={self.leader}", f"--port={self.port}"], **kwargs)

    def approved(self, line, **kwargs):
        plan = self.belay(line + " --dry-run")
        assert plan.rc == 0, plan
        return self.belay(line, approve=plan.digest, **kwargs)

    def back_up(self):
        path = os.path.join(self.cluster.home, "saved")
        done = self.belay(f"\\backup {path} --meta-dir {META} --via-command '{self.ssh} {self.leader}'")
        assert done.rc == 0, done
        return path

    def home(self, host):
        ordinal = int(host.rsplit(".", 1)[1]) - 21
        return os.path.join(self.cluster.dir, "pods", f"kube-starrocks-fe-{ordinal}",
                            "opt/starrocks/fe")

    def conf(self, host):
        with open(os.path.join(self.home(host), "conf/fe.conf"), encoding="utf-8") as file:
            return file.read()

    def metadata(self):
        """What the cluster's metadata says: id, databases, tables and views with their states."""
        sql = self.cluster.sql
        return (sql("SELECT value FROM meta WHERE key IN ('cluster_id', 'token') ORDER BY key"),
                sql("SELECT d.name, o.name, o.kind, o.id FROM db d LEFT JOIN object o"
                    " ON o.db_id = d.id ORDER BY 1, 2"), self.cluster.views(),
                self.cluster.clauses())

    def wreck(self):
        done = self.belay("DROP MATERIALIZED VIEW sales.daily_top; CREATE DATABASE later")
        assert done.rc == 0, done
        self.cluster.event("wreck-meta")
        wait_for(lambda: self.belay("SELECT 1").rc == 3)

    def run_at(self, host, script, shell="sh"):
        """As a person there, in the FE's home."""
        return subprocess.run([shell, "-e"], input=script, text=True, capture_output=True, timeout=60,
                              check=False, cwd=self.home(host),
                              env=clean_env(self.cluster.home))
