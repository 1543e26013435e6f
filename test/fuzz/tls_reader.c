/* Reads both directions of a connection once more: which messages made up the handshake, and which application data
 * came or went. Records are in clear (tls_stubs.c); what is read here is what RFC 8446 and RFC 5246 say, not how Mbed
 * TLS does it. Where Mbed TLS is known to let something pass, the reading goes along with it, and says so. */
#include <string.h>

#include "tls.h"

enum { CHANGE_CIPHER_SPEC = 20, ALERT = 21, HANDSHAKE = 22, DATA = 23 };
enum { TLS12 = 0x0303, TLS13 = 0x0304 };

/* RFC 8446, section 4.1.3 */
static const uint8_t retry[32] = { 0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C,
                                   0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB,
                                   0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C };

void fuzz_tls_keep(fuzz_tls_tape *tape, const void *bytes, size_t len)
{
    FUZZ_MUST(len <= sizeof(tape->bytes) - tape->len);
    if (len > 0) {
        memcpy(tape->bytes + tape->len, bytes, len);
        tape->len += len;
    }
}

/* --- messages --------------------------------------------------------------------------- */

static int is_bad(const uint8_t *p, size_t at, size_t len)
{
    return at <= len && fuzz_is_bad(p + at, len - at);
}

static int is_finished(const fuzz_tls_reading *r)
{
    return strchr(r->flight, 'F') != NULL;
}

static void note(fuzz_tls_reading *r, char letter)
{
    size_t len = strlen(r->flight);
    if (len + 1 < sizeof(r->flight) && !is_finished(r)) {
        r->flight[len] = letter;
    }
}

static int is_retry(uint8_t type, const uint8_t *p, size_t len)
{
    return type == 2 && len >= 38 && memcmp(p + 2, retry, sizeof(retry)) == 0;
}

static void read_server_hello(fuzz_tls_reading *r, const uint8_t *p, size_t len)
{
    note(r, len < 38 ? '?' : is_retry(2, p, len) ? 'H' : 'S');
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
        if (fuzz_tls_number(p + at, 2) == 43 && r->offers_tls13) {           /* else Mbed TLS passes over it */
            r->version = TLS13;
        }
    }
    r->tag = suite == 0x1305 || suite == 0xC0AE || suite == 0xC0AF ? 8 : 16; /* CCM-8 */
    r->nonce = r->version == TLS13 || suite == 0xCCA8 || suite == 0xCCA9 ? 0 : 8;
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

static void read_messages(fuzz_tls_reading *r, fuzz_tls_tape *pending)
{
    size_t at = 0;
    while (pending->len - at >= 4 && pending->len - at - 4 >= fuzz_tls_number(pending->bytes + at + 1, 3)) {
        const uint8_t *p = pending->bytes + at + 4;
        size_t len = fuzz_tls_number(pending->bytes + at + 1, 3);
        if (pending->bytes[at] == 2) {
            read_server_hello(r, p, len);
        } else {
            note(r, letter_of(pending->bytes[at], p, len));
        }
        /* Mbed TLS drops what follows a HelloRetryRequest in its record. */
        at = is_retry(pending->bytes[at], p, len) ? pending->len : at + 4 + len;
    }
    memmove(pending->bytes, pending->bytes + at, pending->len - at);
    pending->len -= at;
}

int fuzz_tls_is_handshake(const fuzz_tls_reading *server)
{
    static const char *const tls12[] = { "SCKDcF", "SCKRDcF", "HSCKDcF", "HSCKRDcF" }; /* H: a fault (README.md) */
    static const char *const tls13[] = { "SECVF", "SERCVF", "HSECVF", "HSERCVF" };
    size_t i = 0;
    while (i < 4 && strcmp(server->flight, server->version == TLS13 ? tls13[i] : tls12[i]) != 0) {
        i++;
    }
    return i < 4;
}

