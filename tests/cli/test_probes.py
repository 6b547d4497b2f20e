"""
How a DBA judges a client: what goes wrong in other clients, one test each. Those that need a person
at a terminal are in tests/pty/test_probes_at_a_terminal.py, 12 and 13 in tests/pty/test_reconnect.py.
"""
import json
import os
import re
import signal
import subprocess

import pytest

import mariadb
from hostile import OK, Hostile
from mariadb import BELAY, MariaDb, clean_env, free_port, wait_for
from practice import DOWN, Practice

SECRET = "correct-horse-battery"


@pytest.fixture(scope="module")
def server():
    with MariaDb() as started:
        started.sql("create database shop; create table shop.t (a int primary key, b varchar(20));"
                    f"create user app@'127.0.0.1' identified by '{SECRET}';"
                    "grant all on *.* to app@'127.0.0.1'")
        yield started


@pytest.fixture
def log(server):
    server.forget()
    return server


def script(server, name, content):
    path = os.path.join(server.home, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)
    return path


# --- exit status ----------------------------------------------------------------------------------

def test_01_an_error_in_the_middle_of_e_is_1_and_stops(log):
    done = log.belay("-N", "-e", "select 1; bad; select 2")
    assert (done.rc, done.out) == (1, "1\n"), done
    assert not log.sent("select 2")


def test_02_an_error_in_a_sourced_file_is_1_and_stops(log):
    path = script(log, "a.sql", "select 'a';\nbad;\nselect 'b';\n")
    done = log.belay("-N", "-e", f"source {path}; select 2", "-e", "select 3")
    assert (done.rc, done.out) == (1, "a\n"), done
    assert "line 2" in done.err
    assert not log.sent("select 2|select 3|'b'")


@pytest.mark.parametrize("form", ["table", "tab", "vertical", "csv", "json", "html", "xml"])
def test_03_a_full_disk_is_6_and_a_message(server, form):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([BELAY, *server.login, f"--format={form}", "-e", "select 1"],
                              stdout=full, stderr=subprocess.PIPE, env=clean_env(server.home),
                              timeout=60, check=False)
    assert done.returncode == 6 and b"No space left" in done.stderr, done


def test_04_a_closed_standard_output_is_6(server):
    done = subprocess.run([BELAY, *server.login, "-e", "select 1"], stderr=subprocess.PIPE,
                          env=clean_env(server.home), timeout=60, check=False,
                          preexec_fn=lambda: os.close(1))
    assert done.returncode == 6 and done.stderr, done


def test_05_force_runs_the_rest_and_remembers(log):
    lines = [f"select {n};" for n in range(10)]
    lines[4] = "bad;"
    done = log.belay("-N", "-f", stdin="\n".join(lines) + "\n")
    assert done.out == "".join(f"{n}\n" for n in range(10) if n != 4), done
    assert done.rc == 1 and "line 5" in done.err.splitlines()[-1], done


# --- what leaves the machine, and what stays ------------------------------------------------------

def test_06_no_password_in_tee_or_messages(log, tmp_path):
    """In the history: test_probes_at_a_terminal.py."""
    tee = tmp_path / "tee"
    log.belay("-v", f"--tee={tee}", "-e", f"create user x identified by '{SECRET}'",
              "-e", f"alter user nobody identified by '{SECRET}'")
    done = log.belay("--print-query-on-error", f"--tee={tee}", "-e",
                     f"alter user nobody identified by '{SECRET}'")
    assert done.rc == 1 and SECRET not in done.out + done.err, done
    assert not tee.exists() or SECRET not in tee.read_text(), tee.read_text()
    log.sql("drop user if exists x")


