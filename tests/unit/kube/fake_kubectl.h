/*
 * A kubectl for tests: a shell script in a directory of its own. What it does is written by the test;
 * `run` in it really runs the words behind "--" of an exec, as a container would. Include after
 * cmocka.h.
 */
#ifndef BELAY_TEST_FAKE_KUBECTL_H
#define BELAY_TEST_FAKE_KUBECTL_H

#include <belay/str.h>

#include "file.h"
#include "kubectl.h"

static char fake_dir[64];

static inline int fake_setup(void **state)
{
    (void)state;
    snprintf(fake_dir, sizeof(fake_dir), "/tmp/belay-test-XXXXXX");
    return mkdtemp(fake_dir) == NULL;
}

static inline int fake_teardown(void **state)
{
    (void)state;
    return !file_remove_tree(fake_dir, NULL);
}

/* Writes the script and gives its path (fixed). Its words are kept in DIR/words, one a line. */
static inline const char *fake_kubectl(const char *does)
{
    static char path[128];
    AUTO_FREE char *script = str_format("#!/bin/sh\n"
                                        "dir=%s\n"
                                        "echo call >>$dir/calls\n"
                                        "printf '%%s\\n' \"$@\" >$dir/words\n"
                                        "run() {\n"
                                        "  while [ \"$1\" != -- ]; do shift; done; shift\n"
                                        "  \"$@\"\n"
                                        "}\n"
                                        "%s\n",
                                        fake_dir, does);
    AUTO_ERROR err = {0};

    snprintf(path, sizeof(path), "%s/kubectl", fake_dir);
    if (!file_write_atomic(path, script, strlen(script), 0700, &err))
        fail_msg("%s", err.message);
    return path;
}

/* A handle on it with context and namespace given, so that nothing is asked first. */
static inline struct kube *fake_kube(const char *does)
{
    struct kube_config config = {.kubectl = fake_kubectl(does), .context = "ctx", .ns = "sr"};
    AUTO_ERROR err = {0};
    struct kube *kube = kube_open(&config, &err);

    if (kube == NULL)
        fail_msg("%s", err.message);
    return kube;
}

/* What a file of the script's directory holds; "" when there is none. Appends. */
static inline void fake_file(const char *name, struct str *ret)
{
    AUTO_FREE char *path = file_join(fake_dir, name);

    file_read(path, 1 << 20, ret, NULL);
}

static inline size_t fake_calls(void)
{
    AUTO_STR text = {0};

    fake_file("calls", &text);
    return text.len / strlen("call\n");
}

#endif
