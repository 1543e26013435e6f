/**
 * \file hostname.h
 * \brief Reads a host name or IP literal into the one form that the rest compares.
 */
#ifndef PAGETLS_HOSTNAME_H
#define PAGETLS_HOSTNAME_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
    char text[254]; /**< lower case, no final dot, NUL-terminated */
    uint8_t ip[16]; /**< in network order, when ip_len is not 0 */
    size_t ip_len;  /**< 0 for a DNS name, 4 or 16 for an IP address */
} pagetls_hostname;

/**
 * Reads a DNS name (letters, digits, hyphen and underscore; labels of 1 to 63
 * octets, 253 in all, RFC 1035 section 2.3.4; one final dot is dropped), an IPv4
 * address of four decimal numbers, or an IPv6 address (RFC 4291 section 2.2,
 * with or without brackets). Non-ASCII names must come as A-labels (RFC 5890).
 *
 * \return 0, or -1: it is neither a host name nor an address
 */
int pagetls_hostname_read(pagetls_hostname *host, const char *text, size_t len);

#endif
