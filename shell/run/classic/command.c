/* The classic client's commands: from a letter or a word to what it does. */
#include "classic.h"

#include <belay/str.h>
#include <file.h>
#include <foreground.h>
#include <scan_classic.h>

/* FN_REFLEN of include/my_global.h: longer arguments are cut, as ever. */
#define ARGUMENT_MAX 511

#define NO_FILES "Not allowed in the sandbox mode"

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

bool classic_argument(const char **at, bool first, struct str *ret)
{
    const char *p = *at;
    bool letter = false;
    char quote = 0;

    str_clear(ret);
    if (first) {
        while (is_space(*p))
            p++;
        letter = *p == '\\';
        if (letter)
            p += p[1] != '\0' ? 2 : 1;
        else
            while (*p != '\0' && !is_space(*p))
                p++;
    }
    while (is_space(*p))
        p++;
    if (*p == '\'' || *p == '"' || *p == '`')
        quote = *p++;
    for (; *p != '\0'; p++) {
        bool escaped = *p == '\\' && p[1] != '\0' && (letter || quote != '`');
        bool doubled = !letter && quote != 0 && *p == quote && p[1] == quote;
        if (escaped || doubled)
            p++;
        else if (*p == (quote != 0 ? quote : ' '))
            break;
        str_addc(ret, *p);
    }
    bool closed = quote == 0 || *p == quote;
    *at = *p != '\0' ? p + 1 : p;
    return ret->len > 0 && closed;
}

/* What follows the first space of a line, as it is; NULL: nothing does. */
static const char *rest_of(const char *line)
{
    while (is_space(*line))
        line++;
    return strchr(line, ' ');
}

/* The same without spaces around it. */
static bool file_of(const char *line, struct str *ret)
{
    const char *rest = rest_of(line);

    str_clear(ret);
    if (rest == NULL)
        return false;
    while (is_space(*rest))
        rest++;
    str_addn(ret, rest, strnlen(rest, ARGUMENT_MAX));
    while (ret->len > 0 && ((unsigned char)ret->s[ret->len - 1] <= ' ' ||
                            ret->s[ret->len - 1] == 0x7f))
        str_cut(ret, ret->len - 1);
    return true;
}

static enum client_end set_delimiter(struct shell *shell, const char *line)
{
    AUTO_STR text = {0};

    if (!classic_argument(&line, true, &text)) {
        classic_error_text(shell, "DELIMITER must be followed by a 'delimiter' character or string");
        return CLIENT_GO_ON;
    }
    if (strchr(text.s, '\\') != NULL) {
        classic_error_text(shell, "DELIMITER cannot contain a backslash character");
        return CLIENT_GO_ON;
    }
    if (text.len > CLASSIC_DELIMITER_MAX)
        str_cut(&text, CLASSIC_DELIMITER_MAX);
    scan_set_delimiter(shell->source->scanner, text.s);
    return CLIENT_GO_ON;
}

static enum client_end source(struct shell *shell, const char *line)
{
    AUTO_STR path = {0};

    if (shell->sandbox)
        return classic_error_text(shell, NO_FILES);
    if (!file_of(line, &path))
        return classic_error_text(shell, "Usage: \\. <filename> | source <filename>");
    /* unpack_filename() of mysys: ~ is the home directory, // is /. */
    AUTO_FREE char *full = file_expand_home(str_text(&path));
    for (char *at = full; (at = strstr(at, "//")) != NULL;)
        memmove(at, at + 1, strlen(at));
    return classic_source(shell, full);
}

/* The status of the line is lost, as ever. */
static enum client_end run_line(struct shell *shell, const char *line)
{
    struct foreground child = {0};
    const char *rest = rest_of(line);
    AUTO_ERROR err = {0};

    if (shell->sandbox)
        return classic_error_text(shell, NO_FILES);
    if (rest == NULL) {
        classic_error_text(shell, "Usage: \\! shell-command");
        return CLIENT_GO_ON;
    }
    if (!foreground_line(rest, false, &child, &err)) {
        classic_error(shell, &err);
        return CLIENT_GO_ON;
    }
    shell->shell_status = foreground_wait(&child, 0, NULL, NULL);
    return CLIENT_GO_ON;
}

