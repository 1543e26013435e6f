/* Mutates inputs of fuzz_tls: the server's records and messages (tls_messages.c), and the actions of the host. Updates
 * the lengths around each change, so that parsers still reach deeply nested changes. */
#include <string.h>

#include "tls_script.h"

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t max_size);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed);
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned seed);

static fuzz_script current;
static fuzz_script donor;

/* --- records ---------------------------------------------------------------------------------- */

static uint8_t content_type(const fuzz_unit *u)
{
    return u->inner != 0 ? u->inner : u->outer;
}

/* A random TLS record (only handshake records if \p of_messages), or NULL. */
static fuzz_unit *pick_record(fuzz_script *s, int of_messages)
{
    fuzz_unit *found = NULL;
    uint32_t count = 0;
    for (size_t i = 0; i < s->count; i++) {
        fuzz_unit *u = &s->units[i];
        if (u->is_record && (!of_messages || content_type(u) == HANDSHAKE) && fuzz_pick(++count) == 0) {
            found = u;
        }
    }
    return found;
}

static void insert_unit(fuzz_script *s, size_t at, fuzz_unit u)
{
    if (s->count < FUZZ_UNITS_MAX) {
        memmove(&s->units[at + 1], &s->units[at], (s->count - at) * sizeof(u));
        s->units[at] = u;
        s->count++;
    }
}

static void remove_unit(fuzz_script *s, size_t at)
{
    s->count--;
    memmove(&s->units[at], &s->units[at + 1], (s->count - at) * sizeof(s->units[0]));
}

/* A record that is not in the input; usually protected like \p like. */
static fuzz_unit new_record(const fuzz_unit *like)
{
    static const struct {
        uint8_t type;
        uint8_t len;
        uint8_t bytes[24];
    } records[] = {
        { CHANGE_CIPHER_SPEC, 1, { 1 } },
        { ALERT, 2, { 1, 0 } },
        { ALERT, 2, { 2, 40 } },
        { ALERT, 2, { 1, 90 } },
        { ALERT, 2, { 1, 100 } },
        { ALERT, 1, { 2 } },
        { DATA, 0, { 0 } },
        { DATA, 5, { 'h', 'e', 'l', 'l', 'o' } },
        { HANDSHAKE, 0, { 0 } },
        { HANDSHAKE, 4, { 0 } },
        { HANDSHAKE, 4, { 14 } },
        { HANDSHAKE, 5, { 24, 0, 0, 1, 0 } },
        { HANDSHAKE, 5, { 24, 0, 0, 1, 1 } },
        { HANDSHAKE, 19, { 4, 0, 0, 15, 0, 0, 0, 60, 1, 2, 3, 4, 0, 0, 2, 7, 7, 0, 0 } },
        { HANDSHAKE, 16, { 20, 0, 0, 12, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3 } },
        { 24, 3, { 1, 0, 16 } },
    };
    size_t n = fuzz_pick(sizeof(records) / sizeof(records[0]));
    fuzz_unit u = { .part = FUZZ_TLS_WIRE,
                    .joined = (uint8_t) fuzz_pick(2),
                    .is_record = 1,
                    .outer = records[n].type,
                    .version = { 3, 3 } };
    if (like != NULL && fuzz_pick(4) != 0) {
        u.nonce = like->nonce;
        u.tag = like->tag;
        if (like->inner != 0) {
            u.inner = u.outer;
            u.outer = DATA;
        }
    }
    u.content = fuzz_copy(records[n].bytes, records[n].len);
    return u;
}

static void change_record(fuzz_script *s)
{
    static const uint8_t types[] = { CHANGE_CIPHER_SPEC, ALERT, HANDSHAKE, DATA, 24, 0 };
    fuzz_unit *u = pick_record(s, 0);
    if (u == NULL) {
        insert_unit(s, s->count, new_record(NULL));
        return;
    }
    size_t at = (size_t) (u - s->units);
    fuzz_unit other = *u;
    switch (fuzz_pick(15)) {
        case 0: remove_unit(s, at); break;
        case 1: insert_unit(s, at, other); break;
        case 2: /* move */
            remove_unit(s, at);
            insert_unit(s, fuzz_pick((uint32_t) s->count + 1), other);
            break;
        case 3: /* split */
            u->content.len = fuzz_pick((uint32_t) u->content.len);
            other.content.p += u->content.len;
            other.content.len -= u->content.len;
            insert_unit(s, at + 1, other);
            break;
        case 4: /* merge with the next */
            if (at + 1 < s->count && s->units[at + 1].is_record) {
                u->content = fuzz_replace(u->content, u->content.len, u->content.len, s->units[at + 1].content);
                remove_unit(s, at + 1);
            }
            break;
        case 5: *(u->inner != 0 ? &u->inner : &u->outer) = types[fuzz_pick(sizeof(types))]; break;
        case 6: u->outer = types[fuzz_pick(sizeof(types))]; break;
        case 7: u->version[fuzz_pick(2)] = (uint8_t) fuzz_pick(5); break;
        case 8: /* change the protection */
            u->tag = fuzz_pick(2) == 0 ? 16 : 0;
            u->nonce = fuzz_pick(4) == 0 && u->tag > 0 ? 8 : 0;
            if (fuzz_pick(2) == 0 && u->tag > 0 && u->nonce == 0) {
                u->inner = content_type(u);
                u->outer = DATA;
            } else if (u->inner != 0) {
                u->outer = u->inner;
                u->inner = 0;
            }
            break;
        case 9: u->bad = !u->bad; break;
        case 10: u->padding = (uint8_t) fuzz_pick(fuzz_pick(2) == 0 ? 4 : 256); break;
        case 11: u->content = fuzz_mutate(u->content); break;
        case 12: u->joined = !u->joined; break;
        default: insert_unit(s, at + fuzz_pick(2), new_record(u)); break;
    }
}

