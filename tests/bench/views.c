/*
 * What a plan over very many views costs: time and memory of the plan, its journal and the ledger,
 * without a server. tests/bench/views runs it and holds the figures against their limits.
 *
 *   bench_views plan down|up VIEWS      from answers received to a sealed plan
 *   bench_views run VIEWS DIR           a whole run down into DIR/1: its journal, the ledger after it
 *
 * Prints one line of JSON. Linked with --wrap: statements and probes are answered here.
 */
#include <malloc.h>
#include <stdio.h>
#include <sys/stat.h>

#include <belay/cluster.h>
#include <belay/facts.h>
#include <belay/journal.h>
#include <belay/result.h>
#include <belay/str.h>
#include <belay/views.h>

#include "connect.h"
#include "file.h"
#include "mem.h"
#include "pool.h"
#include "runner.h"
#include "world.h"

#define LEVELS 10
#define EDGES 3
#define IN_DATABASE 1000
#define TABLES 200 /* in each database */

static bool *down; /* for each view, as the statements say */

/* --- a cluster's answers --------------------------------------------------------------------- */

/* Levels change fastest, so that each database has views of all of them. */
static unsigned level_of(size_t i)
{
    return (unsigned)(i % LEVELS);
}

static char *name_of(size_t i)
{
    return str_format("orders_by_day_%06zu", i);
}

static char *database_of(size_t i)
{
    return str_format("sales_%03zu", i / IN_DATABASE);
}

/* About 700 bytes, as a view over a join has. */
static char *ddl_of(size_t i)
{
    return str_format(
        "CREATE MATERIALIZED VIEW `orders_by_day_%06zu` (`order_date`, `customer_region`, "
        "`product_category`, `orders`, `revenue`, `discount`, `last_change`)\n"
        "COMMENT \"revenue by day, region and category %zu\"\nPARTITION BY (`order_date`)\n"
        "DISTRIBUTED BY HASH(`customer_region`) BUCKETS 12 \nREFRESH ASYNC EVERY(INTERVAL 1 HOUR)\n"
        "PROPERTIES (\n\"replicated_storage\" = \"true\",\n\"storage_volume\" = \"builtin_storage_volume\",\n"
        "\"partition_refresh_number\" = \"7\"\n)\nAS SELECT `o`.`order_date`, `c`.`customer_region`, "
        "`p`.`product_category`, count(*) AS `orders`, sum(`o`.`amount`) AS `revenue`, "
        "sum(`o`.`discount`) AS `discount`, max(`o`.`changed_at`) AS `last_change` FROM `b%zu` AS `o` "
        "GROUP BY 1, 2, 3;", i, i * 7919, i);
}

/* How a FE lists views: in no order of their names. */
static size_t shuffled(size_t i, size_t n)
{
    size_t first = i / IN_DATABASE * IN_DATABASE;
    size_t here = n - first < IN_DATABASE ? n - first : IN_DATABASE;

    return first + (i - first) * 7919 % here;
}

static char *id_of(size_t i)
{
    return str_format("%zu", 1000000 + i * 3);
}

/* The columns of an answer; their names end with NULL. */
static void columns(struct result *rows, const char *const *names)
{
    for (; *names != NULL; names++)
        result_column(rows, *names, COLUMN_TEXT);
}

static void add_row(struct result *rows, const char *const *texts)
{
    size_t row = result_row(rows);

    for (size_t i = 0; i < rows->n_columns; i++)
        result_set(rows, row, i, texts[i], strlen(texts[i]));
}

static void fill_list(struct result *rows, size_t n, bool active)
{
    columns(rows, (const char *const[]){
        "TABLE_SCHEMA", "TABLE_NAME", "MATERIALIZED_VIEW_ID", "REFRESH_TYPE", "IS_ACTIVE",
        "INACTIVE_REASON", "LAST_REFRESH_STATE", "LAST_REFRESH_FINISHED_TIME",
        "MATERIALIZED_VIEW_DEFINITION", NULL});
    for (size_t k = 0; k < n; k++) {
        size_t i = shuffled(k, n);
        AUTO_FREE char *database = database_of(i);
        AUTO_FREE char *name = name_of(i);
        AUTO_FREE char *id = id_of(i);
        AUTO_FREE char *ddl = ddl_of(i);
        AUTO_FREE char *at = str_format("2026-11-24 06:%02zu:%02zu", i / 60 % 60, i % 60);
        add_row(rows, (const char *const[]){database, name, id, "ASYNC", active ? "true" : "false",
                                            active ? "" : REASON_USER, "SUCCESS", at, ddl});
    }
}

