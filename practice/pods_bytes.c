/* Numbers as Java and protobuf write them, and files written in one go. */
#include "pods_bytes.h"

#include <fcntl.h>
#include <unistd.h>

#include "file.h"

void bytes_be32(struct str *ret, uint32_t number)
{
    unsigned char raw[4] = {(unsigned char)(number >> 24), (unsigned char)(number >> 16),
                            (unsigned char)(number >> 8), (unsigned char)number};
    str_addn(ret, raw, sizeof raw);
}

void bytes_le32(struct str *ret, uint32_t number)
{
    unsigned char raw[4] = {(unsigned char)number, (unsigned char)(number >> 8),
                            (unsigned char)(number >> 16), (unsigned char)(number >> 24)};
    str_addn(ret, raw, sizeof raw);
}

void bytes_varint(struct str *ret, uint64_t number)
{
    while (number >= 0x80) {
        str_addc(ret, (char)((number & 0x7f) | 0x80));
        number >>= 7;
    }
    str_addc(ret, (char)number);
}

bool bytes_to_file(const char *path, const void *data, size_t len, struct error *err)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644);
    if (fd < 0)
        return error_errno(err, ERR_OUTPUT, "cannot write %s", path);
    bool ok = file_write_all(fd, data, len, path, err);
    if (close(fd) != 0 && ok)
        ok = error_errno(err, ERR_OUTPUT, "cannot write %s", path);
    return ok;
}
