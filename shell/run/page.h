/* A plan's page: what a person reads before the question. */
#ifndef BELAY_PAGE_H
#define BELAY_PAGE_H

#include <stdbool.h>

struct plan;
struct session;
struct sink;

/*
 * Prints the page. Long plans are cut in the middle unless `whole`. Untrusted names are escaped.
 * session tells context, namespace and where belay is connected; NULL: a saved plan, of no session.
 */
void page_show(struct sink *sink, const struct plan *plan, struct session *session, bool whole);

#endif
