#include "describe.h"

#include <string.h>

#include "format.h"
#include "mbedtls/sha1.h"
#include "mbedtls/sha256.h"
#include "oid_names.h"
#include "pagetls.h"
#include "platform.h"
#include "verify/name_constraints.h"

/* Certificate and TBSCertificate (RFC 5280, section 4.1), as slices of the input. */
typedef struct {
    int64_t version;
    pagetls_slice serial;
    pagetls_slice algorithm; /* content of AlgorithmIdentifier */
    pagetls_element issuer;
    pagetls_element not_before;
    pagetls_element not_after;
    pagetls_element subject;
    pagetls_element spki;
    pagetls_slice extensions;
} fields;

static int read_version(pagetls_slice *tbs, int64_t *version)
{
    pagetls_slice explicit;
    pagetls_slice integer;
    *version = 1;
    if (pagetls_der_expect(tbs, DER_CONTEXT | DER_CONSTRUCTED | 0, &explicit) != 0) {
        return 0;
    }
    if (pagetls_der_expect(&explicit, DER_INTEGER, &integer) != 0 || !pagetls_der_small(integer, version)) {
        return -1;
    }
    *version += 1;
    return 0;
}

static int read_fields(fields *out, pagetls_slice input)
{
    pagetls_slice certificate;
    pagetls_slice tbs;
    pagetls_slice validity;
    pagetls_element element;
    memset(out, 0, sizeof(*out));
    if (pagetls_der_expect(&input, DER_SEQUENCE, &certificate) != 0 || input.len != 0 ||
        pagetls_der_expect(&certificate, DER_SEQUENCE, &tbs) != 0 ||
        read_version(&tbs, &out->version) != 0 ||
        pagetls_der_expect(&tbs, DER_INTEGER, &out->serial) != 0 ||
        pagetls_der_expect(&tbs, DER_SEQUENCE, &out->algorithm) != 0 ||
        pagetls_der_next(&tbs, &out->issuer) != 0 || out->issuer.tag != DER_SEQUENCE ||
        pagetls_der_expect(&tbs, DER_SEQUENCE, &validity) != 0 ||
        pagetls_der_next(&validity, &out->not_before) != 0 ||
        pagetls_der_next(&validity, &out->not_after) != 0 ||
        pagetls_der_next(&tbs, &out->subject) != 0 || out->subject.tag != DER_SEQUENCE ||
        pagetls_der_next(&tbs, &out->spki) != 0 || out->spki.tag != DER_SEQUENCE) {
        return -1;
    }
    pagetls_slice outer; /* signatureAlgorithm and signatureValue are only asked to be there */
    if (pagetls_der_expect(&certificate, DER_SEQUENCE, &outer) != 0 ||
        pagetls_der_expect(&certificate, DER_BIT_STRING, &outer) != 0 || certificate.len != 0) {
        return -1;
    }
    while (tbs.len > 0) { /* issuerUniqueID and subjectUniqueID are passed over */
        if (pagetls_der_next(&tbs, &element) != 0) {
            return -1;
        }
        if (element.tag == (DER_CONTEXT | DER_CONSTRUCTED | 3) &&
            pagetls_der_expect(&element.content, DER_SEQUENCE, &out->extensions) != 0) {
            return -1;
        }
    }
    return 0;
}

int pagetls_describe_can_read(const uint8_t *der, size_t len)
{
    fields f;
    return read_fields(&f, (pagetls_slice) { der, len }) == 0 && pagetls_is_directory_name(f.issuer.whole) &&
        pagetls_is_directory_name(f.subject.whole);
}

