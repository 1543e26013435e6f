#include <string.h>

#include "crypto/digest.h"
#include "describe/describe.h"
#include "host/format.h"
#include "host/heap.h"
#include "verify/input_errors.h"
#include "x509/oid.h"

enum { SHA1_OCTETS = 20, SHA256_OCTETS = 32 };

static void describe_time(pagetls_json *json, const char *key, const pagetls_time *time)
{
    char text[PAGETLS_TIME_TEXT_SIZE];
    if (!time->readable || !time->in_rfc5280_form) { /* verbatim: a human may still see what was meant */
        pagetls_json_text(json, key, time->text.p, time->text.len);
        return;
    }
    pagetls_time_format(text, time->seconds);
    pagetls_json_string(json, key, text);
}

static void describe_algorithm(pagetls_json *json, const pagetls_signature_algorithm *algorithm)
{
    pagetls_describe_oid(json, "signatureAlgorithm", algorithm->oid);
    if (algorithm->hash_oid.p != NULL) { /* RSASSA-PSS names its hash in the parameters (RFC 4055, section 3.1) */
        pagetls_describe_oid(json, "hash", algorithm->hash_oid);
        pagetls_json_end_object(json);
    }
    pagetls_json_end_object(json);
}

/* A number if a double holds it exactly; otherwise text: decimal up to 64 bits, and hexadecimal after 0x beyond. */
static void describe_exponent(pagetls_json *json, pagetls_slice exponent)
{
    static const uint64_t max_exact_double = (uint64_t) 1 << 53;
    char text[24];
    uint64_t value = 0;
    while (exponent.len > 1 && exponent.p[0] == 0) {
        exponent.p++;
        exponent.len--;
    }
    if (exponent.len > sizeof(value)) {
        pagetls_json_hex_number(json, "exponent", exponent.p, exponent.len);
        return;
    }
    for (size_t i = 0; i < exponent.len; i++) {
        value = value << 8 | exponent.p[i];
    }
    if (value <= max_exact_double) {
        pagetls_json_int(json, "exponent", (int64_t) value);
    } else {
        pagetls_format(text, sizeof(text), "%llu", (unsigned long long) value);
        pagetls_json_string(json, "exponent", text);
    }
}

static void describe_public_key(pagetls_json *json, const pagetls_public_key *key)
{
    uint8_t digest[SHA256_OCTETS];
    char dotted[PAGETLS_OID_TEXT_SIZE];
    char curve[PAGETLS_OID_TEXT_SIZE];
    pagetls_oid_text(dotted, key->oid);
    const char *name = pagetls_oid_name(dotted);
    pagetls_json_object(json, "publicKey");
    switch (key->type) {
        case PAGETLS_KEY_RSA: pagetls_json_string(json, "type", "RSA"); break;
        case PAGETLS_KEY_EC: pagetls_json_string(json, "type", "EC"); break;
        default: pagetls_json_string(json, "type", name != NULL ? name : dotted); break;
    }
    if (key->curve_oid.p != NULL) {
        pagetls_oid_text(curve, key->curve_oid);
        const char *curve_name = pagetls_oid_name(curve);
        pagetls_json_string(json, "curve", curve_name != NULL ? curve_name : curve);
    }
    if (key->bits > 0) {
        pagetls_json_int(json, "bits", (int64_t) key->bits);
    }
    if (key->exponent.p != NULL) {
        describe_exponent(json, key->exponent);
    }
    if (key->malformed) {
        pagetls_json_bool(json, "malformed", 1);
    }
    pagetls_json_string(json, "oid", dotted);
    if (pagetls_sha256(key->spki.p, key->spki.len, digest) == 0) {
        pagetls_json_base64(json, "spkiSha256", digest, sizeof(digest)); /* the pin of RFC 7469, section 2.4 */
    }
    pagetls_json_end_object(json);
}

static void describe_long_fingerprint(pagetls_json *json, const char *key, pagetls_digest hash, pagetls_slice der)
{
    uint8_t digest[PAGETLS_DIGEST_MAX];
    pagetls_begun_digest *begun = pagetls_begun_digest_new(hash, der.p, der.len);
    json->failed |= begun == NULL; /* out of memory */
    if (begun != NULL) {
        pagetls_begun_digest_finish(begun, der.p, 0, digest);
        pagetls_json_hex(json, key, digest, pagetls_digest_size(hash));
        pagetls_begun_digest_free(begun);
    }
}

static void describe_fingerprints(pagetls_json *json, pagetls_slice der)
{
    uint8_t digest[SHA256_OCTETS];
    pagetls_json_object(json, "fingerprints");
    if (pagetls_sha1(der.p, der.len, digest) == 0) {
        pagetls_json_hex(json, "sha1", digest, SHA1_OCTETS);
    }
    if (pagetls_sha256(der.p, der.len, digest) == 0) {
        pagetls_json_hex(json, "sha256", digest, SHA256_OCTETS);
    }
    describe_long_fingerprint(json, "sha384", PAGETLS_DIGEST_SHA384, der);
    describe_long_fingerprint(json, "sha512", PAGETLS_DIGEST_SHA512, der);
    pagetls_json_end_object(json);
}

static void describe_certificate(pagetls_json *json, const pagetls_certificate *c)
{
    pagetls_json_object(json, NULL);
    pagetls_json_int(json, "version", c->version);
    pagetls_json_hex(json, "serialNumber", c->serial.p, c->serial.len);
    describe_algorithm(json, &c->algorithm);
    pagetls_describe_name(json, "issuer", c->issuer);
    pagetls_json_object(json, "validity");
    describe_time(json, "notBefore", &c->not_before);
    describe_time(json, "notAfter", &c->not_after);
    pagetls_json_end_object(json);
    pagetls_describe_name(json, "subject", c->subject);
    pagetls_json_bool(json, "selfIssued", c->self_issued);
    describe_public_key(json, &c->key);
    pagetls_describe_extensions(json, c);
    if (c->der.p != NULL) {
        describe_fingerprints(json, c->der);
    }
    pagetls_json_end_object(json);
}

typedef int certificate_reader(pagetls_certificate *certificate, const uint8_t *der, size_t len,
                               pagetls_read_error *error);

static char *describe(certificate_reader *read, const uint8_t *der, size_t len, int *error)
{
    pagetls_certificate *certificate = pagetls_heap_calloc(1, sizeof(*certificate));
    pagetls_read_error why;
    char *text = NULL;
    *error = PAGETLS_ERR_OUT_OF_MEMORY;
    if (certificate == NULL) {
        return NULL;
    }
    if (read(certificate, der, len, &why) != 0) {
        *error = pagetls_input_error_set(PAGETLS_ERR_CERTIFICATE, &why);
    } else {
        pagetls_json json = { 0 };
        describe_certificate(&json, certificate);
        text = pagetls_json_take(&json);
        *error = text == NULL ? PAGETLS_ERR_OUT_OF_MEMORY : 0;
    }
    pagetls_heap_free(certificate);
    return text;
}

char *pagetls_describe_certificate(const uint8_t *der, size_t len, int *error)
{
    return describe(pagetls_certificate_read, der, len, error);
}

char *pagetls_describe_root(const uint8_t *tbs, size_t len, int *error)
{
    return describe(pagetls_certificate_read_tbs, tbs, len, error);
}

int pagetls_fingerprint(const uint8_t *data, size_t len, uint8_t *out)
{
    return pagetls_sha256(data, len, out) != 0 ? PAGETLS_ERR_OUT_OF_MEMORY : 0;
}
