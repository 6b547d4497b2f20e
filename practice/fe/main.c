/* belay-practice-fe: serves the practice cluster's FEs, or controls a cluster that is served. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include <belay/str.h>

#include "control.h"
#include "file.h"
#include "server.h"

#define DEFAULT_SPEED 20

static const char usage[] =
    "usage: belay-practice-fe serve --dir DIR [--scenario NAME] [--speed N] [--remove]\n"
    "       belay-practice-fe status --dir DIR\n"
    "       belay-practice-fe speed --dir DIR N\n"
    "       belay-practice-fe fault --dir DIR KIND [--match LIKE] [--arg TEXT] [--times N]\n"
    "                               [--program fe|kubectl|pod]\n"
    "       belay-practice-fe fault --dir DIR [clear]\n"
    "       belay-practice-fe event --dir DIR [NAME]\n"
    "       belay-practice-fe start-fe|stop-fe --dir DIR [--arg HELPER] POD\n";

struct options {
    const char *dir, *scenario, *word;
    long speed;
    bool remove;
    struct control_fault fault;
};

static bool parse(int argc, char **argv, struct options *ret)
{
    static const struct option longs[] = {
        {"dir", required_argument, NULL, 'd'},     {"scenario", required_argument, NULL, 's'},
        {"speed", required_argument, NULL, 'p'},   {"remove", no_argument, NULL, 'r'},
        {"match", required_argument, NULL, 'm'},   {"arg", required_argument, NULL, 'a'},
        {"times", required_argument, NULL, 't'},   {"program", required_argument, NULL, 'g'},
        {NULL, 0, NULL, 0}};
    int c;
    while ((c = getopt_long(argc, argv, "", longs, NULL)) != -1) {
        switch (c) {
        case 'd': ret->dir = optarg; break;
        case 's': ret->scenario = optarg; break;
        case 'p': ret->speed = strtol(optarg, NULL, 10); break;
        case 'r': ret->remove = true; break;
        case 'm': ret->fault.match = optarg; break;
        case 'a': ret->fault.arg = optarg; break;
        case 't': ret->fault.times = strtol(optarg, NULL, 10); break;
        case 'g': ret->fault.program = optarg; break;
        default: return false;
        }
    }
    ret->word = optind < argc ? argv[optind] : NULL;
    return ret->dir != NULL && ret->dir[0] != '\0' && optind + 1 >= argc;
}

static bool serve(const struct options *o, struct error *err)
{
    bool fresh = !world_exists(o->dir);
    struct world *w = fresh ? world_create(o->dir, o->scenario, o->speed, err)
                            : world_open(o->dir, err);
    if (w == NULL)
        return false;
    bool done = server_run(w, err);
    world_close(w);
    return (!o->remove || file_remove_tree(o->dir, done ? err : NULL)) && done;
}

static bool control(const char *verb, struct options *o, struct error *err)
{
    struct world *w = world_open(o->dir, err);
    bool done = false;
    if (w == NULL)
        return false;
    if (str_equal(verb, "status")) {
        done = control_status(w, err);
    } else if (o->word == NULL && str_equal(verb, "fault")) {
        control_list_faults();
        done = true;
    } else if (o->word == NULL && str_equal(verb, "event")) {
        control_list_events();
        done = true;
    } else if (o->word == NULL) {
        error_set(err, ERR_USAGE, "%s needs one word more", verb);
    } else if (str_equal(verb, "speed")) {
        done = world_set_speed(w, strtol(o->word, NULL, 10), err);
    } else if (str_equal(verb, "start-fe") || str_equal(verb, "stop-fe")) {
        done = control_process(w, verb, o->word, o->fault.arg != NULL ? o->fault.arg : "", err);
    } else if (str_equal(verb, "fault")) {
        o->fault.kind = o->word;
        done = control_fault(w, &o->fault, err);
    } else {
        done = control_event(w, o->word, err);
    }
    world_close(w);
    return done;
}

static int fail(const struct error *err)
{
    fprintf(stderr, "belay-practice-fe: %s\n", err->message);
    if (err->hint != NULL)
        fprintf(stderr, "%s\n", err->hint);
    return err->code == ERR_USAGE ? 2 : 1;
}

int main(int argc, char **argv)
{
    static const char *const verbs[] = {"serve", "status", "speed", "fault", "event", "start-fe",
                                        "stop-fe"};
    struct options o = {.scenario = "seed", .speed = DEFAULT_SPEED,
                        .fault = {.match = "%", .program = "fe", .times = 1}};
    AUTO_ERROR err = {0};
    const char *verb = argc > 1 ? argv[1] : "";
    bool known = false;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        known |= str_equal(verbs[i], verb);
    if (!known || !parse(argc - 1, argv + 1, &o)) {
        fputs(usage, stderr);
        return 2;
    }
    bool done = str_equal(verb, "serve") ? serve(&o, &err) : control(verb, &o, &err);
    return done ? 0 : fail(&err);
}
