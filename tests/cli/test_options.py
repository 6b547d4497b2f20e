"""Every option of the classic clients gets an answer: its meaning, an own way, nothing, or a reason."""
import re
import subprocess

import pytest

from practice import BELAY

# Every name that `mysql --help` of 8.4 and `mariadb --help` of 10.11 and 11.8 list, by answer.
TAKEN = """
help version user password host port socket database protocol execute batch silent table vertical html xml
raw skip-column-names column-names force verbose quick unbuffered delimiter line-numbers skip-line-numbers
show-warnings comments connect-timeout wait init-command init-command-add default-character-set
character-sets-dir default-auth plugin-dir enable-cleartext-plugin bind-address auto-rehash no-auto-rehash
auto-vertical-output column-type-info binary-mode binary-as-hex named-commands no-beep pager no-pager tee
no-tee prompt sigint-ignore reconnect abort-source-on-error print-query-on-error quick-max-column-width
progress-reports sandbox histignore syslog commands system-command connect-expired-password login-path
no-login-paths defaults-file defaults-extra-file defaults-group-suffix no-defaults print-defaults
max-allowed-packet net-buffer-length local-infile ssl skip-ssl ssl-mode ssl-ca ssl-capath ssl-cert ssl-key
ssl-cipher ssl-crl ssl-crlpath ssl-verify-server-cert ssl-fp ssl-fplist tls-version
safe-updates i-am-a-dummy select-limit max-join-size compress compression-algorithms
zstd-compression-level debug-info
ignore-spaces secure-auth debug-check build-completion-hash
""".split()
REFUSED = """
one-database dns-srv-name network-namespace register-factor password1 password2 password3 oci-config-file
authentication-oci-client-config-profile plugin-authentication-kerberos-client-mode
plugin-authentication-webauthn-client-preserve-privacy plugin-authentication-webauthn-device
authentication-openid-connect-client-id-token-file fido-register-factor
telemetry-client shared-memory-base-name pipe server-arg load-data-local-dir ssl-fips-mode ssl-session-data
ssl-session-data-continue-on-failed-reuse server-public-key-path get-server-public-key tls-sni-servername
tls-ciphersuites debug
""".split()
LETTERS = "?IABCDEGHLNPSTUVXbcefhijnpqrstuvw"
VALUES = {"protocol": "tcp", "ssl-mode": "required", "defaults-file": "/dev/null", "defaults-extra-file": "/dev/null",
          "max-allowed-packet": "16M", "net-buffer-length": "16K"}


def belay(*argv, text="", env=None, program=BELAY):
    environment = {"HOME": "/nonexistent", "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **(env or {})}
    return subprocess.run([program, *argv], input=text, capture_output=True, encoding="utf-8", env=environment,
                          timeout=60)


def takes_value(name):
    row = re.search(rf"^ +(?:-., )?--{name}(\[=| [A-Z])?", belay("--help=all").stdout, re.M)
    return row is not None and row.group(1) not in (None, "[=")


@pytest.mark.parametrize("name", TAKEN)
def test_a_name_of_the_classic_clients_is_taken(name):
    value = "=" + VALUES.get(name, "5") if takes_value(name) else ""
    for word in {f"--{name}{value}", f"--{name}{value}".replace("-", "_").replace("__", "--", 1)}:
        done = belay(word, "--version")
        assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("name", REFUSED)
def test_a_name_that_is_refused_is_refused_with_a_reason(name):
    done = belay(f"--{name}=x")
    said = done.stderr.split("\n")
    assert done.returncode == 2 and done.stdout == ""
    assert re.fullmatch(rf"belay: --{name} is not for belay: .{{10,}}", said[0])
    assert re.fullmatch(r"  .{10,}", said[1])  # what to do instead


@pytest.mark.parametrize("letter", LETTERS)
def test_a_letter_of_the_classic_clients_is_taken(letter):
    value = ["5"] if letter in "DPSehu" else []
    done = belay(f"-{letter}", *value, "--version")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("letter", "oW#")
def test_a_letter_that_is_refused_says_why(letter):
    done = belay(f"-{letter}")
    assert done.returncode == 2 and "is not for belay: " in done.stderr


def test_a_prefix_is_taken_with_a_note_on_stderr():
    done = belay("--hos=x", "--vers")
    assert done.returncode == 0
    assert done.stderr.count("Using unique option prefix") == 2
    assert "unique" not in done.stdout


def test_belays_own_names_are_not_cut_short():
    done = belay("--null", "x")
    assert done.returncode == 2
    assert "unknown option: --null\n" in done.stderr


def test_help_comes_in_three_sizes():
    short, full, one = belay("--help"), belay("--help=all"), belay("--help=tls")
    assert len(short.stdout.split("\n")) < 60
    assert "--ssl-crlpath" not in short.stdout and "--ssl-crlpath" in full.stdout
    assert one.stdout.startswith("\nTLS\n") and "--host" not in one.stdout
    wrong = belay("--help=nosuch")
    assert wrong.returncode == 2 and "tls" in wrong.stderr


def test_debug_info_ends_with_time_and_memory():
    done = belay("-T", "--no-kube", "-e", "\\help leader")
    assert re.fullmatch(r"belay: \d+\.\d{3} s, user \d+\.\d{3} s, system \d+\.\d{3} s, memory [\d.]+ MiB, 0 statements\n",
                        done.stderr)


def test_client_commands_can_be_switched_off():
    done = belay("--skip-commands", "--no-kube", "-e", "\\help leader")
    assert done.returncode == 2 and "\\help is switched off (--skip-commands)" in done.stderr
    assert belay("--skip-commands", "--commands", "--no-kube", "-e", "\\help leader").returncode == 0
    done = belay("--commands=off", "-P1", "-e", "delimiter //\nselect 1//")
    assert done.returncode == 3  # this one stays: without it no routine could be sent


def test_versions():
    one, more = belay("-V"), belay("-VV")
    assert one.stdout.count("\n") == 1 and more.stdout.startswith(one.stdout)
    assert {"libmariadb", "readline", "OpenSSL", "libyaml"} <= {line.split()[0] for line in more.stdout.splitlines()}


def test_help_lists_the_variables_of_the_environment():
    done = belay("--no-kube", "-e", "\\help env")
    assert done.returncode == 0
    names = re.findall(r"^([A-Z]\w+) ", done.stdout, re.M)
    assert {"MYSQL_HOST", "BELAY_HOST", "MYSQL_PWD", "MYSQL_PS1", "PAGER"} <= set(names)
    assert names == sorted(names)


def test_a_practice_scenario_that_does_not_exist(tmp_path):
    done = belay("--practice=nosuch", "-e", "select 1", env={"TMPDIR": str(tmp_path)})
    assert done.returncode == 2, done
    lines = done.stderr.splitlines()
    assert "no practice scenario 'nosuch'" in lines[0] and "\\n" not in done.stderr, done.stderr
    assert lines[1].startswith("  there are: seed, "), done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", ["foo", "serve", "--times=2 fault drop-after"])
def test_words_that_the_practice_cluster_is_not_asked(tmp_path, words):
    """Its program knows more words, for belay."""
    done = belay("--practice", "-e", f"\\practice {words}", env={"TMPDIR": str(tmp_path)})
    assert done.returncode == 2 and f'\\practice does not know "{words.split()[0]}"' in done.stderr, done
    assert "belay-practice-fe" not in done.stderr


def test_the_other_case_of_an_unknown_letter():
    assert "did you mean -D, --database?" in belay("-d", "shop").stderr
    assert "did you mean" not in belay("-Z").stderr