def test_07_a_long_command_is_never_a_letter(log):
    """\\r connects anew in the classic client, to the server "x" and the database "estore-plan"."""
    done = log.belay("-f", "shop", stdin="\\restore-plam x\nselect 1;\n"
                     "select 2 \\restore-plan x\n;\nselect 3;\n")
    assert {entry.connection for entry in log.sent("^select")} == \
        {log.sent("select 1")[0].connection}, done
    assert not [e for e in log.entries() if e.command == "Connect" and "estore" in e.text]


def test_08_hints_arrive(log):
    log.belay("-e", "select /*+ SET_VAR(query_timeout=1) */ sleep(0)")
    assert log.sent("/\\*\\+ SET_VAR\\(query_timeout=1\\) \\*/ sleep")


def test_11_safe_updates_on_starrocks(cluster):
    cluster.forget()
    done = cluster.belay("select 1", args=["-U"])
    assert done.rc == 0, done
    assert cluster.sent("%max_join_size%") == cluster.sent("%sql_safe_updates%") == []
    done = cluster.belay("delete from sales.orders", args=["-U"])
    assert done.rc != 0 and cluster.sent("delete%") == [], done


def test_14_the_next_host_is_used_and_named(server):
    down = free_port()
    done = server.belay("-N", "-e", "select 1", login=[
        f"-h127.0.0.1:{down},127.0.0.1:{server.port}", "-uroot"])
    assert (done.rc, done.out) == (0, "1\n"), done
    assert f"127.0.0.1:{server.port}" in done.err


# --- results --------------------------------------------------------------------------------------

@pytest.mark.parametrize("options", [["-N"], ["-t"], ["--format=jsonl"]], ids=" ".join)
def test_16_memory_stays_flat(server, options):
    def peak(rows):
        with open("/dev/null", "wb") as nothing:
            process = subprocess.Popen(
                [BELAY, *server.login, *options, "shop", "-e",
                 f"select seq, 'some text in a row', seq * 3 from seq_1_to_{rows}"],
                stdout=nothing, stderr=subprocess.PIPE, env=clean_env(server.home))
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            assert process.returncode == 0, process.stderr.read()
            process.stderr.close()
        return usage.ru_maxrss
    few, many = peak(1000), peak(10_000_000 if options == ["-N"] else 2_000_000)
    assert many < few + 16 * 1024, (few, many)


def test_17_a_grid_holds_whatever_is_in_it(server):
    family = "\U0001f468\u200d\U0001f469\u200d\U0001f467"
    """In the form that is nobody else's; the classic grid at a terminal: with the other probes."""
    done = server.belay("--format=unicode", "-e", f"select '库存' as a, '{family}' as b, 'x\\ty' as c, 'p\\nq' as d,"
                                    " 'e\u0301' as e, 1 as f")
    def cells(line):
        """What it takes on the screen."""
        line = line.replace(family, "FF").replace("e\u0301", "e")
        return sum(2 if ord(c) > 0x2e80 else 1 for c in line)
    lines = done.out.splitlines()
    assert len({cells(line) for line in lines if line}) == 1, done
    assert not re.search(r"x\ty", done.out) and "p" in done.out and "q" in done.out


def test_19_null_is_not_the_word_and_not_nothing(server):
    sql = "select null, 'NULL', ''"
    tab = server.belay("-N", "--null-as=\\N", "-e", sql)
    assert tab.out == "\\N\tNULL\t\n", tab
    csv = server.belay("-N", "--format=csv", "-e", sql)
    assert csv.out.strip() == ',NULL,""', csv
    rows = json.loads(server.belay("--format=json", "-e",
                                   "select null as a, 'NULL' as b, '' as c").out)
    assert rows == [{"a": None, "b": "NULL", "c": ""}]


# --- options and secrets --------------------------------------------------------------------------

def with_my_cnf(server, content, mode=0o600):
    home = os.path.join(server.top, "cnf-home")
    os.makedirs(home, exist_ok=True)
    path = os.path.join(home, ".my.cnf")
    with open(path, "w", encoding="utf-8") as file:
        file.write(content)
    os.chmod(path, mode)
    return home, path


