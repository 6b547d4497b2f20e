/* Which image a StatefulSet is to have: as given, or that of now with the tag of the release. */
#include "restore/restore_set.h"
#include "upgrade_inside.h"

static const char *given_for(const struct upgrading *m, const char *kind)
{
    const char *own = str_equal(kind, "FE")   ? m->choice->image_fe
                      : str_equal(kind, "BE") ? m->choice->image_be
                                              : m->choice->image_cn;
    return own != NULL ? own : m->choice->image;
}

/* "{component}" becomes fe, be or cn. */
static void fill(const char *image, const char *kind, struct str *ret)
{
    static const char slot[] = "{component}";

    for (const char *at; (at = strstr(image, slot)) != NULL; image = at + strlen(slot)) {
        str_addn(ret, image, (size_t)(at - image));
        for (const char *p = kind; *p != '\0'; p++)
            str_addc(ret, (char)(*p | 0x20));
    }
    str_add(ret, image);
}

/* The place of the tag's colon, which no port of a registry is. NULL: it has none. */
static const char *tag_of(const char *image)
{
    const char *slash = strrchr(image, '/');

    return strchr(slash != NULL ? slash : image, ':');
}

/* What is left and right of the old release in a tag stays: "3.3.3-hadoop3" → "3.3.9-hadoop3". */
static char *with_tag(const struct upgrading *m, const char *image)
{
    const char *colon = tag_of(image);
    AUTO_STR old = {0};

    if (colon == NULL)
        return str_format("%s:%s", image, m->choice->to);
    release_text(m->from, &old);
    const char *at = strstr(colon + 1, old.s);
    if (at == NULL)
        return str_format("%.*s:%s", (int)(colon - image), image, m->choice->to);
    return str_format("%.*s%s%s", (int)(at - image), image, m->choice->to, at + old.len);
}

/* A tag that names another release would be found out only by the proof of the first node. */
static bool fits(const struct upgrading *m, const char *image, struct error *err)
{
    const char *tag = tag_of(image);
    struct release release;

    if (!restore_plain(image))
        return error_set(err, ERR_USAGE, "\"%s\" is not the name of an image", image);
    if (tag == NULL || strchr(image, '@') != NULL || !release_parse(tag, &release) ||
        release.patch == 0 || release_compare(release, m->to) == 0)
        return true;
    error_set(err, ERR_USAGE, "the image %s is of another release than --to %s", image, m->choice->to);
    return error_hint(err, "nothing was sent");
}

char *upgrade_image(const struct upgrading *m, const json_t *set, struct error *err)
{
    const char *kind = json_str(set, "kind");
    const char *now = json_str_at(set, "object", "image", NULL);
    const char *given = given_for(m, kind);
    AUTO_STR image = {0};

    if (given == NULL && strchr(now, '@') != NULL) {
        error_set(err, ERR_USAGE, "%s is named by its digest: which image is of %s?", now, m->choice->to);
        error_hint(err, "give it: --image-%s NAME, or --image with {component} in it",
                   str_equal(kind, "FE") ? "fe" : str_equal(kind, "BE") ? "be" : "cn");
        return NULL;
    }
    if (given == NULL) {
        AUTO_FREE char *made = with_tag(m, now);
        str_add(&image, made);
    } else {
        fill(given, kind, &image);
    }
    return fits(m, str_text(&image), err) ? str_take(&image) : NULL;
}
