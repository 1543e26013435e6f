#include "x509/algorithms.h"

#define OID(text) text, sizeof(text) - 1

/* RFC 4055, RFC 5758 and RFC 8410; MD5: RFC 3279. */
static const struct {
    const char *oid;
    uint8_t len;
    uint8_t kind;
    uint8_t hash;
} signatures[] = {
    { OID("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x04"), PAGETLS_SIGNATURE_RSA_PKCS1, PAGETLS_HASH_MD5 },
    { OID("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x05"), PAGETLS_SIGNATURE_RSA_PKCS1, PAGETLS_HASH_SHA1 },
    { OID("\x2B\x0E\x03\x02\x1D"), PAGETLS_SIGNATURE_RSA_PKCS1, PAGETLS_HASH_SHA1 }, /* OIW's OID */
    { OID("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0E"), PAGETLS_SIGNATURE_RSA_PKCS1, PAGETLS_HASH_SHA224 },
    { OID("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B"), PAGETLS_SIGNATURE_RSA_PKCS1, PAGETLS_HASH_SHA256 },
    { OID("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0C"), PAGETLS_SIGNATURE_RSA_PKCS1, PAGETLS_HASH_SHA384 },
    { OID("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0D"), PAGETLS_SIGNATURE_RSA_PKCS1, PAGETLS_HASH_SHA512 },
    { OID("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A"), PAGETLS_SIGNATURE_RSA_PSS, PAGETLS_HASH_NONE },
    { OID("\x2A\x86\x48\xCE\x3D\x04\x01"), PAGETLS_SIGNATURE_ECDSA, PAGETLS_HASH_SHA1 },
    { OID("\x2A\x86\x48\xCE\x3D\x04\x03\x01"), PAGETLS_SIGNATURE_ECDSA, PAGETLS_HASH_SHA224 },
    { OID("\x2A\x86\x48\xCE\x3D\x04\x03\x02"), PAGETLS_SIGNATURE_ECDSA, PAGETLS_HASH_SHA256 },
    { OID("\x2A\x86\x48\xCE\x3D\x04\x03\x03"), PAGETLS_SIGNATURE_ECDSA, PAGETLS_HASH_SHA384 },
    { OID("\x2A\x86\x48\xCE\x3D\x04\x03\x04"), PAGETLS_SIGNATURE_ECDSA, PAGETLS_HASH_SHA512 },
    { OID("\x2B\x65\x70"), PAGETLS_SIGNATURE_ED25519, PAGETLS_HASH_NONE },
};

static const struct {
    const char *oid;
    uint8_t len;
    uint8_t hash;
} hashes[] = {
    { OID("\x2B\x0E\x03\x02\x1A"), PAGETLS_HASH_SHA1 },
    { OID("\x60\x86\x48\x01\x65\x03\x04\x02\x04"), PAGETLS_HASH_SHA224 },
    { OID("\x60\x86\x48\x01\x65\x03\x04\x02\x01"), PAGETLS_HASH_SHA256 },
    { OID("\x60\x86\x48\x01\x65\x03\x04\x02\x02"), PAGETLS_HASH_SHA384 },
    { OID("\x60\x86\x48\x01\x65\x03\x04\x02\x03"), PAGETLS_HASH_SHA512 },
};

