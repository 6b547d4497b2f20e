/* A run in one file: what is written is taken, and what is not as it was written is refused, by name. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "digest.h"
#include "handover.h"
#include "world.h"

#define ID "4711"

struct places {
    char dir[64];
    char *here;  /* state directory it is written from */
    char *there; /* … and taken into */
    char *file;
    char *run;
};

/* A journal of one run of this cluster, with so many records behind the first. free() its name. */
static char *make_run(const char *dir, const char *id, int more)
{
    AUTO_ERROR err = {0};
    struct journal *journal = journal_create(dir, &err);

    if (journal == NULL)
        fail_msg("%s", err.message);
    char *run = mem_text(journal_run(journal));
    assert_true(journal_append(journal, json_pack("{s:s,s:s,s:{s:s}}", "type", "run", "run", run, "identity",
                                                  "id", id), NULL));
    for (int i = 0; i < more; i++)
        assert_true(journal_append(journal, json_pack("{s:s,s:i}", "type", "outcome", "n", i), NULL));
    journal_close(journal);
    return run;
}

static void write_to(const struct places *p, const char *file)
{
    AUTO_STRV runs = {0};
    AUTO_ERROR err = {0};

    strv_add(&runs, p->run);
    const struct handover handover = {.dir = p->here, .id = ID, .cluster = "kube", .run = p->run, .runs = &runs};
    if (!handover_write(&handover, file, &err))
        fail_msg("%s", err.message);
}

static struct places *begin(void)
{
    struct places *p = mem_alloc(sizeof(*p));

    snprintf(p->dir, sizeof(p->dir), "/tmp/belay-test-XXXXXX");
    assert_non_null(mkdtemp(p->dir));
    p->here = file_join(p->dir, "here");
    p->there = file_join(p->dir, "there");
    p->file = file_join(p->dir, "run.belay");
    assert_true(file_private_dir(p->here, NULL));
    p->run = make_run(p->here, ID, 2);
    write_to(p, p->file);
    return p;
}

static void end(struct places *p)
{
    assert_true(file_remove_tree(p->dir, NULL));
    free(p->here);
    free(p->there);
    free(p->file);
    free(p->run);
    free(p);
}

static void read_text(const char *path, struct str *ret)
{
    assert_true(file_read(path, 1 << 20, ret, NULL));
}

static void replace_text(const char *path, const struct str *text)
{
    assert_true(file_write_atomic(path, text->s, text->len, 0600, NULL));
}

/* The head again, with its line put in the place of the old one, and a digest that fits. */
static void with_head(const struct places *p, json_t *take)
{
    AUTO_STR text = {0}, made = {0};
    char digest[SHA256_HEX];

    read_text(p->file, &text);
    const char *body = strchr(text.s, '\n') + 1;
    size_t tail = strlen("{\"sha256\":\"\"}\n") + SHA256_HEX - 1;
    json_add_canonical(take, &made);
    str_addc(&made, '\n');
    str_addn(&made, body, text.len - tail - (size_t)(body - text.s));
    sha256_hex(made.s, made.len, digest);
    str_addf(&made, "{\"sha256\":\"%s\"}\n", digest);
    replace_text(p->file, &made);
    json_decref(take);
}

static json_t *head_of_file(const struct places *p)
{
    AUTO_STR text = {0};

    read_text(p->file, &text);
    json_t *head = json_parse(text.s, strcspn(text.s, "\n"), 1 << 20, NULL);
    assert_non_null(head);
    return head;
}

/* Neither checked nor taken, for this reason; nothing is there afterwards. */
static void assert_refused(const struct places *p, enum error_code code, const char *why)
{
    struct handover_head head = {0};
    AUTO_STRV runs = {0};
    AUTO_ERROR err = {0};

    bool taken = handover_check(p->file, &head, &err) && handover_take(p->file, p->there, &err);
    handover_head_done(&head);
    assert_false(taken);
    if (err.code != code || strstr(err.message, why) == NULL)
        fail_msg("%d: %s; wanted %s", err.code, err.message, why);
    if (file_exists(p->there))
        journal_list(p->there, &runs);
    assert_int_equal(runs.n, 0);
}

static void a_run_is_taken(void **state)
{
    (void)state;
    struct places *p = begin();
    struct handover_head head = {0};
    AUTO_ERROR err = {0};

    assert_true(handover_check(p->file, &head, &err));
    assert_string_equal(head.run, p->run);
    assert_string_equal(head.id, ID);
    assert_int_equal(head.n, 1);
    handover_head_done(&head);
    if (!handover_take(p->file, p->there, &err))
        fail_msg("%s", err.message);
    struct journal_file file = {0};
    assert_true(journal_read(p->there, p->run, &file, NULL));
    assert_int_equal(file.n, 4); /* its three, and who took it */
    json_t *last = json_array_get(file.records, 3);
    assert_string_equal(json_str(last, "type"), "import");
    journal_file_done(&file);
    assert_true(handover_take(p->file, p->there, &err)); /* again: what is here is as new */
    assert_true(journal_read(p->there, p->run, &file, NULL));
    assert_int_equal(file.n, 4);
    journal_file_done(&file);
    end(p);
}

