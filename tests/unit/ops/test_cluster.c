/* Facts of a cluster: as JSON and back, its identity, hosts and versions in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "facts.h"

static struct cluster cluster_of(const char *version)
{
    struct cluster cluster;
    AUTO_JSON *facts = facts_new(version);
    AUTO_ERROR err = {0};

    if (!cluster_from_json(json_object_get(facts, "cluster"), &cluster, &err))
        fail_msg("%s", err.message);
    return cluster;
}

static void json_and_back(void **state)
{
    (void)state;
    struct cluster cluster = cluster_of("3.3.3-312ed45");
    struct cluster again;

    free(cluster.nodes); /* none, but allocated */
    cluster.nodes = mem_array(1, sizeof(*cluster.nodes));
    cluster.n_nodes = 1;
    cluster.nodes[0] = (struct node){.kind = mem_text("CN"), .id = mem_text("10"),
                                     .host = mem_text("cn-0.x.y.svc"), .pod = mem_text("cn-0"),
                                     .alive = true, .version = mem_text("3.3.3"),
                                     .started = mem_text(""), .problem = mem_text("")};
    AUTO_JSON *one = cluster_json(&cluster);
    assert_true(cluster_from_json(one, &again, NULL));
    AUTO_JSON *two = cluster_json(&again);
    assert_true(json_equal(one, two));
    assert_int_equal(again.leader, 1);
    assert_int_equal(again.n_nodes, 1);
    assert_string_equal(again.frontends[2].pod, "kube-starrocks-fe-2");
    assert_int_equal(again.frontends[0].journal_id, 128004);
    cluster_done(&cluster);
    cluster_done(&again);
    assert_int_equal(again.leader, -1);
}

static void damaged_json(void **state)
{
    (void)state;
    static const char *const bad[] = {"{}", "[]", "null", "{\"frontends\":{}}",
                                      "{\"frontends\":[],\"leader\":0}",
                                      "{\"frontends\":[{}],\"leader\":1}"};

    for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        struct cluster cluster;
        AUTO_ERROR err = {0};
        AUTO_JSON *json = json_parse(bad[i], strlen(bad[i]), 4096, NULL);
        if (cluster_from_json(json, &cluster, &err))
            fail_msg("%s was taken", bad[i]);
        assert_int_equal(err.code, ERR_VERDICT);
    }
    struct cluster cluster;
    AUTO_JSON *odd = json_pack("{s:[{s:i}],s:i,s:[n]}", "frontends", "host", 7, "leader", -1, "nodes");
    assert_true(cluster_from_json(odd, &cluster, NULL));
    assert_string_equal(cluster.frontends[0].host, "");
    cluster_done(&cluster);
}

static void the_identity_holds_no_leader(void **state)
{
    (void)state;
    struct cluster cluster = cluster_of("3.3.3");
    AUTO_JSON *one = cluster_identity(&cluster);

    cluster.leader = 2;
    cluster.frontends[0].journal_id += 1000;
    cluster.frontends[0].alive = false;
    free(cluster.frontends[1].role);
    cluster.frontends[1].role = mem_text("FOLLOWER");
    AUTO_JSON *two = cluster_identity(&cluster);
    assert_true(json_equal(one, two));
    free(cluster.frontends[1].version);
    cluster.frontends[1].version = mem_text("3.3.4");
    AUTO_JSON *three = cluster_identity(&cluster);
    assert_false(json_equal(one, three));
    cluster_done(&cluster);
}

static void hosts(void **state)
{
    (void)state;
    static const struct {
        const char *a;
        const char *b;
        bool same;
    } cases[] = {{"fe-0", "fe-0", true},
                 {"fe-0", "fe-0.search.sr.svc", true},
                 {"fe-0.search.sr.svc", "fe-0", true},
                 {"fe-0.search.sr.svc", "fe-0.search.other.svc", false}, /* two clusters */
                 {"fe-0", "fe-1", false},
                 {"fe-1", "fe-10", false},
                 {"fe-1.a", "fe-10", false},
                 {"10.0.0.1", "10.0.0.1", true},
                 {"10.0.0.1", "10.0.0.2", false},
                 {"10", "10.0.0.1", false}, /* an address has no short form */
                 {"10.0.0.1", "10", false},
                 {"::1", "::1", true},
                 {"", "", true},
                 {"", "fe-0", false}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        if (cluster_same_host(cases[i].a, cases[i].b) != cases[i].same)
            fail_msg("%s and %s", cases[i].a, cases[i].b);
    }
}

static void versions_and_ways_in_words(void **state)
{
    (void)state;
    static const struct {
        const char *version;
        const char *expected;
    } cases[] = {{"3.3.3-312ed45", "3.3.3"},
                 {"StarRocks version 2.5.22", "2.5.22"},
                 {"BRANCH-2.5-a865dd5", "2.5.0"},
                 {"4.1", "4.1.0"},
                 {"", "unknown release"},
                 {"main-deadbeef", "unknown release"}};

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_STR text = {0};
        cluster_short_version(cases[i].version, &text);
        assert_string_equal(text.s, cases[i].expected);
    }
    struct cluster cluster = cluster_of("3.3.3-312ed45");
    AUTO_FREE char *through = cluster_through(&cluster);
    assert_string_equal(through, "leader kube-starrocks-fe-1  3.3.3 shared-data");
    cluster.leader = -1;
    free(cluster.run_mode);
    cluster.run_mode = mem_text("");
    AUTO_FREE char *none = cluster_through(&cluster);
    assert_string_equal(none, "3.3.3");
    cluster_done(&cluster);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_and_back),
        cmocka_unit_test(damaged_json),
        cmocka_unit_test(the_identity_holds_no_leader),
        cmocka_unit_test(hosts),
        cmocka_unit_test(versions_and_ways_in_words),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
