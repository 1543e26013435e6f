/* What inputs contain, and what was skipped. The names of members are those of js/documents.js. */
#include "describe/describe.h"

static const char *const skip_reasons[] = { "other", "damaged", "unreadable", "unsupported", "rejects-servers" };

static void describe_place(pagetls_json *json, size_t index, size_t block, size_t line, const uint8_t *label, size_t len)
{
    pagetls_json_int(json, "index", (int64_t) index);
    if (block > 0) {
        pagetls_json_int(json, "block", (int64_t) block);
        pagetls_json_int(json, "line", (int64_t) line);
    }
    if (len > 0) {
        pagetls_json_hex(json, "label", label, len);
    }
}

static void describe_kind(pagetls_json *json, pagetls_document_kind kind, pagetls_fault fault, pagetls_slice der)
{
    pagetls_json_string(json, "kind", pagetls_document_kind_name(kind));
    if (fault != PAGETLS_FAULT_NONE) {
        pagetls_json_string(json, "fault", pagetls_fault_name(fault));
    }
    if (der.len > 0) {
        pagetls_json_base64(json, "der", der.p, der.len);
    }
}

static void describe_skipped(pagetls_json *json, const char *key, const pagetls_skipped_list *list)
{
    static const pagetls_slice none = { NULL, 0 };
    size_t kept = 0;
    pagetls_json_object(json, key);
    pagetls_json_array(json, "documents");
    for (const pagetls_skipped *one = list->first; one != NULL; one = one->next, kept++) {
        const pagetls_stored_certificate *certificate = one->certificate;
        pagetls_json_object(json, NULL);
        pagetls_json_int(json, "input", (int64_t) one->input);
        describe_place(json, one->index, one->block, one->line, one->label, one->label_len);
        pagetls_json_string(json, "reason", skip_reasons[one->reason]);
        describe_kind(json, one->kind, one->fault, certificate == NULL ? none : certificate->certificate.der);
        if (certificate != NULL && !pagetls_is_readable(certificate)) {
            pagetls_json_string(json, "unreadableField", pagetls_field_name(certificate->error.field));
            pagetls_json_string(json, "unreadableReason", pagetls_reason_name(certificate->error.reason));
        }
        pagetls_json_end_object(json);
    }
    pagetls_json_end_array(json);
    pagetls_json_int(json, "more", (int64_t) (list->count - kept));
    pagetls_json_end_object(json);
}

char *pagetls_trust_store_skipped(const pagetls_trust_store *store)
{
    pagetls_json json = { 0 };
    describe_skipped(&json, NULL, &store->skipped);
    return pagetls_json_take(&json);
}

char *pagetls_verification_skipped(const pagetls_verification *verification)
{
    pagetls_json json = { 0 };
    pagetls_json_object(&json, NULL);
    describe_skipped(&json, "chain", &verification->skipped_chain);
    describe_skipped(&json, "crls", &verification->skipped_crls);
    pagetls_json_end_object(&json);
    return pagetls_json_take(&json);
}

typedef struct {
    pagetls_json json;
    size_t certificates; /* that may still be described; 0: all */
    size_t documents;    /* likewise */
} description;

static int describe_document(void *context, const pagetls_document *document)
{
    description *d = context;
    pagetls_json_object(&d->json, NULL);
    describe_place(&d->json, document->index, document->block, document->line, document->label.p, document->label.len);
    describe_kind(&d->json, document->kind, document->fault, document->der);
    pagetls_json_end_object(&d->json);
    return (pagetls_document_may_be(document, PAGETLS_DOCUMENT_CERTIFICATE) && --d->certificates == 0) ||
        --d->documents == 0;
}

char *pagetls_describe_input(const uint8_t *input, size_t len, size_t certificates, size_t documents)
{
    description d = { .certificates = certificates, .documents = documents };
    pagetls_json_array(&d.json, NULL);
    if (pagetls_documents_walk(input, len, describe_document, &d) == PAGETLS_DOCUMENTS_OUT_OF_MEMORY) {
        pagetls_json_free(&d.json);
        return NULL;
    }
    pagetls_json_end_array(&d.json);
    return pagetls_json_take(&d.json);
}
