"""Profiles: one mapping a cluster; mistakes with their place; what a strict guard refuses."""
import os
import subprocess

import pytest

from practice import BELAY

PROFILES = """\
# clusters
prod:
  host: [fe-0, "fe-1:9031"]
  port: 9032
  user: dba
  database: sales
  tls: verify_ca
  ssl-ca: /etc/ca.pem
  context: prod
  namespace: sr
  cluster: kube-starrocks
  environment: production
  guard: strict
  no-kube: true
  auto-rehash: no
  mv: {only: '^sales\\.', except: tmp}
  init-command: [set a = 1, set b = 2]
test: {host: 127.0.0.1, password: hunter2}
empty:
"""


class Home:
    def __init__(self, path):
        self.path = path
        (path / ".config" / "belay").mkdir(parents=True)

    def profiles(self, text, mode=0o600):
        file = self.path / ".config" / "belay" / "profiles.yaml"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        file.chmod(mode)
        return str(file)

    def run(self, *argv, text=None, **env):
        environment = {"HOME": str(self.path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TMPDIR": str(self.path), **env}
        return subprocess.run([BELAY, *argv], capture_output=True, encoding="utf-8", env=environment, timeout=60,
                              input=text if text is not None else "")

    def shown(self, *argv, **env):
        done = self.run("--print-defaults", *argv, **env)
        assert done.returncode == 0, done.stderr
        return [line.split("  ")[0] for line in done.stdout.splitlines() if "profiles.yaml" in line]


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def test_a_profile_says_where_and_how(home):
    file = home.profiles(PROFILES)
    assert home.shown("--profile=prod") == [
        "--host=fe-0,fe-1:9031", "--port=9032", "--user=dba", "--database=sales", "--ssl-mode=verify_ca",
        "--ssl-ca=/etc/ca.pem", "--context=prod", "--namespace=sr", "--cluster=kube-starrocks",
        "--environment=production", "--guard=strict", "--no-kube", "--skip-auto-rehash", "--mv-only=^sales\\.",
        "--mv-except=tmp", "--init-command=set a = 1", "--init-command-add=set b = 2"]
    assert f"{file}:4" in home.run("--print-defaults", "--profile", "prod").stdout
    assert "hunter2" not in home.run("--print-defaults", "--profile", "test").stdout
    assert home.shown("--profile=empty") == []


def test_who_wins(home):
    home.profiles(PROFILES)
    (home.path / ".my.cnf").write_text("[client]\nuser=file\n[belay]\nprofile=prod\n", encoding="utf-8")
    assert "--user=dba" in home.shown()  # named in a file; stronger than the file
    order = home.run("--print-defaults", "-u", "line").stdout
    assert order.index("user=file") < order.index("user=dba") < order.index("user=line")
    assert "--host=127.0.0.1" in home.shown("--profile=test")
    assert home.shown(BELAY_PROFILE="test") == home.shown()  # a file wins over the environment
    assert "--host=127.0.0.1" in home.shown("--no-defaults", BELAY_PROFILE="test")
    assert home.shown("--skip-profile") == []


def test_another_place_for_settings(home):
    home.profiles(PROFILES)
    (home.path / ".config").rename(home.path / "elsewhere")
    assert home.shown("--profile=prod", XDG_CONFIG_HOME=str(home.path / "elsewhere"))[0] == "--host=fe-0,fe-1:9031"


@pytest.mark.parametrize("text,says", [
    ("p:\n  hots: x\n", ":2:3: \"hots\" is nothing that a profile says\n  did you mean host?"),
    ("p:\n  host: {a: b}\n", ":2:9: host takes one text"),
    ("p:\n  host: [a, [b]]\n", ":2:13: host takes texts"),
    ("p:\n  host:\n", ":2:8: host has no value"),
    ("p:\n  port: abc\n", ":2:9: --port wants a number, not \"abc\""),
    ("p:\n  tls: maybe\n", ":2:8: --ssl-mode does not know \"maybe\""),
    ("p:\n  no-kube: maybe\n", ":2:12: no-kube is true or false"),
    ("p:\n  mv: x\n", ":2:7: mv holds only and except"),
    ("p:\n  mv: {host: x}\n", ":2:8: \"host\" is nothing"),
    ("p:\n  user: a\n  user: b\n", ":3:3: this key was there before"),
    ("p: x\n", ":1:4: the profile \"p\" is no mapping"),
    ("- p\n", ":1:1: a mapping of profiles is wanted"),
    ("p:\n  user: [a\n", ":3:1: did not find expected ',' or ']'"),
    ("p:\n\tuser: a\n", ":2:1: found character that cannot start any token"),
    ("p: &a {host: x}\nq: *a\n", ":1:4: anchors and aliases are not taken here"),
    ("p: {host: !!str x}\n", ":1:11: tags are not taken here"),
    ("? [p]\n: x\n", ":1:3: a key must be a word"),
    ("p: {}\n---\np: {}\n", ":2:1: one document is wanted"),
    (b"p: {host: \"a\\0b\"}\n", ":1:11: a value has a NUL byte"),
    (b"p: {host: \xff}\n", "invalid"),
    ("p: " + "[" * 40 + "]" * 40 + "\n", "nested too deeply"),
    ("p: {execute: x}\n", "\"execute\" is nothing"), ("p: {approve: x}\n", "\"approve\" is nothing"),
    ("p: {allow-shell: true}\n", "\"allow-shell\" is nothing"), ("p: {defaults-file: x}\n", "\"defaults-file\" is nothing"),
    ("p: {profile: x}\n", "\"profile\" is nothing"), ("p: {dns-srv-name: x}\n", "\"dns-srv-name\" is nothing"),
    ("q: {}\nr: {}\n", "has no profile \"p\"\n  it has: q, r"), ("", "has no profile \"p\"\n  it has none"),
])
def test_a_mistake_is_told_with_its_place(home, text, says):
    file = home.profiles(text)
    done = home.run("--profile=p", "--no-kube", "-e", "\\help leader")
    assert done.returncode == 2, done.stdout
    assert says in done.stderr and file in done.stderr, done.stderr


def test_a_profile_that_cannot_be_trusted(home):
    file = home.profiles(PROFILES, 0o620)
    done = home.run("--profile=test", "-e", "\\help leader")
    assert done.returncode == 2 and f"chmod go-w {file}" in done.stderr
    home.profiles(PROFILES, 0o644)
    done = home.run("--profile=test", "--no-kube", "-e", "\\help leader")
    assert done.returncode == 0 and "holds a password and can be read by others" in done.stderr
    os.unlink(file)
    done = home.run("--profile=test", "-e", "\\help leader")
    assert done.returncode == 2 and "--profile test" in done.stderr


# --- the guard ------------------------------------------------------------------------------------


@pytest.mark.parametrize("argv", [["--guard=strict"], ["--environment=production"], ["--environment", "PROD"]])
@pytest.mark.parametrize("sql", ["drop table sales.t", "truncate table sales.t", "delete from sales.t",
                                 "alter system drop backend '1:2'"])
def test_a_strict_guard_refuses_what_destroys(home, argv, sql):
    for words, text in ((["-e", sql], None), ([], sql + ";\n")):
        done = home.run("--practice", *argv, *words, text=text)
        assert done.returncode == 4, done.stderr
        assert "the guard is strict, and this destroys" in done.stderr
    assert home.run("--practice", *argv, "-N", "-e", "select 1").stdout == "1\n"


def test_in_batch_the_author_decides_otherwise(home):
    for argv in ([], ["--environment=test"], ["--environment=production", "--guard=normal"]):
        done = home.run("--practice", *argv, "-e", "drop table sales.nosuch")
        assert done.returncode == 1 and "ERROR" in done.stderr, done.stderr


def test_patterns_of_the_profile_reach_the_commands_over_views(home):
    few = home.run("--practice", "--mv-only=^sales\\.orders_mv$", "-N", "-e", "\\mv inactivate-all --dry-run").stdout
    every = home.run("--practice", "-N", "-e", "\\mv inactivate-all --dry-run").stdout
    typed = home.run("--practice", "--mv-only=^nosuch$", "-N", "-e",
                     "\\mv inactivate-all --dry-run --only ^sales\\.orders_mv$").stdout
    assert few.count(" INACTIVE") < every.count(" INACTIVE") and few.count(" INACTIVE") == typed.count(" INACTIVE")


def test_bash_completes_the_names_of_profiles(home):
    home.profiles(PROFILES)
    script = os.path.join(os.path.dirname(__file__), "..", "..", "completions", "belay.bash")
    ask = "compopt() { :; }; . \"$1\"; COMP_WORDS=(belay --profile \"$2\") COMP_CWORD=2; _belay; echo ${COMPREPLY[@]}"
    for typed, wanted in (("", "prod test empty"), ("te", "test"), ("x", "")):
        done = subprocess.run(["bash", "-c", ask, "bash", script, typed], capture_output=True, encoding="utf-8",
                              env={"HOME": str(home.path), "PATH": "/usr/bin:/bin"}, check=False)
        assert done.stdout.strip() == wanted, done.stderr


def test_a_home_directory_is_put_in_where_no_shell_does(home):
    home.profiles("p: {kubeconfig: ~/k, host: ~/h}\n")
    (home.path / "pw").write_text("x\n", encoding="utf-8")
    done = home.run("--profile=p", "--password-file=~/pw", "--no-kube", "-e", "\\help leader")
    assert done.returncode == 2 and "chmod 600" in done.stderr  # it was found: it is not private
