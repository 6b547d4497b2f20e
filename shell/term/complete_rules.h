/* What may follow the words of a statement; for the files of completion only. */
#ifndef BELAY_COMPLETE_RULES_H
#define BELAY_COMPLETE_RULES_H

#include "complete_statement.h"

/* What a rule offers, beside its words. */
enum offer {
    OFFER_TABLE = 1 << 0, /* a path to one */
    OFFER_MV = 1 << 1,    /* a path to a materialized view */
    OFFER_DATABASE = 1 << 2,
    OFFER_CATALOG = 1 << 3,
    OFFER_COLUMN = 1 << 4, /* of the tables that the statement names */
    OFFER_VARIABLE = 1 << 5,
    OFFER_USER = 1 << 6,
    OFFER_ROLE = 1 << 7,
    OFFER_WAREHOUSE = 1 << 8,
    OFFER_VOLUME = 1 << 9,
    OFFER_RESOURCE = 1 << 10,
    OFFER_REPOSITORY = 1 << 11
};

struct rule {
    const char *pattern; /* see statement_matches */
    unsigned offers;
    const char *words; /* "A|B C"; NULL: none */
};

/* The rule for what stands before the cursor; NULL: none, it is an expression or the like. */
const struct rule *rule_for(const struct statement *statement);

#endif
