/* Between line.c and line_tab.c: the Tab key. */
#ifndef BELAY_LINE_TAB_H
#define BELAY_LINE_TAB_H

#include "line.h"

/* Gives readline's completion to config (borrowed until the next call); NULL: none. */
void line_tab_use(const struct line_config *config);

#endif
