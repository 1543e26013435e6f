#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the message, the transforms and the state of the handshake */
#include "mbedtls/protocol_hooks.h"

#include <string.h>

#include "mbedtls/client_auth.h"
#include "mbedtls/renegotiation.h"
#include "mbedtls/session_ticket.h"
#include "ssl_misc.h"

/* The linker calls these instead of the functions without __wrap_. */
int __real_mbedtls_ssl_read_record(mbedtls_ssl_context *, unsigned);
int __wrap_mbedtls_ssl_read_record(mbedtls_ssl_context *, unsigned);

enum { RECORD_HEADER = 5 }; /* RFC 8446, section 5.1 */

/* Not used by Mbed TLS with streams, so it is always that of a violation. */
#define VIOLATION_FOUND MBEDTLS_ERR_SSL_UNEXPECTED_RECORD

static pagetls_protocol *active;

void pagetls_protocol_set_active(pagetls_protocol *protocol)
{
    active = protocol;
}

pagetls_protocol *pagetls_protocol_active(void)
{
    return active;
}

int pagetls_protocol_fail_if(pagetls_violation violation)
{
    if (violation == PAGETLS_VIOLATION_NONE) {
        return 0;
    }
    active->violation = violation;
    return VIOLATION_FOUND;
}

pagetls_protection pagetls_protocol_protection(const mbedtls_ssl_transform *transform)
{
    return transform == NULL                                   ? PAGETLS_CLEAR
        : transform->tls_version == MBEDTLS_SSL_VERSION_TLS1_3 ? PAGETLS_PROTECTED_TLS13
                                                               : PAGETLS_PROTECTED_TLS12;
}

/* --- records --------------------------------------------------------------------------- */

/* Mbed TLS has read the header of a record, and nothing of its fragment. */
static int is_at_fragment(const mbedtls_ssl_context *ssl)
{
    return ssl->in_left == RECORD_HEADER;
}

static pagetls_violation check_record(const mbedtls_ssl_context *ssl, uint8_t next)
{
    uint8_t record[RECORD_HEADER + 1];
    memcpy(record, ssl->in_hdr, RECORD_HEADER);
    record[RECORD_HEADER] = next;
    int is_over = mbedtls_ssl_is_handshake_over((mbedtls_ssl_context *) ssl);
    return pagetls_record_check(pagetls_protocol_protection(ssl->transform_in), is_over, record);
}

int pagetls_protocol_check_record(const mbedtls_ssl_context *ssl, uint8_t next)
{
    return is_at_fragment(ssl) ? pagetls_protocol_fail_if(check_record(ssl, next)) : 0;
}

pagetls_violation pagetls_protocol_violation_of(const mbedtls_ssl_context *ssl, int native)
{
    switch (native) {
        case MBEDTLS_ERR_SSL_INVALID_RECORD: /* of an unknown type */
        case MBEDTLS_ERR_SSL_BAD_INPUT_DATA: /* longer than the buffer */
            return ssl->in_hdr != NULL && is_at_fragment(ssl) ? check_record(ssl, 1) : PAGETLS_VIOLATION_NONE;
        case MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE: return pagetls_session_ticket_check(ssl);
        case MBEDTLS_ERR_ECP_INVALID_KEY: return PAGETLS_VIOLATION_KEY_SHARE; /* ours is read before the handshake */
        default: return PAGETLS_VIOLATION_NONE;
    }
}

/* --- handshake messages ---------------------------------------------------------------- */

static int suite_needs_rsa(const mbedtls_ssl_handshake_params *handshake)
{
    const mbedtls_ssl_ciphersuite_t *suite = handshake->ciphersuite_info;
    return suite == NULL                                          ? -1
        : suite->key_exchange == MBEDTLS_KEY_EXCHANGE_ECDHE_RSA   ? 1
        : suite->key_exchange == MBEDTLS_KEY_EXCHANGE_ECDHE_ECDSA ? 0
                                                                  : -1;
}

/* The type of message that is due in TLS 1.2, where Mbed TLS does not look at it first, or 0. */
static uint8_t due(const mbedtls_ssl_context *ssl)
{
    return ssl->tls_version == MBEDTLS_SSL_VERSION_TLS1_3 ? 0
        : ssl->state == MBEDTLS_SSL_CERTIFICATE_REQUEST   ? MBEDTLS_SSL_HS_CERTIFICATE_REQUEST
        : ssl->state == MBEDTLS_SSL_SERVER_HELLO_DONE     ? MBEDTLS_SSL_HS_SERVER_HELLO_DONE
                                                          : 0;
}

