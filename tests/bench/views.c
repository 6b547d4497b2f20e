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

static void fill_view(struct view *view, size_t i, bool active)
{
    char digits[32];

    snprintf(digits, sizeof(digits), "%zu", 1000000 + i * 3);
    *view = (struct view){.id = mem_text(digits), .database = database_of(i), .name = name_of(i),
                          .active = active, .reason = mem_text(active ? "" : REASON_USER),
                          .refresh = mem_text("ASYNC"), .last_state = mem_text("SUCCESS"),
                          .last_finished = str_format("2026-11-24 06:%02zu:%02zu", i / 60 % 60, i % 60),
                          .ddl = ddl_of(i),
                          .clause = mem_text("REFRESH ASYNC EVERY(INTERVAL 1 HOUR)"),
                          .digest = mem_text("")};
    view->full = str_format("%s.%s", view->database, view->name);
}

/* Three below it: views of the level below in its database, or tables. */
static void fill_edges(struct result *rows, size_t i, size_t n)
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
        AUTO_FREE char *ref = table ? str_format("facts_%03zu", (i * 5 + k) % 200) : name_of(below);
        size_t row = result_row(rows);
        result_set_text(rows, row, "object_database", database);
        result_set_text(rows, row, "object_name", name);
        result_set_text(rows, row, "ref_object_database", database);
        result_set_text(rows, row, "ref_object_name", ref);
        result_set_text(rows, row, "ref_object_catalog", "default_catalog");
        result_set_text(rows, row, "ref_object_type", table ? "OLAP" : "CLOUD_NATIVE_MATERIALIZED_VIEW");
    }
}

static void fill(struct views *views, struct result *edges, size_t n, bool active)
{
    static const char *const columns[] = {"object_database", "object_name", "ref_object_database",
                                          "ref_object_name", "ref_object_catalog",
                                          "ref_object_type"};

    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++)
        result_column(edges, columns[i], COLUMN_TEXT);
    views->n = n;
    views->v = mem_array(n, sizeof(*views->v));
    for (size_t i = 0; i < n; i++) {
        fill_view(&views->v[i], i, active);
        fill_edges(edges, i, n);
    }
    views_sort(views);
}

static json_t *facts_of(const struct views *views, bool with_ledger)
{
    json_t *facts = json_pack(
        "{s:{s:s,s:s,s:s,s:s,s:i,s:[{s:s,s:s,s:s,s:s,s:i,s:s,s:b,s:i,s:s}],s:[]},"
        "s:{s:{},s:{}},s:{s:s},s:{},s:{}}",
        "cluster", "id", "1", "name", "bench", "version", "3.3.5-abcdef0", "run_mode",
        "shared_data", "leader", 0, "frontends", "name", "fe-0", "host", "fe-0", "pod", "fe-0",
        "namespace", "sr", "query_port", 9030, "role", "LEADER", "alive", 1, "journal_id", 128004,
        "version", "3.3.5-abcdef0", "nodes", "ledger", "views", "settings", "checker", "fe-0",
        "true", "checker_unread", "lasting");
    json_t *entries = json_object_get(json_object_get(facts, "ledger"), "views");

    json_put(facts, "views", views_facts(views));
    AUTO_JSON *run = json_string("00001-20261124T063605Z");
    for (size_t i = 0; with_ledger && i < views->n; i++)
        json_put(entries, views->v[i].id,
                 json_pack("{s:s,s:O}", "key", views->v[i].full, "run", run));
    return facts;
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

static json_t *received(size_t n, bool up, double *ret_pack, double *ret_lineage,
                        double *ret_facts)
{
    struct views views = {0};
    struct result edges = {0};
    struct error err = {0};

    fill(&views, &edges, n, !up);
    lap();
    if (!lineage_fill(&views, &edges, &err)) {
        fprintf(stderr, "bench_views: %s\n", err.message);
        exit(1);
    }
    *ret_lineage = lap();
    result_done(&edges);
    lap();
    views_pack(&views);
    *ret_pack = lap();
    json_t *facts = facts_of(&views, up);
    views_done(&views);
    *ret_facts = lap();
    return facts;
}

static int measure_plan(bool up, size_t n)
{
    double pack;
    double lineage;
    double to_facts;
    json_t *facts = received(n, up, &pack, &lineage, &to_facts);
    long before = peak_kib();

    forget_peak();
    lap();
    struct plan *plan = plan_of(up, facts);
    double made = lap();
    plan_seal(plan);
    double sealed = lap();
    long peak = peak_kib();
    printf("{\"views\": %zu, \"steps\": %zu, \"pack_s\": %.3f, \"lineage_s\": %.3f, \"facts_s\": %.3f, "
           "\"plan_s\": %.3f, \"seal_s\": %.3f, \"received_kib\": %ld, \"peak_kib\": %ld, "
           "\"digest\": \"%s\"}\n", n, plan_steps(plan), pack, lineage, to_facts, made, sealed, before,
           peak, plan->digest);
    plan_free(plan);
    json_decref(facts);
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
    double pack;
    double lineage;
    double to_facts;
    AUTO_FREE char *dir = file_join(state, "1");
    struct error err = {0};
    struct world world = {0};
    struct stat st = {0};
    json_t *facts = received(n, false, &pack, &lineage, &to_facts);
    struct plan *plan = plan_of(false, facts);
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
    struct endpoint nowhere = {0};
    struct session *session = session_new(&(struct session_options){
        .entry = &nowhere, .no_kube = true, .state_dir = state});
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
