/* Columns for people: NAME and AGE for all kinds, more for pods, StatefulSets and volume claims. */
#include "table.h"

#include <inttypes.h>

#include "mem.h"
#include "store.h"

#define COLUMNS_MAX 8

struct row {
    char *cell[COLUMNS_MAX];
};

/* Seconds since 1970 of "2026-11-24T06:36:05Z"; 0 when it is not such a time. */
static int64_t unix_time(const char *text)
{
    struct tm parts = {0};
    return strptime(text, "%Y-%m-%dT%H:%M:%SZ", &parts) ? (int64_t)timegm(&parts) : 0;
}

static char *age_text(struct call *call, const json_t *object)
{
    int64_t made = unix_time(json_str_at(object, "metadata", "creationTimestamp", NULL));
    int64_t s = world_now_ms(call->world) / 1000 - made;
    if (s < 120)
        return str_format("%" PRId64 "s", s);
    if (s < 3 * 3600)
        return str_format("%" PRId64 "m", s / 60);
    return s < 48 * 3600 ? str_format("%" PRId64 "h", s / 3600)
                         : str_format("%" PRId64 "d", s / 86400);
}

static void pod_cells(const json_t *pod, struct row *row)
{
    const json_t *states = json_at(pod, "status", "containerStatuses", NULL);
    size_t i, ready = 0;
    int64_t restarts = 0;
    json_t *state;
    const char *status = json_str_at(pod, "status", "phase", NULL);
    json_array_foreach (states, i, state) {
        ready += json_flag(state, "ready");
        restarts += json_int(state, "restartCount");
        const char *waiting = json_str_at(state, "state", "waiting", "reason", NULL);
        status = *waiting ? waiting : status;
    }
    if (*json_str_at(pod, "metadata", "deletionTimestamp", NULL))
        status = "Terminating";
    row->cell[1] =
        str_format("%zu/%zu", ready, json_array_size(json_at(pod, "spec", "containers", NULL)));
    row->cell[2] = str_format("%s", status);
    row->cell[3] = str_format("%" PRId64, restarts);
}

static void set_cells(const json_t *set, struct row *row)
{
    row->cell[1] = str_format("%" PRId64 "/%" PRId64,
                              json_int(json_object_get(set, "status"), "readyReplicas"),
                              json_int(json_object_get(set, "spec"), "replicas"));
}

/* "ReadWriteOnce" is RWO (kubernetes pkg/apis/core/helper, GetAccessModesAsString). */
static char *modes_text(const json_t *modes)
{
    static const char *const known[][2] = {{"ReadWriteOnce", "RWO"}, {"ReadOnlyMany", "ROX"},
                                           {"ReadWriteMany", "RWX"}, {"ReadWriteOncePod", "RWOP"}};
    AUTO_STR text = {0};
    for (size_t m = 0; m < sizeof known / sizeof *known; m++) {
        size_t i;
        json_t *mode;
        json_array_foreach (modes, i, mode)
            if (str_equal(json_string_value(mode), known[m][0]))
                str_addf(&text, "%s%s", text.len ? "," : "", known[m][1]);
    }
    return str_format("%s", str_text(&text));
}

static void claim_cells(const json_t *claim, struct row *row)
{
    row->cell[1] = str_format("%s", json_str_at(claim, "status", "phase", NULL));
    row->cell[2] = str_format("%s", json_str_at(claim, "spec", "volumeName", NULL));
    row->cell[3] = str_format("%s", json_str_at(claim, "status", "capacity", "storage", NULL));
    row->cell[4] = modes_text(json_at(claim, "status", "accessModes", NULL));
    row->cell[5] = str_format("%s", json_str_at(claim, "spec", "storageClassName", NULL));
    row->cell[6] = str_format("<unset>");
}

static void print_rows(struct call *call, const char *const *heads, const struct row *rows,
                       size_t n, size_t columns)
{
    size_t width[COLUMNS_MAX] = {0};
    bool heading = !args_flag(call->args.no_headers);
    for (size_t c = 0; c < columns; c++) {
        width[c] = heading ? strlen(heads[c]) : 0;
        for (size_t i = 0; i < n; i++)
            if (strlen(rows[i].cell[c]) > width[c])
                width[c] = strlen(rows[i].cell[c]);
    }
    for (size_t i = heading ? 0 : 1; i <= n; i++) {
        for (size_t c = 0; c < columns; c++) {
            const char *text = i == 0 ? heads[c] : rows[i - 1].cell[c];
            str_add(&call->out, text);
            if (c + 1 < columns)
                str_pad(&call->out, ' ', width[c] + 3 - strlen(text));
        }
        str_addc(&call->out, '\n');
    }
}

void table_print(struct call *call, const struct kind *kind, const json_t *objects)
{
    static const char *const plain[] = {"NAME", "AGE"};
    static const char *const set[] = {"NAME", "READY", "AGE"};
    static const char *const pod[] = {"NAME", "READY", "STATUS", "RESTARTS", "AGE"};
    static const char *const claim[] = {"NAME", "STATUS", "VOLUME", "CAPACITY", "ACCESS MODES",
                                        "STORAGECLASS", "VOLUMEATTRIBUTESCLASS", "AGE"};
    bool claims = str_equal(kind->plural, "persistentvolumeclaims");
    bool pods = str_equal(kind->plural, "pods");
    bool sets = str_equal(kind->plural, "statefulsets") || str_equal(kind->plural, "deployments");
    const char *const *heads = pods ? pod : sets ? set : claims ? claim : plain;
    size_t columns = pods ? 5 : sets ? 3 : claims ? 8 : 2;
    size_t n = json_array_size(objects);
    if (n == 0)
        return;
    struct row *rows = mem_array(n, sizeof *rows);
    for (size_t i = 0; i < n; i++) {
        const json_t *object = json_array_get(objects, i);
        rows[i].cell[0] = str_format("%s", json_str_at(object, "metadata", "name", NULL));
        if (pods)
            pod_cells(object, &rows[i]);
        else if (sets)
            set_cells(object, &rows[i]);
        else if (claims)
            claim_cells(object, &rows[i]);
        rows[i].cell[columns - 1] = age_text(call, object);
    }
    print_rows(call, heads, rows, n, columns);
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < columns; c++)
            free(rows[i].cell[c]);
    free(rows);
}
