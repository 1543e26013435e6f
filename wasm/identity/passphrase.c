#include "identity/passphrase.h"

#include <string.h>

#include "crypto/kdf.h"
#include "host/heap.h"
#include "host/last_error.h"
#include "host/limits.h"
#include "host/zeroize.h"
#include "pagetls.h"
#include "x509/oid.h"
#include "x509/pem.h"
#include "x509/unicode.h"

int pagetls_unsupported_encryption(pagetls_slice oid)
{
    char text[PAGETLS_OID_TEXT_SIZE];
    pagetls_oid_text(text, oid);
    pagetls_last_error_set(PAGETLS_ERR_KEY_ENCRYPTION, 0, "%s", text);
    return PAGETLS_ERR_KEY_ENCRYPTION;
}

int pagetls_damaged_identity(void)
{
    pagetls_last_error_set(PAGETLS_ERR_KEY, 0, "it is damaged");
    return PAGETLS_ERR_KEY;
}

/* --- the passphrase --------------------------------------------------------------------- */

void pagetls_passphrase_free(pagetls_passphrase *passphrase)
{
    pagetls_heap_free(passphrase->bmp);
    passphrase->bmp = NULL;
}

static size_t append_unit(uint8_t *out, uint32_t unit)
{
    out[0] = (uint8_t) (unit >> 8);
    out[1] = (uint8_t) unit;
    return 2;
}

int pagetls_passphrase_make_bmp(pagetls_passphrase *passphrase)
{
    const pagetls_slice text = passphrase->text;
    uint32_t code = 0;
    size_t at = 0;
    size_t is_utf8 = 1;
    size_t len = 0;
    if (passphrase->bmp != NULL) {
        return 0;
    }
    passphrase->bmp = pagetls_heap_calloc(text.len + 1, 2);
    if (passphrase->bmp == NULL) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    while (at < text.len && is_utf8) {
        is_utf8 = pagetls_utf8_decode(text.p + at, text.len - at, &code);
        at += is_utf8;
    }
    for (at = 0; at < text.len; at += is_utf8 ? is_utf8 : 1) {
        code = text.p[at];
        if (is_utf8) {
            is_utf8 = pagetls_utf8_decode(text.p + at, text.len - at, &code);
        }
        if (code > 0xFFFF) { /* OpenSSL and Java write UTF-16 */
            len += append_unit(passphrase->bmp + len, 0xD7C0 + (code >> 10));
            code = 0xDC00 | (code & 0x3FF);
        }
        len += append_unit(passphrase->bmp + len, code);
    }
    passphrase->bmp_len = len + 2;
    return 0;
}

int pagetls_passphrase_spend(pagetls_passphrase *passphrase, int64_t iterations, size_t blocks)
{
    const int64_t left = PAGETLS_PASSPHRASE_ITERATIONS - (int64_t) passphrase->iterations;
    if (iterations > left / (int64_t) blocks) {
        pagetls_last_error_set(PAGETLS_ERR_KEY_COST, 0, "iterations %lld %d", (long long) iterations,
                               PAGETLS_PASSPHRASE_ITERATIONS);
        return PAGETLS_ERR_KEY_COST;
    }
    passphrase->iterations += (uint32_t) iterations * (uint32_t) blocks;
    passphrase->used = 1;
    return iterations < 1 ? pagetls_damaged_identity() : 0;
}

/* --- algorithms ------------------------------------------------------------------------- */

enum { NAME_MAX = 40 }; /* of a name of a cipher in an error */

#define RSADSI "\x2A\x86\x48\x86\xF7\x0D"

static int is_oid(pagetls_slice oid, const char *octets, size_t len)
{
    return pagetls_slice_is(oid, octets, len);
}
#define IS_OID(oid, literal) is_oid(oid, literal, sizeof(literal) - 1)

pagetls_digest pagetls_digest_from_oid(pagetls_slice oid)
{
    static const char sha2[] = "\x60\x86\x48\x01\x65\x03\x04\x02";
    static const char hmac[] = RSADSI "\x02";
    static const uint8_t of_sha2[] = { 0, PAGETLS_DIGEST_SHA256, PAGETLS_DIGEST_SHA384, PAGETLS_DIGEST_SHA512,
                                       PAGETLS_DIGEST_SHA224 };
    if (oid.len == 0) {
        return PAGETLS_DIGEST_NONE;
    }
    const pagetls_slice prefix = { oid.p, oid.len - 1 };
    const unsigned last = oid.p[oid.len - 1];
    if (IS_OID(prefix, sha2)) {
        return last < sizeof(of_sha2) ? of_sha2[last] : PAGETLS_DIGEST_NONE;
    }
    if (IS_OID(prefix, hmac)) { /* hmacWithSHA1 is 7, and the others follow */
        return last >= 7 && last <= 11 ? (pagetls_digest) (last - 7 + PAGETLS_DIGEST_SHA1) : PAGETLS_DIGEST_NONE;
    }
    return IS_OID(oid, "\x2B\x0E\x03\x02\x1A") ? PAGETLS_DIGEST_SHA1 : PAGETLS_DIGEST_NONE;
}

