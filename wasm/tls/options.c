/* Options of a connection, set before its first pump. */
#include <string.h>

#include "host/heap.h"
#include "mbedtls/connection_state.h"
#include "mbedtls/errors.h"
#include "mbedtls/ssl_ciphersuites.h"
#include "tls/connection_parts.h"

int pagetls_connection_set_servername(pagetls_connection *connection, const char *text, size_t len)
{
    if (connection->started) {
        return PAGETLS_ERR_STATE;
    }
    return pagetls_hostname_read(&connection->handshake->servername, text, len) == 0 ? 0 : PAGETLS_ERR_HOSTNAME;
}

void pagetls_connection_set_verify_required(pagetls_connection *connection, int required)
{
    connection->verify_required = required != 0;
}

void pagetls_connection_set_keylog(pagetls_connection *connection, int enabled)
{
    connection->keylog_enabled = enabled != 0;
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
        return 0; /* omit the extension: RFC 7301 allows no empty list */
    }
    /* Copying each name over its length octet leaves space for a NUL after it. */
    connection->alpn_text = pagetls_heap_calloc(1, len + 1);
    connection->alpn = pagetls_heap_calloc(count + 1, sizeof(*connection->alpn));
    if (connection->alpn_text == NULL || connection->alpn == NULL) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    char *to = connection->alpn_text;
    count = 0;
    for (size_t at = 0; at < len; at += 1u + list[at]) {
        memcpy(to, list + at + 1, list[at]);
        connection->alpn[count++] = to;
        to += list[at] + 1;
    }
    int ret = mbedtls_ssl_conf_alpn_protocols(&connection->config, connection->alpn);
    return ret == 0 ? 0 : pagetls_error_from_native(ret, PAGETLS_ERR_OPTION);
}

/* The number of the cipher suite with this IANA name, or 0. */
static int cipher_suite_id(const char *name, size_t len)
{
    char text[PAGETLS_CIPHER_NAME_SIZE];
    size_t at = 0;
    int tls13 = len > 4 && memcmp(name, "TLS_", 4) == 0 && (memchr(name, 'W', len) == NULL); /* no "_WITH_" */
    if (len + 4 > sizeof(text)) {
        return 0;
    }
    if (tls13) {
        memcpy(text, PAGETLS_TLS13_CIPHER_PREFIX, strlen(PAGETLS_TLS13_CIPHER_PREFIX));
        at = strlen(PAGETLS_TLS13_CIPHER_PREFIX);
        name += strlen("TLS_");
        len -= strlen("TLS_");
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
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    for (size_t i = 0; i < count; i++) {
        const char *comma = memchr(names, ',', len);
        size_t name_len = comma == NULL ? len : (size_t) (comma - names);
        connection->ciphers[i] = cipher_suite_id(names, name_len);
        if (connection->ciphers[i] == 0) {
            pagetls_heap_free(connection->ciphers);
            connection->ciphers = NULL;
            return PAGETLS_ERR_CIPHER;
        }
        size_t consumed = comma == NULL ? name_len : name_len + 1;
        names += consumed;
        len -= consumed;
    }
    mbedtls_ssl_conf_ciphersuites(&connection->config, connection->ciphers);
    return 0;
}

/* Identities are chosen before the first pump, or while the connection waits for them. */
static int get_client_auth(pagetls_connection *connection)
{
    if (connection->started && (connection->state & PAGETLS_NEEDS_IDENTITY) == 0) {
        return PAGETLS_ERR_STATE;
    }
    if (connection->client_auth == NULL) {
        connection->client_auth = pagetls_client_auth_new();
    }
    return connection->client_auth == NULL ? PAGETLS_ERR_OUT_OF_MEMORY : 0;
}

int pagetls_connection_add_identity(pagetls_connection *connection, const uint8_t *chain, size_t chain_len,
                                    const uint8_t *key, size_t key_len, const uint8_t *passphrase, size_t passphrase_len)
{
    const int code = get_client_auth(connection);
    return code != 0
        ? code
        : pagetls_client_auth_add(connection->client_auth, (pagetls_slice) { chain, chain_len },
                                  (pagetls_slice) { key, key_len }, (pagetls_slice) { passphrase, passphrase_len });
}

int pagetls_connection_wait_for_identity(pagetls_connection *connection)
{
    const int code = get_client_auth(connection);
    if (code == 0) {
        pagetls_client_auth_ask_host(connection->client_auth);
    }
    return code;
}

int pagetls_connection_answer_request(pagetls_connection *connection)
{
    if ((connection->state & PAGETLS_NEEDS_IDENTITY) == 0) {
        return PAGETLS_ERR_STATE;
    }
    pagetls_client_auth_answer(connection->client_auth);
    return 0;
}

/* Default order of preference: in wasm, ChaCha20-Poly1305 takes a third of the time of AES-GCM. */
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
    0,
};

