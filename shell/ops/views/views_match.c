/* Which views two patterns choose, and which one a wrong name may mean. */
#include <belay/views.h>

#include <string.h>

#include <belay/pattern.h>
#include <belay/str.h>
#include <mem.h>
#include <text.h>

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

/* A view's name without its database, else the nearest name. NULL: none. */
static const char *meant(const struct views *views, const char *name)
{
    const char **full = mem_array(views->n + 1, sizeof(*full));
    const char *ret = NULL;

    for (size_t i = 0; i < views->n; i++) {
        full[i] = views->v[i].full;
        if (ret == NULL && str_equal(views->v[i].name, name))
            ret = full[i];
    }
    if (ret == NULL)
        ret = text_nearest(name, full, views->n);
    free(full);
    return ret;
}

bool views_unknown(const struct views *views, const char *name, struct error *err)
{
    const char *near = meant(views, name);

    error_set(err, ERR_USAGE, "there is no asynchronous view %s", name);
    if (near != NULL)
        return error_hint(err, "did you mean %s? names are database.name, case matters", near);
    return error_hint(err, "names are database.name, case matters; \\mv lists them");
}