/* What belay's own command of this letter does: editor, pager, tee, prompt. */
static enum client_end own_command(struct shell *shell, char letter, const char *line)
{
    struct scan_item item = {.kind = SCAN_LETTER, .letter = letter, .word = "", .target = ""};
    AUTO_STR text = {0};
    AUTO_ERROR err = {0};

    file_of(line, &text);
    item.text = str_text(&text);
    item.len = text.len;
    enum client_end end = dispatch_letter(shell, &item, &err);
    return end == CLIENT_FAILED ? classic_error(shell, &err) : end;
}

/* In batch there is neither pager nor tee; to end one is said all the same. */
static enum client_end pager_or_tee(struct shell *shell, char letter, const char *line)
{
    if (!shell->batch && shell->sandbox && rest_of(line) != NULL)
        return classic_error_text(shell, NO_FILES);
    if (letter == 'T' && shell->sandbox)
        return classic_error_text(shell, NO_FILES);
    if (!shell->batch)
        return own_command(shell, letter, line);
    if (letter == 'n')
        sink_text(shell->output.out, "PAGER set to stdout\n");
    else if (letter == 't')
        sink_text(shell->output.out, "Outfile disabled.\n");
    return CLIENT_GO_ON;
}

static enum client_end prompt(struct shell *shell, const char *line)
{
    const char *rest = strchr(line, ' ');

    shell_prompt(shell, rest != NULL ? rest + 1 : NULL);
    if (rest != NULL)
        sink_f(shell->output.out, "PROMPT set to '%s'\n", rest + 1);
    else
        sink_f(shell->output.out, "Returning to default PROMPT of %s\n",
               shell_prompt_default(shell));
    return CLIENT_GO_ON;
}

static enum client_end warnings(struct shell *shell, bool on)
{
    shell->show_warnings = on;
    classic_info(shell, on ? "Show warnings enabled." : "Show warnings disabled.");
    return CLIENT_GO_ON;
}

static enum client_end sandbox(struct shell *shell)
{
    shell->sandbox = true;
    classic_info(shell, "Sandbox mode.");
    return CLIENT_GO_ON;
}

static enum client_end show_pending(struct shell *shell)
{
    const char *pending = scan_pending(shell->source->scanner);

    classic_show(shell->output.out, pending, strlen(pending));
    return CLIENT_GO_ON;
}

static enum client_end rehash(struct shell *shell)
{
    if (!shell->batch)
        shell_rehash(shell);
    return CLIENT_GO_ON;
}

enum client_end classic_command(struct shell *shell, const struct scan_item *item)
{
    switch (item->letter) {
    case '?':
    case 'h':
        return classic_help(shell, item->text);
    case 'C':
        return classic_charset(shell, item->text);
    case 'r':
        return classic_connect(shell, item->text);
    case 'd':
        return set_delimiter(shell, item->text);
    case 'e':
        return shell->batch ? CLIENT_GO_ON : own_command(shell, 'e', item->text);
    case 'q':
        return CLIENT_LEAVE;
    case 'n':
    case 't':
    case 'P':
    case 'T':
        return pager_or_tee(shell, item->letter, item->text);
    case 'w':
    case 'W':
        return warnings(shell, item->letter == 'W');
    case 'p':
        return show_pending(shell);
    case 'R':
        return prompt(shell, item->text);
    case '#':
        return rehash(shell);
    case '-':
        return sandbox(shell);
    case '.':
        return source(shell, item->text);
    case 's':
        return classic_status(shell);
    case '!':
        return run_line(shell, item->text);
    case 'x':
        return classic_reset(shell);
    case 'u':
        return classic_use(shell, item->text);
    default: /* \c: the scanner has done it */
        return CLIENT_GO_ON;
    }
}
