/* \practice: look at, speed up and break the practice cluster. */
#include <belay/shell.h>
#include <belay/str.h>

static enum client_end run(struct shell *shell, const struct command_input *input,
                           struct error *err)
{
    static const char *const words[] = {"status", "speed", "fault", "event"};
    const char *word = input->words.n > 0 ? input->words.v[0] : NULL;
    bool known = word == NULL;

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        known = known || str_equal(word, words[i]);
    if (!known) {
        error_set(err, ERR_USAGE, "\\practice does not know \"%s\"", word);
        error_hint(err, "usage: %s", input->command->usage);
        return CLIENT_FAILED;
    }
    return shell_practice(shell, &input->words, err) ? CLIENT_GO_ON : CLIENT_FAILED;
}

static const struct command_arg args[] = {{ARG_TEXT, "status|speed|fault|event", false, true},
                                          {ARG_END, NULL, false, false}};

static const struct command_option options[] = {
    {ARG_TEXT, "match", "statement, kubectl call, or POD IMAGE that the fault is for, as in LIKE"},
    {ARG_TEXT, "arg", "what the fault needs: a text, bytes, milliseconds"},
    {ARG_NUMBER, "times", "how often it strikes (1)"},
    {ARG_TEXT, "program", "who goes wrong: fe, kubectl, or pod (a container that starts)"},
    {ARG_END, NULL, NULL},
};

const struct command command_practice = {
    .name = "practice",
    .group = GROUP_CLUSTER,
    .summary = "look at, speed up and break the practice cluster",
    .usage = "\\practice [status | speed N | fault [KIND …] | event [NAME]]",
    .details = "Faults and events make the bad days on which a DBA rehearses: fault drop-after "
               "cuts the connection after a statement was executed, fault truncate makes kubectl "
               "lose half the data and exit 0, event leader-moves elects another leader. \\practice "
               "fault and \\practice event alone list them all. A pod does not come up with fault crash "
               "or missing --program pod, nor with an image whose tag has one of these words in it. "
               "The operator's release is chosen when belay starts: --practice=seed,operator=1.9.10, "
               "and with crd=1.9.4 behind it a CRD older than the operator. Other clusters: "
               "plain-statefulset has no operator, helm-owned belongs to a release of the chart (event "
               "helm-sync puts its values back), emptydir has its metadata on no disk, by-address "
               "has frontends that are lost when their pods get other addresses, old-crd drops fields, "
               "warehouses has compute nodes with images of their own.",
    .args = args,
    .options = options,
    .practice_only = true,
    .client = run,
};
