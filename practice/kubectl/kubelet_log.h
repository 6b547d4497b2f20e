/* The log of a pod's container. */
#ifndef PRACTICE_KUBECTL_KUBELET_LOG_H
#define PRACTICE_KUBECTL_KUBELET_LOG_H

#include <jansson.h>
#include <stdint.h>

/* An FE's own fe.log; of other pods a file beside their tree. free() it. */
char *kubelet_log_path(const char *dir, const json_t *pod);

/* Appends a line with the time, as an FE writes its errors: to the log of a pod, to a file. */
void kubelet_log(const char *dir, const json_t *pod, int64_t at_ms, const char *text);
void kubelet_log_add(const char *path, int64_t at_ms, const char *text);

#endif
