/* Which option files are read, in the order of MySQL: the later one wins. */
#include "option_files.h"

#include <file.h>
#include <mem.h>

/* What the last one on the command line says; NULL when nothing does. */
static const char *said(const struct option_givens *line, size_t field)
{
    const char *found = NULL;

    for (size_t i = 0; i < line->n; i++) {
        if (line->v[i].row->kind == OPTION_TEXT && line->v[i].row->offset == field)
            found = line->v[i].value;
    }
    return found;
}

static bool told(const struct option_givens *line, size_t field)
{
    bool on = false;

    for (size_t i = 0; i < line->n; i++) {
        if (line->v[i].row->kind == OPTION_FLAG && line->v[i].row->offset == field)
            on = line->v[i].form != FORM_SKIP;
    }
    return on;
}

static const char *suffix_of(const struct option_givens *line)
{
    const char *given = said(line, offsetof(struct settings, defaults_group_suffix));

    if (given == NULL)
        given = getenv("BELAY_GROUP_SUFFIX");
    if (given == NULL)
        given = getenv("MARIADB_GROUP_SUFFIX");
    return given != NULL ? given : getenv("MYSQL_GROUP_SUFFIX");
}

/* Files of the system, of the server's directory, the extra one, and of the person. */
static bool usual_files(struct option_reader *reader, const char *extra, struct error *err)
{
    const char *home = getenv("MARIADB_HOME");
    AUTO_FREE char *person = file_expand_home("~/.my.cnf");

    if (home == NULL)
        home = getenv("MYSQL_HOME");
    AUTO_FREE char *servers = home != NULL && *home != '\0' ? file_join(home, "my.cnf") : NULL;
    if (!option_file_read(reader, "/etc/my.cnf", false, err) ||
        !option_file_read(reader, "/etc/mysql/my.cnf", false, err))
        return false;
    if (servers != NULL && !option_file_read(reader, servers, false, err))
        return false;
    if (extra != NULL && !option_file_read(reader, extra, true, err))
        return false;
    return *person == '~' || option_file_read(reader, person, false, err);
}

/* mariadb has no login paths: only who asks for one gets it there. */
static bool login_paths(struct option_reader *reader, const struct option_givens *line,
                        struct error *err)
{
    const char *given = getenv("MYSQL_TEST_LOGIN_FILE");
    AUTO_FREE char *path = given != NULL ? mem_text(given) : file_expand_home("~/.mylogin.cnf");

    if (told(line, offsetof(struct settings, no_login_paths)) || *path == '~' ||
        (reader->login_path == NULL && reader->settings->mariadb))
        return true;
    return login_file_read(reader, path, err);
}

bool option_files_read(struct settings *settings, const struct option_givens *line,
                       struct option_givens *ret, struct error *err)
{
    struct option_reader reader = {
        .settings = settings,
        .givens = ret,
        .suffix = suffix_of(line),
        .login_path = said(line, offsetof(struct settings, login_path))};
    const char *only = said(line, offsetof(struct settings, defaults_file));
    const char *extra = said(line, offsetof(struct settings, defaults_extra_file));
    bool ok = true;

    if (only != NULL) {
        AUTO_FREE char *path = file_expand_home(only);
        ok = option_file_read(&reader, path, true, err);
    } else if (!told(line, offsetof(struct settings, no_defaults))) {
        AUTO_FREE char *path = extra != NULL ? file_expand_home(extra) : NULL;
        ok = usual_files(&reader, path, err);
    }
    return ok && login_paths(&reader, line, err);
}
