/* Completion for bash, zsh and fish: options with what they take, commands after -e. */
#include <string.h>

#include "generate.h"

#define MADE "Made by belay-generate from the tables of the program. Do not edit."

enum takes { TAKES_NOTHING, TAKES_WORDS, TAKES_FILE, TAKES_DIR, TAKES_COMMAND,
             TAKES_PROFILE, TAKES_TEXT };

static enum takes takes(const struct option_row *row)
{
    if (row->kind == OPTION_FLAG || row->kind == OPTION_COUNT || row->kind == OPTION_NOTHING)
        return TAKES_NOTHING;
    if (row->choices != NULL)
        return TAKES_WORDS;
    if (str_equal(row->name, "profile"))
        return TAKES_PROFILE;
    if (generate_takes_file(row))
        return TAKES_FILE;
    if (generate_takes_dir(row))
        return TAKES_DIR;
    return str_equal(row->name, "execute") ? TAKES_COMMAND : TAKES_TEXT;
}

/* The names in the file of profiles, one a line, in any of the shells: keys at the left margin. */
#define PROFILES                                                                                   \
    "sed -n 's/^\\([[:alnum:]_.-]\\{1,\\}\\):.*/\\1/p' "

/* The options worth offering: what is refused or has no effect is not. */
static const struct option_row *next(const struct option_row *row)
{
    do {
        row = option_next(row);
    } while (row != NULL && row->kind == OPTION_NOTHING);
    return row;
}

/* Its value is glued to it, or there is none. */
static bool glued_only(const struct option_row *row)
{
    return row->kind == OPTION_PASSWORD || row->kind == OPTION_OPTIONAL;
}

/* Worth typing after -e: mysql's own commands are shorter than their completion. */
static bool offered(const struct command *command)
{
    return command->group != GROUP_CLIENT && !command->practice_only;
}

/* Text inside '…' of a shell; quote is how that shell writes a quote there. */
static void quoted(const char *text, const char *quote, bool backslashes, struct str *ret)
{
    str_addc(ret, '\'');
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            str_add(ret, quote);
        else if (*text == '\\' && backslashes)
            str_add(ret, "\\\\");
        else
            str_addc(ret, *text);
    }
    str_addc(ret, '\'');
}

/* --- bash ------------------------------------------------------------------------------------ */

static void bash_action(enum takes what, const struct option_row *row, struct str *ret)
{
    switch (what) {
    case TAKES_WORDS:
        str_addf(ret, "        mapfile -t COMPREPLY < <(compgen -W '%s' -- \"$cur\")\n",
                 row->choices);
        return;
    case TAKES_FILE:
        str_add(ret, "        compopt -o filenames\n"
                     "        mapfile -t COMPREPLY < <(compgen -f -- \"$cur\")\n");
        return;
    case TAKES_DIR:
        str_add(ret, "        compopt -o filenames\n"
                     "        mapfile -t COMPREPLY < <(compgen -d -- \"$cur\")\n");
        return;
    case TAKES_COMMAND:
        str_add(ret, "        _belay_commands\n");
        return;
    case TAKES_PROFILE:
        str_add(ret, "        mapfile -t COMPREPLY < <(compgen -W \"$(_belay_profiles)\" -- "
                     "\"$cur\")\n");
        return;
    case TAKES_NOTHING:
    case TAKES_TEXT:
        return;
    }
}

static void bash_option(const struct option_row *row, struct str *ret)
{
    enum takes what = takes(row);

    if (what == TAKES_NOTHING)
        return;
    str_add(ret, "    ");
    if (row->letter != 0 && !glued_only(row))
        str_addf(ret, "-%c | ", row->letter);
    /* "--name=" is one word here, "--name" another. */
    if (!glued_only(row))
        str_addf(ret, "--%s | ", row->name);
    str_addf(ret, "--%s=)\n", row->name);
    bash_action(what, row, ret);
    str_add(ret, "        return\n        ;;\n");
}

