/* Mbed TLS's platform functions: time, randomness, and the start of PSA Crypto. */
#include <math.h>
#include <time.h>

#include "host/host.h"
#include "mbedtls/errors.h"
#include "mbedtls/platform_time.h"
#include "mbedtls/platform_util.h"
#include "pagetls.h"
#include "psa/crypto.h"
#include "x509/datetime.h"

#ifndef PAGETLS_MBEDTLS_CONFIG_H
#error "Mbed TLS is not configured by wasm/mbedtls/pagetls_mbedtls_config.h"
#endif

int pagetls_start(void)
{
    static int started;
    if (started) {
        return 0;
    }
    psa_status_t status = psa_crypto_init();
    if (status == PSA_SUCCESS) {
        /* psa_crypto_init() does not request randomness: do it now, so that a host
         * without a random generator fails here and not in a handshake. */
        uint8_t probe[16];
        status = psa_generate_random(probe, sizeof(probe));
        mbedtls_platform_zeroize(probe, sizeof(probe));
    }
    if (status != PSA_SUCCESS) {
        return pagetls_error_from_psa(status);
    }
    started = 1;
    return 0;
}

/* For the first four octets of a TLS 1.2 ClientHello's random, and the age of tickets: always the host's clock. */
int64_t pagetls_clock_seconds(int64_t *out)
{
    int64_t seconds = (int64_t) floor(pagetls_host_now() / 1000.0);
    if (out != NULL) {
        *out = seconds;
    }
    return seconds;
}

mbedtls_ms_time_t mbedtls_ms_time(void)
{
    return (mbedtls_ms_time_t) pagetls_host_now();
}

/* Used only by Mbed TLS's own verifier, which is not in the WebAssembly module. libc's gmtime_r would not do, since
 * time_t has 32 bits in some Emscripten releases. */
struct tm *mbedtls_platform_gmtime_r(const mbedtls_time_t *tt, struct tm *out)
{
    const pagetls_civil_time t = pagetls_time_to_civil(*tt);
    *out = (struct tm) {
        .tm_year = (int) (t.year - 1900),
        .tm_mon = t.month - 1,
        .tm_mday = t.day,
        .tm_hour = t.hour,
        .tm_min = t.minute,
        .tm_sec = t.second,
    };
    return out;
}

psa_status_t mbedtls_psa_external_get_random(mbedtls_psa_external_random_context_t *context, uint8_t *output,
                                             size_t output_size, size_t *output_length)
{
    (void) context;
    *output_length = 0;
    if (pagetls_host_random(output, output_size) != 0) {
        return PSA_ERROR_INSUFFICIENT_ENTROPY;
    }
    *output_length = output_size;
    return PSA_SUCCESS;
}
