/* Output forms of kubectl. */
#include "print.h"

#include <inttypes.h>

#include "clock.h"
#include "jsonpath.h"
#include "table.h"

void print_sorted_keys(const json_t *object, struct strv *ret)
{
    const char *key;
    json_t *value;
    json_object_foreach ((json_t *)object, key, value)
        strv_add(ret, key);
    strv_sort(ret);
}

/* encoding/json escapes these three inside strings, the only place where JSON has them. */
static void add_escaped(struct str *ret, const char *json)
{
    for (const char *p = json; *p; p++) {
        if (*p == '<' || *p == '>' || *p == '&')
            str_addf(ret, "\\u%04x", (unsigned)*p);
        else
            str_addc(ret, *p);
    }
}

void print_json(const json_t *value, size_t indent, bool keep_order, struct str *ret)
{
    char *text = json_dumps(value, JSON_INDENT(indent) | JSON_ENCODE_ANY |
                                       (keep_order ? 0 : JSON_SORT_KEYS));
    add_escaped(ret, text);
    str_addc(ret, '\n');
    free(text);
}

void print_value(const json_t *value, struct str *ret)
{
    if (json_is_string(value)) {
        str_add(ret, json_string_value(value));
    } else if (value) {
        AUTO_FREE char *text = json_canonical(value);
        add_escaped(ret, text);
    }
}

static json_t *as_list(const json_t *objects)
{
    return json_pack("{s:s,s:s,s:{s:s},s:O}", "apiVersion", "v1", "kind", "List", "metadata",
                     "resourceVersion", "", "items", objects);
}

static int print_jsonpath(struct call *call, const char *template, const json_t *value)
{
    AUTO_STR problem = {0};
    AUTO_STR text = {0};
    if (!jsonpath_print(template, value, &text, &problem))
        return call_fail(call,
                         "error: error executing jsonpath \"%s\": Error executing template: %s. "
                         "Printing more information for debugging the template:\n\ttemplate was:\n"
                         "\t\t%s",
                         template, str_text(&problem), template);
    str_addn(&call->out, str_text(&text), text.len);
    return 0;
}

/* Prints one value in a form other than name or table; -1: the form is unknown. */
static int print_form(struct call *call, const char *form, const json_t *value)
{
    if (str_equal(form, "json")) {
        print_json(value, 4, false, &call->out);
        return 0;
    }
    if (str_equal(form, "yaml")) {
        print_yaml(value, &call->out);
        return 0;
    }
    if (str_starts(form, "jsonpath="))
        return print_jsonpath(call, form + strlen("jsonpath="), value);
    call_fail(call,
              "error: unable to match a printer suitable for the output format \"%s\", allowed "
              "formats are: custom-columns,custom-columns-file,go-template,go-template-file,json,"
              "jsonpath,jsonpath-as-json,jsonpath-file,name,template,templatefile,wide,yaml",
              form);
    return 1;
}

int print_objects(struct call *call, const struct kind *kind, const json_t *objects, bool list)
{
    const char *form = call->args.output;
    if (!form || str_equal(form, "wide")) {
        table_print(call, kind, objects);
        return 0;
    }
    if (str_equal(form, "name")) {
        size_t i;
        json_t *object;
        json_array_foreach (objects, i, object) {
            const struct kind *own =
                kind_of_manifest(json_str(object, "apiVersion"), json_str(object, "kind"));
            AUTO_FREE char *name = kind_object(own ? own : kind,
                                               json_str_at(object, "metadata", "name", NULL));
            str_addf(&call->out, "%s\n", name);
        }
        return 0;
    }
    AUTO_JSON *value = list ? as_list(objects) : json_incref(json_array_get(objects, 0));
    return print_form(call, form, value);
}

int print_result(struct call *call, const struct kind *kind, const json_t *object,
                 const char *done)
{
    if (call->args.output) {
        AUTO_JSON *one = json_pack("[O]", object);
        return print_objects(call, kind, one, false);
    }
    AUTO_FREE char *name = kind_object(kind, json_str_at(object, "metadata", "name", NULL));
    str_addf(&call->out, "%s %s\n", name, done);
    return 0;
}
