/*
 * A report as a page. What a server, a cluster or a file said is text, never markup: all of it goes
 * through text(), and the page's own policy forbids whatever else it could ask for.
 */
#include <string.h>

#include <belay/output.h>
#include <clock.h>
#include <text.h>

#include "report_inside.h"
#include "report_style.h"

static void add_safe(const char *words, size_t len, struct str *ret)
{
    for (size_t i = 0; i < len; i++) {
        switch (words[i]) {
        case '&':
            str_add(ret, "&amp;");
            break;
        case '<':
            str_add(ret, "&lt;");
            break;
        case '>':
            str_add(ret, "&gt;");
            break;
        case '"':
            str_add(ret, "&quot;");
            break;
        case '\'':
            str_add(ret, "&#39;");
            break;
        default:
            str_addc(ret, words[i]);
        }
    }
}

/* Controls and what turns the direction of text become visible; then no character is markup. */
static void text(const char *words, struct str *ret)
{
    AUTO_STR safe = {0};

    escape_line(words, strlen(words), &safe);
    add_safe(str_text(&safe), safe.len, ret);
}

/* A statement or an object of several lines keeps them. */
static void code(const char *words, struct str *ret)
{
    AUTO_STR safe = {0};

    escape_block(words, strlen(words), &safe);
    str_add(ret, "<code>");
    add_safe(str_text(&safe), safe.len, ret);
    str_add(ret, "</code>");
}

static void element(const char *tag, const char *words, struct str *ret)
{
    str_addf(ret, "<%s>", tag);
    text(words, ret);
    str_addf(ret, "</%.*s>", (int)strcspn(tag, " "), tag);
}

/* --- any value ------------------------------------------------------------------------------------ */

static void value(const json_t *json, struct str *ret);

/* "cluster_id" is "cluster id" to a person; the names of settings and hosts stay as they are. */
static void label(const char *key, struct str *ret)
{
    AUTO_STR words = {0};

    str_add(&words, key);
    for (size_t i = 0; i < words.len && strlen(key) < 20; i++) {
        if (words.s[i] == '_')
            words.s[i] = ' ';
    }
    text(str_text(&words), ret);
}

/* An empty member says nothing. */
static bool is_nothing(const json_t *json)
{
    return json == NULL || json_is_null(json) ||
           (json_is_string(json) && *json_string_value(json) == '\0') ||
           (json_is_array(json) && json_array_size(json) == 0) ||
           (json_is_object(json) && json_object_size(json) == 0);
}

static void pairs(const json_t *object, struct str *ret)
{
    const char *key;
    json_t *member;

    str_add(ret, "<dl>");
    json_object_foreach((json_t *)object, key, member)
    {
        if (is_nothing(member))
            continue;
        str_add(ret, "<dt>");
        label(key, ret);
        str_add(ret, json_is_object(json_array_get(member, 0)) ? "</dt><dd class=\"whole\">" : "</dt><dd>");
        value(member, ret);
        str_add(ret, "</dd>");
    }
    str_add(ret, "</dl>\n");
}

/* The columns that are read first, in this order; the others follow. */
static const char *const first_columns[] = {"at",   "class", "level",  "id",    "kind",  "host",   "role",
                                            "what", "title", "before", "after", "who",   "answer", "verdict",
                                            "view", "database", "name"};

static void columns_of(const json_t *rows, struct strv *ret)
{
    AUTO_JSON *seen = json_object();
    const char *key;
    json_t *row, *cell;
    size_t i;

    json_array_foreach((json_t *)rows, i, row)
        json_object_update_missing(seen, row);
    for (size_t k = 0; k < sizeof(first_columns) / sizeof(first_columns[0]); k++) {
        if (json_object_get(seen, first_columns[k]) != NULL)
            strv_add(ret, first_columns[k]);
    }
    json_object_foreach(seen, key, cell)
    {
        if (!strv_has(ret, key))
            strv_add(ret, key);
    }
}

