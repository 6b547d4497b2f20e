/* `kubectl auth can-i` and `auth whoami`: questions about one's own rights. */
#include "print.h"
#include "verbs.h"

static int answer(struct call *call, bool yes)
{
    if (!args_flag(call->args.quiet))
        str_add(&call->out, yes ? "yes\n" : "no\n");
    return yes ? 0 : 1;
}

/*
 * can-i VERB TYPE[/NAME]: "pods/exec" asks about a pod of that name, not about the subresource,
 * which is --subresource (recorded). A type that nobody knows is asked all the same: an admin may.
 */
static int can_i(struct call *call)
{
    const char *verb = args_word(&call->args, 1), *type = args_word(&call->args, 2);
    if (!verb || !type)
        return call_fail(call, "error: you must specify two or three arguments: verb, resource, "
                               "and optional resourceName");
    AUTO_FREE char *word = str_format("%.*s", (int)strcspn(type, "/"), type);
    const struct kind *kind = kind_find(word);
    if (kind)
        return answer(call, call_may(call, verb, kind, call->args.subresource));
    str_addf(&call->err, "Warning: the server doesn't have a resource type '%s'\n\n", word);
    return answer(call, call_may(call, "patch", kind_find("starrocksclusters"), NULL) &&
                            call_may(call, "create", kind_pods(), NULL));
}

int verb_auth(struct call *call)
{
    const char *what = args_word(&call->args, 0);
    if (str_equal(what, "can-i"))
        return can_i(call);
    if (str_equal(what, "whoami")) {
        AUTO_JSON *review =
            json_pack("{s:s,s:s,s:{},s:{s:{s:s,s:[s]}}}", "kind", "SelfSubjectReview", "apiVersion",
                      "authentication.k8s.io/v1", "metadata", "status", "userInfo", "username",
                      call->user, "groups", "system:authenticated");
        AUTO_JSON *one = json_pack("[O]", review);
        return print_objects(call, kind_pods(), one, false);
    }
    return call_fail(call, "error: unknown command \"auth %s\"", what ? what : "");
}
