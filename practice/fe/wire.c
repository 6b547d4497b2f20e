/* MySQL protocol packets. */
#include "wire.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PART 0xFFFFFF /* longest part of a packet */
#define MORE_RESULTS 8

void wire_done(struct wire *w)
{
    str_done(&w->out);
    if (w->fd >= 0)
        close(w->fd);
    w->fd = -1;
}

static bool read_all(int fd, unsigned char *to, size_t len)
{
    while (len > 0) {
        ssize_t n = recv(fd, to, len, 0);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        to += n;
        len -= (size_t)n;
    }
    return true;
}

static bool read_part(struct wire *w, struct str *ret, size_t *ret_len)
{
    unsigned char head[4], buffer[8192];
    if (!read_all(w->fd, head, sizeof head))
        return false;
    size_t len = (size_t)head[0] | (size_t)head[1] << 8 | (size_t)head[2] << 16;
    w->sequence = (uint8_t)(head[3] + 1);
    *ret_len = len;
    if (ret->len + len > WIRE_MAX)
        return false;
    while (len > 0) {
        size_t n = len < sizeof buffer ? len : sizeof buffer;
        if (!read_all(w->fd, buffer, n))
            return false;
        str_addn(ret, buffer, n);
        len -= n;
    }
    return true;
}

bool wire_read(struct wire *w, struct str *ret)
{
    size_t len = PART;
    str_clear(ret);
    while (len == PART) {
        if (!read_part(w, ret, &len))
            return false;
    }
    return true;
}

void wire_add(struct wire *w, const struct str *payload)
{
    size_t at = 0, n;
    do {
        n = payload->len - at < PART ? payload->len - at : PART;
        wire_int(&w->out, n, 3);
        str_addc(&w->out, (char)w->sequence++);
        if (n > 0)
            str_addn(&w->out, payload->s + at, n);
        at += n;
    } while (n == PART);
}

bool wire_flush(struct wire *w)
{
    size_t at = 0;
    while (at < w->out.len) {
        ssize_t n = send(w->fd, w->out.s + at, w->out.len - at, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return false;
        at += (size_t)n;
    }
    str_clear(&w->out);
    return true;
}

void wire_int(struct str *out, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        str_addc(out, (char)(value >> (8 * i) & 0xFF));
}

void wire_length(struct str *out, uint64_t value)
{
    if (value < 251) {
        wire_int(out, value, 1);
    } else if (value < 0x10000) {
        wire_int(out, 0xFC, 1);
        wire_int(out, value, 2);
    } else if (value < 0x1000000) {
        wire_int(out, 0xFD, 1);
        wire_int(out, value, 3);
    } else {
        wire_int(out, 0xFE, 1);
        wire_int(out, value, 8);
    }
}

void wire_text(struct str *out, const char *text, size_t len)
{
    wire_length(out, len);
    str_addn(out, text, len);
}

static void add_text(struct str *out, const char *text)
{
    wire_text(out, text, strlen(text));
}

/* Recorded: character set 33 for text, 63 for the rest; flags 0. */
static void add_column(struct wire *w, const struct answer_column *column)
{
    AUTO_STR p = {0};
    add_text(&p, "def");
    for (int i = 0; i < 3; i++)
        add_text(&p, ""); /* database, table, original table */
    add_text(&p, column->name);
    add_text(&p, column->name);
    wire_int(&p, 0x0C, 1);
    wire_int(&p, column->type == CELL_STRING || column->type == CELL_CHAR ? 33 : 63, 2);
    wire_int(&p, column->length, 4);
    wire_int(&p, column->type, 1);
    wire_int(&p, 0, 2);
    wire_int(&p, column->decimals, 1);
    wire_int(&p, 0, 2);
    wire_add(w, &p);
}

static void add_eof(struct wire *w, bool more)
{
    AUTO_STR p = {0};
    wire_int(&p, 0xFE, 1);
    wire_int(&p, 0, 2);
    wire_int(&p, more ? MORE_RESULTS : 0, 2);
    wire_add(w, &p);
}

static void add_rows(struct wire *w, const struct answer *a, size_t limit)
{
    for (size_t row = 0; row < answer_rows(a) && row < limit; row++) {
        AUTO_STR p = {0};
        for (size_t i = 0; i < a->n_columns; i++) {
            const char *cell = a->cells[row * a->n_columns + i];
            if (cell == NULL)
                wire_int(&p, 0xFB, 1);
            else if (a->columns[i].type == CELL_BLOB)
                wire_text(&p, cell, a->lengths[row * a->n_columns + i]);
            else
                add_text(&p, cell);
        }
        wire_add(w, &p);
    }
}

void wire_answer(struct wire *w, const struct answer *a, bool more_results, size_t rows_limit)
{
    AUTO_STR p = {0};
    switch (a->kind) {
    case ANSWER_OK:
        wire_int(&p, 0, 1);
        wire_length(&p, a->affected);
        wire_length(&p, 0); /* insert id */
        wire_int(&p, more_results ? MORE_RESULTS : 0, 2);
        wire_int(&p, 0, 2); /* warnings */
        if (a->info != NULL)
            wire_text(&p, a->info, strlen(a->info));
        wire_add(w, &p);
        return;
    case ANSWER_ERROR:
        wire_int(&p, 0xFF, 1);
        wire_int(&p, a->code, 2);
        str_addc(&p, '#');
        str_addn(&p, a->sqlstate, 5);
        str_add(&p, a->message);
        wire_add(w, &p);
        return;
    case ANSWER_ROWS:
        wire_length(&p, a->n_columns);
        wire_add(w, &p);
        for (size_t i = 0; i < a->n_columns; i++)
            add_column(w, &a->columns[i]);
        add_eof(w, more_results);
        add_rows(w, a, rows_limit);
        if (rows_limit == SIZE_MAX)
            add_eof(w, more_results);
        return;
    }
}
