/* The tree of an FE pod: directories, ROLE and VERSION, fe.conf, logs. */
#include "pods.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "mem.h"
#include "pods_bytes.h"

char *pods_path(const char *dir, const char *pod, const char *sub)
{
    if (!sub)
        return str_format("%s/pods/%s", dir, pod);
    return str_format("%s/pods/%s/opt/starrocks/fe/%s", dir, pod, sub);
}

bool pods_make_dirs(const char *path, struct error *err)
{
    AUTO_FREE char *copy = mem_text(path);
    for (char *p = copy + 1;; p++) {
        if (*p != '/' && *p != '\0')
            continue;
        char kept = *p;
        *p = '\0';
        if (mkdir(copy, 0755) != 0 && errno != EEXIST)
            return error_errno(err, ERR_OUTPUT, "cannot make directory %s", copy);
        *p = kept;
        if (!kept)
            return true;
    }
}

/* java.util.Properties.store: '#' + Date.toString(), then key=value with these four escaped. */
static void properties_head(struct str *ret, int64_t unix_ms)
{
    time_t seconds = (time_t)(unix_ms / 1000);
    struct tm parts;
    char text[64];
    gmtime_r(&seconds, &parts);
    strftime(text, sizeof text, "#%a %b %d %H:%M:%S UTC %Y\n", &parts);
    str_add(ret, text);
}

static void properties_line(struct str *ret, const char *key, const char *value)
{
    str_addf(ret, "%s=", key);
    for (const char *p = value; *p; p++) {
        if (strchr(":=\\#!", *p))
            str_addc(ret, '\\');
        str_addc(ret, *p);
    }
    str_addc(ret, '\n');
}

static bool write_identity(const char *image_dir, const struct pod_fe *spec, struct error *err)
{
    AUTO_FREE char *made = str_format("%s_9010_%" PRId64, spec->host, spec->created_ms);
    AUTO_STR role = {0};
    properties_head(&role, spec->created_ms);
    properties_line(&role, "role", spec->role ? spec->role : "FOLLOWER");
    properties_line(&role, "hostType",
                    strspn(spec->host, "0123456789.") == strlen(spec->host) ? "IP" : "FQDN");
    properties_line(&role, "name", spec->node_name ? spec->node_name : made);

    AUTO_FREE char *id = str_format("%" PRId64, spec->cluster_id);
    AUTO_STR version = {0};
    properties_head(&version, spec->created_ms);
    properties_line(&version, "clusterId", id);
    properties_line(&version, "runMode", spec->shared_data ? "shared_data" : "shared_nothing");
    properties_line(&version, "token", spec->token);

    AUTO_FREE char *role_path = file_join(image_dir, "ROLE");
    AUTO_FREE char *version_path = file_join(image_dir, "VERSION");
    return bytes_to_file(role_path, role.s, role.len, err) &&
           bytes_to_file(version_path, version.s, version.len, err);
}

void pods_default_conf(bool shared_data, struct str *ret)
{
    str_add(ret, "LOG_DIR = ${STARROCKS_HOME}/log\n"
                 "DATE = \"$(date +%Y%m%d-%H%M%S)\"\n"
                 "JAVA_OPTS=\"-Dlog4j2.formatMsgNoLookups=true -Xmx8192m -XX:+UseG1GC\"\n"
                 "http_port = 8030\n"
                 "rpc_port = 9020\n"
                 "query_port = 9030\n"
                 "edit_log_port = 9010\n"
                 "mysql_service_nio_enabled = true\n"
                 "sys_log_level = INFO\n");
    if (shared_data)
        str_add(ret, "run_mode = shared_data\n"
                     "cloud_native_meta_port = 6090\n"
                     "cloud_native_storage_type = S3\n"
                     "aws_s3_path = practice-bucket/starrocks\n"
                     "aws_s3_endpoint = http://minio.starrocks.svc.cluster.local:9000\n"
                     "aws_s3_access_key = practice\n"
                     "aws_s3_secret_key = CANARY-SECRET-aws-s3-secret-key\n"
                     "enable_load_volume_from_conf = true\n");
    else
        str_add(ret, "run_mode = shared_nothing\n"
                     "ldap_bind_root_pwd = CANARY-SECRET-ldap-bind-root-pwd\n");
}

bool pods_write_conf(const char *dir, const char *pod, const char *text, struct error *err)
{
    AUTO_FREE char *path = pods_path(dir, pod, "conf/fe.conf");
    return bytes_to_file(path, text, strlen(text), err);
}

static bool write_logs(const char *dir, const struct pod_fe *spec, struct error *err)
{
    char stamp[CLOCK_TEXT];
    clock_utc(spec->created_ms, stamp);
    AUTO_FREE char *line = str_format("%.10s %.8s.000Z INFO (main|1) [StarRocksFE.start():132] "
                                      "StarRocks FE starting, version: %s\n",
                                      stamp, stamp + 11, spec->version);
    AUTO_FREE char *log = pods_path(dir, spec->pod, "log/fe.log");
    AUTO_FREE char *out = pods_path(dir, spec->pod, "log/fe.out");
    return bytes_to_file(log, line, strlen(line), err) && bytes_to_file(out, "", 0, err);
}

bool pods_create_fe(const char *dir, const struct pod_fe *spec, struct error *err)
{
    static const char *const subs[] = {"meta/image", "conf", "log", "bin", "lib"};
    for (size_t i = 0; i < sizeof subs / sizeof *subs; i++) {
        AUTO_FREE char *path = pods_path(dir, spec->pod, subs[i]);
        if (!pods_make_dirs(path, err))
            return false;
    }
    AUTO_FREE char *root = pods_path(dir, spec->pod, NULL);
    AUTO_FREE char *tmp = file_join(root, "tmp");
    AUTO_FREE char *home = file_join(root, "root");
    AUTO_FREE char *starmgr = pods_path(dir, spec->pod, "meta/image/starmgr");
    if (!pods_make_dirs(tmp, err) || !pods_make_dirs(home, err) ||
        (spec->shared_data && !pods_make_dirs(starmgr, err)))
        return false;

    AUTO_STR conf = {0};
    if (spec->conf)
        str_add(&conf, spec->conf);
    else
        pods_default_conf(spec->shared_data, &conf);
    AUTO_FREE char *image = pods_path(dir, spec->pod, "meta/image");
    return write_identity(image, spec, err) &&
           pods_write_conf(dir, spec->pod, str_text(&conf), err) &&
           pods_create_bdb(dir, spec, err) && write_logs(dir, spec, err);
}
