#include "crypto/digest.h"

#include "mbedtls/sha1.h"
#include "mbedtls/sha256.h"

int pagetls_sha1(const uint8_t *data, size_t len, uint8_t out[20])
{
    return mbedtls_sha1(data, len, out) == 0 ? 0 : -1;
}

int pagetls_sha256(const uint8_t *data, size_t len, uint8_t out[32])
{
    return mbedtls_sha256(data, len, out, 0) == 0 ? 0 : -1;
}
