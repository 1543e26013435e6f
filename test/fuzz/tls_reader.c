/* An independent reader of both directions of a connection: the messages of the handshake, and the application data.
 * Records are in plaintext (tls_stubs.c). It follows RFC 8446 and RFC 5246, not Mbed TLS. Known deviations of Mbed TLS
 * are accepted and commented. */
#include <string.h>

#include "tls.h"

enum { CHANGE_CIPHER_SPEC = 20, ALERT = 21, HANDSHAKE = 22, DATA = 23 };
enum { TLS12 = 0x0303, TLS13 = 0x0304 };
enum { KEY_UPDATE = 24, KEY_UPDATE_LEN = 5 }; /* RFC 8446, section 4.6.3 */

/* The random of a HelloRetryRequest (RFC 8446, section 4.1.3). */
static const uint8_t retry_random[32] = { 0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C,
                                          0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB,
                                          0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C };

void fuzz_tls_buffer_append(fuzz_tls_buffer *tape, const void *bytes, size_t len)
{
    FUZZ_ASSERT(len <= sizeof(tape->bytes) - tape->len);
    if (len > 0) {
        memcpy(tape->bytes + tape->len, bytes, len);
        tape->len += len;
    }
}

/* --- messages --------------------------------------------------------------------------- */

static int is_bad(const uint8_t *p, size_t at, size_t len)
{
    return at <= len && fuzz_has_bad_marker(p + at, len - at);
}

static int is_finished(const fuzz_tls_transcript *r)
{
    return strchr(r->flight, 'F') != NULL;
}

static void add_letter(fuzz_tls_transcript *r, char letter)
{
    size_t len = strlen(r->flight);
    if (len + 1 < sizeof(r->flight) && !is_finished(r)) {
        r->flight[len] = letter;
    }
}

static int is_retry(uint8_t type, const uint8_t *p, size_t len)
{
    return type == 2 && len >= 38 && memcmp(p + 2, retry_random, sizeof(retry_random)) == 0;
}

static void read_server_hello(fuzz_tls_transcript *r, const uint8_t *p, size_t len)
{
    add_letter(r, len < 38 ? '?' : is_retry(2, p, len) ? 'H' : 'S');
    if (len < 38 || is_retry(2, p, len)) {
        return;
    }
    size_t at = 35u + p[34];
    if (r->version != 0 || at + 3 > len) {
        return;
    }
    size_t suite = fuzz_tls_number(p + at, 2);
    size_t end = len;
    r->version = TLS12;
    for (at += 5; at + 4 <= end; at += 4 + fuzz_tls_number(p + at + 2, 2)) { /* extensions: supported_versions (43) */
        if (fuzz_tls_number(p + at, 2) == 43 && r->offers_tls13) {           /* otherwise Mbed TLS ignores it */
            r->version = TLS13;
        }
    }
    r->tag = suite == 0x1305 || suite == 0xC0AE || suite == 0xC0AF ? 8 : 16; /* CCM-8 */
    r->nonce = r->version == TLS13 || suite == 0xCCA8 || suite == 0xCCA9 ? 0 : 8;
}

static void count_update(fuzz_tls_transcript *r, uint8_t type, const uint8_t *p, size_t len)
{
    if (type == KEY_UPDATE && len == 1 && is_finished(r) && r->version == TLS13) {
        r->updates++;
        r->requests += p[0] == 1;
    }
}

static char letter_of(uint8_t type, const uint8_t *p, size_t len)
{
    switch (type) {
        case 4: return 'T'; /* NewSessionTicket */
        case 8: return 'E'; /* EncryptedExtensions */
        case 11: return 'C';
        case 12: return len > 3 && is_bad(p, 4u + p[3] + 4u, len) ? 'k' : 'K'; /* ServerKeyExchange */
        case 13: return 'R';                                                   /* CertificateRequest */
        case 14: return 'D';                                                   /* ServerHelloDone */
        case 15: return is_bad(p, 4, len) ? 'v' : 'V';                         /* CertificateVerify */
        case 20: return is_bad(p, 0, len) ? 'f' : 'F';
        default: return '?';
    }
}

