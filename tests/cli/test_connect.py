"""How belay connects: TLS, several servers, waiting, first statements, passwords, what goes readable."""
import os
import re
import socket
import struct
import subprocess
import threading
import time

import pytest

import mariadb
from practice import BELAY, Practice, clean_env, wait_for

CIPHER = "select variable_value from information_schema.session_status where variable_name = 'Ssl_cipher'"


@pytest.fixture(scope="module")
def plain():
    with mariadb.MariaDb() as server:
        yield server


@pytest.fixture(scope="module")
def tls():
    with mariadb.MariaDb(tls=True) as server:
        yield server


def run(*argv, **more):
    return subprocess.run([BELAY, *argv], capture_output=True, encoding="utf-8", timeout=60, env=clean_env("/nonexistent"),
                          stdin=subprocess.DEVNULL, **more)


def refused(done, words):
    assert done.rc == 3, done
    assert done.out == ""
    assert words in done.err, done.err


# --- what to do when there is no connection -----------------------------------------------------


def test_nothing_listens_there():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        done = run("-h127.0.0.1", f"-P{port}", "-uroot", "-e", "select 1")
    assert done.returncode == 3 and "ERROR 2002 (HY000)" in done.stderr, done
    assert f"nothing listens at 127.0.0.1:{port}" in done.stderr and "9030" in done.stderr, done


def test_something_else_listens_there():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def greet():
            with listener.accept()[0] as peer:
                peer.sendall(b"SSH-2.0-OpenSSH_9.2p1\r\n")
                peer.recv(100)

        thread = threading.Thread(target=greet)
        thread.start()
        done = run("-h127.0.0.1", f"-P{port}", "-uroot", "-e", "select 1")
        thread.join()
    assert done.returncode == 3 and f"127.0.0.1:{port} does not greet as an FE" in done.stderr, done


def test_a_name_that_nobody_knows():
    done = run("-hno.such.host.invalid", "-uroot", "-e", "select 1")
    assert done.returncode == 3, done
    assert "no.such.host.invalid" in done.stderr.splitlines()[-1], done


@mariadb.needed
def test_a_login_or_a_database_that_is_refused(plain):
    at = f"127.0.0.1:{plain.port}"
    login = ["-h127.0.0.1", f"-P{plain.port}"]
    done = plain.belay("-unobody", "-e", "select 1", login=login)
    assert done.rc == 3 and done.err.splitlines()[1:] == [
        f"  {at} wants a password from nobody and none was given: -p asks for it"], done
    done = plain.belay("-unobody", "-pwrong", "-e", "select 1", login=login)
    assert done.rc == 3 and f"  {at} answers: the password is wrong" in done.err, done
    done = plain.belay("-uroot", "nosuch", "-e", "select 1", login=login)
    assert done.rc == 3 and f"  {at} answers, but not with that database" in done.err, done
    for words, told in ((["select 1"], "statements come by -e"), (["-f", "a.sql"], "a file comes by < a.sql"),
                        (["-U", "root"], "-u names the user")):
        done = plain.belay("-uroot", *words, "-e", "select 1", login=login)
        assert done.rc == 3 and told in done.err, done


# --- TLS --------------------------------------------------------------------------------------


@mariadb.needed
@pytest.mark.parametrize("options,encrypted", [
    ([], True), (["--ssl"], True), (["--ssl-mode=preferred"], True), (["--ssl-mode=REQUIRED"], True),
    (["--skip-ssl"], False), (["--ssl=0"], False), (["--ssl-mode=disabled"], False),
    (["--ssl-mode=required", "--skip-ssl"], False), (["--skip-ssl", "--ssl-mode=required"], True),
    (["--ssl-mode=verify_ca", "--ssl-ca={}/ca.pem"], True), (["--ssl-ca={}/ca.pem"], True),
    (["--ssl-mode=verify_identity", "--ssl-ca={}/ca.pem"], True),
    (["--ssl-verify-server-cert", "--ssl-ca={}/ca.pem"], True),
    (["--tls-version=TLSv1.2", "--ssl"], True),
    (["--ssl-cert={}/server.pem", "--ssl-key={}/server.key"], True),
], ids=lambda o: " ".join(o) if isinstance(o, list) else str(o))
def test_tls_is_used_as_told(tls, options, encrypted):
    done = tls.belay(*[word.format(tls.top) for word in options], "-N", "-e", CIPHER)
    assert done.rc == 0, done
    assert (done.out.strip() != "") == encrypted


