/* Which views two patterns choose. */
#include <belay/views.h>

#include <string.h>

#include <belay/pattern.h>
#include <mem.h>

bool *views_match(const struct views *views, const char *only, const char *except,
                  struct error *err)
{
    struct pattern *wanted = only != NULL ? pattern_new(only, err) : NULL;
    struct pattern *unwanted = except != NULL ? pattern_new(except, err) : NULL;
    bool *ret = NULL;

    if ((only == NULL || wanted != NULL) && (except == NULL || unwanted != NULL)) {
        ret = mem_array(views->n + 1, sizeof(*ret));
        for (size_t i = 0; i < views->n; i++) {
            const char *full = views->v[i].full;
            size_t len = strlen(full);
            ret[i] = (wanted == NULL || pattern_match(wanted, full, len)) &&
                     (unwanted == NULL || !pattern_match(unwanted, full, len));
        }
    }
    pattern_free(wanted);
    pattern_free(unwanted);
    return ret;
}
