/* Reads the StatefulSet of the frontends. */
#include "restore_set.h"

#include <ctype.h>

#include <kubectl.h>
#include <mem.h>

#define COMPONENT "app.kubernetes.io/component"
#define GRACE_S 30 /* of Kubernetes, when the template says nothing */

bool restore_plain(const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if (!isalnum((unsigned char)*p) && strchr("-_./:=,@%+", *p) == NULL)
            return false;
    }
    return *text != '\0';
}

void restore_set_done(struct restore_set *set)
{
    char *owned[] = {set->name,  set->ns,     set->owner,  set->selector, set->service,
                     set->image, set->root,   set->key,    set->volume,   set->config_map,
                     set->sub_path, set->pwd_from, set->container_name,
                     set->first_init};

    for (size_t i = 0; i < sizeof(owned) / sizeof(owned[0]); i++)
        free(owned[i]);
    strv_done(&set->inits_on_meta);
    *set = (struct restore_set){0};
}

static const json_t *template_spec(const json_t *set)
{
    return json_at(set, "spec", "template", "spec", NULL);
}

/* Does the container's command line hold the text? */
static bool has_word(const json_t *container, const char *text)
{
    static const char *const lists[] = {"command", "args"};
    size_t i;
    json_t *word;

    for (size_t k = 0; k < 2; k++) {
        json_array_foreach(json_object_get(container, lists[k]), i, word)
        {
            if (json_is_string(word) && strstr(json_string_value(word), text) != NULL)
                return true;
        }
    }
    return false;
}

static bool starts_fe(const json_t *container)
{
    return has_word(container, "fe_entrypoint") || has_word(container, "start_fe.sh");
}

/* The FE's container: the one that starts an FE, else the one called "fe"; -1: none. */
static int find_container(const json_t *set)
{
    const json_t *containers = json_object_get(template_spec(set), "containers");
    size_t i;
    json_t *container;

    json_array_foreach((json_t *)containers, i, container)
    {
        if (starts_fe(container))
            return (int)i;
    }
    json_array_foreach((json_t *)containers, i, container)
    {
        if (str_equal(json_str(container, "name"), "fe") ||
            strstr(json_str(container, "image"), "starrocks/fe") != NULL)
            return (int)i;
    }
    return -1;
}

bool restore_set_is_fe(const json_t *set)
{
    const json_t *labels = json_at(set, "spec", "template", "metadata", "labels", NULL);
    const char *component = json_str(labels, COMPONENT);

    return str_equal(component, "fe") || (*component == '\0' && find_container(set) >= 0);
}

static const json_t *fe_container(const json_t *set, const struct restore_set *facts)
{
    return json_array_get(json_object_get(template_spec(set), "containers"), facts->container);
}

static const json_t *environment(const json_t *container, const char *name)
{
    size_t i;
    json_t *variable;

    json_array_foreach(json_object_get(container, "env"), i, variable)
    {
        if (str_equal(json_str(variable, "name"), name))
            return variable;
    }
    return NULL;
}

static const json_t *volume_of(const json_t *set, const char *name)
{
    size_t i;
    json_t *volume;

    json_array_foreach(json_object_get(template_spec(set), "volumes"), i, volume)
    {
        if (str_equal(json_str(volume, "name"), name))
            return volume;
    }
    return NULL;
}

/* Is this where a mounted fe.conf is looked for (fe_entrypoint.sh, or the image's own place)? */
static bool is_conf_place(const struct restore_set *facts, const json_t *container,
                          const char *path)
{
    const char *given = json_str(environment(container, "CONFIGMAP_MOUNT_PATH"), "value");
    AUTO_FREE char *dir = str_format("%s/fe/conf", facts->root);
    AUTO_FREE char *file = str_format("%s/fe.conf", dir);

    return (*given != '\0' && str_equal(path, given)) || str_equal(path, dir) ||
           str_equal(path, file) || str_equal(path, "/etc/starrocks/fe/conf");
}

/* The key of the ConfigMap that becomes the file fe.conf in this mount. free() it. */
static char *conf_key(const json_t *volume, const json_t *mount)
{
    const char *file = json_str(mount, "subPath");
    size_t i;
    json_t *item;

    if (*file == '\0')
        file = "fe.conf";
    json_array_foreach(json_object_get(json_object_get(volume, "configMap"), "items"), i, item)
    {
        if (str_equal(json_str(item, "path"), file))
            return mem_text(json_str(item, "key"));
    }
    return mem_text(file);
}

static void find_conf(const json_t *set, const json_t *container, struct restore_set *ret)
{
    size_t i;
    json_t *mount;

    json_array_foreach(json_object_get(container, "volumeMounts"), i, mount)
    {
        const json_t *volume = volume_of(set, json_str(mount, "name"));
        const char *map = json_str_at(volume, "configMap", "name", NULL);
        if (*map == '\0' || !is_conf_place(ret, container, json_str(mount, "mountPath")))
            continue;
        ret->config_map = mem_text(map);
        ret->key = conf_key(volume, mount);
        return;
    }
    ret->config_map = mem_text("");
    ret->key = mem_text("");
}

static void read_environment(const json_t *container, struct restore_set *ret)
{
    const json_t *pwd = environment(container, "MYSQL_PWD");
    const char *secret = json_str_at(pwd, "valueFrom", "secretKeyRef", "name", NULL);
    const char *root = json_str(environment(container, "STARROCKS_ROOT"), "value");

    ret->root = mem_text(*root == '/' ? root : RESTORE_ROOT);
    ret->by_address = str_equal(json_str(environment(container, "HOST_TYPE"), "value"), "IP");
    if (pwd == NULL)
        ret->pwd_from = mem_text("");
    else if (*secret != '\0')
        ret->pwd_from = str_format("secret %s", secret);
    else
        ret->pwd_from = mem_text("the StatefulSet itself");
}

