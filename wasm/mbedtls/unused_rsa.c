/* What Mbed TLS can do with RSA and pagetls never does: PKCS#1's encryption, and completing keys without primes, private
 * exponent or CRT parameters, which Mbed TLS's parser rejects. The linker leaves out the functions that these replace. */
#include "mbedtls/error.h"
#include "mbedtls/rsa.h"
#include "rsa_alt_helpers.h"

#define WRAPPED(result, name, ...)                                                                                     \
    result __wrap_##name(__VA_ARGS__);                                                                                 \
    result __wrap_##name(__VA_ARGS__)

enum { UNUSED = MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED };

WRAPPED(int, mbedtls_rsa_pkcs1_encrypt, mbedtls_rsa_context *ctx, mbedtls_f_rng_t *f_rng, void *p_rng, size_t len,
        const unsigned char *in, unsigned char *out)
{
    (void) ctx, (void) f_rng, (void) p_rng, (void) len, (void) in, (void) out;
    return UNUSED;
}

WRAPPED(int, mbedtls_rsa_pkcs1_decrypt, mbedtls_rsa_context *ctx, mbedtls_f_rng_t *f_rng, void *p_rng, size_t *len,
        const unsigned char *in, unsigned char *out, size_t out_size)
{
    (void) ctx, (void) f_rng, (void) p_rng, (void) len, (void) in, (void) out, (void) out_size;
    return UNUSED;
}

WRAPPED(int, mbedtls_rsa_deduce_primes, const mbedtls_mpi *n, const mbedtls_mpi *e, const mbedtls_mpi *d,
        mbedtls_mpi *p, mbedtls_mpi *q)
{
    (void) n, (void) e, (void) d, (void) p, (void) q;
    return UNUSED;
}

WRAPPED(int, mbedtls_rsa_deduce_private_exponent, const mbedtls_mpi *p, const mbedtls_mpi *q, const mbedtls_mpi *e,
        mbedtls_mpi *d)
{
    (void) p, (void) q, (void) e, (void) d;
    return UNUSED;
}

WRAPPED(int, mbedtls_rsa_deduce_crt, const mbedtls_mpi *p, const mbedtls_mpi *q, const mbedtls_mpi *d, mbedtls_mpi *dp,
        mbedtls_mpi *dq, mbedtls_mpi *qp)
{
    (void) p, (void) q, (void) d, (void) dp, (void) dq, (void) qp;
    return UNUSED;
}
