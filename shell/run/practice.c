/*
 * --practice: starts the practice cluster's FE as a child, waits until it answers, and fills the
 * connection from what it says. The child ends when our end of its stdin closes, so a belay that is
 * killed leaves nothing behind.
 */
#include "shell_inside.h"

#include <unistd.h>

#include <belay/json.h>
#include <belay/str.h>
#include <clock.h>
#include <digest.h>
#include <file.h>
#include <mem.h>

#define READY_MS 60000
#define STOP_MS 3000

/* The practice programs lie beside belay in a build, in libexec/belay when installed. */
static char *find_program(const char *name)
{
    static const char *const places[] = {"", "../libexec/belay/"};
    char self[4096];
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    if (n <= 0)
        return NULL;
    self[n] = '\0';
    *(strrchr(self, '/') + 1) = '\0';
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        char *path = str_format("%s%s%s", self, places[i], name);
        if (access(path, X_OK) == 0)
            return path;
        free(path);
    }
    return NULL;
}

static char *make_dir(const char *given)
{
    char salt[9];

    if (given != NULL)
        return file_expand_home(given);
    const char *tmp = getenv("TMPDIR");
    random_hex(salt, 8);
    return str_format("%s/belay-practice-%s", tmp != NULL && *tmp == '/' ? tmp : "/tmp", salt);
}

/* Replaces a setting that the person left open. */
static void fill(char **setting, const char *value)
{
    if (*setting == NULL)
        *setting = mem_text(value);
}

static bool take_ready(struct shell *shell, const char *line, struct error *err)
{
    struct settings *settings = &shell->settings;
    AUTO_JSON *ready = str_starts(line, "READY ")
                           ? json_parse(line + 6, strlen(line + 6), 65536, err) : NULL;

    if (ready == NULL)
        return error_set(err, ERR_CONNECTION, "the practice cluster said: %s", line);
    /* The practice cluster is where this belay connects, whatever else was configured. */
    free(settings->host);
    settings->host = mem_text(json_str(ready, "host"));
    settings->port = json_int(ready, "port");
    fill(&settings->user, json_str(ready, "user"));
    fill(&settings->context, json_str(ready, "context"));
    fill(&settings->ns, json_str(ready, "namespace"));
    fill(&settings->kubeconfig, json_str(ready, "kubeconfig"));
    if (settings->kubectl == NULL)
        settings->kubectl = find_program("belay-practice-kubectl");
    /* Its FEs have the names of pods, which no name server knows: do not wait for one to say so. */
    fill(&settings->via, "port-forward");
    /* Journals of a practice cluster live and end with it. */
    if (settings->state_dir == NULL)
        settings->state_dir = file_join(shell->practice_dir, "state");
    return true;
}

/* What it said before it ended: its first line is the message, the others are the hint. */
static void did_not_start(char *said, struct error *err)
{
    char *rest = said + strcspn(said, "\n");

    if (*rest != '\0')
        *rest++ = '\0';
    rest[strcspn(rest, "\n")] = '\0';
    error_set(err, ERR_USAGE, "the practice cluster did not start: %s", said);
    if (*rest != '\0')
        error_hint(err, "%s", rest);
}

bool practice_start(struct shell *shell, struct error *err)
{
    struct settings *settings = &shell->settings;
    const char *scenario = settings->scenario != NULL ? settings->scenario : "seed";
    AUTO_STRV argv = {0};
    AUTO_STR line = {0};

    if (settings->host != NULL || settings->socket != NULL)
        return error_set(err, ERR_USAGE, "--practice brings its own server: leave out --host and "
                         "--socket");
    shell->practice_program = find_program("belay-practice-fe");
    if (shell->practice_program == NULL)
        return error_set(err, ERR_USAGE, "belay-practice-fe is not installed beside belay");
    shell->practice_dir = make_dir(settings->practice_dir);
    AUTO_FREE char *log = str_format("%s.log", shell->practice_dir);
    strv_add(&argv, shell->practice_program);
    strv_add(&argv, "serve");
    strv_addf(&argv, "--dir=%s", shell->practice_dir);
    strv_addf(&argv, "--scenario=%s", scenario);
    if (settings->practice_speed != NULL)
        strv_addf(&argv, "--speed=%s", settings->practice_speed);
    if (settings->practice_dir == NULL)
        strv_add(&argv, "--remove");
    if (!process_start((const char *const *)argv.v, NULL, log, &shell->practice, err) ||
        !process_read_line(&shell->practice, READY_MS, &line, err)) {
        AUTO_STR said = {0};
        if (file_read(log, 4096, &said, NULL) && said.len > 0)
            did_not_start(said.s, err);
        else
            error_prefix(err, "the practice cluster did not start");
        unlink(log);
        rmdir(shell->practice_dir); /* goes only while nothing is in it */
        return false;
    }
    unlink(log);
    return take_ready(shell, str_text(&line), err);
}

void practice_stop(struct shell *shell)
{
    if (shell->practice.pid > 0)
        process_stop(&shell->practice, STOP_MS);
    free(shell->practice_dir);
    free(shell->practice_program);
    shell->practice_dir = NULL;
}

bool shell_practice(struct shell *shell, const struct strv *words, struct error *err)
{
    AUTO_STRV argv = {0};
    AUTO_PROCESS_END end = {0};
    AUTO_STR page = {0};

    strv_add(&argv, shell->practice_program);
    strv_add(&argv, words->n > 0 ? words->v[0] : "status");
    strv_addf(&argv, "--dir=%s", shell->practice_dir);
    for (size_t i = 1; i < words->n; i++)
        strv_add(&argv, words->v[i]);
    struct process_job job = {.argv = (const char *const *)argv.v, .total_ms = 30000};
    if (!process_run(&job, &end, err))
        return false;
    escape_block(str_text(&end.out), end.out.len, &page);
    sink_text(shell->output.out, str_text(&page));
    if (end.status == 0)
        return true;
    while (end.err.len > 0 && end.err.s[end.err.len - 1] == '\n')
        str_cut(&end.err, end.err.len - 1);
    const char *said = str_text(&end.err);
    const char *rest = strchr(said, '\n'); /* of a page of usage */
    error_set(err, ERR_USAGE, "%.*s", (int)strcspn(said, "\n"), said);
    return rest == NULL ? false : error_hint(err, "%s", rest + 1);
}
