#include "x509/document_kind.h"

#include <string.h>

#include "x509/pem.h"

static const char *const kinds[] = {
    NULL,
#define KIND(id, name) name,
#include "x509/documents.def"
#undef KIND
};

const char *pagetls_document_kind_name(pagetls_document_kind kind)
{
    return kinds[kind];
}

/* --- labels --------------------------------------------------------------------------- */

typedef enum { LABEL_IS, LABEL_BEGINS, LABEL_ENDS } label_match;

/* RFC 7468, OpenSSL's <openssl/pem.h>, RFC 4716 and RFC 4880. The first that matches counts. */
static const struct {
    const char *text;
    uint8_t match;
    uint8_t kind;
} labels[] = {
    { "CERTIFICATE", LABEL_IS, PAGETLS_DOCUMENT_CERTIFICATE },
    { "X509 CERTIFICATE", LABEL_IS, PAGETLS_DOCUMENT_CERTIFICATE },
    { "X.509 CERTIFICATE", LABEL_IS, PAGETLS_DOCUMENT_CERTIFICATE },
    { "TRUSTED CERTIFICATE", LABEL_IS, PAGETLS_DOCUMENT_CERTIFICATE },
    { "X509 CRL", LABEL_IS, PAGETLS_DOCUMENT_CRL },
    { "CRL", LABEL_IS, PAGETLS_DOCUMENT_CRL },
    { "PKCS7", LABEL_IS, PAGETLS_DOCUMENT_PKCS7 },
    { "PKCS #7 SIGNED DATA", LABEL_IS, PAGETLS_DOCUMENT_PKCS7 },
    { "CMS", LABEL_IS, PAGETLS_DOCUMENT_PKCS7 },
    { "CERTIFICATE REQUEST", LABEL_ENDS, PAGETLS_DOCUMENT_REQUEST },
    { "ENCRYPTED PRIVATE KEY", LABEL_IS, PAGETLS_DOCUMENT_ENCRYPTED_KEY },
    { "OPENSSH PRIVATE KEY", LABEL_IS, PAGETLS_DOCUMENT_OPENSSH_KEY },
    { "PRIVATE KEY", LABEL_ENDS, PAGETLS_DOCUMENT_PRIVATE_KEY },
    { "SSH2 PUBLIC KEY", LABEL_IS, PAGETLS_DOCUMENT_SSH_PUBLIC_KEY },
    { "PUBLIC KEY", LABEL_ENDS, PAGETLS_DOCUMENT_PUBLIC_KEY },
    { "PARAMETERS", LABEL_ENDS, PAGETLS_DOCUMENT_PARAMETERS },
    { "PGP ", LABEL_BEGINS, PAGETLS_DOCUMENT_OPENPGP },
};

pagetls_document_kind pagetls_document_kind_of_label(pagetls_slice label)
{
    for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
        const size_t len = strlen(labels[i].text);
        pagetls_slice part = label;
        if (labels[i].match != LABEL_IS && part.len > len) {
            part.p += labels[i].match == LABEL_ENDS ? part.len - len : 0;
            part.len = len;
        }
        if (pagetls_slice_is(part, labels[i].text, len)) {
            return (pagetls_document_kind) labels[i].kind;
        }
    }
    return PAGETLS_DOCUMENT_UNKNOWN_BLOCK;
}

/* --- files and text ------------------------------------------------------------------- */

#define START(text, kind)                                                                                              \
    {                                                                                                                  \
        text, sizeof(text) - 1, PAGETLS_DOCUMENT_##kind                                                                \
    }

typedef struct {
    const char *octets;
    uint8_t len;
    uint8_t kind;
} start;

