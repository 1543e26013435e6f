/**
 * \file modulus.h
 * \brief Arithmetic modulo an odd number. In variable time: for public numbers only.
 *
 * For RSA's public operation (RFC 8017, section 5.2.2) and the scalars of ECDSA verification. All numbers are
 * big-endian and as long as the modulus.
 */
#ifndef PAGETLS_MODULUS_H
#define PAGETLS_MODULUS_H

#include <stddef.h>
#include <stdint.h>

#define PAGETLS_MODULUS_MAX_BYTES 1024
#define PAGETLS_MODULUS_LIMB_BITS 27
#define PAGETLS_MODULUS_LIMBS 308 /**< for PAGETLS_MODULUS_MAX_BYTES and two more bits; a multiple of four */

typedef struct {
    size_t bytes;
    size_t limbs; /**< a multiple of four */
    int32_t modulus[PAGETLS_MODULUS_LIMBS];
    int32_t r_squared[PAGETLS_MODULUS_LIMBS]; /**< R^2 modulo the modulus, R = 2^(27 limbs) */
    uint32_t inverse;                         /**< -1/modulus modulo 2^27 */
} pagetls_modulus;

/**
 * \param modulus  odd, with a first byte that is not 0.
 * \param bytes    its length, from 8 to PAGETLS_MODULUS_MAX_BYTES.
 * \return 0, or -1 if the modulus violates this.
 */
int pagetls_modulus_set(pagetls_modulus *m, const uint8_t *modulus, size_t bytes);

/** out = a b modulo m; a and b are below twice the modulus. out may equal either. */
void pagetls_modulus_multiply(const pagetls_modulus *m, uint8_t *out, const uint8_t *a, const uint8_t *b);

/** out = base^exponent modulo m; base is below twice the modulus, exponent is not 0. out may equal base. */
void pagetls_modulus_power(const pagetls_modulus *m, uint8_t *out, const uint8_t *base, uint64_t exponent);

#define PAGETLS_INVERSE_MAX_BYTES 66

/**
 * out = 1/a modulo an odd number of at most PAGETLS_INVERSE_MAX_BYTES; a is below it and coprime to it. out may equal
 * a.
 */
void pagetls_modulus_invert(uint8_t *out, const uint8_t *a, const uint8_t *modulus, size_t bytes);

#endif
