/* What the members of a tree mean together: missing parts, and what a restore would lack. */
#include "test_meta_make.h"

static void judge(const struct tree *tree, struct meta_verdict *ret)
{
    AUTO_STR tar = {0};

    tar_tree(tree, "meta/", &tar);
    judge_memory(tar.s, tar.len, ret);
}

static void assert_lack(const struct meta_verdict *verdict, const char *text)
{
    for (size_t i = 0; i < verdict->lacks.n; i++) {
        if (strstr(verdict->lacks.v[i], text) != NULL)
            return;
    }
    fail_msg("no lack says %s", text);
}

/* Drops up to three files of the healthy tree and judges the rest. */
static void judge_without(const char *a, const char *b, const char *c, struct meta_verdict *ret)
{
    struct tree tree;

    tree_make(&tree);
    tree_drop(&tree, a);
    if (b != NULL)
        tree_drop(&tree, b);
    if (c != NULL)
        tree_drop(&tree, c);
    judge(&tree, ret);
    tree_done(&tree);
}

static void test_missing(void **state)
{
    (void)state;

    AUTO_META_VERDICT sum = {0};
    judge_without("image/v2/checksum.3566", NULL, NULL, &sum);
    assert_int_equal(sum.state, META_DAMAGED);
    assert_false(sum.checksum_ok);

    AUTO_META_VERDICT role = {0};
    judge_without("image/ROLE", NULL, NULL, &role);
    assert_int_equal(role.state, META_DAMAGED);
    assert_null(role.role);

    AUTO_META_VERDICT both = {0};
    judge_without("image/ROLE", "image/VERSION", NULL, &both);
    assert_int_equal(both.state, META_WHOLE);
    assert_lack(&both, "no ROLE and VERSION");

    AUTO_META_VERDICT bdb = {0};
    judge_without("bdb/00000000.jdb", "bdb/00000001.jdb", "bdb/je.lck", &bdb);
    assert_int_equal(bdb.state, META_WHOLE);
    assert_lack(&bdb, "no bdb");

    AUTO_META_VERDICT starmgr = {0};
    judge_without("image/starmgr/image.908", NULL, NULL, &starmgr);
    assert_int_equal(starmgr.state, META_WHOLE);
    assert_int_equal(starmgr.starmgr_id, 0);
    assert_lack(&starmgr, "only the journal in bdb");

    AUTO_META_VERDICT none = {0};
    judge_without("image/v2/image.3566", "image/v2/checksum.3566", "image/image.3566", &none);
    assert_int_equal(none.state, META_CANNOT_TELL);
    assert_int_equal(none.image_id, 0);
}

/* Format v1 alone cannot show a cut, so it proves nothing. */
static void test_v1_only(void **state)
{
    (void)state;

    AUTO_META_VERDICT verdict = {0};
    judge_without("image/v2/image.3566", "image/v2/checksum.3566", NULL, &verdict);
    assert_int_equal(verdict.state, META_CANNOT_TELL);
    assert_int_equal(verdict.image_id, 3566);
    assert_int_equal(verdict.image_format, IMAGE_FORMAT_V1);
    assert_false(verdict.checksum_ok);
    assert_lack(&verdict, "no current image/v2");
}

/* FE loads the larger id, v2 on a tie. */
static void test_choice(void **state)
{
    struct tree tree;
    (void)state;

    tree_make(&tree);
    make_v1(tree_add(&tree, "image/image.4000"));
    AUTO_META_VERDICT newer_v1 = {0};
    judge(&tree, &newer_v1);
    assert_int_equal(newer_v1.image_id, 4000);
    assert_int_equal(newer_v1.state, META_CANNOT_TELL);
    assert_false(newer_v1.checksum_ok);
    tree_done(&tree);

    tree_make(&tree);
    make_v2(tree_add(&tree, "image/v2/image.3000"));
    AUTO_META_VERDICT older_v2 = {0};
    judge(&tree, &older_v2);
    assert_int_equal(older_v2.image_id, 3566);
    assert_int_equal(older_v2.state, META_WHOLE);
    assert_int_equal(older_v2.findings.notes, 1);
    tree_done(&tree);
}

/* A v1 image that is cut behind a block has fewer blocks than its v2 twin. */
static void test_short_v1(void **state)
{
    struct tree tree;
    (void)state;

    tree_make(&tree);
    struct str *v1 = tree_find(&tree, "image/image.3566");
    static const char *const one[] = {BLOCK_1}, *const two[] = {BLOCK_2};
    str_clear(v1);
    add_head(v1);
    add_v1_block(v1, one, 2);
    add_v1_block(v1, two, 3);
    AUTO_META_VERDICT verdict = {0};
    judge(&tree, &verdict);
    assert_int_equal(verdict.state, META_DAMAGED);
    assert_true(found_text(&verdict.findings, "has 2 blocks"));
    tree_done(&tree);
}

