/* \preflight: what must hold before an upgrade begins. */
#include <string.h>

#include <belay/command.h>
#include <belay/preflight.h>
#include <belay/str.h>

#define INDENT 10

/* --- for people --------------------------------------------------------------------------------- */

static void told(struct output *output, const char *name, const char *text)
{
    AUTO_FREE char *line = str_format("  %-7s %s", name, text);

    if (*text != '\0')
        sink_line(output->out, line, INDENT);
}

static void heading(struct output *output, const char *word, const char *colour, const json_t *entry)
{
    bool coloured = sink_colour(output->out) && colour != NULL;

    sink_f(output->out, "%s%s%s  %s\n", coloured ? colour : "", word, coloured ? "\033[0m" : "",
           json_str(entry, "id"));
}

static void show_no(struct output *output, const json_t *entry)
{
    const char *level = json_str(entry, "level");
    bool blocker = str_equal(level, "blocker");
    bool note = str_equal(level, "note"); /* it is told in short: nothing need be done about it now */

    heading(output, blocker ? "BLOCKER" : level, blocker ? "\033[1;31m" : note ? NULL : "\033[33m", entry);
    if (!note)
        told(output, "wanted", json_str(entry, "title"));
    told(output, "seen", json_str(entry, "evidence"));
    told(output, "do", json_str(entry, "remedy"));
    if (!note)
        told(output, "source", json_str(entry, "source"));
    sink_text(output->out, "\n");
}

static void show_excluded(struct output *output, const json_t *entry)
{
    heading(output, "excluded", NULL, entry);
    told(output, "wanted", json_str(entry, "title"));
    told(output, "seen", json_str(entry, "evidence"));
    told(output, "because", json_str(entry, "reason"));
    sink_text(output->out, "\n");
}

static void show_yes(struct output *output, const json_t *entry)
{
    AUTO_FREE char *line = str_format("%s: %s", json_str(entry, "title"), json_str(entry, "evidence"));

    sink_f(output->out, "ok        %s\n", json_str(entry, "id"));
    told(output, "", line);
}

/* Those that could not be checked for the same reason stand together: one cause, one entry. */
static void show_unknown(struct output *output, const json_t *rules, const char *level)
{
    AUTO_STRV whys = {0};
    size_t i;
    json_t *entry;

    json_array_foreach(rules, i, entry)
    {
        if (str_equal(json_str(entry, "answer"), "cannot tell") &&
            str_equal(json_str(entry, "level"), level) &&
            !strv_has(&whys, json_str(entry, "evidence")))
            strv_add(&whys, json_str(entry, "evidence"));
    }
    for (size_t k = 0; k < whys.n; k++) {
        AUTO_STRV ids = {0};
        AUTO_STR text = {0};
        json_array_foreach(rules, i, entry)
        {
            if (str_equal(json_str(entry, "answer"), "cannot tell") &&
                str_equal(json_str(entry, "level"), level) &&
                str_equal(json_str(entry, "evidence"), whys.v[k]))
                strv_add(&ids, json_str(entry, "id"));
        }
        strv_join(&ids, ", ", &text);
        sink_text(output->out, str_equal(level, "blocker") ? "NOT CHECKED  each could be a blocker\n"
                               : str_equal(level, "warning") ? "not checked  warnings\n"
                                                             : "not checked  notes\n");
        told(output, "rules", str_text(&text));
        told(output, "why", whys.v[k]);
        sink_text(output->out, "\n");
    }
}

static void show_head(struct output *output, const json_t *facts, const json_t *verdict)
{
    const json_t *kube = json_object_get(facts, "kube");
    const char *kind = json_str(kube, "kind");
    const char *to = json_str(verdict, "to");
    AUTO_STR line = {0};

    str_addf(&line, "Preflight %s (id %s)  %s", json_str_at(facts, "cluster", "name", NULL),
             json_str_at(facts, "cluster", "id", NULL), json_str(verdict, "from"));
    if (*to != '\0')
        str_addf(&line, " to %s", to);
    const char *mode = json_str_at(facts, "cluster", "run_mode", NULL);
    str_addf(&line, "%s%s", *mode != '\0' ? "  " : "",
             str_equal(mode, "shared_data") ? "shared-data" : *mode != '\0' ? "shared-nothing" : "");
    if (str_equal(kind, "operator") || str_equal(kind, "plain"))
        str_addf(&line, "  context %s  namespace %s", json_str(kube, "context"),
                 json_str(kube, "namespace"));
    sink_line(output->out, str_text(&line), INDENT);
    sink_text(output->out, "\n");
}

