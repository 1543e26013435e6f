/* What a connection can be told before it starts. */
#include <string.h>

#include "connection.h"
#include "mbedtls/psa_util.h"
#include "mbedtls/ssl_ciphersuites.h"
#include "pem_blocks.h"
#include "platform.h"
#include "trust_store.h"

int pagetls_connection_set_servername(pagetls_connection *connection, const char *text, size_t len)
{
    return connection->started ? PAGETLS_ERR_STATE : pagetls_hostname_read(&connection->needs->servername, text, len);
}

void pagetls_connection_set_required(pagetls_connection *connection, int required)
{
    connection->required = required;
}

void pagetls_connection_set_keylog(pagetls_connection *connection, int enabled)
{
    connection->keylog_enabled = enabled;
}

int pagetls_connection_set_versions(pagetls_connection *connection, int minimum, int maximum)
{
    if (connection->started) {
        return PAGETLS_ERR_STATE;
    }
    if (minimum < MBEDTLS_SSL_VERSION_TLS1_2 || maximum > MBEDTLS_SSL_VERSION_TLS1_3 || minimum > maximum) {
        return PAGETLS_ERR_OPTION;
    }
    mbedtls_ssl_conf_min_tls_version(&connection->config, (mbedtls_ssl_protocol_version) minimum);
    mbedtls_ssl_conf_max_tls_version(&connection->config, (mbedtls_ssl_protocol_version) maximum);
    return 0;
}

int pagetls_connection_set_alpn(pagetls_connection *connection, const uint8_t *list, size_t len)
{
    size_t count = 0;
    if (connection->started || connection->alpn_text != NULL) {
        return PAGETLS_ERR_STATE;
    }
    for (size_t at = 0; at < len; at += 1u + list[at]) {
        if (list[at] == 0 || list[at] > len - at - 1 || memchr(list + at + 1, 0, list[at]) != NULL) {
            return PAGETLS_ERR_OPTION;
        }
        count++;
    }
    if (count == 0) {
        return 0; /* no extension, rather than an empty one */
    }
    /* The wire form with each length octet shifted away becomes the terminated strings. */
    connection->alpn_text = pagetls_heap_calloc(1, len + 1);
    connection->alpn = pagetls_heap_calloc(count + 1, sizeof(*connection->alpn));
    if (connection->alpn_text == NULL || connection->alpn == NULL) {
        return MBEDTLS_ERR_SSL_ALLOC_FAILED;
    }
    char *to = connection->alpn_text;
    count = 0;
    for (size_t at = 0; at < len; at += 1u + list[at]) {
        memcpy(to, list + at + 1, list[at]);
        connection->alpn[count++] = to;
        to += list[at] + 1;
    }
    return mbedtls_ssl_conf_alpn_protocols(&connection->config, connection->alpn);
}

/* Mbed TLS's spelling of an IANA name: TLS_AES_… is TLS1-3-AES-…, and - stands for _. */
static int cipher_number(const char *name, size_t len)
{
    char text[80];
    size_t at = 0;
    int tls13 = len > 4 && memcmp(name, "TLS_", 4) == 0 && (memchr(name, 'W', len) == NULL);
    if (len + 4 > sizeof(text)) {
        return 0;
    }
    if (tls13) {
        memcpy(text, "TLS1-3-", 7);
        at = 7;
        name += 4;
        len -= 4;
    }
    for (size_t i = 0; i < len; i++) {
        text[at++] = name[i] == '_' ? '-' : name[i];
    }
    text[at] = '\0';
    return mbedtls_ssl_get_ciphersuite_id(text);
}

int pagetls_connection_set_ciphers(pagetls_connection *connection, const char *names, size_t len)
{
    size_t count = 1;
    for (size_t i = 0; i < len; i++) {
        count += names[i] == ',';
    }
    if (connection->started || connection->ciphers != NULL) {
        return PAGETLS_ERR_STATE;
    }
    connection->ciphers = pagetls_heap_calloc(count + 1, sizeof(int));
    if (connection->ciphers == NULL) {
        return MBEDTLS_ERR_SSL_ALLOC_FAILED;
    }
    for (size_t i = 0; i < count; i++) {
        const char *comma = memchr(names, ',', len);
        size_t name_len = comma == NULL ? len : (size_t) (comma - names);
        connection->ciphers[i] = cipher_number(names, name_len);
        if (connection->ciphers[i] == 0) {
            pagetls_heap_free(connection->ciphers);
            connection->ciphers = NULL;
            return PAGETLS_ERR_CIPHER;
        }
        size_t taken = comma == NULL ? name_len : name_len + 1;
        names += taken;
        len -= taken;
    }
    mbedtls_ssl_conf_ciphersuites(&connection->config, connection->ciphers);
    return 0;
}

