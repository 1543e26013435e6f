/* Reads inputs of fuzz_tls into units, and writes them. */
#include "tls_script.h"

#include <string.h>

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);

static uint8_t arena[8 * FUZZ_CONTENT_MAX]; /* new contents */
static size_t arena_len;
static uint32_t random_state;

void fuzz_script_begin(unsigned seed)
{
    random_state = seed * 2654435761u | 1;
    arena_len = 0;
}

uint32_t fuzz_pick(uint32_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return below == 0 ? 0 : random_state % below;
}

static void put_number(uint8_t *p, size_t value, size_t octets)
{
    for (size_t i = 0; i < octets; i++) {
        p[i] = (uint8_t) (value >> 8 * (octets - 1 - i));
    }
}

/* --- new contents -------------------------------------------------------------------------- */

/* Space for FUZZ_CONTENT_MAX octets; commit_content() keeps those that were written. */
static uint8_t *reserve_content(void)
{
    return arena_len + FUZZ_CONTENT_MAX <= sizeof(arena) ? arena + arena_len : NULL;
}

static fuzz_slice commit_content(uint8_t *start, size_t len)
{
    arena_len += len;
    return (fuzz_slice) { start, len };
}

fuzz_slice fuzz_replace(fuzz_slice s, size_t from, size_t to, fuzz_slice with)
{
    uint8_t *out = reserve_content();
    if (out == NULL || s.len + with.len > FUZZ_CONTENT_MAX) {
        return s;
    }
    memcpy(out, s.p, from);
    memmove(out + from, with.p, with.len);
    memcpy(out + from + with.len, s.p + to, s.len - to);
    return commit_content(out, from + with.len + s.len - to);
}

fuzz_slice fuzz_mutate(fuzz_slice s)
{
    uint8_t *out = reserve_content();
    if (out == NULL || s.len > FUZZ_CONTENT_MAX / 2) {
        return s;
    }
    if (s.len == 0) {
        out[0] = (uint8_t) fuzz_pick(256);
        return commit_content(out, 1);
    }
    memcpy(out, s.p, s.len);
    return commit_content(out, LLVMFuzzerMutate(out, s.len, s.len + 64));
}

fuzz_slice fuzz_copy(const void *bytes, size_t len)
{
    return fuzz_replace((fuzz_slice) { arena, 0 }, 0, 0, (fuzz_slice) { bytes, len });
}

/* --- reading ------------------------------------------------------------------------------ */

static int is_messages(fuzz_slice s)
{
    size_t at = 0;
    while (s.len - at >= 4 && s.p[at] <= 24 && s.len - at - 4 >= fuzz_tls_number(s.p + at + 1, 3)) {
        at += 4 + fuzz_tls_number(s.p + at + 1, 3);
    }
    return at == s.len && s.len > 0;
}

/* Guesses from a record's content how it is protected. */
static void read_protection(fuzz_unit *u)
{
    fuzz_slice all = u->content;
    if (u->outer == DATA && all.len >= 17) {
        size_t last = all.len - 16;
        while (last > 0 && all.p[last - 1] == 0 && u->padding < 255) {
            last--;
            u->padding++;
        }
        u->tag = 16;
        u->bad = (uint8_t) fuzz_has_bad_marker(all.p + all.len - 16, 16);
        u->content.len = all.len - 16;
        if (last > 0 && all.p[last - 1] >= CHANGE_CIPHER_SPEC && all.p[last - 1] <= DATA) {
            u->inner = all.p[last - 1];
            u->content.len = last - 1;
        } else {
            u->padding = 0;
        }
    } else if (u->outer == HANDSHAKE && !is_messages(all)) { /* TLS 1.2 */
        for (uint8_t nonce = 0; nonce <= 8 && all.len > 16u + nonce; nonce = (uint8_t) (nonce + 8)) {
            fuzz_slice inside = { all.p + nonce, all.len - 16 - nonce };
            if (is_messages(inside)) {
                u->content = inside;
                u->nonce = nonce;
                u->tag = 16;
                break;
            }
        }
    } else if (u->outer == ALERT && (all.len == 18 || all.len == 26)) {
        u->nonce = (uint8_t) (all.len - 18);
        u->tag = 16;
        u->content = (fuzz_slice) { all.p + u->nonce, 2 };
    }
}

