"""Options under the name of a classic client: the words and statuses of the real mariadb, byte for byte."""
import subprocess

import pytest

import mariadb
from practice import BELAY, clean_env

pytestmark = mariadb.needed
NOBODY = ["-h127.0.0.1", "-P1"]  # a login that ends at once: options come first


@pytest.fixture(scope="module")
def server():
    with mariadb.MariaDb() as started:
        yield started


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """Runs both under the same name, "mariadb" found through PATH."""
    home = tmp_path_factory.mktemp("home")
    (home / "bin").mkdir()
    (home / "bin" / "mariadb").symlink_to(BELAY)

    def run(argv, **env):
        done = []
        for program in (str(home / "bin" / "mariadb"), mariadb.CLASSIC):
            one = subprocess.run(["mariadb", "--no-defaults", *argv], executable=program, capture_output=True,
                                 encoding="utf-8", timeout=60, env=clean_env(str(home), **env),
                                 stdin=subprocess.DEVNULL, cwd=home)
            # the number is what the kernel said of a port where nobody listens: how it is asked differs
            done.append((one.returncode, one.stdout, one.stderr.replace("(115)", "(111)")))
        return done
    return run


@pytest.mark.parametrize("argv", [
    ["--xx"], ["--xx=1"], ["-Z"], ["-BZ"], ["--skip-xx"], ["--loose-xx"], ["--loose-xx=1"], ["--colu"], ["--ver"],
    ["--skip-colu"], ["--hos=127.0.0.1"], ["--HOST=x"], ["--force=maybe"], ["--force=0"], ["--force=OFF"],
    ["--skip-force"], ["--enable-force"], ["--disable-force=0"], ["--silent=2"], ["--verbose=1"], ["--version=1"],
    ["--help=x"], ["--port"], ["-P"], ["-h"], ["--execute"], ["-e"], ["--port=abc"], ["--port="], ["--port=1x"],
    ["--max-allowed-packet=abc"], ["--max-allowed-packet=1T"], ["--max-allowed-packet=1"],
    ["--net-buffer-length=1"], ["--net_buffer_length=16K"], ["--select-limit=2k"], ["--select-limit=0"],
    ["--quick-max-column-width=7"], ["--skip-pager"], ["--disable-tee"],
    ["--skip-password"], ["--password="], ["--protocol=tcp"], ["--protocol=TCP"], ["--loose-skip-xx"],
    ["--ssl=0"], ["--skip-ssl"], ["--tls-version=TLSv1.2"], ["--comments"], ["-ccc"], ["--column-names=0"],
    ["--port=-1"], ["--port", "-e"], ["--connect-timeout=-1"], ["--connect-timeout=abc"], ["--select-limit=-"],
    ["--max-allowed-packet=99999999999999999999"], ["--connect-timeout=99999"],
], ids=" ".join)
def test_what_is_said_of_an_option(both, argv):
    ours, theirs = both([*NOBODY, "--connect-timeout=5", *argv])
    if argv in (["--xx=1"], ["--loose-xx=1"]):  # the value may be a secret: it is not repeated
        assert (ours[0], ours[1]) == (theirs[0], theirs[1])
        assert ours[2] == theirs[2].replace("xx=1'", "xx=…'")
    else:
        assert ours == theirs


@pytest.mark.parametrize("words", [
    ["-S", "{socket}"], ["-S", "{socket}", "-hlocalhost"], ["-hlocalhost", "-S", "{socket}", "-P1"],
    ["-h127.0.0.1", "-P{port}", "-S", "/nonexistent"], ["--protocol=socket", "-S", "{socket}", "-P1"],
    ["--protocol=tcp", "-S", "{socket}", "-P{port}", "-h127.0.0.1"], ["-P{port}", "-hlocalhost", "--protocol=tcp"],
    ["-S", "{socket}", "-D", "mysql", "test"], ["-S", "{socket}", "mysql"], ["-S", "{socket}", "-Dmysql"],
], ids=" ".join)
def test_where_it_connects(server, words):
    login = ["--no-defaults", *[word.format(socket=server.socket, port=server.port) for word in words], "-uroot"]
    ask = ["-N", "-e", "select database(), substring_index(user(), '@', 1), @@socket is not null"]
    ours, theirs = server.linked(*ask, login=login), server.run(mariadb.CLASSIC, *ask, login=login[1:])
    assert (ours.rc, ours.out, ours.err) == (theirs.rc, theirs.out, theirs.err.replace("(115)", "(111)"))


def test_the_environment_says_where(server):
    for env in ({"MYSQL_HOST": "127.0.0.1", "MYSQL_TCP_PORT": str(server.port), "BELAY_HOST": "nosuch.invalid"},
                {"MYSQL_UNIX_PORT": server.socket, "MARIADB_HOST": "nosuch.invalid"}):
        ours = server.linked("-uroot", "-N", "-e", "select 3", login=["--no-defaults"], env=env)
        theirs = server.run(mariadb.CLASSIC, "-uroot", "-N", "-e", "select 3", login=[], env=env)
        assert ours.out == theirs.out == "3\n", (ours, theirs)


def test_the_socket_of_a_file(server, tmp_path):
    file = tmp_path / "my.cnf"
    file.write_text(f"[client-server]\nsocket={server.socket}\nuser=root\n[mariadb-client]\nskip-column-names\n",
                    encoding="utf-8")
    ours = server.linked("-e", "select 3", login=[f"--defaults-file={file}"])
    assert (ours.rc, ours.out, ours.err) == (0, "3\n", "")


def test_the_password_and_who_is_refused(server):
    server.sql("create user dba@localhost identified by 'hunter2'")
    for words in (["-phunter2"], ["-pwrong"], ["--password=hunter2"], [], ["--skip-password"]):
        login = ["--no-defaults", "-S", server.socket, "-udba", *words]
        ours = server.linked("-N", "-e", "select 1", login=login)
        theirs = server.run(mariadb.CLASSIC, "-N", "-e", "select 1", login=login[1:])
        assert (ours.rc, ours.out, ours.err) == (theirs.rc, theirs.out, theirs.err)
    for env in ({"MYSQL_PWD": "hunter2"}, {"MYSQL_PWD": "wrong"}):
        login = ["--no-defaults", "-S", server.socket, "-udba"]
        ours = server.linked("-N", "-e", "select 1", login=login, env=env)
        theirs = server.run(mariadb.CLASSIC, "-N", "-e", "select 1", login=login[1:], env=env)
        assert (ours.rc, ours.out, ours.err) == (theirs.rc, theirs.out, theirs.err)


def test_what_the_server_is_told_of_who_connects(server):
    server.forget()
    server.linked("-e", "select 1", "--init-command=select 2")
    assert [e.text for e in server.sent()][0] == "select 2"
    done = server.linked("--init-command=selec", "-e", "select 1")
    theirs = server.classic("--init-command=selec", "-e", "select 1")
    assert done.rc == theirs.rc == 1
    assert done.err.startswith("ERROR 1064 (42000)") and theirs.err.startswith("ERROR 1064 (42000)")


def test_versions_have_the_form_that_scripts_take_apart(both):
    ours, theirs = both(["--version"])
    assert ours[0] == theirs[0] == 0
    for said in (ours[1], theirs[1]):
        words = said.split()
        assert words[0] == "mariadb" and words[1:4] == ["Ver", "15.1", "Distrib"]
        assert words[4].split("-")[0].count(".") == 2 and words[4].endswith("-MariaDB,")
        assert said.count("\n") == 1
