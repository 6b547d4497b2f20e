/* The argument vectors of a Lease, and what kubectl answers to them. */
#include "lease.h"

#include <inttypes.h>
#include <time.h>

#include <clock.h>
#include <mem.h>

#define REQUEST_TIMEOUT "--request-timeout=15s"
#define KIND "leases.coordination.k8s.io"
#define LONGEST_MS ((int64_t)24 * 3600 * 1000)

void lease_place_done(struct lease_place *place)
{
    free(place->ns);
    free(place->name);
    *place = (struct lease_place){0};
}

void lease_done(struct lease *lease)
{
    char *owned[] = {lease->uid, lease->version, lease->holder, lease->acquired,
                     lease->renewed, lease->run, lease->nonce};

    for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
        free(owned[i]);
    *lease = (struct lease){0};
}

static void set(char **text, const char *value)
{
    char *copy = mem_text(value);

    free(*text);
    *text = copy;
}

/* --- time ---------------------------------------------------------------------------------------- */

int64_t lease_time_ms(const char *text)
{
    struct tm tm = {0};
    int micros = 0;
    int used = 0;

    if (sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d.%6dZ%n", &tm.tm_year, &tm.tm_mon, &tm.tm_mday,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec, &micros, &used) != 7 || text[used] != '\0')
        return -1;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    return (int64_t)timegm(&tm) * 1000 + micros / 1000;
}

/* A MicroTime: without its six decimals the API server refuses it (recorded on 1.32.0). */
static char *time_text(int64_t unix_ms)
{
    char seconds[CLOCK_TEXT];

    clock_utc(unix_ms, seconds);
    return str_format("%.19s.%03d000Z", seconds, (int)(unix_ms % 1000));
}

static char *now_text(const struct lease_place *place)
{
    return time_text(clock_unix_ms() + (place->clock_known ? place->ahead_ms : 0));
}

/* "Sun, 22 Nov 2026 15:23:00 GMT" (RFC 9110, IMF-fixdate); -1: it is none. */
static int64_t http_date_ms(const char *text)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    struct tm tm = {0};
    char month[4] = "";

    if (sscanf(text, "%*3[A-Za-z], %2d %3s %4d %2d:%2d:%2d GMT", &tm.tm_mday, month, &tm.tm_year,
               &tm.tm_hour, &tm.tm_min, &tm.tm_sec) != 6 || strlen(month) != 3)
        return -1;
    const char *at = strstr(months, month);
    if (at == NULL || (at - months) % 3 != 0)
        return -1;
    tm.tm_mon = (int)((at - months) / 3);
    tm.tm_year -= 1900;
    return (int64_t)timegm(&tm) * 1000;
}

static void add_words(struct strv *args, const char *const *words)
{
    for (size_t i = 0; words[i] != NULL; i++)
        strv_add(args, words[i]);
}

void lease_ask_clock(struct lease_place *place)
{
    static const char *const words[] = {"get", "--raw", "/version", "-v=8", REQUEST_TIMEOUT, NULL};
    AUTO_STRV args = {0};
    AUTO_STR body = {0};
    AUTO_STR log = {0};
    int64_t begun = clock_ms();

    add_words(&args, words);
    if (!kube_run(place->kube, &args, NULL, 0, &body, &log, NULL))
        return;
    /* Its log prints the headers of the answer; how a line begins differs by release. */
    const char *at = strstr(str_text(&log), "Date: ");
    int64_t server = at != NULL ? http_date_ms(at + strlen("Date: ")) : -1;
    if (server < 0)
        return;
    /* It was so at some moment of the call; the header has no parts of a second. */
    place->ahead_ms = server + 500 - (clock_unix_ms() - (clock_ms() - begun) / 2);
    place->clock_known = true;
}

int64_t lease_left_ms(const struct lease_place *place, const struct lease *lease)
{
    int64_t renewed = lease_time_ms(lease->renewed);
    int64_t lasts = lease->seconds > 0 && lease->seconds < LONGEST_MS / 1000 ? lease->seconds * 1000
                                                                            : LONGEST_MS;

    if (renewed < 0) /* nobody has renewed it: it is nobody's */
        return -1;
    return renewed + lasts - (clock_unix_ms() + place->ahead_ms);
}

/* --- calls --------------------------------------------------------------------------------------- */

/* The namespace of the cluster may be another than that of all other calls: the last one counts. */
static void begin(const struct lease_place *place, struct strv *args)
{
    if (!str_equal(place->ns, kube_namespace(place->kube)))
        strv_addf(args, "--namespace=%s", place->ns);
    strv_add(args, REQUEST_TIMEOUT);
}

