/* Everything that sets a setting, in the order in which the later one wins. */
#include <mem.h>

#include "option_inside.h"

/* Of include/my_getopt.h of MariaDB. */
enum { CLASSIC_UNSPECIFIED = 1 };

static bool apply_all(struct settings *settings, const struct option_givens *givens,
                      struct error *err)
{
    for (size_t i = 0; i < givens->n; i++) {
        if (!option_apply(settings, &givens->v[i], err))
            return false;
    }
    return true;
}

/* What the command line says counts twice for -P and -S: it also chooses the protocol. */
static void note_on_line(struct settings *settings, const struct option_givens *givens)
{
    for (size_t i = 0; i < givens->n; i++) {
        if (givens->v[i].row->offset == offsetof(struct settings, port))
            settings->port_on_line = true;
        if (givens->v[i].row->offset == offsetof(struct settings, socket))
            settings->socket_on_line = true;
    }
}

/* The word that is no option: it wins over -D, as ever. */
static bool take_words(struct settings *settings, const struct strv *words, struct error *err)
{
    if (words->n > 1) {
        AUTO_FREE char *text = str_format("one word too many: %s", words->v[1]);
        option_error(settings, CLASSIC_UNSPECIFIED, text, text, err);
        return error_hint(err, "%s takes one database name; statements come by -e",
                          settings->program);
    }
    if (words->n == 1) {
        free(settings->database);
        settings->database = mem_text(words->v[0]);
    }
    return true;
}

bool options_parse(int argc, char **argv, struct settings *ret, struct str *ret_defaults,
                   struct error *err)
{
    struct option_givens line = {0};
    AUTO_STRV words = {0};

    (void)ret_defaults;
    settings_defaults(ret, argc > 0 ? argv[0] : NULL);
    bool ok = args_read(argc, argv, ret, &line, &words, err) && apply_all(ret, &line, err) &&
              take_words(ret, &words, err);
    note_on_line(ret, &line);
    givens_done(&line);
    return ok;
}
