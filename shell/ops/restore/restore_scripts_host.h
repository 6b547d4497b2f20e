/*
 * Scripts for hosts whose frontends are started by bin/start_fe.sh. As those for pods: constants for
 * sh, values as positional parameters, each may be run again. $belay_meta is the metadata directory,
 * the first parameter the FE's home. None of the parameters is empty: a command such as ssh drops
 * empty words.
 *
 * bin/fe.pid holds the number of the process, and the JVM's class is com.starrocks.StarRocksFE with
 * the home's lib in its class path (StarRocks, bin/start_fe.sh and bin/stop_fe.sh).
 */
#ifndef BELAY_RESTORE_SCRIPTS_HOST_H
#define BELAY_RESTORE_SCRIPTS_HOST_H

#define HOST_META                                                                                  \
    "set -eu; umask 077\n"                                                                         \
    "M=$belay_meta; B=$M/.belay\n"

#define HOST_HEAD                                                                                  \
    HOST_META                                                                                      \
    "H=$1; F=$(readlink -f \"$H/conf/fe.conf\") || F=$H/conf/fe.conf\n"                                                 \
    "running() {\n"                                                                                \
    "  P=$(cat \"$H/bin/fe.pid\" 2>/dev/null) && kill -0 \"$P\" 2>/dev/null && return 0\n"         \
    "  P=$(pgrep -f \"$H/lib/.*com.starrocks.StarRocksFE\" | head -n 1); [ -n \"$P\" ]\n"          \
    "}\n"

/* HOME. UP pid or DOWN; MISSING file; LACKS tool; CONF key = value for what a restore looks at. */
static const char script_host_look[] =
    HOST_HEAD
    "for f in bin/start_fe.sh bin/stop_fe.sh conf/fe.conf; do\n"
    "  [ -f \"$H/$f\" ] || echo \"MISSING $H/$f\"\n"
    "done\n"
    "for t in pgrep readlink awk; do command -v $t >/dev/null || echo \"LACKS $t\"; done\n"
    "if running; then echo \"UP $P\"; else echo DOWN; fi\n"
    "[ ! -f \"$F\" ] || sed -n 's/^[[:space:]]*\\(run_mode\\|bdbje_reset_election_group\\|metadata_failure_recovery\\|"
    "start_with_incomplete_meta\\)[[:space:]]*=[[:space:]]*/CONF \\1 /p' \"$F\"";

/* HOME. */
static const char script_host_stop[] =
    HOST_HEAD
    "if running; then \"$H/bin/stop_fe.sh\" </dev/null 2>&1 || true; fi\n"
    "if running; then echo \"STILL UP $P\"; exit 1; fi\n"
    "echo STOPPED";

/* HOME HELPER: "HOST:PORT", or "none". The FE goes on by itself: start_fe.sh does not wait for it. */
static const char script_host_start[] =
    HOST_HEAD
    "if running; then echo \"UP ALREADY $P\"; exit 0; fi\n"
    "if [ \"$2\" = none ]; then set -- --daemon; else set -- --daemon --helper \"$2\"; fi\n"
    "cd \"$H\"; bin/start_fe.sh \"$@\" </dev/null 2>&1\n"
    "echo STARTED";

/* HOME KEY "on" or "off": two lines behind fe.conf, or exactly those away. */
static const char script_host_conf[] =
    HOST_HEAD
    "L='# for a restore by belay: remove after the first good start'\n"
    "if [ \"$3\" = on ]; then\n"
    "  ! grep -qx \"$2 = true\" \"$F\" || { echo \"ON already\"; exit 0; }\n"
    "  cp -p \"$F\" \"$F.belay\"; printf '\\n%s\\n%s = true\\n' \"$L\" \"$2\" >> \"$F.belay\"\n"
    "else\n"
    "  cp -p \"$F\" \"$F.belay\"\n"
    "  awk -v k=\"$2 = true\" -v l=\"$L\" '\n"
    "    { line[NR] = $0 }\n"
    "    END {\n"
    "      for (i = 1; i <= NR; i++) {\n"
    "        if (line[i] == \"\" && line[i + 1] == l && line[i + 2] == k) i += 2\n"
    "        else print line[i]\n"
    "      }\n"
    "    }' \"$F\" > \"$F.belay\"\n"
    "fi\n"
    "sync; mv -f \"$F.belay\" \"$F\"; sync; echo \"fe.conf WRITTEN\"";

#endif
