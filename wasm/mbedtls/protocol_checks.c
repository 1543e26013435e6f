#include "mbedtls/protocol_checks.h"

#include <string.h>

#include "mbedtls/extension_checks.h"
#include "mbedtls/renegotiation_checks.h"

uint8_t pagetls_violation_alert(pagetls_violation violation)
{
    static const uint8_t alerts[] = {
        0,
#define VIOLATION(identifier, code, alert) PAGETLS_ALERT_##alert,
#include "mbedtls/violations.def"
#undef VIOLATION
    };
    return alerts[violation];
}

/* --- records --------------------------------------------------------------------------- */

enum { CHANGE_CIPHER_SPEC = 20, ALERT, HANDSHAKE, APPLICATION_DATA }; /* RFC 8446, section 5.1 */
enum { RECORD_HEADER = 5, PLAINTEXT_MAX = 1 << 14, EXPANSION_MAX = 256 };
enum { WARNING = 1, FATAL = 2 };

static int is_known_level(uint8_t level)
{
    return level == WARNING || level == FATAL; /* RFC 8446, section 6: the others are not defined */
}

pagetls_violation pagetls_record_check(pagetls_protection protection, int finished, const uint8_t record[6])
{
    uint8_t type = record[0];
    size_t len = (size_t) record[3] << 8 | record[4];
    /* RFC 8446, section 5: "If a TLS implementation receives an unexpected record type". In clear, this is often not a
     * TLS server at all, which Mbed TLS notices. */
    if (type < CHANGE_CIPHER_SPEC || type > APPLICATION_DATA) {
        return protection == PAGETLS_CLEAR ? PAGETLS_VIOLATION_NONE : PAGETLS_VIOLATION_RECORD_TYPE;
    }
    if (type == CHANGE_CIPHER_SPEC && protection != PAGETLS_PROTECTED_TLS12) {
        /* RFC 8446, section 5: "of the single byte value 0x01", and not "after the peer's Finished message" */
        return finished || len != 1 || record[RECORD_HEADER] != 1 ? PAGETLS_VIOLATION_CHANGE_CIPHER_SPEC
                                                                  : PAGETLS_VIOLATION_NONE;
    }
    /* RFC 8446, section 5.2: "The outer opaque_type field of a TLSCiphertext record is always set to the value 23" */
    if (protection == PAGETLS_PROTECTED_TLS13 && type != APPLICATION_DATA) {
        return PAGETLS_VIOLATION_RECORD_TYPE;
    }
    /* RFC 8446, sections 5.1 and 5.2. RFC 5246, section 6.2.3, allows 2,048 bytes more, which no AEAD adds. */
    if (len > PLAINTEXT_MAX + (protection == PAGETLS_CLEAR ? 0 : EXPANSION_MAX)) {
        return PAGETLS_VIOLATION_RECORD_LENGTH;
    }
    return protection == PAGETLS_CLEAR && type == ALERT && !is_known_level(record[RECORD_HEADER])
        ? PAGETLS_VIOLATION_ALERT_LEVEL
        : PAGETLS_VIOLATION_NONE;
}

static pagetls_violation check_inner_plaintext(uint8_t *plaintext, size_t len)
{
    /* RFC 8446, section 5.4: "The full encoded TLSInnerPlaintext MUST NOT exceed 2^14 + 1 octets" */
    if (len > PLAINTEXT_MAX + 1) {
        return PAGETLS_VIOLATION_RECORD_LENGTH;
    }
    while (len > 0 && plaintext[len - 1] == 0) {
        len--;
    }
    if (len == 0) { /* section 5.4: "does not find a non-zero octet in the cleartext" */
        return PAGETLS_VIOLATION_CONTENT_TYPE;
    }
    uint8_t type = plaintext[--len];
    /* "MUST NOT send Handshake and Alert records that have a zero-length TLSInnerPlaintext.content" */
    if (len == 0 && (type == HANDSHAKE || type == ALERT)) {
        return PAGETLS_VIOLATION_EMPTY_MESSAGE;
    }
    switch (type) {
        case HANDSHAKE:
        case APPLICATION_DATA: return PAGETLS_VIOLATION_NONE;
        case CHANGE_CIPHER_SPEC: /* section 5: "a protected change_cipher_spec record" */
            return PAGETLS_VIOLATION_CHANGE_CIPHER_SPEC;
        case ALERT: break;
        default: return PAGETLS_VIOLATION_CONTENT_TYPE;
    }
    if (len != 2) { /* Mbed TLS rejects it */
        return PAGETLS_VIOLATION_NONE;
    }
    if (!is_known_level(plaintext[0])) {
        return PAGETLS_VIOLATION_ALERT_LEVEL;
    }
    /* Section 6: all other alerts "MUST be treated as error alerts when received regardless of the AlertLevel" */
    plaintext[0] =
        plaintext[1] == PAGETLS_ALERT_CLOSE_NOTIFY || plaintext[1] == PAGETLS_ALERT_USER_CANCELED ? WARNING : FATAL;
    return PAGETLS_VIOLATION_NONE;
}

