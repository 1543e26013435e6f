/* PSA Crypto as TLS 1.3 uses it (wasm/mbedtls/psa_adapter.c): ephemeral keys, HKDF, HMAC and hashes. */
#include <string.h>

#include "check.h"
#include "groups.h"
#include "native_host.h"
#include "psa/crypto.h"

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))
#define BYTES(literal) (const uint8_t *) (literal), sizeof(literal) - 1
#define SHARE_MAX 133

static const struct {
    psa_key_type_t type;
    size_t bits;
    size_t share; /* its length */
    size_t secret;
} groups[] = {
    { PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_MONTGOMERY), 255, 32, 32 },
    { PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 256, 65, 32 },
    { PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 384, 97, 48 },
    { PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_SECP_R1), 521, 133, 66 },
};

static psa_key_attributes_t attributes_of(psa_key_type_t type, size_t bits, psa_key_usage_t usage,
                                          psa_algorithm_t algorithm)
{
    psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
    psa_set_key_usage_flags(&attributes, usage);
    psa_set_key_algorithm(&attributes, algorithm);
    psa_set_key_type(&attributes, type);
    psa_set_key_bits(&attributes, bits);
    return attributes;
}

static psa_status_t generate(size_t group, mbedtls_svc_key_id_t *id)
{
    psa_key_attributes_t attributes =
        attributes_of(groups[group].type, groups[group].bits, PSA_KEY_USAGE_DERIVE, PSA_ALG_ECDH);
    return psa_generate_key(&attributes, id);
}

static psa_status_t agree(mbedtls_svc_key_id_t id, const uint8_t *share, size_t len, uint8_t *out, size_t size)
{
    size_t written;
    return psa_raw_key_agreement(PSA_ALG_ECDH, id, share, len, out, size, &written);
}

static void both_sides_agree(void)
{
    for (size_t i = 0; i < COUNT(groups); i++) {
        mbedtls_svc_key_id_t ids[2] = { 0, 0 };
        uint8_t shares[2][SHARE_MAX], secrets[2][66];
        size_t len;
        check_context("%zu bits", groups[i].bits);
        for (int side = 0; side < 2; side++) {
            psa_key_attributes_t attributes = PSA_KEY_ATTRIBUTES_INIT;
            CHECK_INT(generate(i, &ids[side]), PSA_SUCCESS);
            CHECK_INT(psa_get_key_attributes(ids[side], &attributes), PSA_SUCCESS);
            CHECK_INT(psa_get_key_bits(&attributes), groups[i].bits);
            CHECK_INT(psa_get_key_type(&attributes), groups[i].type);
            CHECK_INT(psa_export_public_key(ids[side], shares[side], groups[i].share - 1, &len),
                      PSA_ERROR_BUFFER_TOO_SMALL);
            CHECK_INT(psa_export_public_key(ids[side], shares[side], SHARE_MAX, &len), PSA_SUCCESS);
            CHECK_INT(len, groups[i].share);
        }
        CHECK(ids[0] != ids[1]);
        CHECK(memcmp(shares[0], shares[1], groups[i].share) != 0);
        for (int side = 0; side < 2; side++) {
            CHECK_INT(psa_raw_key_agreement(PSA_ALG_ECDH, ids[side], shares[!side], groups[i].share, secrets[side],
                                            sizeof(secrets[side]), &len),
                      PSA_SUCCESS);
            CHECK_INT(len, groups[i].secret);
        }
        CHECK(memcmp(secrets[0], secrets[1], groups[i].secret) == 0);
        CHECK_INT(agree(ids[0], shares[1], groups[i].share, secrets[0], groups[i].secret - 1),
                  PSA_ERROR_BUFFER_TOO_SMALL);
        CHECK_INT(psa_destroy_key(ids[0]), PSA_SUCCESS);
        CHECK_INT(psa_destroy_key(ids[0]), PSA_ERROR_INVALID_HANDLE);
        CHECK_INT(agree(ids[0], shares[1], groups[i].share, secrets[0], sizeof(secrets[0])), PSA_ERROR_INVALID_HANDLE);
        CHECK_INT(psa_export_public_key(ids[0], shares[0], SHARE_MAX, &len), PSA_ERROR_INVALID_HANDLE);
        CHECK_INT(psa_destroy_key(ids[1]), PSA_SUCCESS);
    }
    check_context("%s", "");
    CHECK_INT(psa_destroy_key(0), PSA_SUCCESS);
}

