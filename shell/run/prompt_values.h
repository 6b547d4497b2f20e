/* The prompt as it stands now: its format, and what the escapes of it mean in this session. */
#ifndef BELAY_PROMPT_VALUES_H
#define BELAY_PROMPT_VALUES_H

struct shell;
struct str;

/*
 * Appends the prompt. An escape that needs the server asks only where the format has it: \U once a
 * connection, \L over the connection of completion, 300 ms at most.
 */
void prompt_now(struct shell *shell, struct str *ret);

/* Whose server it is, out of the version in its greeting; comment: its @@version_comment. */
const char *shell_product(const struct shell *shell, const char *comment);

/* Appends the prompt of a following line: aligned to the main prompt, or as the classic client. */
void prompt_goes_on(struct shell *shell, const char *prompt, struct str *ret);

#endif
