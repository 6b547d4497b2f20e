"""Option files, login paths, environment, URLs: who is read, who wins, what is said about it."""
import os
import re
import shutil
import struct
import subprocess

import pytest

from practice import BELAY

MARIADB = shutil.which("mariadb")


class Home:
    """A home directory with option files of its own."""

    def __init__(self, path):
        self.path = path
        (path / "bin").mkdir()
        for name in ("mariadb", "mysql"):
            (path / "bin" / name).symlink_to(BELAY)

    def file(self, name, text, mode=0o600):
        target = self.path / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(text if isinstance(text, bytes) else text.encode())
        target.chmod(mode)
        return str(target)

    def run(self, *argv, program=BELAY, **env):
        environment = {"HOME": str(self.path), "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **env}
        return subprocess.run([program, *argv], capture_output=True, encoding="utf-8", env=environment, timeout=60,
                              stdin=subprocess.DEVNULL, cwd=self.path)

    def shown(self, *argv, **env):
        """name → (value, place) of --print-defaults, the strongest of each name; /etc left out."""
        done = self.run("--print-defaults", *argv, **env)
        assert done.returncode == 0, done.stderr
        found = {}
        for line in done.stdout.splitlines():
            if line.startswith("#"):
                continue
            word, place = re.fullmatch(r"(--.*?) +(command line|\S+)", line).groups()
            name, _, value = word.strip().partition("=")
            if not place.startswith("/etc/"):
                found[name.removeprefix("--")] = (value, place.replace(str(self.path) + "/", ""))
        return found

    def linked(self, name):
        return str(self.path / "bin" / name)


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path)


def test_each_value_is_shown_with_its_place_and_no_secret(home):
    home.file(".my.cnf", "[client]\nuser=dba\n\npassword = hunter2\n[mysql]\nno_auto_rehash\n")
    done = home.run("--print-defaults", "-h", "fe", "sales", "-pother")
    assert "hunter2" not in done.stdout and "other" not in done.stdout
    assert home.shown("-h", "fe", "sales") == {
        "user": ("dba", ".my.cnf:2"), "password": ("*****", ".my.cnf:4"), "no-auto-rehash": ("", ".my.cnf:6"),
        "host": ("fe", "command line"), "database": ("sales", "command line")}


def test_a_secret_inside_a_statement_is_not_shown(home):
    home.file(".my.cnf", "[client]\ninit-command=\"set password = password('hunter2')\"\n")
    done = home.run("--print-defaults", "-e", "create user x identified by 'hunter2'")
    assert "set password" in done.stdout and "create user x" in done.stdout
    assert "hunter2" not in done.stdout


def test_belays_group_wins_over_mysql_over_client_within_a_file(home):
    home.file(".my.cnf", "[belay]\nhost=b\n[mysql]\nhost=m\nport=2\n[client]\nhost=c\nport=3\nuser=u\n")
    found = home.shown()
    assert (found["host"][0], found["port"][0], found["user"][0]) == ("b", "2", "u")


def test_the_later_file_wins(home):
    home.file("extra.cnf", "[client]\nhost=extra\nuser=extra\n")
    home.file(".my.cnf", "[client]\nhost=home\n")
    assert home.shown("--defaults-extra-file=extra.cnf")["host"] == ("home", ".my.cnf:2")
    assert home.shown("--defaults-extra-file=extra.cnf")["user"] == ("extra", "extra.cnf:3")
    assert home.shown("--defaults-file", "extra.cnf")["host"] == ("extra", "extra.cnf:2")
    assert "host" not in home.shown("--no-defaults")
    assert home.shown("--no-defaults", "-e", "--defaults-file=x")["execute"][0] == "--defaults-file=x"


def test_the_servers_directory(home):
    home.file("server/my.cnf", "[client]\nhost=server\n")
    assert home.shown(MYSQL_HOME=str(home.path / "server"))["host"] == ("server", "server/my.cnf:2")
    assert "host" not in home.shown(MYSQL_HOME=str(home.path / "server"), MARIADB_HOME="/nonexistent")