static void bash_names(struct str *ret)
{
    const char *between = "";

    for (const struct option_row *row = next(NULL); row != NULL; row = next(row)) {
        bool value = takes(row) != TAKES_NOTHING && !glued_only(row);
        str_addf(ret, "%s--%s%s", between, row->name, value ? "=" : "");
        between = " ";
    }
}

void generate_bash(struct str *ret)
{
    str_add(ret, "# bash completion for belay. " MADE "\n\n"
                 "# Commands, after -e and an opening quote.\n"
                 "_belay_commands() {\n    local line\n    [[ $cur == [\\'\\\"]* ]] || return\n"
                 "    while IFS= read -r line; do\n"
                 "        [[ $line == \"${cur:1}\"* ]] && COMPREPLY+=(\"$line\")\n"
                 "    done <<'END'\n");
    for (size_t i = 0; command_table[i] != NULL; i++) {
        if (offered(command_table[i]))
            str_addf(ret, "\\%s\n", command_table[i]->name);
    }
    str_add(ret, "END\n}\n\n_belay_profiles() {\n    " PROFILES
                 "\"${XDG_CONFIG_HOME:-$HOME/.config}/belay/profiles.yaml\" 2> /dev/null\n}\n\n"
                 "_belay() {\n"
                 "    local cur=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD - 1]}\n"
                 "    COMPREPLY=()\n"
                 "    # bash takes --name=value for three words.\n"
                 "    if [[ $cur == = ]]; then\n        cur= option=$option=\n"
                 "    elif [[ $option == = ]]; then\n"
                 "        option=${COMP_WORDS[COMP_CWORD - 2]}=\n    fi\n"
                 "    case $option in\n");
    for (const struct option_row *row = next(NULL); row != NULL; row = next(row))
        bash_option(row, ret);
    str_add(ret, "    esac\n    [[ $cur == -* ]] || return\n"
                 "    mapfile -t COMPREPLY < <(compgen -W '");
    bash_names(ret);
    str_add(ret, "' -- \"$cur\")\n    [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *= ]] && "
                 "compopt -o nospace\n}\n\ncomplete -F _belay belay\n");
}

/* --- zsh ------------------------------------------------------------------------------------- */

/* The part in brackets: no bracket or colon of the text may end it. */
static void zsh_help(const char *text, struct str *ret)
{
    for (; *text != '\0'; text++) {
        if (strchr("[]:\\", *text) != NULL)
            str_addc(ret, '\\');
        str_addc(ret, *text);
    }
}

static void zsh_action(const struct option_row *row, struct str *ret)
{
    switch (takes(row)) {
    case TAKES_NOTHING:
        return;
    case TAKES_WORDS:
        str_addf(ret, "(%s)", row->choices);
        return;
    case TAKES_FILE:
        str_add(ret, "_files");
        return;
    case TAKES_DIR:
        str_add(ret, "_files -/");
        return;
    case TAKES_COMMAND:
        str_add(ret, "_belay_commands");
        return;
    case TAKES_PROFILE:
        str_add(ret, "_belay_profiles");
        return;
    case TAKES_TEXT:
        str_add(ret, " ");
        return;
    }
}

static void zsh_option(const struct option_row *row, struct str *ret)
{
    AUTO_STR rest = {0};
    bool glued = glued_only(row);
    const char *sign = takes(row) == TAKES_NOTHING ? "" : glued ? "=-" : "=";

    str_addc(&rest, '[');
    zsh_help(row->help, &rest);
    str_addc(&rest, ']');
    if (takes(row) != TAKES_NOTHING) {
        str_addf(&rest, "%s%s:", glued ? "::" : ":", row->name);
        zsh_action(row, &rest);
    }
    str_add(ret, "    ");
    if (row->kind == OPTION_LIST)
        str_add(ret, "'*'");
    else if (row->letter != 0)
        str_addf(ret, "'(-%c --%s)'", row->letter, row->name);
    if (row->letter != 0)
        str_addf(ret, "{'-%c%s',--%s%s}", row->letter,
                 takes(row) == TAKES_NOTHING ? "" : glued ? "-" : "+", row->name, sign);
    else
        str_addf(ret, "--%s%s", row->name, sign);
    quoted(str_text(&rest), "'\\''", false, ret);
    str_add(ret, " \\\n");
}

