/* What the members of a metadata tree mean together: the verdict, and what a restore would lack. */
#include <inttypes.h>
#include <strings.h>

#include "collect.h"
#include "mem.h"
#include "properties.h"

/* The newest image of one kind, or NULL. */
static const struct meta_member *newest(const struct meta_verdict *verdict, enum meta_kind kind)
{
    const struct meta_member *best = NULL;

    for (size_t i = 0; i < verdict->n_members; i++) {
        const struct meta_member *member = &verdict->members[i];
        if (member->kind == kind && (best == NULL || member->id > best->id))
            best = member;
    }
    return best;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct meta_member *)a)->name, ((const struct meta_member *)b)->name);
}

static void sort_members(struct meta_verdict *verdict)
{
    if (verdict->n_members < 2)
        return;
    qsort(verdict->members, verdict->n_members, sizeof(*verdict->members), by_name);
    for (size_t i = 1; i < verdict->n_members; i++) {
        if (str_equal(verdict->members[i - 1].name, verdict->members[i].name))
            findings_add(&verdict->findings, FINDING_DAMAGE, verdict->members[i].name,
                         "is there twice");
    }
}

static int by_case(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* On a disk where letter case does not count one would be written over the other. */
static void find_case_clash(struct meta_verdict *verdict)
{
    const char **names = mem_array(verdict->n_members + 1, sizeof(*names));

    for (size_t i = 0; i < verdict->n_members; i++)
        names[i] = verdict->members[i].name;
    qsort(names, verdict->n_members, sizeof(*names), by_case);
    for (size_t i = 1; i < verdict->n_members; i++) {
        if (strcasecmp(names[i - 1], names[i]) == 0 && !str_equal(names[i - 1], names[i]))
            findings_add(&verdict->findings, FINDING_DAMAGE, names[i],
                         "differs from %s in letter case alone", names[i - 1]);
    }
    free(names);
}

/* How bad it is that a file was not found. */
static enum finding_level missing(const struct collect *collect)
{
    return collect->incomplete ? FINDING_UNKNOWN : FINDING_DAMAGE;
}

/* Compares a v2 image with its checksum file. FE loads only the newest image. true: it agrees. */
static bool judge_checksum(struct collect *collect, const struct meta_member *member,
                           bool is_newest)
{
    struct meta_verdict *verdict = collect->verdict;
    const struct image_facts *image = member->image;
    char name[64];

    snprintf(name, sizeof(name), "image/v2/checksum.%" PRIu64, member->id);
    const struct meta_member *sum = meta_member_find(verdict, name);
    if (sum == NULL)
        findings_add(&verdict->findings, is_newest ? missing(collect) : FINDING_NOTE, name,
                     is_newest ? "is missing, so FE would stop at start"
                               : "is missing, but a newer image is there");
    if (sum == NULL || !sum->has_sum)
        return false; /* a checksum file that is no number has its own finding */
    if (sum->sum != image->crc32) {
        findings_add(&verdict->findings, FINDING_DAMAGE, member->name,
                     "its checksum is %" PRIu32 ", but checksum.%" PRIu64 " says %" PRIu32,
                     image->crc32, member->id, sum->sum);
        return false;
    }
    if (image->state == IMAGE_UNPROVABLE)
        findings_add(&verdict->findings, FINDING_UNKNOWN, member->name, "%s", image->why);
    return true;
}

/* The form of an FE image. true: nothing wrong was found. */
static bool judge_form(struct meta_verdict *verdict, const struct meta_member *member)
{
    const struct image_facts *image = member->image;
    bool v2 = member->kind == META_KIND_IMAGE_V2;

    if (image == NULL)
        return false; /* a finding has said why it was not read */
    if (image->state == IMAGE_DAMAGED) {
        findings_add(&verdict->findings, FINDING_DAMAGE, member->name, "%s", image->why);
        return false;
    }
    if (v2 != (image->format == IMAGE_FORMAT_V2) && image->format != IMAGE_FORMAT_UNKNOWN) {
        findings_add(&verdict->findings, FINDING_DAMAGE, member->name,
                     "holds an image of format %s", image_format_name(image->format));
        return false;
    }
    return true;
}

/* A v1 image: proved only by the v2 image of the same journal id, which has the same blocks. */
static void judge_v1(struct meta_verdict *verdict, const struct meta_member *member,
                     const struct meta_member *best_v2)
{
    const struct image_facts *image = member->image;

    if (!judge_form(verdict, member))
        return;
    if (best_v2 != NULL && best_v2->id == member->id && best_v2->image != NULL &&
        best_v2->image->state == IMAGE_WHOLE && best_v2->image->blocks != image->blocks)
        findings_add(&verdict->findings, FINDING_DAMAGE, member->name,
                     "has %" PRIu32 " blocks, image/v2/image.%" PRIu64 " has %" PRIu32,
                     image->blocks, member->id, best_v2->image->blocks);
    else if (best_v2 == NULL || best_v2->id < member->id)
        findings_add(&verdict->findings, FINDING_UNKNOWN, member->name, "%s", image->why);
}

/* The journal file after this one (members are in the order of their names), or NULL. */
static const struct meta_member *next_jdb(const struct meta_verdict *verdict,
                                          const struct meta_member *member)
{
    const struct meta_member *end = verdict->members + verdict->n_members;

    for (member++; member < end; member++) {
        if (member->kind == META_KIND_JDB)
            return member;
    }
    return NULL;
}

/*
 * One journal file. JE drops a torn entry at the end of the last file when it opens the journal, so
 * one there may come from a copy of a running FE, or from a copy that stopped too early.
 */
static void judge_jdb(struct meta_verdict *verdict, const struct meta_member *member,
                      const struct meta_member *next)
{
    struct findings *findings = &verdict->findings;
    const struct je_facts *je = member->je;

    verdict->jdb_files++;
    verdict->jdb_bytes += member->size;
    if (je == NULL)
        return; /* a finding has said why it was not read */
    verdict->jdb_entries += je->entries;
    if (je->state == JE_DAMAGED)
        findings_add(findings, FINDING_DAMAGE, member->name, "%s", je->why);
    else if (je->state == JE_TORN && next != NULL)
        findings_add(findings, FINDING_DAMAGE, member->name, "%s, and a newer file follows",
                     je->why);
    else if (je->state == JE_TORN)
        findings_add(findings, FINDING_UNKNOWN, member->name,
                     "%s: it was copied while FE wrote, or the copy is too short", je->why);
    else if (next != NULL && next->id == member->id + 1 && next->je != NULL &&
             next->je->entries > 0 && next->je->prev_last != je->last_entry)
        findings_add(findings, FINDING_DAMAGE, member->name,
                     "ends at another entry than the file after it says");
}

static void judge_member(struct collect *collect, const struct meta_member *member,
                         const struct meta_member *best_v2)
{
    struct meta_verdict *verdict = collect->verdict;
    struct findings *findings = &verdict->findings;

    switch (member->kind) {
    case META_KIND_IMAGE_V1:
        judge_v1(verdict, member, best_v2);
        break;
    case META_KIND_IMAGE_V2: {
        bool ok = judge_form(verdict, member) && judge_checksum(collect, member, member == best_v2);
        if (member == best_v2)
            verdict->checksum_ok = ok;
        break;
    }
    case META_KIND_STARMGR:
        if (member->starmgr != NULL && member->starmgr->state != IMAGE_WHOLE)
            findings_add(findings,
                         member->starmgr->state == IMAGE_DAMAGED ? FINDING_DAMAGE : FINDING_UNKNOWN,
                         member->name, "%s", member->starmgr->why);
        break;
    case META_KIND_JDB:
        judge_jdb(verdict, member, next_jdb(verdict, member));
        break;
    case META_KIND_LEFTOVER:
        verdict->leftovers++;
        findings_add(findings, FINDING_NOTE, member->name,
                     "is unfinished: an image was being written or fetched while this was copied");
        break;
    case META_KIND_MISLEADING:
        findings_add(findings, FINDING_DAMAGE, member->name,
                     "FE takes an image id from this name and then finds no such image");
        break;
    case META_KIND_STRAY:
        findings_add(findings, FINDING_NOTE, member->name, "is no file of FE's metadata");
        break;
    case META_KIND_CHECKSUM:
    case META_KIND_ROLE:
    case META_KIND_VERSION:
    case META_KIND_BDB_OTHER:
        break;
    }
}

static char *property(const struct str *text, const char *key)
{
    AUTO_STR value = {0};

    if (!properties_get(str_text(text), text->len, key, &value) || value.len == 0 ||
        strlen(str_text(&value)) != value.len)
        return NULL;
    return str_take(&value);
}

/* Read as FE's persist/Storage.java reads them: an unknown role or no clusterId stops FE. */
static void judge_identity(struct collect *collect)
{
    struct meta_verdict *verdict = collect->verdict;
    const struct meta_member *role = meta_member_find(verdict, "image/ROLE");
    const struct meta_member *version = meta_member_find(verdict, "image/VERSION");
    AUTO_FREE char *cluster = property(&collect->version, "clusterId");
    uint64_t id = 0;

    verdict->has_role = role != NULL;
    verdict->has_version = version != NULL;
    verdict->role = property(&collect->role, "role");
    verdict->node_name = property(&collect->role, "name");
    verdict->host_type = property(&collect->role, "hostType");
    verdict->run_mode = property(&collect->version, "runMode");
    if (cluster != NULL && meta_name_number(cluster, &id) && id > 0 && id <= INT32_MAX)
        verdict->cluster_id = (int64_t)id;
    if (role != NULL && *role->sha256 != '\0' && !str_equal(verdict->role, "FOLLOWER") &&
        !str_equal(verdict->role, "OBSERVER"))
        findings_add(&verdict->findings, FINDING_DAMAGE, role->name,
                     "names neither FOLLOWER nor OBSERVER, so FE would stop at start");
    if (version != NULL && *version->sha256 != '\0' && verdict->cluster_id == 0)
        findings_add(&verdict->findings, FINDING_DAMAGE, version->name,
                     "has no clusterId, so FE would stop at start");
    if ((role == NULL) != (version == NULL))
        findings_add(&verdict->findings, missing(collect),
                     role == NULL ? "image/ROLE" : "image/VERSION",
                     "is missing while the other of ROLE and VERSION is there: FE would stop at "
                     "start");
}

/* FE 3.2 to 3.4 load the image with the larger id, v2 on a tie: persist/ImageLoader.java. */
static void choose_image(struct meta_verdict *verdict, const struct meta_member *v2)
{
    const struct meta_member *v1 = newest(verdict, META_KIND_IMAGE_V1);
    const struct meta_member *best = v2 == NULL || (v1 != NULL && v1->id > v2->id) ? v1 : v2;
    const struct meta_member *starmgr = newest(verdict, META_KIND_STARMGR);

    if (best != v2)
        verdict->checksum_ok = false;
    if (best != NULL) {
        verdict->image_id = best->id;
        verdict->image_format = best->image == NULL ? IMAGE_FORMAT_UNKNOWN : best->image->format;
    } else {
        findings_add(&verdict->findings, FINDING_UNKNOWN, "",
                     verdict->jdb_files > 0 ? "there is no image: only the journal could prove it"
                                            : "there is neither an image nor a journal");
    }
    verdict->starmgr_id = starmgr == NULL ? 0 : starmgr->id;
}

static void list_lacks(struct meta_verdict *verdict)
{
    struct strv *lacks = &verdict->lacks;
    bool shared_data = str_equal(verdict->run_mode, "shared_data");

    if (verdict->jdb_files == 0 && verdict->image_id > 0)
        strv_addf(lacks,
                  "no bdb: what was journaled after image %" PRIu64
                  " is lost, and FE starts only with start_with_incomplete_meta = true",
                  verdict->image_id);
    if (shared_data && verdict->starmgr_id == 0)
        strv_add(lacks, verdict->jdb_files > 0
                            ? "no starmgr image: only the journal in bdb knows the shards"
                            : "no starmgr image and no bdb: the shards of the tables are unknown, "
                              "their data could not be read");
    if (!verdict->has_role && !verdict->has_version)
        strv_add(lacks, "no ROLE and VERSION: FE would start as a new, empty cluster or ask a "
                        "helper for its identity");
    if (verdict->has_version && verdict->run_mode == NULL)
        strv_add(lacks, "no run mode in VERSION: shared-data or not cannot be told from it");
    if (verdict->image_id > 0 && verdict->image_format != IMAGE_FORMAT_V2)
        strv_add(lacks, "no current image/v2: FE 3.5 and later cannot load it");
}

void collect_judge(struct collect *collect)
{
    struct meta_verdict *verdict = collect->verdict;

    collect->incomplete = verdict->findings.unknown > 0;
    sort_members(verdict);
    find_case_clash(verdict);
    const struct meta_member *v2 = newest(verdict, META_KIND_IMAGE_V2);
    for (size_t i = 0; i < verdict->n_members; i++)
        judge_member(collect, &verdict->members[i], v2);
    judge_identity(collect);
    choose_image(verdict, v2);
    list_lacks(verdict);
    verdict->state = verdict->findings.damage > 0    ? META_DAMAGED
                     : verdict->findings.unknown > 0 ? META_CANNOT_TELL
                                                     : META_WHOLE;
}