static void read_messages(fuzz_tls_transcript *r, fuzz_tls_buffer *pending)
{
    size_t at = 0;
    while (pending->len - at >= 4 && pending->len - at - 4 >= fuzz_tls_number(pending->bytes + at + 1, 3)) {
        const uint8_t *p = pending->bytes + at + 4;
        size_t len = fuzz_tls_number(pending->bytes + at + 1, 3);
        const int is_hello_request = pending->bytes[at] == 0 && len == 0;
        r->requested |= is_finished(r) && (is_hello_request || pending->bytes[at] == 13);
        if (pending->bytes[at] == 2) {
            read_server_hello(r, p, len);
        } else if (!is_hello_request || r->version == TLS13) { /* RFC 5246, section 7.4.1.1: it is ignored */
            add_letter(r, letter_of(pending->bytes[at], p, len));
            count_update(r, pending->bytes[at], p, len);
        }
        /* Mbed TLS drops what follows a HelloRetryRequest in its record. */
        at = is_retry(pending->bytes[at], p, len) ? pending->len : at + 4 + len;
    }
    memmove(pending->bytes, pending->bytes + at, pending->len - at);
    pending->len -= at;
}

int fuzz_tls_is_handshake(const fuzz_tls_transcript *server)
{
    static const char *const tls12[] = { "SCKDcF", "SCKRDcF", "HSCKDcF", "HSCKRDcF" }; /* H: a bug (README.md) */
    static const char *const tls13[] = { "SECVF", "SERCVF", "HSECVF", "HSERCVF" };
    size_t i = 0;
    while (i < 4 && strcmp(server->flight, server->version == TLS13 ? tls13[i] : tls12[i]) != 0) {
        i++;
    }
    return i < 4;
}

/* --- records ---------------------------------------------------------------------------- */

/* Removes the protection of a record. Returns its type, or 0 when its tag is invalid. */
static uint8_t open_record(const fuzz_tls_transcript *keys, int is_protected, uint8_t type, const uint8_t **p,
                           size_t *len)
{
    if (!is_protected) {
        return type;
    }
    if (*len < keys->nonce + keys->tag || is_bad(*p, *len - keys->tag, *len)) {
        return 0;
    }
    *p += keys->nonce;
    *len -= keys->nonce + keys->tag;
    if (keys->version == TLS13) {
        while (*len > 0 && (*p)[*len - 1] == 0) { /* padding (section 5.4) */
            --*len;
        }
        type = *len > 0 ? (*p)[--*len] : 0;
    }
    return type;
}

static void reset(fuzz_tls_transcript *r)
{
    r->version = 0;
    r->nonce = r->tag = r->whole = r->data.len = r->updates = r->requests = 0;
    r->fatal = -1;
    r->closed = r->requested = 0;
    memset(r->flight, 0, sizeof(r->flight));
}

static void record_alert(fuzz_tls_transcript *r, int level, int alert)
{
    r->fatal = r->fatal == -1 && level == 2 ? alert : r->fatal;
    r->closed |= level == 1 && alert == 0;
}

void fuzz_tls_read_server(fuzz_tls_transcript *out, int offers_tls13, const uint8_t *wire, size_t len)
{
    static fuzz_tls_buffer messages;
    int changed = 0; /* ChangeCipherSpec was received, in TLS 1.2 */
    reset(out);
    out->offers_tls13 = offers_tls13;
    messages.len = 0;
    for (size_t at = 0; len - at >= 5 && len - at - 5 >= fuzz_tls_number(wire + at + 3, 2);) {
        uint8_t type = wire[at];
        const uint8_t *p = wire + at + 5;
        size_t content = fuzz_tls_number(wire + at + 3, 2);
        at += 5 + content;
        if (out->version == TLS13 && type == CHANGE_CIPHER_SPEC) {
            out->whole = at;
            continue;
        }
        /* TLS 1.3: every record after ServerHello is protected. Mbed TLS ignores the outer type. */
        type = open_record(out, out->version == TLS13 || changed, type, &p, &content);
        if (type == 0) {
            return;
        }
        out->whole = at;
        if (type == CHANGE_CIPHER_SPEC && out->version == TLS12) {
            add_letter(out, 'c');
            changed = 1;
        } else if (type == ALERT && content >= 2) {
            /* TLS 1.3: the description tells whether it is fatal (section 6). */
            record_alert(out, out->version != TLS13 || p[0] > 2 ? p[0] : p[1] == 0 || p[1] == 90 ? 1 : 2, p[1]);
        } else if (type == HANDSHAKE) {
            fuzz_tls_buffer_append(&messages, p, content);
            read_messages(out, &messages);
        } else if (type == DATA && is_finished(out)) {
            fuzz_tls_buffer_append(&out->data, p, content);
        }
    }
}

