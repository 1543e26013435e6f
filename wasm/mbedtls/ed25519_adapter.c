/* Gives Mbed TLS keys of type Ed25519, and the kernel SHA-512. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the context of a key */
#include "mbedtls/ed25519_key.h"

#include <string.h>

#include "crypto/digest.h"
#include "mbedtls/error.h"
#include "mbedtls/platform.h"
#include "mbedtls/sha512.h"
#include "pk_wrap.h"

int pagetls_sha512(const uint8_t *head, size_t head_len, const uint8_t *data, size_t len, uint8_t out[64])
{
    mbedtls_sha512_context ctx;
    mbedtls_sha512_init(&ctx);
    const int failed = mbedtls_sha512_starts(&ctx, 0) != 0 || mbedtls_sha512_update(&ctx, head, head_len) != 0 ||
        mbedtls_sha512_update(&ctx, data, len) != 0 || mbedtls_sha512_finish(&ctx, out) != 0;
    mbedtls_sha512_free(&ctx);
    return failed ? -1 : 0;
}

static size_t get_bitlen(mbedtls_pk_context *pk)
{
    (void) pk;
    return 8 * PAGETLS_ED25519_KEY_BYTES;
}

static int can_do(mbedtls_pk_type_t type)
{
    return type == PAGETLS_PK_ED25519;
}

static int verify(mbedtls_pk_context *pk, mbedtls_md_type_t md, const unsigned char *message, size_t len,
                  const unsigned char *signature, size_t signature_len)
{
    if (md != MBEDTLS_MD_NONE) { /* a hash, not a message */
        return MBEDTLS_ERR_PK_BAD_INPUT_DATA;
    }
    return pagetls_ed25519_verify(pk->pk_ctx, message, len, signature, signature_len) == 0
        ? 0
        : MBEDTLS_ERR_ECP_VERIFY_FAILED;
}

static void *new_context(void)
{
    return mbedtls_calloc(1, PAGETLS_ED25519_KEY_BYTES);
}

static void free_context(void *context)
{
    mbedtls_free(context);
}

int pagetls_ed25519_key_load(mbedtls_pk_context *pk, const uint8_t key[PAGETLS_ED25519_KEY_BYTES])
{
    static const mbedtls_pk_info_t type = {
        .type = PAGETLS_PK_ED25519,
        .name = "Ed25519",
        .get_bitlen = get_bitlen,
        .can_do = can_do,
        .verify_func = verify,
        .ctx_alloc_func = new_context,
        .ctx_free_func = free_context,
    };
    if (!pagetls_ed25519_is_key(key)) {
        return MBEDTLS_ERR_PK_INVALID_PUBKEY;
    }
    const int ret = mbedtls_pk_setup(pk, &type);
    if (ret == 0) {
        memcpy(pk->pk_ctx, key, PAGETLS_ED25519_KEY_BYTES);
    }
    return ret;
}
