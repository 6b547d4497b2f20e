/* Branches in a source of text. */
#include "flow.h"

#include <belay/list.h>
#include <belay/shell.h>
#include <belay/str.h>
#include <braces.h>
#include <mem.h>

#include "compare.h"
#include "shell_inside.h"

static bool all_active(const struct flow *flow, unsigned depth)
{
    for (unsigned i = 0; i < depth; i++)
        if (!flow->levels[i].active)
            return false;
    return true;
}

bool flow_skips(const struct source *source, const struct scan_item *item)
{
    static const char *const own[] = {"if", "elif", "else", "endif"};

    if (source->flow.depth == 0 || all_active(&source->flow, source->flow.depth))
        return false;
    for (size_t i = 0; item->kind == SCAN_LONG && i < sizeof(own) / sizeof(own[0]); i++)
        if (str_equal(item->word, own[i]))
            return false;
    return true;
}

unsigned flow_open_line(const struct source *source)
{
    const struct flow *flow = &source->flow;

    return flow->depth > 0 ? flow->levels[flow->depth - 1].line : 0;
}

/* Each word with its variables; a word that came of a variable is no operator. */
static bool replace_words(struct shell *shell, struct strv *words, struct error *err)
{
    for (size_t i = 0; i < words->n; i++) {
        AUTO_STR text = {0};
        if (!braces_any(words->v[i], strlen(words->v[i])))
            continue;
        if (!variables_in_text(shell, words->v[i], &text, err))
            return false;
        free(words->v[i]);
        words->v[i] = str_take(&text);
    }
    return true;
}

bool flow_expression(struct shell *shell, const char *text, bool *ret, struct error *err)
{
    AUTO_STRV words = {0};
    size_t at = 0;
    bool negate = false;

    if (!scan_args(text, &words))
        return error_set(err, ERR_USAGE, "a quote is not closed");
    while (at < words.n && str_equal(words.v[at], "not")) {
        negate = !negate;
        at++;
    }
    size_t left = words.n - at;
    bool ok;
    if (left == 2 && str_equal(words.v[at], "defined")) {
        *ret = variables_defined(shell, words.v[at + 1]);
        ok = true;
    } else if (left == 3) {
        AUTO_FREE char *op = mem_text(words.v[at + 1]);
        ok = replace_words(shell, &words, err) &&
             compare_by(words.v[at], op, words.v[at + 2], ret, err);
    } else if (left == 1) {
        ok = replace_words(shell, &words, err) && compare_truth(words.v[at], ret, err);
    } else {
        error_set(err, ERR_USAGE, "this is no expression: %s", text);
        ok = error_hint(err, "A, A = B (also != < <= > >=), defined NAME; not before it");
    }
    *ret = ok && *ret != negate;
    return ok;
}

static bool none_open(const char *word, struct error *err)
{
    return error_set(err, ERR_USAGE, "\\%s without an \\if before it", word);
}

/* A branch whose expression makes no sense is not run, nor is another of its kind. */
static bool decide(struct shell *shell, struct flow *flow, const char *text, struct error *err)
{
    struct flow_level *level = &flow->levels[flow->depth - 1];
    bool yes = false;

    level->active = false;
    if (level->taken)
        return true;
    if (!flow_expression(shell, text, &yes, err)) {
        level->taken = true;
        return false;
    }
    level->active = level->taken = yes;
    return true;
}

bool shell_if(struct shell *shell, const char *text, struct error *err)
{
    struct flow *flow = &shell->source->flow;

    if (flow->depth == FLOW_DEPTH)
        return error_set(err, ERR_USAGE, "\\if stands inside too many others");
    bool passed_over = !all_active(flow, flow->depth);
    flow->levels[flow->depth] = (struct flow_level){.line = shell->item->line, .taken = passed_over};
    flow->depth++;
    return decide(shell, flow, text, err);
}

bool shell_elif(struct shell *shell, const char *text, struct error *err)
{
    struct flow *flow = &shell->source->flow;

    if (flow->depth == 0)
        return none_open("elif", err);
    if (flow->levels[flow->depth - 1].seen_else)
        return error_set(err, ERR_USAGE, "\\elif behind \\else");
    return decide(shell, flow, text, err);
}

bool shell_else(struct shell *shell, struct error *err)
{
    struct flow *flow = &shell->source->flow;

    if (flow->depth == 0)
        return none_open("else", err);
    struct flow_level *level = &flow->levels[flow->depth - 1];
    if (level->seen_else)
        return error_set(err, ERR_USAGE, "a second \\else");
    level->seen_else = true;
    level->active = !level->taken;
    level->taken = true;
    return true;
}

bool shell_endif(struct shell *shell, struct error *err)
{
    struct flow *flow = &shell->source->flow;

    if (flow->depth == 0)
        return none_open("endif", err);
    flow->depth--;
    return true;
}