typedef struct {
    const char *name;  /* in DEK-Info */
    const char *oid;   /* content octets; they have no zero */
    uint8_t is_pkcs12; /* the key is made by the key derivation of PKCS#12 */
    uint8_t cipher;
    uint8_t key_len;
} encryption;

static const encryption encryptions[] = {
    { "AES-128-CBC", "\x60\x86\x48\x01\x65\x03\x04\x01\x02", 0, PAGETLS_CBC_AES, 16 },
    { "AES-192-CBC", "\x60\x86\x48\x01\x65\x03\x04\x01\x16", 0, PAGETLS_CBC_AES, 24 },
    { "AES-256-CBC", "\x60\x86\x48\x01\x65\x03\x04\x01\x2A", 0, PAGETLS_CBC_AES, 32 },
    { "DES-EDE3-CBC", RSADSI "\x03\x07", 0, PAGETLS_CBC_DES_EDE, 24 },
    { "", RSADSI "\x01\x0C\x01\x03", 1, PAGETLS_CBC_DES_EDE, 24 },
    { "", RSADSI "\x01\x0C\x01\x04", 1, PAGETLS_CBC_DES_EDE, 16 },
    { "", RSADSI "\x01\x0C\x01\x05", 1, PAGETLS_CBC_RC2, 16 },
    { "", RSADSI "\x01\x0C\x01\x06", 1, PAGETLS_CBC_RC2, 5 },
};

/* By its name in PEM, or else its OID; NULL if there is none. */
static const encryption *find_encryption(pagetls_slice id, int is_name)
{
    for (size_t i = 0; i < sizeof(encryptions) / sizeof(encryptions[0]); i++) {
        const char *known = is_name ? encryptions[i].name : encryptions[i].oid;
        if (id.len > 0 && pagetls_slice_is(id, known, strlen(known))) {
            return &encryptions[i];
        }
    }
    return NULL;
}

/* --- keys -------------------------------------------------------------------------------- */

static int needs_passphrase(pagetls_passphrase *passphrase)
{
    passphrase->used = 1;
    return passphrase->text.p == NULL ? PAGETLS_ERR_PASSPHRASE_MISSING : 0;
}

/* How PBKDF2-params and PKCS#12's pkcs-12PbeParams begin. Returns 0 if it is malformed. */
static int read_salt(pagetls_slice *fields, pagetls_slice *salt, int64_t *iterations)
{
    pagetls_slice integer;
    return pagetls_ber_expect(fields, DER_OCTET_STRING, salt) == 0 &&
        pagetls_ber_expect(fields, DER_INTEGER, &integer) == 0 && pagetls_der_small_uint(integer, iterations);
}

static int derive_pbkdf2(pagetls_passphrase *passphrase, pagetls_slice fields, uint8_t *out, size_t len)
{
    pagetls_slice salt;
    pagetls_slice key_len;
    pagetls_slice prf;
    pagetls_slice oid;
    int64_t iterations;
    pagetls_digest digest = PAGETLS_DIGEST_SHA1;
    if (!read_salt(&fields, &salt, &iterations)) {
        return pagetls_damaged_identity();
    }
    (void) pagetls_ber_expect(&fields, DER_INTEGER, &key_len); /* which is that of the cipher */
    if (pagetls_ber_expect(&fields, DER_SEQUENCE, &prf) == 0) {
        if (pagetls_ber_expect(&prf, DER_OID, &oid) != 0) {
            return pagetls_damaged_identity();
        }
        digest = pagetls_digest_from_oid(oid);
        if (digest == PAGETLS_DIGEST_NONE) {
            return pagetls_unsupported_encryption(oid);
        }
    }
    const size_t size = pagetls_digest_size(digest);
    const int ret = pagetls_passphrase_spend(passphrase, iterations, (len + size - 1) / size);
    return ret != 0 ? ret
        : pagetls_pbkdf2(digest, passphrase->text.p, passphrase->text.len, salt.p, salt.len, (uint32_t) iterations, out,
                         len) != 0
        ? PAGETLS_ERR_OUT_OF_MEMORY
        : 0;
}

