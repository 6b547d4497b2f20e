/* Lines of logs. */
#include "kubelet_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <belay/json.h>
#include <belay/str.h>

#include "clock.h"
#include "file.h"
#include "pods.h"

char *kubelet_log_path(const char *dir, const json_t *pod)
{
    const char *name = json_str_at(pod, "metadata", "name", NULL);
    const char *component =
        json_str(json_at(pod, "metadata", "labels", NULL), "app.kubernetes.io/component");
    if (str_equal(component, "fe"))
        return pods_path(dir, name, "log/fe.log");
    return str_format("%s/pods/%s.log", dir, name);
}

void kubelet_log_add(const char *path, int64_t at_ms, const char *text)
{
    char stamp[CLOCK_TEXT];
    clock_utc(at_ms, stamp);
    AUTO_FREE char *line =
        str_format("%.10s %.8s.000Z ERROR (main|1) %s\n", stamp, stamp + 11, text);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    if (fd < 0)
        return;
    file_write_all(fd, line, strlen(line), path, NULL);
    close(fd);
}

void kubelet_log(const char *dir, const json_t *pod, int64_t at_ms, const char *text)
{
    AUTO_FREE char *path = kubelet_log_path(dir, pod);
    kubelet_log_add(path, at_ms, text);
}
