/* The manual page: prose that is written here, tables that are not. */
#include <string.h>

#include <mem.h>
#include <status.h>
#include <utf8.h>
#include <variables_help.h>

#include "generate.h"

/* One character as roff wants it: what a terminal shows is what a reader may paste. */
static void roff_char(uint32_t code, const char *s, size_t len, struct str *ret)
{
    static const struct {
        char c;
        const char *roff;
    } special[] = {{'\\', "\\e"},   {'-', "\\-"},   {'\'', "\\(aq"},
                   {'`', "\\(ga"},  {'^', "\\(ha"}, {'~', "\\(ti"}};

    for (size_t i = 0; code < 0x80 && i < sizeof(special) / sizeof(special[0]); i++) {
        if (*s == special[i].c) {
            str_add(ret, special[i].roff);
            return;
        }
    }
    if (code < 0x80)
        str_addn(ret, s, len);
    else
        str_addf(ret, "\\[u%04X]", code);
}

static void roff(const char *text, struct str *ret)
{
    size_t left = strlen(text);

    /* A line must not begin with a request. */
    if (*text == '.')
        str_add(ret, "\\&");
    while (left > 0) {
        uint32_t code = 0;
        size_t len = utf8_decode(text, left, &code);
        if (len == 0)
            len = 1;
        roff_char(code, text, len, ret);
        text += len;
        left -= len;
    }
}

static void line(const char *request, const char *text, struct str *ret)
{
    if (*request != '\0')
        str_addf(ret, ".%s ", request);
    roff(text, ret);
    str_addc(ret, '\n');
}

/* .TP with a bold head and a text. */
static void item(const char *head, const char *text, struct str *ret)
{
    str_add(ret, ".TP\n");
    line("B", head, ret);
    line("", text, ret);
}

static void section(const char *name, struct str *ret)
{
    str_addf(ret, ".SH %s\n", name);
}

static void paragraphs(const char *const *texts, struct str *ret)
{
    for (size_t i = 0; texts[i] != NULL; i++) {
        if (i > 0)
            str_add(ret, ".PP\n");
        line("", texts[i], ret);
    }
}

static const char *const description[] = {
    "belay is a SQL shell for StarRocks. It is the mysql client that its users know: statements end "
    "with ; or \\g or \\G, one-letter commands and the usual options work. On top it has commands "
    "that know StarRocks and guide a DBA through an upgrade: they find the leader, take the "
    "materialized views down and bring the same ones up again, copy the metadata and prove the "
    "copy, and plan the way back.",
    "Without -e and with a terminal it reads from the keyboard; otherwise it reads statements from "
    "standard input. The word that is no option is the database to use.",
    "A command that changes the cluster first reads facts, then shows its plan: every step with its "
    "statement, its undo and its cost. It asks on the terminal before the first step, writes each "
    "step into a journal before it is sent, and reads the effect of each step back. A run that was "
    "stopped or killed is continued with \\resume.",
    NULL};

static const char *const consent[] = {
    "What only adds is not asked for. A reversible plan wants y. A disruptive plan wants the "
    "cluster's name typed. Where the cluster could not have its old state back, the name, a blank "
    "and the first six characters of the plan's digest are wanted. Enter, end of input, ^C and a "
    "hang-up mean no.",
    "In batch (-e, a pipe) nobody is asked: --approve reversible allows reversible plans, --approve "
    "sha256:DIGEST allows exactly the plan that --dry-run printed. It also allows the recorded undo "
    "of that run where the undo costs nothing. Anything else ends with exit status 4 and nothing is "
    "sent.",
    "In piped and sourced text, commands that change the cluster or write files are refused unless "
    "--allow-commands is given; -e and the keyboard may use them.",
    NULL};

static const char *const losses[] = {
    "^C while a statement runs asks the server to stop it and waits for the answer; the session goes "
    "on. ^C again ends the connection there, a third leaves it. belay asks over a second connection to "
    "the same address, by the session's custom_query_id where the release has it (3.4 and later: any "
    "FE will do), else by number, once it has seen its own statement in the list of that FE. In batch "
    "the text stops after the statement, with exit status 130. SIGHUP and SIGTERM stop the statement "
    "and end belay with 129 and 143, also while nobody reads its output; what is not read within half a "
    "second is dropped. --sigint-ignore makes ^C do nothing.",
    "A connection that the server ended meanwhile is found before anything is sent into it. At a "
    "terminal, or with --reconnect, belay connects again and puts database, catalog, roles, character "
    "set and the variables that were set through it back, and names what it cannot: prepared "
    "statements, temporary tables, an open transaction. What changes something is not sent then: it was "
    "meant for the session that is gone. Without that, as in batch, it ends with exit status 3 and "
    "sends nothing more.",
    "A statement under which the connection was lost is sent again, once, only if it reads and "
    "nothing of its result was shown. Of any other the outcome is unknown: belay says so, names where "
    "to look, and ends a script with exit status 9.",
    NULL};

