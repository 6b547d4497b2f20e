/* What belay calls the commands of psql (PostgreSQL 18, psql, "Meta-Commands"). */
#include "psql_words.h"

#include <string.h>

#include <belay/str.h>

#include "shell_inside.h"

#define NAME_BYTES "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.`"

static const struct {
    const char *words; /* between blanks */
    const char *here;
} known[] = {
    {" l ", "\\databases"},
    {" dt dv ", "\\tables"},
    {" dm ", "\\mv"},
    {" dn ", "\\databases, and \\catalogs"},
    {" di ", "SHOW INDEX FROM table"},
    {" df da ", "SHOW FUNCTIONS"},
    {" du dg ", "SHOW USERS and SHOW ROLES"},
    {" dp z ddp ", "SHOW GRANTS"},
    {" sf sv ", "SHOW CREATE FUNCTION and SHOW CREATE VIEW"},
    {" conninfo ", "\\s"},
    {" i ir include ", "\\. FILE"},
    {" gx ", "\\G"},
    {" a f H pset ", "\\set format NAME"},
    {" password ", "ALTER USER … IDENTIFIED BY"},
    {" copy ", "\\g (format=csv) > FILE to write, INSERT INTO … SELECT FROM FILES to load"},
    {" dx do dT dF dy ", "nothing: StarRocks has none"},
    {" encoding ", "\\C NAME"},
    {" getenv setenv cd ", "\\! COMMAND"},
    {" ef ev ", "\\e"},
};

static const char *find(const char *word, size_t len)
{
    AUTO_STR blanks = {0};

    str_addc(&blanks, ' ');
    str_addn(&blanks, word, len);
    str_addc(&blanks, ' ');
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (strstr(known[i].words, blanks.s) != NULL)
            return known[i].here;
    }
    return NULL;
}

const char *psql_word(const char *word)
{
    size_t len = strlen(word);

    if (len == 0)
        return NULL;
    return find(word, word[len - 1] == '+' || (len > 1 && word[len - 1] == 'S') ? len - 1 : len);
}

static bool is_name(const char *text)
{
    size_t len = strspn(text, NAME_BYTES);

    return len > 0 && text[len] == '\0';
}

void psql_letter_done(struct shell *shell, const struct scan_item *item)
{
    if (!shell->interactive || shell->source == NULL || shell->source->name != NULL)
        return;
    if (item->letter == 'd' && is_name(item->text))
        output_note(&shell->output, "(as in mysql, statements end with %s now; \"delimiter ;\" ends "
                    "that. psql's \\d NAME is \\describe NAME)", item->text);
    else if (item->letter == 'x' && !shell->told_psql_x)
        output_note(&shell->output, "(psql's \\x is \\G at the end of a statement)");
    shell->told_psql_x = shell->told_psql_x || item->letter == 'x';
}

void psql_rest_done(struct shell *shell, const char *line)
{
    size_t len = strlen(line);
    size_t word;

    if (shell->settings.classic)
        return;
    line += strspn(line, " \t");
    if (len > 3 && str_ends(line, "\\gx"))
        output_note(&shell->output, "(\\g ran it, and \"x\" begins a statement: \\c drops that. "
                    "psql's \\gx is \\G)");
    if (strncmp(line, "\\c ", 3) != 0)
        return;
    line += 2 + strspn(line + 2, " ");
    word = strspn(line, NAME_BYTES);
    if (word > 1 && line[word + strspn(line + word, " ")] == '\0')
        output_note(&shell->output, "(as in mysql, \\c drops what is typed, and \"%.*s\" begins a "
                    "statement. psql's \\c NAME is \\u NAME)", (int)word, line);
}