/* 128 N r p octets: the memory that scrypt needs, if p is 1, and its work. */
static int spend_scrypt(pagetls_passphrase *passphrase, const int64_t number[3])
{
    enum { UNIT = 128, LARGE = 1 << 30, OCTETS_PER_ITERATION = 64 }; /* the latter take about as long as each other */
    int64_t octets = UNIT;
    for (int i = 0; i < 3; i++) {
        octets = number[i] > LARGE / octets ? LARGE : octets * number[i]; /* LARGE is more than the limit */
    }
    if (octets == 0 || number[0] < 2 || (number[0] & (number[0] - 1)) != 0) {
        return pagetls_damaged_identity();
    }
    if (octets > PAGETLS_SCRYPT_BYTES) {
        pagetls_last_error_set(PAGETLS_ERR_KEY_COST, 0, "bytes %d %d", (int) octets, PAGETLS_SCRYPT_BYTES);
        return PAGETLS_ERR_KEY_COST;
    }
    return pagetls_passphrase_spend(passphrase, octets / OCTETS_PER_ITERATION, 1);
}

static int derive_scrypt(pagetls_passphrase *passphrase, pagetls_slice fields, uint8_t *out, size_t len)
{
    pagetls_slice salt;
    pagetls_slice integer;
    int64_t number[3]; /* N, r and p */
    if (pagetls_ber_expect(&fields, DER_OCTET_STRING, &salt) != 0) {
        return pagetls_damaged_identity();
    }
    for (int i = 0; i < 3; i++) {
        if (pagetls_ber_expect(&fields, DER_INTEGER, &integer) != 0 || !pagetls_der_small_uint(integer, &number[i])) {
            return pagetls_damaged_identity();
        }
    }
    const int ret = spend_scrypt(passphrase, number);
    return ret != 0 ? ret
        : pagetls_scrypt(passphrase->text.p, passphrase->text.len, salt.p, salt.len, (uint32_t) number[0],
                         (uint32_t) number[1], (uint32_t) number[2], out, len) != 0
        ? PAGETLS_ERR_OUT_OF_MEMORY
        : 0;
}

int pagetls_passphrase_derive(pagetls_passphrase *passphrase, pagetls_slice kdf, uint8_t *out, size_t len)
{
    pagetls_slice oid;
    pagetls_slice fields;
    if (pagetls_ber_expect(&kdf, DER_OID, &oid) != 0 || pagetls_ber_expect(&kdf, DER_SEQUENCE, &fields) != 0) {
        return pagetls_damaged_identity();
    }
    if (IS_OID(oid, RSADSI "\x01\x05\x0C")) {
        return derive_pbkdf2(passphrase, fields, out, len);
    }
    if (IS_OID(oid, "\x2B\x06\x01\x04\x01\xDA\x47\x04\x0B")) {
        return derive_scrypt(passphrase, fields, out, len);
    }
    return pagetls_unsupported_encryption(oid);
}

/* --- decryption ---------------------------------------------------------------------------- */

typedef struct {
    const encryption *method;
    uint8_t key[PAGETLS_CBC_KEY_MAX];
    uint8_t iv[PAGETLS_CBC_BLOCK_MAX];
} made_key;

static int decrypt(pagetls_passphrase *passphrase, const made_key *made, uint8_t *data, size_t *len)
{
    if (*len > PAGETLS_ENCRYPTED_BYTES - passphrase->decrypted) {
        pagetls_last_error_set(PAGETLS_ERR_KEY_COST, 0, "encrypted %zu %d", *len, PAGETLS_ENCRYPTED_BYTES);
        return PAGETLS_ERR_KEY_COST;
    }
    passphrase->decrypted += *len;
    return pagetls_cbc_decrypt((pagetls_cbc_cipher) made->method->cipher, made->key, made->method->key_len, made->iv,
                               data, len) == 0
        ? 0
        : PAGETLS_ERR_PASSPHRASE_WRONG;
}

static int make_pkcs12_key(pagetls_passphrase *passphrase, pagetls_slice parameters, made_key *made)
{
    pagetls_slice fields;
    pagetls_slice salt;
    int64_t iterations;
    if (pagetls_ber_expect(&parameters, DER_SEQUENCE, &fields) != 0 || !read_salt(&fields, &salt, &iterations)) {
        return pagetls_damaged_identity();
    }
    int ret = needs_passphrase(passphrase);
    ret = ret != 0 ? ret : pagetls_passphrase_make_bmp(passphrase);
    ret = ret != 0 ? ret : pagetls_passphrase_spend(passphrase, iterations, 3); /* with SHA-1, a key takes two blocks */
    if (ret != 0) {
        return ret;
    }
    ret = pagetls_pkcs12_kdf(PAGETLS_DIGEST_SHA1, PAGETLS_PKCS12_KEY, passphrase->bmp, passphrase->bmp_len, salt.p,
                             salt.len, (uint32_t) iterations, made->key, made->method->key_len) |
        pagetls_pkcs12_kdf(PAGETLS_DIGEST_SHA1, PAGETLS_PKCS12_IV, passphrase->bmp, passphrase->bmp_len, salt.p,
                           salt.len, (uint32_t) iterations, made->iv, 8);
    return ret == 0 ? 0 : PAGETLS_ERR_OUT_OF_MEMORY;
}