/* Three below it: views of the level below in its database, or tables. */
static void add_edges(struct result *rows, size_t i, size_t n)
{
    AUTO_FREE char *database = database_of(i);
    AUTO_FREE char *name = name_of(i);

    for (size_t k = 0; k < EDGES; k++) {
        size_t first = i / IN_DATABASE * IN_DATABASE;
        size_t here = n - first < IN_DATABASE ? n - first : IN_DATABASE;
        size_t groups = here / LEVELS > 0 ? here / LEVELS : 1;
        bool table = level_of(i) == 0;
        size_t below = first + (i % IN_DATABASE / LEVELS + k * 7) % groups * LEVELS +
                       (table ? 0 : level_of(i) - 1);
        size_t number = (i * 5 + k) % TABLES;
        AUTO_FREE char *ref = table ? str_format("facts_%03zu", number) : name_of(below);
        AUTO_FREE char *id = table ? str_format("%zu", i / IN_DATABASE * TABLES + number + 1)
                                   : id_of(below);
        add_row(rows, (const char *const[]){
            database, name, id, database, ref, "default_catalog",
            table ? "OLAP" : "CLOUD_NATIVE_MATERIALIZED_VIEW"});
    }
}

static void fill_edges(struct result *rows, size_t n)
{
    columns(rows, (const char *const[]){"object_database", "object_name", "ref_object_id",
                                        "ref_object_database", "ref_object_name",
                                        "ref_object_catalog", "ref_object_type", NULL});
    for (size_t k = 0; k < n; k++)
        add_edges(rows, shuffled(k, n), n);
}

/* SHOW PROC '/dbs/<id>': its views and tables. */
static void fill_database(struct result *rows, size_t database, size_t n)
{
    columns(rows, (const char *const[]){"TableId", "TableName", "IndexNum", "PartitionColumnName",
                                        "PartitionNum", "State", "Type", "LastConsistencyCheckTime",
                                        "ReplicaCount", "PartitionType", "StoragePath", NULL});
    for (size_t k = database * IN_DATABASE; k < n && k < (database + 1) * IN_DATABASE; k++) {
        size_t i = shuffled(k, n);
        AUTO_FREE char *name = name_of(i);
        AUTO_FREE char *id = id_of(i);
        add_row(rows, (const char *const[]){id, name, "1", "order_date", "30", "NORMAL",
                                            "CLOUD_NATIVE_MATERIALIZED_VIEW", "", "360", "RANGE",
                                            "s3://lake/db1/table2"});
    }
    for (size_t k = 0; k < TABLES; k++) {
        AUTO_FREE char *name = str_format("facts_%03zu", k);
        AUTO_FREE char *id = str_format("%zu", database * TABLES + k + 1);
        add_row(rows, (const char *const[]){id, name, "1", "order_date", "30", "NORMAL",
                                            "CLOUD_NATIVE", "", "360", "RANGE",
                                            "s3://lake/db1/table2"});
    }
}

/* The answers as they were received: each is given away to the first who asks. */
static struct {
    size_t n;
    struct result list;
    struct result edges;
    struct result databases;
    struct result *of_database;
    json_t *ledger;
} answers;

