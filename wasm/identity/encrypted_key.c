#include "identity/encrypted_key.h"

#include <string.h>

#include "pagetls.h"

int pagetls_octets_join(const pagetls_element *element, pagetls_slice *octets)
{
    pagetls_slice rest = element->content;
    pagetls_element part;
    *octets = rest;
    if (!(element->tag & DER_CONSTRUCTED)) {
        return 0;
    }
    octets->len = 0;
    while (rest.len > 0) {
        if (pagetls_ber_next(&rest, &part) != 0 || part.tag != DER_OCTET_STRING) {
            return -1;
        }
        memmove((uint8_t *) octets->p + octets->len, part.content.p, part.content.len);
        octets->len += part.content.len;
    }
    return 0;
}

int pagetls_identity_visit_key(pagetls_identity_walk *walk, pagetls_slice der)
{
    walk->keys++;
    return walk->visit(walk->context, PAGETLS_IDENTITY_KEY, der);
}

int pagetls_identity_walk_encrypted_key(pagetls_identity_walk *walk, pagetls_slice content)
{
    pagetls_slice algorithm;
    pagetls_slice key;
    pagetls_element data;
    if (pagetls_ber_expect(&content, DER_SEQUENCE, &algorithm) != 0 || pagetls_ber_next(&content, &data) != 0 ||
        (data.tag & ~(unsigned) DER_CONSTRUCTED) != DER_OCTET_STRING || pagetls_octets_join(&data, &key) != 0) {
        return pagetls_damaged_identity();
    }
    const int ret = pagetls_passphrase_decrypt(walk->passphrase, algorithm, (uint8_t *) key.p, &key.len);
    return ret != 0 ? ret : pagetls_identity_walk_decrypted_key(walk, key);
}

int pagetls_identity_walk_decrypted_key(pagetls_identity_walk *walk, pagetls_slice key)
{
    pagetls_element element;
    pagetls_slice rest = key;
    return pagetls_der_next(&rest, &element) != 0 || element.tag != DER_SEQUENCE || rest.len > 0
        ? PAGETLS_ERR_PASSPHRASE_WRONG
        : pagetls_identity_visit_key(walk, key);
}
