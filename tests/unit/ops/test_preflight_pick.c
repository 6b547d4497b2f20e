/* What is kept of Kubernetes objects and fe.conf for the facts: enough for the rules, and no secret. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include <belay/str.h>

#include "rules/pick.h"

#define SECRET "CANARY"

static json_t *parsed(const char *text)
{
    AUTO_STR plain = {0};
    AUTO_ERROR err = {0};

    for (const char *p = text; *p != '\0'; p++)
        str_addc(&plain, *p == '\'' ? '"' : *p);
    json_t *json = json_parse(str_text(&plain), plain.len, 1 << 20, &err);
    if (json == NULL)
        fail_msg("%s", err.message);
    return json;
}

static void no_secret(const json_t *json)
{
    AUTO_FREE char *text = json_canonical(json);

    if (strstr(text, SECRET) != NULL)
        fail_msg("%s", text);
}

static const char set_text[] =
    "{'metadata':{'name':'sr-fe','generation':7,'labels':{'app.kubernetes.io/component':'fe'},"
    "'annotations':{'note':'CANARY'},'ownerReferences':[{'kind':'StarRocksCluster','name':'sr'}]},"
    "'spec':{'replicas':3,'podManagementPolicy':'Parallel','updateStrategy':{'type':'RollingUpdate',"
    "'rollingUpdate':{'partition':2}},'persistentVolumeClaimRetentionPolicy':{'whenDeleted':'Delete'},"
    "'volumeClaimTemplates':[{'metadata':{'name':'fe-meta'}}],'template':{'spec':{"
    "'terminationGracePeriodSeconds':120,'initContainers':[{'name':'wait','image':'x','args':['CANARY'],"
    "'volumeMounts':[{'name':'fe-meta','mountPath':'/m'}]}],'containers':[{'name':'proxy','image':'p:1'},"
    "{'name':'fe','image':'fe:3.3.3','command':['CANARY'],'args':['CANARY'],'imagePullPolicy':'Always',"
    "'env':[{'name':'MYSQL_PWD','value':'CANARY'},{'name':'TOKEN','valueFrom':{'secretKeyRef':{'name':'s',"
    "'key':'k'}}},{'name':'HOST_TYPE','value':'FQDN'}],'startupProbe':{'periodSeconds':5,"
    "'failureThreshold':60},'volumeMounts':[{'name':'fe-meta','mountPath':'/opt/starrocks/fe/meta'},"
    "{'name':'tmp','mountPath':'/tmp'},{'name':'conf','mountPath':'/etc/starrocks/fe/conf'}]}],"
    "'volumes':[{'name':'tmp','emptyDir':{}},{'name':'conf','configMap':{'name':'fe-cm'}}]}}},"
    "'status':{'observedGeneration':6,'currentRevision':'a','updateRevision':'b','updatedReplicas':1,"
    "'readyReplicas':2}}";

static void of_a_set(void **state)
{
    AUTO_JSON *set = parsed(set_text);
    AUTO_JSON *facts = pick_set_facts(set);

    (void)state;
    no_secret(facts);
    assert_string_equal(json_str(facts, "name"), "sr-fe");
    assert_string_equal(json_str(facts, "component"), "fe");
    assert_string_equal(json_str(facts, "owner"), "sr");
    assert_string_equal(json_str(facts, "image"), "fe:3.3.3");
    assert_string_equal(json_str(facts, "pull"), "Always");
    assert_string_equal(json_str(facts, "config_map"), "fe-cm");
    assert_string_equal(json_str(facts, "when_deleted"), "Delete");
    assert_int_equal(json_int(facts, "probe_s"), 300);
    assert_int_equal(json_int(facts, "partition"), 2);
    assert_int_equal(json_int(facts, "grace_s"), 120);
    assert_int_equal(json_int(facts, "generation"), 7);
    assert_int_equal(json_int(facts, "observed"), 6);
    assert_string_equal(json_str_at(facts, "mounts", "/opt/starrocks/fe/meta", "kind", NULL), "claim");
    assert_string_equal(json_str_at(facts, "mounts", "/tmp", "kind", NULL), "emptyDir");
    assert_string_equal(json_str_at(facts, "env", "MYSQL_PWD", NULL), "value");
    assert_string_equal(json_str_at(facts, "env", "TOKEN", NULL), "reference");
    assert_string_equal(json_str_at(facts, "env", "HOST_TYPE", NULL), "FQDN");
    const json_t *init = json_array_get(json_object_get(facts, "inits"), 0);
    assert_string_equal(json_str(init, "name"), "wait");
    assert_string_equal(json_string_value(json_array_get(json_object_get(init, "volumes"), 0)), "fe-meta");
}

/* Fields that a broken or hostile answer lacks, or has of another type. */
static void of_a_set_that_is_none(void **state)
{
    static const char *const texts[] = {
        "{}", "{'metadata':[],'spec':'x','status':7}",
        "{'spec':{'template':{'spec':{'containers':{'name':'fe'},'volumes':7}}}}",
        "{'metadata':{'name':'x-be'},'spec':{'template':{'spec':{'containers':[7,'x',{}]}}}}"};

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        AUTO_JSON *set = parsed(texts[i]);
        AUTO_JSON *facts = pick_set_facts(set);
        AUTO_JSON *pod = pick_pod_facts(set, "fe");
        AUTO_JSON *resource = pick_resource(set);
        assert_true(json_is_object(facts) && json_is_object(pod) && json_is_object(resource));
        assert_string_equal(json_str(facts, "image"), "");
    }
}

