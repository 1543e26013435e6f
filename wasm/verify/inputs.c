#include "verify/inputs.h"

#include <string.h>

#include "host/format.h"
#include "host/heap.h"
#include "host/last_error.h"
#include "pagetls.h"

int pagetls_skipped_add(pagetls_skipped_list *list, const pagetls_document *document, pagetls_skip_reason reason,
                        pagetls_stored_certificate *certificate)
{
    const int is_kept = list->count < PAGETLS_SKIPPED_MAX;
    pagetls_skipped *skipped = is_kept ? pagetls_heap_calloc(1, sizeof(*skipped)) : NULL;
    if (skipped == NULL) {
        pagetls_stored_certificate_free(certificate);
        list->count += !is_kept;
        return is_kept ? PAGETLS_ERR_OUT_OF_MEMORY : 0;
    }
    skipped->reason = reason;
    skipped->kind = document->kind;
    skipped->fault = document->fault;
    skipped->input = list->inputs - 1;
    skipped->index = document->index;
    skipped->block = document->block;
    skipped->line = document->line;
    if (document->label.len > 0) {
        memcpy(skipped->label, document->label.p, document->label.len);
        skipped->label_len = document->label.len;
    }
    skipped->certificate = certificate;
    *(list->last == NULL ? &list->first : &list->last->next) = skipped;
    list->last = skipped;
    list->count++;
    return 0;
}

void pagetls_skipped_free(pagetls_skipped_list *list)
{
    while (list->first != NULL) {
        pagetls_skipped *next = list->first->next;
        pagetls_stored_certificate_free(list->first->certificate);
        pagetls_heap_free(list->first);
        list->first = next;
    }
    memset(list, 0, sizeof(*list));
}

int pagetls_document_error_set(const pagetls_document *document, int code)
{
    const char *fault = pagetls_fault_name(document->fault);
    char label[2 * PAGETLS_PEM_LABEL_MAX + 1] = "";
    for (size_t i = 0; i < document->label.len; i++) {
        pagetls_format(label + 2 * i, 3, "%02x", document->label.p[i]);
    }
    pagetls_last_error_set(code, 0, "%s %s %zu %zu %s", pagetls_document_kind_name(document->kind),
                           fault == NULL ? "none" : fault, document->block, document->line, label);
    return code;
}

static int document_error(const pagetls_document *document, pagetls_document_kind wanted)
{
    return pagetls_document_error_set(document,
                                      wanted == PAGETLS_DOCUMENT_CRL ? PAGETLS_ERR_CRL_DOCUMENT : PAGETLS_ERR_DOCUMENT);
}

int pagetls_input_error_place(int code, const pagetls_document *document)
{
    char detail[PAGETLS_ERROR_DETAIL_SIZE];
    if (document->block > 0 && (code == PAGETLS_ERR_CERTIFICATE || code == PAGETLS_ERR_CRL)) {
        pagetls_format(detail, sizeof(detail), "%s", pagetls_error_detail(code));
        pagetls_last_error_set(code, 0, "%s, in PEM block %zu at line %zu", detail, document->block, document->line);
    }
    return code;
}

typedef struct {
    pagetls_document_kind wanted;
    pagetls_document_use *use;
    void *context;
    pagetls_skipped_list *skipped;
    int used;
    int code; /* for an input without a wanted document */
} reading;

static int read_document(void *context, const pagetls_document *document)
{
    reading *r = context;
    if (pagetls_document_may_be(document, r->wanted)) {
        r->used++;
        return pagetls_input_error_place(r->use(r->context, document), document);
    }
    if (document->fault != PAGETLS_FAULT_NONE || document->kind == PAGETLS_DOCUMENT_WRONG_LABEL) {
        return document_error(document, r->wanted);
    }
    if (r->code == 0) {
        r->code = document_error(document, r->wanted);
    }
    return r->skipped == NULL ? 0 : pagetls_skipped_add(r->skipped, document, PAGETLS_SKIPPED_OTHER, NULL);
}

static reading start(pagetls_document_kind wanted, pagetls_document_use *use, void *context,
                     pagetls_skipped_list *skipped)
{
    if (skipped != NULL) {
        skipped->inputs++;
    }
    return (reading) { wanted, use, context, skipped, 0, 0 };
}

static int result_of(const reading *r, int ret)
{
    if (ret == PAGETLS_DOCUMENTS_OUT_OF_MEMORY) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    return ret != 0 ? ret : r->used > 0 ? r->used : r->code;
}

int pagetls_input_read(const uint8_t *input, size_t len, pagetls_document_kind wanted, pagetls_document_use *use,
                       void *context, pagetls_skipped_list *skipped)
{
    reading r = start(wanted, use, context, skipped);
    return result_of(&r, pagetls_documents_walk(input, len, read_document, &r));
}

int pagetls_input_read_in_place(uint8_t *input, size_t len, pagetls_document_kind wanted, pagetls_document_use *use,
                                void *context, pagetls_skipped_list *skipped)
{
    reading r = start(wanted, use, context, skipped);
    return result_of(&r, pagetls_documents_walk_in_place(input, len, read_document, &r));
}
