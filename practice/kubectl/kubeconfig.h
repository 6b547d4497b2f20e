/* The kubeconfig: found, read, and asked for the context in force. */
#ifndef PRACTICE_KUBECTL_KUBECONFIG_H
#define PRACTICE_KUBECTL_KUBECONFIG_H

#include "call.h"

/*
 * Finds and reads the kubeconfig, fills call->config, context, user, ns and dir. Without one the
 * fields stay NULL and the result is true, as with kubectl. false: the message is on stderr.
 */
bool kubeconfig_load(struct call *call);

/* Is the context in force one of the file? false: the message is on stderr. */
bool kubeconfig_check(struct call *call);

/* Writes DIR/kubeconfig: JSON, which is YAML, with one context. ERR_OUTPUT. */
bool kubeconfig_write(const char *dir, const char *context, const char *ns, struct error *err);

#endif