/* Mutates a part that is not on the wire: an action of the host, or an option. */
static void change_part(fuzz_script *s)
{
    static const uint8_t parts[] = { FUZZ_TLS_WRITE,  FUZZ_TLS_GENERATE,   FUZZ_TLS_READ,   FUZZ_TLS_SEND,
                                     FUZZ_TLS_EOF,    FUZZ_TLS_CLOSE,      FUZZ_TLS_EXPORT, FUZZ_TLS_KEYLOG,
                                     FUZZ_TLS_UPDATE, FUZZ_TLS_SERVERNAME, FUZZ_TLS_ALPN,   FUZZ_TLS_WAIT,
                                     FUZZ_TLS_ANSWER };
    size_t at = fuzz_pick((uint32_t) s->count + 1);
    if (at < s->count && !s->units[at].is_record && fuzz_pick(2) == 0) {
        switch (fuzz_pick(4)) {
            case 0: remove_unit(s, at); break;
            case 1: insert_unit(s, fuzz_pick((uint32_t) s->count + 1), s->units[at]); break;
            default: s->units[at].content = fuzz_mutate(s->units[at].content); break;
        }
        return;
    }
    const uint8_t content[2] = { (uint8_t) fuzz_pick(fuzz_pick(2) == 0 ? 2 : 256), (uint8_t) fuzz_pick(256) };
    insert_unit(s, at, (fuzz_unit) { .part = parts[fuzz_pick(sizeof(parts))], .content = fuzz_copy(content, 2) });
}

static void change_messages(fuzz_script *s, fuzz_script *from)
{
    fuzz_unit *u = pick_record(s, 1);
    fuzz_unit *other = pick_record(from, 1);
    if (u != NULL) {
        u->content = fuzz_change_messages(u->content, other != NULL ? other->content : u->content);
    }
}

static void mutate_once(fuzz_script *s, fuzz_script *from)
{
    switch (fuzz_pick(10)) {
        case 0: s->header[fuzz_pick(FUZZ_HEADER)] ^= (uint8_t) (1u << fuzz_pick(8)); break;
        case 1: change_part(s); break;
        case 2:
        case 3:
        case 4: change_record(s); break;
        default: change_messages(s, from); break;
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t max_size, unsigned seed)
{
    static uint8_t out[FUZZ_CONTENT_MAX];
    fuzz_script_begin(seed);
    if (size < FUZZ_HEADER || fuzz_pick(32) == 0) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    fuzz_script_read(&current, data, size);
    for (uint32_t i = 1 + fuzz_pick(3); i > 0; i--) {
        mutate_once(&current, &current);
    }
    size_t len = fuzz_script_write(&current, out, max_size < FUZZ_CONTENT_MAX ? max_size : FUZZ_CONTENT_MAX);
    if (len == 0) {
        return LLVMFuzzerMutate(data, size, max_size);
    }
    memcpy(data, out, len);
    return len;
}

/* The index of the first unit sent by the server. */
static size_t first_wire(const fuzz_script *s)
{
    size_t i = 0;
    while (i < s->count && s->units[i].part != FUZZ_TLS_WIRE) {
        i++;
    }
    return i;
}

/* Inserts records or messages of the second input into the first. */
size_t LLVMFuzzerCustomCrossOver(const uint8_t *data1, size_t size1, const uint8_t *data2, size_t size2, uint8_t *out,
                                 size_t max_size, unsigned seed)
{
    fuzz_script_begin(seed);
    fuzz_script_read(&current, data1, size1);
    fuzz_script_read(&donor, data2, size2);
    if (fuzz_pick(2) == 0) {
        change_messages(&current, &donor);
    } else if (donor.count > 0) {
        size_t from = fuzz_pick((uint32_t) donor.count);
        size_t count = 1 + fuzz_pick((uint32_t) (donor.count - from));
        size_t first = fuzz_pick(8) == 0 ? 0 : first_wire(&current);
        size_t at = first + fuzz_pick((uint32_t) (current.count - first) + 1);
        for (size_t i = from; i < from + count; i++) {
            if (i >= first_wire(&donor) || first == 0) { /* options must come first */
                insert_unit(&current, at < current.count ? at++ : current.count, donor.units[i]);
            }
        }
    }
    return fuzz_script_write(&current, out, max_size);
}