/* Order of preference, without a list from the caller. The first group gets the key share. */
static const uint16_t supported_groups[] = {
    MBEDTLS_SSL_IANA_TLS_GROUP_X25519,    MBEDTLS_SSL_IANA_TLS_GROUP_SECP256R1, MBEDTLS_SSL_IANA_TLS_GROUP_SECP384R1,
    MBEDTLS_SSL_IANA_TLS_GROUP_SECP521R1, MBEDTLS_SSL_IANA_TLS_GROUP_NONE,
};

/* Mbed TLS's default, and Ed25519: last, so that a server with several certificates rather uses another, which every
 * profile accepts. */
static const uint16_t supported_schemes[] = {
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP256R1_SHA256,
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP384R1_SHA384,
    MBEDTLS_TLS1_3_SIG_ECDSA_SECP521R1_SHA512,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA512,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA384,
    MBEDTLS_TLS1_3_SIG_RSA_PSS_RSAE_SHA256,
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA512,
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA384,
    MBEDTLS_TLS1_3_SIG_RSA_PKCS1_SHA256,
    MBEDTLS_TLS1_3_SIG_ED25519,
    MBEDTLS_TLS1_3_SIG_NONE,
};

static int has_number(const uint16_t *list, uint16_t number)
{
    while (*list != 0 && *list != number) {
        list++;
    }
    return *list == number;
}

/* Copies a list of \p supported numbers, two octets each, to *out, and ends it with 0. */
static int set_numbers(const pagetls_connection *connection, uint16_t **out, const uint16_t *supported,
                       const uint8_t *list, size_t len)
{
    if (connection->started || *out != NULL) {
        return PAGETLS_ERR_STATE;
    }
    if (len == 0 || len % 2 != 0) {
        return PAGETLS_ERR_OPTION;
    }
    uint16_t *numbers = pagetls_heap_calloc(len / 2 + 1, sizeof(*numbers));
    if (numbers == NULL) {
        return PAGETLS_ERR_OUT_OF_MEMORY;
    }
    for (size_t i = 0; i < len / 2; i++) {
        uint16_t number = (uint16_t) (list[2 * i] << 8 | list[2 * i + 1]);
        if (number == 0 || !has_number(supported, number) || has_number(numbers, number)) {
            pagetls_heap_free(numbers);
            return PAGETLS_ERR_OPTION;
        }
        numbers[i] = number;
    }
    *out = numbers;
    return 0;
}

int pagetls_connection_set_groups(pagetls_connection *connection, const uint8_t *list, size_t len)
{
    return set_numbers(connection, &connection->groups, supported_groups, list, len);
}

int pagetls_connection_set_signature_schemes(pagetls_connection *connection, const uint8_t *list, size_t len)
{
    return set_numbers(connection, &connection->signature_schemes, supported_schemes, list, len);
}

int pagetls_connection_configure(pagetls_connection *connection)
{
    mbedtls_ssl_config *config = &connection->config;
    const pagetls_verification *verification = &connection->verification;
    if (verification->hostname.text[0] == '\0' && connection->verify_required && !verification->hostname_optional) {
        return PAGETLS_ERR_HOSTNAME; /* without a name, any host's certificate would be accepted */
    }
    pagetls_ssl_use_host_random(config);
    mbedtls_ssl_conf_authmode(config,
                              connection->verify_required ? MBEDTLS_SSL_VERIFY_REQUIRED : MBEDTLS_SSL_VERIFY_OPTIONAL);
    mbedtls_ssl_conf_ca_chain(config, pagetls_ca_chain(verification->trust), NULL);
    mbedtls_ssl_conf_groups(config, connection->groups != NULL ? connection->groups : supported_groups);
    mbedtls_ssl_conf_sig_algs(
        config, connection->signature_schemes != NULL ? connection->signature_schemes : supported_schemes);
    if (connection->ciphers == NULL) {
        mbedtls_ssl_conf_ciphersuites(config, default_ciphers);
    }
    return 0;
}
