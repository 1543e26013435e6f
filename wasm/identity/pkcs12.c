#include "identity/pkcs12.h"

#include <string.h>

#include "crypto/kdf.h"
#include "crypto/secret.h"
#include "host/zeroize.h"
#include "pagetls.h"

/* --- the MAC ----------------------------------------------------------------------------- */

typedef struct {
    pagetls_digest digest;
    pagetls_slice expected;
    pagetls_slice salt;
    int64_t iterations;
    pagetls_slice kdf; /* of PBMAC1 (RFC 9579); p is NULL for the key derivation of PKCS#12 */
} mac_data;

/* The parameters of PBMAC1 (RFC 8018, appendix A.5): PBKDF2, with a key length, and HMAC. */
static int read_pbmac1(pagetls_slice parameters, mac_data *mac)
{
    pagetls_slice fields;
    pagetls_slice hmac;
    pagetls_slice oid;
    if (pagetls_ber_expect(&parameters, DER_SEQUENCE, &fields) != 0 ||
        pagetls_ber_expect(&fields, DER_SEQUENCE, &mac->kdf) != 0 ||
        pagetls_ber_expect(&fields, DER_SEQUENCE, &hmac) != 0 || pagetls_ber_expect(&hmac, DER_OID, &oid) != 0) {
        return pagetls_damaged_identity();
    }
    mac->digest = pagetls_digest_from_oid(oid);
    return mac->digest == PAGETLS_DIGEST_NONE ? pagetls_unsupported_encryption(oid) : 0;
}

/* MacData (section 4). */
static int read_mac(pagetls_slice content, mac_data *mac)
{
    static const uint8_t pbmac1[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 5, 14 };
    pagetls_slice fields;
    pagetls_slice digest_info;
    pagetls_slice algorithm;
    pagetls_slice oid;
    pagetls_slice integer;
    memset(mac, 0, sizeof(*mac));
    mac->iterations = 1;
    if (pagetls_ber_expect(&content, DER_SEQUENCE, &fields) != 0 ||
        pagetls_ber_expect(&fields, DER_SEQUENCE, &digest_info) != 0 ||
        pagetls_ber_expect(&digest_info, DER_SEQUENCE, &algorithm) != 0 ||
        pagetls_ber_expect(&digest_info, DER_OCTET_STRING, &mac->expected) != 0 ||
        pagetls_ber_expect(&algorithm, DER_OID, &oid) != 0 ||
        pagetls_ber_expect(&fields, DER_OCTET_STRING, &mac->salt) != 0 ||
        (pagetls_ber_expect(&fields, DER_INTEGER, &integer) == 0 && !pagetls_der_small_uint(integer, &mac->iterations))) {
        return pagetls_damaged_identity();
    }
    if (pagetls_slice_is(oid, pbmac1, sizeof(pbmac1))) {
        return read_pbmac1(algorithm, mac);
    }
    mac->digest = pagetls_digest_from_oid(oid);
    return mac->digest == PAGETLS_DIGEST_NONE ? pagetls_unsupported_encryption(oid) : 0;
}

/* Sets *matches. */
static int compare_mac(pagetls_passphrase *passphrase, const mac_data *mac, pagetls_slice content, int *matches)
{
    const size_t size = pagetls_digest_size(mac->digest);
    uint8_t key[PAGETLS_DIGEST_MAX];
    uint8_t computed[PAGETLS_DIGEST_MAX];
    pagetls_hmac hmac;
    int ret;
    if (mac->kdf.p != NULL) { /* RFC 9579, section 5: a key as long as the output */
        ret = pagetls_passphrase_derive(passphrase, mac->kdf, key, size);
    } else {
        ret = pagetls_passphrase_spend(passphrase, mac->iterations, 1);
        if (ret == 0 &&
            pagetls_pkcs12_kdf(mac->digest, PAGETLS_PKCS12_MAC, passphrase->bmp, passphrase->bmp_len, mac->salt.p,
                               mac->salt.len, (uint32_t) mac->iterations, key, size) != 0) {
            ret = PAGETLS_ERR_OUT_OF_MEMORY;
        }
    }
    if (ret == 0) {
        if (pagetls_hmac_init(&hmac, mac->digest, key, size) == 0) {
            pagetls_hmac_compute(&hmac, content.p, content.len, computed);
            *matches = mac->expected.len == size && !secrets_differ(computed, mac->expected.p, size);
        } else {
            ret = PAGETLS_ERR_OUT_OF_MEMORY;
        }
        pagetls_hmac_free(&hmac);
    }
    pagetls_zeroize(key, sizeof(key));
    pagetls_zeroize(computed, sizeof(computed));
    return ret;
}

