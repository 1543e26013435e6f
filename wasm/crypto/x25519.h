/**
 * \file x25519.h
 * \brief X25519 (RFC 7748, section 5).
 */
#ifndef PAGETLS_X25519_H
#define PAGETLS_X25519_H

#include <stdint.h>

/**
 * Computes the x-coordinate of k times the point whose x-coordinate is u. In constant time.
 * \param[out] out  32 bytes, little-endian; all zeros if u has low order, which the caller must reject.
 * \param k         secret, 32 bytes, little-endian; clamped as in section 5.
 * \param u         32 bytes, little-endian; the most significant bit is ignored, and values of p or more are accepted.
 */
void pagetls_x25519(uint8_t out[32], const uint8_t k[32], const uint8_t u[32]);

#endif
