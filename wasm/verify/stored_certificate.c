#include "verify/stored_certificate.h"

#include <string.h>

#include "crypto/digest.h"
#include "host/heap.h"

pagetls_stored_certificate *pagetls_stored_certificate_new(const uint8_t *der, size_t len)
{
    /* One block: the struct, then the copy. */
    pagetls_stored_certificate *stored = len < SIZE_MAX / 2 ? pagetls_heap_calloc(1, sizeof(*stored) + len) : NULL;
    if (stored == NULL) {
        return NULL;
    }
    uint8_t *copy = (uint8_t *) (stored + 1);
    if (len > 0) {
        memcpy(copy, der, len);
    }
    if (pagetls_certificate_read(&stored->certificate, copy, len, &stored->error) != 0) {
        memset(&stored->certificate, 0, sizeof(stored->certificate));
        stored->certificate.der = (pagetls_slice) { copy, len };
    }
    return stored;
}

pagetls_stored_certificate *pagetls_stored_certificate_new_root(const pagetls_mozilla_root *root)
{
    /* One block: the struct, the digest, the tbsCertificate. */
    pagetls_stored_certificate *stored = pagetls_heap_calloc(1, sizeof(*stored) + PAGETLS_ROOT_DIGEST + root->tbs_len);
    if (stored == NULL) {
        return NULL;
    }
    uint8_t *digest = (uint8_t *) (stored + 1);
    uint8_t *tbs = digest + PAGETLS_ROOT_DIGEST;
    memcpy(digest, root->sha256, PAGETLS_ROOT_DIGEST);
    pagetls_mozilla_root_write(root, tbs);
    (void) pagetls_certificate_read_tbs(&stored->certificate, tbs, root->tbs_len, &stored->error);
    stored->certificate.sha256 = digest;
    stored->origin = PAGETLS_ORIGIN_MOZILLA;
    stored->distrust_after = root->distrust_after;
    return stored;
}

static int has_digest(const pagetls_certificate *certificate, const uint8_t *expected)
{
    const pagetls_slice der = certificate->der;
    uint8_t digest[PAGETLS_ROOT_DIGEST];
    if (certificate->sha256 != NULL) {
        return memcmp(certificate->sha256, expected, sizeof(digest)) == 0;
    }
    return pagetls_sha256(der.p, der.len, digest) == 0 && memcmp(digest, expected, sizeof(digest)) == 0;
}

int pagetls_is_mozillas(const pagetls_stored_certificate *anchor)
{
    return anchor->origin == PAGETLS_ORIGIN_MOZILLA ||
        (anchor->origin == PAGETLS_ORIGIN_LISTED && has_digest(&anchor->certificate, anchor->listed));
}

int pagetls_same_certificate(const pagetls_certificate *a, const pagetls_certificate *b)
{
    if (a->sha256 == NULL && b->sha256 == NULL) {
        return pagetls_slices_equal(a->der, b->der);
    }
    return pagetls_slices_equal(a->tbs, b->tbs) && /* which spares most of the hashing */
        (a->sha256 != NULL ? has_digest(b, a->sha256) : has_digest(a, b->sha256));
}

void pagetls_stored_certificate_free(pagetls_stored_certificate *list)
{
    while (list != NULL) {
        pagetls_stored_certificate *next = list->next;
        pagetls_heap_free(list);
        list = next;
    }
}
