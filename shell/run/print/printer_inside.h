/* The inside of the printer: printer.c (results) and printer_setup.c (pager and tee). */
#ifndef BELAY_PRINTER_INSIDE_H
#define BELAY_PRINTER_INSIDE_H

#include "outlet.h"
#include "printer.h"
#include "shell_inside.h"
#include "tee.h"

enum paging { PAGING_OFF, PAGING_NEEDED, PAGING_ALWAYS };

struct printer {
    enum paging paging;
    char *pager;   /* the shell line in use; NULL: none */
    char *default_pager; /* for \P without a word: --pager, the last one given, $PAGER, less */
    bool default_set;    /* by an option or the environment: the classic client knows no other default */
    bool default_asked;  /* the default was asked for: it gets everything */
    struct tee *tee;
    char *last_tee;
    struct outlet *lasting; /* of \o */
    struct target lasting_target;
    struct target once; /* of \once */
    bool has_once;
    struct outlet *current; /* between printer_begin and printer_end */
};

/* printer_setup.c: the pager and the tee that the settings want. */
bool printer_setup(struct shell *shell, struct error *err);
/* Gives the tee, or none, to standard output and standard error. */
void printer_attach_tee(struct shell *shell);
/* Closes the tee. false: not all of it could be written (ERR_OUTPUT). */
bool printer_end_tee(struct shell *shell, struct error *err);
/* A pager stands between us and the terminal. */
bool printer_pages(const struct shell *shell);

#endif