static void bad_shares_are_rejected(void)
{
    static const uint8_t low_order[][32] = { { 0 }, { 1 }, { [31] = 0x80 } };
    mbedtls_svc_key_id_t id;
    uint8_t secret[66], share[SHARE_MAX];
    size_t len;
    REQUIRE(generate(0, &id) == PSA_SUCCESS);
    for (size_t i = 0; i < COUNT(low_order); i++) {
        CHECK_INT(agree(id, low_order[i], 32, secret, sizeof(secret)), PSA_ERROR_INVALID_ARGUMENT);
    }
    memset(share, 9, sizeof(share));
    CHECK_INT(agree(id, share, 31, secret, sizeof(secret)), PSA_ERROR_INVALID_ARGUMENT);
    CHECK_INT(agree(id, share, 33, secret, sizeof(secret)), PSA_ERROR_INVALID_ARGUMENT);
    CHECK_INT(agree(id, share, 32, secret, sizeof(secret)), PSA_SUCCESS);
    CHECK_INT(psa_destroy_key(id), PSA_SUCCESS);
    for (size_t i = 1; i < COUNT(groups); i++) {
        check_context("%zu bits", groups[i].bits);
        REQUIRE(generate(i, &id) == PSA_SUCCESS);
        REQUIRE(psa_export_public_key(id, share, sizeof(share), &len) == PSA_SUCCESS);
        CHECK_INT(agree(id, share, len - 1, secret, sizeof(secret)), PSA_ERROR_INVALID_ARGUMENT);
        CHECK_INT(agree(id, share, 0, secret, sizeof(secret)), PSA_ERROR_INVALID_ARGUMENT);
        share[0] = 2; /* compressed */
        CHECK_INT(agree(id, share, len, secret, sizeof(secret)), PSA_ERROR_INVALID_ARGUMENT);
        CHECK_INT(agree(id, share, 1 + groups[i].secret, secret, sizeof(secret)), PSA_ERROR_INVALID_ARGUMENT);
        share[0] = 4;
        share[len - 1] ^= 1; /* not on the curve */
        CHECK_INT(agree(id, share, len, secret, sizeof(secret)), PSA_ERROR_INVALID_ARGUMENT);
        share[len - 1] ^= 1;
        CHECK_INT(agree(id, share, len, secret, sizeof(secret)), PSA_SUCCESS);
        CHECK_INT(psa_destroy_key(id), PSA_SUCCESS);
    }
    check_context("%s", "");
}

static void no_key_without_randomness(void)
{
    for (size_t i = 0; i < COUNT(groups); i++) {
        mbedtls_svc_key_id_t id = 1;
        native_host_fail_random(0);
        CHECK_INT(generate(i, &id), PSA_ERROR_INSUFFICIENT_ENTROPY);
        native_host_fail_random(-1);
        CHECK_INT(id, 0);
    }
}

static void only_known_groups_have_keys(void)
{
    mbedtls_svc_key_id_t id = 1;
    psa_key_attributes_t attributes =
        attributes_of(PSA_KEY_TYPE_ECC_KEY_PAIR(PSA_ECC_FAMILY_MONTGOMERY), 448, PSA_KEY_USAGE_DERIVE, PSA_ALG_ECDH);
    CHECK_INT(psa_generate_key(&attributes, &id), PSA_ERROR_NOT_SUPPORTED);
    CHECK_INT(id, 0);
}

