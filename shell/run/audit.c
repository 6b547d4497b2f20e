/*
 * The system log gets what was sent. Names and order of the fields are those of Oracle's client
 * (--syslog of mysql, client/mysql.cc: write_syslog), then ours: RUN, the process, and STATUS.
 */
#include "audit.h"

#include <pwd.h>
#include <syslog.h>
#include <unistd.h>

#include <belay/str.h>
#include <redact.h>

#include "shell_inside.h"
#include "status.h"

#define LINE_MAX_BYTES 1024 /* what a system log takes as one message (RFC 3164) */

static void field(const char *name, const char *value, struct str *ret)
{
    AUTO_STR safe = {0};

    escape_line(value, strlen(value), &safe);
    str_addf(ret, "%s:'%s', ", name, str_text(&safe));
}

void audit_line(const struct shell *shell, const char *sql, size_t len, int status, struct str *ret)
{
    const struct passwd *user = getpwuid(getuid());
    const char *sudo = getenv("SUDO_USER");
    const char *database = shell->last_database != NULL ? shell->last_database
                                                        : shell->endpoint.database;
    AUTO_STR plain = {0};

    field("SYSTEM_USER", user != NULL ? user->pw_name : "--", ret);
    if (sudo != NULL)
        field("SUDO_USER", sudo, ret);
    field("MYSQL_USER", shell->endpoint.user != NULL ? shell->endpoint.user : "--", ret);
    str_addf(ret, "CONNECTION_ID:%llu, ",
             shell->connection != NULL ? (unsigned long long)connection_id(shell->connection) : 0ULL);
    field("DB_SERVER", shell->endpoint.host != NULL ? shell->endpoint.host : "--", ret);
    field("DB", database != NULL ? database : "--", ret);
    str_addf(ret, "RUN:%lld, STATUS:%d, ", (long long)getpid(), status);
    sql_redact(sql, len, &plain);
    str_add(ret, "QUERY:'");
    escape_line(str_text(&plain), plain.len, ret);
    if (ret->len > LINE_MAX_BYTES - sizeof("…'")) {
        size_t cut = LINE_MAX_BYTES - sizeof("…'");
        while (cut > 0 && ((unsigned char)ret->s[cut] & 0xc0) == 0x80)
            cut--;
        str_cut(ret, cut);
        str_add(ret, "…");
    }
    str_add(ret, "'");
}

void audit_statement(const struct shell *shell, const char *sql, size_t len,
                     const struct error *err)
{
    AUTO_STR text = {0};

    if (!shell->settings.syslog)
        return;
    audit_line(shell, sql, len, err->code == ERR_NONE ? 0 : status_of(err->code), &text);
    openlog(shell->settings.program, LOG_PID, LOG_USER);
    syslog(LOG_INFO, "%s", text.s);
    closelog();
}
