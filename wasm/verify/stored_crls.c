#include "verify/stored_crls.h"

#include <string.h>

#include "host/heap.h"
#include "pagetls.h"
#include "verify/input_errors.h"

struct pagetls_crl_input {
    pagetls_crl_input *next;
    size_t len; /* of the octets that follow */
};

static uint8_t *octets_of(pagetls_crl_input *input)
{
    return (uint8_t *) (input + 1);
}

static int is_beyond_limit(const pagetls_stored_crls *crls, size_t len)
{
    return len > PAGETLS_CRL_BYTES_MAX - crls->bytes;
}

uint8_t *pagetls_stored_crls_reserve(pagetls_stored_crls *crls, size_t len)
{
    pagetls_heap_free(crls->reserved);
    crls->reserved = is_beyond_limit(crls, len) ? NULL : pagetls_heap_calloc(1, sizeof(pagetls_crl_input) + len);
    if (crls->reserved == NULL) {
        return NULL;
    }
    crls->reserved->len = len;
    return octets_of(crls->reserved);
}

static int add(void *context, const pagetls_document *document)
{
    pagetls_stored_crls *crls = context;
    pagetls_read_error error;
    if (crls->count == PAGETLS_CRLS_MAX) {
        return PAGETLS_ERR_CRL_COUNT;
    }
    pagetls_stored_crl *stored = pagetls_heap_calloc(1, sizeof(*stored));
    if (stored == NULL) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    if (pagetls_crl_read(&stored->crl, document->der.p, document->der.len, &error) != 0) {
        pagetls_heap_free(stored);
        return pagetls_input_error_set(PAGETLS_ERR_CRL, &error);
    }
    *(crls->last == NULL ? &crls->first : &crls->last->next) = stored;
    crls->last = stored;
    crls->count++;
    return 0;
}

int pagetls_stored_crls_read(pagetls_stored_crls *crls, size_t len, pagetls_skipped_list *skipped)
{
    pagetls_crl_input *input = crls->reserved;
    const size_t before = crls->count;
    if (is_beyond_limit(crls, len)) {
        return PAGETLS_ERR_CRL_BYTES;
    }
    if (input == NULL || len > input->len) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    crls->reserved = NULL;
    const int ret = pagetls_input_read_in_place(octets_of(input), len, PAGETLS_DOCUMENT_CRL, add, crls, skipped);
    if (crls->count == before) {
        pagetls_heap_free(input);
        return ret;
    }
    crls->bytes += input->len;
    input->next = crls->inputs;
    crls->inputs = input;
    return ret;
}

void pagetls_stored_crls_free(pagetls_stored_crls *crls)
{
    while (crls->first != NULL) {
        pagetls_stored_crl *next = crls->first->next;
        pagetls_heap_free(crls->first);
        crls->first = next;
    }
    while (crls->inputs != NULL) {
        pagetls_crl_input *next = crls->inputs->next;
        pagetls_heap_free(crls->inputs);
        crls->inputs = next;
    }
    pagetls_heap_free(crls->reserved);
    memset(crls, 0, sizeof(*crls));
}