/* An empty passphrase, or none, is a BMPString with a terminator for some tools, and without for others; the one that
 * matches is kept for what is encrypted. */
static int check_mac(pagetls_passphrase *passphrase, pagetls_slice mac_content, pagetls_slice content)
{
    const int is_missing = passphrase->text.p == NULL;
    mac_data mac;
    int matches = 0;
    int ret = read_mac(mac_content, &mac);
    if (ret != 0) {
        return ret;
    }
    if (is_missing) {
        passphrase->text = (pagetls_slice) { (const uint8_t *) "", 0 };
    }
    ret = pagetls_passphrase_make_bmp(passphrase);
    ret = ret != 0 ? ret : compare_mac(passphrase, &mac, content, &matches);
    if (ret == 0 && !matches && passphrase->text.len == 0) {
        passphrase->bmp_len = 0;
        ret = compare_mac(passphrase, &mac, content, &matches);
    }
    return ret != 0 || matches ? ret : is_missing ? PAGETLS_ERR_PASSPHRASE_MISSING : PAGETLS_ERR_PASSPHRASE_WRONG;
}

/* --- the bags ---------------------------------------------------------------------------- */

#define RSADSI "\x2A\x86\x48\x86\xF7\x0D"

enum { BAG_DEPTH_MAX = 4 };

/* The types of a SafeBag, by the last octet of its OID (section 4.2). */
enum { KEY_BAG = 1, SHROUDED_KEY_BAG = 2, CERTIFICATE_BAG = 3, NESTED_BAGS = 6 };

/* CertBag (section 4.2.3), with an X.509 certificate. */
static int walk_certificate(pagetls_identity_walk *walk, pagetls_slice content)
{
    static const char x509[] = RSADSI "\x01\x09\x16\x01";
    pagetls_slice oid;
    pagetls_slice value;
    pagetls_element octets;
    pagetls_slice der;
    if (pagetls_ber_expect(&content, DER_OID, &oid) != 0 ||
        pagetls_ber_expect(&content, DER_CONTEXT | DER_CONSTRUCTED, &value) != 0 ||
        pagetls_ber_next(&value, &octets) != 0 || pagetls_octets_join(&octets, &der) != 0) {
        return pagetls_damaged_identity();
    }
    return pagetls_slice_is(oid, x509, sizeof(x509) - 1) ? walk->visit(walk->context, PAGETLS_IDENTITY_CERTIFICATE, der)
                                                         : 0;
}

/* SafeContents (section 4.2), without its header. */
static int walk_bags(pagetls_identity_walk *walk, pagetls_slice bags, int depth)
{
    static const char prefix[] = RSADSI "\x01\x0C\x0A\x01";
    pagetls_slice bag;
    pagetls_slice oid;
    pagetls_slice value;
    pagetls_element element;
    int ret = 0;
    while (ret == 0 && bags.len > 0) {
        if (pagetls_ber_expect(&bags, DER_SEQUENCE, &bag) != 0 || pagetls_ber_expect(&bag, DER_OID, &oid) != 0 ||
            pagetls_ber_expect(&bag, DER_CONTEXT | DER_CONSTRUCTED, &value) != 0 ||
            pagetls_ber_next(&value, &element) != 0) {
            return pagetls_damaged_identity();
        }
        if (oid.len != sizeof(prefix) || memcmp(oid.p, prefix, sizeof(prefix) - 1) != 0) {
            continue;
        }
        switch (oid.p[oid.len - 1]) {
            case KEY_BAG: ret = pagetls_identity_visit_key(walk, element.whole); break;
            case SHROUDED_KEY_BAG: ret = pagetls_identity_walk_encrypted_key(walk, element.content); break;
            case CERTIFICATE_BAG: ret = walk_certificate(walk, element.content); break;
            case NESTED_BAGS: ret = depth > 0 ? walk_bags(walk, element.content, depth - 1) : 0; break;
            default:;
        }
    }
    return ret;
}

