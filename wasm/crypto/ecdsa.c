#include "crypto/ecdsa.h"

#include <string.h>

#include "crypto/modulus.h"

enum {
    MAX = PAGETLS_CURVE_MAX_BYTES,
    DER_INTEGER = 0x02,
    DER_SEQUENCE = 0x30,
    DER_ONE_LENGTH_OCTET = 0x81, /* a length from 128 to 255 follows in one octet (X.690, section 8.1.3.5) */
    DER_MAX_SHORT_LENGTH = 127,
};

/* Reads a DER INTEGER that is minimally encoded (X.690, section 8.3) and from 1 to n - 1. */
static int read_scalar(uint8_t *out, const pagetls_curve *curve, const uint8_t **p, const uint8_t *end)
{
    if (end - *p < 3 || (*p)[0] != DER_INTEGER || (*p)[1] > end - *p - 2) {
        return 0;
    }
    size_t len = (*p)[1];
    const uint8_t *bytes = *p + 2;
    if (len == 0 || bytes[0] >= 0x80 || (len > 1 && bytes[0] == 0 && bytes[1] < 0x80)) {
        return 0;
    }
    *p = bytes + len;
    if (bytes[0] == 0) {
        bytes++;
        len--;
    }
    if (len > curve->bytes) {
        return 0;
    }
    memset(out, 0, curve->bytes - len);
    memcpy(out + curve->bytes - len, bytes, len);
    return pagetls_curve_is_scalar(curve, out);
}

/* Reads a SEQUENCE of r and s (RFC 3279, section 2.2.3) without trailing bytes. */
static int read_signature(uint8_t *r, uint8_t *s, const pagetls_curve *curve, const uint8_t *p, size_t len)
{
    const uint8_t *end = p + len;
    const size_t header = len > 2 + DER_MAX_SHORT_LENGTH ? 3 : 2; /* 3 for some signatures on P-521 */
    if (len < header || len > 255 || p[0] != DER_SEQUENCE || (header == 3 && p[1] != DER_ONE_LENGTH_OCTET) ||
        p[header - 1] != len - header) {
        return 0;
    }
    p += header;
    return read_scalar(r, curve, &p, end) && read_scalar(s, curve, &p, end) && p == end;
}

int pagetls_ecdsa_verify(const pagetls_curve *curve, const uint8_t *key, const uint8_t *hash, size_t hash_len,
                         const uint8_t *signature, size_t signature_len)
{
    uint8_t r[MAX], s[MAX], e[MAX] = { 0 }, u1[MAX], u2[MAX];
    pagetls_modulus order;
    if (!read_signature(r, s, curve, signature, signature_len) || !curve->is_on_curve(key) ||
        pagetls_modulus_set(&order, curve->order, curve->bytes) != 0) {
        return PAGETLS_ECDSA_BAD_INPUT;
    }
    /* FIPS 186-5, section 6.4.2. e is the hash, truncated to the length of n. */
    const size_t len = hash_len < curve->bytes ? hash_len : curve->bytes;
    memcpy(e + curve->bytes - len, hash, len);
    pagetls_modulus_invert(s, s, curve->order, curve->bytes);
    pagetls_modulus_multiply(&order, u1, e, s);
    pagetls_modulus_multiply(&order, u2, r, s);
    return curve->verify(key, u1, u2, r) ? 0 : PAGETLS_ECDSA_VERIFY_FAILED;
}