static const start file_starts[] = {
    START("\xFE\xED\xFE\xED", JAVA_KEY_STORE),
    START("\xCE\xCE\xCE\xCE", JAVA_KEY_STORE),
    START("0\xEF\xBF\xBD", DECODED_BYTES), /* as UTF-8 */
    START("0\xC2\x80", DECODED_BYTES),     /* as Latin-1, and encoded as UTF-8 again */
    START("0\xC2\x81", DECODED_BYTES),
    START("0\xC2\x82", DECODED_BYTES),
    START("0\xC2\x83", DECODED_BYTES),
    START("\xFF\xFE", UTF16),
    START("\xFE\xFF", UTF16),
    START("PK\x03\x04", ARCHIVE),
    START("\x1F\x8B", ARCHIVE),
    START("BZh", ARCHIVE),
    START("7z\xBC\xAF", ARCHIVE),
    START("\xFD"
          "7zXZ",
          ARCHIVE),
    START("%PDF", PDF),
    START("\x89PNG", IMAGE),
    START("\xFF\xD8\xFF", IMAGE),
};

/* In lower case; after blanks. */
static const start text_starts[] = {
    START("<!doctype html", WEB_PAGE),         START("<html", WEB_PAGE),      START("<", XML),
    START("putty-user-key-file", PUTTY_KEY),   START("ssh-", SSH_PUBLIC_KEY), START("ecdsa-sha2-", SSH_PUBLIC_KEY),
    START("---- begin ssh2 ", SSH_PUBLIC_KEY),
};

static pagetls_document_kind find_start(const start *list, size_t count, pagetls_slice input)
{
    for (size_t i = 0; i < count; i++) {
        size_t same = 0;
        while (same < list[i].len && same < input.len &&
               (input.p[same] == (uint8_t) list[i].octets[same] ||
                (list == text_starts && pagetls_ascii_lower(input.p[same]) == (uint8_t) list[i].octets[same]))) {
            same++;
        }
        if (same == list[i].len) {
            return (pagetls_document_kind) list[i].kind;
        }
    }
    return PAGETLS_DOCUMENT_NONE;
}

#define COUNT(list) (sizeof(list) / sizeof((list)[0]))

pagetls_document_kind pagetls_document_kind_of_text(pagetls_slice input)
{
    static const char utf16[] = "B\0E\0G\0I\0N";
    static const char byte_order_mark[] = "\xEF\xBB\xBF";
    pagetls_slice text = input;
    if (pagetls_slice_find(input, utf16, sizeof(utf16) - 1) != NULL) {
        return PAGETLS_DOCUMENT_UTF16;
    }
    for (size_t i = 0; i < input.len; i++) {
        if (input.p[i] < '\t') {
            return PAGETLS_DOCUMENT_BINARY;
        }
    }
    if (text.len >= 3 && memcmp(text.p, byte_order_mark, 3) == 0) {
        text.p += 3;
        text.len -= 3;
    }
    while (text.len > 0 && text.p[0] <= ' ') {
        text.p++;
        text.len--;
    }
    const pagetls_document_kind kind = find_start(text_starts, COUNT(text_starts), text);
    return text.len == 0 ? PAGETLS_DOCUMENT_EMPTY : kind != PAGETLS_DOCUMENT_NONE ? kind : PAGETLS_DOCUMENT_TEXT;
}

pagetls_document_kind pagetls_document_kind_of_file(pagetls_slice input)
{
    return find_start(file_starts, COUNT(file_starts), input);
}

/* --- DER -------------------------------------------------------------------------------- */

/* Enough to tell the structures apart. */
enum { TAGS_MAX = 7 };

/* The tags of the first elements. */
typedef struct {
    uint8_t tag[TAGS_MAX + 1]; /* NUL-terminated */
    size_t count;
    pagetls_slice content[2]; /* of the first two */
} shape;

static shape shape_of(pagetls_slice content)
{
    shape s = { .count = 0 };
    pagetls_element element;
    while (s.count < TAGS_MAX && content.len > 0 && pagetls_ber_next(&content, &element) == 0) {
        if (s.count < 2) {
            s.content[s.count] = element.content;
        }
        s.tag[s.count++] = element.tag;
    }
    return s;
}

static int begins(const shape *s, const char *tags)
{
    return strncmp((const char *) s->tag, tags, strlen(tags)) == 0;
}