static psa_status_t derive(psa_algorithm_t algorithm, psa_key_derivation_step_t first, const uint8_t *key,
                           size_t key_len, psa_key_derivation_step_t second, const uint8_t *data, size_t len,
                           uint8_t *out, size_t out_len)
{
    psa_key_derivation_operation_t operation = PSA_KEY_DERIVATION_OPERATION_INIT;
    psa_status_t status = psa_key_derivation_setup(&operation, algorithm);
    status = status != PSA_SUCCESS ? status : psa_key_derivation_input_bytes(&operation, first, key, key_len);
    status = status != PSA_SUCCESS ? status : psa_key_derivation_input_bytes(&operation, second, data, len);
    status = status != PSA_SUCCESS ? status : psa_key_derivation_output_bytes(&operation, out, out_len);
    CHECK_INT(psa_key_derivation_abort(&operation), PSA_SUCCESS);
    return status;
}

static const uint8_t prk[] = { 0x07, 0x77, 0x09, 0x36, 0x2c, 0x2e, 0x32, 0xdf, 0x0d, 0xdc, 0x3f,
                               0x0d, 0xc4, 0x7b, 0xba, 0x63, 0x90, 0xb6, 0xc7, 0x3b, 0xb5, 0x0f,
                               0x9c, 0x31, 0x22, 0xec, 0x84, 0x4a, 0xd7, 0xc2, 0xb3, 0xe5 };

static void hkdf_is_that_of_rfc_5869(void)
{
    /* Appendix A.1 */
    static const uint8_t okm[] = { 0x3c, 0xb2, 0x5f, 0x25, 0xfa, 0xac, 0xd5, 0x7a, 0x90, 0x43, 0x4f, 0x64, 0xd0, 0x36,
                                   0x2f, 0x2a, 0x2d, 0x2d, 0x0a, 0x90, 0xcf, 0x1a, 0x5a, 0x4c, 0x5d, 0xb0, 0x2d, 0x56,
                                   0xec, 0xc4, 0xc5, 0xbf, 0x34, 0x00, 0x72, 0x08, 0xd5, 0xb8, 0x87, 0x18, 0x58, 0x65 };
    uint8_t ikm[22], out[64];
    memset(ikm, 0x0b, sizeof(ikm));
    CHECK_INT(derive(PSA_ALG_HKDF_EXTRACT(PSA_ALG_SHA_256), PSA_KEY_DERIVATION_INPUT_SALT,
                     BYTES("\x00\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x0b\x0c"), PSA_KEY_DERIVATION_INPUT_SECRET,
                     ikm, sizeof(ikm), out, sizeof(prk)),
              PSA_SUCCESS);
    CHECK(memcmp(out, prk, sizeof(prk)) == 0);
    CHECK_INT(derive(PSA_ALG_HKDF_EXPAND(PSA_ALG_SHA_256), PSA_KEY_DERIVATION_INPUT_SECRET, prk, sizeof(prk),
                     PSA_KEY_DERIVATION_INPUT_INFO, BYTES("\xf0\xf1\xf2\xf3\xf4\xf5\xf6\xf7\xf8\xf9"), out, sizeof(okm)),
              PSA_SUCCESS);
    CHECK(memcmp(out, okm, sizeof(okm)) == 0);
    CHECK_INT(derive(PSA_ALG_HKDF_EXTRACT(PSA_ALG_SHA_256), PSA_KEY_DERIVATION_INPUT_SALT, prk, sizeof(prk),
                     PSA_KEY_DERIVATION_INPUT_SECRET, ikm, sizeof(ikm), out, 31),
              PSA_ERROR_INVALID_ARGUMENT);
    uint8_t unchanged = out[0];
    uint8_t long_salt[65] = { 0 };
    CHECK_INT(derive(PSA_ALG_HKDF_EXTRACT(PSA_ALG_SHA_256), PSA_KEY_DERIVATION_INPUT_SALT, long_salt, sizeof(long_salt),
                     PSA_KEY_DERIVATION_INPUT_SECRET, ikm, sizeof(ikm), out, 32),
              PSA_ERROR_INVALID_ARGUMENT);
    CHECK_INT(out[0], unchanged);
    CHECK_INT(derive(PSA_ALG_HKDF_EXPAND(0), PSA_KEY_DERIVATION_INPUT_SECRET, prk, sizeof(prk),
                     PSA_KEY_DERIVATION_INPUT_INFO, ikm, sizeof(ikm), out, 32),
              PSA_ERROR_NOT_SUPPORTED);
}

