/* Writes and reads saved plans. */
#include "plan_file.h"

#include <belay/str.h>
#include <file.h>

#include "guided.h"
#include "shell_inside.h"

#define MAX_PLAN_FILE ((size_t)256 << 20)

/* For people who look into the file: nothing is read from it. */
static json_t *as_json(const struct plan *plan)
{
    AUTO_STR text = {0};

    plan_canonical(plan, &text);
    return json_parse(text.s, text.len, text.len, NULL);
}

bool plan_file_save(const char *path, const struct plan *plan, const json_t *facts,
                    struct error *err)
{
    AUTO_JSON *object = json_object();
    json_t *words = json_array();
    AUTO_FREE char *full = file_expand_home(path);

    for (size_t i = 0; i < plan->args.n; i++)
        json_add_str(words, plan->args.v[i]);
    json_put_int(object, "belay_plan", 1);
    json_put_str(object, "belay", BELAY_VERSION);
    json_put_str(object, "command", plan->command);
    json_put(object, "args", words);
    json_put_str(object, "digest", plan->digest);
    json_put(object, "plan", as_json(plan));
    json_put(object, "facts", json_incref((json_t *)facts));
    AUTO_FREE char *text = json_dumps(object, JSON_INDENT(1) | JSON_SORT_KEYS);
    AUTO_FREE char *line = str_format("%s\n", text);
    return file_write_atomic(full, line, strlen(line), 0600, err);
}

static bool are_texts(const json_t *array)
{
    json_t *one;
    size_t i;

    json_array_foreach(array, i, one)
    {
        if (!json_is_string(one))
            return false;
    }
    return json_is_array(array);
}

json_t *plan_file_read(const char *path, struct error *err)
{
    AUTO_STR text = {0};
    AUTO_FREE char *full = file_expand_home(path);

    if (!file_read(full, MAX_PLAN_FILE, &text, err))
        return NULL;
    json_t *file = json_parse(str_text(&text), text.len, MAX_PLAN_FILE, err);
    if (file != NULL && json_int(file, "belay_plan") == 1 &&
        json_is_object(json_object_get(file, "facts")) &&
        are_texts(json_object_get(file, "args")))
        return file;
    json_decref(file);
    error_done(err);
    error_set(err, ERR_USAGE, "%s is not a saved plan of belay", path);
    return NULL;
}

struct plan *plan_file_plan(const json_t *file, struct error *err)
{
    const struct command *command = dispatch_find(json_str(file, "command"));
    struct command_input input = {0};

    if (command == NULL || command->plan == NULL) {
        error_set(err, ERR_USAGE, "the saved plan is of an unknown command: %s",
                  json_str(file, "command"));
        return NULL;
    }
    if (!input_parse_recorded(command, json_object_get(file, "args"), &input, err))
        return NULL;
    struct plan *plan = guided_plan(command, &input, json_object_get(file, "facts"), err);
    input_done(&input);
    return plan;
}
