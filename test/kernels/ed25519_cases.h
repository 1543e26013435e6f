/**
 * \file ed25519_cases.h
 * \brief Ed25519 with Mbed TLS's big numbers, slow and plain: the reference for wasm/crypto/ed25519.c.
 */
#ifndef PAGETLS_KERNELS_ED25519_CASES_H
#define PAGETLS_KERNELS_ED25519_CASES_H

#include <stddef.h>
#include <stdint.h>

#include "public_key.h"
#include "random.h"

/** Verifies as RFC 8032, section 5.1.7 says, without the cofactor. \return 0 if the signature is valid, otherwise -1. */
int reference_ed25519_verify(const uint8_t key[32], kernel_bytes message, kernel_bytes signature);

/**
 * Generates the three inputs of KERNEL_ED25519: a signature that is mostly valid.
 * \param plain  without edge cases: points with a part of low order, other encodings, numbers out of range.
 */
void make_ed25519_signature(random_source *state, kernel_public_input *input, uint8_t bytes[4][KERNEL_PUBLIC_MAX_BYTES],
                            int plain);

#endif