/* What a call that failed means, by the words of the API server (recorded on 1.32.0). */
static enum lease_end judge(struct error *why, struct error *err)
{
    const char *said = why->message != NULL ? why->message : "";
    bool failed = why->code == ERR_KUBE;
    bool forbidden = failed && strstr(said, "(Forbidden)") != NULL;
    bool other = failed && (strstr(said, "(AlreadyExists)") != NULL ||
                            strstr(said, "(Conflict)") != NULL ||
                            strstr(said, "(NotFound)") != NULL ||
                            strstr(said, "The request is invalid: the server rejected") != NULL);

    error_move(err, why);
    return forbidden ? LEASE_FORBIDDEN : other ? LEASE_OTHER : LEASE_FAILED;
}

bool lease_read(const struct lease_place *place, struct lease *ret, bool *ret_there,
                struct error *err)
{
    AUTO_STRV args = {0};
    AUTO_STR out = {0};

    strv_add(&args, "get");
    strv_add(&args, KIND);
    strv_add(&args, place->name);
    strv_add(&args, "--output=json");
    strv_add(&args, "--ignore-not-found");
    begin(place, &args);
    if (!kube_run(place->kube, &args, NULL, 0, &out, NULL, err))
        return false;
    *ret_there = out.len > 0;
    if (!*ret_there)
        return true;
    AUTO_JSON *object = json_parse(out.s, out.len, 1 << 20, NULL);
    const json_t *metadata = json_object_get(object, "metadata");
    const json_t *spec = json_object_get(object, "spec");
    ret->seconds = json_int(spec, "leaseDurationSeconds");
    ret->transitions = json_int(spec, "leaseTransitions");
    /* Both are int32 (k8s.io/api coordination/v1 LeaseSpec): what is not comes from no API server. */
    if (*json_str(metadata, "uid") == '\0' || ret->seconds < 0 || ret->seconds > INT32_MAX ||
        ret->transitions < 0 || ret->transitions >= INT32_MAX)
        return error_set(err, ERR_KUBE, "kubectl get gave no whole Lease");
    set(&ret->uid, json_str(metadata, "uid"));
    set(&ret->version, json_str(metadata, "resourceVersion"));
    set(&ret->holder, json_str(spec, "holderIdentity"));
    set(&ret->acquired, json_str(spec, "acquireTime"));
    set(&ret->renewed, json_str(spec, "renewTime"));
    set(&ret->run, json_str_at(metadata, "annotations", "belay/run", NULL));
    set(&ret->nonce, json_str_at(metadata, "annotations", "belay/nonce", NULL));
    return true;
}

static json_t *notes_of(const struct lease_claim *claim)
{
    json_t *notes = json_object();

    json_put_str(notes, "belay/run", claim->run);
    json_put_str(notes, "belay/nonce", claim->nonce);
    return notes;
}

static char *lease_object(const struct lease_place *place, const struct lease_claim *claim,
                          const char *now)
{
    AUTO_JSON *object = json_object();
    json_t *metadata = json_object();
    json_t *labels = json_object();
    json_t *spec = json_object();

    json_put_str(labels, "app.kubernetes.io/managed-by", "belay");
    json_put_str(metadata, "name", place->name);
    json_put_str(metadata, "namespace", place->ns);
    json_put(metadata, "labels", labels);
    json_put(metadata, "annotations", notes_of(claim));
    json_put_str(spec, "holderIdentity", claim->holder);
    json_put_int(spec, "leaseDurationSeconds", LEASE_SECONDS);
    json_put_str(spec, "acquireTime", now);
    json_put_str(spec, "renewTime", now);
    json_put_int(spec, "leaseTransitions", 0);
    json_put_str(object, "apiVersion", "coordination.k8s.io/v1");
    json_put_str(object, "kind", "Lease");
    json_put(object, "metadata", metadata);
    json_put(object, "spec", spec);
    return json_canonical(object);
}

/* The two words that a call was to print. */
static bool two_words(const struct str *out, char **ret_first, char **ret_second)
{
    const char *text = str_text(out);
    size_t first = strcspn(text, " ");
    size_t second = text[first] == ' ' ? strcspn(text + first + 1, " \n") : 0;

    if (first == 0 || second == 0)
        return false;
    free(*ret_first);
    free(*ret_second);
    *ret_first = mem_textn(text, first);
    *ret_second = mem_textn(text + first + 1, second);
    return true;
}

enum lease_end lease_create(const struct lease_place *place, const struct lease_claim *claim,
                            struct lease *ret, struct error *err)
{
    AUTO_STRV args = {0};
    AUTO_STR out = {0};
    AUTO_ERROR why = {0};
    AUTO_FREE char *now = now_text(place);
    AUTO_FREE char *object = lease_object(place, claim, now);

