/* Public keys and signature algorithms of every kind (wasm/x509/spki.h, algorithms.h), and their descriptions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "build.h"
#include "check.h"
#include "groups.h"
#include "mbedtls/error.h"
#include "mbedtls/rsa.h"
#include "pagetls.h"
#include "verify/signature_check.h"
#include "x509/spki.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define SLICE(literal)                                                                                                 \
    {                                                                                                                  \
        (const uint8_t *) literal, sizeof(literal) - 1                                                                 \
    }

/* --- keys ----------------------------------------------------------------------------------- */

#define RSA "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x01"
#define EC "\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01"
#define BRAINPOOL(arc) EC "\x06\x09\x2B\x24\x03\x03\x02\x08\x01\x01" arc

/* The description of a certificate with this key. */
static char *describe(pagetls_slice key)
{
    pagetls_slice parts[BUILD_PARTS];
    int error = 1;
    build_certificate_parts(parts);
    parts[BUILD_PUBLIC_KEY] = key;
    const pagetls_slice der = build_certificate(parts);
    char *text = pagetls_describe_certificate(der.p, der.len, &error);
    CHECK_INT(error, 0);
    CHECK(check_is_json(text));
    return text;
}

/* Checks that the members of publicKey before the OID are \p expected. */
static void check_described(pagetls_slice key, const char *expected)
{
    char *text = describe(key);
    char *start = text == NULL ? NULL : strstr(text, "\"publicKey\":{");
    char *end = start == NULL ? NULL : strstr(start, ",\"oid\":");
    if (check_that(end != NULL, "the key is described", __FILE__, __LINE__)) {
        *end = '\0';
        CHECK_TEXT(start + strlen("\"publicKey\":{"), expected);
        *end = ',';
    }
    pagetls_free(text);
}

static pagetls_public_key read_key(pagetls_slice spki)
{
    pagetls_public_key key;
    pagetls_read_error error;
    pagetls_slice from = spki;
    memset(&key, 0x55, sizeof(key)); /* shows fields that are not set */
    CHECK_INT(pagetls_public_key_read(&key, &from, &error), 0);
    CHECK(from.len == 0 && pagetls_slices_equal(key.spki, spki));
    return key;
}

