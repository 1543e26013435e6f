/* The functions of PSA Crypto that Mbed TLS calls for TLS 1.3, with our kernels, instead of Mbed TLS's psa_crypto….c
 * (crypto/kernels.cmake): ephemeral keys for ECDH, HKDF, and the HMAC of Finished. Mbed TLS alone calls them, so there
 * are no policies and only the checks that its calls need. A call of any other function fails to link. */
#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* the fields of an operation of key derivation */
#include "psa/crypto.h"

#include <string.h>

#include "crypto/curve.h"
#include "crypto/x25519.h"
#include "host/heap.h"
#include "host/zeroize.h"
#include "mbedtls/hkdf.h"
#include "psa_util_internal.h"

enum { X25519_BYTES = 32 };

static psa_status_t status_of(int ret)
{
    return ret == 0                          ? PSA_SUCCESS
        : ret == MBEDTLS_ERR_MD_ALLOC_FAILED ? PSA_ERROR_INSUFFICIENT_MEMORY
                                             : PSA_ERROR_INVALID_ARGUMENT;
}

/** The hash that is part of the number of an algorithm. */
static const mbedtls_md_info_t *md_of(psa_algorithm_t algorithm)
{
    return mbedtls_md_info_from_type(mbedtls_md_type_from_psa_alg(algorithm));
}

psa_status_t psa_crypto_init(void)
{
    return PSA_SUCCESS;
}

psa_status_t psa_generate_random(uint8_t *out, size_t len)
{
    size_t written;
    return mbedtls_psa_external_get_random(NULL, out, len, &written);
}

/* --- keys -------------------------------------------------------------------------------- */

/** A key for ECDH: a curve's scalar, or X25519's octets; or one for HMAC. */
typedef struct ephemeral_key {
    struct ephemeral_key *next;
    mbedtls_svc_key_id_t id;
    psa_key_type_t type;
    size_t bits;
    size_t len;
    uint8_t bytes[PAGETLS_CURVE_MAX_BYTES];
} ephemeral_key;

static ephemeral_key *keys; /* at most one for each connection in a handshake, and one during a calculation */

/** Returns the pointer to the key with this number, or to the NULL at the end. */
static ephemeral_key **find_key(mbedtls_svc_key_id_t id)
{
    ephemeral_key **place = &keys;
    while (*place != NULL && (*place)->id != id) {
        place = &(*place)->next;
    }
    return place;
}

static ephemeral_key *new_key(const psa_key_attributes_t *attributes, size_t len)
{
    static mbedtls_svc_key_id_t last_id;
    ephemeral_key *key = pagetls_heap_calloc(1, sizeof(*key));
    if (key != NULL) {
        do {
            last_id++;
        } while (last_id == 0 || *find_key(last_id) != NULL);
        *key = (ephemeral_key) { keys, last_id, psa_get_key_type(attributes), psa_get_key_bits(attributes), len, { 0 } };
        keys = key;
    }
    return key;
}

psa_status_t psa_destroy_key(mbedtls_svc_key_id_t id)
{
    ephemeral_key **place = find_key(id);
    ephemeral_key *key = *place;
    if (key != NULL) {
        *place = key->next;
        pagetls_heap_free(key); /* zeroizes it */
    }
    return key != NULL || id == 0 ? PSA_SUCCESS : PSA_ERROR_INVALID_HANDLE;
}

psa_status_t psa_get_key_attributes(mbedtls_svc_key_id_t id, psa_key_attributes_t *attributes)
{
    const ephemeral_key *key = *find_key(id);
    if (key == NULL) {
        return PSA_ERROR_INVALID_HANDLE;
    }
    psa_set_key_type(attributes, key->type);
    psa_set_key_bits(attributes, key->bits);
    return PSA_SUCCESS;
}

