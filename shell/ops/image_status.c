/* What images each FE's pod holds. */
#include <inttypes.h>

#include <belay/backup.h>
#include <belay/cluster.h>
#include <belay/journal.h>
#include <belay/pods.h>
#include <belay/str.h>

#include "image_files.h"
#include "session_inside.h"

static const char *const columns[] = {"fe",       "journal_id", "image_id",       "v2_file",
                                      "checksum", "starmgr_id", "starmgr_before", "part_files",
                                      "verdict"};

/* The starmgr image that the latest run noted before its CREATE IMAGE; appends, or nothing. */
static void noted_before(struct session *session, const char *cluster_id, struct str *ret)
{
    AUTO_FREE char *dir = session_dir(session, cluster_id, NULL);
    AUTO_STRV runs = {0};

    if (dir == NULL)
        return;
    journal_list(dir, &runs);
    for (size_t i = runs.n; i > 0 && ret->len == 0; i--) {
        struct journal_file file = {0};
        json_t *record;
        size_t k;
        if (!journal_read(dir, runs.v[i - 1], &file, NULL))
            continue;
        json_array_foreach(file.records, k, record)
        {
            if (str_equal(json_str(record, "slot"), "starmgr_before") && ret->len == 0)
                str_add(ret, json_str(record, "value"));
        }
        journal_file_done(&file);
    }
}

/* The checksum column; true when nothing is wrong with it. */
static bool judge_sum(struct kube *kube, const char *pod, const struct image_file *v2,
                      const struct image_files *files, struct result *ret, size_t row,
                      struct str *verdict)
{
    AUTO_FREE char *name = str_format("image/v2/checksum.%" PRIu64, v2->id);
    AUTO_STR text = {0};
    enum answer answer = ANSWER_NO;

    if (image_files_find(files, name) == NULL) {
        result_set_text(ret, row, "checksum", "missing");
        str_addf(verdict, "%s is missing", name);
        return false;
    }
    answer = image_files_check_sum(kube, pod, v2->id, &text);
    result_set_text(ret, row, "checksum",
                    answer == ANSWER_YES  ? "ok"
                    : answer == ANSWER_NO ? "differs"
                                          : "cannot tell");
    if (answer != ANSWER_YES)
        str_add(verdict, str_text(&text));
    return answer == ANSWER_YES;
}

static void judge_files(struct kube *kube, const struct frontend *fe,
                        const struct image_files *files, struct result *ret, size_t row)
{
    const struct image_file *v2 = image_files_newest(files, META_KIND_IMAGE_V2);
    const struct image_file *v1 = image_files_newest(files, META_KIND_IMAGE_V1);
    const struct image_file *starmgr = image_files_newest(files, META_KIND_STARMGR);
    AUTO_STR unfinished = {0};
    AUTO_STR verdict = {0};
    uint64_t id = v2 != NULL ? v2->id : 0;

    if (v1 != NULL && v1->id > id)
        id = v1->id;
    if (id > 0)
        result_set_f(ret, row, "image_id", "%" PRIu64, id);
    if (starmgr != NULL)
        result_set_f(ret, row, "starmgr_id", "%" PRIu64, starmgr->id);
    bool writing = image_files_unfinished(files, &unfinished);
    result_set_text(ret, row, "part_files", writing ? unfinished.s : "");
    if (v2 != NULL)
        result_set_text(ret, row, "v2_file", v2->name);
    if (id == 0)
        str_add(&verdict, "no image");
    else if (v2 == NULL)
        str_add(&verdict, "no v2 image: nothing proves it, and 3.5 cannot load it");
    else if (judge_sum(kube, fe->pod, v2, files, ret, row, &verdict) && v2->id < id)
        str_addf(&verdict, "the newest image %" PRIu64 " has no v2 file", id);
    if (writing)
        str_addf(&verdict, "%sunfinished", verdict.len > 0 ? "; " : "");
    result_set_text(ret, row, "verdict", verdict.len > 0 ? verdict.s : "whole");
}

static void one_row(struct session *session, const struct frontend *fe, const char *before,
                    struct result *ret)
{
    AUTO_ERROR err = {0};
    struct kube *kube = session_kube(session, &err);
    struct image_files files = {0};
    size_t row = result_row(ret);

    result_set_text(ret, row, "fe", *fe->pod != '\0' ? fe->pod : fe->host);
    result_set_f(ret, row, "journal_id", "%" PRId64, fe->journal_id);
    if (*before != '\0')
        result_set_text(ret, row, "starmgr_before", before);
    if (kube != NULL && *fe->pod == '\0')
        error_set(&err, ERR_UNKNOWN, "it belongs to no pod that belay knows");
    else if (kube != NULL && image_files_read(kube, fe->pod, IMAGE_LIST_IMAGES, &files, &err))
        judge_files(kube, fe, &files, ret, row);
    if (err.code != ERR_NONE) {
        AUTO_FREE char *text = str_format("cannot tell: %s", err.message);
        result_set_text(ret, row, "verdict", text);
    }
    image_files_done(&files);
}

bool image_status(struct session *session, struct result *ret, struct error *err)
{
    struct cluster cluster = {.leader = -1};
    AUTO_STR before = {0};
    AUTO_STR note = {0};

    if (!cluster_read(session, false, &cluster, err))
        return false;
    pods_check_frontends(session, &cluster, &note);
    noted_before(session, cluster.id, &before);
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        bool number = i == 1 || i == 2 || i == 5 || i == 6;
        result_column(ret, columns[i], number ? COLUMN_NUMBER : COLUMN_TEXT);
    }
    for (size_t i = 0; i < cluster.n_frontends; i++)
        one_row(session, &cluster.frontends[i], str_text(&before), ret);
    cluster_done(&cluster);
    return true;
}