pagetls_violation pagetls_record_check_plaintext(pagetls_protection protection, uint8_t type, uint8_t *plaintext,
                                                 size_t len)
{
    if (protection == PAGETLS_PROTECTED_TLS13) {
        return check_inner_plaintext(plaintext, len);
    }
    if (len > PLAINTEXT_MAX) { /* RFC 5246, section 6.2.1 */
        return PAGETLS_VIOLATION_RECORD_LENGTH;
    }
    return type == ALERT && len == 2 && !is_known_level(plaintext[0]) ? PAGETLS_VIOLATION_ALERT_LEVEL
                                                                      : PAGETLS_VIOLATION_NONE;
}

/* --- handshake messages ---------------------------------------------------------------- */

enum { /* appendix B.3 */
       SERVER_HELLO = 2,
       NEW_SESSION_TICKET = 4,
       ENCRYPTED_EXTENSIONS = 8,
       CERTIFICATE = 11,
       SERVER_KEY_EXCHANGE = 12,
       CERTIFICATE_REQUEST = 13,
       SERVER_HELLO_DONE = 14,
       CERTIFICATE_VERIFY = 15,
       FINISHED = 20
};
enum { SIGNATURE_ALGORITHMS = 13, COOKIE = 44, SUPPORTED_VERSIONS = 43, KEY_SHARE = 51 }; /* section 4.2 */
enum { RANDOM_AT = 2, RANDOM_LEN = 32, SESSION_ID_AT = RANDOM_AT + RANDOM_LEN };

/* SHA-256 of "HelloRetryRequest" (RFC 8446, section 4.1.3) */
static const uint8_t retry_random[RANDOM_LEN] = { 0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C,
                                                  0x02, 0x1E, 0x65, 0xB8, 0x91, 0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB,
                                                  0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C };

static size_t read_uint16(const uint8_t *at)
{
    return (size_t) at[0] << 8 | at[1];
}

static pagetls_slice body_of(const pagetls_server_message *message)
{
    return (pagetls_slice) { message->body, message->len };
}

static pagetls_violation check_extensions(const pagetls_server_message *message, pagetls_slice all)
{
    return pagetls_extensions_check(message, all, 0, PAGETLS_VIOLATION_NONE);
}

static int has_number(const uint16_t *list, size_t number)
{
    while (*list != 0 && *list != number) {
        list++;
    }
    return number != 0 && *list == number;
}

/* RFC 8446, section 5.1: "Handshake messages MUST NOT span key changes" */
static pagetls_violation check_key_change(const pagetls_server_message *message)
{
    return message->remaining > 0 ? PAGETLS_VIOLATION_KEY_CHANGE : PAGETLS_VIOLATION_NONE;
}

/* RFC 5246, section 7.4.9; RFC 8446, section 4.4.4: the length of the suite's hash, SHA-256 or SHA-384 */
static pagetls_violation check_finished(const pagetls_server_message *message)
{
    int is_valid = message->tls13 ? message->len == 32 || message->len == 48 : message->len == 12;
    return !is_valid     ? PAGETLS_VIOLATION_MESSAGE_LENGTH
        : message->tls13 ? check_key_change(message)
                         : PAGETLS_VIOLATION_NONE;
}

/** What is checked of a ServerHello (RFC 8446, section 4.1.3). */
typedef struct {
    pagetls_slice session_id;
    pagetls_slice extensions;
    pagetls_slice key_share; /**< what the extension has */
    int has_key_share;
    int has_cookie;
    int has_other; /**< an extension that neither these nor supported_versions are */
    int tls13;
} server_hello;