static void reads_keys_without_fields(void)
{
    static const struct {
        pagetls_slice algorithm;
        pagetls_key_type type;
        pagetls_curve curve;
        size_t bits;
        int malformed;
        const char *described;
    } keys[] = {
        { SLICE("\x06\x03\x2B\x65\x71"), PAGETLS_KEY_OTHER, PAGETLS_CURVE_UNKNOWN, 456, 0,
          "\"type\":\"Ed448\",\"bits\":456" },
        { SLICE("\x06\x03\x2B\x65\x6E"), PAGETLS_KEY_OTHER, PAGETLS_CURVE_UNKNOWN, 253, 0,
          "\"type\":\"X25519\",\"bits\":253" },
        { SLICE("\x06\x03\x2B\x65\x6F"), PAGETLS_KEY_OTHER, PAGETLS_CURVE_UNKNOWN, 448, 0,
          "\"type\":\"X448\",\"bits\":448" },
        { SLICE("\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12"), PAGETLS_KEY_UNKNOWN, PAGETLS_CURVE_UNKNOWN, 0, 0,
          "\"type\":\"ML-DSA-65\"" },
        { SLICE("\x06\x03\x2A\x03\x04\x04\x02\x00\x00"), PAGETLS_KEY_UNKNOWN, PAGETLS_CURVE_UNKNOWN, 0, 0,
          "\"type\":\"1.2.3.4\"" },
        /* Named curves. */
        { SLICE(EC "\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07"), PAGETLS_KEY_EC, PAGETLS_CURVE_P256, 256, 0,
          "\"type\":\"EC\",\"curve\":\"P-256\",\"bits\":256" },
        { SLICE(EC "\x06\x05\x2B\x81\x04\x00\x22"), PAGETLS_KEY_EC, PAGETLS_CURVE_P384, 384, 0,
          "\"type\":\"EC\",\"curve\":\"P-384\",\"bits\":384" },
        { SLICE(EC "\x06\x05\x2B\x81\x04\x00\x23"), PAGETLS_KEY_EC, PAGETLS_CURVE_P521, 521, 0,
          "\"type\":\"EC\",\"curve\":\"P-521\",\"bits\":521" },
        { SLICE(EC "\x06\x05\x2B\x81\x04\x00\x21"), PAGETLS_KEY_EC, PAGETLS_CURVE_OTHER, 224, 0,
          "\"type\":\"EC\",\"curve\":\"P-224\",\"bits\":224" },
        { SLICE(EC "\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x01"), PAGETLS_KEY_EC, PAGETLS_CURVE_OTHER, 192, 0,
          "\"type\":\"EC\",\"curve\":\"P-192\",\"bits\":192" },
        { SLICE(EC "\x06\x05\x2B\x81\x04\x00\x0A"), PAGETLS_KEY_EC, PAGETLS_CURVE_OTHER, 256, 0,
          "\"type\":\"EC\",\"curve\":\"secp256k1\",\"bits\":256" },
        { SLICE(EC "\x06\x08\x2A\x81\x1C\xCF\x55\x01\x82\x2D"), PAGETLS_KEY_EC, PAGETLS_CURVE_OTHER, 256, 0,
          "\"type\":\"EC\",\"curve\":\"SM2\",\"bits\":256" },
        { SLICE(BRAINPOOL("\x05")), PAGETLS_KEY_EC, PAGETLS_CURVE_OTHER, 224, 0,
          "\"type\":\"EC\",\"curve\":\"brainpoolP224r1\",\"bits\":224" },
        { SLICE(BRAINPOOL("\x06")), PAGETLS_KEY_EC, PAGETLS_CURVE_OTHER, 224, 0,
          "\"type\":\"EC\",\"curve\":\"brainpoolP224t1\",\"bits\":224" },
        { SLICE(BRAINPOOL("\x07")), PAGETLS_KEY_EC, PAGETLS_CURVE_OTHER, 256, 0,
          "\"type\":\"EC\",\"curve\":\"brainpoolP256r1\",\"bits\":256" },
        { SLICE(BRAINPOOL("\x08")), PAGETLS_KEY_EC, PAGETLS_CURVE_OTHER, 256, 0,
          "\"type\":\"EC\",\"curve\":\"brainpoolP256t1\",\"bits\":256" },
        { SLICE(BRAINPOOL("\x09")), PAGETLS_KEY_EC, PAGETLS_CURVE_OTHER, 320, 0,
          "\"type\":\"EC\",\"curve\":\"brainpoolP320r1\",\"bits\":320" },
        { SLICE(BRAINPOOL("\x0A")), PAGETLS_KEY_EC, PAGETLS_CURVE_OTHER, 320, 0,
          "\"type\":\"EC\",\"curve\":\"brainpoolP320t1\",\"bits\":320" },
        { SLICE(BRAINPOOL("\x0B")), PAGETLS_KEY_EC, PAGETLS_CURVE_OTHER, 384, 0,
          "\"type\":\"EC\",\"curve\":\"brainpoolP384r1\",\"bits\":384" },
        { SLICE(BRAINPOOL("\x0C")), PAGETLS_KEY_EC, PAGETLS_CURVE_OTHER, 384, 0,
          "\"type\":\"EC\",\"curve\":\"brainpoolP384t1\",\"bits\":384" },
        { SLICE(BRAINPOOL("\x0D")), PAGETLS_KEY_EC, PAGETLS_CURVE_OTHER, 512, 0,
          "\"type\":\"EC\",\"curve\":\"brainpoolP512r1\",\"bits\":512" },
        { SLICE(BRAINPOOL("\x0E")), PAGETLS_KEY_EC, PAGETLS_CURVE_OTHER, 512, 0,
          "\"type\":\"EC\",\"curve\":\"brainpoolP512t1\",\"bits\":512" },
        { SLICE(EC "\x06\x03\x2A\x03\x04"), PAGETLS_KEY_EC, PAGETLS_CURVE_UNKNOWN, 0, 0,
          "\"type\":\"EC\",\"curve\":\"1.2.3.4\"" },
        { SLICE(EC "\x30\x03\x02\x01\x01"), PAGETLS_KEY_EC, PAGETLS_CURVE_UNKNOWN, 0, 0,
          "\"type\":\"EC\"" }, /* explicit parameters */
        { SLICE(EC "\x05\x00"), PAGETLS_KEY_EC, PAGETLS_CURVE_UNKNOWN, 0, 1, "\"type\":\"EC\",\"malformed\":true" },
        { SLICE(EC), PAGETLS_KEY_EC, PAGETLS_CURVE_UNKNOWN, 0, 1, "\"type\":\"EC\",\"malformed\":true" },
        { SLICE(EC "\x06\x05\x2B\x81\x04\x00\x22\x05\x00"), PAGETLS_KEY_EC, PAGETLS_CURVE_UNKNOWN, 0, 1,
          "\"type\":\"EC\",\"malformed\":true" },
        /* The prime of the parameters (RFC 3279, section 2.3). */
        { SLICE("\x06\x07\x2A\x86\x48\xCE\x38\x04\x01\x30\x0B\x02\x03\x00\xC0\x01\x02\x01\x03\x02\x01\x02"),
          PAGETLS_KEY_DSA, PAGETLS_CURVE_UNKNOWN, 16, 0, "\"type\":\"DSA\",\"bits\":16" },
        { SLICE("\x06\x07\x2A\x86\x48\xCE\x38\x04\x01"), PAGETLS_KEY_DSA, PAGETLS_CURVE_UNKNOWN, 0, 0,
          "\"type\":\"DSA\"" }, /* inherited */
        { SLICE("\x06\x07\x2A\x86\x48\xCE\x38\x04\x01\x30\x03\x02\x01\x80"), PAGETLS_KEY_DSA, PAGETLS_CURVE_UNKNOWN, 0,
          0, "\"type\":\"DSA\"" },
        { SLICE("\x06\x07\x2A\x86\x48\xCE\x3E\x02\x01\x30\x07\x02\x02\x01\xFF\x02\x01\x02"), PAGETLS_KEY_DH,
          PAGETLS_CURVE_UNKNOWN, 9, 0, "\"type\":\"DH\",\"bits\":9" },
        { SLICE("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x03\x01\x30\x06\x02\x01\x7F\x02\x01\x02"), PAGETLS_KEY_DH,
          PAGETLS_CURVE_UNKNOWN, 7, 0, "\"type\":\"DH\",\"bits\":7" },
    };
    for (size_t i = 0; i < COUNT(keys); i++) {
        const pagetls_slice spki = build_key(keys[i].algorithm, OCTETS("\x01\x02\x03\x04"));
        pagetls_public_key key = read_key(spki);
        check_context("key %zu: %s", i, keys[i].described);
        CHECK_INT(key.type, keys[i].type);
        CHECK_INT(key.curve, keys[i].curve);
        CHECK_INT(key.bits, keys[i].bits);
        CHECK_INT(key.malformed, keys[i].malformed);
        CHECK_INT(pagetls_public_key_is_supported(&key),
                  keys[i].curve == PAGETLS_CURVE_P256 || keys[i].curve == PAGETLS_CURVE_P384 ||
                      keys[i].curve == PAGETLS_CURVE_P521);
        CHECK_INT(pagetls_public_key_exponent_bits(&key), 0);
        CHECK_INT(pagetls_public_key_is_usable(&key), 0); /* four octets are not a point on any curve */
        CHECK_INT(key.state, PAGETLS_KEY_UNUSABLE);
        check_described(spki, keys[i].described);
    }
    check_context("%s", "");
    build_free();
}

