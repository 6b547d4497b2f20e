/* The classic client's help: its own commands, and what the server's help tables say (com_help()). */
#include "classic.h"

#include <belay/str.h>

#define SQL_MAX 101 /* bytes of the statement; com_server_help() cuts it there */

static const struct {
    const char *word;
    char letter;
    const char *says;
} commands[] = {
    {"?", '?', "The same as help."},
    {"charset", 'C', "Speak another character set with the server."},
    {"clear", 'c', "Forget the statement typed so far."},
    {"connect", 'r', "Connect again. Arguments, both optional: database, host."},
    {"delimiter", 'd', "Set what ends a statement."},
    {"edit", 'e', "Edit the statement in $EDITOR."},
    {"ego", 'G', "Send the statement, show its rows vertically."},
    {"exit", 'q', "Leave. The same as quit."},
    {"go", 'g', "Send the statement."},
    {"help", 'h', "This list; with a word, what the server knows about it."},
    {"nopager", 'n', "Print to stdout, without a pager."},
    {"notee", 't', "Stop writing to the tee file."},
    {"nowarning", 'w', "Do not show warnings after each statement."},
    {"pager", 'P', "Show results through this program, or through $PAGER."},
    {"print", 'p', "Show the statement typed so far."},
    {"prompt", 'R', "Set the prompt."},
    {"quit", 'q', "Leave."},
    {"rehash", '#', "Read the names for completion again."},
    {"sandbox", '-', "From here on, no commands that touch files or start programs."},
    {"source", '.', "Run the statements of a file."},
    {"status", 's', "Show facts about session and server."},
    {"system", '!', "Run a line in a shell."},
    {"tee", 'T', "Append everything to this file as well."},
    {"use", 'u', "Use another database."},
    {"warnings", 'W', "Show warnings after each statement."},
};

static enum client_end list(struct shell *shell)
{
    classic_info(shell, "\nGeneral information about MariaDB can be found at\nhttp://mariadb.org\n");
    classic_info(shell, "List of all client commands:");
    if (!shell->settings.named_commands)
        classic_info(shell, "Note that all text commands must be first on line and end with ';'");
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        sink_f(shell->output.out, "%-10s(\\%c) %s\n", commands[i].word, commands[i].letter,
               commands[i].says);
    classic_info(shell, "\nFor server side help, type 'help contents'\n");
    return CLIENT_GO_ON;
}

/* Topics and categories, a heading before each kind. */
static void list_topics(struct shell *shell, const struct result *rows, size_t name, size_t kind)
{
    char last = 0;

    for (size_t i = 0; i < rows->n_rows; i++) {
        const struct cell *cells = &rows->cells[i * rows->n_columns];
        char is = cells[kind].data != NULL ? *cells[kind].data : 'N';
        if (is != last)
            classic_info(shell, is == 'Y' ? "categories:" : "topics:");
        last = is;
        sink_f(shell->output.out, "   %s\n", cells[name].data != NULL ? cells[name].data : "");
    }
    sink_text(shell->output.out, "\n");
}

static void show_topic(struct shell *shell, const struct cell *cells)
{
    struct sink *out = shell->output.out;

    sink_f(out, "Name: '%s'\nDescription:\n%s", cells[0].data, cells[1].data);
    if (cells[2].data != NULL && *cells[2].data != '\0')
        sink_f(out, "Examples:\n%s", cells[2].data);
    sink_text(out, "\n");
}

static void show_answer(struct shell *shell, const struct result *rows, const char *topic)
{
    if (rows->n_columns == 3 && rows->n_rows == 1) {
        show_topic(shell, rows->cells);
    } else if (rows->n_columns == 2 && rows->n_rows > 0) {
        classic_info(shell, "Many help items for your request exist.");
        classic_info(shell, "To make a more specific request, please type 'help <item>',\n"
                            "where <item> is one of the following");
        list_topics(shell, rows, 0, 1);
    } else if (rows->n_columns >= 3 && rows->n_rows > 0) {
        sink_f(shell->output.out, "You asked for help about help category: \"%s\"\n",
               rows->cells[0].data);
        classic_info(shell, "For more information, type 'help <item>', where <item> is one of the "
                            "following");
        list_topics(shell, rows, 1, 2);
    } else {
        classic_info(shell, "\nNothing found");
        if (strncasecmp(topic, "help 'contents'", 15) == 0)
            classic_info(shell, "\nPlease check if 'help tables' are loaded.\n");
        else
            classic_info(shell, "Please try to run 'help contents' for a list of all accessible "
                                "topics\n");
    }
}

enum client_end classic_help(struct shell *shell, const char *line)
{
    const char *topic = strchr(line, ' ');
    AUTO_RESULT rows = {0};
    AUTO_STR sql = {0};

    while (topic != NULL && (*topic == ' ' || (*topic >= '\t' && *topic <= '\r')))
        topic++;
    if (topic == NULL || *topic == '\0')
        return list(shell);
    size_t len = strlen(topic);
    while (len > 0 && (unsigned char)topic[len - 1] <= ' ')
        len--;
    /* As it was typed, also with a quote inside: the server says what is wrong with it. */
    if (*topic == '\'')
        str_addf(&sql, "help %.*s", (int)len, topic);
    else
        str_addf(&sql, "help '%.*s'", (int)len, topic);
    if (sql.len > SQL_MAX)
        str_cut(&sql, SQL_MAX);
    if (!classic_ask(shell, sql.s, &rows))
        return shell->ignore_errors ? CLIENT_GO_ON : CLIENT_FAILED;
    show_answer(shell, &rows, sql.s);
    return CLIENT_GO_ON;
}
