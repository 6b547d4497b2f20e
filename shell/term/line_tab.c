/* Puts what completion offers into readline's line. */
#include "line_tab.h"

#include <stdio.h>

#include <readline/readline.h>

#include <belay/list.h>

#include "mem.h"
#include "utf8.h"

#define SHOWN_MAX 200 /* candidates listed: more than that nobody reads */

static struct { /* readline's callbacks carry no context */
    const struct line_config *config;
    size_t start; /* where the candidates of the list being shown begin in the line */
} tab;

static char *readline_text(const char *head, size_t head_len, const char *tail)
{
    AUTO_STR text = {0};
    str_addn(&text, head, head_len);
    str_add(&text, tail);
    return str_take(&text); /* malloc'ed, as readline frees it */
}

/* Bytes that all candidates begin with, whole characters only. */
static size_t common_len(const struct strv *found)
{
    size_t len = strlen(found->v[0]);
    for (size_t i = 1; i < found->n; i++) {
        size_t n = 0;
        while (n < len && found->v[i][n] == found->v[0][n])
            n++;
        len = n;
    }
    while (len > 0 && ((unsigned char)found->v[0][len] & 0xc0) == 0x80)
        len--;
    return len;
}

/*
 * readline takes the whole line up to the cursor for the word to complete, since a word of ours may
 * hold spaces and quotes. So every match is the line with its last word replaced.
 */
static char **tab_matches(const char *text, int start, int end)
{
    (void)text;
    (void)start;
    rl_attempted_completion_over = 1; /* no file names of readline's own */
    rl_completion_append_character = '\0';
    if (tab.config == NULL || tab.config->complete == NULL)
        return NULL;
    AUTO_STRV found = {0};
    size_t cursor = (size_t)end;
    if (!tab.config->complete(tab.config->ctx, rl_line_buffer, cursor, &found, &tab.start) ||
        found.n == 0 || tab.start > cursor)
        return NULL;
    char **matches = mem_array(found.n + 2, sizeof(*matches));
    if (found.n == 1) {
        const char *only = found.v[0];
        char last = only[0] == '\0' ? ' ' : only[strlen(only) - 1];
        rl_completion_append_character = strchr(" =/.(", last) != NULL ? '\0' : ' ';
        matches[0] = readline_text(rl_line_buffer, tab.start, only);
        return matches;
    }
    size_t common = common_len(&found);
    size_t typed = cursor - tab.start;
    if (common >= typed && memcmp(found.v[0], rl_line_buffer + tab.start, typed) == 0) {
        matches[0] = readline_text(rl_line_buffer, tab.start, found.v[0]);
        matches[0][tab.start + common] = '\0';
    } else {
        matches[0] = mem_textn(rl_line_buffer, cursor); /* nothing typed is taken away */
    }
    for (size_t i = 0; i < found.n; i++)
        matches[i + 1] = readline_text(rl_line_buffer, tab.start, found.v[i]);
    return matches;
}

/* Lists the candidates without the line before them. */
static void tab_show(char **matches, int n, int max_len)
{
    (void)max_len;
    size_t shown = (size_t)n > SHOWN_MAX ? SHOWN_MAX : (size_t)n;
    char **words = mem_array(shown + 2, sizeof(*words));
    int widest = 0;
    words[0] = matches[0] + (strlen(matches[0]) < tab.start ? strlen(matches[0]) : tab.start);
    for (size_t i = 1; i <= shown; i++) {
        words[i] = matches[i] + tab.start;
        int cells = (int)utf8_cells(words[i], strlen(words[i]));
        widest = cells > widest ? cells : widest;
    }
    rl_display_match_list(words, (int)shown, widest);
    if ((size_t)n > shown)
        fputs("… and more\n", rl_outstream);
    free(words);
    rl_forced_update_display();
}

void line_tab_use(const struct line_config *config)
{
    tab.config = config;
    rl_attempted_completion_function = tab_matches;
    rl_completion_display_matches_hook = tab_show;
    rl_basic_word_break_characters = "";
    rl_completer_word_break_characters = "";
    rl_basic_quote_characters = "";
    rl_completer_quote_characters = "";
    rl_sort_completion_matches = 0; /* they come sorted, each once */
    rl_ignore_completion_duplicates = 0;
}
