/* A file that gets what a person sees and types. */
#include "tee.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include <belay/list.h>
#include <belay/output.h>
#include <belay/str.h>
#include <file.h>
#include <mem.h>
#include <redact.h>

#include "signals.h"

struct tee {
    int fd;
    char *path;
    struct sink *sink;
    bool in_colour; /* within "\033[…m" */
    struct strv prompts; /* of the lines in typed */
    struct str typed;    /* lines, each with its newline */
};

/* sink_set_taker: all but what a terminal alone wants. */
static bool take_plain(void *ctx, const void *data, size_t len)
{
    struct tee *tee = ctx;
    const char *at = data;
    const char *end = at + len;

    while (at < end) {
        const char *from = at;

        while (at < end && (tee->in_colour ? *at != 'm' : *at != '\033' && *at != '\a'))
            at++;
        if (!tee->in_colour && at > from &&
            !file_write_all(tee->fd, from, (size_t)(at - from), tee->path, NULL))
            return false;
        if (at == end)
            break;
        tee->in_colour = *at == '\033';
        at++;
    }
    return true;
}

struct tee *tee_open(const char *path, bool terminal, struct error *err)
{
    struct tee *tee;
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0600);

    if (fd < 0) {
        error_errno(err, ERR_OUTPUT, "cannot log to %s", path);
        return NULL;
    }
    tee = mem_alloc(sizeof(*tee));
    tee->fd = fd;
    tee->path = mem_text(path);
    tee->sink = sink_new(fd, path);
    sink_set_leaving(tee->sink, signals_fatal);
    if (terminal)
        sink_set_taker(tee->sink, take_plain, tee);
    return tee;
}

bool tee_close(struct tee *tee, struct error *err)
{
    if (tee == NULL)
        return true;
    tee_settle(tee);
    bool ok = sink_flush(tee->sink, err);
    sink_free(tee->sink);
    if (close(tee->fd) != 0 && ok)
        ok = error_errno(err, ERR_OUTPUT, "cannot write to %s", tee->path);
    strv_done(&tee->prompts);
    str_done(&tee->typed);
    free(tee->path);
    free(tee);
    return ok;
}

const char *tee_path(const struct tee *tee)
{
    return tee->path;
}

struct sink *tee_sink(struct tee *tee)
{
    return tee->sink;
}

/* A prompt without what takes no cells, which readline wants between \001 and \002. */
static void add_prompt(const char *prompt, struct strv *ret)
{
    AUTO_STR plain = {0};

    while (*prompt != '\0') {
        size_t len = strcspn(prompt, "\001");
        str_addn(&plain, prompt, len);
        prompt += len;
        prompt += strcspn(prompt, "\002");
        prompt += *prompt != '\0' ? 1 : 0;
    }
    strv_addn(ret, str_text(&plain), plain.len);
}

void tee_typed(struct tee *tee, const char *prompt, const char *line, size_t len)
{
    add_prompt(prompt, &tee->prompts);
    str_addn(&tee->typed, line, len);
    str_addc(&tee->typed, '\n');
}

void tee_settle(struct tee *tee)
{
    AUTO_STR shown = {0};
    const char *at;
    size_t n = 0;

    if (tee->typed.len == 0)
        return;
    sql_redact(tee->typed.s, tee->typed.len, &shown);
    at = str_text(&shown);
    while (*at != '\0') {
        size_t len = strcspn(at, "\n");
        /* A secret of several lines has become one: the prompts behind it fall away. */
        sink_text(tee->sink, n < tee->prompts.n ? tee->prompts.v[n] : "");
        n++;
        sink_write(tee->sink, at, len);
        sink_text(tee->sink, "\n");
        at += len + (at[len] == '\n' ? 1 : 0);
    }
    strv_done(&tee->prompts);
    str_clear(&tee->typed);
}
