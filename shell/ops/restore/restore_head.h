/* The first part of a restore plan, the same for every kind of cluster. */
#ifndef BELAY_RESTORE_HEAD_H
#define BELAY_RESTORE_HEAD_H

#include <stdint.h>

#include "restore_facts.h"
#include "restore_page.h"

void restore_head_write(struct page *page, const struct restore_facts *facts, int64_t now_ms);

/* The steps for frontends that a person starts (restore_hand.c). */
void restore_hand_write(struct page *page, const struct restore_facts *facts, int64_t now_ms);

#endif
