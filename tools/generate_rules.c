/* The rulebook of \preflight as Markdown: docs/preflight.md. */
#include <string.h>

#include <belay/preflight.h>
#include <text.h>

#include "generate.h"

#define COLUMNS 99

static void prose(const char *text, size_t indent, struct str *ret)
{
    AUTO_STR safe = {0};

    for (bool code = false; *text != '\0'; text++) {
        code = *text == '`' ? !code : code;
        if (!code && strchr("\\*_<|", *text) != NULL)
            str_addc(&safe, '\\');
        str_addc(&safe, *text);
    }
    text_fold(str_text(&safe), COLUMNS, indent, ret);
    str_addc(ret, '\n');
}

static void item(const char *name, const char *text, struct str *ret)
{
    AUTO_FREE char *line = str_format("- %s: %s", name, text);

    prose(line, 2, ret);
}

void generate_rules(struct str *ret)
{
    struct rule_text rule;
    const char *subject = "";

    str_add(ret, "# The rules of \\preflight\n\n");
    prose("What `\\preflight` asks before an upgrade or a downgrade begins. A blocker must be put right first; "
          "a warning is a risk that somebody should know of; a note tells what will be different. A rule "
          "whose facts could not be read is not taken for good: it could not be checked. "
          "`--exclude ID=REASON` leaves a rule out of the count, `--include ID` asks that one alone. "
          "This page is made from the table of the program.",
          0, ret);
    for (size_t i = 0; preflight_rule(i, &rule); i++) {
        AUTO_STR when = {0};
        if (!str_equal(subject, rule.subject))
            str_addf(ret, "\n## %s\n", rule.subject);
        subject = rule.subject;
        str_addf(ret, "\n### %s\n\n", rule.id);
        AUTO_FREE char *title = str_format("%s (%s).", rule.title, rule.level);
        prose(title, 0, ret);
        str_addc(ret, '\n');
        preflight_rule_when(i, &when);
        if (when.len > 0)
            item("asked", when.s, ret);
        item("otherwise", rule.remedy, ret);
        item("source", rule.source, ret);
    }
}