void fuzz_tls_read_client(fuzz_tls_transcript *out, const fuzz_tls_transcript *server, const uint8_t *wire, size_t len)
{
    size_t max_content = (1u << 14) + (server->version == TLS13 ? 256u : 2048u);
    int exchanged = 0;
    int changed = 0;
    reset(out);
    for (size_t at = 0; len - at >= 5 && len - at - 5 >= fuzz_tls_number(wire + at + 3, 2);) {
        uint8_t type = wire[at];
        const uint8_t *p = wire + at + 5;
        size_t content = fuzz_tls_number(wire + at + 3, 2);
        FUZZ_ASSERT(type >= CHANGE_CIPHER_SPEC && type <= DATA && content > 0 && content <= max_content);
        /* Mbed TLS's alert about an unsupported version carries that version in its own header. */
        FUZZ_ASSERT(type == ALERT || fuzz_tls_number(wire + at + 1, 2) == TLS12 ||
                    (at == 0 && fuzz_tls_number(wire + at + 1, 2) == 0x0301));
        at += 5 + content;
        /* TLS 1.3: records with another outer type than DATA are in plaintext (also alerts, RFC 8446, appendix A.1). */
        type = open_record(server, changed || (server->version == TLS13 && type == DATA), type, &p, &content);
        FUZZ_ASSERT(type != 0 && content <= (1u << 14));
        if (type == CHANGE_CIPHER_SPEC) {
            FUZZ_ASSERT(content == 1 && p[0] == 1 && !changed);
            changed = exchanged; /* otherwise it is TLS 1.3's, for middlebox compatibility */
        } else if (type == ALERT) {
            FUZZ_ASSERT(content == 2 && (p[0] == 1 || p[0] == 2));
            record_alert(out, p[0], p[1]);
        } else if (type == DATA) {
            FUZZ_ASSERT(changed || server->version == TLS13);
            FUZZ_ASSERT(out->fatal == -1 && !out->closed); /* nothing may follow these alerts */
            fuzz_tls_buffer_append(&out->data, p, content);
        } else if (p[0] == KEY_UPDATE) {
            FUZZ_ASSERT(server->version == TLS13 && content == KEY_UPDATE_LEN && memcmp(p + 1, "\0\0\1", 3) == 0);
            FUZZ_ASSERT(p[4] <= 1 && out->fatal == -1 && !out->closed);
            out->updates++;
            out->requests += p[4];
        } else {
            FUZZ_ASSERT(out->whole > 0 || p[0] == 1); /* ClientHello */
            exchanged |= p[0] == 16;                  /* ClientKeyExchange */
        }
        out->whole = at;
    }
}

void fuzz_tls_drop_updates(const fuzz_tls_transcript *server, fuzz_tls_buffer *sent)
{
    size_t kept = 0;
    for (size_t at = 0, len; at < sent->len; at += len) {
        const uint8_t *record = sent->bytes + at;
        const uint8_t *p = record + 5;
        size_t content = sent->len - at < 5 ? 0 : fuzz_tls_number(record + 3, 2);
        len = content == 0 || content > sent->len - at - 5 ? sent->len - at : 5 + content;
        if (server->version == TLS13 && record[0] == DATA && len == 5 + content &&
            open_record(server, 1, DATA, &p, &content) == HANDSHAKE && content == KEY_UPDATE_LEN && p[0] == KEY_UPDATE) {
            continue;
        }
        memmove(sent->bytes + kept, record, len);
        kept += len;
    }
    sent->len = kept;
}