psa_status_t psa_import_key(const psa_key_attributes_t *attributes, const uint8_t *data, size_t len,
                            mbedtls_svc_key_id_t *id)
{
    if (len > PAGETLS_CURVE_MAX_BYTES) {
        return PSA_ERROR_NOT_SUPPORTED;
    }
    ephemeral_key *key = new_key(attributes, len);
    if (key == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    memcpy(key->bytes, data, len);
    *id = key->id;
    return PSA_SUCCESS;
}

/** For pk.c, which calls it in a function that nothing calls: WebAssembly's linker leaves out both. */
psa_status_t psa_export_key(mbedtls_svc_key_id_t id, uint8_t *out, size_t size, size_t *len)
{
    (void) id;
    (void) out;
    (void) size;
    (void) len;
    return PSA_ERROR_NOT_SUPPORTED;
}

/* --- ECDH -------------------------------------------------------------------------------- */

/** Returns NULL for X25519. */
static const pagetls_curve *curve_of(const ephemeral_key *key)
{
    return key->bits == 256 ? &pagetls_p256
        : key->bits == 384  ? &pagetls_p384
        : key->bits == 521  ? &pagetls_p521
                            : NULL;
}

psa_status_t psa_generate_key(const psa_key_attributes_t *attributes, mbedtls_svc_key_id_t *id)
{
    enum { X25519_BITS = 255, TRIES_MAX = 30 }; /* each try fails with a probability below 1 in 2^31 */
    ephemeral_key *key = new_key(attributes, PSA_BITS_TO_BYTES(psa_get_key_bits(attributes)));
    if (key == NULL) {
        return PSA_ERROR_INSUFFICIENT_MEMORY;
    }
    const pagetls_curve *curve = curve_of(key);
    psa_status_t status = PSA_ERROR_NOT_SUPPORTED;
    if (curve == NULL && key->bits == X25519_BITS) {
        status = psa_generate_random(key->bytes, X25519_BYTES);
    }
    for (int tries = 0; curve != NULL && status != PSA_SUCCESS && tries < TRIES_MAX; tries++) {
        status = psa_generate_random(key->bytes, key->len);
        key->bytes[0] &= (uint8_t) (0xFF >> (-key->bits % 8));
        if (status == PSA_SUCCESS && !pagetls_curve_is_scalar(curve, key->bytes)) {
            status = PSA_ERROR_INSUFFICIENT_ENTROPY;
        }
    }
    *id = key->id;
    if (status != PSA_SUCCESS) {
        psa_destroy_key(key->id);
        *id = 0;
    }
    return status;
}

psa_status_t psa_export_public_key(mbedtls_svc_key_id_t id, uint8_t *out, size_t size, size_t *len)
{
    static const uint8_t base[X25519_BYTES] = { 9 };
    const ephemeral_key *key = *find_key(id);
    if (key == NULL) {
        return PSA_ERROR_INVALID_HANDLE;
    }
    const pagetls_curve *curve = curve_of(key);
    *len = curve == NULL ? X25519_BYTES : 1 + 2 * curve->bytes;
    if (size < *len) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    if (curve == NULL) {
        pagetls_x25519(out, key->bytes, base);
        return PSA_SUCCESS;
    }
    out[0] = 4; /* uncompressed */
    return pagetls_curve_multiply(curve, out + 1, key->bytes, NULL) == 0 ? PSA_SUCCESS : PSA_ERROR_INVALID_ARGUMENT;
}

psa_status_t psa_raw_key_agreement(psa_algorithm_t algorithm, mbedtls_svc_key_id_t id, const uint8_t *peer,
                                   size_t peer_len, uint8_t *out, size_t size, size_t *len)
{
    (void) algorithm; /* ECDH */
    const ephemeral_key *key = *find_key(id);
    uint8_t point[2 * PAGETLS_CURVE_MAX_BYTES];
    if (key == NULL) {
        return PSA_ERROR_INVALID_HANDLE;
    }
    if (size < key->len) {
        return PSA_ERROR_BUFFER_TOO_SMALL;
    }
    const pagetls_curve *curve = curve_of(key);
    int is_valid = 0;
    if (curve != NULL) {
        is_valid = peer_len == 1 + 2 * key->len && peer[0] == 4 &&
            pagetls_curve_multiply(curve, point, key->bytes, peer + 1) == 0;
    } else if (peer_len == X25519_BYTES) {
        pagetls_x25519(point, key->bytes, peer);
        uint8_t all = 0;
        for (size_t i = 0; i < X25519_BYTES; i++) {
            all |= point[i];
        }
        is_valid = all != 0; /* RFC 8446, section 7.4.2: not for a peer's key of low order */
    }
    if (is_valid) {
        memcpy(out, point, key->len);
        *len = key->len;
    }
    pagetls_zeroize(point, sizeof(point));
    return is_valid ? PSA_SUCCESS : PSA_ERROR_INVALID_ARGUMENT;
}

/* --- hashes, HMAC and HKDF --------------------------------------------------------------- */

psa_status_t psa_hash_compute(psa_algorithm_t algorithm, const uint8_t *in, size_t in_len, uint8_t *out, size_t size,
                              size_t *len)
{
    const mbedtls_md_info_t *md = md_of(algorithm);
    *len = mbedtls_md_get_size(md);
    return size < *len ? PSA_ERROR_BUFFER_TOO_SMALL : status_of(mbedtls_md(md, in, in_len, out));
}

psa_status_t psa_mac_compute(mbedtls_svc_key_id_t id, psa_algorithm_t algorithm, const uint8_t *in, size_t in_len,
                             uint8_t *out, size_t size, size_t *len)
{
    const mbedtls_md_info_t *md = md_of(algorithm);
    const ephemeral_key *key = *find_key(id);
    *len = mbedtls_md_get_size(md);
    return key == NULL ? PSA_ERROR_INVALID_HANDLE
        : size < *len  ? PSA_ERROR_BUFFER_TOO_SMALL
                       : status_of(mbedtls_md_hmac(md, key->bytes, key->len, in, in_len, out));
}

/* Mbed TLS gives two inputs, the HMAC's key first, then takes the whole output at once. The second input stays where it
 * is until then. */

psa_status_t psa_key_derivation_setup(psa_key_derivation_operation_t *operation, psa_algorithm_t algorithm)
{
    operation->alg = algorithm;
    operation->capacity = 0;
    operation->ctx.hkdf.info = NULL;
    return md_of(algorithm) == NULL ? PSA_ERROR_NOT_SUPPORTED : PSA_SUCCESS;
}

psa_status_t psa_key_derivation_input_bytes(psa_key_derivation_operation_t *operation, psa_key_derivation_step_t step,
                                            const uint8_t *data, size_t len)
{
    psa_hkdf_key_derivation_t *hkdf = &operation->ctx.hkdf;
    const int is_extract = PSA_ALG_IS_HKDF_EXTRACT(operation->alg);
    if (step == (is_extract ? PSA_KEY_DERIVATION_INPUT_SALT : PSA_KEY_DERIVATION_INPUT_SECRET)) {
        if (len > sizeof(hkdf->prk)) {
            return PSA_ERROR_INVALID_ARGUMENT;
        }
        memcpy(hkdf->prk, data, len);
        operation->capacity = len;
        return PSA_SUCCESS;
    }
    memcpy(&hkdf->info, &data, sizeof(data)); /* a pointer to const becomes one that nothing writes through */
    hkdf->info_length = len;
    return PSA_SUCCESS;
}

psa_status_t psa_key_derivation_output_bytes(psa_key_derivation_operation_t *operation, uint8_t *out, size_t len)
{
    const psa_hkdf_key_derivation_t *hkdf = &operation->ctx.hkdf;
    const mbedtls_md_info_t *md = md_of(operation->alg);
    if (!PSA_ALG_IS_HKDF_EXTRACT(operation->alg)) {
        return status_of(
            mbedtls_hkdf_expand(md, hkdf->prk, operation->capacity, hkdf->info, hkdf->info_length, out, len));
    }
    return len != mbedtls_md_get_size(md)
        ? PSA_ERROR_INVALID_ARGUMENT
        : status_of(mbedtls_md_hmac(md, hkdf->prk, operation->capacity, hkdf->info, hkdf->info_length, out));
}

psa_status_t psa_key_derivation_abort(psa_key_derivation_operation_t *operation)
{
    pagetls_zeroize(operation, sizeof(*operation));
    return PSA_SUCCESS;
}