/** Returns 0 if it is malformed. */
static int read_server_hello(pagetls_slice body, server_hello *hello)
{
    enum { SUITE_AND_COMPRESSION = 3 };
    *hello = (server_hello) { 0 };
    if (body.len < SESSION_ID_AT) {
        return 0;
    }
    pagetls_slice rest = { body.p + SESSION_ID_AT, body.len - SESSION_ID_AT };
    if (!pagetls_vector_next(&rest, 1, &hello->session_id) || rest.len < SUITE_AND_COMPRESSION) {
        return 0;
    }
    rest = (pagetls_slice) { rest.p + SUITE_AND_COMPRESSION, rest.len - SUITE_AND_COMPRESSION };
    /* Extensions may be absent in TLS 1.2 (RFC 5246, section 7.4.1.3); nothing follows them. */
    if (rest.len > 0 && (!pagetls_vector_next(&rest, 2, &hello->extensions) || rest.len > 0)) {
        return 0;
    }
    for (rest = hello->extensions; rest.len > 0;) {
        size_t type;
        pagetls_slice content;
        if (!pagetls_tls_extension_next(&rest, &type, &content)) {
            return 0;
        }
        switch (type) {
            case SUPPORTED_VERSIONS: hello->tls13 = 1; break;
            case COOKIE: hello->has_cookie = 1; break;
            case KEY_SHARE:
                hello->has_key_share = 1;
                hello->key_share = content;
                break;
            default: hello->has_other = 1; break;
        }
    }
    return 1;
}

/** RFC 8446, section 4.1.4 */
static pagetls_violation check_retry(const pagetls_server_message *message, const server_hello *hello)
{
    if (message->retried) { /* "receives a second HelloRetryRequest" */
        return PAGETLS_VIOLATION_RETRY_TWICE;
    }
    /* "if the HelloRetryRequest would not result in any change in the ClientHello" */
    if (!hello->has_cookie && !hello->has_key_share && !hello->has_other) {
        return PAGETLS_VIOLATION_RETRY_UNCHANGED;
    }
    /* Section 4.2.8: "MUST verify that … the selected_group field corresponds to a group which was provided in the
     * "supported_groups" extension". Mbed TLS rejects another length. */
    return hello->key_share.len == 2 && !has_number(message->groups, read_uint16(hello->key_share.p))
        ? PAGETLS_VIOLATION_RETRY_GROUP
        : check_key_change(message);
}

static pagetls_violation check_server_hello(const pagetls_server_message *message)
{
    server_hello hello;
    if (!read_server_hello(body_of(message), &hello)) {
        return PAGETLS_VIOLATION_HELLO_SYNTAX;
    }
    if (message->before != NULL) {
        pagetls_violation violation =
            pagetls_renegotiation_check_hello(message->before, read_uint16(message->body), hello.extensions);
        return violation != PAGETLS_VIOLATION_NONE ? violation : check_extensions(message, hello.extensions);
    }
    if (!hello.tls13) {
        if (message->requires_tls13) { /* RFC 5246, appendix E.1: "MUST send a "protocol_version" alert message" */
            return PAGETLS_VIOLATION_VERSION;
        }
        /* RFC 5246, section 7.4.1.3: then the server "will respond with the same value" to resume a session */
        return hello.session_id.len > 0 &&
                pagetls_slice_is(hello.session_id, message->session_id, message->session_id_len)
            ? PAGETLS_VIOLATION_SESSION_ID
            : check_extensions(message, hello.extensions);
    }
    if (memcmp(message->body + RANDOM_AT, retry_random, RANDOM_LEN) == 0) {
        return check_retry(message, &hello);
    }
    /* Section 9.2: a server MUST send it unless it resumes a session without. */
    return hello.has_key_share ? check_key_change(message) : PAGETLS_VIOLATION_NO_KEY_SHARE;
}

uint16_t pagetls_server_signature_scheme(int type, const uint8_t *body, size_t len)
{
    enum { POINT_LEN_AT = 3 };
    size_t at = 0;
    if (type == SERVER_KEY_EXCHANGE && len > POINT_LEN_AT) {
        at = POINT_LEN_AT + 1 + (size_t) body[POINT_LEN_AT]; /* after ServerECDHParams */
    } else if (type != CERTIFICATE_VERIFY) {
        return 0;
    }
    return len < at + 2 ? 0 : (uint16_t) read_uint16(body + at);
}