static void table(const json_t *rows, struct str *ret)
{
    AUTO_STRV columns = {0};
    json_t *row;
    size_t i;

    columns_of(rows, &columns);
    str_add(ret, "<table class=\"rows\"><thead><tr>");
    for (size_t k = 0; k < columns.n; k++) {
        str_add(ret, "<th>");
        label(columns.v[k], ret);
        str_add(ret, "</th>");
    }
    str_add(ret, "</tr></thead><tbody>\n");
    json_array_foreach((json_t *)rows, i, row)
    {
        str_add(ret, "<tr>");
        for (size_t k = 0; k < columns.n; k++) {
            const json_t *cell = json_object_get(row, columns.v[k]);
            str_add(ret, is_nothing(cell) ? "<td class=\"none\">" : "<td>");
            str_add(ret, "<span class=\"of\">");
            label(columns.v[k], ret);
            str_add(ret, "</span>");
            value(cell, ret);
            str_add(ret, "</td>");
        }
        str_add(ret, "</tr>\n");
    }
    str_add(ret, "</tbody></table>\n");
}

static void list(const json_t *array, struct str *ret)
{
    json_t *member;
    size_t i;

    if (json_is_object(json_array_get(array, 0))) {
        table(array, ret);
        return;
    }
    json_array_foreach((json_t *)array, i, member)
    {
        if (i > 0)
            str_add(ret, "<br>");
        value(member, ret);
    }
}

static void value(const json_t *json, struct str *ret)
{
    if (json_is_string(json))
        text(json_string_value(json), ret);
    else if (json_is_integer(json))
        str_add_int(ret, json_integer_value(json));
    else if (json_is_real(json))
        str_addf(ret, "%g", json_real_value(json));
    else if (json_is_boolean(json))
        str_add(ret, json_is_true(json) ? "yes" : "no");
    else if (json_is_object(json))
        pairs(json, ret);
    else if (json_is_array(json))
        list(json, ret);
}

/* --- sections ------------------------------------------------------------------------------------- */

static void begin_section(const char *id, const char *title, struct str *ret)
{
    str_addf(ret, "<section id=\"%s\"><h2>", id);
    text(title, ret);
    str_add(ret, "</h2>\n");
}

static void end_section(struct str *ret)
{
    str_add(ret, "</section>\n");
}

/* How a state or an outcome looks. */
static const char *look(const char *word)
{
    static const char *const good[] = {"done", "already", NULL};
    static const char *const bad[] = {"failed", "stopped", "unknown", "not known", NULL};

    for (size_t i = 0; good[i] != NULL; i++) {
        if (str_equal(good[i], word))
            return "good";
    }
    for (size_t i = 0; bad[i] != NULL; i++) {
        if (str_equal(bad[i], word))
            return "bad";
    }
    return "warn";
}

static void title_of(const json_t *run, struct str *ret)
{
    const json_t *args = json_object_get(run, "args");
    json_t *word;
    size_t i;

    str_addf(ret, "\\%s", json_str(run, "command"));
    json_array_foreach((json_t *)args, i, word)
        str_addf(ret, " %s", json_is_string(word) ? json_string_value(word) : "");
}

static void head(const json_t *report, struct str *ret)
{
    const json_t *run = json_object_get(report, "run");
    AUTO_STR title = {0};
    AUTO_STR span = {0};

    title_of(run, &title);
    clock_age(1000 * json_int(run, "seconds"), &span);
    element("h1", str_text(&title), ret);
    str_addf(ret, "<p><span class=\"state %s\">", look(json_str(run, "state")));
    text(json_str(run, "state"), ret);
    str_add(ret, "</span> <span class=\"soft\">");
    text(json_str(run, "cluster"), ret);
    str_add(ret, ", ");
    text(json_str(run, "began"), ret);
    str_add(ret, ", ");
    text(str_text(&span), ret);
    str_add(ret, "</span></p>\n");
    if (*json_str(run, "error") != '\0')
        element("p class=\"bad\"", json_str(run, "error"), ret);
}

/* --- timeline ------------------------------------------------------------------------------------- */

/* The worst outcome of a stage. */
static const char *worst(const json_t *stage)
{
    const char *found = "";
    json_t *step;
    size_t i;

    json_array_foreach(json_object_get(stage, "steps"), i, step)
    {
        const char *looks = look(json_str(step, "outcome"));
        if (str_equal(looks, "bad"))
            return looks;
        if (str_equal(looks, "warn"))
            found = looks;
    }
    return found;
}

