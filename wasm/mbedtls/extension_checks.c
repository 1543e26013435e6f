#include "mbedtls/extension_checks.h"

#include <string.h>

enum { SERVER_HELLO = 2, NEW_SESSION_TICKET = 4, ENCRYPTED_EXTENSIONS = 8, CERTIFICATE_REQUEST = 13 };

/* What an extension has (presentation language of RFC 8446, section 3). */
enum {
    ANYTHING, /* Mbed TLS reads it */
    NAME_ANSWER,
    PROTOCOL_ANSWER,
    POINT_FORMATS,
    NUMBERS,
    NAMES,
    NUMBER_32,
    FLAGS,
    MISPLACED
};

/* By message. A ServerHello of TLS 1.2 has no others. */
static const struct {
    uint8_t message;
    uint8_t content;
    uint16_t type;
} known[] = {
    { SERVER_HELLO, NAME_ANSWER, 0 },      /* server_name */
    { SERVER_HELLO, ANYTHING, 10 },        /* supported_groups: "clients MUST NOT act upon" them (section 4.2.7) */
    { SERVER_HELLO, POINT_FORMATS, 11 },   /* ec_point_formats */
    { SERVER_HELLO, PROTOCOL_ANSWER, 16 }, /* application_layer_protocol_negotiation */
    { SERVER_HELLO, ANYTHING, 23 },        /* extended_master_secret */
    { SERVER_HELLO, ANYTHING, 0xFF01 },    /* renegotiation_info */
    { ENCRYPTED_EXTENSIONS, NAME_ANSWER, 0 },
    { ENCRYPTED_EXTENSIONS, NUMBERS, 10 },
    { ENCRYPTED_EXTENSIONS, PROTOCOL_ANSWER, 16 },
    { CERTIFICATE_REQUEST, NUMBERS, 13 },  /* signature_algorithms (section 4.2.3) */
    { CERTIFICATE_REQUEST, NAMES, 47 },    /* certificate_authorities (section 4.2.4) */
    { CERTIFICATE_REQUEST, NUMBERS, 50 },  /* signature_algorithms_cert */
    { CERTIFICATE_REQUEST, MISPLACED, 0 }, /* what we offer, but not for this message (section 4.2) */
    { CERTIFICATE_REQUEST, MISPLACED, 10 },
    { CERTIFICATE_REQUEST, MISPLACED, 16 },
    { CERTIFICATE_REQUEST, MISPLACED, 43 }, /* supported_versions */
    { CERTIFICATE_REQUEST, MISPLACED, 44 }, /* cookie */
    { CERTIFICATE_REQUEST, MISPLACED, 49 }, /* post_handshake_auth */
    { CERTIFICATE_REQUEST, MISPLACED, 51 }, /* key_share */
    { NEW_SESSION_TICKET, NUMBER_32, 42 },  /* early_data (section 4.2.10) */
    { NEW_SESSION_TICKET, FLAGS, 62 },      /* tls_flags */
};

int pagetls_vector_next(pagetls_slice *from, size_t width, pagetls_slice *vector)
{
    size_t len = 0;
    if (from->len < width) {
        return 0;
    }
    for (size_t i = 0; i < width; i++) {
        len = len << 8 | from->p[i];
    }
    if (from->len - width < len) {
        return 0;
    }
    *vector = (pagetls_slice) { from->p + width, len };
    from->p += width + len;
    from->len -= width + len;
    return 1;
}

int pagetls_tls_extension_next(pagetls_slice *from, size_t *type, pagetls_slice *content)
{
    enum { TYPE_LEN = 2 };
    if (from->len < TYPE_LEN) {
        return 0;
    }
    *type = (size_t) from->p[0] << 8 | from->p[1];
    *from = (pagetls_slice) { from->p + TYPE_LEN, from->len - TYPE_LEN };
    return pagetls_vector_next(from, 2, content);
}

int pagetls_is_number_list(pagetls_slice list)
{
    return list.len > 0 && list.len % 2 == 0;
}

int pagetls_is_name_list(pagetls_slice list)
{
    pagetls_slice name;
    pagetls_slice rdns;
    while (list.len > 0) {
        if (!pagetls_vector_next(&list, 2, &name) || pagetls_der_expect(&name, DER_SEQUENCE, &rdns) != 0 ||
            name.len > 0) {
            return 0;
        }
    }
    return 1;
}

/* 1 if \p content is one vector and nothing else. */
static int is_vector(pagetls_slice content, size_t width, pagetls_slice *vector)
{
    return pagetls_vector_next(&content, width, vector) && content.len == 0;
}

