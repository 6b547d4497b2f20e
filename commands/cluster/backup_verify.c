/* \backup verify: is this backup whole? Asks no server. */
#include <belay/backup.h>
#include <belay/command.h>
#include <belay/str.h>

#include "backup_line.h"

#define LABEL_CELLS 9 /* "cluster  " */

void backup_line(const struct backup_verdict *verdict, const char *path, struct output *output)
{
    AUTO_STR summary = {0};

    backup_summary(verdict, &summary);
    AUTO_FREE char *text =
        str_format("%s  %s  %s", backup_state_name(verdict->state), path, str_text(&summary));
    sink_line(output->out, text, LABEL_CELLS);
}

static void lines(struct output *output, const char *label, const struct strv *texts)
{
    for (size_t i = 0; i < texts->n; i++) {
        AUTO_FREE char *text = str_format("%s%s", label, texts->v[i]);
        sink_line(output->out, text, LABEL_CELLS);
    }
}

static void show_lines(const struct backup_verdict *verdict, const char *path, struct output *output)
{
    backup_line(verdict, path, output);
    if (*verdict->cluster != '\0') {
        AUTO_FREE char *text = str_format("cluster  %s%s%s", verdict->cluster,
                                          *verdict->made != '\0' ? "  made " : "", verdict->made);
        sink_line(output->out, text, LABEL_CELLS);
    }
    lines(output, "", &verdict->findings);
    lines(output, "lacks    ", &verdict->lacks);
    lines(output, "not quiet: ", &verdict->noise);
}

static void set_list(struct result *result, const char *column, const struct strv *texts)
{
    AUTO_STR all = {0};

    strv_join(texts, "\n", &all);
    result_set_text(result, 0, column, str_text(&all));
}

/* The same as a row. */
static void show_row(const struct backup_verdict *verdict, const char *path, struct output *output)
{
    static const char *const columns[] = {"path", "verdict", "summary", "cluster", "made", "findings",
                                          "lacks", "not_quiet"};
    AUTO_RESULT result = {0};
    AUTO_STR summary = {0};

    backup_summary(verdict, &summary);
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(&result, columns[i], COLUMN_TEXT);
    result_row(&result);
    result_set_text(&result, 0, "path", path);
    result_set_text(&result, 0, "verdict", backup_state_name(verdict->state));
    result_set_text(&result, 0, "summary", str_text(&summary));
    result_set_text(&result, 0, "cluster", verdict->cluster);
    result_set_text(&result, 0, "made", verdict->made);
    set_list(&result, "findings", &verdict->findings);
    set_list(&result, "lacks", &verdict->lacks);
    set_list(&result, "not_quiet", &verdict->noise);
    output_show(output, &result);
}

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    const char *path = input_arg(input, 0);
    AUTO_BACKUP_VERDICT verdict = {0};

    (void)session; /* years later there may be no server */
    if (!backup_verify(path, &verdict, err))
        return false;
    if (format_is_data(output->render.format))
        show_row(&verdict, path, output);
    else
        show_lines(&verdict, path, output);
    switch (verdict.state) {
    case BACKUP_PROVED:
    case BACKUP_BARE:
        return true;
    case BACKUP_DAMAGED:
        error_set(err, ERR_VERDICT, "%s is damaged", path);
        return error_hint(err, "do not restore from it");
    case BACKUP_CANNOT_TELL:
        return error_set(err, ERR_UNKNOWN, "cannot tell whether %s is whole", path);
    }
    return true;
}

static const struct command_arg args[] = {{ARG_FILE, "PATH", true, false},
                                          {ARG_END, NULL, false, false}};

static const struct example examples[] = {
    {"\\backup verify belay-backup-prod-20261124T063605Z", "a backup of belay's"},
    {"\\backup verify meta.tar.gz", "what somebody made by hand"},
    {NULL, NULL},
};

const struct command command_backup_verify = {
    .name = "backup verify",
    .group = GROUP_BACKUP,
    .summary = "is this backup whole? asks no server",
    .usage = "\\backup verify PATH",
    .details =
        "Reads every byte: the manifest, each file's SHA-256, the archive without extracting "
        "it, the image's blocks and CRC-32, the starmgr image's MD5, the journal's checksums. "
        "proved: exit status 0; damaged: 8; cannot tell: 9. PATH may also be a bare metadata "
        "directory or a tar or tar.gz of one: \"whole, not a backup\" (0) with what a restore "
        "from it would lack. With --format json and the like it is one row; findings, lacks and not_quiet "
        "have a line for each.",
    .args = args,
    .examples = examples,
    .run = run,
};
