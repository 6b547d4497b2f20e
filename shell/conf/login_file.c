/*
 * ~/.mylogin.cnf as mysql_config_editor writes it: MySQL source, client/mysql_config_editor.cc and
 * mysys/my_default.cc. Four zero bytes, twenty bytes of a key, then lines, each with its length in
 * four bytes before it, scrambled by AES-128-ECB. The key lies in the file: this hides, and protects
 * nothing.
 */
#include <sys/stat.h>

#include <aes.h>
#include <file.h>
#include <mem.h>

#include "option_files.h"

#define HEAD 4
#define KEY 20
#define FILE_MAX ((size_t)1 << 20)
#define LINE_MAX_BYTES 4096

/* false: damaged. */
static bool unscramble(const struct str *data, struct str *ret)
{
    const unsigned char *p = (const unsigned char *)data->s;
    unsigned char key[16] = {0};

    if (data->len < HEAD + KEY)
        return false;
    for (size_t i = 0; i < KEY; i++)
        key[i % sizeof(key)] ^= p[HEAD + i];
    for (size_t at = HEAD + KEY; at < data->len;) {
        if (data->len - at < 4)
            return false;
        size_t len = p[at] | (size_t)p[at + 1] << 8 | (size_t)p[at + 2] << 16 |
                     (size_t)p[at + 3] << 24;
        at += 4;
        if (len > LINE_MAX_BYTES || len > data->len - at || !aes128_ecb_decrypt(key, p + at, len, ret))
            return false;
        at += len;
    }
    return true;
}

bool login_file_read(struct option_reader *reader, const char *path, struct error *err)
{
    AUTO_STR data = {0};
    AUTO_STR text = {0};
    struct stat st;

    if (stat(path, &st) != 0)
        return true;
    if (S_ISREG(st.st_mode) && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        strv_addf(&reader->settings->notes, "Warning: %s should be readable/writable only by current "
                  "user; it is ignored", path);
        return true;
    }
    if (!file_read(path, FILE_MAX, &data, err))
        return false;
    bool ok = true;
    if (data.len > 0 && (!unscramble(&data, &text) || strlen(str_text(&text)) != text.len))
        strv_addf(&reader->settings->notes, "Warning: %s is damaged and ignored", path);
    else if (text.len > 0)
        ok = option_text_read(reader, path, text.s, err);
    if (text.s != NULL)
        mem_wipe(text.s, text.len);
    return ok;
}