/* PBES2-params (RFC 8018, appendix A.4). */
static int make_pbes2_key(pagetls_passphrase *passphrase, pagetls_slice parameters, made_key *made)
{
    pagetls_slice fields;
    pagetls_slice kdf;
    pagetls_slice scheme;
    pagetls_slice oid;
    pagetls_slice iv;
    if (pagetls_ber_expect(&parameters, DER_SEQUENCE, &fields) != 0 ||
        pagetls_ber_expect(&fields, DER_SEQUENCE, &kdf) != 0 ||
        pagetls_ber_expect(&fields, DER_SEQUENCE, &scheme) != 0 || pagetls_ber_expect(&scheme, DER_OID, &oid) != 0) {
        return pagetls_damaged_identity();
    }
    made->method = find_encryption(oid, 0);
    if (made->method == NULL || made->method->is_pkcs12) {
        return pagetls_unsupported_encryption(oid);
    }
    if (pagetls_ber_expect(&scheme, DER_OCTET_STRING, &iv) != 0 ||
        iv.len != pagetls_cbc_block((pagetls_cbc_cipher) made->method->cipher)) {
        return pagetls_damaged_identity();
    }
    memcpy(made->iv, iv.p, iv.len);
    const int ret = needs_passphrase(passphrase);
    return ret != 0 ? ret : pagetls_passphrase_derive(passphrase, kdf, made->key, made->method->key_len);
}

int pagetls_passphrase_decrypt(pagetls_passphrase *passphrase, pagetls_slice algorithm, uint8_t *data, size_t *len)
{
    made_key made;
    pagetls_slice oid;
    int ret;
    if (pagetls_ber_expect(&algorithm, DER_OID, &oid) != 0) {
        return pagetls_damaged_identity();
    }
    made.method = find_encryption(oid, 0);
    if (IS_OID(oid, RSADSI "\x01\x05\x0D")) {
        ret = make_pbes2_key(passphrase, algorithm, &made);
    } else if (made.method != NULL && made.method->is_pkcs12) {
        ret = make_pkcs12_key(passphrase, algorithm, &made);
    } else {
        ret = pagetls_unsupported_encryption(oid);
    }
    ret = ret != 0 ? ret : decrypt(passphrase, &made, data, len);
    pagetls_zeroize(&made, sizeof(made));
    return ret;
}

/* The value of a hexadecimal digit; 16 for anything else. */
static unsigned hex_digit(uint8_t c)
{
    c = pagetls_ascii_lower(c);
    return c >= '0' && c <= '9' ? c - (unsigned) '0' : c >= 'a' && c <= 'f' ? c - (unsigned) 'a' + 10 : 16;
}

static int read_dek_info(pagetls_slice dek_info, made_key *made)
{
    const uint8_t *comma = pagetls_slice_find(dek_info, ",", 1);
    if (comma == NULL) {
        return pagetls_damaged_identity();
    }
    const pagetls_slice name = { dek_info.p, (size_t) (comma - dek_info.p) };
    made->method = find_encryption(name, 1);
    if (made->method == NULL) {
        pagetls_last_error_set(PAGETLS_ERR_KEY_ENCRYPTION, 0, "%.*s", name.len > NAME_MAX ? NAME_MAX : (int) name.len,
                               (const char *) name.p);
        return PAGETLS_ERR_KEY_ENCRYPTION;
    }
    const size_t size = pagetls_cbc_block((pagetls_cbc_cipher) made->method->cipher);
    if (dek_info.len - name.len - 1 < 2 * size) {
        return pagetls_damaged_identity();
    }
    for (size_t i = 0; i < size; i++) {
        const unsigned high = hex_digit(comma[1 + 2 * i]);
        const unsigned low = hex_digit(comma[2 + 2 * i]);
        if ((high | low) > 15) {
            return pagetls_damaged_identity();
        }
        made->iv[i] = (uint8_t) (high << 4 | low);
    }
    return 0;
}

int pagetls_passphrase_decrypt_pem(pagetls_passphrase *passphrase, pagetls_slice dek_info, uint8_t *data, size_t *len)
{
    made_key made;
    int ret = read_dek_info(dek_info, &made);
    ret = ret != 0 ? ret : needs_passphrase(passphrase);
    if (ret == 0 &&
        pagetls_md5_kdf(passphrase->text.p, passphrase->text.len, made.iv, made.key, made.method->key_len) != 0) {
        ret = PAGETLS_ERR_OUT_OF_MEMORY;
    }
    ret = ret != 0 ? ret : decrypt(passphrase, &made, data, len);
    pagetls_zeroize(&made, sizeof(made));
    return ret;
}