static void read_probe(const json_t *container, struct restore_set *ret)
{
    const json_t *probe = json_object_get(container, "startupProbe");
    int64_t period = json_int(probe, "periodSeconds"), times = json_int(probe, "failureThreshold");

    ret->probe_period_s = period > 0 ? period : 10; /* defaults of Kubernetes: 10 s, 3 times */
    ret->probe_s = probe == NULL ? -1 : ret->probe_period_s * (times > 0 ? times : 3);
}

char *restore_selector(const json_t *set)
{
    AUTO_STR text = {0};
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)json_at(set, "spec", "selector", "matchLabels", NULL), key, value)
        str_addf(&text, "%s%s=%s", text.len > 0 ? "," : "", key,
                 json_is_string(value) ? json_string_value(value) : "");
    return str_take(&text);
}

static char *owner_name(const json_t *set)
{
    size_t i;
    json_t *owner;

    json_array_foreach((json_t *)json_at(set, "metadata", "ownerReferences", NULL), i, owner)
    {
        if (str_equal(json_str(owner, "kind"), "StarRocksCluster"))
            return mem_text(json_str(owner, "name"));
    }
    return mem_text("");
}

/* Another operator's StatefulSet is its business: it puts back what is changed under it. */
static bool check_owner(const json_t *set, const struct restore_set *facts, struct error *err)
{
    const json_t *owners = json_at(set, "metadata", "ownerReferences", NULL);

    if (json_array_size(owners) == 0 || *facts->owner != '\0')
        return true;
    const json_t *owner = json_array_get(owners, 0);
    error_set(err, ERR_VERDICT, "StatefulSet %s belongs to %s %s, an operator that belay does not "
              "know", facts->name, json_str(owner, "kind"), json_str(owner, "name"));
    return error_hint(err, "restore with that operator's own means: it would put back what is "
                      "changed under it");
}

static bool check_names(const struct restore_set *facts, struct error *err)
{
    const char *names[] = {facts->name, facts->ns, facts->container_name};
    const char *texts[] = {facts->selector, facts->image};
    bool ok = *facts->owner == '\0' || kube_name_ok(facts->owner);

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        ok = ok && kube_name_ok(names[i]);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        ok = ok && restore_plain(texts[i]);
    if (*facts->config_map != '\0')
        ok = ok && kube_name_ok(facts->config_map) && restore_plain(facts->key) &&
             strpbrk(facts->key, "/=,@%+:") == NULL;
    return ok || error_set(err, ERR_UNKNOWN, "StatefulSet %s has a name, label or image that "
                           "cannot be put into a command", facts->name);
}

bool restore_set_read(const json_t *set, struct restore_set *ret, struct error *err)
{
    int container = find_container(set);
    const json_t *spec = json_object_get(set, "spec");
    struct restore_set facts = {0};

    if (container < 0)
        return error_set(err, ERR_UNKNOWN, "StatefulSet %s has no container that looks like a "
                         "frontend", json_str_at(set, "metadata", "name", NULL));
    facts.container = (size_t)container;
    const json_t *fe = fe_container(set, &facts);
    const json_t *grace = json_object_get(template_spec(set), "terminationGracePeriodSeconds");
    facts.name = mem_text(json_str_at(set, "metadata", "name", NULL));
    facts.ns = mem_text(json_str_at(set, "metadata", "namespace", NULL));
    facts.owner = owner_name(set);
    facts.selector = restore_selector(set);
    facts.service = mem_text(json_str(spec, "serviceName"));
    facts.image = mem_text(json_str(fe, "image"));
    facts.container_name = mem_text(json_str(fe, "name"));
    facts.replicas = json_int(spec, "replicas");
    facts.first_init = mem_text(json_str(
        json_array_get(json_object_get(template_spec(set), "initContainers"), 0), "name"));
    facts.in_order = !str_equal(json_str(spec, "podManagementPolicy"), "Parallel");
    facts.grace_s = grace != NULL ? json_integer_value(grace) : GRACE_S;
    facts.official = has_word(fe, "fe_entrypoint");
    facts.claims_die = str_equal(json_str_at(spec, "persistentVolumeClaimRetentionPolicy",
                                             "whenScaled", NULL), "Delete");
    read_environment(fe, &facts);
    read_probe(fe, &facts);
    find_conf(set, fe, &facts);
    if (!check_names(&facts, err) || !check_owner(set, &facts, err)) {
        restore_set_done(&facts);
        return false;
    }
    *ret = facts;
    return true;
}

char *restore_conf_value(const char *conf, const char *key)
{
    char *found = mem_text("");
    size_t key_len = strlen(key);

    for (const char *line = conf; *line != '\0'; line += *line == '\n') {
        const char *end = strchrnul(line, '\n');
        const char *p = line + strspn(line, " \t");
        line = end;
        if (strncmp(p, key, key_len) != 0)
            continue;
        p += key_len;
        p += strspn(p, " \t");
        if (*p != '=')
            continue;
        p += 1 + strspn(p + 1, " \t");
        while (end > p && isspace((unsigned char)end[-1]))
            end--;
        free(found);
        found = mem_textn(p, end > p ? (size_t)(end - p) : 0);
    }
    return found;
}

char *restore_meta_dir(const char *conf, const char *root)
{
    AUTO_FREE char *given = restore_conf_value(conf, "meta_dir");
    static const char home[] = "${STARROCKS_HOME}";

    if (str_starts(given, home))
        return str_format("%s/fe%s", root, given + strlen(home));
    return *given == '/' ? mem_text(given) : str_format("%s/fe/meta", root);
}
