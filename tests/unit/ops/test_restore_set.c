/* What a restore reads from a StatefulSet: container, volume, fe.conf, helper pod. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

#include "restore/restore_archive.h"
#include "restore/restore_page.h"
#include "restore/restore_set.h"

/* A StatefulSet whose FE container comes second, behind a sidecar. */
static json_t *make_set(const char *mounts, const char *volumes)
{
    AUTO_ERROR err = {0};
    AUTO_FREE char *text = str_format(
        "{\"metadata\":{\"name\":\"sr-fe\",\"namespace\":\"db\"},\"spec\":{\"replicas\":3,"
        "\"serviceName\":\"sr-fe-search\",\"selector\":{\"matchLabels\":{\"app\":\"sr\","
        "\"role\":\"fe\"}},\"template\":{\"spec\":{\"terminationGracePeriodSeconds\":90,"
        "\"containers\":[{\"name\":\"logs\",\"image\":\"busybox:1\"},{\"name\":\"main\",\"image\":"
        "\"reg.example.com:5000/sr/fe:3.3.3\",\"command\":[\"/opt/starrocks/fe_entrypoint.sh\"],"
        "\"startupProbe\":{\"failureThreshold\":60,\"periodSeconds\":5},\"volumeMounts\":[%s]}],"
        "\"volumes\":[%s]}},\"volumeClaimTemplates\":[{\"metadata\":{\"name\":\"data\"}}]}}",
        mounts, volumes);
    json_t *set = json_parse(text, strlen(text), 1 << 20, &err);
    assert_non_null(set);
    return set;
}

#define CONF "{\"name\":\"conf\",\"mountPath\":\"/etc/starrocks/fe/conf\"}"
#define CONF_VOLUME "{\"name\":\"conf\",\"configMap\":{\"name\":\"fe-cm\"}}"

static void reads_the_set(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_JSON *set = make_set("{\"name\":\"data\",\"mountPath\":\"/opt/starrocks/fe/meta\"}," CONF,
                              CONF_VOLUME);
    struct restore_set facts = {0};
    assert_true(restore_set_is_fe(set));
    assert_true(restore_set_read(set, &facts, &err));
    assert_string_equal(facts.name, "sr-fe");
    assert_string_equal(facts.selector, "app=sr,role=fe");
    assert_string_equal(facts.image, "reg.example.com:5000/sr/fe:3.3.3");
    assert_string_equal(facts.container_name, "main");
    assert_string_equal(facts.owner, "");
    assert_string_equal(facts.config_map, "fe-cm");
    assert_string_equal(facts.key, "fe.conf");
    assert_string_equal(facts.pwd_from, "");
    assert_int_equal(facts.container, 1);
    assert_int_equal(facts.grace_s, 90);
    assert_int_equal(facts.probe_s, 300);
    assert_true(facts.official);
    assert_true(restore_set_volume(set, "/opt/starrocks/fe/meta", &facts, &err));
    AUTO_FREE char *claim = restore_claim(&facts, 2);
    assert_string_equal(claim, "data-sr-fe-2");
    assert_string_equal(facts.sub_path, "");
    restore_set_done(&facts);
}

static void finds_the_directory_inside_a_volume(void **state)
{
    (void)state;
    static const struct {
        const char *mounts, *dir, *sub;
    } cases[] = {
        {"{\"name\":\"data\",\"mountPath\":\"/opt/starrocks\"}", "/opt/starrocks/fe/meta", "fe/meta"},
        {"{\"name\":\"data\",\"mountPath\":\"/data/\",\"subPath\":\"sr\"}", "/data/meta", "sr/meta"},
        {"{\"name\":\"data\",\"mountPath\":\"/opt/starrocks/fe/meta\",\"subPath\":\"m\"}",
         "/opt/starrocks/fe/meta", "m"},
        /* the longest mount counts; one that only begins alike does not */
        {"{\"name\":\"x\",\"mountPath\":\"/opt\"},{\"name\":\"data\",\"mountPath\":\"/opt/sr\"},"
         "{\"name\":\"x\",\"mountPath\":\"/opt/sr/fe/met\"}", "/opt/sr/fe/meta", "fe/meta"},
        /* an image with another root: the place is still called fe/meta */
        {"{\"name\":\"data\",\"mountPath\":\"/data/sr/fe/meta\"}", "/opt/starrocks/fe/meta", ""},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_ERROR err = {0};
        AUTO_JSON *set = make_set(cases[i].mounts, "{\"name\":\"x\",\"emptyDir\":{}}");
        struct restore_set facts = {0};
        assert_true(restore_set_read(set, &facts, &err));
        assert_true(restore_set_volume(set, cases[i].dir, &facts, &err));
        assert_string_equal(facts.volume, "data");
        assert_string_equal(facts.sub_path, cases[i].sub);
        restore_set_done(&facts);
    }
}

