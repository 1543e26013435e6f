/**
 * \file modulus.h
 * \brief Arithmetic modulo an odd number of any length, where nothing is secret: times depend on all of it.
 *
 * For RSA's public operation (RFC 8017, section 5.2.2) and the scalars of an ECDSA signature that is verified. All
 * numbers are big-endian and of the modulus's length.
 */
#ifndef PAGETLS_MODULUS_H
#define PAGETLS_MODULUS_H

#include <stddef.h>
#include <stdint.h>

#define PAGETLS_MODULUS_MAX_BYTES 1024
#define PAGETLS_MODULUS_LIMB_BITS 27
#define PAGETLS_MODULUS_LIMBS 308 /**< for two bits more than the longest; a multiple of four */

typedef struct {
    size_t bytes;
    size_t limbs; /**< a multiple of four */
    int32_t modulus[PAGETLS_MODULUS_LIMBS];
    int32_t r_squared[PAGETLS_MODULUS_LIMBS]; /**< R^2 modulo it, R = 2^(27 limbs) */
    uint32_t inverse;                         /**< -1/modulus modulo 2^27 */
} pagetls_modulus;

/**
 * \param bytes  of the modulus, which is odd and whose first byte is not 0; from 8 to PAGETLS_MODULUS_MAX_BYTES.
 * \return 0, or -1 when it is not.
 */
int pagetls_modulus_set(pagetls_modulus *m, const uint8_t *modulus, size_t bytes);

/** out = a b modulo m; a and b are below twice the modulus. out may be either. */
void pagetls_modulus_multiply(const pagetls_modulus *m, uint8_t *out, const uint8_t *a, const uint8_t *b);

/** out = base^exponent modulo m; the base is below twice the modulus, the exponent is not 0. out may be base. */
void pagetls_modulus_power(const pagetls_modulus *m, uint8_t *out, const uint8_t *base, uint64_t exponent);

#define PAGETLS_INVERSE_MAX_BYTES 66

/** out = 1/a modulo an odd number; a is less, and has no factor in common with it. At most PAGETLS_INVERSE_MAX_BYTES. */
void pagetls_modulus_invert(uint8_t *out, const uint8_t *a, const uint8_t *modulus, size_t bytes);

#endif
