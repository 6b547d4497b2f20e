/* \where: how far the open run is. */
#include <belay/command.h>
#include <belay/str.h>
#include <belay/upgrade.h>

static bool run(struct session *session, const struct command_input *input, struct output *output,
                struct error *err)
{
    AUTO_RESULT result = {0};
    AUTO_STR note = {0};

    (void)input;
    if (!where_read(session, &result, &note, err))
        return false;
    output_show(output, &result);
    output_note(output, "%s", str_text(&note));
    return true;
}

const struct command command_where = {
    .name = "where",
    .group = GROUP_RUNS,
    .summary = "how far the open run is, also from a second terminal",
    .usage = "\\where",
    .details = "By the journal of the newest run that is open: the step, what it acts on, since when, how long "
               "the last starts of such pods took (usual) and what is left of that, the last proof, and what "
               "belay holds meanwhile. Reads only, and works while no FE answers. since is UTC, as in the "
               "journal.",
    .run = run,
};
