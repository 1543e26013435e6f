/* Mutates handshake messages: the list of messages and the lists in them. Updates the lengths around each change. */
#include <string.h>

#include "tls_script.h"

/* --- lists of elements with a length prefix --------------------------------------------------- */

/* A kind of element: a header of \p head octets, whose last \p octets are the length of the content; the content; and
 * if \p tail, a vector with a length of two octets (the extensions of a certificate). */
typedef struct {
    size_t head;
    size_t octets;
    int tail;
} kind;

static const kind MESSAGE = { 4, 3, 0 };
static const kind EXTENSION = { 4, 2, 0 };
static const kind ENTRY12 = { 3, 3, 0 };
static const kind ENTRY13 = { 3, 3, 1 };

/* The length of the element at \p at, or 0 when it is incomplete. */
static size_t element_at(fuzz_slice s, size_t at, kind k)
{
    if (s.len - at < k.head) {
        return 0;
    }
    size_t len = k.head + fuzz_tls_number(s.p + at + k.head - k.octets, k.octets);
    if (k.tail && s.len - at >= len + 2) {
        len += 2 + fuzz_tls_number(s.p + at + len, 2);
    }
    return len <= s.len - at ? len : 0;
}

/* Picks a random element; returns 0 without elements. */
static int pick_element(fuzz_slice s, kind k, fuzz_slice *out, size_t *at)
{
    uint32_t count = 0;
    size_t len;
    for (size_t i = 0; i < s.len && (len = element_at(s, i, k)) > 0; i += len) {
        if (fuzz_pick(++count) == 0) {
            *out = (fuzz_slice) { s.p + i, len };
            *at = i;
        }
    }
    return count > 0;
}

/* Replaces the number in the octets from..to. */
static fuzz_slice with_number(fuzz_slice s, size_t from, size_t to, size_t value)
{
    uint8_t octets[4] = { (uint8_t) (value >> 24), (uint8_t) (value >> 16), (uint8_t) (value >> 8), (uint8_t) value };
    return fuzz_replace(s, from, to, (fuzz_slice) { octets + 4 - (to - from), to - from });
}

static fuzz_slice content_of(fuzz_slice element, kind k)
{
    return (fuzz_slice) { element.p + k.head, fuzz_tls_number(element.p + k.head - k.octets, k.octets) };
}

/* Replaces the content of an element and updates its length. */
static fuzz_slice with_content(fuzz_slice element, kind k, fuzz_slice content)
{
    element = fuzz_replace(element, k.head, k.head + content_of(element, k).len, content);
    return with_number(element, k.head - k.octets, k.head, content.len);
}

static fuzz_slice change_content(fuzz_slice element, kind k);

/* Mutates a list: removes, repeats, moves or changes an element, or inserts one from another list. */
static fuzz_slice change_list(fuzz_slice s, kind k, fuzz_slice other)
{
    fuzz_slice element = { NULL, 0 };
    fuzz_slice second = { NULL, 0 };
    size_t at = 0;
    size_t to = 0;
    if (!pick_element(s, k, &element, &at)) {
        return pick_element(other, k, &second, &to) ? fuzz_replace(s, 0, 0, second) : fuzz_mutate(s);
    }
    switch (fuzz_pick(12)) {
        case 0: return fuzz_replace(s, at, at + element.len, (fuzz_slice) { s.p, 0 });
        case 1: return fuzz_replace(s, at, at, element);
        case 2: /* move */
            (void) pick_element(s, k, &second, &to);
            return to <= at
                ? fuzz_replace(fuzz_replace(s, at, at + element.len, (fuzz_slice) { s.p, 0 }), to, to, element)
                : s;
        case 3: return pick_element(other, k, &second, &to) ? fuzz_replace(s, at, at, second) : s;
        case 4: return pick_element(other, k, &second, &to) ? fuzz_replace(s, at, at + element.len, second) : s;
        case 5: /* wrong length */
            return with_number(s, at + k.head - 1, at + k.head, element.p[k.head - 1] ^ 1u << fuzz_pick(8));
        default: return fuzz_replace(s, at, at + element.len, change_content(element, k));
    }
}

/* --- messages --------------------------------------------------------------------------------- */