@mariadb.needed
@pytest.mark.parametrize("options", [
    ["--ssl-ca=/etc/ssl/certs/ca-certificates.crt"],                         # another authority
    ["--ssl-mode=verify_ca"], ["--ssl-mode=verify_identity"],                                     # what the system trusts
    ["--ssl-verify-server-cert"],
    ["--ssl-fp=" + ":".join(["00"] * 20)],
])
def test_a_certificate_that_is_not_good_is_refused(tls, options):
    if not os.path.exists("/etc/ssl/certs/ca-certificates.crt"):
        pytest.skip("ca-certificates is not installed")
    done = tls.belay(*[word.format(tls.top) for word in options], "-e", "select 1")
    refused(done, "--ssl-ca=FILE names who is trusted")


@mariadb.needed
@pytest.mark.parametrize("version", ["TLSv1.2", "TLSv1.3"])
def test_the_version_of_tls_is_the_one_that_is_allowed(tls, version):
    done = tls.belay("--ssl", f"--tls-version={version}", "-N", "-e", CIPHER.replace("cipher", "version"))
    assert done.out == version + "\n", done


@mariadb.needed
def test_what_tls_is_told_and_does_not_know(tls):
    done = tls.belay("--tls-version=TLSv1.2,TLSv1.9", "-e", "select 1")
    assert done.rc == 2 and '"TLSv1.9"' in done.err
    refused(tls.belay("--ssl", "--ssl-cipher=NONSENSE", "-e", "select 1"), "no cipher match")
    refused(tls.belay(f"--ssl-ca={tls.top}/nosuch.pem", "-e", "select 1"), "ERROR 2026")
    assert tls.belay("--default-auth=nosuch", "-e", "select 1").rc == 0  # only where to begin


@mariadb.needed
def test_another_name_for_the_server_passes_the_authority_but_not_the_identity(tls):
    login = ["-h127.1", f"-P{tls.port}", "-uroot", f"--ssl-ca={tls.top}/ca.pem"]
    assert tls.belay("--ssl-mode=verify_ca", "-e", "select 1", login=login).rc == 0
    refused(tls.belay("--ssl-mode=verify_identity", "-e", "select 1", login=login), "TLS")


@mariadb.needed
def test_one_certificate_can_be_named_by_its_fingerprint(tls):
    shown = subprocess.run(["openssl", "x509", "-in", f"{tls.top}/server.pem", "-noout", "-fingerprint", "-sha1"],
                           capture_output=True, text=True, check=True).stdout
    done = tls.belay("--ssl-fp=" + shown.strip().split("=")[1], "-N", "-e", CIPHER)
    assert done.rc == 0 and done.out.strip() != "", done


@mariadb.needed
@pytest.mark.parametrize("option", ["--ssl", "--ssl-mode=required", "--ssl-mode=verify_identity"])
def test_a_server_without_tls(plain, option):
    """With verification built into the library or not: preferred connects, required does not."""
    assert plain.belay("-e", "select 1").rc == 0
    refused(plain.belay(option, "-e", "select 1"), "--ssl-mode=preferred goes on without TLS")


# --- addresses --------------------------------------------------------------------------------