static fuzz_unit *add_unit(fuzz_script *s)
{
    fuzz_unit *u = &s->units[s->count < FUZZ_UNITS_MAX ? s->count++ : FUZZ_UNITS_MAX - 1];
    memset(u, 0, sizeof(*u));
    return u;
}

static void read_wire(fuzz_script *s, fuzz_slice wire)
{
    for (size_t at = 0; at < wire.len && s->count < FUZZ_UNITS_MAX;) {
        fuzz_unit *u = add_unit(s);
        u->part = FUZZ_TLS_WIRE;
        u->joined = at > 0;
        size_t len = wire.len - at < 5 ? 0 : fuzz_tls_number(wire.p + at + 3, 2);
        if (wire.len - at < 5 || len > wire.len - at - 5 || wire.p[at + 1] != 3) {
            u->content = (fuzz_slice) { wire.p + at, wire.len - at };
            return;
        }
        u->is_record = 1;
        u->outer = wire.p[at];
        u->version[0] = wire.p[at + 1];
        u->version[1] = wire.p[at + 2];
        u->content = (fuzz_slice) { wire.p + at + 5, len };
        read_protection(u);
        at += 5 + len;
    }
}

void fuzz_script_read(fuzz_script *s, const uint8_t *data, size_t size)
{
    memset(s->header, 0, sizeof(s->header));
    memcpy(s->header, data, size < FUZZ_HEADER ? size : FUZZ_HEADER);
    s->count = 0;
    for (size_t at = FUZZ_HEADER; at + FUZZ_RECORD_HEADER <= size && s->count < FUZZ_UNITS_MAX;) {
        uint8_t part = data[at];
        size_t len = fuzz_tls_number(data + at + 1, 2);
        at += FUZZ_RECORD_HEADER;
        len = len < size - at ? len : size - at;
        if (part == FUZZ_TLS_WIRE && len > 0) {
            read_wire(s, (fuzz_slice) { data + at, len });
        } else {
            fuzz_unit *u = add_unit(s);
            u->part = part;
            u->content = (fuzz_slice) { data + at, len };
        }
        at += len;
    }
}

/* --- writing ------------------------------------------------------------------------------ */

static size_t write_record(const fuzz_unit *u, uint8_t *out)
{
    static const uint8_t bad[] = { 0xBA, 0xD0, 0xBA, 0xD0 };
    size_t at = 5;
    memset(out + at, 9, u->nonce);
    at += u->nonce;
    memcpy(out + at, u->content.p, u->content.len);
    at += u->content.len;
    if (u->inner != 0) {
        out[at++] = u->inner;
        memset(out + at, 0, u->padding);
        at += u->padding;
    }
    memset(out + at, 0, u->tag);
    if (u->bad && u->tag >= sizeof(bad)) {
        memcpy(out + at, bad, sizeof(bad));
    }
    at += u->tag;
    out[0] = u->outer;
    memcpy(out + 1, u->version, 2);
    put_number(out + 3, at - 5, 2);
    return at;
}

size_t fuzz_script_write(const fuzz_script *s, uint8_t *out, size_t max)
{
    size_t at = FUZZ_HEADER;
    size_t part = 0;
    if (max < FUZZ_HEADER) {
        return 0;
    }
    memcpy(out, s->header, FUZZ_HEADER);
    for (size_t i = 0; i < s->count; i++) {
        const fuzz_unit *u = &s->units[i];
        if (u->content.len > FUZZ_CONTENT_MAX / 2 || max - at < u->content.len + FUZZ_RECORD_HEADER + 300) {
            return 0;
        }
        if (!u->joined || i == 0 || s->units[i - 1].part != FUZZ_TLS_WIRE || u->part != FUZZ_TLS_WIRE ||
            at - part > FUZZ_CONTENT_MAX / 2) {
            part = at;
            out[at] = u->part;
            at += FUZZ_RECORD_HEADER;
        }
        if (u->is_record) {
            at += write_record(u, out + at);
        } else if (u->content.len > 0) {
            memcpy(out + at, u->content.p, u->content.len);
            at += u->content.len;
        }
        put_number(out + part + 1, at - part - FUZZ_RECORD_HEADER, 2);
    }
    return at;
}