static pagetls_violation check_certificate_verify(const pagetls_server_message *message)
{
    /* RFC 8446, section 4.2.3: "ECDSA signature schemes … the signing curve" */
    static const struct {
        uint16_t scheme;
        uint16_t curve;
    } curves[] = { { 0x0403, PAGETLS_CURVE_P256 }, { 0x0503, PAGETLS_CURVE_P384 }, { 0x0603, PAGETLS_CURVE_P521 } };
    if (message->len < 4 || message->len - 4 != read_uint16(message->body + 2)) {
        return PAGETLS_VIOLATION_MESSAGE_LENGTH;
    }
    size_t scheme = read_uint16(message->body);
    /* Section 4.2.3: RSASSA-PKCS1-v1_5, which we offer for certificates, is "not defined for use in signed TLS handshake
     * messages". Mbed TLS rejects what we do not offer. */
    if ((scheme & 0xFF) == 1 && scheme > 0x0301) {
        return PAGETLS_VIOLATION_SIGNATURE_SCHEME;
    }
    for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
        if (scheme == curves[i].scheme && message->leaf != NULL && message->leaf->type == PAGETLS_KEY_EC &&
            message->leaf->curve != curves[i].curve) {
            return PAGETLS_VIOLATION_SIGNATURE_CURVE;
        }
    }
    return PAGETLS_VIOLATION_NONE;
}

/* RFC 5246, section 7.4.2: "The end entity certificate's public key … MUST be compatible with the selected key exchange
 * algorithm". RFC 8422, section 5.10: an Ed25519 key is used with ECDHE_ECDSA. */
static pagetls_violation check_certificate_type(const pagetls_server_message *message)
{
    if (message->leaf == NULL || message->suite_needs_rsa < 0 || message->leaf->state == PAGETLS_KEY_UNUSABLE) {
        return PAGETLS_VIOLATION_NONE; /* a key that cannot be used is an error of its own */
    }
    pagetls_key_type type = message->leaf->type;
    int is_rsa = type == PAGETLS_KEY_RSA || type == PAGETLS_KEY_RSA_PSS;
    return is_rsa == message->suite_needs_rsa ? PAGETLS_VIOLATION_NONE : PAGETLS_VIOLATION_CERTIFICATE_TYPE;
}

static pagetls_violation check_certificate(const pagetls_server_message *message)
{
    return message->before == NULL ? PAGETLS_VIOLATION_NONE
                                   : pagetls_renegotiation_check_certificate(message->before, body_of(message));
}

/* RFC 8422, section 5.4.1: a point on P-256, P-384 or P-521 begins with 4, "uncompressed". Mbed TLS reads the others. */
static pagetls_violation check_point(const pagetls_server_message *message)
{
    enum { NAMED_CURVE = 3, CURVE_AT = 1, POINT_AT = 3, P256 = 23, P521 = 25 };
    const uint8_t *p = message->body;
    if (message->len < POINT_AT + 2 || p[0] != NAMED_CURVE || p[POINT_AT] == 0) {
        return PAGETLS_VIOLATION_NONE; /* which Mbed TLS rejects */
    }
    size_t curve = read_uint16(p + CURVE_AT);
    return curve >= P256 && curve <= P521 && p[POINT_AT + 1] != 4 ? PAGETLS_VIOLATION_POINT_FORMAT
                                                                  : PAGETLS_VIOLATION_NONE;
}

static pagetls_violation check_encrypted_extensions(const pagetls_server_message *message)
{
    pagetls_slice body = body_of(message);
    pagetls_slice extensions;
    return pagetls_vector_next(&body, 2, &extensions) && body.len == 0 ? check_extensions(message, extensions)
                                                                       : PAGETLS_VIOLATION_MESSAGE_LENGTH;
}

static int has_context(pagetls_slice used, pagetls_slice context)
{
    pagetls_slice one;
    while (pagetls_vector_next(&used, 1, &one)) {
        if (pagetls_slices_equal(one, context)) {
            return 1;
        }
    }
    return 0;
}

/* RFC 8446, section 4.3.2 */
static pagetls_violation check_request(const pagetls_server_message *message)
{
    pagetls_slice body = body_of(message);
    pagetls_slice context;
    pagetls_slice extensions;
    /* "This field SHALL be zero length unless used for the post-handshake authentication exchanges" */
    if (!pagetls_vector_next(&body, 1, &context) || (context.len > 0 && message->used_contexts == NULL) ||
        !pagetls_vector_next(&body, 2, &extensions) || body.len > 0) {
        return PAGETLS_VIOLATION_REQUEST_SYNTAX;
    }
    /* There it "MUST be unique within the scope of this connection". */
    if (message->used_contexts != NULL && (context.len == 0 || has_context(*message->used_contexts, context))) {
        return PAGETLS_VIOLATION_REQUEST_CONTEXT;
    }
    /* "The "signature_algorithms" extension MUST be specified" */
    return pagetls_extensions_check(message, extensions, SIGNATURE_ALGORITHMS, PAGETLS_VIOLATION_REQUEST_ALGORITHMS);
}

