/**
 * \file public_key.h
 * \brief One interface for our public-key kernels, called through Mbed TLS's functions, and for Mbed TLS's own code as
 *        the reference, which the linker's --wrap keeps available as __real_...
 */
#ifndef PAGETLS_KERNELS_PUBLIC_KEY_H
#define PAGETLS_KERNELS_PUBLIC_KEY_H

#include <stddef.h>
#include <stdint.h>

#include "mbedtls/ecp.h"

typedef struct {
    const uint8_t *p;
    size_t len;
} kernel_bytes;

enum {
    KERNEL_X25519,   /**< inputs: k, u, encoded as in RFC 7748; only ours */
    KERNEL_MULTIPLY, /**< inputs: k, point (empty: the base point); output: a point */
    KERNEL_VERIFY,   /**< inputs: point, hash, signature */
    KERNEL_POWER,    /**< inputs: modulus, exponent, base; output: a number as long as the modulus */
    KERNEL_PKCS1,    /**< inputs: modulus, exponent, SHA-256 hash, signature; only ours */
    KERNEL_PSS,      /**< the same, with a salt of 32 bytes */
    KERNEL_ED25519,  /**< inputs: key, message, signature; the reference is ours too (ed25519_cases.h) */
    KERNEL_PUBLIC_OPERATIONS
};

/** The curves, by the bits of their fields. */
enum { KERNEL_CURVE25519 = 255, KERNEL_P256 = 256, KERNEL_P384 = 384, KERNEL_P521 = 521 };

/** Mbed TLS's identifier of a curve. */
mbedtls_ecp_group_id kernel_group_id(int curve);

typedef struct {
    int operation;
    int curve;
    kernel_bytes in[4]; /**< points in Mbed TLS's format; numbers big-endian, except X25519's */
} kernel_public_input;

#define KERNEL_PUBLIC_MAX_BYTES 1024 /**< maximum length of an output */

/**
 * \param[out] out      KERNEL_PUBLIC_MAX_BYTES bytes.
 * \param[out] out_len  0 if there is no output.
 * \return 0, or Mbed TLS's error code.
 */
int kernel_public(int fast, const kernel_public_input *input, uint8_t *out, size_t *out_len);

/** Generates a valid input. For KERNEL_POWER, the curve is the number of bits of the modulus; the exponent is 65537. */
void kernel_public_example(kernel_public_input *input, uint8_t bytes[4][KERNEL_PUBLIC_MAX_BYTES]);

/**
 * Runs the operation \p times times with such an input; KERNEL_MULTIPLY is a key exchange, including key
 * generation.
 * \return whether all of them succeeded.
 */
int kernel_public_repeat(int fast, int operation, int curve, unsigned times);

/** Generates case number \p seed, and compares. \return NULL, or what differed and a description of the case. */
const char *kernel_public_case(uint64_t seed);

/** The same, but takes random bytes from \p data until it is used up. */
const char *kernel_public_fuzz(const uint8_t *data, size_t size);

#endif
