#include "mbedtls/errors.h"

#include "host/last_error.h"
#include "mbedtls/ecp.h"
#include "mbedtls/error.h"
#include "mbedtls/pk.h"
#include "mbedtls/ssl.h"
#include "mbedtls/x509.h"
#include "pagetls.h"
#include "psa/crypto_values.h"

/* Exact numbers only. Sums of a high-level and a low-level error (error.h) are recognized only if out of memory. */
static const struct {
    int native;
    int code;
} codes[] = {
    { MBEDTLS_ERR_X509_CERT_VERIFY_FAILED, PAGETLS_ERR_CERT_VERIFY_FAILED },
    { MBEDTLS_ERR_SSL_BAD_CERTIFICATE, PAGETLS_ERR_HANDSHAKE },
    { MBEDTLS_ERR_X509_INVALID_FORMAT, PAGETLS_ERR_CERT_PARSE },
    { MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE, PAGETLS_ERR_HANDSHAKE },
    { MBEDTLS_ERR_SSL_BAD_PROTOCOL_VERSION, PAGETLS_ERR_VERSION },
    { MBEDTLS_ERR_SSL_INVALID_MAC, PAGETLS_ERR_BAD_RECORD },
    { MBEDTLS_ERR_SSL_INVALID_RECORD, PAGETLS_ERR_BAD_RECORD },
    { MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE, PAGETLS_ERR_ALERT },
    { MBEDTLS_ERR_SSL_ILLEGAL_PARAMETER, PAGETLS_ERR_PROTOCOL },
    { MBEDTLS_ERR_SSL_DECODE_ERROR, PAGETLS_ERR_PROTOCOL },
    { MBEDTLS_ERR_SSL_UNSUPPORTED_EXTENSION, PAGETLS_ERR_PROTOCOL },
    { MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE, PAGETLS_ERR_PROTOCOL },
    { MBEDTLS_ERR_SSL_BAD_INPUT_DATA, PAGETLS_ERR_PROTOCOL },
    { MBEDTLS_ERR_SSL_CONN_EOF, PAGETLS_ERR_TRUNCATED },
    { PSA_ERROR_INSUFFICIENT_ENTROPY, PAGETLS_ERR_RANDOM },
    { PSA_ERROR_INSUFFICIENT_MEMORY, PAGETLS_ERR_OUT_OF_MEMORY },
    { MBEDTLS_ERR_SSL_ALLOC_FAILED, PAGETLS_ERR_OUT_OF_MEMORY },
    { MBEDTLS_ERR_X509_ALLOC_FAILED, PAGETLS_ERR_OUT_OF_MEMORY },
};

int pagetls_error_is_out_of_memory(int native)
{
    const unsigned number = 0u - (unsigned) native;
    const int high = number & 0xFF80; /* high-level and low-level parts, by their bits (error.h) */
    const int low = number & 0x7F;
    return high == -MBEDTLS_ERR_SSL_ALLOC_FAILED || high == -MBEDTLS_ERR_X509_ALLOC_FAILED ||
        high == -MBEDTLS_ERR_PK_ALLOC_FAILED || high == -MBEDTLS_ERR_ECP_ALLOC_FAILED ||
        low == -MBEDTLS_ERR_ASN1_ALLOC_FAILED || low == -MBEDTLS_ERR_MPI_ALLOC_FAILED;
}

void pagetls_error_record(int code, int native)
{
    pagetls_last_error_set(code, native, "%s", "");
}

static int find_code(int native, int fallback)
{
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
        if (codes[i].native == native) {
            return codes[i].code;
        }
    }
    return pagetls_error_is_out_of_memory(native) ? PAGETLS_ERR_OUT_OF_MEMORY : fallback;
}

int pagetls_error_from_native(int native, int fallback)
{
    int code = find_code(native, fallback);
    pagetls_error_record(code, native);
    return code;
}

int pagetls_error_from_psa(int status)
{
    return pagetls_error_from_native(status, PAGETLS_ERR_RANDOM);
}