def test_22_print_defaults_has_no_secret_and_every_file(server):
    home, path = with_my_cnf(server, f"[client]\nuser=app\npassword={SECRET}\n[mysql]\ntable\n")
    done = server.belay("--print-defaults", env={"HOME": home}, login=[])
    assert done.rc == 0 and SECRET not in done.out + done.err, done
    for name in ("user", "password", "table"):
        line = [line for line in done.out.splitlines() if name in line]
        assert line and path in line[0], done


def test_23_a_password_that_others_can_read_gets_one_warning(server):
    home, _ = with_my_cnf(server, f"[client]\npassword={SECRET}\n", 0o640)
    login = ["-h127.0.0.1", f"-P{server.port}", "-uapp"]
    done = server.belay("-N", "-e", "select 1", env={"HOME": home}, login=login)
    assert (done.rc, done.out) == (0, "1\n"), done
    assert len(done.err.splitlines()) == 1 and ".my.cnf" in done.err, done
    home, _ = with_my_cnf(server, f"[client]\npassword={SECRET}\n", 0o600)
    done = server.belay("-N", "-e", "select 1", env={"HOME": home}, login=login)
    assert done.err == "", done


@pytest.mark.parametrize("words", [[f"-p{SECRET}"], [f"--password={SECRET}"]], ids=["-p", "--password"])
def test_24_a_password_is_not_in_the_list_of_processes(log, words):
    process = subprocess.Popen([BELAY, "-h127.0.0.1", f"-P{log.port}", "-uapp", *words, "-e",
                                "select sleep(100)"], env=clean_env(log.home),
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        log.arrives("sleep\\(100\\)")
        with open(f"/proc/{process.pid}/cmdline", "rb") as file:
            line = file.read()
        with open(f"/proc/{process.pid}/environ", "rb") as file:
            environment = file.read()
        assert b"-uapp" in line and SECRET.encode() not in line + environment, line
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(20)


def test_25_standard_output_is_data_alone(server, tmp_path):
    done = server.belay("-N", f"--tee={tmp_path}/t", "--enable-cleartext-plugin", "--show-warnings",
                        "-e", "select 1", "-e", "select 1/0", "-e", "notee", "-e", "select 2")
    lines = done.out.splitlines()
    assert lines[:2] == ["1", "NULL"] and lines[-1] == "2", done
    assert not re.search("tee|log|clear", done.out, re.I), done


# --- destructive commands -------------------------------------------------------------------------

def test_26_a_change_in_a_pipe_needs_approval(cluster):
    cluster.forget()
    done = cluster.belay(DOWN)
    assert done.rc == 4 and cluster.changes() == [], done
    done = cluster.belay(stdin=DOWN + "\n", args=["--allow-commands"])
    assert done.rc == 4 and cluster.changes() == [], done
    done = cluster.belay(stdin=DOWN + "\n")
    assert done.rc != 0 and cluster.changes() == [], done


def test_28_dry_run_prints_and_sends_nothing(cluster):
    cluster.forget()
    done = cluster.belay(DOWN, args=["--dry-run"])
    assert done.rc == 0 and done.out.count("INACTIVE") >= 11, done
    assert cluster.changes() == []


def test_30_a_server_without_tls(cluster, server):
    for port, user in ((cluster.port(0), "root"), (server.port, "root")):
        login = ["-h127.0.0.1", f"-P{port}", f"-u{user}"]
        done = server.belay("-N", "-e", "select 1", login=login)
        assert (done.rc, done.out) == (0, "1\n"), done
        for mode in ("required", "verify_ca", "verify_identity"):
            done = server.belay("-e", "select 1", f"--ssl-mode={mode}", login=login)
            assert done.rc == 3 and "--ssl-mode=preferred" in done.err, done


def test_31_the_plugin_that_newer_clients_dropped(server):
    login = ["-h127.0.0.1", f"-P{server.port}", "-uapp", f"-p{SECRET}"]
    plugin = server.sql("select plugin from mysql.user where user = 'app'")
    assert plugin == [["mysql_native_password"]]
    done = server.belay("-N", "-e", "select 1", login=login)
    assert (done.rc, done.out) == (0, "1\n"), done


def test_32_status_asks_nothing_that_starrocks_refuses(cluster):
    """COM_STATISTICS and its like are answered "Unsupported command"."""
    commands = set()
    def play(wire):
        wire.log_in()
        while True:
            packet = wire.read()
            commands.add(packet[0])
            if packet[:1] == b"\x03":
                for payload in wire.rows([b"x"]):
                    wire.send(payload)
            else:
                wire.send(OK)
    with Hostile(play) as server:
        done = server.belay("-e", "\\s", "-e", "status")
        assert done.rc == 0, done
    assert commands <= {1, 2, 3, 14}, commands  # quit, init-db, query, ping
    cluster.forget()
    done = cluster.belay("\\s", "select 'after'")
    assert done.rc == 0 and "ERROR" not in done.err and "after" in done.out, done


def test_33_hangup_during_a_backup_leaves_a_whole_journal():
    with Practice("seed", speed=50) as cluster:
        where = os.path.join(cluster.top, "backup")
        cluster.fault("slow", "%IMAGE%", arg="800")
        process = cluster.start(f"\\backup '{where}'")
        wait_for(lambda: cluster.sent("%IMAGE%"))
        process.send_signal(signal.SIGHUP)
        process.communicate(timeout=60)
        assert process.returncode == 128 + signal.SIGHUP
        cluster.clear_faults()
        done = cluster.belay("\\journal verify")
        assert done.rc == 0, done
        done = cluster.belay("\\resume", approve=None, timeout=120)
        assert done.rc == 0 and "proved" in done.out + done.err, done


# --- options --------------------------------------------------------------------------------------

def test_34_help_is_short_and_grouped():
    done = subprocess.run([BELAY, "--help"], capture_output=True, text=True, timeout=60, check=False)
    lines = done.stdout.splitlines()
    assert done.returncode == 0 and len(lines) < 60
    for group in ("Connection", "Output", "Guided commands"):
        assert group in lines


@mariadb.needed
def test_34_every_option_of_the_classic_client_is_known():
    """Those of its own --help, and those of mysql 8.4: done, told what is missing, or told why not."""
    page = subprocess.run([mariadb.CLASSIC, "--no-defaults", "--help"], capture_output=True,
                          text=True, timeout=60, check=True).stdout
    names = set(re.findall(r"^  (?:-., )?--([a-z][a-z0-9-]+)", page, re.M))
    names |= set(re.findall(r"--((?:skip|disable)-[a-z-]+)", page))
    assert len(names) > 80, names
    names |= set("""
        init-command-add tls-ciphersuites tls-sni-servername ssl-fips-mode ssl-session-data
        ssl-session-data-continue-on-failed-reuse server-public-key-path get-server-public-key
        compression-algorithms zstd-compression-level login-path no-login-paths dns-srv-name
        network-namespace register-factor password1 password2 password3 oci-config-file
        authentication-oci-client-config-profile plugin-authentication-kerberos-client-mode
        telemetry-client load-data-local-dir shared-memory-base-name syslog histignore commands
        system-command connect-expired-password bind-address enable-cleartext-plugin binary-as-hex
        """.split())
    with open(os.devnull, "rb") as nothing:
        for name in sorted(names):
            done = subprocess.run([BELAY, "--no-defaults", "--print-defaults", f"--{name}"],
                                  stdin=nothing, capture_output=True, text=True, timeout=60,
                                  check=False, env=clean_env("/nonexistent"))
            assert "unknown option" not in done.stderr.lower(), (name, done.stderr)
            assert done.returncode in (0, 2) and (done.returncode == 0 or done.stderr), (name, done)
