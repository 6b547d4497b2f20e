/* Looks through cluster_snapshot.yaml line by line, as its template in StarRocks' conf has it. */
#include "restore_snapshot_conf.h"

#include <string.h>

#include <belay/str.h>
#include <mem.h>

/* The value behind "KEY:" of a line, its quotes and what follows it off; NULL: another line. free() it. */
static char *value_of(const char *line, size_t len, const char *key)
{
    size_t at = strspn(line, " -");
    size_t n = strlen(key);

    if (at + n >= len || strncmp(line + at, key, n) != 0 || line[at + n] != ':')
        return NULL;
    at += n + 1;
    while (at < len && line[at] == ' ')
        at++;
    char quote = at < len && (line[at] == '"' || line[at] == '\'') ? line[at++] : ' ';
    size_t end = at;
    while (end < len && line[end] != quote && line[end] != '\r' &&
           !(line[end] == '#' && line[end - 1] == ' '))
        end++;
    return mem_textn(line + at, end - at);
}

/* Does a line that is no comment give that key that value? ret_other: another one. */
static bool says(const char *text, const char *key, const char *value, bool *ret_other)
{
    bool found = false;

    *ret_other = false;
    for (const char *line = text; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        AUTO_FREE char *have = value_of(line, len, key);
        found = found || (have != NULL && str_equal(have, value));
        *ret_other = *ret_other || (have != NULL && !str_equal(have, value));
        line += len + (line[len] == '\n');
    }
    return found;
}

/* "<aws.s3.secret_key>": what the template leaves to be filled. */
static bool has_blank(const char *text)
{
    for (const char *line = text; *line != '\0';) {
        size_t len = strcspn(line, "\n");
        const char *open = memchr(line, '<', len);
        bool comment = line[strspn(line, " ")] == '#';
        if (!comment && open != NULL && memchr(open, '>', len - (size_t)(open - line)) != NULL)
            return true;
        line += len + (line[len] == '\n');
    }
    return false;
}

char *snapshot_conf_problem(const json_t *map, const char *path, const char *volume)
{
    const json_t *text = json_object_get(json_object_get(map, "data"), SNAPSHOT_YAML);
    bool other = false;

    if (!json_is_object(map))
        return mem_text("there is no ConfigMap " SNAPSHOT_MAP);
    if (!json_is_string(text))
        return mem_text("ConfigMap " SNAPSHOT_MAP " has no key " SNAPSHOT_YAML);
    const char *conf = json_string_value(text);
    if (!says(conf, "cluster_snapshot_path", path, &other) || other)
        return str_format(SNAPSHOT_YAML " in it %s cluster_snapshot_path: %s",
                          other ? "has another value than" : "has no", path);
    if (!says(conf, "storage_volume_name", volume, &other) || other)
        return str_format(SNAPSHOT_YAML " in it %s storage_volume_name: %s",
                          other ? "has another value than" : "has no", volume);
    if (!says(conf, "name", volume, &other))
        return str_format(SNAPSHOT_YAML " in it does not describe volume %s (storage_volumes)", volume);
    if (has_blank(conf))
        return mem_text(SNAPSHOT_YAML " in it has a value in < > that is still to be filled");
    return NULL;
}