void generate_zsh(struct str *ret)
{
    str_add(ret, "#compdef belay\n# " MADE "\n\n_belay_commands() {\n    local -a names says\n"
                 "    names=(\n");
    for (size_t i = 0; command_table[i] != NULL; i++) {
        if (offered(command_table[i]))
            str_addf(ret, "        '\\%s'\n", command_table[i]->name);
    }
    str_add(ret, "    )\n    says=(\n");
    for (size_t i = 0; command_table[i] != NULL; i++) {
        AUTO_STR text = {0};
        if (!offered(command_table[i]))
            continue;
        str_addf(&text, "\\%s -- %s", command_table[i]->name, command_table[i]->summary);
        str_add(ret, "        ");
        quoted(text.s, "'\\''", false, ret);
        str_addc(ret, '\n');
    }
    str_add(ret, "    )\n    compadd -l -d says -a names\n}\n\n_belay_profiles() {\n"
                 "    local -a names\n    names=(${(f)\"$(" PROFILES
                 "\"${XDG_CONFIG_HOME:-$HOME/.config}/belay/profiles.yaml\" 2> /dev/null)\"})\n"
                 "    compadd -a names\n}\n\n_arguments -s -S \\\n");
    for (const struct option_row *row = next(NULL); row != NULL; row = next(row))
        zsh_option(row, ret);
    /* An action of a blank would keep zsh from putting in the one option that begins so. */
    str_add(ret, "    '1::database:()'\n");
}

/* --- fish ------------------------------------------------------------------------------------ */

static void fish_option(const struct option_row *row, struct str *ret)
{
    str_add(ret, "complete -c belay");
    if (row->letter != 0)
        str_addf(ret, " -s '%c'", row->letter);
    str_addf(ret, " -l %s", row->name);
    switch (takes(row)) {
    case TAKES_NOTHING:
        break;
    case TAKES_WORDS:
        str_addf(ret, "%s -a '%s'", glued_only(row) ? "" : " -x", row->choices);
        break;
    case TAKES_FILE:
        str_add(ret, " -r -F");
        break;
    case TAKES_DIR:
        str_add(ret, " -x -a '(__fish_complete_directories)'");
        break;
    case TAKES_COMMAND:
        str_add(ret, " -x -a '(__belay_commands)'");
        break;
    case TAKES_PROFILE:
        str_add(ret, " -x -a '(__belay_profiles)'");
        break;
    case TAKES_TEXT:
        str_add(ret, glued_only(row) ? "" : " -x");
        break;
    }
    str_add(ret, " -d ");
    quoted(row->help, "\\'", true, ret);
    str_addc(ret, '\n');
}

void generate_fish(struct str *ret)
{
    str_add(ret, "# fish completion for belay. " MADE "\n\nfunction __belay_commands\n"
                 "    printf '%s\\t%s\\n' \\\n");
    for (size_t i = 0; command_table[i] != NULL; i++) {
        AUTO_STR name = {0};
        if (!offered(command_table[i]))
            continue;
        str_addf(&name, "\\%s", command_table[i]->name);
        str_add(ret, "        ");
        quoted(name.s, "\\'", true, ret);
        str_addc(ret, ' ');
        quoted(command_table[i]->summary, "\\'", true, ret);
        str_add(ret, " \\\n");
    }
    str_cut(ret, ret->len - strlen(" \\\n"));
    str_add(ret, "\nend\n\nfunction __belay_profiles\n"
                 "    set -l dir (set -q XDG_CONFIG_HOME; and echo $XDG_CONFIG_HOME; or echo "
                 "~/.config)\n    " PROFILES "$dir/belay/profiles.yaml 2> /dev/null\nend\n\n"
                 "complete -c belay -f\n");
    for (const struct option_row *row = next(NULL); row != NULL; row = next(row))
        fish_option(row, ret);
}