/* An INTEGER of \p bits bits, all of them set. */
static pagetls_slice integer_of_bits(size_t bits)
{
    uint8_t top = (uint8_t) (bits % 8 == 0 ? 0 : (1u << bits % 8) - 1);
    return BUILD(DER_INTEGER, (pagetls_slice) { &top, 1 }, build_fill(0xFF, bits / 8));
}

static pagetls_slice rsa_key(pagetls_slice algorithm, pagetls_slice modulus, pagetls_slice exponent)
{
    return build_key(algorithm, BUILD_SEQUENCE(modulus, exponent));
}

/* Expects `malformed` in the description of malformed keys, and no support for more than PAGETLS_RSA_BITS_MAX bits. */
static void check_rsa(pagetls_slice spki, size_t bits, size_t exponent_bits, int usable, const char *described)
{
    pagetls_public_key key = read_key(spki);
    check_context("%s", described);
    CHECK_INT(key.type, PAGETLS_KEY_RSA);
    CHECK_INT(key.bits, bits);
    CHECK_INT(pagetls_public_key_exponent_bits(&key), exponent_bits);
    CHECK_INT(key.malformed, strstr(described, "malformed") != NULL);
    CHECK_INT(pagetls_public_key_is_supported(&key), bits <= PAGETLS_RSA_BITS_MAX);
    CHECK_INT(pagetls_public_key_is_usable(&key), usable);
    check_described(spki, described);
    check_context("%s", "");
}

