/**
 * \file host_aead.h
 * \brief The host's ciphers, made to order.
 */
#ifndef PAGETLS_KERNELS_HOST_AEAD_H
#define PAGETLS_KERNELS_HOST_AEAD_H

#include <stddef.h>
#include <stdint.h>

/** As pagetls_host_aead() of host/host.h. */
typedef int kernel_aead(int cipher, int decrypt, const uint8_t *key, const uint8_t *nonce, const uint8_t *ad,
                        size_t ad_len, const uint8_t *in, size_t len, uint8_t *out, uint8_t *tag);

/** What pagetls_host_aead() is; NULL, as it is at first: it is not there. */
extern kernel_aead *kernel_host;

/** Mbed TLS's own. */
kernel_aead kernel_host_by_reference;

#endif