static void lane(const char *name, const char *looks, const char *from, const char *to,
                 const json_t *run, struct str *ret)
{
    int64_t seconds = json_int(run, "seconds") > 0 ? json_int(run, "seconds") : 1;
    int64_t start = report_seconds(json_str(run, "began"));
    int64_t began = report_seconds(from);
    int64_t ended = report_seconds(to);
    AUTO_STR span = {0};

    str_add(ret, "<div class=\"lane\">");
    element("span", name, ret);
    str_add(ret, "<div class=\"track\">");
    if (began >= 0 && ended >= began) {
        double left = 100.0 * (double)(began - start) / (double)seconds;
        double width = 100.0 * (double)(ended - began) / (double)seconds;
        str_addf(ret, "<span class=\"bar %s\" style=\"margin-left:%.2f%%;width:%.2f%%\"></span>",
                 looks, left < 0 ? 0 : left > 99 ? 99 : left, width < 0.5 ? 0.5 : width);
        clock_age(1000 * (ended - began), &span);
    }
    str_add(ret, "</div>");
    element("span class=\"soft\"", span.len > 0 ? span.s : "not begun", ret);
    str_add(ret, "</div>\n");
}

/* Pauses stand where they were: above the first stage that began after them. */
static void pauses_before(const json_t *report, const char *at, size_t *next, struct str *ret)
{
    const json_t *pauses = json_object_get(report, "pauses");

    for (; *next < json_array_size(pauses); (*next)++) {
        const json_t *pause = json_array_get(pauses, *next);
        if (*at != '\0' && strcmp(json_str(pause, "from"), at) >= 0)
            break;
        lane("stopped", "warn", json_str(pause, "from"), json_str(pause, "to"),
             json_object_get(report, "run"), ret);
    }
}

static void timeline(const json_t *report, struct str *ret)
{
    const json_t *run = json_object_get(report, "run");
    json_t *stage;
    size_t i, pauses = 0;

    begin_section("timeline", "Timeline", ret);
    str_add(ret, "<p class=\"soft\">");
    text(json_str(run, "began"), ret);
    str_add(ret, " to ");
    text(json_str(run, "ended"), ret);
    str_add(ret, "</p>\n");
    json_array_foreach(json_object_get(report, "stages"), i, stage)
    {
        const char *began = json_str(stage, "began");
        if (*began != '\0')
            pauses_before(report, began, &pauses, ret);
        lane(json_str(stage, "name"), worst(stage), began, json_str(stage, "ended"), run, ret);
    }
    pauses_before(report, "", &pauses, ret);
    end_section(ret);
}

/* --- plan ------------------------------------------------------------------------------------------ */

static void cell_code(const char *title, const char *words, struct str *ret)
{
    if (*words == '\0')
        return;
    if (*title != '\0')
        element("span class=\"soft\"", title, ret);
    code(words, ret);
}

static void note(const char *words, struct str *ret)
{
    if (*words != '\0')
        element("div class=\"soft\"", words, ret);
}

static void step_row(const json_t *step, struct str *ret)
{
    const char *outcome = json_str(step, "outcome");
    AUTO_STR took = {0};

    str_addf(ret, "<tr><td class=\"%s\">", look(outcome));
    text(outcome, ret);
    note(json_str(step, "tier"), ret);
    str_add(ret, "</td><td>");
    text(json_str(step, "title"), ret);
    note(json_str(step, "id"), ret);
    note(json_str(step, "note"), ret);
    cell_code("", json_str(step, "action"), ret);
    cell_code("standard input: ", json_str(step, "input"), ret);
    cell_code("back: ", json_str(step, "undo"), ret);
    note(json_str(step, "undo_note"), ret);
    str_add(ret, "</td><td>");
    text(json_str(step, "says"), ret);
    if (*json_str(step, "proof") != '\0') {
        str_add(ret, "<div class=\"soft\">proof: ");
        text(json_str(step, "proof"), ret);
        str_add(ret, "</div>");
    }
    if (*json_str(step, "still_so") != '\0') {
        str_add(ret, "<div class=\"soft\">still so when asked anew, ");
        text(json_str(step, "still_so"), ret);
        str_add(ret, "</div>");
    }
    if (json_int(step, "attempts") > 1)
        str_addf(ret, "<div class=\"soft\">attempts: %lld</div>", (long long)json_int(step, "attempts"));
    str_add(ret, "</td><td>");
    text(json_str(step, "began"), ret);
    if (!str_equal(json_str(step, "ended"), json_str(step, "began")))
        note(json_str(step, "ended"), ret);
    if (json_object_get(step, "ms") != NULL) {
        clock_span(json_int(step, "ms"), &took);
        note(str_text(&took), ret);
    }
    str_add(ret, "</td></tr>\n");
}

