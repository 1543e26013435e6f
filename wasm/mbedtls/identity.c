#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* own_buffer of a certificate */
#include "mbedtls/identity.h"

#include <string.h>

#include "host/heap.h"
#include "host/last_error.h"
#include "identity/identity_file.h"
#include "mbedtls/errors.h"
#include "mbedtls/peer_key.h"
#include "mbedtls/psa_util.h"
#include "pagetls.h"
#include "verify/input_errors.h"
#include "verify/inputs.h"
#include "x509/certificate.h"
#include "x509/oid.h"

void pagetls_identity_init(pagetls_identity *identity)
{
    mbedtls_x509_crt_init(&identity->chain);
    mbedtls_pk_init(&identity->key);
}

void pagetls_identity_free(pagetls_identity *identity)
{
    mbedtls_x509_crt_free(&identity->chain);
    mbedtls_pk_free(&identity->key);
}

/* --- what the inputs have ----------------------------------------------------------------- */

typedef struct found_certificate {
    struct found_certificate *next;
    struct found_certificate *next_sent;
    pagetls_slice der; /* follows this struct */
    pagetls_slice issuer;
    pagetls_slice subject; /* p is NULL if the certificate cannot be read */
    pagetls_public_key key;
    int is_sent;
} found_certificate;

typedef struct found_key {
    struct found_key *next;
    mbedtls_pk_context pk;
} found_key;

typedef struct {
    found_certificate *certificates;
    found_certificate **end; /* of the list */
    found_key *keys;
    size_t count;
    int wants_certificates;
    int code; /* for the first certificate or key that cannot be used */
} findings;

static int count(findings *found)
{
    return ++found->count > PAGETLS_IDENTITY_SEARCH ? PAGETLS_ERR_IDENTITY_SIZE : 0;
}

static int add_certificate(findings *found, pagetls_slice der)
{
    pagetls_certificate read;
    pagetls_read_error error;
    if (count(found) != 0) {
        return PAGETLS_ERR_IDENTITY_SIZE;
    }
    found_certificate *certificate = pagetls_heap_calloc(1, sizeof(*certificate) + der.len);
    if (certificate == NULL) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    certificate->der = (pagetls_slice) { (uint8_t *) (certificate + 1), der.len };
    memcpy(certificate + 1, der.p, der.len);
    if (pagetls_certificate_read(&read, certificate->der.p, der.len, &error) == 0) {
        certificate->issuer = read.issuer;
        certificate->subject = read.subject;
        certificate->key = read.key;
    } else if (found->code == 0) {
        found->code = pagetls_input_error_set(PAGETLS_ERR_CERTIFICATE, &error);
    }
    *found->end = certificate;
    found->end = &certificate->next;
    return 0;
}

static int use_certificate(void *context, const pagetls_document *document)
{
    findings *found = context;
    const int before = found->code;
    const int ret = add_certificate(found, document->der);
    if (found->code != before) {
        (void) pagetls_input_error_place(found->code, document);
    }
    return ret;
}

/* Names the algorithm of PKCS#8 that Mbed TLS does not read, or the curve, if that is the reason. */
static void name_algorithm(pagetls_slice der)
{
    static const uint8_t rsa[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1 };
    char text[PAGETLS_OID_TEXT_SIZE];
    pagetls_slice fields;
    pagetls_slice version;
    pagetls_slice algorithm;
    pagetls_slice oid;
    if (pagetls_der_expect(&der, DER_SEQUENCE, &fields) != 0 ||
        pagetls_der_expect(&fields, DER_INTEGER, &version) != 0 ||
        pagetls_der_expect(&fields, DER_SEQUENCE, &algorithm) != 0 ||
        pagetls_der_expect(&algorithm, DER_OID, &oid) != 0 || pagetls_slice_is(oid, rsa, sizeof(rsa))) {
        return;
    }
    (void) pagetls_der_expect(&algorithm, DER_OID, &oid); /* of a curve */
    pagetls_oid_text(text, oid);
    const char *name = pagetls_oid_name(text);
    pagetls_last_error_set(PAGETLS_ERR_KEY, 0, "keys with %s are not supported", name == NULL ? text : name);
}