    add_words(&args, (const char *const[]){"create", "-f", "-", "-o", "jsonpath={.metadata.uid} "
                                           "{.metadata.resourceVersion}", NULL});
    begin(place, &args);
    if (!kube_run(place->kube, &args, object, 0, &out, NULL, &why))
        return judge(&why, err);
    if (!two_words(&out, &ret->uid, &ret->version)) {
        error_set(err, ERR_KUBE, "kubectl create did not say which Lease it made");
        return LEASE_FAILED;
    }
    set(&ret->holder, claim->holder);
    set(&ret->acquired, now);
    set(&ret->renewed, now);
    set(&ret->run, claim->run);
    set(&ret->nonce, claim->nonce);
    ret->seconds = LEASE_SECONDS;
    ret->transitions = 0;
    return LEASE_HELD;
}

static void operation(json_t *patch, const char *op, const char *path, json_t *take)
{
    json_t *one = json_object();

    json_put_str(one, "op", op);
    json_put_str(one, "path", path);
    json_put(one, "value", take);
    json_array_append_new(patch, one);
}

/* The three values that say who holds it. */
static json_t *tests_of(const struct lease *lease)
{
    json_t *patch = json_array();

    operation(patch, "test", "/metadata/uid", json_text(lease->uid));
    operation(patch, "test", "/spec/holderIdentity", json_text(lease->holder));
    operation(patch, "test", "/spec/leaseTransitions", json_integer(lease->transitions));
    return patch;
}

/* Sends it; version and time of the lease become what was answered. */
static enum lease_end send_patch(const struct lease_place *place, const json_t *patch,
                                 struct lease *lease, struct error *err)
{
    AUTO_STRV args = {0};
    AUTO_STR out = {0};
    AUTO_ERROR why = {0};
    AUTO_FREE char *text = json_canonical(patch);

    strv_add(&args, "patch");
    strv_add(&args, KIND);
    strv_add(&args, place->name);
    strv_add(&args, "--type=json");
    strv_addf(&args, "--patch=%s", text);
    strv_add(&args, "--output=jsonpath={.metadata.resourceVersion} {.spec.renewTime}");
    begin(place, &args);
    if (!kube_run(place->kube, &args, NULL, 0, &out, NULL, &why))
        return judge(&why, err);
    if (two_words(&out, &lease->version, &lease->renewed))
        return LEASE_HELD;
    error_set(err, ERR_KUBE, "kubectl patch did not say what the Lease is now");
    return LEASE_FAILED;
}

enum lease_end lease_renew(const struct lease_place *place, struct lease *held, struct error *err)
{
    AUTO_JSON *patch = tests_of(held);
    AUTO_FREE char *now = now_text(place);

    operation(patch, "replace", "/spec/renewTime", json_text(now));
    return send_patch(place, patch, held, err);
}

enum lease_end lease_take_over(const struct lease_place *place, const struct lease_claim *claim,
                               struct lease *shown, struct error *err)
{
    AUTO_JSON *patch = tests_of(shown);
    AUTO_FREE char *now = now_text(place);

    operation(patch, "test", "/spec/renewTime", json_text(shown->renewed));
    operation(patch, "replace", "/spec/holderIdentity", json_text(claim->holder));
    operation(patch, "replace", "/spec/leaseTransitions", json_integer(shown->transitions + 1));
    operation(patch, "replace", "/spec/leaseDurationSeconds", json_integer(LEASE_SECONDS));
    operation(patch, "replace", "/spec/acquireTime", json_text(now));
    operation(patch, "replace", "/spec/renewTime", json_text(now));
    operation(patch, "add", "/metadata/annotations", notes_of(claim));
    enum lease_end end = send_patch(place, patch, shown, err);
    if (end != LEASE_HELD)
        return end;
    set(&shown->holder, claim->holder);
    set(&shown->acquired, now);
    set(&shown->run, claim->run);
    set(&shown->nonce, claim->nonce);
    shown->seconds = LEASE_SECONDS;
    shown->transitions++;
    return end;
}

enum lease_end lease_release(const struct lease_place *place, const struct lease *held,
                             struct error *err)
{
    AUTO_STRV args = {0};
    AUTO_ERROR why = {0};
    AUTO_JSON *body = json_object();
    json_t *preconditions = json_object();

    json_put_str(preconditions, "uid", held->uid);
    json_put_str(preconditions, "resourceVersion", held->version);
    json_put_str(body, "kind", "DeleteOptions");
    json_put_str(body, "apiVersion", "v1");
    json_put(body, "preconditions", preconditions);
    AUTO_FREE char *text = json_canonical(body);
    strv_add(&args, "delete");
    strv_add(&args, "--raw");
    strv_addf(&args, "/apis/coordination.k8s.io/v1/namespaces/%s/leases/%s", place->ns, place->name);
    strv_add(&args, "-f");
    strv_add(&args, "-");
    strv_add(&args, REQUEST_TIMEOUT);
    if (kube_run(place->kube, &args, text, 0, NULL, NULL, &why))
        return LEASE_HELD;
    return judge(&why, err);
}