@mariadb.needed
def test_several_servers_are_tried_in_their_order(plain):
    dead = [mariadb.free_port(), mariadb.free_port()]
    hosts = f"127.0.0.1:{dead[0]},localhost:{dead[1]},127.0.0.1"
    done = plain.belay("-N", "-e", "select 1", login=["-h", hosts, f"-P{plain.port}", "-uroot"])
    assert (done.rc, done.out) == (0, "1\n")
    assert done.err == (f"belay: 127.0.0.1:{dead[0]} does not answer, using 127.0.0.1:{plain.port}\n")
    first = plain.belay("-N", "-e", "select 1", login=["-h", f"127.0.0.1:{plain.port},127.0.0.1:{dead[0]}", "-uroot"])
    assert (first.rc, first.out, first.err) == (0, "1\n", "")


@mariadb.needed
def test_a_refused_login_is_not_tried_elsewhere(plain):
    plain.forget()
    hosts = f"127.0.0.1:{plain.port},127.0.0.1:{plain.port}"
    done = plain.belay("-pwrong", "-e", "select 1", login=["-h", hosts, "-uroot"])
    refused(done, "ERROR 1045 (28000): Access denied")
    assert len([e for e in plain.entries() if e.command == "Connect" and "Access denied" not in e.text]) == 1


def test_each_server_that_does_not_answer_has_a_line():
    ports = [mariadb.free_port() for _ in range(3)]
    done = run("-h", ",".join(f"127.0.0.1:{port}" for port in ports), "-e", "select 1")
    assert done.returncode == 3
    assert "none of the 3 servers answers" in done.stderr
    for port in ports:
        assert re.search(rf"^  127\.0\.0\.1:{port}: .+", done.stderr, re.M)


@pytest.mark.parametrize("host", ["a,", ",", "a:x,b", "a:0,b", "a:99999,b", "fe:", ":9030"])
def test_a_list_of_servers_that_is_none(host):
    done = run("-h", host, "-e", "select 1")
    assert done.returncode == 2 and "is no host and no host:port" in done.stderr


@mariadb.needed
def test_protocol_and_socket(plain):
    login = ["-S", plain.socket, "-uroot", "-N", "-e", "select connection_id() > 0"]
    assert plain.belay(login=login).out == "1\n"
    assert plain.belay("--protocol=socket", login=["-h", "localhost", *login]).out == "1\n"
    refused(plain.belay("--protocol=tcp", f"-P{mariadb.free_port()}", login=login), "ERROR 2002")
    for name in ("pipe", "memory", "x"):
        done = plain.belay(f"--protocol={name}", "-e", "select 1")
        assert done.rc == 2 and "it takes: tcp socket" in done.err


@mariadb.needed
def test_bind_address(plain):
    refused(plain.belay("--bind-address=127.0.0.7", "-e", "select 1"), "Host '127.0.0.7' is not allowed")


@mariadb.needed
def test_an_idle_connection_is_kept_alive(plain):
    process = plain.start_belay("-e", "select sleep(20)", stdout=subprocess.DEVNULL)
    try:
        plain.arrives("sleep\\(20\\)")

        def timers():
            with open("/proc/net/tcp", encoding="ascii") as table:
                rows = [line.split() for line in table.read().splitlines()[1:]]
            # state 01: established; timer 02: keepalive, the hexadecimal time left in 1/100 s
            return [int(row[5].split(":")[1], 16) for row in rows if row[3] == "01"
                    and row[2].endswith(f":{plain.port:04X}") and row[5].startswith("02:")]
        assert max(wait_for(timers, 15)) <= 6100
    finally:
        process.kill()
        process.wait()


# --- waiting ----------------------------------------------------------------------------------