static void receive(size_t n, bool up)
{
    size_t n_databases = (n + IN_DATABASE - 1) / IN_DATABASE;

    answers.n = n;
    fill_list(&answers.list, n, !up);
    fill_edges(&answers.edges, n);
    columns(&answers.databases, (const char *const[]){"DbId", "DbName", NULL});
    answers.of_database = mem_array(n_databases, sizeof(*answers.of_database));
    for (size_t i = 0; i < n_databases; i++) {
        AUTO_FREE char *id = str_format("%zu", i);
        AUTO_FREE char *name = database_of(i * IN_DATABASE);
        add_row(&answers.databases, (const char *const[]){id, name});
        fill_database(&answers.of_database[i], i, n);
    }
    answers.ledger = json_pack("{s:{},s:{}}", "views", "settings");
    AUTO_JSON *op = json_string("view down");
    AUTO_JSON *run = json_string("00001-20261124T063605Z");
    AUTO_JSON *at = json_string("2026-11-24T06:36:05.123Z");
    AUTO_JSON *state = json_string("done");
    for (size_t i = 0; up && i < n; i++) {
        AUTO_FREE char *database = database_of(i);
        AUTO_FREE char *name = name_of(i);
        AUTO_FREE char *full = str_format("%s.%s", database, name);
        AUTO_FREE char *id = id_of(i);
        json_put(json_object_get(answers.ledger, "views"), id,
                 json_pack("{s:O,s:s,s:s,s:O,s:O,s:O}", "op", op, "key", full, "id", id, "run", run,
                           "at", at, "state", state));
    }
}

static void give(struct result *answer, struct result *ret)
{
    *ret = *answer;
    *answer = (struct result){0};
}

bool __wrap_pool_read(struct pool *pool, const char *node, const char *sql, struct result *ret,
                      struct error *err);

bool __wrap_pool_read(struct pool *pool, const char *node, const char *sql, struct result *ret,
                      struct error *err)
{
    (void)pool;
    (void)node;
    if (str_equal(sql, "SHOW PROC '/dbs'")) {
        give(&answers.databases, ret);
    } else if (str_starts(sql, "SHOW PROC '/dbs/")) {
        give(&answers.of_database[strtoul(sql + strlen("SHOW PROC '/dbs/"), NULL, 10)], ret);
    } else if (strstr(sql, "information_schema.materialized_views") != NULL) {
        give(&answers.list, ret);
    } else if (strstr(sql, "sys.object_dependencies") != NULL) {
        give(&answers.edges, ret);
    } else if (strstr(sql, "@@version_comment") != NULL) {
        columns(ret, (const char *const[]){"v", NULL});
        add_row(ret, (const char *const[]){"3.3.5-abcdef0"});
    } else if (str_starts(sql, "ADMIN SHOW FRONTEND CONFIG")) {
        columns(ret, (const char *const[]){"Key", "Value", NULL});
        add_row(ret, (const char *const[]){"enable_mv_automatic_active_check", "true"});
    } else {
        return error_set(err, ERR_FAILED, "no answer to %s", sql);
    }
    return true;
}

bool __wrap_cluster_read(struct session *session, bool with_nodes, struct cluster *ret,
                         struct error *err);

bool __wrap_cluster_read(struct session *session, bool with_nodes, struct cluster *ret,
                         struct error *err)
{
    AUTO_JSON *cluster = json_pack(
        "{s:s,s:s,s:s,s:s,s:i,s:[{s:s,s:s,s:s,s:s,s:i,s:s,s:b,s:i,s:s}],s:[]}", "id", "1", "name",
        "bench", "version", "3.3.5-abcdef0", "run_mode", "shared_data", "leader", 0, "frontends",
        "name", "fe-0", "host", "fe-0", "pod", "fe-0", "namespace", "sr", "query_port", 9030,
        "role", "LEADER", "alive", 1, "journal_id", 128004, "version", "3.3.5-abcdef0", "nodes");

    (void)session;
    (void)with_nodes;
    return cluster_from_json(cluster, ret, err);
}

bool __wrap_cluster_leader(struct session *session, struct cluster *cluster, bool *ret_checked,
                           struct error *err);

bool __wrap_cluster_leader(struct session *session, struct cluster *cluster, bool *ret_checked,
                           struct error *err)
{
    (void)session;
    (void)cluster;
    (void)err;
    *ret_checked = true;
    return true;
}

json_t *__real_ledger_read(struct session *session, const char *cluster_id, struct error *err);
json_t *__wrap_ledger_read(struct session *session, const char *cluster_id, struct error *err);