static const char *const drop_in[] = {
    "Started through a link named mysql or mariadb, belay does with scripts what the mariadb client of "
    "MariaDB 10.11 does: the same standard output, the same form of errors, exit status 0 or 1, comments "
    "dropped unless --comments is given, port 3306 and the Unix socket for localhost, several statements "
    "in one packet under another delimiter, the character set of the locale, source that goes on after "
    "an error, --force forgotten at the first --execute, \\! in scripts.",
    "Commands of belay whose first letter is no command of that client (\\leader, \\mv, \\backup) work "
    "there as well. Different on purpose: LOAD DATA LOCAL sends only the file that the statement "
    "names; output that is lost on a full disk is an error; nothing is sent a second "
    "time after a lost connection; the greeting and the list of commands are in belay's words.",
    NULL};

struct pair {
    const char *head;
    const char *text;
};

static const struct pair files[] = {
    {"/etc/my.cnf, /etc/mysql/my.cnf, ~/.my.cnf",
     "Options, in the order of their strength. Of the groups [client], [mysql] and their kin belay "
     "takes what it knows; [belay] wins over them within a file, and a word there that is no option "
     "is an error. --print-defaults shows what comes from where."},
    {"$XDG_CONFIG_HOME/belay/profiles.yaml",
     "One mapping for each cluster, chosen by --profile: host (a text or a list), port, user, "
     "database, tls (a mode of --ssl-mode), context, namespace, cluster, environment, guard, mv with "
     "only and except, and every other option of connecting, TLS, output, keyboard, safety and "
     "cluster under its name. Wins over files of options. Nobody else may write it. XDG_CONFIG_HOME "
     "is ~/.config when it is not set."},
    {"~/.mylogin.cnf",
     "Login paths as mysql_config_editor writes them. They are scrambled with a key that lies beside "
     "them: that hides a password from a glance, and from nobody else."},
    {"$XDG_STATE_HOME/belay/CLUSTER_ID/journal-RUN.jsonl",
     "The journal of one run: JSON lines, each with the digest of the line before it. "
     "XDG_STATE_HOME is ~/.local/state when it is not set. Directories are 0700, files 0600."},
    {"$XDG_STATE_HOME/belay/CLUSTER_ID/journal.lock",
     "Empty; held while a new run takes its number."},
    {"$XDG_STATE_HOME/belay/CLUSTER_ID/run.lock",
     "Who works on the cluster now, or did last; held by one run at a time."},
    {"$XDG_STATE_HOME/belay/history",
     "What was typed, with passwords and keys blotted out. 0600."},
    {"$XDG_CONFIG_HOME/belay/favourites.yaml",
     "Statements kept under a name by \\favourite save. XDG_CONFIG_HOME is ~/.config when it is not "
     "set. 0600."},
    {"BACKUP/", "A directory that \\backup made: meta.tar, what a restore needs beside it, and "
                "manifest.json with the size and SHA-256 of each file. 0700: it holds secrets."},
    {NULL, NULL}};

static const struct pair examples[] = {
    {"belay --practice", "Rehearse on a cluster that is not real."},
    {"belay -h fe.example -u dba -p", "Connect to the FE there; the password is asked for."},
    {"belay -h fe.example -u dba -e '\\leader --pod'", "The leader's pod, for a script."},
    {"belay -h fe.example -u dba -e '\\mv inactivate-all --dry-run'",
     "The plan and its digest; nothing is sent."},
    {"belay -h fe.example -u dba --approve sha256:DIGEST -e '\\mv inactivate-all'",
     "Run exactly that plan."},
    {NULL, NULL}};

static void pairs(const struct pair *list, struct str *ret)
{
    for (; list->head != NULL; list++)
        item(list->head, list->text, ret);
}

static void option_head(const struct option_row *row, struct str *ret)
{
    if (row->letter != 0)
        str_addf(ret, "-%c, ", row->letter);
    str_addf(ret, "--%s", row->name);
    switch (row->kind) {
    case OPTION_FLAG:
    case OPTION_COUNT:
    case OPTION_OPTIONAL:
    case OPTION_NOTHING:
        str_add(ret, row->value != NULL ? row->value : "");
        break;
    case OPTION_PASSWORD:
        str_addf(ret, "[=%.*s]", (int)strlen(row->value) - 2, row->value + 1);
        break;
    case OPTION_TEXT:
    case OPTION_NUMBER:
    case OPTION_LIST:
        str_addf(ret, "=%s", row->value);
        break;
    }
}

