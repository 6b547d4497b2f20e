/* \gset: the one row of the last statement becomes variables. */
#include "shell_inside.h"

#include <belay/str.h>
#include <braces.h>

#include "collect.h"
#include "variables.h"

bool shell_gset(struct shell *shell, const char *prefix, struct error *err)
{
    AUTO_RESULT rows = {0};
    AUTO_STRV names = {0};

    if (!collect_last(shell, err) ||
        !collect_result(shell, shell->last_sql.s, shell->last_sql.len, &rows, NULL, err))
        return false;
    if (rows.n_rows != 1) {
        error_set(err, ERR_FAILED, "\\gset wants one row, not %zu; no variable was set",
                  rows.n_rows);
        return error_hint(err, "LIMIT 1, or WHERE");
    }
    for (size_t i = 0; i < rows.n_columns; i++) {
        strv_addf(&names, "%s%s", prefix != NULL ? prefix : "", rows.columns[i].name);
        if (!braces_name_ok(names.v[i])) {
            error_set(err, ERR_USAGE, "the column \"%s\" cannot be a variable; no variable was set",
                      names.v[i]);
            return error_hint(err, "give it a name: … AS name");
        }
    }
    for (size_t i = 0; i < rows.n_columns; i++) {
        const struct cell *cell = &rows.cells[i];
        /* NULL has no text: the variable is gone, so that its use is an error and not a surprise. */
        bool ok = cell->data != NULL ? variables_set(shell, names.v[i], cell->data, err)
                                     : shell_unset(shell, names.v[i], NULL) || true;
        if (!ok)
            return false;
    }
    return true;
}
