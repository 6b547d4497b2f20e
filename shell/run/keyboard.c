/* Lines from the keyboard: the prompt, what is typed, and when to leave. */
#include "shell_inside.h"

#include <belay/str.h>
#include <clock.h>
#include <line.h>
#include <mem.h>
#include <prompt.h>

#include "completion.h"
#include "follow.h"
#include "printer.h"
#include "signals.h"

static void render_prompt(struct shell *shell, struct str *ret)
{
    const char *format = getenv("MYSQL_PS1");
    AUTO_FREE char *port = str_format("%u", shell->endpoint.port);
    struct prompt_values values = {
        .user = shell->endpoint.user,
        .host = shell->endpoint.host,
        .port = port,
        .database = shell->last_database != NULL ? shell->last_database : shell->endpoint.database,
        .catalog = follow_catalog(shell),
        .cluster = shell->practice_dir != NULL ? "practice" : shell->settings.cluster,
        .version = shell->connection != NULL ? connection_server_version(shell->connection) : NULL,
        .delimiter = scan_delimiter(shell->source->scanner),
        .counter = shell->statements + 1,
        .last_status = shell->status,
        .now_ms = clock_unix_ms()};

    prompt_render(format != NULL ? format : PROMPT_DEFAULT, &values, ret);
}

/* One line from the keyboard. false: leave. */
static bool one_line(struct shell *shell, struct source *source, const struct str *prompt)
{
    AUTO_STR line = {0};
    AUTO_STR shown = {0};
    enum scan_open open = scan_open(source->scanner);

    if (open == SCAN_OPEN_NOTHING)
        str_addn(&shown, prompt->s, prompt->len);
    else
        prompt_continuation(str_text(prompt), open, &shown);
    signals_take(); /* a ^C that a command was left with must not drop what is typed next */
    if (signals_fatal() != 0)
        return false;
    enum line_event event = line_read(shell->line, str_text(&shown), signals_wake_fd(), &line);
    signals_take();
    if (event == LINE_TEXT)
        printer_typed(shell, str_text(&shown), str_text(&line), line.len);
    switch (event) {
    case LINE_EOF:
        sink_text(shell->output.out, "Bye\n");
        return false;
    case LINE_HANGUP:
        return false;
    case LINE_INTERRUPT:
        scan_clear(source->scanner);
        str_clear(&shell->typed);
        return true;
    case LINE_TEXT:
        break;
    }
    if (shell->typed.len > 0)
        str_addc(&shell->typed, '\n');
    str_addn(&shell->typed, line.s, line.len);
    scan_feed(source->scanner, line.s, line.len);
    scan_feed(source->scanner, "\n", 1);
    bool stay = loop_drain(shell, source) || !shell->leaving;
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
    for (;;) {
        AUTO_STR prompt = {0};
        render_prompt(shell, &prompt);
        if (!one_line(shell, &source, &prompt))
            break;
    }
    shell->source = NULL;
    scan_free(source.scanner);
}
