/* The tables of the practice cluster's state file, with what each column means. */
#include "world.h"

/* Times are simulated milliseconds since 1970 (…_ms); flags are 0 or 1. */
const char world_schema[] =
    "CREATE TABLE meta ("          /* single values */
    "  key TEXT PRIMARY KEY,"      /* release, run_mode, journal_id, … ; service_id:
                                         starmgr's, by which its paths begin;
                                         automated_snapshot, snapshot_interval_s (0: the config's);
                                         bdb_group: UUID of the replication group that is there;
                                         "name of ADDRESS": what the FEs' resolver calls it;
                                         nodes_silent: they tell an FE nothing of the queries */
    "  value);"
    "CREATE TABLE fe ("            /* one row per frontend */
    "  id INTEGER PRIMARY KEY,"    /* Id of SHOW FRONTENDS (3.5+) */
    "  ordinal INTEGER NOT NULL,"
    "  pod TEXT NOT NULL,"
    "  host TEXT NOT NULL,"        /* the name it is registered under */
    "  name TEXT NOT NULL,"        /* BDB node name: host_port_ms */
    "  edit_log_port INTEGER NOT NULL DEFAULT 9010,"
    "  role TEXT NOT NULL,"        /* LEADER, FOLLOWER, OBSERVER */
    "  grouped INTEGER NOT NULL DEFAULT 1,"    /* of the BDB group: a listed FE may not be */
    "  alive INTEGER NOT NULL DEFAULT 1,"      /* the process runs */
    "  seen_alive INTEGER NOT NULL DEFAULT 1," /* what the last heartbeat said */
    "  version TEXT NOT NULL,"     /* 3.3.3-312ed45 */
    "  told_version TEXT NOT NULL DEFAULT ''," /* of its last heartbeat, where that is another */
    "  listen_port INTEGER NOT NULL DEFAULT 0," /* real port on 127.0.0.1 */
    "  listens_ms INTEGER NOT NULL DEFAULT 0,"   /* start_ms of the process that listens there */
    "  start_ms INTEGER NOT NULL,"
    "  stop_ms INTEGER NOT NULL DEFAULT 0,"
    "  heartbeat_ms INTEGER NOT NULL,"
    "  replayed INTEGER NOT NULL," /* journal id of the last heartbeat */
    "  behind INTEGER NOT NULL DEFAULT 0," /* entries that it has still to replay after its start */
    "  stuck INTEGER NOT NULL DEFAULT 0,"  /* it replays nothing */
    "  error TEXT NOT NULL DEFAULT '',"
    "  image INTEGER NOT NULL DEFAULT 0,"         /* newest FE image in its pod */
    "  starmgr_image INTEGER NOT NULL DEFAULT 0);"
    "CREATE TABLE past_group ("    /* replication groups that ended here: what they had journaled */
    "  id TEXT PRIMARY KEY,"       /* the UUID in the bdb of its members */
    "  cluster_id, token,"         /* as in meta */
    "  state TEXT);"               /* of state_take */
    "CREATE TABLE past_fe AS SELECT *, '' AS of_group FROM fe;" /* their members */
    "CREATE TABLE node ("          /* backends and compute nodes */
    "  id INTEGER PRIMARY KEY,"
    "  kind TEXT NOT NULL,"        /* BE or CN */
    "  warehouse TEXT NOT NULL DEFAULT 'default_warehouse',"
    "  ordinal INTEGER NOT NULL,"
    "  pod TEXT NOT NULL,"
    "  host TEXT NOT NULL,"
    "  alive INTEGER NOT NULL DEFAULT 1,"
    "  seen_alive INTEGER NOT NULL DEFAULT 1,"
    "  version TEXT NOT NULL,"
    "  told_version TEXT NOT NULL DEFAULT '',"
    "  start_ms INTEGER NOT NULL,"
    "  stop_ms INTEGER NOT NULL DEFAULT 0,"
    "  heartbeat_ms INTEGER NOT NULL,"
    "  cluster_id INTEGER NOT NULL DEFAULT 0," /* that its process got a heartbeat of; 0: none yet */
    "  error TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE added ("         /* members that ALTER SYSTEM added: no process is behind them */
    "  id INTEGER PRIMARY KEY,"
    "  kind TEXT NOT NULL,"        /* FOLLOWER, OBSERVER, BE, CN */
    "  host TEXT NOT NULL, port INTEGER NOT NULL,"
    "  name TEXT NOT NULL);"       /* BDB node name */
    "CREATE TABLE db (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);"
    "CREATE TABLE object ("        /* tables, views, materialized views */
    "  id INTEGER PRIMARY KEY,"
    "  db_id INTEGER NOT NULL REFERENCES db(id),"
    "  name TEXT NOT NULL,"
    "  kind TEXT NOT NULL,"        /* TABLE, VIEW, MV (asynchronous), ROLLUP (synchronous) */
    "  comment TEXT NOT NULL DEFAULT '',"
    "  query TEXT,"                /* defining SELECT of views */
    "  written TEXT,"              /* the same as it was written, NULL: as above */
    "  partition_column TEXT NOT NULL DEFAULT '',"
    "  partition_by TEXT,"         /* the whole expression; NULL: the column */
    "  create_ms INTEGER NOT NULL,"
    "  data_version INTEGER NOT NULL DEFAULT 1," /* rises with every load or refresh */
    "  UNIQUE (db_id, name));"
    "CREATE TABLE recycled AS SELECT * FROM object;" /* dropped without FORCE: RECOVER TABLE */
    "CREATE INDEX object_task ON object ('mv-' || id);"
    "CREATE TABLE col ("
    "  object_id INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL,"
    "  type TEXT NOT NULL, PRIMARY KEY (object_id, position));"
    "CREATE TABLE range_part ("    /* range partitions of tables, and of views that follow one */
    "  object_id INTEGER NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL,"
    "  lower TEXT NOT NULL, upper TEXT NOT NULL, PRIMARY KEY (object_id, position))"
    " WITHOUT ROWID;"
    "CREATE TABLE row ("           /* rows of tables, values as a JSON array of texts */
    "  object_id INTEGER NOT NULL, cells TEXT NOT NULL);"
    "CREATE INDEX row_object ON row (object_id);"
    "CREATE TABLE mv ("            /* more about objects of kind MV */
    "  id INTEGER PRIMARY KEY REFERENCES object(id),"
    "  active INTEGER NOT NULL DEFAULT 1,"
    "  reason TEXT NOT NULL DEFAULT '',"         /* as the leader's memory has it */
    "  lasting_active INTEGER NOT NULL DEFAULT 1," /* as the journal has it, the next leader too */
    "  lasting_reason TEXT NOT NULL DEFAULT '',"
    "  moment TEXT NOT NULL DEFAULT 'ASYNC',"    /* ASYNC or MANUAL */
    "  deferred INTEGER NOT NULL DEFAULT 0,"
    "  moment_lost INTEGER NOT NULL DEFAULT 0,"  /* the journal knows no DEFERRED of it any more */
    "  start_at TEXT,"                           /* START text, or NULL */
    "  every_n INTEGER, every_unit TEXT,"        /* EVERY(INTERVAL n unit), or NULL */
    "  task_id INTEGER NOT NULL DEFAULT 0,"
    "  refresh_ms INTEGER NOT NULL DEFAULT 2000," /* how long one refresh takes */
    "  partitions INTEGER NOT NULL DEFAULT 1," /* of a refresh one after the other from 3.2 on */
    "  n_rows INTEGER NOT NULL DEFAULT 0,"       /* what it holds, but while it is emptied */
    "  emptied INTEGER NOT NULL DEFAULT 0,"      /* its partitions were dropped for a forced run */
    "  state_journal INTEGER NOT NULL DEFAULT 0," /* journal entry of its last change of state */
    "  next_run_ms INTEGER,"                     /* next run of its schedule */
    "  fail_count INTEGER NOT NULL DEFAULT 0,"     /* runs that failed since one ended well */
    "  suspended INTEGER NOT NULL DEFAULT 0,"    /* its task, by ALTER TASK … SUSPEND */
    "  check_failures INTEGER NOT NULL DEFAULT 0," /* of MVActiveChecker, for its back-off */
    "  check_after_ms INTEGER NOT NULL DEFAULT 0);"
    "CREATE INDEX mv_inactive ON mv (id) WHERE active = 0;"
    "CREATE TABLE fe_mv ("         /* views that an FE's own start made inactive in its memory */
    "  fe_id INTEGER NOT NULL, mv_id INTEGER NOT NULL, reason TEXT NOT NULL,"
    "  until_loaded INTEGER NOT NULL," /* until its reload in the background is over */
    "  PRIMARY KEY (fe_id, mv_id)) WITHOUT ROWID;"
    "CREATE INDEX fe_mv_view ON fe_mv (mv_id);"
    "CREATE TABLE mv_property ("   /* set in PROPERTIES or by ALTER … SET */
    "  mv_id INTEGER NOT NULL, name TEXT NOT NULL, value TEXT NOT NULL,"
    "  PRIMARY KEY (mv_id, name));"
    "CREATE TABLE dep ("           /* what a materialized view reads */
    "  mv_id INTEGER NOT NULL, base_id INTEGER NOT NULL," /* base may have been dropped */
    "  base_name TEXT NOT NULL,"
    "  seen_version INTEGER NOT NULL DEFAULT 0," /* base's data_version at the last refresh */
    "  PRIMARY KEY (mv_id, base_id));"
    "CREATE INDEX dep_base ON dep (base_id);"
    "CREATE TABLE task_run ("
    "  id INTEGER PRIMARY KEY AUTOINCREMENT," /* events name runs: no id comes twice */
    "  mv_id INTEGER NOT NULL,"
    "  query_id TEXT NOT NULL, job_id TEXT NOT NULL,"
    "  create_ms INTEGER NOT NULL, start_ms INTEGER, finish_ms INTEGER,"
    "  state TEXT NOT NULL,"       /* PENDING, RUNNING, SUCCESS, FAILED, SKIPPED, MERGED */
    "  force INTEGER,"             /* NULL: no such property was given */
    "  how TEXT NOT NULL DEFAULT 'create'," /* create, schedule, load, active, clause, hand */
    "  manual INTEGER NOT NULL DEFAULT 0, sync INTEGER NOT NULL DEFAULT 0,"
    "  priority INTEGER NOT NULL DEFAULT 50,"
    "  batch INTEGER NOT NULL DEFAULT 0," /* of its job, from 0 */
    "  error_code INTEGER NOT NULL DEFAULT 0, error_message TEXT,"
    "  view TEXT, bases TEXT,"  /* that it refreshed, from these (a JSON array); NULL: none */
    "  partitions TEXT, ref_base TEXT," /* of it (a JSON array), as the base that it follows has */
    "  range_start TEXT, range_end TEXT," /* of the partitions that it was given */
    "  session TEXT,"           /* variables that the view gave it (a JSON object) */
    "  next_start TEXT, next_end TEXT);" /* of those that its job goes on with */
    "CREATE INDEX task_run_mv ON task_run (mv_id, id);"
    "CREATE INDEX task_run_state ON task_run (state);"
    "CREATE INDEX task_run_task ON task_run ('mv-' || mv_id);" /* as information_schema asks */
    "CREATE INDEX task_run_query ON task_run (query_id);"
    "CREATE TABLE alter_job ("     /* changes of a table that take their time */
    "  id INTEGER PRIMARY KEY, table_id INTEGER NOT NULL,"
    "  rollup_id INTEGER,"         /* the synchronous view that it builds; NULL: columns change */
    "  txn INTEGER NOT NULL, create_ms INTEGER NOT NULL, finish_ms INTEGER);" /* NULL: it runs */
    "CREATE INDEX alter_job_rollup ON alter_job (rollup_id);"
    "CREATE TABLE snapshot_job ("  /* of an automated cluster snapshot */
    "  id INTEGER PRIMARY KEY, fe_id INTEGER NOT NULL," /* the leader that began it */
    "  name TEXT NOT NULL, state TEXT NOT NULL, create_ms INTEGER NOT NULL, finish_ms INTEGER,"
    "  journal INTEGER NOT NULL DEFAULT 0, starmgr_journal INTEGER NOT NULL DEFAULT 0,"
    "  detail TEXT NOT NULL DEFAULT '', error TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE config ("        /* fe.conf items, per FE: each has its own memory */
    "  fe_id INTEGER NOT NULL, name TEXT NOT NULL, alias TEXT NOT NULL DEFAULT '',"
    "  value TEXT NOT NULL, preset TEXT NOT NULL," /* preset: what the start gave it */
    "  type TEXT NOT NULL, mutable INTEGER NOT NULL, comment TEXT NOT NULL DEFAULT '',"
    "  PRIMARY KEY (fe_id, name));"
    "CREATE TABLE work ("          /* what writes besides refreshes; tests and people add rows */
    "  id INTEGER PRIMARY KEY,"
    "  kind TEXT NOT NULL,"        /* transaction, ended (one that is over), routine_load, job, pipe, task, analyze, compaction,
                                      backup, restore, clone, reshard, decommission, tablet (a bad one) */
    "  db TEXT NOT NULL DEFAULT '', name TEXT NOT NULL DEFAULT '',"
    "  type TEXT NOT NULL DEFAULT ''," /* LoadJobSourceType, JobType, Item; of a task its schedule, of a
                                              tablet unhealthy, inconsistent, cloning or error */
    "  state TEXT NOT NULL DEFAULT ''," /* as the list shows it; of a compaction its FinishTime */
    "  pause_ms INTEGER NOT NULL DEFAULT 0," /* of a routine load: when it was paused */
    "  reason TEXT NOT NULL DEFAULT ''," /* … and why; of a task: suspended */
    "  offset INTEGER NOT NULL DEFAULT 0," /* of a routine load: consumed up to it … */
    "  offset_ms INTEGER NOT NULL DEFAULT 0);" /* … by then; it goes on from there while it runs */
    "CREATE TABLE user ("
    "  name TEXT PRIMARY KEY, password TEXT NOT NULL DEFAULT '',"
    "  roles TEXT NOT NULL DEFAULT ''," /* granted: root, db_admin, cluster_admin; by comma */
    "  active_on_login INTEGER NOT NULL DEFAULT 1,"
    "  max_connections INTEGER NOT NULL DEFAULT 1024);"
    "CREATE TABLE view_grant ("    /* privileges on views; view '': all of that database */
    "  user TEXT NOT NULL, privilege TEXT NOT NULL, db TEXT NOT NULL, view TEXT NOT NULL,"
    "  PRIMARY KEY (user, privilege, db, view));"
    "CREATE TABLE revoked ("       /* what a user lacks although its roles would give it */
    "  user TEXT NOT NULL, object_id INTEGER NOT NULL,"
    "  privilege TEXT NOT NULL,"   /* ALTER, REFRESH; ANY: it does not see the object at all */
    "  PRIMARY KEY (user, object_id, privilege)) WITHOUT ROWID;"
    "CREATE TABLE event ("         /* the future; world_advance takes what is due, oldest first */
    "  id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, kind TEXT NOT NULL,"
    "  n INTEGER NOT NULL DEFAULT 0, text TEXT);"
    "CREATE INDEX event_at ON event (at_ms);"
    "CREATE TABLE fault ("         /* what shall go wrong; tests add rows */
    "  id INTEGER PRIMARY KEY,"
    "  program TEXT NOT NULL DEFAULT 'fe',"      /* fe or kubectl */
    "  match TEXT NOT NULL DEFAULT '%',"         /* LIKE over statement text / argv by spaces */
    "  kind TEXT NOT NULL, arg TEXT,"
    "  remaining INTEGER NOT NULL DEFAULT 1,"    /* fires so many times; -1: for ever */
    "  after INTEGER NOT NULL DEFAULT 0);"       /* lets so many matches pass first */
    "CREATE TABLE statement_log ("
    "  id INTEGER PRIMARY KEY, at_ms INTEGER NOT NULL, fe TEXT NOT NULL,"
    "  connection_id INTEGER NOT NULL, user TEXT NOT NULL, text TEXT NOT NULL);";
