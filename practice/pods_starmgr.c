/*
 * Images of the star manager, meta/image/starmgr/image.N.
 *
 * Layout, read from files that FEs 3.3.5, 3.5.16 and 4.1.0 wrote: the bytes "STARMGR1"; a header
 * message with its length in front (1 time in ms, 2 journal id, 3 next id, 4 digest algorithm,
 * 5 leader {1 host, 2 port}, 10 MD5 of the header without this field); sections, each a message
 * {1 type} followed by chunks (length, bytes; length 0 ends); a section of type 1 closes them; a
 * footer {1: MD5} over everything between header and footer. The content of a section is built
 * the same way once more: a header {1 algorithm, …counts}, sections, closing section, footer.
 */
#include "pods.h"

#include <inttypes.h>
#include <openssl/evp.h>

#include "clock.h"
#include "digest.h"
#include "pods_bytes.h"

enum {
    SECTION_DONE = 1,
    SECTION_SERVICE_MGR = 102,
    SECTION_WORKER_MGR = 103,
    SECTION_WORKER_GROUPS = 122,
    SECTION_WORKERS = 123,
    SECTION_TEMPLATES = 162,
    SECTION_SERVICES = 163
};

#define MD5_LEN 16

static void md5_of(const void *data, size_t len, unsigned char ret[MD5_LEN])
{
    unsigned int n = MD5_LEN;
    EVP_Digest(data, len, ret, &n, EVP_md5(), NULL);
}

static void field_int(struct str *ret, unsigned field, uint64_t value)
{
    bytes_varint(ret, (uint64_t)field << 3);
    bytes_varint(ret, value);
}

static void field_bytes(struct str *ret, unsigned field, const void *data, size_t len)
{
    bytes_varint(ret, (uint64_t)field << 3 | 2);
    bytes_varint(ret, len);
    str_addn(ret, data, len);
}

static void field_text(struct str *ret, unsigned field, const char *text)
{
    field_bytes(ret, field, text, strlen(text));
}

/* A message with its length in front. */
static void add_message(struct str *ret, const struct str *message)
{
    bytes_varint(ret, message->len);
    str_addn(ret, message->s, message->len);
}

static void add_section_header(struct str *ret, uint64_t type)
{
    AUTO_STR head = {0};
    field_int(&head, 1, type);
    add_message(ret, &head);
}

/* Section header, the content in chunks of at most 4 KiB, the end mark. */
static void add_section(struct str *ret, uint64_t type, const struct str *content)
{
    add_section_header(ret, type);
    for (size_t at = 0; at < content->len;) {
        size_t n = content->len - at < 4096 ? content->len - at : 4096;
        bytes_varint(ret, n);
        str_addn(ret, content->s + at, n);
        at += n;
    }
    bytes_varint(ret, 0);
}

/* Closing section and footer; the digest covers ret from byte `from` on. */
static void add_end(struct str *ret, size_t from)
{
    unsigned char sum[MD5_LEN];
    add_section_header(ret, SECTION_DONE);
    md5_of(ret->s + from, ret->len - from, sum);
    AUTO_STR footer = {0};
    field_bytes(&footer, 1, sum, sizeof sum);
    add_message(ret, &footer);
}

/* The service that each shared-data cluster has, and the template that it comes from. */
static void service_mgr(struct str *ret, const char *service_id)
{
    AUTO_STR head = {0};
    field_text(&head, 1, "MD5");
    field_int(&head, 2, 1);
    field_int(&head, 3, 1);
    add_message(ret, &head);
    size_t from = ret->len;

    AUTO_STR name = {0}, entry = {0}, templates = {0};
    field_text(&name, 1, "starrocks");
    field_bytes(&entry, 1, name.s, name.len);
    add_message(&templates, &entry);
    add_section(ret, SECTION_TEMPLATES, &templates);

    AUTO_STR service = {0}, batch = {0}, services = {0};
    field_text(&service, 1, "starrocks");
    field_text(&service, 2, "starrocks");
    field_text(&service, 3, service_id);
    field_bytes(&batch, 1, service.s, service.len);
    add_message(&services, &batch);
    add_section(ret, SECTION_SERVICES, &services);
    add_end(ret, from);
}

static void worker_mgr(struct str *ret, const char *service_id, unsigned workers)
{
    AUTO_STR head = {0};
    field_text(&head, 1, "MD5");
    field_int(&head, 2, 100);
    field_int(&head, 3, workers);
    field_int(&head, 4, 1);
    add_message(ret, &head);
    size_t from = ret->len;

    AUTO_STR group = {0}, groups = {0};
    field_text(&group, 1, service_id);
    field_int(&group, 2, 1);
    add_message(&groups, &group);
    add_section(ret, SECTION_WORKER_GROUPS, &groups);

    AUTO_STR batch = {0}, all = {0};
    for (unsigned i = 0; i < workers; i++) {
        AUTO_STR worker = {0};
        AUTO_FREE char *address = str_format("10.244.1.%u:9070", i + 10);
        field_text(&worker, 1, service_id);
        field_int(&worker, 3, i + 1);
        field_text(&worker, 4, address);
        field_int(&worker, 5, 2);
        field_bytes(&batch, 1, worker.s, worker.len);
    }
    add_message(&all, &batch);
    add_section(ret, SECTION_WORKERS, &all);
    add_end(ret, from);
}

static void add_header(struct str *ret, int64_t id)
{
    unsigned char sum[MD5_LEN];
    AUTO_STR leader = {0};
    field_text(&leader, 1, "10.244.0.11");
    field_int(&leader, 2, 6090);
    AUTO_STR head = {0};
    field_int(&head, 1, (uint64_t)clock_unix_ms());
    field_int(&head, 2, (uint64_t)id);
    field_int(&head, 3, 3001);
    field_text(&head, 4, "MD5");
    field_bytes(&head, 5, leader.s, leader.len);
    md5_of(head.s, head.len, sum);
    field_bytes(&head, 10, sum, sizeof sum);
    add_message(ret, &head);
}

bool pods_write_starmgr_image(const char *dir, const char *pod, int64_t id, struct error *err)
{
    static const char service_id[] = "9dde5f33-70d7-4000-878d-fefef6a20ded";
    AUTO_STR file = {0}, services = {0}, workers = {0};
    str_add(&file, "STARMGR1");
    add_header(&file, id);
    size_t from = file.len;
    service_mgr(&services, service_id);
    worker_mgr(&workers, service_id, 3);
    add_section(&file, SECTION_SERVICE_MGR, &services);
    add_section(&file, SECTION_WORKER_MGR, &workers);
    add_end(&file, from);

    AUTO_FREE char *starmgr = pods_path(dir, pod, "meta/image/starmgr");
    AUTO_FREE char *path = str_format("%s/image.%" PRId64, starmgr, id);
    return pods_make_dirs(starmgr, err) && bytes_to_file(path, file.s, file.len, err);
}
