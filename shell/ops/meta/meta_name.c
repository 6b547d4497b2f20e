/* Tells files of a metadata directory apart by their names. */
#include "meta_name.h"

#include <ctype.h>

#include <belay/str.h>

bool meta_name_number(const char *text, uint64_t *ret)
{
    uint64_t value = 0;

    if (*text == '\0' || (*text == '0' && text[1] != '\0'))
        return false;
    for (; *text != '\0'; text++) {
        if (!isdigit((unsigned char)*text))
            return false;
        uint64_t digit = (uint64_t)(*text - '0');
        if (value > ((uint64_t)INT64_MAX - digit) / 10)
            return false;
        value = value * 10 + digit;
    }
    *ret = value;
    return true;
}

static bool numbered(const char *name, const char *prefix, uint64_t *ret_id)
{
    return str_starts(name, prefix) && meta_name_number(name + strlen(prefix), ret_id) &&
           *ret_id > 0;
}

/*
 * FE's persist/Storage.java looks for the largest number after the last dot of every name that
 * starts with "image" and holds a dot; Long.parseLong takes leading zeros and a plus sign.
 */
static bool misleading(const char *name)
{
    const char *dot = strrchr(name, '.');

    if (!str_starts(name, "image") || dot == NULL)
        return false;
    const char *digits = dot[1] == '+' ? dot + 2 : dot + 1;
    if (*digits == '\0')
        return false;
    return digits[strspn(digits, "0123456789")] == '\0';
}

static enum meta_kind image_kind(const char *name, const char *dir, enum meta_kind image,
                                 uint64_t *ret_id)
{
    const char *file = name + strlen(dir);

    if (strchr(file, '/') != NULL)
        return META_KIND_STRAY;
    if (numbered(file, "image.", ret_id))
        return image;
    if (image == META_KIND_IMAGE_V2 && numbered(file, "checksum.", ret_id))
        return META_KIND_CHECKSUM;
    *ret_id = 0;
    if (str_equal(file, "image.ckpt") || str_ends(file, ".part"))
        return META_KIND_LEFTOVER;
    return misleading(file) ? META_KIND_MISLEADING : META_KIND_STRAY;
}

/* Eight lower-case hex digits and ".jdb": com/sleepycat/je/log/FileManager.java. */
static bool jdb_number(const char *file, uint64_t *ret_id)
{
    if (strspn(file, "0123456789abcdef") != 8 || !str_equal(file + 8, ".jdb"))
        return false;
    *ret_id = strtoull(file, NULL, 16);
    return true;
}

enum meta_kind meta_name_kind(const char *name, uint64_t *ret_id)
{
    *ret_id = 0;
    if (str_equal(name, "image/ROLE"))
        return META_KIND_ROLE;
    if (str_equal(name, "image/VERSION"))
        return META_KIND_VERSION;
    if (str_starts(name, "image/v2/"))
        return image_kind(name, "image/v2/", META_KIND_IMAGE_V2, ret_id);
    if (str_starts(name, "image/starmgr/"))
        return image_kind(name, "image/starmgr/", META_KIND_STARMGR, ret_id);
    if (str_starts(name, "image/"))
        return image_kind(name, "image/", META_KIND_IMAGE_V1, ret_id);
    if (!str_starts(name, "bdb/") || strchr(name + 4, '/') != NULL)
        return META_KIND_STRAY;
    return jdb_number(name + 4, ret_id) ? META_KIND_JDB : META_KIND_BDB_OTHER;
}

const char *meta_name_fault(const char *name)
{
    size_t len = strlen(name), depth = 0;

    if (len == 0)
        return "is empty";
    if (len > META_NAME_MAX)
        return "is too long";
    if (*name == '/')
        return "is absolute";
    for (const char *p = name; *p != '\0'; p++) {
        if ((unsigned char)*p < 0x20 || (unsigned char)*p >= 0x7f || *p == '\\')
            return "holds an odd character";
    }
    while (*name != '\0') {
        size_t part = strcspn(name, "/");
        if (part == 0)
            return "holds an empty part";
        if (part == 2 && name[0] == '.' && name[1] == '.')
            return "holds ..";
        if (part == 1 && *name == '.')
            return "holds a single dot";
        if (++depth > META_DEPTH_MAX)
            return "is too deep";
        name += part;
        if (*name == '/')
            name++;
    }
    return NULL;
}

bool meta_name_prefix(const char *name, size_t *ret_len)
{
    for (const char *p = name; p != NULL && *p != '\0';) {
        if (str_starts(p, "image/") || str_starts(p, "bdb/")) {
            *ret_len = (size_t)(p - name);
            return true;
        }
        p = strchr(p, '/');
        if (p != NULL)
            p++;
    }
    return false;
}