def test_groups_with_a_suffix(home):
    home.file(".my.cnf", "[client-a]\nhost=a\n[client]\nhost=plain\n[belay-a]\nformat=json\n[mysql-b]\nhost=b\n")
    assert home.shown()["host"][0] == "plain"
    found = home.shown("--defaults-group-suffix=-a")
    assert (found["host"][0], found["format"][0]) == ("a", "json")
    assert home.shown(MYSQL_GROUP_SUFFIX="-a", MARIADB_GROUP_SUFFIX="-b")["host"][0] == "b"


def test_included_files(home):
    home.file("d/20.cnf", "[client]\nhost=twenty\n")
    home.file("d/10.cnf", "[client]\nhost=ten\nuser=ten\n")
    home.file("d/30.txt", "[client]\nhost=text\n")
    one = home.file("one.cnf", "[client]\nport=4\n")
    home.file(".my.cnf", f"!includedir {home.path}/d\n!include {one}\n[client]\ndatabase=x\n!include /nonexistent\n")
    found = home.shown()
    assert {name: value for name, (value, _) in found.items()} == {"host": "twenty", "user": "ten", "port": "4",
                                                                  "database": "x"}
    assert found["host"][1] == "d/20.cnf:2"


def test_files_that_include_themselves_end(home):
    path = home.file(".my.cnf", "[client]\nuser=x\n")
    home.file(".my.cnf", f"[client]\nuser=x\n!include {path}\n")
    done = home.run("--print-defaults")
    assert done.returncode == 0 and "too many files include each other" in done.stderr


def test_what_is_not_for_belay_is_listed(home):
    home.file(".my.cnf", "[mysql]\nnosuch=1\nserver-public-key-path=x\nformat=json\nloose-other=1\n[mysqld]\nx=1\n")
    done = home.run("--print-defaults")
    assert done.stderr == ""
    assert re.findall(r"# .*\.my\.cnf:(\d+): (\S+) is not for belay", done.stdout) == [
        ("2", "nosuch"), ("3", "server-public-key-path"), ("4", "format"), ("5", "loose-other")]


@pytest.mark.parametrize("text,says", [
    ("[belay]\nguardd=strict\n", ".my.cnf:2: unknown option: --guardd\n  did you mean --guard?"),
    ("[belay]\nguard=loose\n", '.my.cnf:2: --guard does not know "loose"'),
    ("[client]\nport=x\n", '.my.cnf:2: --port wants a number, not "x"'),
    ("[client]\nhost\n", ".my.cnf:2: host needs a value"),
    ("[belay]\nserver-arg=x\n", ".my.cnf:2: --server-arg is not for belay"),
    ("host=x\n", "Found option without preceding group in config file: {}/.my.cnf at line: 1"),
    ("[client\n", "Wrong group definition in config file: {}/.my.cnf at line 1"),
])
def test_a_mistake_is_told_with_its_place(home, text, says):
    home.file(".my.cnf", text)
    done = home.run("--no-kube", "-e", "\\help")
    assert done.returncode == 2 and says.format(home.path) in done.stderr, done.stderr


def test_a_binary_file_is_no_option_file(home):
    home.file(".my.cnf", b"[client]\nhost=a\0b\n")
    done = home.run("--print-defaults")
    assert done.returncode == 2 and "NUL" in done.stderr


def test_a_file_that_everybody_may_write_is_left_out(home):
    path = home.file(".my.cnf", "[client]\nhost=x\n", 0o666)
    done = home.run("--print-defaults")
    assert "host" not in home.shown()
    assert done.stderr == f"Warning: World-writable config file '{path}' is ignored\n"


def test_a_password_that_others_can_read_is_told_once(home):
    path = home.file(".my.cnf", "[client]\npassword=x\npassword=y\n", 0o644)
    assert home.run("--print-defaults").stderr == (
        f"Warning: {path} holds a password and can be read by others (chmod 600 {path})\n")
    home.file(".my.cnf", "[client]\npassword=\n", 0o644)
    assert home.run("--print-defaults").stderr == ""


def test_a_file_that_must_be_there(home):
    for option in ("--defaults-file", "--defaults-extra-file"):
        done = home.run(f"{option}=/nonexistent/x", "--print-defaults")
        assert done.returncode == 2
        assert "Could not open required defaults file: /nonexistent/x" in done.stderr


