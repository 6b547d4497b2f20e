/*
 * Has the leader's image reached the other frontends? It tells each to pull it, once a minute until all
 * have it, and keeps the journals of before as long as one has not (StarRocks fe-core
 * leader/CheckpointController.java, http/meta/MetaService.java). While one is pulled it is called
 * image.N.part. SHOW_HA over HTTP knows ids that v2 has not yet on 3.3 (recorded on 3.3.5): files count.
 */
#include "image_pushed.h"

#include <inttypes.h>

#include <belay/str.h>

#include "image_files.h"
#include "image_place.h"
#include "kinds.h"
#include "session_inside.h"

static void judge(const struct image_place *place, const struct image_files *files, uint64_t least, bool v1,
                  struct evidence *ret)
{
    const char *dir = v1 ? "image" : "image/v2";
    const struct image_file *image = image_files_newest(files, v1 ? META_KIND_IMAGE_V1 : META_KIND_IMAGE_V2);
    uint64_t id = image != NULL ? image->id : 0;
    AUTO_FREE char *sum = str_format("image/v2/checksum.%" PRIu64, id);
    AUTO_STR unfinished = {0};
    AUTO_STR text = {0};

    if (id < least) {
        image_files_unfinished(files, &unfinished);
        evidence_set(ret, ANSWER_NO, "%s: the newest in %s is image.%" PRIu64 ", wanted is %" PRIu64
                     " or later%s%s", place->pod, dir, id, least,
                     unfinished.len > 0 ? "; unfinished: " : "", str_text(&unfinished));
    } else if (v1) {
        evidence_set(ret, ANSWER_YES, "%s: image.%" PRIu64, place->pod, id);
    } else if (image_files_find(files, sum) == NULL) {
        evidence_set(ret, ANSWER_NO, "%s: %s is missing yet", place->pod, sum);
    } else {
        enum answer answer = image_files_check_sum(place->kube, place->pod, id, &text);
        if (answer == ANSWER_YES)
            evidence_set(ret, answer, "%s: image.%" PRIu64, place->pod, id);
        else
            evidence_set(ret, answer, "%s: %s", place->pod, str_text(&text));
    }
}

void image_pushed_ask(struct world *world, const char *pod, const char *least, const char *form,
                      struct evidence *ret)
{
    struct image_place place = {0};
    struct image_files files = {0};
    AUTO_ERROR err = {0};
    uint64_t id = 0;

    if (!meta_name_number(least, &id))
        evidence_set(ret, ANSWER_CANNOT_TELL, "\"%s\" is no journal id", least);
    else if (image_place_open(session_of(world), pod, &place, &err) &&
             image_files_read(place.kube, place.pod, IMAGE_LIST_IMAGES, &files, &err))
        judge(&place, &files, id, str_equal(form, "v1"), ret);
    else
        evidence_failed(ret, NULL, &err);
    image_files_done(&files);
    image_place_done(&place);
}

/* --- image_pushed: least id, "v1" or "v2", pod… -------------------------------------------------- */

static void ask_one(struct world *world, const struct strv *args, struct evidence *ret)
{
    AUTO_STR all = {0};

    for (size_t i = 2; i < args->n; i++) {
        struct evidence one = {0};
        image_pushed_ask(world, args->v[i], args->v[0], args->v[1], &one);
        if (one.answer != ANSWER_YES) {
            evidence_set(ret, one.answer, "%s", one.text);
            evidence_done(&one);
            return;
        }
        str_addf(&all, "%s%s", all.len > 0 ? ", " : "", one.text);
        evidence_done(&one);
    }
    evidence_set(ret, all.len > 0 ? ANSWER_YES : ANSWER_CANNOT_TELL, "%s", str_text(&all));
}

static void ask(struct world *world, const struct probe *const *probes, size_t n, struct evidence *ret)
{
    for (size_t i = 0; i < n; i++)
        ask_one(world, &probes[i]->args, &ret[i]);
}

static void say(const struct probe *probe, struct str *ret)
{
    str_addf(ret, "an image of journal id %s or later is whole on the disk of", probe->args.v[0]);
    for (size_t i = 2; i < probe->args.n; i++)
        str_addf(ret, "%s %s", i > 2 ? "," : "", probe->args.v[i]);
}

const struct probe_kind probe_image_pushed = {"image_pushed", ask, say};
