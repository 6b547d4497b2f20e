/* Takes the members of a metadata tree one after another. */
#include "collect.h"

#include <inttypes.h>

#include "mem.h"

void collect_done(struct collect *collect)
{
    char unused[SHA256_HEX];

    if (collect->sha != NULL)
        sha256_finish(collect->sha, unused);
    image_walk_free(collect->image);
    starmgr_walk_free(collect->starmgr);
    je_walk_free(collect->je);
    str_done(&collect->small);
    str_done(&collect->role);
    str_done(&collect->version);
    *collect = (struct collect){0};
}

static void found(struct collect *collect, enum finding_level level, const char *what)
{
    findings_add(&collect->verdict->findings, level, collect->member->name, "%s", what);
}

static void open_walk(struct collect *collect)
{
    const struct meta_member *member = collect->member;

    switch (member->kind) {
    case META_KIND_IMAGE_V1:
    case META_KIND_IMAGE_V2:
        collect->image = image_walk_new(member->id);
        break;
    case META_KIND_STARMGR:
        collect->starmgr = starmgr_walk_new(member->id);
        break;
    case META_KIND_JDB:
        collect->je = je_walk_new(member->id);
        break;
    case META_KIND_CHECKSUM:
    case META_KIND_ROLE:
    case META_KIND_VERSION:
        collect->keep_small = true;
        break;
    case META_KIND_BDB_OTHER:
    case META_KIND_LEFTOVER:
    case META_KIND_MISLEADING:
    case META_KIND_STRAY:
        break;
    }
}

bool collect_begin(struct collect *collect, const char *name)
{
    struct meta_verdict *verdict = collect->verdict;

    collect->name_bytes += strlen(name);
    if (verdict->n_members == META_MEMBERS_MAX || collect->name_bytes > META_NAMES_MAX) {
        findings_add(&verdict->findings, FINDING_UNKNOWN, "",
                     "more than %d files, or names too long: not read further", META_MEMBERS_MAX);
        return false;
    }
    verdict->members = mem_grow(verdict->members, &verdict->cap_members, verdict->n_members + 1,
                                sizeof(*verdict->members));
    collect->member = &verdict->members[verdict->n_members++];
    *collect->member = (struct meta_member){.name = mem_text(name)};
    collect->member->kind = meta_name_kind(name, &collect->member->id);
    collect->sha = sha256_new();
    str_clear(&collect->small);
    collect->keep_small = false;
    open_walk(collect);
    return true;
}

bool collect_data(struct collect *collect, const void *data, size_t len)
{
    struct meta_member *member = collect->member;

    if (len > META_MEMBER_MAX - member->size) {
        found(collect, FINDING_UNKNOWN, "is larger than 64 GiB: not read further");
        return false;
    }
    if (len > META_TOTAL_MAX - collect->total) {
        found(collect, FINDING_UNKNOWN, "all files together pass 256 GiB: not read further");
        return false;
    }
    member->size += len;
    collect->total += len;
    sha256_update(collect->sha, data, len);
    if (collect->image != NULL)
        image_walk_feed(collect->image, data, len);
    if (collect->starmgr != NULL)
        starmgr_walk_feed(collect->starmgr, data, len);
    if (collect->je != NULL)
        je_walk_feed(collect->je, data, len);
    if (collect->keep_small && member->size > COLLECT_SMALL) {
        found(collect, FINDING_DAMAGE, "is far too large to be what its name says");
        collect->keep_small = false;
    } else if (collect->keep_small) {
        str_addn(&collect->small, data, len);
    }
    return true;
}

/* FE reads the whole file with Long.parseLong: a newline at its end stops FE (3.3.5, 4.1.0). */
static void take_checksum(struct collect *collect)
{
    struct meta_member *member = collect->member;
    const char *text = str_text(&collect->small);
    uint64_t sum = 0;

    member->has_sum =
        strlen(text) == collect->small.len && meta_name_number(text, &sum) && sum <= UINT32_MAX;
    if (member->has_sum)
        member->sum = (uint32_t)sum;
    else
        found(collect, FINDING_DAMAGE, "is not a bare number, so FE would stop at start");
}

/* What the member taught, once all of it was read. */
static void keep_facts(struct collect *collect)
{
    struct meta_member *member = collect->member;

    if (collect->image != NULL) {
        member->image = mem_alloc(sizeof(*member->image));
        image_walk_end(collect->image, member->image);
        collect->image = NULL;
    }
    if (collect->starmgr != NULL) {
        member->starmgr = mem_alloc(sizeof(*member->starmgr));
        starmgr_walk_end(collect->starmgr, member->starmgr);
        collect->starmgr = NULL;
    }
    if (collect->je != NULL) {
        member->je = mem_alloc(sizeof(*member->je));
        je_walk_end(collect->je, member->je);
        collect->je = NULL;
    }
    if (!collect->keep_small)
        return;
    if (member->kind == META_KIND_CHECKSUM)
        take_checksum(collect);
    struct str *keep = member->kind == META_KIND_ROLE      ? &collect->role
                       : member->kind == META_KIND_VERSION ? &collect->version
                                                           : NULL;
    if (keep != NULL) {
        str_clear(keep);
        str_addn(keep, str_text(&collect->small), collect->small.len);
    }
}

void collect_end(struct collect *collect, bool whole)
{
    struct meta_member *member = collect->member;

    sha256_finish(collect->sha, member->sha256);
    collect->sha = NULL;
    if (whole) {
        keep_facts(collect);
    } else {
        member->sha256[0] = '\0';
        image_walk_free(collect->image);
        starmgr_walk_free(collect->starmgr);
        je_walk_free(collect->je);
        collect->image = NULL;
        collect->starmgr = NULL;
        collect->je = NULL;
    }
    collect->member = NULL;
}
