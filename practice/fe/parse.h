/*
 * The statements that the practice FE knows, parsed. Everything of a query text is parsed before
 * anything of it runs, as the real FE does.
 */
#ifndef PRACTICE_FE_PARSE_H
#define PRACTICE_FE_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <belay/list.h>
#include <belay/str.h>

#include "lex.h"

enum stmt_kind {
    STMT_EMPTY,
    STMT_SELECT,
    STMT_USE,
    STMT_SET,
    STMT_SET_ROLE,
    STMT_SET_CATALOG,
    STMT_KILL,
    STMT_KILL_TEXT, /* KILL 'x': only KILL QUERY takes a name */
    STMT_BEGIN,
    STMT_COMMIT,
    STMT_SYNC,
    STMT_SHOW_FRONTENDS,
    STMT_SHOW_BACKENDS,
    STMT_SHOW_COMPUTE_NODES,
    STMT_SHOW_PROC,
    STMT_SHOW_DATABASES,
    STMT_SHOW_TABLES,
    STMT_SHOW_MVS,
    STMT_SHOW_CREATE,
    STMT_SHOW_COLUMNS,
    STMT_SHOW_INDEX,
    STMT_DESC_ALL,
    STMT_SHOW_VARIABLES,
    STMT_SHOW_WARNINGS,
    STMT_SHOW_STATUS,
    STMT_SHOW_PROCESSLIST,
    STMT_SHOW_VOLUMES,
    STMT_SHOW_WAREHOUSES,
    STMT_SHOW_ROLES,
    STMT_SHOW_GRANTS,
    STMT_SHOW_CATALOGS,
    STMT_SHOW_LIST, /* the same on every cluster: show_lists.h */
    STMT_TABLE_STATUS,
    STMT_EXPLAIN,
    STMT_SHOW_JOBS, /* loads, exports, … : nothing of the kind runs here */
    STMT_DESC_VOLUME,
    STMT_ADMIN_SHOW_CONFIG,
    STMT_ADMIN_SET_CONFIG,
    STMT_CREATE_IMAGE,
    STMT_SYSTEM_MEMBERS, /* ALTER SYSTEM ADD, DROP, DECOMMISSION: key; what: value */
    STMT_SYSTEM_HOST,    /* ALTER SYSTEM MODIFY … HOST key TO value */
    STMT_MV_STATUS,
    STMT_MV_CLAUSE,
    STMT_MV_REFRESH,
    STMT_MV_CANCEL,
    STMT_ALTER_TASK, /* active: RESUME, not SUSPEND */
    STMT_ALTER_PIPE, /* the same */
    STMT_ROUTINE_LOAD, /* active: RESUME, not PAUSE */
    STMT_DROP_TASK,
    STMT_CREATE_DATABASE,
    STMT_DROP_DATABASE,
    STMT_CREATE_TABLE,
    STMT_CREATE_VIEW,
    STMT_CREATE_MV,
    STMT_ALTER_TABLE,
    STMT_ALTER_VIEW,
    STMT_MV_SET,
    STMT_MV_RENAME,
    STMT_MV_SWAP,
    STMT_RECOVER_TABLE,
    STMT_CREATE_USER,
    STMT_DROP_USER,
    STMT_GRANT,
    STMT_DEFAULT_ROLE,
    STMT_SET_PROPERTY,
    STMT_SHOW_PROPERTY,
    STMT_SHOW_USERS,
    STMT_DROP_TABLE,
    STMT_DROP_MV,
    STMT_INSERT,
    STMT_UPDATE,
    STMT_DELETE,
    STMT_TRUNCATE,
    STMT_CANCEL_ALTER, /* CANCEL ALTER TABLE key FROM name */
    STMT_SET_SNAPSHOT  /* ADMIN SET AUTOMATED CLUSTER SNAPSHOT: active, name, number (s) */
};

struct constants;

/* Which fields mean something depends on the kind. Owned texts, NULL when absent. */
struct stmt {
    enum stmt_kind kind;
    size_t first, last; /* its tokens: v[first] … v[last - 1] */
    char *db, *name;
    int name_line, name_column; /* where the name began, for analysis errors */
    char *like;
    char *key, *value;
    size_t where;       /* first token after WHERE, 0: none */
    size_t query_at;    /* first token of the SELECT of a view */
    bool full, if_exists, if_not_exists, force, active, sync, global, query, manual;
    bool immediate, deferred;
    bool unchecked; /* SELECT: whether a BE/CN is needed was asked before */
    char *start, *every_unit;
    char *partition_by; /* expression of PARTITION BY, as SHOW CREATE prints it */
    int64_t number; /* KILL id, EVERY n, PRIORITY, seconds; sleep milliseconds of a SELECT */
    struct strv list;   /* column names, or values */
    struct strv types;
    struct strv parts;  /* range partitions: name and upper bound by turns; a refresh: START, END */
    struct strv properties; /* keys and values by turns; of a SELECT those of its hint SET_VAR */
    struct constants *constants; /* SELECT without a table, else NULL */
};

struct script {
    struct tokens tokens;
    struct stmt *v;
    size_t n, cap;
};

void script_done(struct script *script);
#define AUTO_SCRIPT __attribute__((cleanup(script_done))) struct script

/* Parses all statements. false: ret_error holds the text of the syntax error (code 1064). */
bool script_parse(const char *text, size_t len, int release, struct script *ret,
                  struct str *ret_error);

#endif