/* --- records ---------------------------------------------------------------------------- */

/* What a record says, without its protection: its type, or 0 when it cannot be opened. */
static uint8_t open_record(const fuzz_tls_reading *keys, int is_protected, uint8_t type, const uint8_t **p, size_t *len)
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

static void start(fuzz_tls_reading *r)
{
    r->version = 0;
    r->nonce = r->tag = r->whole = r->data.len = 0;
    r->fatal = -1;
    r->closed = 0;
    memset(r->flight, 0, sizeof(r->flight));
}

static void note_alert(fuzz_tls_reading *r, int level, int alert)
{
    r->fatal = r->fatal == -1 && level == 2 ? alert : r->fatal;
    r->closed |= level == 1 && alert == 0;
}

void fuzz_tls_read_server(fuzz_tls_reading *out, int offers_tls13, const uint8_t *wire, size_t len)
{
    static fuzz_tls_tape messages;
    int changed = 0; /* ChangeCipherSpec came, in TLS 1.2 */
    start(out);
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
        /* TLS 1.3: all that comes after ServerHello is protected. Mbed TLS does not look at the outer type. */
        type = open_record(out, out->version == TLS13 || changed, type, &p, &content);
        if (type == 0) {
            return;
        }
        out->whole = at;
        if (type == CHANGE_CIPHER_SPEC && out->version == TLS12) {
            note(out, 'c');
            changed = 1;
        } else if (type == ALERT && content >= 2) {
            note_alert(out, p[0], p[1]);
        } else if (type == HANDSHAKE) {
            fuzz_tls_keep(&messages, p, content);
            read_messages(out, &messages);
        } else if (type == DATA && is_finished(out)) {
            fuzz_tls_keep(&out->data, p, content);
        }
    }
}

void fuzz_tls_read_client(fuzz_tls_reading *out, const fuzz_tls_reading *server, const uint8_t *wire, size_t len)
{
    size_t most = (1u << 14) + (server->version == TLS13 ? 256u : 2048u);
    int exchanged = 0;
    int changed = 0;
    start(out);
    for (size_t at = 0; len - at >= 5 && len - at - 5 >= fuzz_tls_number(wire + at + 3, 2);) {
        uint8_t type = wire[at];
        const uint8_t *p = wire + at + 5;
        size_t content = fuzz_tls_number(wire + at + 3, 2);
        FUZZ_MUST(type >= CHANGE_CIPHER_SPEC && type <= DATA && content > 0 && content <= most);
        /* An alert about the version of a ServerHello has that version. */
        FUZZ_MUST(type == ALERT || fuzz_tls_number(wire + at + 1, 2) == TLS12 ||
                  (at == 0 && fuzz_tls_number(wire + at + 1, 2) == 0x0301));
        at += 5 + content;
        /* TLS 1.3: what is not of the outer type DATA is in clear (so are alerts, RFC 8446, appendix A.1). */
        type = open_record(server, changed || (server->version == TLS13 && type == DATA), type, &p, &content);
        FUZZ_MUST(type != 0 && content <= (1u << 14));
        if (type == CHANGE_CIPHER_SPEC) {
            FUZZ_MUST(content == 1 && p[0] == 1 && !changed);
            changed = exchanged; /* else it is TLS 1.3's for middleboxes */
        } else if (type == ALERT) {
            FUZZ_MUST(content == 2 && (p[0] == 1 || p[0] == 2));
            note_alert(out, p[0], p[1]);
        } else if (type == DATA) {
            FUZZ_MUST(changed || server->version == TLS13);
            FUZZ_MUST(out->fatal == -1 && !out->closed); /* which are the end */
            fuzz_tls_keep(&out->data, p, content);
        } else {
            FUZZ_MUST(out->whole > 0 || p[0] == 1); /* ClientHello */
            exchanged |= p[0] == 16;                /* ClientKeyExchange */
        }
        out->whole = at;
    }
}
