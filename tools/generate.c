/* belay-generate: prints the manual page, completions and reference made from belay's constants. */
#include <stdio.h>
#include <stdlib.h>

#include <file.h>

#include "generate.h"

const struct generate_status generate_statuses[] = {
    {ERR_NONE, "done, and proved where belay promises proof"},
    {ERR_FAILED, "an SQL statement or a command failed"},
    {ERR_USAGE, "wrong use: option, argument, missing file"},
    {ERR_CONNECTION, "no connection, or it was lost"},
    {ERR_DECLINED, "declined, or not approved in batch: nothing was sent"},
    {ERR_STOPPED, "stopped part-way by a person; \\resume goes on"},
    {ERR_OUTPUT, "output could not be written"},
    {ERR_DRIFT, "the world differs from the plan"},
    {ERR_VERDICT, "the verdict is no: damaged backup or journal, proof failed"},
    {ERR_UNKNOWN, "cannot tell: a check could not be made, an outcome is unknown"},
    {ERR_KUBE, "kubectl or the Kubernetes API failed"},
    {ERR_LEASE, "another belay is working on this cluster"},
    {ERR_NONE, NULL},
};

const struct generate_group generate_groups[] = {
    {GROUP_RUNS, "Plans and runs"},
    {GROUP_BACKUP, "Backup and the way back"},
    {GROUP_VIEWS, "Materialized views"},
    {GROUP_CLUSTER, "Cluster"},
    {GROUP_SQL, "SQL: variables, scripts, looking around"},
    {GROUP_CLIENT, "Client (as in mysql)"},
    {GROUP_CLIENT, NULL},
};

bool generate_takes_file(const struct option_row *row)
{
    return str_equal(row->value, "FILE");
}

bool generate_takes_dir(const struct option_row *row)
{
    return str_equal(row->value, "DIR");
}

static const struct {
    const char *name;
    void (*write)(struct str *ret);
} forms[] = {
    {"man", generate_man},   {"bash", generate_bash}, {"zsh", generate_zsh},
    {"fish", generate_fish}, {"help", generate_help}, {"rules", generate_rules}, {"check", generate_check},
};

int main(int argc, char **argv)
{
    AUTO_ERROR err = {0};
    AUTO_STR text = {0};

    for (size_t i = 0; argc >= 2 && i < sizeof(forms) / sizeof(forms[0]); i++) {
        if (!str_equal(argv[1], forms[i].name))
            continue;
        forms[i].write(&text);
        if (argc == 3 && !file_write_atomic(argv[2], str_text(&text), text.len, 0644, &err)) {
            fprintf(stderr, "belay-generate: %s\n", err.message);
            return EXIT_FAILURE;
        }
        if (argc == 2 && (fputs(str_text(&text), stdout) == EOF || fflush(stdout) == EOF))
            return EXIT_FAILURE;
        return EXIT_SUCCESS;
    }
    fputs("usage: belay-generate man|bash|zsh|fish|help|rules|check [FILE]\n", stderr);
    return 2;
}