/* The offset of the extensions in the body of a message, after their length of two octets. 0 without extensions. */
static size_t extensions_at(uint8_t type, fuzz_slice body)
{
    size_t at;
    switch (type) {
        case 2: at = body.len > 34 ? 35u + body.p[34] + 3u : body.len; break; /* ServerHello */
        case 8: at = 0; break;                                                /* EncryptedExtensions */
        case 13: at = body.len > 0 ? 1u + body.p[0] : body.len; break;        /* CertificateRequest */
        case 4:                                                               /* NewSessionTicket */
            at = body.len > 8 ? 9u + body.p[8] : body.len;
            at = at + 2 <= body.len ? at + 2 + fuzz_tls_number(body.p + at, 2) : body.len;
            break;
        default: return 0;
    }
    return at + 2 <= body.len && fuzz_tls_number(body.p + at, 2) == body.len - at - 2 ? at + 2 : 0;
}

static fuzz_slice new_extension(void)
{
    static const uint8_t types[] = { 0, 1, 5, 10, 11, 13, 16, 18, 22, 23, 28, 35, 41, 42, 43, 44, 45, 47, 49, 50, 51 };
    static const struct {
        uint8_t len;
        uint8_t bytes[12];
    } contents[] = { { 0, { 0 } },
                     { 1, { 0 } },
                     { 2, { 3, 4 } },
                     { 2, { 0, 23 } },
                     { 5, { 0, 3, 2, 'h', '2' } },
                     { 2, { 1, 0 } },
                     { 5, { 0, 3, 'a', 'b', 'c' } },
                     { 2, { 64, 1 } },
                     { 4, { 0, 2, 4, 3 } },
                     { 4, { 0, 0, 64, 0 } } };
    size_t n = fuzz_pick(sizeof(contents) / sizeof(contents[0]));
    uint8_t bytes[16] = { 0, types[fuzz_pick(sizeof(types))], 0, contents[n].len };
    if (fuzz_pick(16) == 0) {
        bytes[0] = 0xFF, bytes[1] = 1; /* renegotiation_info */
    }
    memcpy(bytes + 4, contents[n].bytes, contents[n].len);
    return fuzz_copy(bytes, 4u + contents[n].len);
}

static fuzz_slice change_extensions(fuzz_slice s)
{
    if (fuzz_pick(4) == 0) {
        fuzz_slice element;
        size_t at = 0;
        (void) pick_element(s, EXTENSION, &element, &at);
        return fuzz_replace(s, at, at, new_extension());
    }
    return change_list(s, EXTENSION, new_extension());
}

/* Replaces the vector at the end of a body. \p at: its offset after the length, which has \p octets octets. */
static fuzz_slice with_vector(fuzz_slice body, size_t at, size_t octets, fuzz_slice vector)
{
    return with_number(fuzz_replace(body, at, body.len, vector), at - octets, at, vector.len);
}

static fuzz_slice change_body(uint8_t type, fuzz_slice body)
{
    size_t at = extensions_at(type, body);
    if (at > 0 && fuzz_pick(4) != 0) {
        return with_vector(body, at, 2, change_extensions((fuzz_slice) { body.p + at, body.len - at }));
    }
    if (type == 11 && body.len > 3 && fuzz_pick(4) != 0) { /* Certificate: TLS 1.3 has a context before the list */
        int tls12 = fuzz_tls_number(body.p, 3) == body.len - 3;
        at = tls12 ? 3 : 4u + body.p[0];
        if (at <= body.len) {
            fuzz_slice list = { body.p + at, body.len - at };
            return with_vector(body, at, 3, change_list(list, tls12 ? ENTRY12 : ENTRY13, (fuzz_slice) { body.p, 0 }));
        }
    }
    return fuzz_pick(16) == 0 ? (fuzz_slice) { body.p, fuzz_pick((uint32_t) body.len) } : fuzz_mutate(body);
}

static fuzz_slice change_content(fuzz_slice element, kind k)
{
    static const uint8_t types[] = { 0, 1, 2, 3, 4, 5, 8, 11, 12, 13, 14, 15, 16, 20, 22, 24, 254 };
    if (k.head == 4 && fuzz_pick(5) == 0) { /* change the type of the message or extension */
        return k.octets == 3 ? with_number(element, 0, 1, types[fuzz_pick(sizeof(types))])
                             : fuzz_replace(element, 0, 2, (fuzz_slice) { new_extension().p, 2 });
    }
    fuzz_slice content = content_of(element, k);
    return with_content(element, k,
                        k.octets == 3 && k.head == 4 ? change_body(element.p[0], content) : fuzz_mutate(content));
}

fuzz_slice fuzz_change_messages(fuzz_slice s, fuzz_slice other)
{
    return change_list(s, MESSAGE, other);
}