/* While a plan is made: what was received; afterwards the journals of the run. */
json_t *__wrap_ledger_read(struct session *session, const char *cluster_id, struct error *err)
{
    json_t *ledger = answers.ledger;

    answers.ledger = NULL;
    return ledger != NULL ? ledger : __real_ledger_read(session, cluster_id, err);
}

/* --- what is measured ------------------------------------------------------------------------- */

/* The peak of what is in memory, of the whole process. */
static long peak_kib(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    long kib = 0;

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (str_starts(line, "VmHWM:"))
            kib = strtol(line + strlen("VmHWM:"), NULL, 10);
    }
    if (file != NULL)
        fclose(file);
    return kib;
}

/* Gives free memory back and begins to count the peak anew (proc(5), clear_refs). */
static void forget_peak(void)
{
    FILE *file = fopen("/proc/self/clear_refs", "w");

    malloc_trim(0);
    if (file == NULL || fputs("5", file) == EOF || fclose(file) != 0) {
        fputs("bench_views: /proc/self/clear_refs cannot be written\n", stderr);
        exit(1);
    }
}

/* Seconds of processor time since the call before. */
static double lap(void)
{
    static struct timespec last;
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    double s = (double)(now.tv_sec - last.tv_sec) + (double)(now.tv_nsec - last.tv_nsec) / 1e9;
    last = now;
    return s;
}

static struct plan *plan_of(bool up, const json_t *facts)
{
    struct view_choice all = {0};
    struct error err = {0};
    struct plan *plan = up ? views_plan_up("mv activate-all", facts, &all, &err)
                           : views_plan_down("mv inactivate-all", facts, &all, &err);

    if (plan == NULL) {
        fprintf(stderr, "bench_views: %s\n", err.message);
        exit(1);
    }
    return plan;
}

static struct session *session_on(const char *state)
{
    static const struct endpoint nowhere = {0};

    return session_new(&(struct session_options){
        .entry = &nowhere, .no_kube = true, .state_dir = state});
}

/* What command/cluster/mv_*.c do: from the answers to the facts. */
static json_t *facts_of(struct session *session)
{
    struct error err = {0};
    json_t *facts = NULL;

    if (!views_gather(session, &facts, &err)) {
        fprintf(stderr, "bench_views: %s\n", err.message);
        exit(1);
    }
    return facts;
}

static int measure_plan(bool up, size_t n)
{
    struct session *session = session_on("/nonexistent"); /* nothing is written */

    receive(n, up);
    forget_peak();
    long held = peak_kib();
    lap();
    json_t *facts = facts_of(session);
    double gathered = lap();
    long with_answers = peak_kib();
    forget_peak();
    lap();
    struct plan *plan = plan_of(up, facts);
    double made = lap();
    plan_seal(plan);
    double sealed = lap();
    printf("{\"views\": %zu, \"steps\": %zu, \"facts_s\": %.3f, \"plan_s\": %.3f, \"seal_s\": %.3f, "
           "\"answers_kib\": %ld, \"facts_peak_kib\": %ld, \"peak_kib\": %ld, "
           "\"digest\": \"%s\"}\n", n, plan_steps(plan), gathered, made, sealed, held,
           with_answers, peak_kib(), plan->digest);
    plan_free(plan);
    json_decref(facts);
    session_free(session);
    return 0;
}

/* --- a run without a server --------------------------------------------------------------------- */

static size_t view_in(const char *text)
{
    const char *digits = strrchr(text, '_');

    return digits != NULL ? strtoul(digits + 1, NULL, 10) : 0;
}

bool __wrap_pool_change(struct pool *pool, const struct permit *permit, const char *node,
                        const char *sql, bool *ret_unknown, struct error *err);

bool __wrap_pool_change(struct pool *pool, const struct permit *permit, const char *node,
                        const char *sql, bool *ret_unknown, struct error *err)
{
    (void)pool;
    (void)permit;
    (void)node;
    (void)ret_unknown;
    (void)err;
    if (str_starts(sql, "ALTER MATERIALIZED VIEW "))
        down[view_in(sql)] = str_ends(sql, " INACTIVE");
    return true;
}

void __wrap_probe_ask_all(struct world *world, const struct probe *const *probes, size_t n,
                          struct evidence *ret);

