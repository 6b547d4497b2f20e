/* Lines that belay puts into fe.conf. */
#ifndef BELAY_CONF_SWITCH_H
#define BELAY_CONF_SWITCH_H

/* Above a setting that is for an upgrade. */
#define CONF_MARK "# by belay, for an upgrade: \\upgrade to a release that does not need it takes it out"

/* What is put behind the text of fe.conf for a setting, and its mark; value NULL: the switch of a restore,
 * true, with the mark of that. free() it. */
char *conf_switch_lines(const char *name, const char *value);

#endif
