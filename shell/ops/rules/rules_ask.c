/* Questions that several rules put in the same way. */
#include <string.h>

#include <writes.h>

#include "rules.h"

static void name_work(const json_t *entry, struct finding *ret)
{
    const json_t *names = json_object_get(entry, "names");
    AUTO_STR text = {0};
    size_t i;
    json_t *name;

    json_array_foreach((json_t *)names, i, name)
        str_addf(&text, "%s%s", i > 0 ? ", " : "", json_string_value(name));
    if (i > 0 && json_int(entry, "n") > (int64_t)i)
        str_add(&text, ", …");
    found(ret, ANSWER_NO, text.len > 0 ? "%s: %lld (%s)" : "%s: %lld%s", json_str(entry, "kind"),
          (long long)json_int(entry, "n"), str_text(&text));
}

void rule_ask_writes(const struct rule_facts *facts, const char *kinds, const char *list,
                     struct finding *ret)
{
    const json_t *writes = rule_read(facts, "writes");
    size_t i;
    json_t *entry;

    json_array_foreach(json_object_get(writes, "writes"), i, entry)
    {
        if (writes_in(kinds, json_str(entry, "kind")))
            name_work(entry, ret);
    }
    json_array_foreach(json_object_get(writes, "unknown"), i, entry)
    {
        if (writes_in(list, json_str(entry, "kind")) || writes_in(kinds, json_str(entry, "kind")))
            found(ret, ANSWER_CANNOT_TELL, "%s", json_str(entry, "why"));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "none now");
}

void rule_ask_setting(const struct rule_facts *facts, const char *key, const char *value,
                      struct finding *ret)
{
    json_t *hosts = (json_t *)json_at(rule_read(facts, "settings"), "now", key, NULL);
    const char *host;
    json_t *now;

    if (json_object_size(hosts) == 0) {
        found(ret, ANSWER_CANNOT_TELL, "the FEs show no %s", key);
        return;
    }
    json_object_foreach(hosts, host, now)
    {
        if (strcasecmp(json_string_value(now), value) != 0)
            found(ret, ANSWER_NO, "%s is %s on %.*s", key, json_string_value(now), RULE_SHORT(host));
    }
    if (ret->text.len == 0)
        found(ret, ANSWER_YES, "%s is %s", key, value);
}

const json_t *rule_set(const struct rule_facts *facts, const char *component)
{
    AUTO_FREE char *usual = str_format("%s-%s", facts->cluster.name, component);
    const json_t *first = NULL;
    size_t i;
    json_t *set;

    json_array_foreach((json_t *)rule_read(facts, "sets"), i, set)
    {
        if (!str_equal(json_str(set, "component"), component))
            continue;
        if (str_equal(json_str(set, "name"), usual))
            return set;
        first = first == NULL ? set : first;
    }
    return first;
}