static int add_key(findings *found, pagetls_slice der)
{
    if (count(found) != 0) {
        return PAGETLS_ERR_IDENTITY_SIZE;
    }
    found_key *key = pagetls_heap_calloc(1, sizeof(*key));
    if (key == NULL) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    mbedtls_pk_init(&key->pk);
    int ret = mbedtls_pk_parse_key(&key->pk, der.p, der.len, NULL, 0, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
    if (ret == 0) {
        key->next = found->keys;
        found->keys = key;
        return 0;
    }
    mbedtls_pk_free(&key->pk);
    pagetls_heap_free(key);
    ret = pagetls_error_from_native(ret, PAGETLS_ERR_KEY);
    if (ret == PAGETLS_ERR_KEY) {
        name_algorithm(der); /* another one may be good */
        found->code = found->code == 0 ? ret : found->code;
        ret = 0;
    }
    return ret;
}

static int visit(void *context, pagetls_identity_part part, pagetls_slice der)
{
    findings *found = context;
    return part == PAGETLS_IDENTITY_KEY ? add_key(found, der)
        : found->wants_certificates     ? add_certificate(found, der)
                                        : 0;
}

/* Names the first damaged block, or else the first document. */
static int name_document(void *context, const pagetls_document *document)
{
    int *code = context;
    if (*code == 0 || document->fault != PAGETLS_FAULT_NONE) {
        *code = pagetls_document_error_set(document, PAGETLS_ERR_KEY_DOCUMENT);
    }
    return document->fault == PAGETLS_FAULT_NONE ? 0 : *code;
}

static int find_all(findings *found, pagetls_slice chain, pagetls_slice key, pagetls_passphrase *passphrase,
                    int *is_pkcs12)
{
    found->wants_certificates = key.p == NULL;
    const pagetls_slice keys = found->wants_certificates ? chain : key;
    int ret = pagetls_identity_file_walk(keys.p, keys.len, passphrase, visit, found, is_pkcs12);
    if (ret == PAGETLS_ERR_KEY_DOCUMENT) {
        int code = 0;
        ret = pagetls_documents_walk(keys.p, keys.len, name_document, &code);
        return ret == PAGETLS_DOCUMENTS_OUT_OF_MEMORY ? PAGETLS_ERR_OUT_OF_MEMORY : code;
    }
    if (ret == 0 && found->certificates == NULL) { /* if PKCS#12 has none, this says so */
        ret = pagetls_input_read(chain.p, chain.len, PAGETLS_DOCUMENT_CERTIFICATE, use_certificate, found, NULL);
    }
    if (ret >= 0 && passphrase->text.p != NULL && !passphrase->used) {
        ret = PAGETLS_ERR_PASSPHRASE_UNUSED;
    }
    return ret < 0 ? ret : 0;
}

static void free_findings(findings *found)
{
    while (found->certificates != NULL) {
        found_certificate *next = found->certificates->next;
        pagetls_heap_free(found->certificates);
        found->certificates = next;
    }
    while (found->keys != NULL) {
        found_key *next = found->keys->next;
        mbedtls_pk_free(&found->keys->pk);
        pagetls_heap_free(found->keys);
        found->keys = next;
    }
}

/* --- the leaf and its key ------------------------------------------------------------------ */

/* Why no certificate has a key that was found. */
static int no_leaf(const findings *found)
{
    const found_certificate *first = found->certificates;
    if (first != NULL && first->subject.p != NULL && first->key.state == PAGETLS_KEY_UNUSABLE) {
        pagetls_last_error_set(PAGETLS_ERR_CERTIFICATE, 0,
                               first->key.type == PAGETLS_KEY_ED25519
                                   ? "client certificates with Ed25519 keys are not supported"
                                   : "the certificate's key is not supported");
        return PAGETLS_ERR_CERTIFICATE;
    }
    return found->code != 0 ? found->code : PAGETLS_ERR_KEY_MISMATCH;
}

/* Finds the first certificate with one of the keys, and moves both keys to \p identity. */
static int find_leaf(findings *found, pagetls_identity *identity, found_certificate **leaf)
{
    size_t pairs = 0;
    for (found_certificate *c = found->certificates; c != NULL; c = c->next) {
        const int is_usable = c->subject.p != NULL && c->key.type != PAGETLS_KEY_ED25519; /* only verified with */
        const int loaded = is_usable ? pagetls_peer_key_load(&identity->chain.pk, &c->key) : PAGETLS_PEER_KEY_UNUSABLE;
        c->key.state = loaded == PAGETLS_PEER_KEY_LOADED ? PAGETLS_KEY_USABLE : PAGETLS_KEY_UNUSABLE;
        if (loaded == PAGETLS_PEER_KEY_OUT_OF_MEMORY) {
            return PAGETLS_ERR_OUT_OF_MEMORY;
        }
        for (found_key *k = loaded == PAGETLS_PEER_KEY_LOADED ? found->keys : NULL; k != NULL; k = k->next) {
            if (++pairs > PAGETLS_IDENTITY_SEARCH) {
                return PAGETLS_ERR_KEY_MISMATCH;
            }
            const int ret =
                mbedtls_pk_check_pair(&identity->chain.pk, &k->pk, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
            if (ret == 0) {
                identity->key = k->pk;
                mbedtls_pk_init(&k->pk);
                *leaf = c;
                return 0;
            }
            if (pagetls_error_is_out_of_memory(ret)) {
                return PAGETLS_ERR_OUT_OF_MEMORY;
            }
        }
        mbedtls_pk_free(&identity->chain.pk);
        mbedtls_pk_init(&identity->chain.pk);
    }
    return no_leaf(found);
}

/* --- the chain ------------------------------------------------------------------------------ */

static void send_next(found_certificate **last, found_certificate *certificate)
{
    certificate->is_sent = 1;
    (*last)->next_sent = certificate;
    *last = certificate;
}

/* Links what is sent, from the leaf on. */
static void order(const findings *found, found_certificate *leaf, int is_pkcs12)
{
    const int is_in_order = leaf == found->certificates && !is_pkcs12;
    found_certificate *last = leaf;
    leaf->is_sent = 1;
    for (found_certificate *sent = is_in_order ? NULL : leaf; sent != NULL; sent = sent->next_sent) {
        for (found_certificate *c = found->certificates; c != NULL; c = c->next) {
            if (!c->is_sent && c->subject.p != NULL && pagetls_slices_equal(c->subject, sent->issuer)) {
                send_next(&last, c);
            }
        }
    }
    for (found_certificate *c = found->certificates; c != NULL; c = c->next) {
        if (!c->is_sent && !(is_pkcs12 && c->subject.p != NULL)) {
            send_next(&last, c);
        }
    }
}

static int copy_chain(mbedtls_x509_crt *chain, const found_certificate *leaf)
{
    size_t len = 0;
    for (const found_certificate *c = leaf; c != NULL; c = c->next_sent) {
        if (c != leaf) {
            chain->next = pagetls_heap_calloc(1, sizeof(*chain));
            if (chain->next == NULL) {
                return PAGETLS_ERR_OUT_OF_MEMORY;
            }
            chain = chain->next;
            mbedtls_x509_crt_init(chain);
        }
        chain->raw.p = pagetls_heap_copy(c->der.p, c->der.len);
        if (chain->raw.p == NULL) {
            return PAGETLS_ERR_OUT_OF_MEMORY;
        }
        chain->raw.len = c->der.len;
        chain->own_buffer = 1;
        chain->version = 3;
        len += c->der.len;
    }
    return len > PAGETLS_IDENTITY_BYTES ? PAGETLS_ERR_IDENTITY_SIZE : 0;
}

int pagetls_identity_read(pagetls_identity *identity, pagetls_slice chain, pagetls_slice key, pagetls_slice text)
{
    pagetls_passphrase passphrase = { .text = text };
    findings found = { .end = &found.certificates };
    found_certificate *leaf;
    int is_pkcs12;
    int ret = find_all(&found, chain, key, &passphrase, &is_pkcs12);
    ret = ret != 0 ? ret : find_leaf(&found, identity, &leaf);
    if (ret == 0) {
        order(&found, leaf, is_pkcs12);
        ret = copy_chain(&identity->chain, leaf);
    }
    if (ret != 0) { /* do not keep a chain without its key */
        pagetls_identity_free(identity);
        pagetls_identity_init(identity);
    }
    free_findings(&found);
    pagetls_passphrase_free(&passphrase);
    return ret;
}