static void test_wrong_place(void **state)
{
    struct tree tree;
    (void)state;

    tree_make(&tree);
    struct str *v1 = tree_find(&tree, "image/image.3566");
    str_clear(v1);
    make_v2(v1);
    AUTO_META_VERDICT verdict = {0};
    judge(&tree, &verdict);
    assert_int_equal(verdict.state, META_DAMAGED);
    assert_true(found_text(&verdict.findings, "format v2"));
    tree_done(&tree);
}

static void test_checksum_texts(void **state)
{
    static const char *const ends[] = {"\n", " ", "x", "00000000000"};
    struct tree tree;
    (void)state;

    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
        AUTO_META_VERDICT verdict = {0};
        tree_make(&tree);
        str_add(tree_find(&tree, "image/v2/checksum.3566"), ends[i]);
        judge(&tree, &verdict);
        assert_int_equal(verdict.state, META_DAMAGED);
        assert_true(found_text(&verdict.findings, "bare number"));
        tree_done(&tree);
    }
}

static void test_identity(void **state)
{
    static const struct {
        const char *file, *text;
    } cases[] = {
        {"image/ROLE", "role=LEADER\nname=x\n"},     {"image/ROLE", ""},
        {"image/VERSION", "clusterId=0\n"},          {"image/VERSION", "clusterId=x\n"},
        {"image/VERSION", "clusterId=2147483648\n"}, {"image/VERSION", "token=x\n"},
        {"image/VERSION", "clusterId=5\nx=\\u00\n"},
    };
    struct tree tree;
    (void)state;

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_META_VERDICT verdict = {0};
        tree_make(&tree);
        struct str *file = tree_find(&tree, cases[i].file);
        str_clear(file);
        str_add(file, cases[i].text);
        judge(&tree, &verdict);
        if (verdict.state != META_DAMAGED)
            fail_msg("%s passes", cases[i].text);
        tree_done(&tree);
    }
    AUTO_META_VERDICT large = {0};
    tree_make(&tree);
    str_pad(tree_find(&tree, "image/ROLE"), '#', 1 << 20);
    judge(&tree, &large);
    assert_true(found_text(&large.findings, "far too large"));
    tree_done(&tree);
}

static void test_leftovers(void **state)
{
    struct tree tree;
    AUTO_META_VERDICT verdict = {0};
    (void)state;

    tree_make(&tree);
    str_add(tree_add(&tree, "image/v2/image.ckpt"), "half");
    str_add(tree_add(&tree, "image/starmgr/image.909.part"), "half");
    judge(&tree, &verdict);
    assert_int_equal(verdict.state, META_WHOLE);
    assert_int_equal(verdict.leftovers, 2);
    assert_int_equal(verdict.starmgr_id, 908);
    tree_done(&tree);
}

static void test_journal(void **state)
{
    struct tree tree;
    (void)state;

    /* cut between two entries, but the next file knows where it ended */
    AUTO_META_VERDICT shorter = {0};
    tree_make(&tree);
    struct str *first = tree_find(&tree, "bdb/00000000.jdb");
    first->len -= 14 + 8 + 21;
    judge(&tree, &shorter);
    assert_int_equal(shorter.state, META_DAMAGED);
    assert_true(found_text(&shorter.findings, "another entry"));
    tree_done(&tree);

    AUTO_META_VERDICT torn_last = {0};
    tree_make(&tree);
    tree_find(&tree, "bdb/00000001.jdb")->len -= 3;
    judge(&tree, &torn_last);
    assert_int_equal(torn_last.state, META_CANNOT_TELL);
    tree_done(&tree);

    AUTO_META_VERDICT torn_first = {0};
    tree_make(&tree);
    tree_find(&tree, "bdb/00000000.jdb")->len -= 3;
    judge(&tree, &torn_first);
    assert_int_equal(torn_first.state, META_DAMAGED);
    tree_done(&tree);

    /* the cleaner removes old files, so a gap is in order */
    AUTO_META_VERDICT gap = {0};
    tree_make(&tree);
    make_jdb(tree_add(&tree, "bdb/00000007.jdb"), 7, 12345);
    judge(&tree, &gap);
    assert_int_equal(gap.state, META_WHOLE);
    tree_done(&tree);
}

/* The findings list has an end. */
static void test_many_findings(void **state)
{
    struct findings findings = {0};
    (void)state;

    for (int i = 0; i < FINDINGS_MAX + 20; i++)
        findings_add(&findings, i == 0 ? FINDING_UNKNOWN : FINDING_DAMAGE, "x", "number %d", i);
    assert_int_equal(findings.n, FINDINGS_MAX);
    assert_int_equal(findings.left_out, 20);
    assert_int_equal(findings.damage, FINDINGS_MAX + 19);
    assert_string_equal(findings.v[1].what, "number 1");
    findings_done(&findings);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_missing),     cmocka_unit_test(test_v1_only),
        cmocka_unit_test(test_choice),      cmocka_unit_test(test_short_v1),
        cmocka_unit_test(test_wrong_place), cmocka_unit_test(test_checksum_texts),
        cmocka_unit_test(test_identity),    cmocka_unit_test(test_leftovers),
        cmocka_unit_test(test_journal),     cmocka_unit_test(test_many_findings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
