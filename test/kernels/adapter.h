/**
 * \file adapter.h
 * \brief One form for all ciphers, and for both makes of them: ours, and Mbed TLS's own as the reference.
 *
 * adapter.c and adapter_calls.c are compiled twice. The second time every name of Mbed TLS's ciphers is another one (targets.cmake), so
 * that a program has both.
 */
#ifndef PAGETLS_KERNELS_ADAPTER_H
#define PAGETLS_KERNELS_ADAPTER_H

#include <stddef.h>
#include <stdint.h>

/* In what is compiled twice, KERNEL(run) is kernel_fast_run or kernel_reference_run. */
#define KERNEL(name) KERNEL_JOINED(KERNEL_MAKE, name)
#define KERNEL_JOINED(make, name) KERNEL_JOIN(make, name)
#define KERNEL_JOIN(make, name) kernel_##make##_##name

enum {
    KERNEL_CHACHA20,
    KERNEL_CHACHAPOLY,
    KERNEL_AES, /* each block of the input by itself */
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
    uint8_t *tag; /**< written when encrypting, read when decrypting */
    size_t tag_len;
    uint32_t pieces; /**< the seed of the lengths of the pieces that it is given in; 0: at once */
    int layered;     /**< by mbedtls_cipher_auth_encrypt_ext() and its like, as TLS does it; at once */
} kernel_input;

#define KERNEL_NOT_ZEROIZED -99999 /**< a context was not zeros after it was freed */

/** \return 0, or the code of Mbed TLS's. A tag that does not fit is ..._AUTH_FAILED, in pieces as well. */
typedef int kernel_run(const kernel_input *input);
kernel_run kernel_fast_run;
kernel_run kernel_reference_run;

#define KERNEL_MISUSES 15

/** What a call that is wrong in way number \p which returns. */
typedef int kernel_misuse(int which);
kernel_misuse kernel_fast_misuse;
kernel_misuse kernel_reference_misuse;

/**
 * Encrypts \p len bytes of one buffer \p times times, with a key that was set before; where there is a nonce and a
 * tag, as a record of TLS has them, with 5 bytes of additional data.
 * \return something that depends on it all.
 */
typedef unsigned kernel_repeat(int algorithm, unsigned key_bits, size_t len, unsigned times);
kernel_repeat kernel_fast_repeat;
kernel_repeat kernel_reference_repeat;

#endif
