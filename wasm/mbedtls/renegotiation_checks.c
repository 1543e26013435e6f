#include "mbedtls/renegotiation_checks.h"

#include <string.h>

#include "crypto/secret.h"
#include "mbedtls/extension_checks.h"

enum { TLS12 = 0x0303 };
enum { ALPN = 16, EXTENDED_MASTER_SECRET = 23, SUPPORTED_VERSIONS = 43, RENEGOTIATION_INFO = 0xFF01 };

/* RFC 5746, section 3.5: "MUST then verify that the first half of the "renegotiated_connection" field is equal to the saved
 * client_verify_data value, and the second half is equal to the saved server_verify_data value". In constant time. */
static int is_info(pagetls_slice content, const pagetls_renegotiated *before)
{
    const size_t len = sizeof(before->verify_data);
    return content.len == 1 + len && content.p[0] == len && !secrets_differ(content.p + 1, before->verify_data, len);
}

/* 1 if an answer to ALPN has this protocol. Its form is checked with all extensions. */
static int is_protocol(pagetls_slice content, const char *protocol)
{
    enum { NAME_AT = 3 };
    return protocol != NULL && content.len > NAME_AT &&
        pagetls_slice_is((pagetls_slice) { content.p + NAME_AT, content.len - NAME_AT }, protocol, strlen(protocol));
}

pagetls_violation pagetls_renegotiation_check_hello(const pagetls_renegotiated *before, size_t version,
                                                    pagetls_slice extensions)
{
    size_t type;
    pagetls_slice content;
    int has_info = 0;
    int has_changed = version != TLS12;
    int extended_master_secret = 0;
    while (pagetls_tls_extension_next(&extensions, &type, &content)) {
        switch (type) {
            case RENEGOTIATION_INFO: has_info = is_info(content, before); break;
            case EXTENDED_MASTER_SECRET: extended_master_secret = 1; break;
            case SUPPORTED_VERSIONS: has_changed = 1; break;
            case ALPN: has_changed |= !is_protocol(content, before->protocol); break;
            default: break;
        }
    }
    if (!has_info) { /* missing: "the client MUST abort the handshake" */
        return PAGETLS_VIOLATION_RENEGOTIATION_INFO;
    }
    /* Without RFC 7627, or with less of it, two handshakes can have the same verify_data. */
    return has_changed || extended_master_secret != before->extended_master_secret ? PAGETLS_VIOLATION_RENEGOTIATED
                                                                                   : PAGETLS_VIOLATION_NONE;
}

/* RFC 7627, section 1: the triple handshake attack needs another certificate. This one was verified. */
pagetls_violation pagetls_renegotiation_check_certificate(const pagetls_renegotiated *before, pagetls_slice body)
{
    pagetls_slice list;
    pagetls_slice leaf;
    return pagetls_vector_next(&body, 3, &list) && pagetls_vector_next(&list, 3, &leaf) && before->leaf.len > 0 &&
            pagetls_slices_equal(leaf, before->leaf)
        ? PAGETLS_VIOLATION_NONE
        : PAGETLS_VIOLATION_RENEGOTIATED_CERTIFICATE;
}
