/* Everything that sets a setting, in the order in which the later one wins. */
#include <mem.h>

#include "option_files.h"
#include "option_inside.h"
#include "profiles.h"
#include "url.h"

/* Of include/my_getopt.h of MariaDB. */
enum { CLASSIC_UNSPECIFIED = 1 };

/* The practice cluster is its own server: only what is typed beside --practice may say otherwise. */
static bool is_practice(const struct option_givens *line)
{
    for (size_t i = 0; i < line->n; i++) {
        if (str_equal(line->v[i].row->group, "Practice"))
            return true;
    }
    return false;
}

static bool is_of_a_server(const struct option_row *row)
{
    return str_equal(row->group, "Connection") || str_equal(row->group, "TLS");
}

static bool apply_all(struct settings *settings, const struct option_givens *givens,
                      bool without_server, struct error *err)
{
    for (size_t i = 0; i < givens->n; i++) {
        if (without_server && is_of_a_server(givens->v[i].row))
            continue;
        if (!option_apply(settings, &givens->v[i], err))
            return false;
    }
    return true;
}

/*
 * On the command line -P and -S say how to connect, not only where: for the classic client the last
 * of -P, -S and --protocol has the say (get_one_option() of client/mysql.cc).
 */
static void note_on_line(struct settings *settings, const struct option_givens *givens)
{
    for (size_t i = 0; i < givens->n; i++) {
        size_t field = givens->v[i].row->offset;
        bool port = field == offsetof(struct settings, port);
        bool socket = field == offsetof(struct settings, socket);
        settings->socket_on_line |= socket;
        if (!settings->classic || !(port || socket))
            continue;
        free(settings->protocol);
        settings->protocol = mem_text(socket ? "socket" : "tcp");
        for (size_t k = i + 1; k < givens->n; k++) {
            if (givens->v[k].row->offset == offsetof(struct settings, protocol))
                option_apply(settings, &givens->v[k], NULL);
        }
    }
}

/* The word that is no option: a URL, or a database, which wins over -D, as ever. */
static bool take_words(struct settings *settings, const struct strv *words,
                       struct option_givens *ret, struct error *err)
{
    static const struct option_origin origin = {.place = "command line"};

    size_t taken = words->n > 0 && !settings->classic && url_is(words->v[0]) ? 1 : 0;
    if (taken > 0 && !url_read(words->v[0], ret, err))
        return false;
    if (words->n > taken + 1) {
        AUTO_FREE char *text = str_format("one word too many: %s", words->v[taken + 1]);
        option_error(settings, CLASSIC_UNSPECIFIED, text, text, err);
        return error_hint(err, "%s takes one database name; statements come by -e",
                          settings->program);
    }
    if (words->n == taken + 1)
        givens_add(ret, option_exact("database", strlen("database")), FORM_PLAIN, words->v[taken],
                   &origin);
    return true;
}

/* Everything that was said, from the weakest to the strongest. */
struct sources {
    struct option_givens environment;
    struct option_givens files;
    struct option_givens profile;
    struct option_givens line;
    struct option_givens word;
};

/* Its name may come from everywhere but a profile. */
static const char *profile_of(const struct sources *from)
{
    const struct option_givens *lists[] = {&from->environment, &from->files, &from->line,
                                           &from->word};
    const char *found = NULL;

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
        for (size_t k = 0; k < lists[i]->n; k++) {
            const struct option_given *given = &lists[i]->v[k];
            if (given->row->offset == offsetof(struct settings, profile))
                found = given->form == FORM_SKIP ? NULL : given->value;
        }
    }
    return found;
}

static bool read_sources(int argc, char **argv, struct settings *settings, struct sources *ret,
                         struct error *err)
{
    AUTO_STRV words = {0};
    bool ok = args_read(argc, argv, settings, &ret->line, &words, err) &&
              take_words(settings, &words, &ret->word, err);

    for (size_t i = 0; i < words.n; i++) /* a URL may hold a password */
        mem_wipe(words.v[i], strlen(words.v[i]));
    if (!ok)
        return false;
    environment_read(settings, &ret->environment);
    if (!option_files_read(settings, &ret->line, &ret->files, err))
        return false;
    const char *profile = profile_of(ret);
    return profile == NULL || is_practice(&ret->line) ||
           profile_read(settings, profile, &ret->profile, err);
}

bool options_parse(int argc, char **argv, struct settings *ret, struct str *ret_defaults,
                   struct error *err)
{
    struct sources from = {0};
    const struct option_givens *const lists[] = {&from.environment, &from.files, &from.profile,
                                                 &from.line, &from.word, NULL};

    settings_defaults(ret, argc > 0 ? argv[0] : NULL);
    bool ok = read_sources(argc, argv, ret, &from, err);
    bool practice = is_practice(&from.line);
    for (size_t i = 0; ok && lists[i] != NULL; i++)
        ok = apply_all(ret, lists[i], practice && lists[i] != &from.line && lists[i] != &from.word, err);
    if (ok)
        note_on_line(ret, &from.line);
    if (ok && ret->print_defaults && ret->classic)
        settings_show_classic(ret->program, &from.files, argv, ret_defaults);
    else if (ok && ret->print_defaults)
        settings_show(lists, ret_defaults);
    givens_done(&from.environment);
    givens_done(&from.files);
    givens_done(&from.profile);
    givens_done(&from.line);
    givens_done(&from.word);
    return ok;
}
