/* \echo, \qecho and \warn: texts from a script. */
#include "shell_inside.h"

#include <belay/list.h>
#include <belay/str.h>
#include <braces.h>
#include <mem.h>

#include "variables.h"

bool shell_echo(struct shell *shell, const char *text, bool warn, struct error *err)
{
    AUTO_STRV words = {0};
    AUTO_STR line = {0};
    struct sink *sink = warn ? shell->output.err : shell->output.out;
    size_t first = 0;

    if (!scan_args(text, &words))
        return error_set(err, ERR_USAGE, "a quote is not closed");
    if (words.n > 0 && str_equal(words.v[0], "-n"))
        first = 1;
    for (size_t i = first; i < words.n; i++) {
        if (i > first)
            str_addc(&line, ' ');
        if (shell->settings.classic)
            str_add(&line, words.v[i]);
        else if (!variables_in_text(shell, words.v[i], &line, err))
            return false;
    }
    if (first == 0)
        str_addc(&line, '\n');
    if (sink_escapes(sink)) {
        AUTO_STR safe = {0};
        escape_block(str_text(&line), line.len, &safe);
        sink_write(sink, str_text(&safe), safe.len);
    } else {
        sink_write(sink, str_text(&line), line.len);
    }
    if (warn)
        sink_flush(sink, NULL);
    return true;
}