static void refuses_what_does_not_last(void **state)
{
    (void)state;
    static const struct {
        const char *volume, *says;
    } cases[] = {
        {"{\"name\":\"v\",\"emptyDir\":{}}", "on an emptyDir"},
        {"{\"name\":\"other\",\"emptyDir\":{}}", "in the pod itself"},
        {"{\"name\":\"v\",\"hostPath\":{\"path\":\"/x\"}}", "no claim of its own"},
        {"{\"name\":\"v\",\"persistentVolumeClaim\":{\"claimName\":\"shared\"}}", "shared"},
    };
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_ERROR err = {0};
        AUTO_JSON *set =
            make_set("{\"name\":\"v\",\"mountPath\":\"/opt/starrocks/fe/meta\"}", cases[i].volume);
        struct restore_set facts = {0};
        assert_true(restore_set_read(set, &facts, &err));
        assert_false(restore_set_volume(set, "/opt/starrocks/fe/meta", &facts, &err));
        assert_int_equal(err.code, ERR_VERDICT);
        assert_non_null(strstr(err.message, cases[i].says));
        assert_non_null(err.hint);
        restore_set_done(&facts);
    }
}

static void refuses_names_that_do_not_fit_into_a_command(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_JSON *set = make_set(CONF, "{\"name\":\"conf\",\"configMap\":{\"name\":\"$(id)\"}}");
    struct restore_set facts = {0};
    assert_false(restore_set_read(set, &facts, &err));
    assert_int_equal(err.code, ERR_UNKNOWN);
    assert_null(facts.name);
}

static void the_key_of_the_mounted_file(void **state)
{
    (void)state;
    AUTO_ERROR err = {0};
    AUTO_JSON *set = make_set(
        "{\"name\":\"conf\",\"mountPath\":\"/opt/starrocks/fe/conf/fe.conf\",\"subPath\":\"fe.conf\"}",
        "{\"name\":\"conf\",\"configMap\":{\"name\":\"fe-cm\",\"items\":[{\"key\":\"frontend\","
        "\"path\":\"fe.conf\"}]}}");
    struct restore_set facts = {0};
    assert_true(restore_set_read(set, &facts, &err));
    assert_string_equal(facts.key, "frontend");
    restore_set_done(&facts);
}

static void values_of_fe_conf(void **state)
{
    (void)state;
    static const char conf[] = "meta_dirs = /no\n# meta_dir = /no\n meta_dir=/one\r\n"
                               "meta_dir = /two  \nedit_log_port = 9011";
    AUTO_FREE char *dir = restore_conf_value(conf, "meta_dir");
    AUTO_FREE char *port = restore_conf_value(conf, "edit_log_port");
    AUTO_FREE char *none = restore_conf_value(conf, "run_mode");
    AUTO_FREE char *usual = restore_meta_dir("x = y\n", "/opt/starrocks");
    AUTO_FREE char *home = restore_meta_dir("meta_dir = ${STARROCKS_HOME}/m\n", "/opt/sr");
    assert_string_equal(dir, "/two");
    assert_string_equal(port, "9011");
    assert_string_equal(none, "");
    assert_string_equal(usual, "/opt/starrocks/fe/meta");
    assert_string_equal(home, "/opt/sr/fe/m");
}

static void pod_of_a_node_name(void **state)
{
    (void)state;
    AUTO_FREE char *pod = restore_pod_of_node("sr-fe-1.search.db.svc.cluster.local_9010_1690000000");
    AUTO_FREE char *address = restore_pod_of_node("10.0.0.7_9010_1690000000");
    AUTO_FREE char *bare = restore_pod_of_node("");
    assert_string_equal(pod, "sr-fe-1");
    assert_string_equal(address, "");
    assert_string_equal(bare, "");
}

/* A patch is one word of the shell, whatever is in it. */
static void words_are_quoted(void **state)
{
    (void)state;
    AUTO_STR out = {0};
    AUTO_STRV program = {0};
    AUTO_STRV args = {0};
    struct page page = {.out = &out, .kubectl = &program};
    AUTO_STR patch = {0};
    strv_add(&program, "kubectl");
    patch_add(&patch, "replace", "/b", "\"%s\"", "$G '$(id)'");
    patch_remove(&patch, "/c");
    strv_add(&args, "patch");
    strv_add(&args, "-p");
    strv_add(&args, patch_end(&patch));
    AUTO_FREE char *words = page_words(&page, &args);
    assert_string_equal(words, "kubectl patch -p '[{\"op\":\"replace\",\"path\":\"/b\",\"value\":"
                               "\"$G '\\''$(id)'\\''\"},{\"op\":\"remove\",\"path\":\"/c\"}]'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_the_set),
        cmocka_unit_test(finds_the_directory_inside_a_volume),
        cmocka_unit_test(refuses_what_does_not_last),
        cmocka_unit_test(refuses_names_that_do_not_fit_into_a_command),
        cmocka_unit_test(the_key_of_the_mounted_file),
        cmocka_unit_test(values_of_fe_conf),
        cmocka_unit_test(pod_of_a_node_name),
        cmocka_unit_test(words_are_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