static void stage_part(const json_t *stage, struct str *ret)
{
    json_t *step;
    size_t i;

    element("h3", json_str(stage, "name"), ret);
    if (json_int(stage, "counted") > 0)
        str_addf(ret, "<p class=\"soft\">%lld more steps went well and are only counted.</p>",
                 (long long)json_int(stage, "counted"));
    str_add(ret, "<table class=\"steps\"><thead><tr><th>outcome</th><th>step</th><th>seen</th>"
                 "<th>when</th></tr></thead><tbody>\n");
    json_array_foreach(json_object_get(stage, "steps"), i, step)
        step_row(step, ret);
    str_add(ret, "</tbody></table>\n");
}

static void lines(const json_t *report, const char *key, struct str *ret)
{
    json_t *line;
    size_t i;

    json_array_foreach(json_object_get(report, key), i, line)
        element("p class=\"mono\"", json_string_value(line), ret);
}

static void plan(const json_t *report, struct str *ret)
{
    json_t *stage;
    size_t i;

    begin_section("plan", "Plan and what came of it", ret);
    lines(report, "head", ret);
    if (*json_str(report, "no_plan") != '\0') {
        str_add(ret, "<p class=\"warn\">Only what was begun is here, since the plan cannot be made again: ");
        text(json_str(report, "no_plan"), ret);
        str_add(ret, "</p>\n");
    }
    json_array_foreach(json_object_get(report, "stages"), i, stage)
        stage_part(stage, ret);
    if (json_array_size(json_object_get(report, "left")) > 0) {
        element("h3", "Left as found", ret);
        lines(report, "left", ret);
    }
    end_section(ret);
}

/* --- the page -------------------------------------------------------------------------------------- */

/* A part that stands in the report under this name, as it is; none where there is nothing of it. */
static void part(const json_t *report, const char *key, const char *title, struct str *ret)
{
    const json_t *json = json_object_get(report, key);

    if (is_nothing(json))
        return;
    begin_section(key, title, ret);
    value(json, ret);
    end_section(ret);
}

/* Its words are the title of the page. */
static void run_part(const json_t *run, struct str *ret)
{
    AUTO_JSON *rest = json_copy((json_t *)run);

    json_object_del(rest, "args");
    begin_section("run", "The run", ret);
    value(rest, ret);
    end_section(ret);
}

static const char *const parts[][2] = {
    {"people", "Who, when, and what was answered"},
    {"versions", "Versions"},
    {"preflight", "Preflight: what did not hold"},
    {"proof", "Proof: before and after"},
    {"forecast", "Refreshes: foretold and in fact"},
    {"settings", "Temporary settings"},
    {"backup", "Backup"},
    {"journal", "Journal"},
    {"night", "All runs of this night"},
};
#define N_PARTS (sizeof(parts) / sizeof(parts[0]))

static void contents(const json_t *report, struct str *ret)
{
    str_add(ret, "<nav><a href=\"#run\">Run</a><a href=\"#timeline\">Timeline</a>"
                 "<a href=\"#plan\">Plan</a>");
    for (size_t i = 0; i < N_PARTS; i++) {
        if (is_nothing(json_object_get(report, parts[i][0])))
            continue;
        str_addf(ret, "<a href=\"#%s\">%.*s</a>", parts[i][0], (int)strcspn(parts[i][1], ":,"), parts[i][1]);
    }
    str_add(ret, "</nav>\n");
}

void report_html(const json_t *report, struct str *ret)
{
    AUTO_STR title = {0};

    title_of(json_object_get(report, "run"), &title);
    str_add(ret, REPORT_MARK "\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                 "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                 "style-src 'unsafe-inline'\">\n<title>");
    text(str_text(&title), ret);
    str_addf(ret, "</title>\n<style>%s</style></head>\n<body><main>\n", report_style);
    head(report, ret);
    contents(report, ret);
    run_part(json_object_get(report, "run"), ret);
    timeline(report, ret);
    plan(report, ret);
    for (size_t i = 0; i < N_PARTS; i++)
        part(report, parts[i][0], parts[i][1], ret);
    str_add(ret, "<footer class=\"soft\"><p>Made ");
    text(json_str(report, "made"), ret);
    str_add(ret, " by belay ");
    text(json_str(report, "by_belay"), ret);
    str_add(ret, " from the journal and the files of the run; no server was asked. ");
    text("The journal's digest finds accidents, not forgery.", ret);
    str_add(ret, "</p></footer>\n</main></body></html>\n");
}
