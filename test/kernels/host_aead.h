/**
 * \file host_aead.h
 * \brief A configurable pagetls_host_aead() for the tests.
 */
#ifndef PAGETLS_KERNELS_HOST_AEAD_H
#define PAGETLS_KERNELS_HOST_AEAD_H

#include <stddef.h>
#include <stdint.h>

/** The type of pagetls_host_aead() of host/host.h. */
typedef int kernel_aead(int cipher, int decrypt, const uint8_t *key, const uint8_t *nonce, const uint8_t *ad,
                        size_t ad_len, const uint8_t *in, size_t len, uint8_t *out, uint8_t *tag);

/** The implementation that pagetls_host_aead() calls. NULL, the initial value: the host does nothing. */
extern kernel_aead *kernel_host_aead;

/** A host whose ciphers are Mbed TLS's. */
kernel_aead kernel_reference_host_aead;

#endif
