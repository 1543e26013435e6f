#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the state of the hash */
#include "crypto/sha1.h"
#include "mbedtls/sha1.h"

int mbedtls_internal_sha1_process(mbedtls_sha1_context *ctx, const unsigned char data[64])
{
    pagetls_sha1_process(ctx->state, data);
    return 0;
}
