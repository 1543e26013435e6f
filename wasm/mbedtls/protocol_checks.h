/**
 * \file protocol_checks.h
 * \brief What a server must not do although Mbed TLS accepts it: bytes in, a violation out. Uses nothing of Mbed TLS.
 *
 * protocol_hooks.c reaches Mbed TLS, and ends the connection at a violation.
 */
#ifndef PAGETLS_PROTOCOL_CHECKS_H
#define PAGETLS_PROTOCOL_CHECKS_H

#include <stddef.h>
#include <stdint.h>

#include "mbedtls/server_message.h"

/** Alerts (RFC 8446, section 6.2). */
enum {
    PAGETLS_ALERT_CLOSE_NOTIFY = 0,
    PAGETLS_ALERT_UNEXPECTED_MESSAGE = 10,
    PAGETLS_ALERT_BAD_RECORD_MAC = 20,
    PAGETLS_ALERT_RECORD_OVERFLOW = 22,
    PAGETLS_ALERT_HANDSHAKE_FAILURE = 40,
    PAGETLS_ALERT_ILLEGAL_PARAMETER = 47,
    PAGETLS_ALERT_DECODE_ERROR = 50,
    PAGETLS_ALERT_DECRYPT_ERROR = 51,
    PAGETLS_ALERT_PROTOCOL_VERSION = 70,
    PAGETLS_ALERT_INTERNAL_ERROR = 80,
    PAGETLS_ALERT_USER_CANCELED = 90,
    PAGETLS_ALERT_MISSING_EXTENSION = 109,
    PAGETLS_ALERT_UNSUPPORTED_EXTENSION = 110
};

/** The alert for a violation. */
uint8_t pagetls_violation_alert(pagetls_violation violation);

/** How records are protected that the server sends now. */
typedef enum { PAGETLS_CLEAR, PAGETLS_PROTECTED_TLS12, PAGETLS_PROTECTED_TLS13 } pagetls_protection;

/**
 * Checks a record before it is decrypted.
 * \param finished  1 after the server's Finished
 * \param record    its header, and the first byte of its fragment
 */
pagetls_violation pagetls_record_check(pagetls_protection protection, int finished, const uint8_t record[6]);
/**
 * Checks what was in a protected record.
 * \param type       in the header
 * \param plaintext  in TLS 1.3 a TLSInnerPlaintext. The level of an alert in it becomes what its description means
 */
pagetls_violation pagetls_record_check_plaintext(pagetls_protection protection, uint8_t type, uint8_t *plaintext,
                                                 size_t len);

/**
 * The SignatureScheme of a ServerKeyExchange or CertificateVerify (RFC 8446, section 4.2.3; RFC 8422, section 5.4).
 * \param type  HandshakeType
 * \return 0 if there is none
 */
uint16_t pagetls_server_signature_scheme(int type, const uint8_t *body, size_t len);
pagetls_violation pagetls_server_message_check(const pagetls_server_message *message);

#endif