static void reads_rsa_keys(void)
{
    const pagetls_slice null = OCTETS(RSA "\x05\x00");
    const pagetls_slice modulus = integer_of_bits(2048);
    const pagetls_slice f4 = OCTETS("\x02\x03\x01\x00\x01");
    check_rsa(rsa_key(null, modulus, f4), 2048, 17, 1, "\"type\":\"RSA\",\"bits\":2048,\"exponent\":65537");
    check_rsa(rsa_key(OCTETS(RSA), modulus, f4), 2048, 17, 1, "\"type\":\"RSA\",\"bits\":2048,\"exponent\":65537");
    check_rsa(rsa_key(null, integer_of_bits(2047), f4), 2047, 17, 1,
              "\"type\":\"RSA\",\"bits\":2047,\"exponent\":65537");
    check_rsa(rsa_key(null, integer_of_bits(8192), f4), 8192, 17, 1,
              "\"type\":\"RSA\",\"bits\":8192,\"exponent\":65537");
    check_rsa(rsa_key(null, integer_of_bits(8193), f4), 8193, 17, 0,
              "\"type\":\"RSA\",\"bits\":8193,\"exponent\":65537");
    check_rsa(rsa_key(null, integer_of_bits(16384), f4), 16384, 17, 0,
              "\"type\":\"RSA\",\"bits\":16384,\"exponent\":65537");
    check_rsa(rsa_key(null, integer_of_bits(1024), OCTETS("\x02\x01\x03")), 1024, 2, 1,
              "\"type\":\"RSA\",\"bits\":1024,\"exponent\":3");
    /* Exponents that a double holds exactly, and others. */
    check_rsa(rsa_key(null, modulus, OCTETS("\x02\x07\x1F\xFF\xFF\xFF\xFF\xFF\xFF")), 2048, 53, 1,
              "\"type\":\"RSA\",\"bits\":2048,\"exponent\":9007199254740991");
    check_rsa(rsa_key(null, modulus, OCTETS("\x02\x07\x20\x00\x00\x00\x00\x00\x01")), 2048, 54, 1,
              "\"type\":\"RSA\",\"bits\":2048,\"exponent\":\"9007199254740993\"");
    check_rsa(rsa_key(null, modulus, OCTETS("\x02\x09\x00\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF")), 2048, 64, 1,
              "\"type\":\"RSA\",\"bits\":2048,\"exponent\":\"18446744073709551615\"");
    check_rsa(rsa_key(null, modulus, OCTETS("\x02\x09\x01\x00\x00\x00\x00\x00\x00\x00\x01")), 2048, 65, 1,
              "\"type\":\"RSA\",\"bits\":2048,\"exponent\":\"0x010000000000000001\"");
    /* Well-formed, but not usable as a key. */
    check_rsa(rsa_key(null, modulus, OCTETS("\x02\x01\x00")), 2048, 0, 0,
              "\"type\":\"RSA\",\"bits\":2048,\"exponent\":0");
    check_rsa(rsa_key(null, modulus, OCTETS("\x02\x01\x01")), 2048, 1, 0,
              "\"type\":\"RSA\",\"bits\":2048,\"exponent\":1");
    check_rsa(rsa_key(null, OCTETS("\x02\x02\x7F\xFE"), f4), 15, 17, 0,
              "\"type\":\"RSA\",\"bits\":15,\"exponent\":65537");
    /* Malformed. */
    check_rsa(rsa_key(null, OCTETS("\x02\x01\x80"), f4), 0, 0, 0, "\"type\":\"RSA\",\"malformed\":true");
    check_rsa(rsa_key(null, OCTETS("\x02\x00"), f4), 0, 0, 0, "\"type\":\"RSA\",\"malformed\":true");
    check_rsa(rsa_key(null, OCTETS("\x04\x01\x7F"), f4), 0, 0, 0, "\"type\":\"RSA\",\"malformed\":true");
    check_rsa(rsa_key(null, modulus, OCTETS("\x02\x01\x80")), 0, 0, 0, "\"type\":\"RSA\",\"malformed\":true");
    check_rsa(rsa_key(null, modulus, EMPTY), 0, 0, 0, "\"type\":\"RSA\",\"malformed\":true");
    check_rsa(rsa_key(null, modulus, OCTETS("\x02\x01\x03\x05\x00")), 0, 0, 0, "\"type\":\"RSA\",\"malformed\":true");
    check_rsa(build_key(null, EMPTY), 0, 0, 0, "\"type\":\"RSA\",\"malformed\":true");
    check_rsa(build_key(null, OCTETS("\x30\x06\x02\x01\x7F\x02\x01\x03\x00")), 0, 0, 0,
              "\"type\":\"RSA\",\"malformed\":true");
    check_rsa(rsa_key(OCTETS(RSA "\x04\x00"), modulus, f4), 2048, 17, 0,
              "\"type\":\"RSA\",\"bits\":2048,\"exponent\":65537,\"malformed\":true");
    build_free();
}

