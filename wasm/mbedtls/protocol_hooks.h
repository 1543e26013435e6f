/**
 * \file protocol_hooks.h
 * \brief Shows the server's records and messages to protocol_checks.c before Mbed TLS acts on them, and sends our alerts.
 */
#ifndef PAGETLS_PROTOCOL_HOOKS_H
#define PAGETLS_PROTOCOL_HOOKS_H

#include "mbedtls/protocol_checks.h"
#include "mbedtls/ssl.h"
#include "verify/verification.h"

/** Of a connection; all zeros at first. */
typedef struct {
    const pagetls_verification *verification; /**< has the server's certificates */
    pagetls_violation violation;              /**< why the connection failed */
    uint16_t group;                           /**< of the key exchange */
    uint16_t signature_scheme;                /**< that the server signed with */
    uint8_t has_alert;                        /**< Mbed TLS wants to send `alert` */
    uint8_t alert;
    uint8_t requests_left;          /**< for a client certificate after the handshake, which are accepted */
    uint8_t renegotiates;           /**< 1 while it does */
    uint8_t extended_master_secret; /**< 1 if TLS 1.2 uses it (RFC 7627) */
    uint8_t alert_written;          /**< to Mbed TLS's buffer at least */
} pagetls_protocol;

/** The connection that the pump runs: Mbed TLS's functions do not tell it to all of our hooks. NULL outside of it. */
void pagetls_protocol_set_active(pagetls_protocol *protocol);
pagetls_protocol *pagetls_protocol_active(void);
/** Records \p violation, if it is one, as that of the active connection, and returns the error to end it with; or 0. */
int pagetls_protocol_fail_if(pagetls_violation violation);
pagetls_protection pagetls_protocol_protection(const mbedtls_ssl_transform *transform);
/**
 * For the BIO, before it passes received bytes to Mbed TLS: checks the record whose fragment begins with \p next, if one
 * does. 0, or the error to return instead of reading.
 */
int pagetls_protocol_check_record(const mbedtls_ssl_context *ssl, uint8_t next);
/** The violation that made Mbed TLS fail with \p native, if it found it before we did, or 0. */
pagetls_violation pagetls_protocol_violation_of(const mbedtls_ssl_context *ssl, int native);
/**
 * Sends the one alert of a failed connection (RFC 8446, section 6.2), under the newest keys (appendix A.1).
 * \param native  why it failed: an alert or an end of the transport is not answered
 * \return 1 if the output had no space for it: to be called again, with the same arguments, when it has some
 */
int pagetls_protocol_send_alert(pagetls_protocol *protocol, mbedtls_ssl_context *ssl, int native);

#endif
