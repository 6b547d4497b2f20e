/* \journal: what was done, readable by a tired person. */
#include <string.h>

#include <belay/command.h>
#include <belay/journal.h>
#include <belay/open_runs.h>
#include <belay/str.h>

/* What one line of the list says, gathered while its journal is read. */
struct summary {
    struct result *result;
    size_t row;
};

static void sum_up(void *ctx, const struct journal_file *file, json_t *record)
{
    const struct summary *summary = ctx;
    const char *type = json_str(record, "type");
    bool done = strcmp(type, "end") == 0 && json_flag(record, "done");
    bool closed = strcmp(type, "end") == 0 && json_flag(record, "closed");

    if (file->n == 1) {
        result_set_text(summary->result, summary->row, "command", json_str(record, "command"));
        result_set_text(summary->result, summary->row, "at", json_str(record, "at"));
        result_set_f(summary->result, summary->row, "steps", "%lld",
                     (long long)json_int(record, "steps"));
    }
    if (file->n == 1 || strcmp(type, "end") == 0 || strcmp(type, "resume") == 0)
        result_set_text(summary->result, summary->row, "state", done ? "done" : closed ? "closed" : "open");
    result_set_text(summary->result, summary->row, "error", json_str(record, "error"));
}

static bool list(struct session *session, const struct command_input *input, struct output *output,
                 struct error *err)
{
    static const char *const columns[] = {"run", "command", "state", "steps", "at", "error"};
    AUTO_FREE char *dir = run_dir(session, err);
    AUTO_RESULT result = {0};
    AUTO_STRV runs = {0};

    (void)input;
    if (dir == NULL)
        return false;
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(&result, columns[i], i == 3 ? COLUMN_NUMBER : COLUMN_TEXT);
    journal_list(dir, &runs);
    for (size_t i = 0; i < runs.n; i++) {
        struct journal_file file = {0};
        AUTO_ERROR broken = {0};
        size_t row = result_row(&result);
        result_set_text(&result, row, "run", runs.v[i]);
        struct summary summary = {&result, row};
        if (!journal_skim(dir, runs.v[i], sum_up, &summary, &file, &broken)) {
            for (size_t k = 1; k < result.n_columns; k++)
                result_set(&result, row, k, NULL, 0);
            result_set_text(&result, row, "state", "damaged");
            result_set_text(&result, row, "error", broken.message);
        }
        journal_file_done(&file);
    }
    output_show(output, &result);
    return true;
}

static void line(struct output *output, const char *at, const char *mark, const char *text)
{
    AUTO_STR whole = {0};

    /* The clock part of 2026-11-24T06:36:05Z is enough inside one run. */
    str_addf(&whole, "%.8s  %-8s ", strlen(at) > 11 ? at + 11 : at, mark);
    size_t indent = whole.len;
    str_add(&whole, text);
    sink_line(output->out, str_text(&whole), indent);
}

/* "Label    value" lines, each folded to its label. */
static void head_lines(const char *text, struct output *output)
{
    while (*text != '\0') {
        size_t len = strcspn(text, "\n");
        AUTO_FREE char *one = str_format("%.*s", (int)len, text);
        sink_line(output->out, one, strlen("Cluster  "));
        text += len + (text[len] == '\n' ? 1 : 0);
    }
}

static void show_first(const json_t *record, struct output *output)
{
    AUTO_STR text = {0};

    str_addf(&text, "Run      %s  %s", json_str(record, "run"), json_str(record, "command"));
    const json_t *args = json_object_get(record, "args");
    json_t *word;
    size_t i;
    json_array_foreach((json_t *)args, i, word)
        str_addf(&text, " %s", json_string_value(word));
    str_addf(&text, "\nCluster  %s (id %s)  %s\n", json_str(record, "cluster"),
             json_str_at(record, "identity", "id", NULL),
             json_str_at(record, "identity", "version", NULL));
    str_addf(&text, "By       %s on %s, %s UTC, belay %s\n", json_str_at(record, "actor", "user", NULL),
             json_str_at(record, "actor", "host", NULL), json_str(record, "at"),
             json_str(record, "belay"));
    str_addf(&text, "Plan     %lld steps, %s, sha256:%s\nConsent  %s\n\n",
             (long long)json_int(record, "steps"), json_str(record, "tier"),
             json_str(record, "digest"), json_str(record, "consent"));
    head_lines(text.s, output);
}

