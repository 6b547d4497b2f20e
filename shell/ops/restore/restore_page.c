/* Writes prose and commands of a restore plan. */
#include "restore_page.h"

#include <kubectl.h>
#include <text.h>

#define LABEL_AT 5
#define TEXT_AT 16

static void to_prose(struct page *page)
{
    if (page->command)
        str_addc(page->out, '\n');
    page->command = false;
}

static void to_command(struct page *page)
{
    if (!page->command)
        str_addc(page->out, '\n');
    page->command = true;
}

void page_line(struct page *page, const char *fmt, ...)
{
    AUTO_STR text = {0};
    va_list ap;

    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    to_prose(page);
    if (text.len > 0) {
        str_add(page->out, "  ");
        text_fold(str_text(&text), PAGE_CELLS, 2, page->out);
    }
    str_addc(page->out, '\n');
}

void page_say(struct page *page, const char *label, const char *fmt, ...)
{
    AUTO_STR text = {0};
    va_list ap;

    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    to_prose(page);
    str_addf(page->out, "%*s%-*s", LABEL_AT, "", TEXT_AT - LABEL_AT, label);
    text_fold(str_text(&text), PAGE_CELLS, TEXT_AT, page->out);
    str_addc(page->out, '\n');
}

void page_step(struct page *page, int number, const char *fmt, ...)
{
    AUTO_STR text = {0};
    va_list ap;

    va_start(ap, fmt);
    str_vaddf(&text, fmt, ap);
    va_end(ap);
    page->command = false;
    str_addf(page->out, "\n  STEP %d  ", number);
    text_fold(str_text(&text), PAGE_CELLS, number < 10 ? 10 : 11, page->out);
    str_add(page->out, "\n");
}

void page_shell(struct page *page, const char *fmt, ...)
{
    va_list ap;

    to_command(page);
    va_start(ap, fmt);
    str_vaddf(page->out, fmt, ap);
    va_end(ap);
    str_addc(page->out, '\n');
}

/* Inside single quotes: ends them, lets the shell put the variable in, begins them again. */
static void add_variables(const char *words, struct str *ret)
{
    static const char *const names[] = {"BE", "CN"};

    for (const char *p = words; *p != '\0'; p++) {
        size_t i = 0;
        for (; i < sizeof(names) / sizeof(names[0]); i++) {
            AUTO_FREE char *mark = str_format("@{%s}", names[i]);
            if (!str_starts(p, mark))
                continue;
            str_addf(ret, "'\"$%s\"'", names[i]);
            p += strlen(mark) - 1;
            break;
        }
        if (i == sizeof(names) / sizeof(names[0]))
            str_addc(ret, *p);
    }
}

char *page_words(const struct page *page, const struct strv *args)
{
    AUTO_STRV argv = {0};
    AUTO_STR text = {0};
    AUTO_STR ret = {0};

    strv_add_all(&argv, page->kubectl);
    strv_add_all(&argv, args);
    kube_words(&argv, &text);
    add_variables(str_text(&text), &ret);
    return str_take(&ret);
}

static void take_words(struct strv *ret, va_list ap)
{
    for (const char *word = va_arg(ap, const char *); word != NULL; word = va_arg(ap, const char *))
        strv_add(ret, word);
}

void page_kubectl(struct page *page, const char *before, const char *after, ...)
{
    AUTO_STRV args = {0};
    va_list ap;

    va_start(ap, after);
    take_words(&args, ap);
    va_end(ap);
    page_kubectl_with(page, before, after, &args);
}

void page_kubectl_with(struct page *page, const char *before, const char *after,
                       const struct strv *args)
{
    AUTO_FREE char *words = page_words(page, args);

    page_shell(page, "%s%s%s", before, words, after);
}

void page_exec(struct page *page, const struct page_exec *exec, ...)
{
    AUTO_STRV params = {0};
    va_list ap;

    va_start(ap, exec);
    take_words(&params, ap);
    va_end(ap);
    page_exec_with(page, exec, &params);
}

void page_exec_with(struct page *page, const struct page_exec *exec, const struct strv *params)
{
    AUTO_STRV args = {0};
    AUTO_STR after = {0};

    strv_add(&args, "exec");
    if (exec->input != NULL) {
        AUTO_STRV file = {0};
        strv_add(&args, "-i");
        strv_add(&file, exec->input);
        str_add(&after, " < ");
        kube_words(&file, &after);
    }
    strv_add(&args, exec->pod);
    strv_add(&args, "-c");
    strv_add(&args, exec->container);
    strv_add(&args, "--");
    strv_add(&args, "sh");
    strv_add(&args, "-c");
    strv_add(&args, exec->script);
    strv_add(&args, "belay"); /* $0 */
    strv_add_all(&args, params);
    AUTO_FREE char *words = page_words(page, &args);
    page_shell(page, "%s%s", words, str_text(&after));
}