static void show_end(struct output *output, const json_t *facts, const json_t *verdict)
{
    AUTO_STR line = {0};

    preflight_say(verdict, &line);
    str_addf(&line, "; %lld hold, %lld do not concern this cluster%s",
             (long long)json_int(verdict, "fine"), (long long)json_int(verdict, "other"),
             *json_str(verdict, "to") != '\0' ? " and target" : "");
    sink_line(output->out, str_text(&line), 0);
    if (*json_str(verdict, "to") == '\0')
        output_note(output, "without --to RELEASE nothing is said about the way there");
    if (str_equal(json_str_at(facts, "kube", "kind", NULL), "off") ||
        str_equal(json_str_at(facts, "kube", "kind", NULL), "other")) {
        output_note(output, "nothing is said about Kubernetes: %s", json_str_at(facts, "kube", "why", NULL));
    }
}

static void show_page(struct output *output, const json_t *facts, const json_t *verdict, bool all)
{
    static const char *const levels[] = {"blocker", "warning", "note"};
    const json_t *rules = json_object_get(verdict, "rules");
    size_t i;
    json_t *entry;

    show_head(output, facts, verdict);
    for (size_t k = 0; k < sizeof(levels) / sizeof(levels[0]); k++) {
        json_array_foreach((json_t *)rules, i, entry)
        {
            if (str_equal(json_str(entry, "answer"), "no") &&
                str_equal(json_str(entry, "level"), levels[k]))
                show_no(output, entry);
        }
        show_unknown(output, rules, levels[k]);
    }
    json_array_foreach((json_t *)rules, i, entry)
    {
        if (str_equal(json_str(entry, "answer"), "excluded"))
            show_excluded(output, entry);
        else if (all && str_equal(json_str(entry, "answer"), "yes"))
            show_yes(output, entry);
    }
    show_end(output, facts, verdict);
}

/* --- the command -------------------------------------------------------------------------------- */

static void options_of(const struct command_input *input, struct strv *include, struct strv *exclude)
{
    for (size_t i = 0; i < input->names.n; i++) {
        if (str_equal(input->names.v[i], "include"))
            strv_add(include, input->values.v[i]);
        else if (str_equal(input->names.v[i], "exclude"))
            strv_add(exclude, input->values.v[i]);
    }
}

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    AUTO_STRV include = {0};
    AUTO_STRV exclude = {0};
    AUTO_JSON *choice = json_object();
    AUTO_JSON *facts = NULL;
    AUTO_JSON *verdict = NULL;
    bool all = input_flag(input, "all");

    options_of(input, &include, &exclude);
    if (!preflight_choose(choice, &include, &exclude, err) || /* what is wrong is told before minutes pass */
        !preflight_gather(session, input_option(input, "to"), &facts, err))
        return false;
    json_object_update(facts, choice);
    verdict = preflight_judge(facts, NULL, err);
    if (verdict == NULL)
        return false;
    if (format_wants_rows(output->render.format)) {
        AUTO_RESULT rows = {0};
        AUTO_STR line = {0};
        preflight_result(verdict, all, &rows);
        output_show(output, &rows);
        preflight_say(verdict, &line);
        output_note(output, "%s", line.s);
    } else {
        show_page(output, facts, verdict, all);
    }
    return preflight_passed(verdict, err);
}

#define DETAILS                                                                                      \
    "Reads the cluster once, by SQL and kubectl, changes nothing, and asks each rule that concerns it. " \
    "A blocker must be put right first; a warning is a risk that somebody should know of; a note tells " \
    "what will be different. What could not be read is never taken for good: the rule could not be "   \
    "checked. Exit status 8 with a blocker, 9 when a rule that could be one was not checked, else 0. "  \
    "--exclude leaves a rule out of the count and needs a reason, which is shown and recorded. In the "  \
    "formats for programs a row for each rule that does not hold: id, level, title, evidence, remedy, " \
    "source, answer (no, cannot tell, excluded), reason; with --all also those that hold (yes). "      \
    "docs/preflight.md has all rules."

static const struct command_option options[] = {
    {ARG_TEXT, "to", "the release that the cluster is to run"},
    {ARG_TEXT, "include", "only this rule; may be given several times"},
    {ARG_TEXT, "exclude", "ID=REASON: this rule is not to count; may be given several times"},
    {ARG_FLAG, "all", "also the rules that hold"},
    {ARG_END, NULL, NULL},
};

static const struct example examples[] = {
    {"\\preflight --to 3.3.9", "before the night of the upgrade, and again when it begins"},
    {"\\preflight --to 3.3.9 --exclude 'fe-quorum=an outage of a minute is agreed'",
     "that rule is not to count; the reason is shown"},
    {NULL, NULL},
};

const struct command command_preflight = {
    .name = "preflight",
    .group = GROUP_CLUSTER,
    .summary = "what must hold before an upgrade begins",
    .usage = "\\preflight [--to RELEASE] [--include ID] [--exclude ID=REASON] [--all]",
    .details = DETAILS,
    .examples = examples,
    .options = options,
    .run = run,
};
