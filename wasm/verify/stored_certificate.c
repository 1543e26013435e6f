#include "verify/stored_certificate.h"

#include <string.h>

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

void pagetls_stored_certificate_free(pagetls_stored_certificate *list)
{
    while (list != NULL) {
        pagetls_stored_certificate *next = list->next;
        pagetls_heap_free(list);
        list = next;
    }
}
