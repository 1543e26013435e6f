#include "x509/spki.h"

#define OID(text) text, sizeof(text) - 1

static const struct {
    const char *oid;
    uint8_t len;
    uint8_t type;
    uint16_t bits; /* if the algorithm determines them, otherwise 0 */
} algorithms[] = {
    { OID("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"), PAGETLS_KEY_RSA, 0 },
    { OID("\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A"), PAGETLS_KEY_RSA_PSS, 0 },
    { OID("\x2A\x86\x48\xCE\x3D\x02\x01"), PAGETLS_KEY_EC, 0 },
    { OID("\x2A\x86\x48\xCE\x38\x04\x01"), PAGETLS_KEY_DSA, 0 },        /* RFC 3279, section 2.3.2 */
    { OID("\x2A\x86\x48\xCE\x3E\x02\x01"), PAGETLS_KEY_DH, 0 },         /* RFC 3279, section 2.3.3 */
    { OID("\x2A\x86\x48\x86\xF7\x0D\x01\x03\x01"), PAGETLS_KEY_DH, 0 }, /* PKCS#3 */
    { OID("\x2B\x65\x6E"), PAGETLS_KEY_OTHER, 253 },                    /* X25519, X448, Ed25519, Ed448 (RFC 8410) */
    { OID("\x2B\x65\x6F"), PAGETLS_KEY_OTHER, 448 },
    { OID("\x2B\x65\x70"), PAGETLS_KEY_ED25519, 256 },
    { OID("\x2B\x65\x71"), PAGETLS_KEY_OTHER, 456 },
};

enum { ED25519_OCTETS = 32 };

static int is_positive(pagetls_slice integer)
{
    return integer.len > 0 && !(integer.p[0] & 0x80);
}

/* RSAPublicKey (RFC 8017, appendix A.1.1). */
static int read_rsa(pagetls_public_key *key, pagetls_slice bits)
{
    pagetls_slice fields;
    pagetls_slice modulus;
    pagetls_slice exponent;
    if (pagetls_der_expect(&bits, DER_SEQUENCE, &fields) != 0 || bits.len != 0 ||
        pagetls_der_expect(&fields, DER_INTEGER, &modulus) != 0 ||
        pagetls_der_expect(&fields, DER_INTEGER, &exponent) != 0 || fields.len != 0 || !is_positive(modulus) ||
        !is_positive(exponent)) {
        return -1;
    }
    key->bits = pagetls_der_bit_length(modulus);
    key->exponent = exponent;
    return key->bits > 0 ? 0 : -1;
}

/* ECParameters: a named curve (RFC 5480, section 2.1.1). Explicit parameters are accepted, but not decoded. */
static int read_ec(pagetls_public_key *key, pagetls_slice parameters)
{
    pagetls_element element;
    if (pagetls_der_next(&parameters, &element) != 0 || parameters.len != 0) {
        return -1;
    }
    if (element.tag != DER_OID) {
        return element.tag == DER_SEQUENCE ? 0 : -1;
    }
    key->curve_oid = element.content;
    key->curve = pagetls_curve_from_oid(element.content, &key->bits);
    return 0;
}

/* Dss-Parms, DomainParameters (RFC 3279, sections 2.3.2 and 2.3.3) and PKCS#3's parameters begin with the prime. */
static void read_prime(pagetls_public_key *key, pagetls_slice parameters)
{
    pagetls_slice fields;
    pagetls_slice prime;
    if (pagetls_der_expect(&parameters, DER_SEQUENCE, &fields) == 0 &&
        pagetls_der_expect(&fields, DER_INTEGER, &prime) == 0 && is_positive(prime)) {
        key->bits = pagetls_der_bit_length(prime);
    }
}

/* RFC 8410, section 4: 32 octets, and no parameters. */
static int read_ed25519(pagetls_public_key *key, pagetls_slice parameters, pagetls_slice bits)
{
    if (parameters.len != 0 || bits.len != ED25519_OCTETS) {
        key->bits = 0;
        return -1;
    }
    return 0;
}

int pagetls_public_key_read(pagetls_public_key *key, pagetls_slice *from, pagetls_read_error *error)
{
    static const pagetls_field field = PAGETLS_FIELD_SUBJECT_PUBLIC_KEY_INFO;
    pagetls_element spki;
    pagetls_slice parameters;
    pagetls_slice bits;
    *key = (pagetls_public_key) { .type = PAGETLS_KEY_UNKNOWN };
    if (pagetls_read_element(from, DER_SEQUENCE, &spki, field, error) != 0 ||
        pagetls_read_content(&spki.content, DER_SEQUENCE, &parameters, field, error) != 0 ||
        pagetls_read_content(&parameters, DER_OID, &key->oid, field, error) != 0) {
        return -1;
    }
    if (pagetls_der_expect_bit_string(&spki.content, &bits) != 0) {
        return pagetls_read_error_set(error, field, PAGETLS_REASON_VALUE);
    }
    if (spki.content.len != 0) {
        return pagetls_read_error_set(error, field, PAGETLS_REASON_TRAILING);
    }
    key->spki = spki.whole;
    for (size_t i = 0; i < sizeof(algorithms) / sizeof(algorithms[0]); i++) {
        if (pagetls_slice_is(key->oid, algorithms[i].oid, algorithms[i].len)) {
            key->type = (pagetls_key_type) algorithms[i].type;
            key->bits = algorithms[i].bits;
        }
    }
    switch (key->type) {
        case PAGETLS_KEY_RSA: /* parameters must be NULL or absent */
            key->malformed =
                read_rsa(key, bits) != 0 || (parameters.len != 0 && !pagetls_slice_is(parameters, "\x05\x00", 2));
            break;
        case PAGETLS_KEY_RSA_PSS: key->malformed = read_rsa(key, bits) != 0; break;
        case PAGETLS_KEY_EC: key->malformed = read_ec(key, parameters) != 0; break;
        case PAGETLS_KEY_ED25519: key->malformed = read_ed25519(key, parameters, bits) != 0; break;
        case PAGETLS_KEY_DSA:
        case PAGETLS_KEY_DH: read_prime(key, parameters); break;
        default: break;
    }
    return 0;
}

int pagetls_public_key_is_supported(const pagetls_public_key *key)
{
    return (key->type == PAGETLS_KEY_RSA && key->bits <= PAGETLS_RSA_BITS_MAX) ||
        (key->type == PAGETLS_KEY_EC && key->curve >= PAGETLS_CURVE_P256 && key->curve <= PAGETLS_CURVE_P521) ||
        key->type == PAGETLS_KEY_ED25519;
}

const uint8_t *pagetls_public_key_ed25519(const pagetls_public_key *key)
{
    return key->spki.p + key->spki.len - ED25519_OCTETS; /* the BIT STRING is last, and DER */
}

size_t pagetls_public_key_exponent_bits(const pagetls_public_key *key)
{
    return key->exponent.p != NULL ? pagetls_der_bit_length(key->exponent) : 0;
}