@mariadb.needed
def test_wait_waits_for_a_server_that_starts():
    with mariadb.MariaDb() as server:
        server.stop()
        client = server.start_belay("--wait=60", "-N", "-e", "select 7", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        assert client.stderr.readline().startswith(b"waiting for 127.0.0.1:")
        server.start()
        out, err = client.communicate(timeout=60)
        assert (client.returncode, out, err) == (0, b"7\n", b"")


def test_wait_gives_up_in_time_and_at_once_where_waiting_is_of_no_use():
    started = time.monotonic()
    done = run("--wait=1", f"-P{mariadb.free_port()}", "-e", "select 1")
    assert done.returncode == 3 and "ERROR 2002" in done.stderr
    assert time.monotonic() - started < 20
    assert run("--wait=0", "-e", "select 1").returncode == 2
    assert run("--wait=soon", "-e", "select 1").returncode == 2


def test_the_limit_for_connecting_holds():
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        done = run("--connect-timeout=1", f"-P{silent.getsockname()[1]}", "-e", "select 1")
    assert done.returncode == 3, done.stderr


# --- first statements ---------------------------------------------------------------------------


@mariadb.needed
def test_init_commands_run_after_every_connect(plain):
    plain.forget()
    done = plain.belay("--init-command=set @a = 1", "--init-command=set @a = 2", "--init-command-add=set @b = 3",
                       "-N", "-e", "select @a, @b")
    assert (done.rc, done.out) == (0, "2\t3\n")
    assert [e.text for e in plain.sent()] == ["set @a = 2", "set @b = 3", "select @a, @b"]


@mariadb.needed
def test_an_init_command_that_fails_ends_the_connect_and_is_named(plain):
    done = plain.belay("--init-command=selec 1", "-e", "select 1")
    refused(done, '--init-command "selec 1": You have an error')
    done = plain.belay("--init-command=set password = password('hunter2') x", "-e", "select 1")
    refused(done, "--init-command")
    assert "hunter2" not in done.err.split("syntax to use")[0]


@mariadb.needed
def test_belay_sends_no_statement_of_its_own(plain):
    plain.forget()
    assert plain.belay("-e", "select 1").rc == 0
    assert [e.text for e in plain.sent()] == ["select 1"]


@mariadb.needed
def test_the_character_set_of_the_connection(plain):
    ask = ["-N", "-e", "select @@character_set_client"]
    assert plain.belay(*ask).out == "utf8mb4\n"
    assert plain.belay("--default-character-set=latin1", *ask).out == "latin1\n"


# --- passwords ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def guarded(plain):
    plain.sql("create user dba@'127.0.0.1' identified by 'hunter2'")
    return plain


def login(server, *words):
    return ["-h127.0.0.1", f"-P{server.port}", "-udba", *words]


@mariadb.needed
@pytest.mark.parametrize("words", [["-phunter2"], ["--password=hunter2"], ["--password-command=printf 'hunter2\\n'"],
                                   ["--password-command=sh -c 'echo hunter2; echo more'"]])
def test_the_password_comes_from(guarded, words):
    assert guarded.belay("-N", "-e", "select 5", login=login(guarded, *words)).out == "5\n"


@mariadb.needed
def test_the_password_comes_from_a_file_that_nobody_else_reads(guarded, tmp_path):
    file = tmp_path / "pw"
    file.write_text("hunter2\r\nmore\n", encoding="utf-8")
    file.chmod(0o600)
    words = login(guarded, f"--password-file={file}")
    assert guarded.belay("-N", "-e", "select 5", login=words).out == "5\n"
    file.chmod(0o640)
    done = guarded.belay("-e", "select 5", login=words)
    assert done.rc == 2 and "can be read by others" in done.err and f"chmod 600 {file}" in done.err
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=["hunter2\n"])
    writer.start()
    assert guarded.belay("-N", "-e", "select 5", login=login(guarded, f"--password-file={tmp_path}/pipe")).out == "5\n"
    writer.join()
    assert guarded.belay("-e", "1", login=login(guarded, "--password-file=/nonexistent/x")).rc == 2


@pytest.mark.parametrize("command,says", [("false", "false failed"), ("sh -c 'echo why >&2; exit 3'", "it said: why"),
                                          ("'", "a quote is open"), ("/nonexistent/x", "--password-command")])
