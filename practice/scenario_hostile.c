/* Names that real FEs accept (recorded on 3.3.5 to 4.1.0; the line break is unrecorded) and that break
 * careless programs. */
#include "scenario.h"

#define NASTY(NAME)                                                                              \
    {.db = "nasty", .name = NAME, .kind = "MV", .columns = "a INT;n BIGINT",                     \
     .query = "SELECT `t`.`a`, count(*) AS `n`\nFROM `nasty`.`t`\nGROUP BY `t`.`a`",             \
     .bases = "nasty.t", .moment = "ASYNC", .every_n = 1, .every_unit = "DAY"}

#define LETTERS16 "sixteen_letters."
#define LETTERS64 LETTERS16 LETTERS16 LETTERS16 LETTERS16
#define LETTERS256 LETTERS64 LETTERS64 LETTERS64 LETTERS64

const struct scenario_object scenario_hostile_objects[] = {
    {.db = "nasty", .name = "t", .kind = "TABLE", .columns = "a INT;b c INT",
     .rows = "1|2;3|4"},
    NASTY("quo'te"),
    NASTY("dq\"uote"),
    NASTY("end*/comment"),
    NASTY("esc\033[31mred\033]0;title\007"),
    NASTY("semi;colon; DROP TABLE t"),
    NASTY("tab\tname"),
    NASTY("new\nline'; DROP TABLE t; --"),
    NASTY("emoji😀"),
    NASTY("pct%n%s_name"),
    NASTY("back\\slash"),
    NASTY("dot.name"),
    NASTY("sp ace "),
    NASTY("-- dash"),
    NASTY("UpperCase"),
    NASTY("uppercase"),
    NASTY("right\u202eleft"),
    NASTY("hy-phen"),
    NASTY("库存 视图。一"),
    NASTY(LETTERS256 LETTERS256 LETTERS256 LETTERS256), /* as long as a name may be */
    {.name = NULL},
};
