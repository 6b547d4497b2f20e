/* All rules by subject, and what they share. */
#include <stdarg.h>

#include "rules.h"

const struct rule_table rule_tables[] = {
    {"The way from release to release", rules_path},
    {"What changes with the release", rules_release},
    {"Frontends, backends, compute nodes", rules_nodes},
    {"Work that goes on", rules_work},
    {"Settings, and what belay left", rules_settings},
    {"Materialized views", rules_views},
    {"Volumes and images of the metadata", rules_meta},
    {"Pods and StatefulSets", rules_pods},
    {"The operator and its resource", rules_operator},
    {"Rights and passwords", rules_access},
    {NULL, NULL},
};

const struct rule *rule_at(size_t i, const char **ret_subject)
{
    for (const struct rule_table *table = rule_tables; table->subject != NULL; table++) {
        for (const struct rule *rule = table->rules; rule->id != NULL; rule++, i--) {
            if (i > 0)
                continue;
            if (ret_subject != NULL)
                *ret_subject = table->subject;
            return rule;
        }
    }
    return NULL;
}

const struct rule *rule_find(const char *id)
{
    const struct rule *rule;

    for (size_t i = 0; (rule = rule_at(i, NULL)) != NULL; i++) {
        if (str_equal(rule->id, id))
            return rule;
    }
    return NULL;
}

const char *rule_level_name(enum rule_level level)
{
    switch (level) {
    case RULE_BLOCKER:
        return "blocker";
    case RULE_WARNING:
        return "warning";
    case RULE_NOTE:
        break;
    }
    return "note";
}

const json_t *rule_read(const struct rule_facts *facts, const char *reading)
{
    return json_at(facts->json, "read", reading, NULL);
}

/* yes < cannot tell < no */
static int badness(enum answer answer)
{
    switch (answer) {
    case ANSWER_YES:
        return 0;
    case ANSWER_CANNOT_TELL:
        return 1;
    case ANSWER_NO:
        break;
    }
    return 2;
}

void found(struct finding *finding, enum answer answer, const char *fmt, ...)
{
    va_list ap;

    if (finding->text.len == 0 || badness(answer) > badness(finding->answer)) {
        str_clear(&finding->text);
        finding->answer = answer;
    } else if (badness(answer) < badness(finding->answer)) {
        return;
    } else {
        str_add(&finding->text, "; ");
    }
    va_start(ap, fmt);
    str_vaddf(&finding->text, fmt, ap);
    va_end(ap);
}

const char *rule_frontend(const struct frontend *frontend)
{
    return *frontend->pod != '\0' ? frontend->pod : frontend->host;
}

const char *rule_node(const struct node *node)
{
    return *node->pod != '\0' ? node->pod : node->host;
}