void __wrap_probe_ask_all(struct world *world, const struct probe *const *probes, size_t n,
                          struct evidence *ret)
{
    (void)world;
    for (size_t i = 0; i < n; i++) {
        bool flag = probes[i]->kind != NULL && str_equal(probes[i]->kind->name, "view_down");
        bool yes = !flag || down[view_in(probes[i]->args.v[1])];
        evidence_set(&ret[i], yes ? ANSWER_YES : ANSWER_NO, "%s",
                     yes ? "inactive by the user" : "active");
    }
}

struct opening {
    const char *dir;
    const struct plan *plan;
    const json_t *facts;
};

static struct journal *open_journal(void *ctx, const char *consent, struct error *err)
{
    const struct opening *opening = ctx;
    struct journal *journal = journal_create(opening->dir, err);

    if (journal != NULL && journal_append(journal, runner_first_record(opening->plan,
                                              journal_run(journal), opening->facts, consent), err))
        return journal;
    return NULL;
}

static int fails(const struct error *err)
{
    fprintf(stderr, "bench_views: %s\n", err->message != NULL ? err->message : "failed");
    return 1;
}

static int measure_run(size_t n, const char *state)
{
    static const struct runner_view view = {0};
    AUTO_FREE char *dir = file_join(state, "1");
    struct error err = {0};
    struct world world = {0};
    struct stat st = {0};
    struct session *session = session_on(state);
    receive(n, false);
    json_t *facts = facts_of(session);
    struct plan *plan = plan_of(false, facts);
    facts_keep(facts);
    struct opening opening = {dir, plan, facts};

    plan_seal(plan);
    if (!file_private_dir(dir, &err))
        return fails(&err);
    struct runner runner = {.world = &world, .plan = plan, .view = &view,
                            .guard = {.approve = "sha256:"}, .open_journal = open_journal,
                            .journal_ctx = &opening};
    AUTO_FREE char *approve = str_format("sha256:%s", plan->digest);
    runner.guard.approve = approve;
    lap();
    if (!runner_run(&runner, &err))
        return fails(&err);
    double ran = lap();
    long peak = peak_kib();
    AUTO_FREE char *run = mem_text(journal_run(runner.journal));
    AUTO_FREE char *path = str_format("%s/journal-%s.jsonl", dir, run);
    journal_close(runner.journal);
    runner_done(&runner);
    plan_free(plan);
    json_decref(facts);
    stat(path, &st);
    forget_peak();
    lap();
    struct journal_file file = {0};
    if (!journal_each(dir, run, NULL, NULL, &file, &err))
        return fails(&err);
    size_t records = file.n;
    journal_file_done(&file);
    double verified = lap();
    long verify_peak = peak_kib();
    forget_peak();
    lap();
    json_t *ledger = ledger_read(session, "1", &err);
    if (ledger == NULL)
        return fails(&err);
    double folded = lap();
    printf("{\"views\": %zu, \"run_s\": %.3f, \"run_peak_kib\": %ld, \"journal_bytes\": %lld, "
           "\"records\": %zu, \"verify_s\": %.3f, \"verify_peak_kib\": %ld, \"ledger_s\": %.3f, \"entries\": %zu, "
           "\"peak_kib\": %ld}\n", n, ran, peak, (long long)st.st_size, records, verified, verify_peak, folded,
           json_object_size(json_object_get(ledger, "views")), peak_kib());
    json_decref(ledger);
    session_free(session);
    return 0;
}

int main(int argc, char **argv)
{
    size_t n = argc > 2 ? strtoul(argv[argc > 3 && str_equal(argv[1], "plan") ? 3 : 2], NULL, 10) : 0;

    if (n > 0)
        down = mem_array(n, sizeof(*down));
    if (argc == 4 && str_equal(argv[1], "plan") && n > 0)
        return measure_plan(str_equal(argv[2], "up"), n);
    if (argc == 4 && str_equal(argv[1], "run") && n > 0)
        return measure_run(n, argv[3]);
    fputs("usage: bench_views plan down|up VIEWS | run VIEWS DIR\n", stderr);
    return 2;
}