static void reads_rsa_pss_keys(void)
{
    const pagetls_slice algorithm = OCTETS("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A\x30\x00");
    const pagetls_slice spki = rsa_key(algorithm, integer_of_bits(3072), OCTETS("\x02\x03\x01\x00\x01"));
    pagetls_public_key key = read_key(spki);
    CHECK(key.type == PAGETLS_KEY_RSA_PSS && key.bits == 3072 && !key.malformed);
    CHECK(!pagetls_public_key_is_supported(&key) && !pagetls_public_key_is_usable(&key));
    check_described(spki, "\"type\":\"RSASSA-PSS\",\"bits\":3072,\"exponent\":65537");
    build_free();
}

static void reads_ed25519_keys(void)
{
    /* The base point, and a y-coordinate without a point (RFC 8032, section 5.1). */
    uint8_t base[32];
    uint8_t none[32] = { 2 };
    memset(base, 0x66, sizeof(base));
    base[0] = 0x58;
    const pagetls_slice algorithm = OCTETS("\x06\x03\x2B\x65\x70");
    const pagetls_slice spki = build_key(algorithm, (pagetls_slice) { base, sizeof(base) });
    pagetls_public_key key = read_key(spki);
    CHECK(key.type == PAGETLS_KEY_ED25519 && key.bits == 256 && !key.malformed);
    CHECK(memcmp(pagetls_public_key_ed25519(&key), base, sizeof(base)) == 0);
    CHECK(pagetls_public_key_is_supported(&key) && pagetls_public_key_is_usable(&key));
    check_described(spki, "\"type\":\"Ed25519\",\"bits\":256");
    key = read_key(build_key(algorithm, (pagetls_slice) { none, sizeof(none) }));
    CHECK(!key.malformed && !pagetls_public_key_is_usable(&key));
    /* RFC 8410, section 3: parameters must be absent. */
    const pagetls_slice malformed[] = {
        build_key(OCTETS("\x06\x03\x2B\x65\x70\x05\x00"), (pagetls_slice) { base, sizeof(base) }),
        build_key(algorithm, (pagetls_slice) { base, sizeof(base) - 1 }),
        build_key(algorithm, EMPTY),
    };
    for (size_t i = 0; i < COUNT(malformed); i++) {
        key = read_key(malformed[i]);
        CHECK(key.type == PAGETLS_KEY_ED25519 && key.bits == 0 && key.malformed && !pagetls_public_key_is_usable(&key));
        check_described(malformed[i], "\"type\":\"Ed25519\",\"malformed\":true");
    }
    build_free();
}