/* RFC 8446, section 4.4.3; RFC 8422, section 5.4. Mbed TLS still has to accept the values. */
static void note_negotiated(const mbedtls_ssl_handshake_params *handshake, const pagetls_server_message *message)
{
    uint16_t scheme = pagetls_server_signature_scheme(message->type, message->body, message->len);
    if (scheme != 0) {
        active->signature_scheme = scheme;
        active->group = message->type == MBEDTLS_SSL_HS_SERVER_KEY_EXCHANGE
            ? MBEDTLS_GET_UINT16_BE(message->body, 1) /* after the curve's type */
            : handshake->offered_group_id;
        active->extended_master_secret = (uint8_t) handshake->extended_ms;
    }
}

/* The server's key; in a renegotiation only what its type is, of the certificate that was verified before. */
static const pagetls_public_key *leaf_key(const mbedtls_ssl_context *ssl, pagetls_public_key *renegotiated)
{
    const pagetls_stored_certificate *leaf = active->verification->chain;
    if (!active->renegotiates) {
        return leaf != NULL ? &leaf->certificate.key : NULL;
    }
    if (ssl->session_negotiate->peer_cert == NULL) {
        return NULL;
    }
    const int is_rsa = mbedtls_pk_get_type(&ssl->session_negotiate->peer_cert->pk) == MBEDTLS_PK_RSA;
    renegotiated->type = is_rsa ? PAGETLS_KEY_RSA : PAGETLS_KEY_EC;
    renegotiated->state = PAGETLS_KEY_USABLE;
    return renegotiated;
}

/* mbedtls_ssl_read_record(), without HelloRequests that are ignored: they are not hashed (RFC 5246, section 7.4.1.1). */
static int read_record(mbedtls_ssl_context *ssl, unsigned update_hs_digest)
{
    int ret;
    int is_new;
    do {
        is_new = !ssl->keep_current_message;
        ret = __real_mbedtls_ssl_read_record(ssl, 0);
    } while (ret == 0 && pagetls_renegotiation_is_request_ignored(ssl));
    return ret == 0 && is_new && update_hs_digest && ssl->in_msgtype == MBEDTLS_SSL_MSG_HANDSHAKE
        ? mbedtls_ssl_update_handshake_status(ssl)
        : ret;
}

int __wrap_mbedtls_ssl_read_record(mbedtls_ssl_context *ssl, unsigned update_hs_digest)
{
    int ret = read_record(ssl, update_hs_digest);
    if (ret != 0 || active == NULL || ssl->in_msgtype != MBEDTLS_SSL_MSG_HANDSHAKE || ssl->handshake == NULL) {
        return ret;
    }
    pagetls_public_key key = { 0 };
    pagetls_renegotiated before;
    pagetls_server_message message = {
        .type = ssl->in_msg[0],
        .tls13 = ssl->tls_version == MBEDTLS_SSL_VERSION_TLS1_3,
        .requires_tls13 = ssl->conf->min_tls_version > MBEDTLS_SSL_VERSION_TLS1_2,
        .retried = ssl->handshake->hello_retry_request_flag,
        .body = ssl->in_msg + mbedtls_ssl_hs_hdr_len(ssl),
        .len = ssl->in_hslen - mbedtls_ssl_hs_hdr_len(ssl),
        .remaining = ssl->in_msglen - ssl->in_hslen,
        .leaf = leaf_key(ssl, &key),
        .groups = mbedtls_ssl_get_groups(ssl),
        .session_id = ssl->session_negotiate->id,
        .session_id_len = ssl->session_negotiate->id_len,
        .suite_needs_rsa = suite_needs_rsa(ssl->handshake),
        .sent_name = (ssl->handshake->sent_extensions & MBEDTLS_SSL_EXT_MASK(SERVERNAME)) != 0,
        .due = due(ssl),
        .protocols = ssl->conf->alpn_list,
    };
    if (active->renegotiates) {
        before = pagetls_renegotiation_before(ssl, active->extended_master_secret);
        message.before = &before;
    } else {
        note_negotiated(ssl->handshake, &message);
    }
    ret = pagetls_protocol_fail_if(pagetls_server_message_check(&message));
    return ret != 0 ? ret
                    : pagetls_client_auth_receive(ssl, message.type, (pagetls_slice) { message.body, message.len });
}
