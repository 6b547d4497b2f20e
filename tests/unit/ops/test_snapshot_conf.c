/* cluster_snapshot.yaml in its ConfigMap: what a person left in it, and what is not belay's to print. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <belay/json.h>
#include <belay/str.h>
#include <mem.h>

#include "restore/restore_snapshot_conf.h"

#define PATH "s3://bucket/root/sid/meta/image/automated_cluster_snapshot_1"
#define HEAD "cluster_snapshot:\n    cluster_snapshot_path: " PATH "\n    storage_volume_name: vol\n"
#define VOLUME "storage_volumes:\n  - name: vol\n    type: S3\n    properties:\n" \
               "      - key: aws.s3.secret_key\n        value: CANARY\n"

static char *problem(const char *yaml)
{
    AUTO_JSON *map = json_pack("{s:{s:s}}", "data", SNAPSHOT_YAML, yaml);

    return snapshot_conf_problem(map, PATH, "vol");
}

static void a_filled_file_is_right(void **state)
{
    static const char *const right[] = {
        HEAD VOLUME,
        "# cluster_snapshot_path: <cluster_snapshot_uri>\r\n" HEAD VOLUME,
        "cluster_snapshot:\n  cluster_snapshot_path: \"" PATH "\"  # the newest\n"
        "  storage_volume_name: 'vol'\n" VOLUME,
        HEAD VOLUME "  - name: other\n    type: S3\n",
    };

    (void)state;
    for (size_t i = 0; i < sizeof(right) / sizeof(right[0]); i++) {
        AUTO_FREE char *said = problem(right[i]);
        assert_null(said);
    }
}

static void what_is_wrong_is_named_without_its_text(void **state)
{
    static const struct {
        const char *yaml, *says;
    } wrong[] = {
        {"", "has no cluster_snapshot_path"},
        {"cluster_snapshot:\n  cluster_snapshot_path: s3://CANARY\n", "another value than cluster_snapshot_path"},
        {"#cluster_snapshot_path: " PATH "\n", "has no cluster_snapshot_path"},
        {HEAD HEAD "    cluster_snapshot_path: s3://CANARY\n" VOLUME, "another value than"},
        {"cluster_snapshot:\n  cluster_snapshot_path: " PATH "\n" VOLUME, "has no storage_volume_name"},
        {HEAD, "does not describe volume vol"},
        {HEAD "storage_volumes:\n  - name: volume\n    type: CANARY\n", "does not describe volume vol"},
        {HEAD VOLUME "      - key: k\n        value: <aws.s3.CANARY>\n", "still to be filled"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        AUTO_FREE char *said = problem(wrong[i].yaml);
        assert_non_null(said);
        assert_non_null(strstr(said, wrong[i].says));
        assert_null(strstr(said, "CANARY"));
    }
}

static void an_object_that_is_none(void **state)
{
    AUTO_JSON *other = json_pack("{s:{s:s}}", "data", "fe.conf", "x");
    AUTO_FREE char *missing = snapshot_conf_problem(json_null(), PATH, "vol");
    AUTO_FREE char *without = snapshot_conf_problem(other, PATH, "vol");

    (void)state;
    assert_non_null(strstr(missing, "there is no ConfigMap"));
    assert_non_null(strstr(without, "has no key " SNAPSHOT_YAML));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_filled_file_is_right),
        cmocka_unit_test(what_is_wrong_is_named_without_its_text),
        cmocka_unit_test(an_object_that_is_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
