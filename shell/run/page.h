/* A plan's page: what a person reads before the question. */
#ifndef BELAY_PAGE_H
#define BELAY_PAGE_H

#include <stdbool.h>

struct plan;
struct session;
struct sink;

/*
 * Prints the page. Long plans are cut in the middle unless `whole`. Untrusted names are escaped.
 * through: "kube-starrocks-fe-0:9030", where belay is connected.
 */
void page_show(struct sink *sink, const struct plan *plan, struct session *session, bool whole);

#endif
