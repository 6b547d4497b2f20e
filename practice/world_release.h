/* How StarRocks releases differ: the rows of the practice cluster's own table of behaviours. */
#ifndef PRACTICE_WORLD_RELEASE_H
#define PRACTICE_WORLD_RELEASE_H

#include <stdbool.h>

struct world;

enum release_trait {
    TRAIT_ID_COLUMN,           /* SHOW FRONTENDS begins with Id; thread ids carry the FE's id */
    TRAIT_STATUS_CODE,         /* SHOW BACKENDS / COMPUTE NODES have StatusCode */
    TRAIT_SERVER_8033,         /* handshake and @@version say 8.0.33, not 5.1.0 */
    TRAIT_CASCADE,             /* INACTIVE takes dependants along and overwrites their reasons */
    TRAIT_REASON_OVERWRITTEN,  /* a refused ACTIVE overwrites the user's reason */
    TRAIT_ACTIVE_FORCES,       /* the refresh after ACTIVE has FORCE = true */
    TRAIT_ACTIVE_CLEARS,       /* ACTIVE empties the version map: the next refresh is full */
    TRAIT_FORCE_DROPS,         /* a forced run drops the partitions first: no rows until it ends */
    TRAIT_FORCE_ONCE,          /* of a forced refresh only the first batch is forced */
    TRAIT_BATCHES,             /* a refresh takes one partition after the other */
    TRAIT_MOMENT_NOT_LOGGED,   /* a replayed refresh or clause makes DEFERRED IMMEDIATE */
    TRAIT_CANCEL_EMPTIES,      /* CANCEL REFRESH without FORCE ends those that wait too */
    TRAIT_CLAUSE_RUNS,         /* ALTER … REFRESH starts a run even with EVERY */
    TRAIT_BASE_LOGS_USER,      /* a base that is gone: the journal has the user's reason */
    TRAIT_RELOAD_WINDOW,       /* an FE that started reads views inactive until it loaded them */
    TRAIT_RELOAD_LATE,         /* …and finds views on views "base-mv inactive" for good */
    TRAIT_DEAD_FE_IS_NULL,     /* the error of a dead FE is what Java makes of an answer of null */
    TRAIT_RELOAD_CHECKS,       /* …and says that its own check found a base gone */
    TRAIT_BASE_KILLS,          /* a base that is gone ends the refreshes of its views */
    TRAIT_RUN_ACTIVATES,       /* a refresh of an inactive view first tries to activate it */
    TRAIT_RUN_SAYS_REASON,     /* a run of an inactive view fails with its reason */
    TRAIT_RUNS_KILLED,         /* INACTIVE kills pending and running refreshes */
    TRAIT_TASK_SUSPENDED,      /* no scheduled (failing) runs while inactive */
    TRAIT_FAILURES_SUSPEND,    /* a view whose refreshes fail too often becomes inactive */
    TRAIT_MERGES_RUNS,         /* runs that wait are merged into a new one, and shown as MERGED */
    TRAIT_MERGES_ALIKE,        /* … but only with the same FORCE */
    TRAIT_SKIPPED,             /* a refresh with nothing to do ends as SKIPPED */
    TRAIT_IMAGE_V1,            /* image/image.N is written … */
    TRAIT_IMAGE_V2,            /* … and image/v2/image.N with its checksum */
    TRAIT_STARMGR_AFTER_WRITE, /* CREATE IMAGE: starmgr image after starmgr's next journal entry */
    TRAIT_STARMGR_BY_ITSELF,   /* …about 60 s after the FE image, without a write */
    TRAIT_TIMES_FIXED,         /* times that the FE prints by itself are in UTC+8 */
    TRAIT_FOLLOWER_BUILDS,     /* the leader has a follower build the image */
    TRAIT_FE_EVALUATES_MVS,    /* information_schema.materialized_views without a BE/CN */
    TRAIT_FE_EVALUATES_TABLES, /* information_schema.tables without a BE/CN */
    TRAIT_HISTORY_OPTIONAL,    /* lists of MVs do without the task run history archive */
    TRAIT_NO_NODE_IS_59XX,     /* "no live node" is 5905 / 5904, not 10005 */
    TRAIT_TYPED_MV_COLUMNS,    /* materialized_views has BIGINT and DATETIME columns, two more */
    TRAIT_LINE_IN_MV_ERROR,    /* a refused ACTIVE names line and column of the DDL */
    TRAIT_REFRESH_PRIORITY,    /* REFRESH … WITH PRIORITY n parses */
    TRAIT_SAYS_VIEW_MISSING,   /* ALTER: "Materialized view x is not found", not "Table x …" */
    TRAIT_WAREHOUSES,          /* SHOW WAREHOUSES exists in shared-data */
    TRAIT_SYNC_MV_SHARED_DATA, /* synchronous MVs are accepted in shared-data */
    TRAIT_QUERY_AS_WRITTEN,    /* SHOW CREATE of a view shows its query as it was written */
    TRAIT_COLUMNS_AT_ONCE,     /* shared-data: a change of columns is no job that takes its time */
    TRAIT_BUSY_BEFORE_INDEX,   /* DROP MATERIALIZED VIEW of a table: its ALTER job is seen first */
    TRAIT_ALTER_TASK,          /* ALTER TASK … SUSPEND, RESUME */
    TRAIT_PIPES,               /* ALTER PIPE … SUSPEND, RESUME */
    TRAIT_FILTER_WIDENS,       /* names in a filtered list of views are 64 characters wide */
    TRAIT_ADDS_TIMEOUT,        /* a refresh gives its view's query_timeout to insert_timeout too */
    TRAIT_TASK_AT_CREATION,    /* a view has its task before its first refresh */
    TRAIT_FIRST_RUN_MANUAL,    /* the refresh of a new view says isManual */
    TRAIT_RUN_PROPERTIES,      /* runs carry warehouse and mvId */
    TRAIT_VIEW_NAMED_ALONE,    /* ALTER: "Materialized view x is not found", without its database */
    TRAIT_SCHEMA_ANSWERS,      /* SHOW DATABASES and COLUMNS have wider columns, DESC no NONE */
    TRAIT_DROP_SAYS_INDEX,     /* DROP MATERIALIZED VIEW of a table: "Cannot drop base index …" */
    TRAIT_COUNT_IS_42601,      /* SQL state of an INSERT with too few values; 22000 before */
    TRAIT_SHOW_CREATE_CHECKS,  /* SHOW CREATE asks for privileges */
    TRAIT_IMAGE_NOT_VIABLE,    /* CREATE IMAGES: "No viable statement", not "Unexpected input" */
    TRAIT_LIMIT_SAYS_IDENTITY, /* "too many connections" names the user twice */
    TRAIT_SECURITY_ADMIN,      /* the role security_admin; SHOW WAREHOUSES has Property */
    TRAIT_FORCE_FIRST,         /* properties of a run: FORCE first, no warehouse in its option */
    TRAIT_NEXT_KEEPS_PRIORITY, /* of a job the next run has the priority of the one before it */
    TRAIT_GROUP_FROM_IMAGE,    /* an image without bdb and a group reset: one start does both */
    TRAIT_NEWEST_PARTITION_FIRST, /* a refresh begins with the last partition */
    TRAIT_RANGE_IS_FORCED,     /* REFRESH … PARTITION … FORCE refreshes what is fresh too */
    TRAIT_RUN_HAS_SESSION,     /* PROPERTIES of a run have the session variables of its view */
    TRAIT_RUN_STATEMENT,       /* a run that refreshed something shows the statement that did it */
    TRAIT_LATER_REASON_COUNTS, /* a base's end overwrites an older automatic reason */
    TRAIT_NAMES_INSERT_TIMEOUT, /* an unknown property: insert_timeout is the example */
    TRAIT_DECIMAL256,          /* DECIMAL has up to 76 digits */
    TRAIT_COMPLEX_IS_STRING,   /* arrays, maps and structs are STRING on the wire, not VAR_STRING */
    TRAIT_INFORMATION_ALIKE,   /* USER(), SCHEMA() … of one SELECT all have the last one's value */
    TRAIT_TIMEOUT_SAYS_VARIABLE, /* a query's timeout: "please increase the 'query_timeout' …" */
    TRAIT_TIMEOUT_IS_5024,     /* …with a code of its own, not 1064 */
    TRAIT_ENABLE_STATEMENT,    /* ENABLE and DISABLE are first words of statements */
    TRAIT_SET_PERSISTENT,      /* ADMIN SET FRONTEND CONFIG … WITH PERSISTENT parses */
    TRAIT_KILL_FORWARD_FAILS,  /* KILL QUERY 'name' of no query here fails at the first FE */
    TRAIT_SET_ANALYZED,        /* SET looks for the variable when it is analyzed */
    TRAIT_DELETE_TELLS,        /* DELETE tells its label and transaction */
    TRAIT_CLUSTER_SNAPSHOT,    /* ADMIN SET AUTOMATED CLUSTER SNAPSHOT */
    TRAIT_SNAPSHOT_INTERVAL,   /* … ON INTERVAL n unit */
    TRAIT_VIEW_16_TABLETS,     /* a view without partitions has 16 tablets, not 1 */
    TRAIT_QUERY_NAMES          /* custom_query_id, and KILL QUERY 'name' that goes to all FEs */
};

/* "4.1.0-ad83983" gives 40100; 0 when there is no version in the text. */
int release_number(const char *version);

bool release_has(int release, enum release_trait trait);

/* The release that executes DDL: the leader's (any FE's while an election runs). */
int release_of_leader(struct world *w);

#endif
