#include "x509/document.h"

#include <string.h>

#include "host/heap.h"
#include "x509/certificate.h"

typedef struct {
    pagetls_document_visitor *visit;
    void *context;
    uint8_t *buffer;           /* for decoded octets, of each block in turn; NULL: over the block's text */
    uint8_t *text;             /* that text: the input, to be overwritten */
    const uint8_t *input;      /* the same */
    pagetls_document document; /* its place in the input */
} walker;

static int visit(walker *w, pagetls_document_kind kind, pagetls_fault fault, pagetls_slice der)
{
    const int is_read =
        kind == PAGETLS_DOCUMENT_CERTIFICATE || kind == PAGETLS_DOCUMENT_CRL || kind == PAGETLS_DOCUMENT_DER;
    pagetls_document document = w->document;
    document.kind = kind;
    document.fault = fault;
    document.der = is_read && fault == PAGETLS_FAULT_NONE ? der : (pagetls_slice) { NULL, 0 };
    w->document.index++;
    return w->visit(w->context, &document);
}

static int visit_without_content(walker *w, pagetls_document_kind kind, pagetls_fault fault)
{
    return visit(w, kind, fault, (pagetls_slice) { NULL, 0 });
}

/* --- PKCS#7 ------------------------------------------------------------------------- */

/* Reads the next certificate that can be read. Returns 0, or -1 if there are no more. */
static int next_certificate(pagetls_slice *bundle, pagetls_certificate *certificate)
{
    pagetls_element element;
    pagetls_read_error error;
    while (pagetls_ber_next(bundle, &element) == 0) {
        if (pagetls_certificate_read(certificate, element.whole.p, element.whole.len, &error) == 0) {
            return 0;
        }
    }
    return -1;
}

static int has_issued_another(pagetls_slice bundle, const pagetls_certificate *issuer)
{
    pagetls_certificate other;
    while (next_certificate(&bundle, &other) == 0) {
        if (!other.self_issued && pagetls_slices_equal(other.issuer, issuer->subject)) {
            return 1;
        }
    }
    return 0;
}

/* The first certificate that issued no other one, preferably not a root; NULL: there is no such, or too many to tell. */
static const uint8_t *find_leaf(pagetls_slice bundle)
{
    const uint8_t *root = NULL;
    pagetls_slice rest = bundle;
    pagetls_certificate certificate;
    size_t count = 0;
    while (count <= PAGETLS_BUNDLE_ORDER_MAX && next_certificate(&rest, &certificate) == 0) {
        count++;
    }
    for (rest = bundle; count <= PAGETLS_BUNDLE_ORDER_MAX && next_certificate(&rest, &certificate) == 0;) {
        if (!has_issued_another(bundle, &certificate)) {
            if (!certificate.self_issued) {
                return certificate.der.p;
            }
            root = root == NULL ? certificate.der.p : root;
        }
    }
    return root;
}

/* Visits the elements of a SET; `first` before the others. */
static int walk_set(walker *w, pagetls_slice set, pagetls_document_kind kind, const uint8_t *first)
{
    pagetls_element element;
    int ret = 0;
    if (first != NULL) {
        pagetls_slice from = { first, set.len - (size_t) (first - set.p) };
        ret = pagetls_ber_next(&from, &element) == 0 ? visit(w, kind, PAGETLS_FAULT_NONE, element.whole) : 0;
    }
    while (ret == 0 && set.len > 0) {
        if (pagetls_ber_next(&set, &element) != 0) {
            return visit(w, PAGETLS_DOCUMENT_DER, PAGETLS_FAULT_NONE, set); /* the rest is damaged */
        }
        if (element.whole.p != first) { /* a SEQUENCE, or another choice, such as an attribute certificate */
            ret = element.tag == DER_SEQUENCE ? visit(w, kind, PAGETLS_FAULT_NONE, element.whole)
                                              : visit_without_content(w, PAGETLS_DOCUMENT_PKCS7, PAGETLS_FAULT_NONE);
        }
    }
    return ret;
}

static int walk_pkcs7(walker *w, pagetls_slice content)
{
    pagetls_slice certificates;
    pagetls_slice crls;
    if (pagetls_signed_data_read(content, &certificates, &crls) != 0) {
        return visit_without_content(w, PAGETLS_DOCUMENT_PKCS7, PAGETLS_FAULT_NONE);
    }
    int ret = walk_set(w, certificates, PAGETLS_DOCUMENT_CERTIFICATE, find_leaf(certificates));
    return ret != 0 ? ret : walk_set(w, crls, PAGETLS_DOCUMENT_CRL, NULL);
}

