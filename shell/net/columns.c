/* The columns of a result set as belay knows them: name, kind, and what the server said of them. */
#include "columns.h"

#include <belay/str.h>
#include <mem.h>

#define BINARY_CHARSET 63

/* is_binary_field() of client/mysql.cc. */
static bool is_binary(const MYSQL_FIELD *field)
{
    return field->charsetnr == BINARY_CHARSET &&
           (field->type == MYSQL_TYPE_BIT || field->type == MYSQL_TYPE_VARCHAR ||
            (field->type >= MYSQL_TYPE_TINY_BLOB && field->type <= MYSQL_TYPE_GEOMETRY));
}

static enum column_kind kind_of(const MYSQL_FIELD *field)
{
    if (IS_NUM(field->type))
        return COLUMN_NUMBER;
    return is_binary(field) ? COLUMN_BINARY : COLUMN_TEXT;
}

/* fieldtype2str() of client/mysql.cc. */
static const char *type_name(enum enum_field_types type)
{
    static const struct {
        enum enum_field_types type;
        const char *name;
    } names[] = {
        {MYSQL_TYPE_BIT, "BIT"}, {MYSQL_TYPE_BLOB, "BLOB"}, {MYSQL_TYPE_DATE, "DATE"},
        {MYSQL_TYPE_DATETIME, "DATETIME"}, {MYSQL_TYPE_NEWDECIMAL, "NEWDECIMAL"},
        {MYSQL_TYPE_DECIMAL, "DECIMAL"}, {MYSQL_TYPE_DOUBLE, "DOUBLE"}, {MYSQL_TYPE_ENUM, "ENUM"},
        {MYSQL_TYPE_FLOAT, "FLOAT"}, {MYSQL_TYPE_GEOMETRY, "GEOMETRY"}, {MYSQL_TYPE_INT24, "INT24"},
        {MYSQL_TYPE_LONG, "LONG"}, {MYSQL_TYPE_LONGLONG, "LONGLONG"},
        {MYSQL_TYPE_LONG_BLOB, "LONG_BLOB"}, {MYSQL_TYPE_MEDIUM_BLOB, "MEDIUM_BLOB"},
        {MYSQL_TYPE_NEWDATE, "NEWDATE"}, {MYSQL_TYPE_NULL, "NULL"}, {MYSQL_TYPE_SET, "SET"},
        {MYSQL_TYPE_SHORT, "SHORT"}, {MYSQL_TYPE_STRING, "STRING"}, {MYSQL_TYPE_TIME, "TIME"},
        {MYSQL_TYPE_TIMESTAMP, "TIMESTAMP"}, {MYSQL_TYPE_TINY, "TINY"},
        {MYSQL_TYPE_TINY_BLOB, "TINY_BLOB"}, {MYSQL_TYPE_VAR_STRING, "VAR_STRING"},
        {MYSQL_TYPE_YEAR, "YEAR"},
    };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (names[i].type == type)
            return names[i].name;
    return "?-unknown-?";
}

static void add_attribute(const MYSQL_FIELD *field, enum mariadb_field_attr_t which,
                          const char *label, struct str *ret)
{
    MARIADB_CONST_STRING text;

    if (mariadb_field_attr(&text, field, which) != 0 || text.length == 0)
        return;
    str_addf(ret, "%s%s", ret->len > 0 ? " " : "", label);
    str_addn(ret, text.str, text.length);
}

/* With what MariaDB adds for types that the protocol does not have: "STRING (type=inet6)". */
static char *type_text(const MYSQL_FIELD *field)
{
    AUTO_STR attributes = {0};

    add_attribute(field, MARIADB_FIELD_ATTR_DATA_TYPE_NAME, "type=", &attributes);
    add_attribute(field, MARIADB_FIELD_ATTR_FORMAT_NAME, "format=", &attributes);
    if (attributes.len == 0)
        return mem_text(type_name(field->type));
    return str_format("%s (%s)", type_name(field->type), attributes.s);
}

/* fieldflags2str() of client/mysql.cc. */
static char *flags_text(unsigned flags)
{
    static const struct {
        unsigned flag;
        const char *name;
    } names[] = {
        {NOT_NULL_FLAG, "NOT_NULL"}, {PRI_KEY_FLAG, "PRI_KEY"}, {UNIQUE_KEY_FLAG, "UNIQUE_KEY"},
        {MULTIPLE_KEY_FLAG, "MULTIPLE_KEY"}, {BLOB_FLAG, "BLOB"}, {UNSIGNED_FLAG, "UNSIGNED"},
        {ZEROFILL_FLAG, "ZEROFILL"}, {BINARY_FLAG, "BINARY"}, {ENUM_FLAG, "ENUM"},
        {AUTO_INCREMENT_FLAG, "AUTO_INCREMENT"}, {TIMESTAMP_FLAG, "TIMESTAMP"}, {SET_FLAG, "SET"},
        {NO_DEFAULT_VALUE_FLAG, "NO_DEFAULT_VALUE"}, {NUM_FLAG, "NUM"},
        {PART_KEY_FLAG, "PART_KEY"}, {GROUP_FLAG, "GROUP"}, {ON_UPDATE_NOW_FLAG, "ON_UPDATE_NOW"},
    };
    struct str text = {0};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if ((flags & names[i].flag) != 0)
            str_addf(&text, "%s ", names[i].name);
        flags &= ~names[i].flag;
    }
    if (flags != 0)
        str_addf(&text, " unknown=0x%04x", flags);
    return str_take(&text);
}

static struct column_facts *facts_of(const MYSQL_FIELD *field)
{
    struct column_facts *facts = mem_alloc(sizeof(*facts));
    MARIADB_CHARSET_INFO *charset = mariadb_get_charset_by_nr(field->charsetnr);

    facts->org_name = mem_textn(field->org_name, field->org_name_length);
    facts->catalog = mem_textn(field->catalog, field->catalog_length);
    facts->database = mem_textn(field->db, field->db_length);
    facts->table = mem_textn(field->table, field->table_length);
    facts->org_table = mem_textn(field->org_table, field->org_table_length);
    facts->type = type_text(field);
    facts->collation = mem_text(charset != NULL ? charset->name : "?");
    facts->collation_number = field->charsetnr;
    facts->length = field->length;
    facts->decimals = field->decimals;
    facts->flags = flags_text(field->flags);
    return facts;
}

struct column *columns_of(MYSQL_RES *res, unsigned n, bool facts)
{
    struct column *columns = mem_array(n, sizeof(*columns));
    MYSQL_FIELD *fields = mysql_fetch_fields(res);

    for (unsigned i = 0; i < n; i++) {
        columns[i].name = mem_textn(fields[i].name, fields[i].name_length);
        columns[i].kind = kind_of(&fields[i]);
        columns[i].not_null = (fields[i].flags & NOT_NULL_FLAG) != 0;
        columns[i].max_cells = fields[i].length;
        columns[i].facts = facts ? facts_of(&fields[i]) : NULL;
    }
    return columns;
}

void columns_free(struct column *columns, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        free(columns[i].name);
        column_facts_free(columns[i].facts);
    }
    free(columns);
}
