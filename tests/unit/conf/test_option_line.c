/* Lines of option files: what MySQL reads in them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <belay/str.h>

#include "mem.h"
#include "option_line.h"

static const struct {
    const char *line;
    enum option_line_kind kind;
    const char *name;
    const char *value;
} cases[] = {
    {"", OPTION_LINE_NOTHING, NULL, NULL},
    {" \t\r", OPTION_LINE_NOTHING, NULL, NULL},
    {"# x = 1", OPTION_LINE_NOTHING, NULL, NULL},
    {"  ; x = 1", OPTION_LINE_NOTHING, NULL, NULL},
    {"[client]", OPTION_LINE_GROUP, "client", NULL},
    {"  [ client ] x", OPTION_LINE_GROUP, "client", NULL},
    {"[]", OPTION_LINE_GROUP, "", NULL},
    {"[client", OPTION_LINE_WRONG, NULL, NULL},
    {"!include /a b ", OPTION_LINE_INCLUDE, "/a b", NULL},
    {"!includedir\t/a", OPTION_LINE_INCLUDEDIR, "/a", NULL},
    {"!includedirx", OPTION_LINE_WRONG, NULL, NULL},
    {"!include", OPTION_LINE_WRONG, NULL, NULL},
    {"!nonsense x", OPTION_LINE_WRONG, NULL, NULL},
    {" no-beep # off", OPTION_LINE_VALUE, "no-beep", NULL},
    {"user=root", OPTION_LINE_VALUE, "user", "root"},
    {" user \t=  root \t\r", OPTION_LINE_VALUE, "user", "root"},
    {"user=", OPTION_LINE_VALUE, "user", ""},
    {"user = a=b", OPTION_LINE_VALUE, "user", "a=b"},
    {"user = \"a # b\" # c", OPTION_LINE_VALUE, "user", "a # b"},
    {"user = 'a\" # b' # c", OPTION_LINE_VALUE, "user", "a\" # b"},
    {"user = \"a\\\" # b\" # c", OPTION_LINE_VALUE, "user", "a\" # b"},
    {"user = a' # b", OPTION_LINE_VALUE, "user", "a' # b"},
    {"user = \"", OPTION_LINE_VALUE, "user", "\""},
    {"user = \"\"", OPTION_LINE_VALUE, "user", ""},
    {"user = \"a'", OPTION_LINE_VALUE, "user", "\"a'"},
    {"user = a\\nb\\tc\\rd\\be\\sf\\\\g\\'h\\\"i\\xj\\", OPTION_LINE_VALUE, "user",
     "a\nb\tc\rd\be f\\g'h\"i\\xj\\"},
    {"=x", OPTION_LINE_VALUE, "", "x"},
};

static void every_line(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        AUTO_FREE char *text = mem_text(cases[i].line);
        struct option_line line = option_line_read(text);
        print_message("%s\n", cases[i].line);
        assert_int_equal(line.kind, cases[i].kind);
        assert_true(str_equal(line.name, cases[i].name));
        assert_true(str_equal(line.value, cases[i].value));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_line)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
