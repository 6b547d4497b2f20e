/* Rows of the option table: what the classic clients take and belay refuses, with the reason. */
#include "options_rows.h"

#define GROUP "Refused"

#define ONE_PASSWORD "StarRocks checks one password", "use --password, --password-file or a profile"
#define NO_PLUGIN "libmariadb has no such authentication plugin", "use a password"
#define NO_TLS_SWITCH "libmariadb has no such switch"
#define UNIX_ONLY "there are no Windows servers of StarRocks", "connect by --host and --port"

const struct option_row option_rows_refused[] = {
    REFUSED("one-database", 'o',
            "which statements to leave out cannot be told by the last USE",
            "run the part of the script that is wanted"),
    REFUSED("dns-srv-name", 0, "belay asks no name server for a list of servers",
            "name the FEs: --host a,b,c"),
    REFUSED("network-namespace", 0, "belay stays in the network namespace it was started in",
            "start it there: ip netns exec NAME belay …"),
    REFUSED("register-factor", 0, ONE_PASSWORD),
    REFUSED("fido-register-factor", 0, ONE_PASSWORD),
    REFUSED("password1", 0, ONE_PASSWORD),
    REFUSED("password2", 0, ONE_PASSWORD),
    REFUSED("password3", 0, ONE_PASSWORD),
    REFUSED("oci-config-file", 0, NO_PLUGIN),
    REFUSED("authentication-oci-client-config-profile", 0, NO_PLUGIN),
    REFUSED("plugin-authentication-kerberos-client-mode", 0, NO_PLUGIN),
    REFUSED("plugin-authentication-webauthn-client-preserve-privacy", 0, NO_PLUGIN),
    REFUSED("plugin-authentication-webauthn-device", 0, NO_PLUGIN),
    REFUSED("authentication-openid-connect-client-id-token-file", 0, NO_PLUGIN),
    REFUSED("telemetry-client", 0, "belay sends no telemetry", "leave it out"),
    REFUSED("shared-memory-base-name", 0, UNIX_ONLY),
    REFUSED("pipe", 'W', UNIX_ONLY),
    REFUSED("server-arg", 0, "there is no server inside belay", "leave it out"),
    REFUSED("load-data-local-dir", 0, "StarRocks loads no files of the client",
            "load them by HTTP (stream load), or allow all with --local-infile"),
    REFUSED("ssl-fips-mode", 0, "it is a setting of OpenSSL, not of a program",
            "set it in openssl.cnf, for all programs"),
    REFUSED("ssl-session-data", 0, NO_TLS_SWITCH, "leave it out: connections begin anew"),
    REFUSED("ssl-session-data-continue-on-failed-reuse", 0, NO_TLS_SWITCH,
            "leave it out: connections begin anew"),
    REFUSED("server-public-key-path", 0, NO_TLS_SWITCH,
            "let TLS protect the password: --ssl-mode=required"),
    REFUSED("get-server-public-key", 0, NO_TLS_SWITCH,
            "let TLS protect the password: --ssl-mode=required"),
    REFUSED("tls-sni-servername", 0, NO_TLS_SWITCH, "connect by the name that the server serves"),
    REFUSED("tls-ciphersuites", 0, NO_TLS_SWITCH, "--ssl-cipher and --tls-version limit TLS"),
    REFUSED("debug", '#', "belay is built without the trace of MySQL",
            "--verbose and --debug-info say more"),
    ROWS_END,
};