def test_practice_is_its_own_server_whatever_files_say(home):
    home.file(".my.cnf", "[client]\nhost=nosuch.invalid\nuser=x\npassword=y\nssl-mode=required\n")
    done = home.run("--practice", "-N", "-e", "select 1", TMPDIR=str(home.path), MYSQL_HOST="x", BELAY_PROFILE="x")
    assert (done.returncode, done.stdout) == (0, "1\n"), done.stderr
    assert home.run("--practice", "-h", "x", "-e", "select 1").returncode == 2


# --- login paths --------------------------------------------------------------------------------


def login_file(text):
    """What mysql_config_editor writes."""
    key = bytes(range(1, 21))
    folded = bytearray(16)
    for i, byte in enumerate(key):
        folded[i % 16] ^= byte
    data = b"\0\0\0\0" + key
    for line in text.splitlines(keepends=True):
        done = subprocess.run(["openssl", "enc", "-aes-128-ecb", "-K", folded.hex()], input=line.encode(),
                              capture_output=True, check=True)
        data += struct.pack("<I", len(done.stdout)) + done.stdout
    return data


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
LOGIN = '[client]\nuser = "root"\n[prod]\nuser = "dba"\npassword = "hunter2"\nhost = "fe"\n'


@needs_openssl
def test_login_paths(home):
    home.file(".mylogin.cnf", login_file(LOGIN))
    home.file(".my.cnf", "[client]\nhost=other\nuser=other\n[prod]\nport=4\n")
    assert home.shown()["user"] == ("root", ".mylogin.cnf:2")
    found = home.shown("--login-path=prod")
    assert {n: v for n, (v, _) in found.items()} == {"user": "dba", "password": "*****", "host": "fe", "port": "4"}
    assert home.shown("--no-login-paths")["user"][0] == "other"
    assert home.shown("--no-defaults", "--login-path=prod")["host"] == ("fe", ".mylogin.cnf:6")
    elsewhere = home.file("elsewhere", login_file("[client]\nuser=e\n"))
    assert home.shown(MYSQL_TEST_LOGIN_FILE=elsewhere)["user"] == ("e", "elsewhere:2")


@needs_openssl
@pytest.mark.parametrize("damage", ["short", "length", "key", "open"])
def test_a_damaged_or_open_login_file_is_left_out(home, damage):
    data = login_file(LOGIN)
    broken = {"short": data[:20], "length": data[:24] + b"\xff\xff\xff\x7f" + data[28:],
              "key": data[:4] + b"\xaa" * 20 + data[24:], "open": data}[damage]
    home.file(".mylogin.cnf", broken, 0o644 if damage == "open" else 0o600)
    done = home.run("--print-defaults", "--no-defaults")
    assert done.returncode == 0 and "--user" not in done.stdout
    assert re.fullmatch(r"Warning: .*\.mylogin\.cnf .*ignored\n", done.stderr)


# --- environment and URL --------------------------------------------------------------------------


def test_the_environment_is_the_weakest_and_belays_names_win(home):
    env = {"MYSQL_HOST": "m", "MARIADB_HOST": "a", "BELAY_HOST": "b", "MYSQL_TCP_PORT": "1", "MYSQL_PWD": "x",
           "MYSQL_UNIX_PORT": "/s", "BELAY_USER": "u"}
    found = home.shown(**env)
    assert found == {"host": ("b", "BELAY_HOST"), "port": ("1", "MYSQL_TCP_PORT"), "user": ("u", "BELAY_USER"),
                     "password": ("*****", "MYSQL_PWD"), **({"socket": found["socket"]} if "socket" in found else {})}
    del env["BELAY_HOST"]
    assert home.shown(**env)["host"] == ("a", "MARIADB_HOST")
    home.file(".my.cnf", "[client]\nhost=file\n")
    assert home.shown(**env)["host"] == ("file", ".my.cnf:2")


def test_children_do_not_get_the_password(home):
    done = home.run("--password-command=sh -c 'env >&2; exit 1'", "-e", "select 1", MYSQL_PWD="hunter2",
                    BELAY_PWD="hunter2", MYSQL_HOST="seen")
    assert "hunter2" not in done.stdout + done.stderr
    assert "MYSQL_HOST=seen" in done.stderr