/* RFC 5480, RFC 5639 (r1 and t1), and other curves found in certificates. */
static const struct {
    const char *oid;
    uint8_t len;
    uint8_t curve;
    uint16_t bits;
} curves[] = {
    { OID("\x2A\x86\x48\xCE\x3D\x03\x01\x07"), PAGETLS_CURVE_P256, 256 },
    { OID("\x2B\x81\x04\x00\x22"), PAGETLS_CURVE_P384, 384 },
    { OID("\x2B\x81\x04\x00\x23"), PAGETLS_CURVE_P521, 521 },
    { OID("\x2B\x81\x04\x00\x21"), PAGETLS_CURVE_OTHER, 224 },
    { OID("\x2A\x86\x48\xCE\x3D\x03\x01\x01"), PAGETLS_CURVE_OTHER, 192 },
    { OID("\x2B\x81\x04\x00\x0A"), PAGETLS_CURVE_OTHER, 256 },                 /* secp256k1 */
    { OID("\x2B\x24\x03\x03\x02\x08\x01\x01\x05"), PAGETLS_CURVE_OTHER, 224 }, /* brainpoolP224r1 */
    { OID("\x2B\x24\x03\x03\x02\x08\x01\x01\x06"), PAGETLS_CURVE_OTHER, 224 },
    { OID("\x2B\x24\x03\x03\x02\x08\x01\x01\x07"), PAGETLS_CURVE_OTHER, 256 },
    { OID("\x2B\x24\x03\x03\x02\x08\x01\x01\x08"), PAGETLS_CURVE_OTHER, 256 },
    { OID("\x2B\x24\x03\x03\x02\x08\x01\x01\x09"), PAGETLS_CURVE_OTHER, 320 },
    { OID("\x2B\x24\x03\x03\x02\x08\x01\x01\x0A"), PAGETLS_CURVE_OTHER, 320 },
    { OID("\x2B\x24\x03\x03\x02\x08\x01\x01\x0B"), PAGETLS_CURVE_OTHER, 384 },
    { OID("\x2B\x24\x03\x03\x02\x08\x01\x01\x0C"), PAGETLS_CURVE_OTHER, 384 },
    { OID("\x2B\x24\x03\x03\x02\x08\x01\x01\x0D"), PAGETLS_CURVE_OTHER, 512 },
    { OID("\x2B\x24\x03\x03\x02\x08\x01\x01\x0E"), PAGETLS_CURVE_OTHER, 512 },
    { OID("\x2A\x81\x1C\xCF\x55\x01\x82\x2D"), PAGETLS_CURVE_OTHER, 256 }, /* SM2 */
};

pagetls_curve pagetls_curve_from_oid(pagetls_slice oid, size_t *bits)
{
    *bits = 0;
    for (size_t i = 0; i < sizeof(curves) / sizeof(curves[0]); i++) {
        if (pagetls_slice_is(oid, curves[i].oid, curves[i].len)) {
            *bits = curves[i].bits;
            return (pagetls_curve) curves[i].curve;
        }
    }
    return PAGETLS_CURVE_UNKNOWN;
}

int pagetls_signature_algorithm_is_supported(const pagetls_signature_algorithm *algorithm)
{
    return algorithm->kind != PAGETLS_SIGNATURE_UNKNOWN && !algorithm->invalid_parameters &&
        (algorithm->kind != PAGETLS_SIGNATURE_RSA_PSS || algorithm->mgf1_hash == algorithm->hash);
}

/* In octets. The default is that of RFC 4055, section 3.1; no supported key allows a salt of PSS_MAX_SALT. */
enum { PSS_DEFAULT_SALT = 20, PSS_MAX_SALT = 10000 };

static int is_null_or_absent(pagetls_slice parameters)
{
    return parameters.len == 0 || pagetls_slice_is(parameters, "\x05\x00", 2);
}

/* A HashAlgorithm: an AlgorithmIdentifier without parameters. */
static int read_hash(pagetls_slice from, pagetls_hash *hash, pagetls_slice *oid)
{
    pagetls_slice fields;
    if (pagetls_der_expect(&from, DER_SEQUENCE, &fields) != 0 || from.len != 0 ||
        pagetls_der_expect(&fields, DER_OID, oid) != 0) {
        return -1;
    }
    *hash = PAGETLS_HASH_NONE;
    for (size_t i = 0; i < sizeof(hashes) / sizeof(hashes[0]); i++) {
        if (pagetls_slice_is(*oid, hashes[i].oid, hashes[i].len)) {
            *hash = (pagetls_hash) hashes[i].hash;
        }
    }
    return *hash != PAGETLS_HASH_NONE && is_null_or_absent(fields) ? 0 : -1;
}

/* MaskGenAlgorithm: MGF1 with a hash. */
static int read_mgf1_hash(pagetls_slice from, pagetls_hash *hash)
{
    static const uint8_t mgf1[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 8 };
    pagetls_slice fields;
    pagetls_slice oid;
    return pagetls_der_expect(&from, DER_SEQUENCE, &fields) == 0 && from.len == 0 &&
            pagetls_der_expect(&fields, DER_OID, &oid) == 0 && pagetls_slice_is(oid, mgf1, sizeof(mgf1))
        ? read_hash(fields, hash, &oid)
        : -1;
}