#define VALUE_SHOWN 60 /* bytes of a long value; its file has all of it */

static void show_lease(const json_t *record, struct str *ret)
{
    const char *from = json_str(record, "from");

    if (*json_str(record, "uid") == '\0') {
        str_addf(ret, "none: %s", json_str(record, "why"));
        return;
    }
    str_addf(ret, "%s/%s is held by this run", json_str(record, "namespace"), json_str(record, "name"));
    if (*from != '\0')
        str_addf(ret, ", taken over from %s", from);
    str_addf(ret, "; transitions %lld", (long long)json_int(record, "transitions"));
}

static void show_record(const json_t *record, struct output *output)
{
    const char *type = json_str(record, "type");
    const char *at = json_str(record, "at");
    AUTO_STR text = {0};

    if (strcmp(type, "run") == 0) {
        show_first(record, output);
    } else if (strcmp(type, "resume") == 0) {
        str_addf(&text, "resumed by %s on %s", json_str_at(record, "actor", "user", NULL),
                 json_str_at(record, "actor", "host", NULL));
        line(output, at, "--", text.s);
    } else if (strcmp(type, "consent") == 0) {
        str_addf(&text, "consent of %s to \"%s\"", json_str_at(record, "actor", "user", NULL),
                 json_str(record, "stage"));
        line(output, at, "--", text.s);
    } else if (strcmp(type, "import") == 0) {
        str_addf(&text, "taken over by %s on %s", json_str_at(record, "actor", "user", NULL),
                 json_str_at(record, "actor", "host", NULL));
        line(output, at, "--", text.s);
    } else if (strcmp(type, "lease") == 0) {
        show_lease(record, &text);
        line(output, at, "lease", text.s);
    } else if (strcmp(type, "bind") == 0) {
        const char *value = json_str(record, "value");
        size_t shown = strnlen(value, VALUE_SHOWN); /* ids of all refreshes so far are no reading */
        while (shown > 0 && ((unsigned char)value[shown] & 0xC0) == 0x80)
            shown--; /* not inside a character */
        str_addf(&text, "{%s} is %.*s%s", json_str(record, "slot"), (int)shown, value,
                 value[shown] != '\0' ? " …" : "");
        line(output, at, "value", text.s);
    } else if (strcmp(type, "intent") == 0) {
        line(output, at, "intent", json_str(record, "title"));
    } else if (strcmp(type, "outcome") == 0) {
        const char *why = *json_str(record, "error") != '\0' ? json_str(record, "error")
                                                             : json_str(record, "evidence");
        const char *title = json_str(record, "title");
        if (str_starts(why, title)) /* errors begin with it */
            str_add(&text, why);
        else
            str_addf(&text, "%s%s%s", title, *why != '\0' ? ": " : "", why);
        line(output, at, json_str(record, "outcome"), text.s);
    } else if (strcmp(type, "final") == 0) {
        long long asked = (long long)json_int(record, "asked");
        long long no = (long long)json_int(record, "no");
        long long cannot_tell = (long long)json_int(record, "cannot_tell");
        if (no == 0 && cannot_tell == 0)
            str_addf(&text, "all at once, asked again: %lld of %lld are so", asked, asked);
        else
            str_addf(&text, "all at once, asked again: of %lld, %lld are not so, %lld cannot be told",
                     asked, no, cannot_tell);
        line(output, at, "proof", text.s);
    } else if (strcmp(type, "end") == 0) {
        line(output, at, "end", json_flag(record, "done") ? "done" : json_str(record, "error"));
    }
}

/* What is shown of a journal while it is read: it may hold a hundred thousand views. */
struct showing {
    struct output *output;
    json_t *open; /* step → {"at", "title"} of intents without an outcome: a group of them at most */
};

