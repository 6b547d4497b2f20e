/* belay: options → session → loop → exit status. */
#include <stdlib.h>

#include <belay/str.h>
#include <shell_inside.h>
#include <status.h>

int main(int argc, char **argv)
{
    struct shell shell = {0};
    AUTO_ERROR err = {0};
    int status = 0;

    if (!shell_open(&shell, argc, argv, &err)) {
        if (*err.message != '\0')
            report_error(&shell, &err, 0);
        status = status_of(err.code);
        if (shell.settings.classic && shell.settings.classic_status != 0)
            status = shell.settings.classic_status;
    } else if (about_shown(&shell.settings)) {
        if (!about_show(&shell, &err)) {
            report_error(&shell, &err, 0);
            status = status_of(err.code);
        }
    } else {
        status = loop_run(&shell);
        if (shell.settings.debug_info)
            usage_show(&shell);
    }
    /* As a drop-in, classic_loop() has judged what a lost output means. */
    if (status == 0 && !sink_flush(shell.output.out, &err) && !shell.settings.classic) {
        report_error(&shell, &err, 0);
        status = status_of(err.code);
    }
    shell_close(&shell);
    exit(status);
}