static void checks_points(void)
{
    pagetls_slice parts[BUILD_PARTS];
    build_certificate_parts(parts);
    pagetls_public_key key = read_key(parts[BUILD_PUBLIC_KEY]);
    CHECK(pagetls_public_key_is_usable(&key) && key.state == PAGETLS_KEY_USABLE);
    /* The state is determined once. */
    key.state = PAGETLS_KEY_UNUSABLE;
    CHECK(!pagetls_public_key_is_usable(&key));
    /* A point that is not on the curve. */
    uint8_t *copy = check_exact_copy(parts[BUILD_PUBLIC_KEY].p, parts[BUILD_PUBLIC_KEY].len);
    copy[parts[BUILD_PUBLIC_KEY].len - 1] ^= 1;
    key = read_key((pagetls_slice) { copy, parts[BUILD_PUBLIC_KEY].len });
    CHECK(!key.malformed && !pagetls_public_key_is_usable(&key) && key.state == PAGETLS_KEY_UNUSABLE);
    free(copy);
    build_free();
}

/* --- signature algorithms ------------------------------------------------------------------------ */

#define PSS "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0A"
#define SHA1_OID "\x06\x05\x2B\x0E\x03\x02\x1A"
#define SHA256_OID "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"
#define MGF1 "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x08"
#define PSS_HASH "\xA0\x0F\x30\x0D" SHA256_OID "\x05\x00"
#define PSS_MASK "\xA1\x1C\x30\x1A" MGF1 "\x30\x0D" SHA256_OID "\x05\x00"
#define PSS_SALT "\xA2\x03\x02\x01\x20"

