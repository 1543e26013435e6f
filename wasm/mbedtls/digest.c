#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the kind of a hash that has begun */
#include "mbedtls/digest_mbedtls.h"

#include "host/heap.h"
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

struct pagetls_begun_digest {
    mbedtls_md_context_t begun;
    mbedtls_md_context_t copy;
};

static mbedtls_md_type_t md_of(pagetls_digest digest)
{
    static const uint8_t types[] = { MBEDTLS_MD_NONE,   MBEDTLS_MD_SHA1,   MBEDTLS_MD_SHA224,
                                     MBEDTLS_MD_SHA256, MBEDTLS_MD_SHA384, MBEDTLS_MD_SHA512 };
    return (mbedtls_md_type_t) types[digest];
}

pagetls_begun_digest *pagetls_begun_digest_new(pagetls_digest digest, const uint8_t *head, size_t len)
{
    const mbedtls_md_info_t *info = mbedtls_md_info_from_type(md_of(digest));
    pagetls_begun_digest *begun = pagetls_heap_calloc(1, sizeof(*begun)); /* zeros: both contexts are initialized */
    if (begun != NULL &&
        (mbedtls_md_setup(&begun->begun, info, 0) != 0 || mbedtls_md_setup(&begun->copy, info, 0) != 0 ||
         mbedtls_md_starts(&begun->begun) != 0 || mbedtls_md_update(&begun->begun, head, len) != 0)) {
        pagetls_begun_digest_free(begun);
        return NULL;
    }
    return begun;
}

pagetls_begun_digest *pagetls_begun_digest_take(mbedtls_md_context_t *from)
{
    pagetls_begun_digest *begun = pagetls_heap_calloc(1, sizeof(*begun));
    if (begun == NULL || mbedtls_md_setup(&begun->copy, from->md_info, 0) != 0) {
        pagetls_heap_free(begun);
        return NULL;
    }
    begun->begun = *from;
    mbedtls_md_init(from);
    return begun;
}

void pagetls_begun_digest_finish(pagetls_begun_digest *begun, const uint8_t *tail, size_t len, uint8_t *out)
{
    /* None of these can fail: both contexts are set up, with hashes in software. */
    (void) mbedtls_md_clone(&begun->copy, &begun->begun);
    (void) mbedtls_md_update(&begun->copy, tail, len);
    (void) mbedtls_md_finish(&begun->copy, out);
}

void pagetls_begun_digest_free(pagetls_begun_digest *begun)
{
    if (begun != NULL) {
        mbedtls_md_free(&begun->begun);
        mbedtls_md_free(&begun->copy);
        pagetls_heap_free(begun);
    }
}