def test_a_program_that_gives_no_password(command, says):
    done = run(f"--password-command={command}", "-e", "select 1")
    assert done.returncode in (1, 2) and says in done.stderr, done.stderr


@mariadb.needed
def test_a_password_is_gone_from_the_list_of_processes(guarded):
    for word in ("-phunter2", "--password=hunter2"):
        guarded.forget()
        argv = [BELAY, *login(guarded, word), "-e", "select sleep(20)"]
        process = subprocess.Popen(argv, env=clean_env(guarded.home), stdout=subprocess.DEVNULL)
        try:
            guarded.arrives("sleep\\(20\\)")
            with open(f"/proc/{process.pid}/cmdline", "rb") as file:
                shown = file.read()
            assert b"hunter2" not in shown and b"select sleep" in shown
        finally:
            process.kill()
            process.wait()


# --- a server that wants the password readable ------------------------------------------------------


class Greedy(threading.Thread):
    """Asks every client for its password by mysql_clear_password; `got` is what came after `login`."""

    def __init__(self):
        super().__init__(daemon=True)
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.login = self.got = b""

    @staticmethod
    def send(client, number, body):
        client.sendall(struct.pack("<I", len(body))[:3] + bytes([number]) + body)

    def run(self):
        client = self.listener.accept()[0]
        with client, self.listener:
            flags = 0x00008000 | 0x00000200 | 0x00080000 | 0x00100000
            # secure connection, protocol 4.1, plugin authentication, attributes of the connection
            self.send(client, 0, b"\x0a5.1.0\0" + struct.pack("<I", 7) + b"saltsalt\0"
                      + struct.pack("<HBHHB", flags & 0xFFFF, 33, 2, flags >> 16, 21) + b"\0" * 10
                      + b"saltsaltsalt\0" + b"mysql_native_password\0")
            self.login = client.recv(65536)
            self.send(client, 2, b"\xfemysql_clear_password\0")
            client.settimeout(5)
            try:
                self.got = client.recv(65536)
                self.send(client, 4, b"\0\0\0\2\0\0\0")
                client.recv(65536)
            except OSError:
                pass


@pytest.mark.parametrize("option,readable", [([], False), (["--enable-cleartext-plugin"], True)])
def test_a_password_goes_readable_only_when_told_so(option, readable):
    server = Greedy()
    server.start()
    done = run(f"-P{server.port}", "-h127.0.0.1", "-uroot", "-phunter2", *option, "-e", "select 1")
    server.join(20)
    assert (b"hunter2" in server.got) == readable
    if not readable:
        assert done.returncode == 3 and "--enable-cleartext-plugin sends it as it is" in done.stderr, done.stderr


def test_guided_commands_find_the_server_that_answers_too(tmp_path):
    with Practice("seed") as cluster:
        port = int(cluster.ready["port"])
        dead = mariadb.free_port()
        done = run("-h", f"127.0.0.1:{dead},127.0.0.1:{port}", "-u", "root", "--no-kube", f"--state-dir={tmp_path}", "-N", "-e",
                   "\\nodes")
        assert done.returncode == 0, done.stderr
        assert "kube-starrocks-fe-1" in done.stdout


def test_the_server_is_told_who_connects():
    server = Greedy()
    server.start()
    done = subprocess.run([BELAY, f"-P{server.port}", "-h127.0.0.1", "-uroot", "-phunter2", "-e", "select 1"],
                          capture_output=True, stdin=subprocess.DEVNULL, timeout=60, check=False,
                          env=clean_env("/nonexistent", USER="night", SUDO_USER="dba"))
    server.join(20)
    assert done.returncode == 3
    for name, value in ((b"program_name", b"belay"), (b"os_user", b"night"), (b"sudo_user", b"dba")):
        assert bytes([len(name)]) + name + bytes([len(value)]) + value in server.login
    assert b"program_version" in server.login and b"hunter2" not in server.login