/* RSASSA-PSS-params (RFC 4055, section 3.1). Absent fields have defaults. */
static int read_pss_parameters(pagetls_signature_algorithm *algorithm, pagetls_slice parameters)
{
    pagetls_slice fields;
    pagetls_slice field;
    pagetls_slice integer;
    int64_t number;
    int invalid = 0;
    algorithm->hash = algorithm->mgf1_hash = PAGETLS_HASH_SHA1;
    algorithm->salt_length = PSS_DEFAULT_SALT;
    if (pagetls_der_expect(&parameters, DER_SEQUENCE, &fields) != 0 || parameters.len != 0) {
        return -1;
    }
    if (pagetls_der_expect(&fields, DER_CONTEXT | DER_CONSTRUCTED | 0, &field) == 0) {
        invalid |= read_hash(field, &algorithm->hash, &algorithm->hash_oid) != 0;
    }
    if (pagetls_der_expect(&fields, DER_CONTEXT | DER_CONSTRUCTED | 1, &field) == 0) {
        invalid |= read_mgf1_hash(field, &algorithm->mgf1_hash) != 0;
    }
    if (pagetls_der_expect(&fields, DER_CONTEXT | DER_CONSTRUCTED | 2, &field) == 0) {
        number = -1;
        invalid |= pagetls_der_expect(&field, DER_INTEGER, &integer) != 0 || field.len != 0 ||
            !pagetls_der_small_uint(integer, &number) || number > PSS_MAX_SALT;
        algorithm->salt_length = invalid ? -1 : (int) number;
    }
    if (pagetls_der_expect(&fields, DER_CONTEXT | DER_CONSTRUCTED | 3, &field) == 0) { /* trailerField */
        invalid |= pagetls_der_expect(&field, DER_INTEGER, &integer) != 0 || field.len != 0 ||
            !pagetls_der_small_uint(integer, &number) || number != 1;
    }
    return invalid || fields.len != 0 ? -1 : 0;
}

int pagetls_signature_algorithm_read(pagetls_signature_algorithm *algorithm, pagetls_slice *from, pagetls_field field,
                                     pagetls_read_error *error)
{
    pagetls_slice rest;
    pagetls_element parameters;
    *algorithm = (pagetls_signature_algorithm) { .kind = PAGETLS_SIGNATURE_UNKNOWN };
    if (pagetls_read_content(from, DER_SEQUENCE, &algorithm->identifier, field, error) != 0) {
        return -1;
    }
    rest = algorithm->identifier;
    if (pagetls_read_content(&rest, DER_OID, &algorithm->oid, field, error) != 0) {
        return -1;
    }
    pagetls_slice parameter_octets = rest;
    if (rest.len > 0 && pagetls_der_next(&rest, &parameters) != 0) {
        return pagetls_read_error_set(error, field, PAGETLS_REASON_VALUE);
    }
    if (rest.len != 0) {
        return pagetls_read_error_set(error, field, PAGETLS_REASON_TRAILING);
    }
    for (size_t i = 0; i < sizeof(signatures) / sizeof(signatures[0]); i++) {
        if (pagetls_slice_is(algorithm->oid, signatures[i].oid, signatures[i].len)) {
            algorithm->kind = (pagetls_signature_kind) signatures[i].kind;
            algorithm->hash = (pagetls_hash) signatures[i].hash;
        }
    }
    if (algorithm->kind == PAGETLS_SIGNATURE_RSA_PSS) {
        algorithm->invalid_parameters = read_pss_parameters(algorithm, parameter_octets) != 0;
    } else if (algorithm->kind == PAGETLS_SIGNATURE_ED25519) { /* RFC 8410, section 3 */
        algorithm->invalid_parameters = parameter_octets.len != 0;
    } else if (algorithm->kind != PAGETLS_SIGNATURE_UNKNOWN) {
        algorithm->invalid_parameters = !is_null_or_absent(parameter_octets);
    }
    return 0;
}