static void altered(void **state)
{
    (void)state;
    struct places *p = begin();
    AUTO_STR text = {0};

    read_text(p->file, &text);
    char *place = strstr(text.s, "\"n\":1");
    assert_non_null(place);
    place[4] = '2';
    replace_text(p->file, &text);
    assert_refused(p, ERR_VERDICT, "it was changed: its digest is another");
    end(p);
}

/* Whoever changes a record and makes the digest anew is found out by the journal's own chain. */
static void altered_with_a_digest_that_fits(void **state)
{
    (void)state;
    struct places *p = begin();
    AUTO_STR text = {0};

    read_text(p->file, &text);
    strstr(text.s, "\"n\":0")[4] = '7';
    replace_text(p->file, &text);
    with_head(p, head_of_file(p));
    assert_refused(p, ERR_VERDICT, p->run);
    end(p);
}

static void cut(void **state)
{
    (void)state;
    struct places *p = begin();
    AUTO_STR text = {0};

    read_text(p->file, &text);
    for (size_t len = strcspn(text.s, "\n") + 2; len < text.len; len += 97) {
        AUTO_STR part = {0};
        str_addn(&part, text.s, len);
        replace_text(p->file, &part);
        assert_refused(p, ERR_VERDICT, "it is not whole: its last line, the digest, is missing");
    }
    end(p);
}

static void something_else(void **state)
{
    (void)state;
    struct places *p = begin();
    static const char *const texts[] = {"", "\n", "hello\n", "{\"a\":1}\n", "[1]\n", "{\"belay_export\":0}\n"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        AUTO_STR text = {0};
        str_add(&text, texts[i]);
        assert_true(file_write_atomic(p->file, texts[i], strlen(texts[i]), 0600, NULL));
        assert_refused(p, ERR_VERDICT, "this is no run that \\journal export wrote");
    }
    end(p);
}

static void of_a_newer_format(void **state)
{
    (void)state;
    struct places *p = begin();
    json_t *head = head_of_file(p);

    json_put_int(head, "belay_export", 2);
    json_put_str(head, "belay", "9.1.0");
    with_head(p, head);
    assert_refused(p, ERR_VERDICT, "it is of format 2, which belay 9.1.0 wrote; this belay reads format 1");
    end(p);
}

/* The head says this cluster, the journal another one. */
static void of_another_cluster(void **state)
{
    (void)state;
    struct places *p = begin();
    json_t *head = head_of_file(p);

    json_put_str(head, "id", "4712");
    with_head(p, head);
    assert_refused(p, ERR_VERDICT, "is of another run or cluster");
    end(p);
}

static void a_list_that_does_not_fit(void **state)
{
    (void)state;
    static const int64_t bytes[] = {0, -1, INT64_MAX};

    for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++) {
        struct places *p = begin();
        json_t *head = head_of_file(p);
        json_put_int(json_array_get(json_object_get(head, "journals"), 0), "bytes", bytes[i]);
        with_head(p, head);
        assert_refused(p, ERR_VERDICT, "the list of its journals is wrong");
        end(p);
    }
}

/* A name that would lead out of the directory is no run's. */
static void a_name_that_leads_elsewhere(void **state)
{
    (void)state;
    struct places *p = begin();
    json_t *head = head_of_file(p);

    json_put_str(json_array_get(json_object_get(head, "journals"), 0), "run", "../../x");
    with_head(p, head);
    assert_refused(p, ERR_VERDICT, "the list of its journals is wrong");
    head = head_of_file(p);
    json_put_str(head, "run", "../x");
    with_head(p, head);
    assert_refused(p, ERR_VERDICT, "it names no run");
    end(p);
}

static void gone_on_with_on_both_sides(void **state)
{
    (void)state;
    struct places *p = begin();
    AUTO_ERROR err = {0};

    assert_true(handover_take(p->file, p->there, NULL));
    const char *dirs[] = {p->here, p->there};
    for (int i = 0; i < 2; i++) {
        struct journal *journal = journal_reopen(dirs[i], p->run, NULL);
        assert_true(journal_append(journal, json_pack("{s:s,s:i}", "type", "outcome", "n", 10 + i), NULL));
        journal_close(journal);
    }
    assert_int_equal(unlink(p->file), 0);
    write_to(p, p->file);
    assert_false(handover_take(p->file, p->there, &err));
    assert_int_equal(err.code, ERR_DRIFT);
    assert_non_null(strstr(err.message, "gone on with both here and there"));
    end(p);
}

static void what_is_there_is_not_overwritten(void **state)
{
    (void)state;
    struct places *p = begin();
    AUTO_STRV runs = {0};
    AUTO_ERROR err = {0};

    strv_add(&runs, p->run);
    const struct handover handover = {.dir = p->here, .id = ID, .cluster = "kube", .run = p->run, .runs = &runs};
    assert_false(handover_write(&handover, p->file, &err));
    assert_int_equal(err.code, ERR_OUTPUT);
    end(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_run_is_taken),
        cmocka_unit_test(altered),
        cmocka_unit_test(altered_with_a_digest_that_fits),
        cmocka_unit_test(cut),
        cmocka_unit_test(something_else),
        cmocka_unit_test(of_a_newer_format),
        cmocka_unit_test(of_another_cluster),
        cmocka_unit_test(a_list_that_does_not_fit),
        cmocka_unit_test(a_name_that_leads_elsewhere),
        cmocka_unit_test(gone_on_with_on_both_sides),
        cmocka_unit_test(what_is_there_is_not_overwritten),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