static void describe_time(pagetls_json *json, const char *key, const pagetls_element *time)
{
    pagetls_slice s = time->content;
    size_t year = time->tag == DER_UTC_TIME ? 2 : time->tag == DER_GENERALIZED_TIME ? 4 : 0;
    int digits = year > 0 && s.len == year + 11 && s.p[s.len - 1] == 'Z';
    for (size_t i = 0; digits && i < s.len - 1; i++) {
        digits = s.p[i] >= '0' && s.p[i] <= '9';
    }
    if (!digits) { /* as it stands: a reader can still see what was meant */
        pagetls_json_text(json, key, s.p, s.len);
        return;
    }
    char text[24];
    const char *century = year == 4 ? "" : s.p[0] >= '5' ? "19" : "20"; /* section 4.1.2.5.1 */
    const char *t = (const char *) s.p + year;
    pagetls_format(text, sizeof(text), "%s%.*s-%.2s-%.2sT%.2s:%.2s:%.2sZ", century, (int) year,
             (const char *) s.p, t, t + 2, t + 4, t + 6, t + 8);
    pagetls_json_string(json, key, text);
}

static void describe_algorithm(pagetls_json *json, pagetls_slice algorithm)
{
    pagetls_slice oid = { NULL, 0 };
    pagetls_slice params;
    pagetls_slice hash;
    (void) pagetls_der_expect(&algorithm, DER_OID, &oid);
    pagetls_describe_oid(json, "signatureAlgorithm", oid);
    /* RSASSA-PSS names its hash in the parameters (RFC 4055, section 3.1). */
    if (pagetls_der_expect(&algorithm, DER_SEQUENCE, &params) == 0 &&
        pagetls_der_expect(&params, DER_CONTEXT | DER_CONSTRUCTED | 0, &hash) == 0 &&
        pagetls_der_expect(&hash, DER_SEQUENCE, &hash) == 0 &&
        pagetls_der_expect(&hash, DER_OID, &oid) == 0) {
        pagetls_describe_oid(json, "hash", oid);
        pagetls_json_end_object(json);
    }
    pagetls_json_end_object(json);
}

static int64_t bit_length(pagetls_slice integer)
{
    while (integer.len > 0 && integer.p[0] == 0) {
        integer.p++;
        integer.len--;
    }
    int64_t bits = (int64_t) integer.len * 8;
    for (uint8_t top = integer.len > 0 ? integer.p[0] : 0; integer.len > 0 && !(top & 0x80); top = (uint8_t) (top << 1)) {
        bits--;
    }
    return bits;
}

static int64_t curve_bits(const char *curve)
{
    const char *digits = curve == NULL ? NULL : strpbrk(curve, "123456789");
    int64_t bits = 0;
    while (digits != NULL && *digits >= '0' && *digits <= '9') {
        bits = bits * 10 + (*digits++ - '0');
    }
    return bits;
}

static void describe_rsa_key(pagetls_json *json, pagetls_slice key)
{
    pagetls_slice modulus;
    pagetls_slice exponent;
    int64_t value;
    if (key.len > 1 && key.p[0] == 0) { /* the BIT STRING's count of unused bits */
        key.p++;
        key.len--;
        if (pagetls_der_expect(&key, DER_SEQUENCE, &key) == 0 &&
            pagetls_der_expect(&key, DER_INTEGER, &modulus) == 0 &&
            pagetls_der_expect(&key, DER_INTEGER, &exponent) == 0) {
            pagetls_json_int(json, "bits", bit_length(modulus));
            if (pagetls_der_small(exponent, &value)) {
                pagetls_json_int(json, "exponent", value);
            }
        }
    }
}