/* --- DER ------------------------------------------------------------------------------ */

static pagetls_document_kind kind_of_structure(pagetls_slice der, pagetls_slice *content)
{
    return pagetls_ber_expect(&der, DER_SEQUENCE, content) == 0 ? pagetls_document_kind_of_der(*content)
                                                                : PAGETLS_DOCUMENT_DER;
}

static int is_readable_kind(pagetls_document_kind kind)
{
    return kind == PAGETLS_DOCUMENT_CERTIFICATE || kind == PAGETLS_DOCUMENT_CRL || kind == PAGETLS_DOCUMENT_PKCS7;
}

/* One structure. \p otherwise: what it is if its tags do not tell. */
static int walk_structure(walker *w, pagetls_slice der, pagetls_document_kind otherwise)
{
    pagetls_slice content;
    const pagetls_document_kind kind = kind_of_structure(der, &content);
    return kind == PAGETLS_DOCUMENT_PKCS7
        ? walk_pkcs7(w, content)
        : visit(w, kind == PAGETLS_DOCUMENT_DER ? otherwise : kind, PAGETLS_FAULT_NONE, der);
}

static int is_white_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static void skip_white_space(pagetls_slice *from)
{
    while (from->len > 0 && is_white_space(from->p[0])) {
        from->p++;
        from->len--;
    }
}

/* Structures one after another. White space may follow each, but nothing else. */
static int walk_der(walker *w, pagetls_slice input)
{
    int ret = 0;
    while (ret == 0 && input.len > 0) {
        pagetls_slice rest = input;
        pagetls_element element;
        pagetls_slice der = input;
        if (pagetls_ber_next(&rest, &element) == 0) {
            skip_white_space(&rest);
            if (rest.len == 0 || rest.p[0] == DER_SEQUENCE) {
                der = element.whole;
                input = rest;
            }
        }
        if (der.p == input.p) { /* damaged, or with trailing data: for the reader to reject */
            input.len = 0;
        }
        ret = walk_structure(w, der, PAGETLS_DOCUMENT_DER);
    }
    return ret;
}

/* Where to decode \p text, which is a part of the input. */
static uint8_t *space_for(const walker *w, pagetls_slice text)
{
    return w->buffer != NULL ? w->buffer : w->text + (text.p - w->input);
}

/* --- PEM ------------------------------------------------------------------------------ */

static int has_purpose(pagetls_slice purposes)
{
    static const uint8_t server_auth[] = { 0x2B, 6, 1, 5, 5, 7, 3, 1 };
    static const uint8_t any[] = { 0x55, 0x1D, 0x25, 0 };
    pagetls_slice oid;
    while (pagetls_der_expect(&purposes, DER_OID, &oid) == 0) {
        if (pagetls_slice_is(oid, server_auth, sizeof(server_auth)) || pagetls_slice_is(oid, any, sizeof(any))) {
            return 1;
        }
    }
    return 0;
}

/* OpenSSL's X509_CERT_AUX, which follows the certificate in a TRUSTED CERTIFICATE: SEQUENCE { trust SEQUENCE OF OID
 * OPTIONAL, reject [0] SEQUENCE OF OID OPTIONAL, … }. Cuts it off \p der. */
static pagetls_fault read_trust_settings(walker *w, pagetls_slice *der)
{
    pagetls_slice rest = *der;
    pagetls_element certificate;
    pagetls_slice settings;
    pagetls_slice purposes;
    if (pagetls_der_next(&rest, &certificate) != 0 || rest.len == 0) {
        return PAGETLS_FAULT_NONE;
    }
    if (pagetls_der_expect(&rest, DER_SEQUENCE, &settings) != 0 || rest.len != 0) {
        return PAGETLS_FAULT_TRUST_SETTINGS;
    }
    if (pagetls_der_expect(&settings, DER_SEQUENCE, &purposes) == 0) {
        w->document.rejects_servers = !has_purpose(purposes);
    }
    if (pagetls_der_expect(&settings, DER_CONTEXT | DER_CONSTRUCTED | 0, &purposes) == 0) {
        w->document.rejects_servers |= has_purpose(purposes) != 0;
    }
    *der = certificate.whole;
    return PAGETLS_FAULT_NONE;
}

