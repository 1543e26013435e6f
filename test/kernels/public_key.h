/**
 * \file public_key.h
 * \brief One form for what our public-key kernels do, by way of Mbed TLS's functions and by its own code as the
 *        reference: what the linker's --wrap puts ours before is still there as __real_...
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
    KERNEL_X25519,   /**< k, u: as RFC 7748 has them, whatever they are; ours only */
    KERNEL_MULTIPLY, /**< k, point, or nothing for the base point: a point */
    KERNEL_VERIFY,   /**< point, hash, signature */
    KERNEL_POWER,    /**< modulus, exponent, base: a number of the modulus's length */
    KERNEL_PKCS1,    /**< modulus, exponent, SHA-256 hash, signature; ours only */
    KERNEL_PSS,      /**< the same; the salt has 32 bytes */
    KERNEL_PUBLIC_OPERATIONS
};

/** The curves, by the sizes of their fields; X25519's is 255. */
enum { KERNEL_CURVE25519 = 255, KERNEL_P256 = 256, KERNEL_P384 = 384, KERNEL_P521 = 521 };

/** What Mbed TLS calls it. */
mbedtls_ecp_group_id kernel_group_of(int curve);

typedef struct {
    int operation;
    int curve;
    kernel_bytes in[4]; /**< points as Mbed TLS reads them; numbers big-endian, but for X25519's */
} kernel_public_input;

#define KERNEL_PUBLIC_OUT 1024 /**< the most bytes that come of it */

/** \return 0, or the code of Mbed TLS's. \p out has KERNEL_PUBLIC_OUT bytes; \p out_len is 0 where nothing comes of it. */
int kernel_public(int fast, const kernel_public_input *input, uint8_t *out, size_t *out_len);

/** An input that goes well; of KERNEL_POWER with a modulus of as many bits as the curve says, and the exponent 65537. */
void kernel_public_example(kernel_public_input *input, uint8_t bytes[4][KERNEL_PUBLIC_OUT]);

/** Does it \p times times with such an input; KERNEL_MULTIPLY is an exchange of keys, both halves of it. \return whether it always came to what it should. */
int kernel_public_repeat(int fast, int operation, int curve, unsigned times);

/** Makes case number \p seed, and compares. NULL, or what differed, with what the case was. */
const char *kernel_public_case(uint64_t seed);

/** The same, but \p data takes the place of chance as far as it goes. */
const char *kernel_public_fuzz(const uint8_t *data, size_t size);

#endif
