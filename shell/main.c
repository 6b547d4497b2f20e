/* belay: options → session → loop → exit status. */
#include <stdlib.h>

#include <belay/str.h>
#include <options.h>
#include <shell_inside.h>
#include <status.h>

int main(int argc, char **argv)
{
    struct shell shell = {0};
    AUTO_ERROR err = {0};
    int status = 0;

    if (!shell_open(&shell, argc, argv, &err)) {
        report_error(&shell, &err, 0);
        status = status_of(err.code);
        if (shell.settings.classic && shell.settings.classic_status != 0)
            status = shell.settings.classic_status;
    } else if (shell.settings.version) {
        sink_f(shell.output.out, "belay %s\n", BELAY_VERSION);
    } else if (shell.settings.print_defaults) {
        AUTO_STR text = {0};
        if (sink_escapes(shell.output.out))
            escape_block(str_text(&shell.defaults), shell.defaults.len, &text);
        else
            str_add(&text, str_text(&shell.defaults));
        sink_text(shell.output.out, str_text(&text));
    } else if (shell.settings.help) {
        AUTO_STR text = {0};
        if (options_help(shell.settings.help_group, &text, &err)) {
            sink_text(shell.output.out, str_text(&text));
        } else {
            report_error(&shell, &err, 0);
            status = status_of(err.code);
        }
    } else {
        status = loop_run(&shell);
    }
    if (status == 0 && !sink_flush(shell.output.out, &err)) {
        report_error(&shell, &err, 0);
        status = status_of(err.code);
    }
    shell_close(&shell);
    exit(status);
}