static void of_a_pod(void **state)
{
    AUTO_JSON *pod = parsed(
        "{'metadata':{'name':'sr-fe-0','labels':{'a':'b'},'annotations':{'x':'CANARY'},"
        "'deletionTimestamp':'2026-01-01T00:00:00Z'},'spec':{'nodeName':'n1','containers':[{'name':'fe',"
        "'image':'fe:1','env':[{'name':'MYSQL_PWD','value':'CANARY'}]}]},'status':{'podIP':'10.0.0.1',"
        "'conditions':[{'type':'Ready','lastTransitionTime':'2026-01-01T00:01:00Z'}],'containerStatuses':["
        "{'name':'sidecar','ready':true,'restartCount':9},{'name':'fe','ready':false,'restartCount':3,"
        "'state':{'waiting':{'reason':'CrashLoopBackOff','message':'CANARY'}},'lastState':{'terminated':{"
        "'reason':'OOMKilled'}}}]}}");
    AUTO_JSON *facts = pick_pod_facts(pod, "fe");

    (void)state;
    no_secret(facts);
    assert_string_equal(json_str(facts, "waiting"), "CrashLoopBackOff");
    assert_string_equal(json_str(facts, "last_end"), "OOMKilled");
    assert_string_equal(json_str(facts, "ready_at"), "2026-01-01T00:01:00Z");
    assert_int_equal(json_int(facts, "restarts"), 3);
    assert_true(json_flag(facts, "going"));
    assert_false(json_flag(facts, "ready"));
}

static void of_a_resource(void **state)
{
    AUTO_JSON *resource = parsed(
        "{'metadata':{'name':'sr','labels':{'app.kubernetes.io/managed-by':'Helm'},'annotations':{"
        "'kubectl.kubernetes.io/last-applied-configuration':'CANARY','meta.helm.sh/release-name':'r'}},"
        "'spec':{'waitForFullRollout':true,'starRocksFeSpec':{'image':'fe:1','feEnvVars':[{'name':'MYSQL_PWD',"
        "'value':'CANARY'}],'command':['CANARY'],'args':['CANARY'],'sidecars':[{'env':[{'value':'CANARY'}]}],"
        "'initContainers':[{'args':['CANARY']}],'lifecycle':{'x':'CANARY'}}},'status':{'phase':'failed',"
        "'reason':'why'}}");
    AUTO_JSON *facts = pick_resource(resource);

    (void)state;
    no_secret(facts);
    assert_string_equal(json_str_at(facts, "annotations", "meta.helm.sh/release-name", NULL), "r");
    assert_non_null(json_at(facts, "annotations", "kubectl.kubernetes.io/last-applied-configuration", NULL));
    assert_string_equal(json_str_at(facts, "spec", "starRocksFeSpec", "image", NULL), "fe:1");
    assert_true(json_is_true(json_at(facts, "spec", "waitForFullRollout", NULL)));
    assert_string_equal(json_str(facts, "reason"), "why");
}

static void of_fe_conf(void **state)
{
    AUTO_JSON *conf = pick_conf("# run_mode = no\nrun_mode = shared_data\n  http_port=8030  \n"
                                "aws_s3_secret_key = CANARY\nldap_bind_root_pwd=CANARY\nempty =\n"
                                "JAVA_OPTS=\"-Xmx8g -Djavax.net.ssl.trustStorePassword=CANARY -XX:+UseG1GC\"\n"
                                "http_port = 8031\nno equals sign\n= no key");

    (void)state;
    no_secret(conf);
    assert_string_equal(json_str(conf, "run_mode"), "shared_data");
    assert_string_equal(json_str(conf, "http_port"), "8031");
    assert_string_equal(json_str(conf, "JAVA_OPTS"), "-Xmx8g -XX:+UseG1GC");
    assert_string_equal(json_str(conf, "empty"), "");
    assert_int_equal(json_object_size(conf), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(of_a_set),      cmocka_unit_test(of_a_set_that_is_none),
        cmocka_unit_test(of_a_pod),      cmocka_unit_test(of_a_resource),
        cmocka_unit_test(of_fe_conf),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
