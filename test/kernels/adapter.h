/**
 * \file adapter.h
 * \brief One interface for all ciphers and both implementations: ours, and Mbed TLS's as the reference.
 *
 * adapter.c and adapter_calls.c are compiled twice. The second time, Mbed TLS's ciphers have other names
 * (targets.cmake), so that a program can contain both.
 */
#ifndef PAGETLS_KERNELS_ADAPTER_H
#define PAGETLS_KERNELS_ADAPTER_H

#include <stddef.h>
#include <stdint.h>

/* In the files that are compiled twice, KERNEL(run) is kernel_fast_run or kernel_reference_run. */
#define KERNEL(name) KERNEL_JOINED(KERNEL_IMPLEMENTATION, name)
#define KERNEL_JOINED(implementation, name) KERNEL_JOIN(implementation, name)
#define KERNEL_JOIN(implementation, name) kernel_##implementation##_##name

enum {
    KERNEL_CHACHA20,
    KERNEL_CHACHAPOLY,
    KERNEL_AES, /* encrypts each block separately */
    KERNEL_GCM,
    KERNEL_CCM,
    KERNEL_ALGORITHMS
};

typedef struct {
    int algorithm;
    int decrypt;
    const uint8_t *key;
    unsigned key_bits;
    const uint8_t *nonce;
    size_t nonce_len;
    uint32_t counter; /**< ChaCha20's */
    const uint8_t *ad;
    size_t ad_len;
    const uint8_t *in;
    size_t len;
    uint8_t *out; /**< \p len bytes */
    uint8_t *tag; /**< output when encrypting, input when decrypting */
    size_t tag_len;
    uint32_t pieces; /**< seed of the random lengths of the pieces to process; 0: one-shot */
    int layered;     /**< one-shot by mbedtls_cipher_auth_encrypt_ext() and ..._decrypt_ext(), as in TLS */
} kernel_input;

#define KERNEL_NOT_ZEROIZED -99999 /**< a context was not zeroized by its free function */

/** \return 0, or Mbed TLS's error code. A wrong tag is ..._AUTH_FAILED, also when processed in pieces. */
typedef int kernel_run(const kernel_input *input);
kernel_run kernel_fast_run;
kernel_run kernel_reference_run;

#define KERNEL_MISUSES 15

/** Makes the invalid call number \p which, and returns its error code. */
typedef int kernel_misuse(int which);
kernel_misuse kernel_fast_misuse;
kernel_misuse kernel_reference_misuse;

/**
 * Encrypts the same buffer of \p len bytes \p times times, after setting the key once. AEADs use nonces and tags as in
 * TLS, and 5 bytes of additional data.
 * \return ~0u after a failure, otherwise a value that depends on the output.
 */
typedef unsigned kernel_repeat(int algorithm, unsigned key_bits, size_t len, unsigned times);
kernel_repeat kernel_fast_repeat;
kernel_repeat kernel_reference_repeat;

#endif
