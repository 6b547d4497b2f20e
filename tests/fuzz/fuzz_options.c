/*
 * Fuzz target for what is read before anything else: option files, URLs, profiles.
 * What is read must be applied or refused, and never touch memory that is not its own. Built as a
 * plain program it replays the files it is given.
 */
#include <stdint.h>

#include <mem.h>
#include <option_files.h>
#include <profiles.h>
#include <url.h>

#include "replay.h"

#define NO_INCLUDES 10 /* the files of this machine are no input */

static void apply_all(struct settings *settings, const struct option_givens *givens)
{
    for (size_t i = 0; i < givens->n; i++) {
        AUTO_ERROR err = {0};
        if (option_apply(settings, &givens->v[i], &err) != (err.code == ERR_NONE))
            abort();
    }
}

static void as_file(const char *program, const uint8_t *data, size_t len)
{
    struct settings settings = {0};
    struct option_givens givens = {0};
    struct option_reader reader = {.settings = &settings, .givens = &givens, .suffix = "X",
                                   .login_path = "path", .depth = NO_INCLUDES};
    char *text = mem_textn((const char *)data, len);

    settings_defaults(&settings, program);
    option_text_read(&reader, "input", text, NULL);
    apply_all(&settings, &givens);
    givens_done(&givens);
    settings_done(&settings);
    free(text);
}

static void as_url(const uint8_t *data, size_t len)
{
    struct settings settings = {0};
    struct option_givens givens = {0};
    AUTO_FREE char *rest = mem_textn((const char *)data, len);
    AUTO_FREE char *url = str_format("mysql://%s", rest);
    AUTO_ERROR err = {0};

    settings_defaults(&settings, "belay");
    if (url_is(url) && url_read(url, &givens, &err))
        apply_all(&settings, &givens);
    givens_done(&givens);
    settings_done(&settings);
}

static void as_profile(const uint8_t *data, size_t len)
{
    struct settings settings = {0};
    struct option_givens givens = {0};
    AUTO_ERROR err = {0};

    settings_defaults(&settings, "belay");
    if (profile_read_text("profiles.yaml", (const char *)data, len, "p", &givens, &err))
        apply_all(&settings, &givens);
    else if (err.code != ERR_USAGE)
        abort();
    givens_done(&givens);
    settings_done(&settings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
    as_file("belay", data, len);
    as_file("mariadb", data, len);
    as_url(data, len);
    as_profile(data, len);
    return 0;
}
