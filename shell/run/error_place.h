/* Where in a statement the server found an error. */
#ifndef BELAY_ERROR_PLACE_H
#define BELAY_ERROR_PLACE_H

struct error;
struct shell;

/*
 * At the keyboard, when the message names line and column: that line of the last statement sent, as
 * far as the window is wide, with a mark below the place. Nothing of a statement with a secret.
 */
void error_place(struct shell *shell, const struct error *err);

#endif
