/**
 * \file hostname.h
 * \brief Normalizes a host name or IP literal for comparison.
 */
#ifndef PAGETLS_HOSTNAME_H
#define PAGETLS_HOSTNAME_H

#include <stddef.h>
#include <stdint.h>

/** Maximum length of a DNS name without a final dot, which is 255 octets on the wire (RFC 1035, section 2.3.4). */
#define PAGETLS_HOSTNAME_MAX 253

typedef struct {
    char text[PAGETLS_HOSTNAME_MAX + 1]; /**< lower case, no final dot, NUL-terminated */
    uint8_t ip[16];                      /**< in network order, when ip_len is not 0 */
    size_t ip_len;                       /**< 0 for a DNS name, 4 or 16 for an IP address */
} pagetls_hostname;

/**
 * Reads a DNS name (letters, digits, hyphens and underscores; labels of 1 to 63 octets; one final dot is dropped), an
 * IPv4 address of four decimal numbers, or an IPv6 address (RFC 4291, section 2.2, with or without brackets). Non-ASCII
 * names must be given as A-labels (RFC 5890).
 *
 * \return 0, or -1 if the text is neither a host name nor an address
 */
int pagetls_hostname_read(pagetls_hostname *host, const char *text, size_t len);

#endif