/* RFC 5246, section 7.4.4 */
static pagetls_violation check_request_tls12(const pagetls_server_message *message)
{
    pagetls_slice body = body_of(message);
    pagetls_slice types;
    pagetls_slice algorithms;
    pagetls_slice names;
    return pagetls_vector_next(&body, 1, &types) && types.len > 0 && pagetls_vector_next(&body, 2, &algorithms) &&
            pagetls_is_number_list(algorithms) && pagetls_vector_next(&body, 2, &names) && body.len == 0 &&
            pagetls_is_name_list(names)
        ? PAGETLS_VIOLATION_NONE
        : PAGETLS_VIOLATION_REQUEST_SYNTAX;
}

/* RFC 8446, section 4.6.1; RFC 5077, section 3.3, where a ticket may be empty */
static pagetls_violation check_ticket(const pagetls_server_message *message)
{
    enum { LIFETIME_LEN = 4, AGE_ADD_LEN = 4, WEEK = 604800 };
    pagetls_slice rest = body_of(message);
    pagetls_slice ticket;
    pagetls_slice extensions = { NULL, 0 };
    size_t fixed = LIFETIME_LEN + (message->tls13 ? AGE_ADD_LEN : 0);
    if (rest.len < fixed) {
        return PAGETLS_VIOLATION_TICKET_SYNTAX;
    }
    size_t lifetime = read_uint16(rest.p) << 16 | read_uint16(rest.p + 2);
    rest = (pagetls_slice) { rest.p + fixed, rest.len - fixed };
    if ((message->tls13 && !pagetls_vector_next(&rest, 1, &ticket)) || /* first the nonce */
        !pagetls_vector_next(&rest, 2, &ticket) ||
        (message->tls13 && (ticket.len == 0 || !pagetls_vector_next(&rest, 2, &extensions))) || rest.len > 0) {
        return PAGETLS_VIOLATION_TICKET_SYNTAX;
    }
    /* "Servers MUST NOT use any value greater than 604800 seconds (7 days)" */
    return message->tls13 && lifetime > WEEK ? PAGETLS_VIOLATION_TICKET_LIFETIME : check_extensions(message, extensions);
}

/* Versions in which a check applies. The version of a ServerHello is not known before. */
enum { TLS12 = 1, TLS13 = 2, ANY = TLS12 | TLS13 };

static const struct {
    uint8_t type;
    uint8_t versions;
    pagetls_violation (*check)(const pagetls_server_message *message);
} checks[] = {
    { SERVER_HELLO, ANY, check_server_hello },
    { NEW_SESSION_TICKET, ANY, check_ticket },
    { ENCRYPTED_EXTENSIONS, TLS13, check_encrypted_extensions },
    { CERTIFICATE, TLS12, check_certificate },
    { SERVER_KEY_EXCHANGE, TLS12, check_certificate_type },
    { SERVER_KEY_EXCHANGE, TLS12, check_point },
    { CERTIFICATE_REQUEST, TLS12, check_request_tls12 },
    { CERTIFICATE_REQUEST, TLS13, check_request },
    { CERTIFICATE_VERIFY, TLS13, check_certificate_verify },
    { FINISHED, ANY, check_finished },
};

pagetls_violation pagetls_server_message_check(const pagetls_server_message *message)
{
    /* RFC 5246, section 7.3: a CertificateRequest may come before ServerHelloDone. Mbed TLS has another alert. */
    pagetls_violation violation =
        message->due != 0 && message->type != SERVER_HELLO_DONE && message->type != message->due
        ? PAGETLS_VIOLATION_UNEXPECTED
        : PAGETLS_VIOLATION_NONE;
    for (size_t i = 0; i < sizeof(checks) / sizeof(checks[0]) && violation == PAGETLS_VIOLATION_NONE; i++) {
        if (checks[i].type == message->type && (checks[i].versions & (message->tls13 ? TLS13 : TLS12)) != 0) {
            violation = checks[i].check(message);
        }
    }
    return violation;
}