static void show_each(void *ctx, const struct journal_file *file, json_t *record)
{
    const struct showing *showing = ctx;
    const char *type = json_str(record, "type");

    (void)file;
    show_record(record, showing->output);
    if (strcmp(type, "outcome") == 0)
        json_object_del(showing->open, json_str(record, "step"));
    if (strcmp(type, "intent") != 0)
        return;
    json_t *open = json_object();
    json_put_str(open, "at", json_str(record, "at"));
    json_put_str(open, "title", json_str(record, "title"));
    json_put(showing->open, json_str(record, "step"), open);
}

/* What a crash left open. */
static void show_open(const json_t *open, struct output *output)
{
    const char *step;
    json_t *intent;

    json_object_foreach((json_t *)open, step, intent)
        line(output, json_str(intent, "at"), "OPEN", json_str(intent, "title"));
    if (json_object_size(open) > 0)
        sink_line(output->out, "OPEN: intended, outcome not recorded; \\resume asks the cluster",
                  strlen("OPEN: "));
}

static bool show(struct session *session, const struct command_input *input, struct output *output,
                 struct error *err)
{
    AUTO_FREE char *dir = run_dir(session, err);
    AUTO_STRV runs = {0};
    struct journal_file file = {0};
    const char *run = input_arg(input, 0);
    AUTO_JSON *open = json_object();
    struct showing showing = {output, open};

    if (dir == NULL)
        return false;
    journal_list(dir, &runs);
    if (run == NULL && runs.n == 0) {
        output_note(output, "Nothing was done to this cluster yet.");
        return true;
    }
    AUTO_FREE char *named = run != NULL ? journal_find(dir, run) : NULL;
    const char *shown = named != NULL ? named : runs.v[runs.n - 1];
    /* Read twice: of a damaged one nothing is shown. */
    if (!journal_skim(dir, shown, NULL, NULL, &file, err))
        return false;
    journal_file_done(&file);
    if (!journal_skim(dir, shown, show_each, &showing, &file, err))
        return false;
    show_open(open, output);
    if (file.torn)
        output_note(output, "note: the last line is incomplete (a crash while writing it)");
    if (run == NULL && runs.n > 1)
        output_note(output, "%zu runs in all: \\journal list", runs.n);
    journal_file_done(&file);
    return true;
}

static bool verify(struct session *session, const struct command_input *input,
                   struct output *output, struct error *err)
{
    AUTO_FREE char *dir = run_dir(session, err);
    AUTO_STRV runs = {0};
    const char *only = input_arg(input, 0);

    if (dir == NULL)
        return false;
    if (only != NULL)
        strv_take(&runs, journal_find(dir, only));
    else
        journal_list(dir, &runs);
    for (size_t i = 0; i < runs.n; i++) {
        struct journal_file file = {0};
        if (!journal_each(dir, runs.v[i], NULL, NULL, &file, err))
            return false;
        sink_f(output->out, "%s  whole, %zu records%s, head %.12s\n", runs.v[i], file.n, file.torn ? ", last line incomplete" : "", file.head);
        journal_file_done(&file);
    }
    return true;
}

static const struct command_arg args[] = {{ARG_RUN, "RUN", false, false},
                                          {ARG_END, NULL, false, false}};

const struct command command_journal = {
    .name = "journal",
    .group = GROUP_RUNS,
    .summary = "what the last run did",
    .usage = "\\journal",
    .run = show,
};

const struct command command_journal_show = {
    .name = "journal show",
    .group = GROUP_RUNS,
    .summary = "what a run did, step by step",
    .usage = "\\journal show [RUN]",
    .args = args,
    .run = show,
};

const struct command command_journal_list = {
    .name = "journal list",
    .group = GROUP_RUNS,
    .summary = "all runs of this cluster",
    .usage = "\\journal list",
    .run = list,
};

const struct command command_journal_verify = {
    .name = "journal verify",
    .group = GROUP_RUNS,
    .summary = "check the chain of one journal or of all",
    .usage = "\\journal verify [RUN]",
    .details = "Each record holds the digest of the line before it. A line that was changed, taken "
               "out or put in is found (exit status 8). An incomplete last line is what a crash "
               "leaves; it is reported, not an error.",
    .args = args,
    .run = verify,
};
