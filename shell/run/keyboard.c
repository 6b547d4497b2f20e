/* Lines from the keyboard: the prompt, what is typed, and when to leave. */
#include "shell_inside.h"

#include <belay/str.h>
#include <line.h>

#include "completion.h"
#include "script/ender.h"
#include "print/printer.h"
#include "prompt_values.h"
#include "psql_words.h"
#include "send.h"
#include "signals.h"

/* Does a command begin with this long word, and may it not stand behind a statement? */
static bool begins_command(const char *word)
{
    size_t len = strlen(word);

    for (size_t i = 0; ender_words[i] != NULL; i++) {
        if (str_equal(word, ender_words[i]))
            return false;
    }
    for (size_t i = 0; command_table[i] != NULL; i++) {
        const char *name = command_table[i]->name;
        if (strncmp(name, word, len) == 0 && (name[len] == '\0' || name[len] == ' '))
            return true;
    }
    return false;
}

/* "quit" on a line of its own inside a statement, as who wants to get out of it types. */
static void explain_way_out(struct shell *shell, enum scan_open open, const char *line)
{
    static const char *const words[] = {"quit", "exit", "help"};
    size_t len = strlen(line);

    while (len > 0 && (line[len - 1] == ' ' || line[len - 1] == ';'))
        len--;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (strlen(words[i]) == len && strncasecmp(line, words[i], len) == 0)
            output_note(&shell->output, "(%s is open, and \"%.*s\" is part of it; ^C drops it)",
                        open == SCAN_OPEN_STATEMENT ? "a statement"
                        : open == SCAN_OPEN_COMMENT ? "a comment" : "a quote", (int)len, line);
    }
}

/*
 * Inside a statement a backslash takes one letter, as in the classic client: who types a long command
 * there has forgotten the statement, and should know before its letter does something else.
 */
static void explain_open(struct shell *shell, const struct source *source, const char *line)
{
    AUTO_STR word = {0};
    enum scan_open open = scan_open(source->scanner);

    line += strspn(line, " \t");
    if (shell->settings.classic || open == SCAN_OPEN_NOTHING)
        return;
    explain_way_out(shell, open, line);
    if (open != SCAN_OPEN_STATEMENT || *line != '\\')
        return;
    str_addn(&word, line + 1, strspn(line + 1, "abcdefghijklmnopqrstuvwxyz-"));
    if (word.len < 2 || !begins_command(word.s))
        return;
    output_note(&shell->output, "(a statement is open: \\%s is read as \\%c and the rest; "
                "\\c drops the statement)", word.s, word.s[0]);
}

/* ^D while a run is open is answered once with what that means; the next one leaves. */
static bool stays_for_run(struct shell *shell)
{
    if (shell->open_run == NULL || shell->told_open)
        return false;
    shell->told_open = true;
    output_note(&shell->output, "A run is open %s: \\resume goes on, ^D again leaves it for later",
                shell->open_run);
    return true;
}

/* One line from the keyboard. false: leave. */
static bool one_line(struct shell *shell, struct source *source, struct str *prompt)
{
    AUTO_STR line = {0};
    AUTO_STR shown = {0};

    if (scan_open(source->scanner) == SCAN_OPEN_NOTHING) {
        str_clear(prompt);
        prompt_now(shell, prompt);
        str_addn(&shown, str_text(prompt), prompt->len);
    } else {
        prompt_goes_on(shell, str_text(prompt), &shown);
    }
    signals_take(); /* a ^C that a command was left with must not drop what is typed next */
    if (signals_fatal() != 0)
        return false;
    if (shell->edited.len > 0)
        line_prefill(shell->line, shell->edited.s);
    str_clear(&shell->edited);
    send_watch(shell);
    line_goes_on(shell->line, scan_open(source->scanner) != SCAN_OPEN_NOTHING);
    enum line_event event = line_read(shell->line, str_text(&shown), signals_wake_fd(), &line);
    signals_take();
    if (event == LINE_TEXT)
        printer_typed(shell, str_text(&shown), str_text(&line), line.len);
    switch (event) {
    case LINE_EOF:
        if (stays_for_run(shell))
            return true;
        if (!shell->settings.classic) /* classic_loop() says it */
            sink_text(shell->output.out, "Bye\n");
        return false;
    case LINE_HANGUP:
        return false;
    case LINE_INTERRUPT:
        source->flow.depth = 0;
        scan_clear(source->scanner);
        str_clear(&shell->typed);
        return true;
    case LINE_TEXT:
        break;
    }
    explain_open(shell, source, str_text(&line));
    if (shell->typed.len > 0)
        str_addc(&shell->typed, '\n');
    str_addn(&shell->typed, line.s, line.len);
    scan_feed(source->scanner, line.s, line.len);
    scan_feed(source->scanner, "\n", 1);
    bool stay = loop_drain(shell, source) || !shell->leaving;
    if (scan_open(source->scanner) == SCAN_OPEN_STATEMENT)
        psql_rest_done(shell, str_text(&line));
    if (scan_open(source->scanner) == SCAN_OPEN_NOTHING)
        str_clear(&shell->typed);
    return stay && !shell->leaving && signals_fatal() == 0;
}

void keyboard_run(struct shell *shell)
{
    struct source source = {.name = NULL, .trusted = true};
    struct line_config config = completion_config(shell);

    loop_open_scanner(shell, &source);
    shell->source = &source;
    shell->line = line_new(&config);
    names_open(shell);
    AUTO_STR prompt = {0}; /* the main one, to which those of following lines are aligned */
    while (one_line(shell, &source, &prompt))
        continue;
    shell->source = NULL;
    scan_free(source.scanner);
}