/* --- the file ---------------------------------------------------------------------------- */

/* The types of ContentInfo that are read, by the last octet of their OIDs (RFC 2315, section 14). */
enum { DATA = 1, ENCRYPTED_DATA = 6 };

/* ContentInfo (section 4.1): `type` is the last octet of its OID. */
static int read_content(pagetls_slice *from, unsigned *type, pagetls_element *element)
{
    static const char prefix[] = RSADSI "\x01\x07";
    pagetls_slice fields;
    pagetls_slice oid;
    pagetls_slice value;
    if (pagetls_ber_expect(from, DER_SEQUENCE, &fields) != 0 || pagetls_ber_expect(&fields, DER_OID, &oid) != 0 ||
        pagetls_ber_expect(&fields, DER_CONTEXT | DER_CONSTRUCTED, &value) != 0 ||
        pagetls_ber_next(&value, element) != 0 || oid.len != sizeof(prefix)) {
        return pagetls_damaged_identity();
    }
    *type = oid.p[oid.len - 1];
    return memcmp(oid.p, prefix, sizeof(prefix) - 1) == 0 && (*type == DATA || *type == ENCRYPTED_DATA)
        ? 0
        : pagetls_unsupported_encryption(oid);
}

/* EncryptedData (RFC 2315, section 13): its content, decrypted. */
static int decrypt_content(pagetls_identity_walk *walk, pagetls_slice fields, pagetls_slice *content)
{
    pagetls_slice version;
    pagetls_slice info;
    pagetls_slice oid;
    pagetls_slice algorithm;
    pagetls_element octets;
    if (pagetls_ber_expect(&fields, DER_INTEGER, &version) != 0 ||
        pagetls_ber_expect(&fields, DER_SEQUENCE, &info) != 0 || pagetls_ber_expect(&info, DER_OID, &oid) != 0 ||
        pagetls_ber_expect(&info, DER_SEQUENCE, &algorithm) != 0 || pagetls_ber_next(&info, &octets) != 0 ||
        pagetls_octets_join(&octets, content) != 0) {
        return pagetls_damaged_identity();
    }
    return pagetls_passphrase_decrypt(walk->passphrase, algorithm, (uint8_t *) content->p, &content->len);
}

int pagetls_identity_walk_pkcs12(pagetls_identity_walk *walk, pagetls_slice content)
{
    pagetls_slice version;
    pagetls_slice safe;
    pagetls_slice contents;
    pagetls_slice bags;
    pagetls_element element;
    unsigned type = 0;
    int is_encrypted;
    (void) pagetls_ber_expect(&content, DER_INTEGER, &version);
    int ret = read_content(&content, &type, &element);
    if (ret == 0 && type != DATA) {
        ret = pagetls_damaged_identity();
    }
    if (ret == 0 && pagetls_octets_join(&element, &safe) != 0) {
        ret = pagetls_damaged_identity();
    }
    if (ret == 0 && content.len > 0) {
        ret = check_mac(walk->passphrase, content, safe);
    }
    if (ret == 0 && pagetls_ber_expect(&safe, DER_SEQUENCE, &contents) != 0) {
        ret = pagetls_damaged_identity();
    }
    while (ret == 0 && contents.len > 0) {
        ret = read_content(&contents, &type, &element);
        if (ret != 0) {
            break;
        }
        is_encrypted = type == ENCRYPTED_DATA;
        if (is_encrypted) {
            ret = decrypt_content(walk, element.content, &safe);
        } else if (pagetls_octets_join(&element, &safe) != 0) {
            ret = pagetls_damaged_identity();
        }
        if (ret == 0 && pagetls_ber_expect(&safe, DER_SEQUENCE, &bags) != 0) {
            ret = is_encrypted ? PAGETLS_ERR_PASSPHRASE_WRONG : pagetls_damaged_identity();
        }
        ret = ret != 0 ? ret : walk_bags(walk, bags, BAG_DEPTH_MAX);
    }
    return ret;
}
