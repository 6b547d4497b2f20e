/* Writes one entry of a YAML file. */
#include "yaml_write.h"

#include <string.h>

#include <yaml.h>

#include <belay/str.h>
#include <utf8.h>

static int take(void *ctx, unsigned char *data, size_t len)
{
    str_addn(ctx, data, len);
    return 1;
}

/* The event's own memory goes to the emitter, whatever it answers. */
static bool emit(yaml_emitter_t *emitter, yaml_event_t *event, int made)
{
    return made == 1 && yaml_emitter_emit(emitter, event) == 1;
}

static bool begin_mapping(yaml_emitter_t *emitter)
{
    yaml_event_t event;

    return emit(emitter, &event, yaml_mapping_start_event_initialize(&event, NULL, NULL, 1,
                                                                     YAML_BLOCK_MAPPING_STYLE));
}

static bool end_mapping(yaml_emitter_t *emitter)
{
    yaml_event_t event;

    return emit(emitter, &event, yaml_mapping_end_event_initialize(&event));
}

static bool scalar(yaml_emitter_t *emitter, const char *text)
{
    yaml_event_t event;
    yaml_scalar_style_t style = strchr(text, '\n') != NULL ? YAML_LITERAL_SCALAR_STYLE
                                                           : YAML_ANY_SCALAR_STYLE;

    return emit(emitter, &event,
                yaml_scalar_event_initialize(&event, NULL, NULL, (const yaml_char_t *)text,
                                             (int)strlen(text), 1, 1, style));
}

static bool entry(yaml_emitter_t *emitter, const char *key, const char *about, const char *name,
                  const char *text)
{
    if (!begin_mapping(emitter) || !scalar(emitter, key))
        return false;
    if (about == NULL)
        return scalar(emitter, text) && end_mapping(emitter);
    return begin_mapping(emitter) && scalar(emitter, "about") && scalar(emitter, about) &&
           scalar(emitter, name) && scalar(emitter, text) && end_mapping(emitter) &&
           end_mapping(emitter);
}

static bool document(yaml_emitter_t *emitter, const char *key, const char *about, const char *name,
                     const char *text)
{
    yaml_event_t event;

    return emit(emitter, &event, yaml_stream_start_event_initialize(&event, YAML_UTF8_ENCODING)) &&
           emit(emitter, &event,
                yaml_document_start_event_initialize(&event, NULL, NULL, NULL, 1)) &&
           entry(emitter, key, about, name, text) &&
           emit(emitter, &event, yaml_document_end_event_initialize(&event, 1)) &&
           emit(emitter, &event, yaml_stream_end_event_initialize(&event));
}

bool yaml_add_entry(const char *key, const char *about, const char *name, const char *text,
                    struct str *ret, struct error *err)
{
    yaml_emitter_t emitter;
    AUTO_STR done = {0};

    if (!utf8_valid(key, strlen(key)) || !utf8_valid(text, strlen(text)) ||
        (about != NULL && !utf8_valid(about, strlen(about))))
        return error_set(err, ERR_FAILED, "what is no UTF-8 cannot be kept in YAML");
    if (!yaml_emitter_initialize(&emitter))
        return error_set(err, ERR_FAILED, "YAML cannot be written");
    yaml_emitter_set_output(&emitter, take, &done);
    yaml_emitter_set_unicode(&emitter, 1);
    yaml_emitter_set_width(&emitter, -1);
    bool ok = document(&emitter, key, about, name, text) ||
              error_set(err, ERR_FAILED, "YAML cannot be written: %s",
                        emitter.problem != NULL ? emitter.problem : "no memory");
    yaml_emitter_delete(&emitter);
    if (ok)
        str_addn(ret, str_text(&done), done.len);
    return ok;
}