static void hmac_and_hashes_are_those_of_their_standards(void)
{
    /* RFC 4231, section 4.3 (test case 2) */
    static const uint8_t mac[] = { 0x5b, 0xdc, 0xc1, 0x46, 0xbf, 0x60, 0x75, 0x4e, 0x6a, 0x04, 0x24,
                                   0x26, 0x08, 0x95, 0x75, 0xc7, 0x5a, 0x00, 0x3f, 0x08, 0x9d, 0x27,
                                   0x39, 0x83, 0x9d, 0xec, 0x58, 0xb9, 0x64, 0xec, 0x38, 0x43 };
    /* FIPS 180-4: the beginning of SHA-384's value for "abc" */
    static const uint8_t sha384[] = { 0xcb, 0x00, 0x75, 0x3f, 0x45, 0xa3, 0x5e, 0x8b };
    psa_key_attributes_t attributes =
        attributes_of(PSA_KEY_TYPE_HMAC, 0, PSA_KEY_USAGE_SIGN_MESSAGE, PSA_ALG_HMAC(PSA_ALG_SHA_256));
    mbedtls_svc_key_id_t id;
    uint8_t out[48];
    size_t len;
    REQUIRE(psa_import_key(&attributes, BYTES("Jefe"), &id) == PSA_SUCCESS);
    CHECK_INT(psa_mac_compute(id, PSA_ALG_HMAC(PSA_ALG_SHA_256), BYTES("what do ya want for nothing?"), out, 32, &len),
              PSA_SUCCESS);
    CHECK_INT(len, 32);
    CHECK(memcmp(out, mac, sizeof(mac)) == 0);
    CHECK_INT(psa_mac_compute(id, PSA_ALG_HMAC(PSA_ALG_SHA_256), BYTES("x"), out, 31, &len), PSA_ERROR_BUFFER_TOO_SMALL);
    CHECK_INT(psa_destroy_key(id), PSA_SUCCESS);
    CHECK_INT(psa_mac_compute(id, PSA_ALG_HMAC(PSA_ALG_SHA_256), BYTES("x"), out, 32, &len), PSA_ERROR_INVALID_HANDLE);
    uint8_t too_long[67] = { 0 };
    CHECK(psa_import_key(&attributes, too_long, sizeof(too_long), &id) != PSA_SUCCESS);
    CHECK_INT(psa_hash_compute(PSA_ALG_SHA_384, BYTES("abc"), out, sizeof(out), &len), PSA_SUCCESS);
    CHECK_INT(len, 48);
    CHECK(memcmp(out, sha384, sizeof(sha384)) == 0);
    CHECK_INT(psa_hash_compute(PSA_ALG_SHA_384, BYTES("abc"), out, 47, &len), PSA_ERROR_BUFFER_TOO_SMALL);
    CHECK_INT(psa_hash_compute(PSA_ALG_NONE, BYTES("abc"), out, sizeof(out), &len), PSA_ERROR_INVALID_ARGUMENT);
}

const native_test ephemeral_tests[] = {
    { "two ephemeral keys of a group make the same secret", both_sides_agree },
    { "a key share that is no point, or of low order, makes no secret", bad_shares_are_rejected },
    { "without randomness there is no ephemeral key", no_key_without_randomness },
    { "a group without a kernel has no ephemeral key", only_known_groups_have_keys },
    { "HKDF is that of RFC 5869", hkdf_is_that_of_rfc_5869 },
    { "HMAC and hashes are those of their standards", hmac_and_hashes_are_those_of_their_standards },
    { NULL, NULL },
};
