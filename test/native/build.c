#include "build.h"

#include <stdlib.h>
#include <string.h>

/* Everything that was built, so that build_free() can free it. */
typedef struct block {
    struct block *next;
    uint8_t octets[];
} block;

static block *blocks;

static uint8_t *allocate(size_t len)
{
    block *built = malloc(sizeof(*built) + len);
    if (built == NULL) {
        abort();
    }
    built->next = blocks;
    blocks = built;
    return built->octets;
}

void build_free(void)
{
    while (blocks != NULL) {
        block *next = blocks->next;
        free(blocks);
        blocks = next;
    }
}

pagetls_slice build_join(const pagetls_slice *parts, size_t count)
{
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        len += parts[i].len;
    }
    uint8_t *to = allocate(len);
    pagetls_slice built = { to, len };
    for (size_t i = 0; i < count; i++) {
        if (parts[i].len > 0) {
            memcpy(to, parts[i].p, parts[i].len);
            to += parts[i].len;
        }
    }
    return built;
}

pagetls_slice build_element(uint8_t tag, const pagetls_slice *parts, size_t count)
{
    uint8_t header[5] = { tag };
    size_t header_len = 2;
    const pagetls_slice content = build_join(parts, count);
    if (content.len < 0x80) {
        header[1] = (uint8_t) content.len;
    } else {
        size_t octets = content.len < 0x100 ? 1 : content.len < 0x10000 ? 2 : 3;
        header[1] = (uint8_t) (0x80 | octets);
        for (size_t i = 0; i < octets; i++) {
            header[header_len++] = (uint8_t) (content.len >> 8 * (octets - 1 - i));
        }
    }
    const pagetls_slice all[] = { { header, header_len }, content };
    return build_join(all, 2);
}

pagetls_slice build_fill(uint8_t octet, size_t len)
{
    uint8_t *to = allocate(len);
    memset(to, octet, len);
    return (pagetls_slice) { to, len };
}

pagetls_slice build_key(pagetls_slice algorithm, pagetls_slice key)
{
    return BUILD_SEQUENCE(BUILD_SEQUENCE(algorithm), BUILD(DER_BIT_STRING, OCTETS("\x00"), key));
}

pagetls_slice build_name(uint8_t tag, pagetls_slice text)
{
    return BUILD_SEQUENCE(BUILD(DER_SET, BUILD_SEQUENCE(OCTETS("\x06\x03\x55\x04\x03"), BUILD(tag, text))));
}

#define ECDSA_SHA256 OCTETS("\x30\x0A\x06\x08\x2A\x86\x48\xCE\x3D\x04\x03\x02")
#define SIGNATURE OCTETS("\x03\x09\x00\x30\x06\x02\x01\x01\x02\x01\x01")

/* The base point of P-256, as a public key. */
#define POINT                                                                                                          \
    OCTETS("\x04\x6B\x17\xD1\xF2\xE1\x2C\x42\x47\xF8\xBC\xE6\xE5\x63\xA4\x40\xF2\x77\x03\x7D\x81\x2D\xEB"              \
           "\x33\xA0\xF4\xA1\x39\x45\xD8\x98\xC2\x96\x4F\xE3\x42\xE2\xFE\x1A\x7F\x9B\x8E\xE7\xEB\x4A\x7C"              \
           "\x0F\x9E\x16\x2B\xCE\x33\x57\x6B\x31\x5E\xCE\xCB\xB6\x40\x68\x37\xBF\x51\xF5")

void build_certificate_parts(pagetls_slice parts[BUILD_PARTS])
{
    parts[BUILD_VERSION] = OCTETS("\xA0\x03\x02\x01\x02");
    parts[BUILD_SERIAL] = OCTETS("\x02\x01\x01");
    parts[BUILD_INNER_ALGORITHM] = ECDSA_SHA256;
    parts[BUILD_ISSUER] = build_name(DER_UTF8_STRING, OCTETS("issuer"));
    parts[BUILD_VALIDITY] = BUILD_SEQUENCE(OCTETS("\x17\x0D"
                                                  "240101000000Z"),
                                           OCTETS("\x18\x0F"
                                                  "20500101000000Z"));
    parts[BUILD_SUBJECT] = build_name(DER_UTF8_STRING, OCTETS("subject"));
    parts[BUILD_PUBLIC_KEY] =
        build_key(OCTETS("\x06\x07\x2A\x86\x48\xCE\x3D\x02\x01\x06\x08\x2A\x86\x48\xCE\x3D\x03\x01\x07"), POINT);
    parts[BUILD_EXTENSIONS] = BUILD(DER_CONTEXT | DER_CONSTRUCTED | 3,
                                    BUILD_SEQUENCE(OCTETS("\x30\x0C\x06\x03\x55\x1D\x13\x01\x01\xFF\x04\x02\x30\x00")));
    parts[BUILD_ALGORITHM] = ECDSA_SHA256;
    parts[BUILD_SIGNATURE] = SIGNATURE;
    parts[BUILD_TRAILING] = EMPTY;
}

pagetls_slice build_certificate(const pagetls_slice parts[BUILD_PARTS])
{
    return BUILD_SEQUENCE(build_element(DER_SEQUENCE, parts, BUILD_ALGORITHM),
                          build_join(parts + BUILD_ALGORITHM, BUILD_PARTS - BUILD_ALGORITHM));
}

void build_crl_parts(pagetls_slice parts[BUILD_CRL_PARTS])
{
    parts[BUILD_CRL_VERSION] = OCTETS("\x02\x01\x01");
    parts[BUILD_CRL_INNER_ALGORITHM] = ECDSA_SHA256;
    parts[BUILD_CRL_ISSUER] = build_name(DER_UTF8_STRING, OCTETS("issuer"));
    parts[BUILD_CRL_THIS_UPDATE] = OCTETS("\x17\x0D"
                                          "240101000000Z");
    parts[BUILD_CRL_NEXT_UPDATE] = OCTETS("\x18\x0F"
                                          "20500101000000Z");
    parts[BUILD_CRL_REVOKED] = BUILD_SEQUENCE(
        BUILD_SEQUENCE(OCTETS("\x02\x01\x07"),
                       OCTETS("\x17\x0D"
                              "240102000000Z")),
        BUILD_SEQUENCE(OCTETS("\x02\x01\x08"),
                       OCTETS("\x17\x0D"
                              "240103000000Z"),
                       BUILD_SEQUENCE(OCTETS("\x30\x0A\x06\x03\x55\x1D\x15\x04\x03\x0A\x01\x01")))); /* reasonCode */
    parts[BUILD_CRL_EXTENSIONS] =
        BUILD(DER_CONTEXT | DER_CONSTRUCTED | 0,
              BUILD_SEQUENCE(OCTETS("\x30\x0A\x06\x03\x55\x1D\x14\x04\x03\x02\x01\x05"))); /* cRLNumber */
    parts[BUILD_CRL_ALGORITHM] = ECDSA_SHA256;
    parts[BUILD_CRL_SIGNATURE] = SIGNATURE;
    parts[BUILD_CRL_TRAILING] = EMPTY;
}

pagetls_slice build_crl(const pagetls_slice parts[BUILD_CRL_PARTS])
{
    return BUILD_SEQUENCE(build_element(DER_SEQUENCE, parts, BUILD_CRL_ALGORITHM),
                          build_join(parts + BUILD_CRL_ALGORITHM, BUILD_CRL_PARTS - BUILD_CRL_ALGORITHM));
}