@pytest.mark.parametrize("url,wanted", [
    ("mysql://fe", {"host": "fe"}),
    ("starrocks://dba:p%40ss:w@fe:9031/sales", {"user": "dba", "password": "*****", "host": "fe:9031", "database": "sales"}),
    ("MariaDB://a,b:1,[::1]:2/", {"host": "a,b:1,[::1]:2"}),
    ("mysql://u@h?ssl-mode=required&connect_timeout=3", {"user": "u", "host": "h", "ssl-mode": "required",
                                                         "connect-timeout": "3"}),
    ("mysql:///db", {"database": "db"}),
])
def test_a_url(home, url, wanted):
    assert {n: v for n, (v, place) in home.shown("--no-defaults", url).items() if place == "URL"} == wanted


@pytest.mark.parametrize("url", ["mysql://h/a/b", "mysql://h/%zz", "mysql://h/%00", "mysql://h?execute=drop", "mysql://h#x",
                                 "mysql://u:hunter2%@h", "mysql://h?init-command=x", "mysql://h?tee=x", "mysql://h?x"])
def test_a_url_that_cannot_be_read(home, url):
    done = home.run("--no-defaults", "--print-defaults", url)
    assert done.returncode == 2 and "the URL's" in done.stderr
    assert "hunter2" not in done.stderr


def test_the_password_of_a_url_is_gone_from_the_list_of_processes(home):
    with open(os.devnull) as nothing:
        process = subprocess.Popen([BELAY, "mysql://u:hunter2@127.0.0.1:9/db", "--wait=60", "-e", "select 1"],
                                   stderr=subprocess.PIPE, stdin=nothing, env={"HOME": str(home.path)})
    try:
        assert process.stderr.readline().startswith(b"waiting for")
        with open(f"/proc/{process.pid}/cmdline", "rb") as file:
            assert b"mysql://u:xxxxxxx@127.0.0.1:9/db" in file.read()
    finally:
        process.kill()
        process.wait()
        process.stderr.close()


# --- as the classic client reads the same file -----------------------------------------------------


FILES = {
    "usual": "[client]\nuser=root # c\nhost = h\n[mysql]\nport=12\nno-beep\n[mysqld]\nport=1\n",
    "order": "[mysql]\nhost=m\n[client]\nhost=c\n[mariadb-client]\nhost=d\n[client-server]\nhost=e\n[belay]\nhost=b\n",
    "quotes": "[client]\nuser=\"a # b\" # c\nhost='x\\'y'\ndatabase=\"open\nprompt='a\\sb\\tc\\\\d\\xe'\n",
    "blanks": "  [client]  \n\t user \t = \t x y \t \n;host=z\n#host=y\nhost=\n",
    "underscores": "[client]\nconnect_timeout=5\nskip_column_names\ninit-command=select 1, 2\n",
    "crlf": "[client]\r\nuser=x\r\nhost=\"y\"\r\n",
    "values": "[client]\ndelimiter==x\nhost=a=b\ndatabase = 'q'r\nuser=''\n",
}


@pytest.mark.skipif(MARIADB is None, reason="the mariadb client is not installed")
@pytest.mark.parametrize("name", FILES)
def test_files_are_read_as_mariadb_reads_them(home, name):
    path = home.file(name, FILES[name])
    ours = home.run(f"--defaults-file={path}", "--print-defaults", "-B", "foo", program=home.linked("mariadb"))
    theirs = home.run(f"--defaults-file={path}", "--print-defaults", "-B", "foo", program=MARIADB)
    assert (ours.returncode, ours.stderr) == (theirs.returncode, theirs.stderr) == (0, "")
    # each begins with its own name; belay writes those of options with hyphens
    assert ours.stdout.split(" ", 1)[1].replace("_", "-") == theirs.stdout.split(" ", 1)[1].replace("_", "-")


@pytest.mark.skipif(MARIADB is None, reason="the mariadb client is not installed")
@pytest.mark.parametrize("text", ["x=1\n", "[client\n", None])
def test_the_exit_status_of_a_bad_file_is_the_classic_one(home, text):
    path = home.file("bad.cnf", text) if text is not None else "/nonexistent/x"
    ours = home.run(f"--defaults-file={path}", program=home.linked("mysql"))
    theirs = home.run(f"--defaults-file={path}", program=MARIADB)
    assert ours.returncode == theirs.returncode == 1