static void options(struct str *ret)
{
    const char *group = "";

    for (const struct option_row *row = option_next(NULL); row != NULL; row = option_next(row)) {
        AUTO_STR head = {0};
        if (!str_equal(group, row->group))
            line("SS", row->group, ret);
        group = row->group;
        option_head(row, &head);
        AUTO_FREE char *text = row->instead == NULL
                                   ? mem_text(row->help)
                                   : str_format("%s; %s.", row->help, row->instead);
        item(head.s, text, ret);
    }
}

static void command_options(const struct command_option *option, struct str *ret)
{
    for (; option != NULL && option->kind != ARG_END; option++) {
        AUTO_STR head = {0};
        str_addf(&head, "--%s%s", option->name, option->kind == ARG_FLAG ? "" : "=…");
        item(head.s, option->help, ret);
    }
}

static void command_page(const struct command *command, struct str *ret)
{
    str_add(ret, ".TP\n");
    line("B", command->usage, ret);
    AUTO_FREE char *head = str_format("\\%s: %s.", command->name, command->summary);
    line("", head, ret);
    if (command->letter != NULL || command->word != NULL) {
        AUTO_FREE char *also = str_format(
            "Also %s%s%s%s.", command->letter != NULL ? "\\" : "",
            command->letter != NULL ? command->letter : "",
            command->letter != NULL && command->word != NULL ? ", " : "",
            command->word != NULL ? command->word : "");
        line("", also, ret);
    }
    if (command->plan != NULL)
        line("", "Shows its plan and asks.", ret);
    if (command->practice_only)
        line("", "In the practice cluster only.", ret);
    if (command->details != NULL) {
        str_add(ret, ".IP\n");
        line("", command->details, ret);
    }
    if (command->options != NULL) {
        str_add(ret, ".RS\n");
        command_options(command->options, ret);
        str_add(ret, ".RE\n");
    }
}

static bool has_members(enum command_group group)
{
    for (size_t i = 0; command_table[i] != NULL; i++) {
        if (command_table[i]->group == group)
            return true;
    }
    return false;
}

static void commands(struct str *ret)
{
    line("", "A command's name must be typed in full. Arguments are words; a word with blanks is put "
             "in quotes. What a command shows comes in the format that was chosen for SQL results.",
         ret);
    for (const struct generate_group *group = generate_groups; group->name != NULL; group++) {
        if (!has_members(group->group))
            continue;
        line("SS", group->name, ret);
        for (size_t i = 0; command_table[i] != NULL; i++) {
            if (command_table[i]->group == group->group)
                command_page(command_table[i], ret);
        }
    }
    line("SS", "Options of every command that shows a plan", ret);
    command_options(plan_options, ret);
}

static void statuses(struct str *ret)
{
    for (const struct generate_status *row = generate_statuses; row->says != NULL; row++) {
        AUTO_FREE char *number = str_format("%d", status_of(row->code));
        item(number, row->says, ret);
    }
    item("128+n", "ended by signal n", ret);
}

void generate_man(struct str *ret)
{
    str_add(ret, ".\\\" Made by belay-generate from the tables of the program. Do not edit.\n");
    str_addf(ret, ".TH BELAY 1 \"\" \"belay %s\" \"User Commands\"\n", BELAY_VERSION);
    section("NAME", ret);
    str_add(ret, "belay \\- SQL shell for StarRocks that guides a DBA through an upgrade\n");
    section("SYNOPSIS", ret);
    str_add(ret, ".B belay\n.RI [ options ]\n.RI [ database ]\n.br\n"
                 ".B belay \\-\\-practice\n.RI [ options ]\n");
    section("DESCRIPTION", ret);
    paragraphs(description, ret);
    section("CONSENT", ret);
    paragraphs(consent, ret);
    section("\"INTERRUPTS AND LOST CONNECTIONS\"", ret);
    paragraphs(losses, ret);
    section("\"UNDER ANOTHER NAME\"", ret);
    paragraphs(drop_in, ret);
    section("OPTIONS", ret);
    options(ret);
    section("COMMANDS", ret);
    commands(ret);
    section("\"EXIT STATUS\"", ret);
    statuses(ret);
    section("FILES", ret);
    pairs(files, ret);
    section("ENVIRONMENT", ret);
    for (const struct variable_help *row = variable_helps; row->name != NULL; row++)
        item(row->name, row->says, ret);
    section("EXAMPLES", ret);
    pairs(examples, ret);
    section("\"SEE ALSO\"", ret);
    str_add(ret, ".BR mysql (1),\n.BR mariadb (1),\n.BR kubectl (1)\n");
}
