/* The log of a pod's container. */
#ifndef PRACTICE_KUBECTL_KUBELET_LOG_H
#define PRACTICE_KUBECTL_KUBELET_LOG_H

#include <jansson.h>
#include <stdint.h>

/* An FE's own fe.log; of other pods a file beside their tree. free() it. */
char *kubelet_log_path(const char *dir, const json_t *pod);

/* Appends a line with the time, as an FE writes its errors. */
void kubelet_log(const char *dir, const json_t *pod, int64_t at_ms, const char *text);

#endif
