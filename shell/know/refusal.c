/* The table of refusals, and how a message is cut down to its cause. */
#include "refusal.h"

#include <ctype.h>
#include <string.h>

#include <belay/str.h>
#include <utf8.h>

#define LONGEST_CAUSE 300

static const struct refusal_row table[] = {
    {"from inactive materialized view", REFUSAL_STANDS, "bring that base up first",
     "recorded on 3.3.5, 3.4.8, 3.5.16, 4.1.0"},
    {"number of columns changed", REFUSAL_STANDS,
     "its base has other columns now: create the view again from its saved definition",
     "fe-core AlterMVJobExecutor"},
    {"column schema not compatible", REFUSAL_STANDS,
     "a column of its base has another type now: create the view again from its saved definition",
     "fe-core MaterializedViewExceptions"},
    {"partition column in partition exp must be base table partition column", REFUSAL_STANDS,
     "a nested view with a partition expression cannot come up once its base was down (issue "
     "#68479): create it again from its saved definition",
     "issue #68479"},
    {"Unknown table", REFUSAL_STANDS,
     "its base is gone: bring that back, or create the view again on another one",
     "recorded on 3.3.5"},
    {"cannot be resolved", REFUSAL_STANDS,
     "a column that it reads is gone: create the view again", "recorded on 3.3.5 to 4.1.0"},
    {"Unknown catalog", REFUSAL_STANDS,
     "its external catalog is not there: create or repair that, then activate the view again",
     "fe-core ErrorCode ERR_BAD_CATALOG_ERROR"},
    {"Unknown database", REFUSAL_STANDS,
     "the database of its base is gone: bring that back, or create the view again",
     "recorded on 3.3.5 to 4.1.0"},
    {"Can not find materialized view", REFUSAL_STANDS, "it was dropped or renamed meanwhile",
     "recorded on 3.3.5"},
    {"is not async materialized view", REFUSAL_STANDS,
     "a synchronous view follows its table and has no ACTIVE", "recorded on 3.3.5"},
    {"state is not NORMAL", REFUSAL_BUSY,
     "another ALTER of it runs: activate it again when that has ended",
     "fe-core AlterMVJobExecutor"},
    {"Failed to acquire task run lock", REFUSAL_BUSY,
     "its refresh task is being changed: activate it again a little later",
     "fe-core TaskManager, from 4.0.1"},
    {"Can not find running task", REFUSAL_STANDS,
     "its refresh task is lost: create the view again from its saved definition",
     "fe-core AlterMVJobExecutor, from 4.0.1"},
    {"command may be succeed, you'd better retry", REFUSAL_UNKNOWN,
     "the FE did not hear the end of it: whether it happened is read back",
     "fe-core JournalObservable"},
    {"Access denied", REFUSAL_STANDS, "the ALTER privilege on this view is missing",
     "recorded on 3.3.5 to 4.1.0"},
};

/* What FEs put around a cause; recorded with and without the place in the definition. */
static const char *skip_wrapping(const char *text)
{
    static const char head[] = "Getting analyzing error";
    static const char mark[] = "Detail message: ";

    while (strncmp(text, head, strlen(head)) == 0) {
        const char *found = strstr(text, mark);
        if (found == NULL)
            break;
        text = found + strlen(mark);
    }
    return text;
}

/* The definition may hold the same words as the message: the last ones are the message's. */
static const char *last_of(const char *text, const char *part)
{
    const char *found = NULL;

    for (const char *p = strstr(text, part); p != NULL; p = strstr(p + 1, part))
        found = p;
    return found;
}

void refusal_cause(const char *message, struct str *ret)
{
    static const char mark[] = "\n\nCause an error: ";
    const char *wrapper = strstr(message, "because analyze materialized view define sql");
    const char *cause = wrapper != NULL ? last_of(wrapper, mark) : NULL;
    size_t from = ret->len;

    if (wrapper != NULL && cause == NULL) {
        str_add(ret, "its definition is refused, and the message does not reach to the cause");
        return;
    }
    cause = skip_wrapping(cause != NULL ? cause + strlen(mark) : message);
    for (const char *p = cause; *p != '\0' && ret->len - from < LONGEST_CAUSE; p++) {
        bool space = isspace((unsigned char)*p);
        if (!space)
            str_addc(ret, *p);
        else if (ret->len > from && ret->s[ret->len - 1] != ' ')
            str_addc(ret, ' ');
    }
    /* A letter of several bytes is not cut in two. */
    for (int i = 0; i < 3 && ret->len - from >= LONGEST_CAUSE - 3 &&
                    !utf8_valid(ret->s + from, ret->len - from); i++)
        str_cut(ret, ret->len - 1);
    while (ret->len > from && strchr(". ", ret->s[ret->len - 1]) != NULL)
        str_cut(ret, ret->len - 1);
}

const struct refusal_row *refusal_row(const char *cause)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
        if (strstr(cause, table[i].part) != NULL)
            return &table[i];
    }
    return NULL;
}

const struct refusal_row *refusal_table(unsigned *ret_rows)
{
    *ret_rows = (unsigned)(sizeof(table) / sizeof(table[0]));
    return table;
}