static void describe_public_key(pagetls_json *json, const pagetls_element *spki)
{
    pagetls_slice rest = spki->content;
    pagetls_slice algorithm = { NULL, 0 };
    pagetls_slice oid = { NULL, 0 };
    pagetls_slice key = { NULL, 0 };
    pagetls_slice curve;
    uint8_t digest[32];
    char dotted[PAGETLS_OID_TEXT];
    (void) pagetls_der_expect(&rest, DER_SEQUENCE, &algorithm);
    (void) pagetls_der_expect(&algorithm, DER_OID, &oid);
    (void) pagetls_der_expect(&rest, DER_BIT_STRING, &key);
    pagetls_oid_text(dotted, oid);
    const char *name = pagetls_oid_name(dotted);

    pagetls_json_object(json, "publicKey");
    if (name != NULL && strcmp(name, "id-ecPublicKey") == 0) {
        pagetls_json_string(json, "type", "EC");
        if (pagetls_der_expect(&algorithm, DER_OID, &curve) == 0) {
            char curve_oid[PAGETLS_OID_TEXT];
            pagetls_oid_text(curve_oid, curve);
            const char *curve_name = pagetls_oid_name(curve_oid);
            pagetls_json_string(json, "curve", curve_name != NULL ? curve_name : curve_oid);
            pagetls_json_int(json, "bits", curve_bits(curve_name));
        }
    } else if (name != NULL && (strcmp(name, "rsaEncryption") == 0 || strcmp(name, "RSASSA-PSS") == 0)) {
        pagetls_json_string(json, "type", strcmp(name, "RSASSA-PSS") == 0 ? name : "RSA");
        describe_rsa_key(json, key);
    } else {
        pagetls_json_string(json, "type", name != NULL ? name : dotted);
        pagetls_json_int(json, "bits", key.len > 0 ? (int64_t) (key.len - 1) * 8 : 0);
    }
    pagetls_json_string(json, "oid", dotted);
    if (mbedtls_sha256(spki->whole.p, spki->whole.len, digest, 0) == 0) {
        pagetls_json_base64(json, "spkiSha256", digest, sizeof(digest)); /* the pin of RFC 7469, section 2.4 */
    }
    pagetls_json_end_object(json);
}

static void describe_fingerprints(pagetls_json *json, pagetls_slice der)
{
    uint8_t digest[32];
    pagetls_json_object(json, "fingerprints");
    if (mbedtls_sha1(der.p, der.len, digest) == 0) {
        pagetls_json_hex(json, "sha1", digest, 20);
    }
    if (mbedtls_sha256(der.p, der.len, digest, 0) == 0) {
        pagetls_json_hex(json, "sha256", digest, 32);
    }
    pagetls_json_end_object(json);
}

char *pagetls_describe_certificate(const uint8_t *der, size_t len, int *error)
{
    pagetls_slice input = { der, len };
    pagetls_json json = { 0 };
    fields f;
    char *result = NULL;

    *error = MBEDTLS_ERR_X509_INVALID_FORMAT;
    if (read_fields(&f, input) != 0) {
        return NULL;
    }
    pagetls_json_object(&json, NULL);
    pagetls_json_int(&json, "version", f.version);
    pagetls_json_hex(&json, "serialNumber", f.serial.p, f.serial.len);
    describe_algorithm(&json, f.algorithm);
    int ret = pagetls_describe_name(&json, "issuer", f.issuer.content);
    pagetls_json_object(&json, "validity");
    describe_time(&json, "notBefore", &f.not_before);
    describe_time(&json, "notAfter", &f.not_after);
    pagetls_json_end_object(&json);
    ret = ret == 0 ? pagetls_describe_name(&json, "subject", f.subject.content) : ret;
    pagetls_json_bool(&json, "selfIssued",
                      pagetls_slice_equal(f.subject.whole, f.issuer.whole.p, f.issuer.whole.len));
    describe_public_key(&json, &f.spki);
    ret = ret == 0 ? pagetls_describe_extensions(&json, f.extensions) : ret;
    describe_fingerprints(&json, input);
    pagetls_json_end_object(&json);

    if (ret == 0) {
        const char *text = pagetls_json_finish(&json);
        result = text == NULL ? NULL : pagetls_heap_copy(text, strlen(text));
        *error = result == NULL ? MBEDTLS_ERR_X509_ALLOC_FAILED : 0;
    } else if (json.failed) {
        *error = MBEDTLS_ERR_X509_ALLOC_FAILED;
    }
    pagetls_json_free(&json);
    return result;
}
