/*
 * The page of a restore plan: prose is indented and folded, a command begins at the left edge, so
 * that a person sees which is which and can paste a block of commands as it stands.
 */
#ifndef BELAY_RESTORE_PAGE_H
#define BELAY_RESTORE_PAGE_H

#include <stdbool.h>

#include <belay/json.h>
#include <belay/list.h>
#include <belay/str.h>
#include <patch.h>

#define PAGE_CELLS 80

struct page {
    struct str *out;
    const struct strv *kubectl; /* program and global options */
    bool command;               /* the last line was a command */
};

/* A line of its own, indented by two. */
void page_line(struct page *page, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* "  LABEL    text", folded. */
void page_say(struct page *page, const char *label, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The heading of a step. */
void page_step(struct page *page, int number, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/* A command as it stands: lines for a POSIX shell. */
void page_shell(struct page *page, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* kubectl with the global options and these words, up to NULL; before and after are shell text. */
void page_kubectl(struct page *page, const char *before, const char *after, ...)
    __attribute__((sentinel));

/* The same with the words of a list. */
void page_kubectl_with(struct page *page, const char *before, const char *after,
                       const struct strv *args);

/*
 * The words of such a call, quoted for a shell; free() it. In an argument @{CN} stands for "$CN", the
 * value of a shell variable; it is one of BE CN.
 */
char *page_words(const struct page *page, const struct strv *args);

/* A script run by sh in a container, with the words up to NULL as its parameters. */
struct page_exec {
    const char *pod;
    const char *container;
    const char *script;
    const char *input; /* file that is its stdin, or NULL */
};
void page_exec(struct page *page, const struct page_exec *exec, ...) __attribute__((sentinel));
void page_exec_with(struct page *page, const struct page_exec *exec, const struct strv *params);

#endif