static int add_identity(void *context, const uint8_t *der, size_t len)
{
    return mbedtls_x509_crt_parse_der_with_ext_cb(context, der, len, 1, NULL, NULL);
}

static int read_identity(pagetls_connection *connection, const uint8_t *chain, size_t chain_len,
                         const uint8_t *key, size_t key_len)
{
    pagetls_handshake_needs *needs = connection->needs;
    int ret = pagetls_pem_walk(chain, chain_len, "CERTIFICATE", add_identity, &needs->identity, NULL);
    if (ret <= 0) {
        return ret == 0 ? PAGETLS_ERR_NO_PEM : ret;
    }
    /* A PEM key is parsed from a terminated string, a DER key must not be. */
    uint8_t *copy = pagetls_heap_copy(key, key_len);
    if (copy == NULL) {
        return MBEDTLS_ERR_SSL_ALLOC_FAILED;
    }
    size_t given = key_len > 0 && key[0] == 0x30 ? key_len : key_len + 1;
    ret = mbedtls_pk_parse_key(&needs->key, copy, given, NULL, 0, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
    pagetls_heap_free(copy);
    if (ret != 0) {
        return ret;
    }
    if (mbedtls_pk_check_pair(&needs->identity.pk, &needs->key, mbedtls_psa_get_random,
                              MBEDTLS_PSA_RANDOM_STATE) != 0) {
        return PAGETLS_ERR_KEY_MISMATCH;
    }
    return mbedtls_ssl_conf_own_cert(&connection->config, &needs->identity, &needs->key);
}

int pagetls_connection_set_identity(pagetls_connection *connection, const uint8_t *chain,
                                    size_t chain_len, const uint8_t *key, size_t key_len)
{
    if (connection->started || connection->needs->identity.raw.p != NULL) {
        return PAGETLS_ERR_STATE;
    }
    int ret = read_identity(connection, chain, chain_len, key, key_len);
    if (ret != 0) { /* half an identity is none */
        mbedtls_x509_crt_free(&connection->needs->identity);
        mbedtls_pk_free(&connection->needs->key);
    }
    return ret;
}

/* Order of preference when the host names none: ChaCha20-Poly1305 costs a third of AES-GCM in wasm. */
static const int default_ciphers[] = {
    MBEDTLS_TLS1_3_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS1_3_AES_128_GCM_SHA256,
    MBEDTLS_TLS1_3_AES_256_GCM_SHA384,
    MBEDTLS_TLS1_3_AES_128_CCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_128_CCM,
    MBEDTLS_TLS_ECDHE_ECDSA_WITH_AES_256_CCM,
    0
};

int pagetls_connection_configure(pagetls_connection *connection)
{
    mbedtls_ssl_config *config = &connection->config;
    pagetls_verification *verification = &connection->verification;
    if (verification->hostname.text[0] == '\0' && connection->required) {
        return PAGETLS_ERR_HOSTNAME; /* a certificate for anybody would do: refuse to start */
    }
    if (verification->trust == NULL) {
        verification->trust = pagetls_trust_store_new(); /* trusts nothing */
        if (verification->trust == NULL) {
            return MBEDTLS_ERR_SSL_ALLOC_FAILED;
        }
    }
    mbedtls_ssl_conf_rng(config, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
    mbedtls_ssl_conf_authmode(config, connection->required ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_OPTIONAL);
    mbedtls_ssl_conf_ca_chain(config, &verification->trust->roots, NULL);
    if (connection->ciphers == NULL) {
        mbedtls_ssl_conf_ciphersuites(config, default_ciphers);
    }
    return 0;
}