static void reads_signature_algorithms(void)
{
    static const struct {
        pagetls_slice content;
        pagetls_signature_kind kind;
        pagetls_hash hash;
        int invalid;
        int supported;
    } algorithms[] = {
        { SLICE("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x04\x05\x00"), PAGETLS_SIGNATURE_RSA_PKCS1, PAGETLS_HASH_MD5,
          0, 1 },
        { SLICE("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x05\x05\x00"), PAGETLS_SIGNATURE_RSA_PKCS1, PAGETLS_HASH_SHA1,
          0, 1 },
        { SLICE("\x06\x05\x2B\x0E\x03\x02\x1D\x05\x00"), PAGETLS_SIGNATURE_RSA_PKCS1, PAGETLS_HASH_SHA1, 0, 1 },
        { SLICE("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0E\x05\x00"), PAGETLS_SIGNATURE_RSA_PKCS1,
          PAGETLS_HASH_SHA224, 0, 1 },
        { SLICE("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B\x05\x00"), PAGETLS_SIGNATURE_RSA_PKCS1,
          PAGETLS_HASH_SHA256, 0, 1 },
        { SLICE("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B"), PAGETLS_SIGNATURE_RSA_PKCS1, PAGETLS_HASH_SHA256, 0,
          1 },
        { SLICE("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0B\x04\x00"), PAGETLS_SIGNATURE_RSA_PKCS1,
          PAGETLS_HASH_SHA256, 1, 0 },
        { SLICE("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0C\x05\x00"), PAGETLS_SIGNATURE_RSA_PKCS1,
          PAGETLS_HASH_SHA384, 0, 1 },
        { SLICE("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x01\x0D\x05\x00"), PAGETLS_SIGNATURE_RSA_PKCS1,
          PAGETLS_HASH_SHA512, 0, 1 },
        { SLICE("\x06\x07\x2A\x86\x48\xCE\x3D\x04\x01"), PAGETLS_SIGNATURE_ECDSA, PAGETLS_HASH_SHA1, 0, 1 },
        { SLICE("\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x01"), PAGETLS_SIGNATURE_ECDSA, PAGETLS_HASH_SHA224, 0, 1 },
        { SLICE("\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02"), PAGETLS_SIGNATURE_ECDSA, PAGETLS_HASH_SHA256, 0, 1 },
        { SLICE("\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x03"), PAGETLS_SIGNATURE_ECDSA, PAGETLS_HASH_SHA384, 0, 1 },
        { SLICE("\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x04"), PAGETLS_SIGNATURE_ECDSA, PAGETLS_HASH_SHA512, 0, 1 },
        { SLICE("\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02\x05\x00"), PAGETLS_SIGNATURE_ECDSA, PAGETLS_HASH_SHA256, 0,
          1 },
        { SLICE("\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02\x02\x01\x01"), PAGETLS_SIGNATURE_ECDSA, PAGETLS_HASH_SHA256,
          1, 0 },
        { SLICE("\x06\x03\x2B\x65\x70"), PAGETLS_SIGNATURE_ED25519, PAGETLS_HASH_NONE, 0, 1 },
        { SLICE("\x06\x03\x2B\x65\x70\x05\x00"), PAGETLS_SIGNATURE_ED25519, PAGETLS_HASH_NONE, 1, 0 },
        { SLICE("\x06\x03\x2B\x65\x71"), PAGETLS_SIGNATURE_UNKNOWN, PAGETLS_HASH_NONE, 0, 0 },
        { SLICE("\x06\x03\x2A\x03\x04\x04\x02\x01\x02"), PAGETLS_SIGNATURE_UNKNOWN, PAGETLS_HASH_NONE, 0, 0 },
        /* RSASSA-PSS-params (RFC 4055, section 3.1). */
        { SLICE(PSS "\x30\x34" PSS_HASH PSS_MASK PSS_SALT), PAGETLS_SIGNATURE_RSA_PSS, PAGETLS_HASH_SHA256, 0, 1 },
        { SLICE(PSS "\x30\x39" PSS_HASH PSS_MASK PSS_SALT "\xA3\x03\x02\x01\x01"), PAGETLS_SIGNATURE_RSA_PSS,
          PAGETLS_HASH_SHA256, 0, 1 },
        { SLICE(PSS "\x30\x39" PSS_HASH PSS_MASK PSS_SALT "\xA3\x03\x02\x01\x02"), PAGETLS_SIGNATURE_RSA_PSS,
          PAGETLS_HASH_SHA256, 1, 0 },
        { SLICE(PSS "\x30\x00"), PAGETLS_SIGNATURE_RSA_PSS, PAGETLS_HASH_SHA1, 0, 1 },            /* all defaults */
        { SLICE(PSS "\x30\x11" PSS_HASH), PAGETLS_SIGNATURE_RSA_PSS, PAGETLS_HASH_SHA256, 0, 0 }, /* MGF1 with SHA-1 */
        { SLICE(PSS "\x30\x1E" PSS_MASK), PAGETLS_SIGNATURE_RSA_PSS, PAGETLS_HASH_SHA1, 0, 0 },
        { SLICE(PSS "\x30\x0B\xA0\x09\x30\x07" SHA1_OID), PAGETLS_SIGNATURE_RSA_PSS, PAGETLS_HASH_SHA1, 0, 1 },
        { SLICE(PSS "\x30\x0B\xA0\x09\x30\x07\x06\x05\x2B\x0E\x03\x02\x1B"), PAGETLS_SIGNATURE_RSA_PSS,
          PAGETLS_HASH_NONE, 1, 0 },
        { SLICE(PSS "\x30\x0F\xA0\x0D\x30\x0B" SHA1_OID "\x05\x00\x05\x00"), PAGETLS_SIGNATURE_RSA_PSS,
          PAGETLS_HASH_SHA1, 1, 0 },
        { SLICE(PSS "\x30\x05\xA2\x03\x02\x01\x80"), PAGETLS_SIGNATURE_RSA_PSS, PAGETLS_HASH_SHA1, 1,
          0 }, /* a negative salt length */
        { SLICE(PSS "\x30\x07\xA2\x05\x02\x03\x01\x00\x00"), PAGETLS_SIGNATURE_RSA_PSS, PAGETLS_HASH_SHA1, 1, 0 },
        { SLICE(PSS "\x30\x34" PSS_MASK PSS_HASH PSS_SALT), PAGETLS_SIGNATURE_RSA_PSS, PAGETLS_HASH_SHA1, 1,
          0 }, /* wrong order */
        { SLICE(PSS "\x30\x02\x05\x00"), PAGETLS_SIGNATURE_RSA_PSS, PAGETLS_HASH_SHA1, 1, 0 },
        { SLICE(PSS "\x05\x00"), PAGETLS_SIGNATURE_RSA_PSS, PAGETLS_HASH_SHA1, 1, 0 },
        { SLICE(PSS), PAGETLS_SIGNATURE_RSA_PSS, PAGETLS_HASH_SHA1, 1, 0 },
    };
    for (size_t i = 0; i < COUNT(algorithms); i++) {
        pagetls_signature_algorithm algorithm;
        pagetls_read_error error;
        const pagetls_slice built = BUILD_SEQUENCE(algorithms[i].content);
        uint8_t *exact = check_exact_copy(built.p, built.len);
        pagetls_slice from = { exact, built.len };
        memset(&algorithm, 0x55, sizeof(algorithm)); /* shows fields that are not set */
        check_context("algorithm %zu", i);
        CHECK_INT(pagetls_signature_algorithm_read(&algorithm, &from, PAGETLS_FIELD_SIGNATURE_ALGORITHM, &error), 0);
        CHECK_INT(from.len, 0);
        CHECK(pagetls_slices_equal(algorithm.identifier, algorithms[i].content));
        CHECK_INT(algorithm.kind, algorithms[i].kind);
        CHECK_INT(algorithm.hash, algorithms[i].hash);
        CHECK_INT(algorithm.invalid_parameters, algorithms[i].invalid);
        CHECK_INT(pagetls_signature_algorithm_is_supported(&algorithm), algorithms[i].supported);
        free(exact);
    }
    check_context("%s", "");
    build_free();
}