static int is(const shape *s, const char *tags)
{
    return strcmp((const char *) s->tag, tags) == 0;
}

/* Something signed: a SEQUENCE, its algorithm, a BIT STRING. */
static pagetls_document_kind signed_kind(pagetls_slice content)
{
    const shape tbs = shape_of(content);
    if (begins(&tbs, "\x30\x30\x17") || begins(&tbs, "\x30\x30\x18") || begins(&tbs, "\x02\x30\x30\x17") ||
        begins(&tbs, "\x02\x30\x30\x18")) {
        return PAGETLS_DOCUMENT_CRL; /* RFC 5280, section 5.1 */
    }
    if (is(&tbs, "\x02\x30\x30\xA0") || is(&tbs, "\x02\x30\x30")) {
        return PAGETLS_DOCUMENT_REQUEST; /* RFC 2986, section 4.1 */
    }
    return PAGETLS_DOCUMENT_CERTIFICATE;
}

pagetls_document_kind pagetls_document_kind_of_der(pagetls_slice content)
{
    const shape outer = shape_of(content);
    const shape first = shape_of(outer.content[0]);
    const shape second = shape_of(outer.content[1]);
    if (begins(&outer, "\x30\x30\x03")) {
        return signed_kind(outer.content[0]);
    }
    if (begins(&outer, "\x06\xA0")) { /* ContentInfo */
        return PAGETLS_DOCUMENT_PKCS7;
    }
    if (begins(&outer, "\x02\x30") && begins(&second, "\x06")) { /* version 3: RFC 7292, section 4; 0 or 1: RFC 5958 */
        return pagetls_slice_is(outer.content[0], "\x03", 1) ? PAGETLS_DOCUMENT_PKCS12 : PAGETLS_DOCUMENT_PRIVATE_KEY;
    }
    if (begins(&outer, "\x02\x02\x02\x02") || begins(&outer, "\x02\x04")) { /* RFC 8017, A.1.2; RFC 5915 */
        return PAGETLS_DOCUMENT_PRIVATE_KEY;
    }
    if (is(&outer, "\x30\x04") && begins(&first, "\x06")) { /* RFC 5958, section 3 */
        return PAGETLS_DOCUMENT_ENCRYPTED_KEY;
    }
    if (is(&outer, "\x30\x03") && begins(&first, "\x06")) {
        return PAGETLS_DOCUMENT_PUBLIC_KEY;
    }
    if (is(&outer, "\x0A") || is(&outer, "\x0A\xA0")) { /* RFC 6960, section 4.2.1 */
        return PAGETLS_DOCUMENT_OCSP_RESPONSE;
    }
    return PAGETLS_DOCUMENT_DER;
}

int pagetls_signed_data_read(pagetls_slice content, pagetls_slice *certificates, pagetls_slice *crls)
{
    static const uint8_t signed_data[] = { 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 7, 2 };
    pagetls_slice oid;
    pagetls_slice explicit;
    pagetls_slice fields;
    pagetls_element element;
    *certificates = *crls = (pagetls_slice) { NULL, 0 };
    if (pagetls_ber_expect(&content, DER_OID, &oid) != 0 || !pagetls_slice_is(oid, signed_data, sizeof(signed_data)) ||
        pagetls_ber_expect(&content, DER_CONTEXT | DER_CONSTRUCTED | 0, &explicit) != 0 ||
        pagetls_ber_expect(&explicit, DER_SEQUENCE, &fields) != 0) {
        return -1;
    }
    while (fields.len > 0 && pagetls_ber_next(&fields, &element) == 0) {
        if (element.tag == (DER_CONTEXT | DER_CONSTRUCTED | 0)) {
            *certificates = element.content;
        } else if (element.tag == (DER_CONTEXT | DER_CONSTRUCTED | 1)) {
            *crls = element.content;
        }
    }
    return certificates->len + crls->len > 0 ? 0 : -1;
}
