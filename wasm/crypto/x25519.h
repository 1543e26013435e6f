/**
 * \file x25519.h
 * \brief X25519 (RFC 7748, section 5).
 */
#ifndef PAGETLS_X25519_H
#define PAGETLS_X25519_H

#include <stdint.h>

/**
 * The x-coordinate of k times the point whose x-coordinate is u; in constant time.
 * \param[out] out  32 bytes, least first; zeros where u is of low order, which is for the caller to refuse.
 * \param k         secret, 32 bytes, least first; its bits are set and cleared as section 5 says.
 * \param u         32 bytes, least first; the last bit is ignored, and it may be p or more.
 */
void pagetls_x25519(uint8_t out[32], const uint8_t k[32], const uint8_t u[32]);

#endif