/* Bits of mbedtls_rsa_complete()'s arguments. */
enum { N = 1, P = 2, Q = 4, D = 8, E = 16 };

static int complete(int given)
{
    static const int numbers[] = { 3233, 61, 53, 2753, 17 }; /* of one key */
    mbedtls_mpi values[COUNT(numbers)];
    mbedtls_mpi *parts[COUNT(numbers)];
    mbedtls_rsa_context rsa;
    mbedtls_rsa_init(&rsa);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        mbedtls_mpi_init(&values[i]);
        CHECK_INT(mbedtls_mpi_lset(&values[i], numbers[i]), 0);
        parts[i] = (given >> i & 1) != 0 ? &values[i] : NULL;
    }
    CHECK_INT(mbedtls_rsa_import(&rsa, parts[0], parts[1], parts[2], parts[3], parts[4]), 0);
    int ret = mbedtls_rsa_complete(&rsa);
    mbedtls_rsa_free(&rsa);
    for (size_t i = 0; i < COUNT(numbers); i++) {
        mbedtls_mpi_free(&values[i]);
    }
    return ret;
}

static void leaves_out_unused_rsa(void)
{
    const int unused = MBEDTLS_ERR_PLATFORM_FEATURE_UNSUPPORTED;
    mbedtls_rsa_context rsa;
    uint8_t bytes[1] = { 0 };
    size_t len = 0;
    mbedtls_rsa_init(&rsa);
    CHECK_INT(mbedtls_rsa_pkcs1_encrypt(&rsa, NULL, NULL, 1, bytes, bytes), unused);
    CHECK_INT(mbedtls_rsa_pkcs1_decrypt(&rsa, NULL, NULL, &len, bytes, bytes, 1), unused);
    mbedtls_rsa_free(&rsa);
    CHECK_INT(complete(N | E), 0);
    CHECK_INT(complete(N | D | E), MBEDTLS_ERR_RSA_BAD_INPUT_DATA + unused);
    CHECK_INT(complete(P | Q | E), MBEDTLS_ERR_RSA_BAD_INPUT_DATA + unused);
    CHECK_INT(complete(N | P | Q | D | E), MBEDTLS_ERR_RSA_BAD_INPUT_DATA + unused);
}

const native_test keys_tests[] = {
    { "keys of every algorithm and curve are read, and described with their known properties",
      reads_keys_without_fields },
    { "an RSA key is described with the size of its modulus and its exact exponent", reads_rsa_keys },
    { "a key restricted to RSASSA-PSS is read, but is not usable", reads_rsa_pss_keys },
    { "an Ed25519 key is usable if it has 32 octets, a point and no parameters", reads_ed25519_keys },
    { "an EC key is usable if it is a point on its curve", checks_points },
    { "signature algorithms are read with their hash, and invalid parameters are flagged", reads_signature_algorithms },
    { "RSA neither encrypts nor completes private keys", leaves_out_unused_rsa },
    { NULL, NULL },
};