static pagetls_violation malformed_unless(int condition)
{
    return condition ? PAGETLS_VIOLATION_NONE : PAGETLS_VIOLATION_EXTENSION_SYNTAX;
}

/* RFC 7301, section 3.1: "MUST contain exactly one "ProtocolName"", which is one of ours (section 3.2) */
static pagetls_violation check_protocol(const char *const *offered, pagetls_slice content)
{
    pagetls_slice list;
    pagetls_slice name;
    if (offered == NULL) {
        return PAGETLS_VIOLATION_EXTENSION_UNASKED;
    }
    if (!is_vector(content, 2, &list) || !is_vector(list, 1, &name) || name.len == 0) {
        return PAGETLS_VIOLATION_EXTENSION_SYNTAX;
    }
    while (*offered != NULL && !pagetls_slice_is(name, *offered, strlen(*offered))) {
        offered++;
    }
    return *offered != NULL ? PAGETLS_VIOLATION_NONE : PAGETLS_VIOLATION_PROTOCOL;
}

static pagetls_violation check_content(const pagetls_server_message *message, int kind, pagetls_slice content)
{
    pagetls_slice list = { NULL, 0 };
    switch (kind) {
        case NAME_ANSWER: /* RFC 6066, section 3: "the "extension_data" field of this extension SHALL be empty" */
            return !message->sent_name ? PAGETLS_VIOLATION_EXTENSION_UNASKED : malformed_unless(content.len == 0);
        case PROTOCOL_ANSWER: return check_protocol(message->protocols, content);
        case POINT_FORMATS:
            if (!is_vector(content, 1, &list) || list.len == 0) {
                return PAGETLS_VIOLATION_EXTENSION_SYNTAX;
            }
            /* RFC 8422, section 5.1.2: the uncompressed format, 0, has to be among them */
            return memchr(list.p, 0, list.len) != NULL ? PAGETLS_VIOLATION_NONE : PAGETLS_VIOLATION_POINT_FORMAT;
        case NUMBERS: return malformed_unless(is_vector(content, 2, &list) && pagetls_is_number_list(list));
        case NAMES: /* DistinguishedName authorities<3..2^16-1> */
            return malformed_unless(is_vector(content, 2, &list) && list.len > 0 && pagetls_is_name_list(list));
        case NUMBER_32: return malformed_unless(content.len == 4);
        case FLAGS: /* draft-ietf-tls-tlsflags, section 2: flags<1..255>, of which the last byte is not 0 */
            if (!is_vector(content, 1, &list) || list.len == 0) {
                return PAGETLS_VIOLATION_EXTENSION_SYNTAX;
            }
            return list.p[list.len - 1] != 0 ? PAGETLS_VIOLATION_NONE : PAGETLS_VIOLATION_FLAGS;
        /* RFC 8446, section 4.2: "and which is not specified for the message in which it appears" */
        case MISPLACED: return PAGETLS_VIOLATION_EXTENSION_MISPLACED;
        default: return PAGETLS_VIOLATION_NONE;
    }
}

static pagetls_violation check_extension(const pagetls_server_message *message, size_t type, pagetls_slice content)
{
    for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
        if (known[i].message == message->type && known[i].type == type) {
            return check_content(message, known[i].content, content);
        }
    }
    /* RFC 5246, section 7.4.1.4: "MUST NOT appear in the ServerHello unless the same extension type appeared in the
     * corresponding ClientHello" */
    return message->type == SERVER_HELLO ? PAGETLS_VIOLATION_EXTENSION_UNASKED : PAGETLS_VIOLATION_NONE;
}

pagetls_violation pagetls_extensions_check(const pagetls_server_message *message, pagetls_slice all, size_t required,
                                           pagetls_violation missing)
{
    uint8_t seen[(1 << 16) / 8] = { 0 }; /* of any number of extensions, in linear time */
    while (all.len > 0) {
        size_t type;
        pagetls_slice content;
        if (!pagetls_tls_extension_next(&all, &type, &content)) {
            return PAGETLS_VIOLATION_EXTENSION_SYNTAX;
        }
        uint8_t bit = (uint8_t) (1 << type % 8);
        if ((seen[type / 8] & bit) != 0) {
            return PAGETLS_VIOLATION_EXTENSION_TWICE;
        }
        seen[type / 8] |= bit;
        pagetls_violation violation = check_extension(message, type, content);
        if (violation != PAGETLS_VIOLATION_NONE) {
            return violation;
        }
    }
    return (seen[required / 8] & 1 << required % 8) != 0 ? PAGETLS_VIOLATION_NONE : missing;
}