/* A block with another label, which may be a damaged one. */
static int walk_other_block(walker *w, const pagetls_pem_block *block)
{
    uint8_t *space = space_for(w, block->body);
    pagetls_slice der = { space, 0 };
    pagetls_slice content;
    const int is_ours = pagetls_slice_find(block->label, "KEY", 3) == NULL &&
        pagetls_pem_decode(block->body, space, &der.len) == PAGETLS_FAULT_NONE &&
        is_readable_kind(kind_of_structure(der, &content));
    return visit_without_content(w, is_ours ? PAGETLS_DOCUMENT_WRONG_LABEL : PAGETLS_DOCUMENT_BLOCK, PAGETLS_FAULT_NONE);
}

static int walk_block(walker *w, const pagetls_pem_block *block)
{
    const pagetls_document_kind kind = pagetls_document_kind_of_label(block->label);
    pagetls_fault fault = block->fault;
    w->document.block = block->number;
    w->document.line = block->line;
    w->document.label = block->label;
    w->document.rejects_servers = 0;
    if (fault == PAGETLS_FAULT_NONE && kind == PAGETLS_DOCUMENT_BLOCK) {
        return walk_other_block(w, block);
    }
    if (fault != PAGETLS_FAULT_NONE || !is_readable_kind(kind)) {
        return visit_without_content(w, kind, fault);
    }
    uint8_t *space = space_for(w, block->body);
    pagetls_slice der = { space, 0 };
    fault = pagetls_pem_decode(block->body, space, &der.len);
    if (fault == PAGETLS_FAULT_NONE && pagetls_slice_is(block->label, "TRUSTED CERTIFICATE", 19)) {
        fault = read_trust_settings(w, &der);
    }
    return fault != PAGETLS_FAULT_NONE ? visit_without_content(w, kind, fault) : walk_structure(w, der, kind);
}

/* Text that starts with 0, which is 0x30, starts like a short SEQUENCE, and bytes that were decoded as text like a long
 * one. */
static int is_der(pagetls_slice input)
{
    pagetls_element element;
    if (input.len < 2 || input.p[0] != DER_SEQUENCE || input.p[1] >= 0x80) {
        return input.len >= 2 && input.p[0] == DER_SEQUENCE && input.p[1] <= 0x80 + sizeof(uint32_t);
    }
    if (pagetls_der_next(&input, &element) != 0) {
        return 0;
    }
    skip_white_space(&input);
    pagetls_element inner;
    while (pagetls_der_next(&element.content, &inner) == 0) {
    }
    return input.len == 0 && element.content.len == 0;
}

static int walk_text(walker *w, pagetls_slice input)
{
    pagetls_pem_reader reader = { .text = input };
    pagetls_pem_block block;
    int ret = 0;
    while (ret == 0 && pagetls_pem_next(&reader, &block)) {
        ret = walk_block(w, &block);
    }
    if (reader.blocks > 0) {
        return ret;
    }
    uint8_t start[PAGETLS_PEM_LABEL_MAX]; /* it may be overwritten */
    const size_t start_len = input.len < sizeof(start) ? input.len : sizeof(start);
    if (start_len > 0) {
        memcpy(start, input.p, start_len);
    }
    uint8_t *space = space_for(w, input);
    pagetls_slice der = { space, 0 };
    if (pagetls_base64_decode(input, space, &der.len) == 0 && der.len > 2 && is_der(der)) {
        return walk_der(w, der);
    }
    w->document.label = (pagetls_slice) { w->buffer != NULL ? input.p : start, start_len };
    ret = visit_without_content(w, PAGETLS_DOCUMENT_FILE, PAGETLS_FAULT_NONE);
    w->document.label = (pagetls_slice) { NULL, 0 };
    return ret;
}

static int walk(walker *w, pagetls_slice input)
{
    return is_der(input) ? walk_der(w, input) : walk_text(w, input);
}

int pagetls_documents_walk(const uint8_t *input, size_t len, pagetls_document_visitor *visitor, void *context)
{
    walker w = { .visit = visitor, .context = context };
    const pagetls_slice all = { input, len };
    w.buffer = is_der(all) ? NULL : pagetls_heap_calloc(1, len / 4 * 3 + 3);
    if (w.buffer == NULL && !is_der(all)) {
        return PAGETLS_DOCUMENTS_OUT_OF_MEMORY;
    }
    const int ret = walk(&w, all);
    pagetls_heap_free(w.buffer);
    return ret;
}

int pagetls_documents_walk_in_place(uint8_t *input, size_t len, pagetls_document_visitor *visitor, void *context)
{
    walker w = { .visit = visitor, .context = context, .text = input, .input = input };
    return walk(&w, (pagetls_slice) { input, len });
}
