/* `kubectl explain`: does the installed CRD know a field? Needs no rights. */
#include "mem.h"
#include "schema.h"
#include "verbs.h"

int verb_explain(struct call *call)
{
    const char *word = args_word(&call->args, 0);
    if (!word)
        return call_fail(call, "error: You must specify the type of resource to explain. Use "
                               "\"kubectl api-resources\" for a complete list of supported "
                               "resources.");
    size_t n = strcspn(word, ".");
    AUTO_FREE char *type = mem_textn(word, n);
    const struct kind *kind = call_kind(call, type);
    if (!kind)
        return 1;
    /* A qualified name ("starrocksclusters.v1.starrocks.com") has no field path. */
    const char *path = word[n] && !kind_find(word) ? word + n + 1 : "";
    if (*kind->group)
        str_addf(&call->out, "GROUP:      %s\n", kind->group);
    str_addf(&call->out, "KIND:       %s\nVERSION:    %s\n\n", kind->kind, kind->version);
    const char *field = strrchr(path, '.') ? strrchr(path, '.') + 1 : path;
    const char *shown = "Object";
    if (str_equal(kind->kind, "StarRocksCluster") && !schema_has(schema_release(call->db), path, &shown))
        return call_fail(call, "error: field \"%s\" does not exist", field);
    if (*path)
        str_addf(&call->out, "FIELD: %s <%s>\n\n\n", field, shown);
    str_add(&call->out, "DESCRIPTION:\n    <empty>\n\n");
    return 0;
}
