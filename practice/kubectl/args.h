/* kubectl's command line: flags anywhere, words, and what follows "--". */
#ifndef PRACTICE_KUBECTL_ARGS_H
#define PRACTICE_KUBECTL_ARGS_H

#include <stdbool.h>

#include <belay/list.h>
#include <belay/str.h>

/* Texts are borrowed from argv; NULL: not given. */
struct args {
    struct strv words;   /* words[0] is the verb */
    struct strv command; /* after "--" */
    bool dashes;         /* "--" was there */

    const char *kubeconfig, *context, *cluster, *ns, *user, *as, *request_timeout, *cache_dir;
    const char *output, *selector, *field_selector, *raw, *sort_by, *api_version, *verbosity;
    const char *container, *address, *pod_running_timeout, *subresource;
    const char *patch, *patch_type, *patch_file, *file, *from_file, *field_manager, *dry_run, *validate;
    const char *replicas, *current_replicas, *resource_version, *grace_period, *cascade;
    const char *wait, *timeout, *wait_for, *chunk_size;
    const char *all_namespaces, *ignore_not_found, *client, *minify, *flatten, *input, *tty;
    const char *quiet, *force, *now, *show_managed, *no_headers, *overwrite, *list, *watch;
    const char *save_config, *all, *tail, *limit_bytes, *previous;
};

void args_done(struct args *args);

/* Reads argv. false: the message (without a newline) that kubectl ends with is in ret_problem. */
bool args_parse(struct args *args, int argc, char *const *argv, struct str *ret_problem);

/* The value of a flag without a value: "true" unless it says "false". */
bool args_flag(const char *value);

/* Word i after the verb, NULL when there are fewer. */
const char *args_word(const struct args *args, size_t i);

/* A Go duration ("5s", "2m", "1h30m", "0", "250ms") in milliseconds; -1: not one. */
long args_duration(const char *text);

#endif
