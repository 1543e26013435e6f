/* The report and the key log of a connection. */
#include <string.h>

#include "describe/describe.h"
#include "host/format.h"
#include "host/heap.h"
#include "mbedtls/traffic_keys.h"
#include "tls/connection_parts.h"

/* Converts Mbed TLS's name of a cipher suite to the IANA name. */
static void iana_cipher_name(char name[PAGETLS_CIPHER_NAME_SIZE], const char *mbedtls_name)
{
    size_t at = 0;
    if (strncmp(mbedtls_name, PAGETLS_TLS13_CIPHER_PREFIX, strlen(PAGETLS_TLS13_CIPHER_PREFIX)) == 0) {
        memcpy(name, "TLS_", strlen("TLS_"));
        at = strlen("TLS_");
        mbedtls_name += strlen(PAGETLS_TLS13_CIPHER_PREFIX);
    }
    for (; *mbedtls_name != '\0' && at < PAGETLS_CIPHER_NAME_SIZE - 1; mbedtls_name++) {
        name[at++] = *mbedtls_name == '-' ? '_' : *mbedtls_name;
    }
    name[at] = '\0';
}

char *pagetls_connection_report(pagetls_connection *connection)
{
    char cipher[PAGETLS_CIPHER_NAME_SIZE];
    pagetls_connection_summary summary = { NULL, NULL, NULL, 0, 0 };
    if (connection->state & PAGETLS_HANDSHAKE_DONE) {
        iana_cipher_name(cipher, mbedtls_ssl_get_ciphersuite(&connection->ssl));
        summary = (pagetls_connection_summary) {
            .protocol = mbedtls_ssl_get_version(&connection->ssl),
            .cipher = cipher,
            .alpn = mbedtls_ssl_get_alpn_protocol(&connection->ssl),
            .group = connection->protocol.group,
            .signature_scheme = connection->protocol.signature_scheme,
        };
    }
    char *text = pagetls_describe_connection(&summary, &connection->verification);
    pagetls_verification_drop_chain(&connection->verification);
    return text;
}

char *pagetls_connection_certificate_request(const pagetls_connection *connection)
{
    pagetls_certificate_request request;
    if (connection->client_auth == NULL || pagetls_client_auth_request(connection->client_auth, &request) != 0) {
        return NULL;
    }
    const pagetls_request_summary summary = { request.schemes, request.types, request.authorities, request.tls13 };
    return pagetls_describe_request(&summary);
}

uint32_t pagetls_connection_identity_key(const pagetls_connection *connection, size_t n)
{
    pagetls_client_key key;
    if (connection->client_auth == NULL || pagetls_client_auth_key(connection->client_auth, n, &key) != 0) {
        return 0;
    }
    return (uint32_t) key.bits | (key.is_rsa ? PAGETLS_KEY_IS_RSA : 0u);
}

/* --- key log ------------------------------------------------------------------------ */

/* Sizes in bytes. LABEL_SIZE includes a space and a NUL; no secret is longer than a SHA-512 hash. */
enum { LABEL_SIZE = 60, CLIENT_RANDOM_OCTETS = 32, SECRET_MAX = 64 };

static const char *keylog_label(mbedtls_ssl_key_export_type type)
{
    switch (type) {
        case MBEDTLS_SSL_KEY_EXPORT_TLS12_MASTER_SECRET: return "CLIENT_RANDOM";
        case MBEDTLS_SSL_KEY_EXPORT_TLS1_3_CLIENT_HANDSHAKE_TRAFFIC_SECRET: return "CLIENT_HANDSHAKE_TRAFFIC_SECRET";
        case MBEDTLS_SSL_KEY_EXPORT_TLS1_3_SERVER_HANDSHAKE_TRAFFIC_SECRET: return "SERVER_HANDSHAKE_TRAFFIC_SECRET";
        case MBEDTLS_SSL_KEY_EXPORT_TLS1_3_CLIENT_APPLICATION_TRAFFIC_SECRET: return "CLIENT_TRAFFIC_SECRET_0";
        case MBEDTLS_SSL_KEY_EXPORT_TLS1_3_SERVER_APPLICATION_TRAFFIC_SECRET: return "SERVER_TRAFFIC_SECRET_0";
        default: return NULL;
    }
}

static size_t write_hex(char *to, const unsigned char *bytes, size_t len)
{
    for (size_t i = 0; i < len; i++) {
        pagetls_format(to + 2 * i, 3, "%02x", bytes[i]);
    }
    return 2 * len;
}

static void append_keylog(pagetls_connection *connection, const char *label, const uint8_t *client_random,
                          const uint8_t *secret, size_t secret_len)
{
    size_t old = connection->keylog == NULL ? 0 : strlen(connection->keylog);
    size_t at = old;
    if (secret_len > SECRET_MAX) {
        return;
    }
    char *text = pagetls_heap_calloc(1, old + LABEL_SIZE + 2 * CLIENT_RANDOM_OCTETS + 1 + 2 * SECRET_MAX + 2);
    if (text == NULL) {
        return;
    }
    if (old > 0) {
        memcpy(text, connection->keylog, old);
    }
    at += (size_t) pagetls_format(text + at, LABEL_SIZE, "%s ", label);
    at += write_hex(text + at, client_random, CLIENT_RANDOM_OCTETS);
    text[at++] = ' ';
    at += write_hex(text + at, secret, secret_len);
    text[at] = '\n';
    pagetls_heap_free(connection->keylog);
    connection->keylog = text;
}

void pagetls_connection_log_key(void *context, mbedtls_ssl_key_export_type type, const unsigned char *secret,
                                size_t secret_len, const unsigned char client_random[32],
                                const unsigned char server_random[32], mbedtls_tls_prf_types prf)
{
    (void) server_random, (void) prf;
    pagetls_connection *connection = context;
    const char *label = keylog_label(type);
    if (label == NULL) {
        return;
    }
    append_keylog(connection, label, client_random, secret, secret_len);
    if (connection->keylog_names == NULL) { /* Mbed TLS forgets client_random after the handshake */
        connection->keylog_names = pagetls_heap_calloc(1, sizeof(*connection->keylog_names));
    }
    if (connection->keylog_names != NULL) {
        memcpy(connection->keylog_names->client_random, client_random, CLIENT_RANDOM_OCTETS);
    }
}

void pagetls_connection_log_update(pagetls_connection *connection, int direction)
{
    pagetls_keylog_names *names = connection->keylog_names;
    char label[LABEL_SIZE];
    size_t len;
    const uint8_t *secret = pagetls_traffic_secret(&connection->ssl, direction, &len);
    if (names != NULL) {
        pagetls_format(label, sizeof(label), "%s_TRAFFIC_SECRET_%u", direction == PAGETLS_SENDING ? "CLIENT" : "SERVER",
                       ++names->updates[direction]);
        append_keylog(connection, label, names->client_random, secret, len);
    }
}

const char *pagetls_connection_take_keylog(pagetls_connection *connection)
{
    pagetls_heap_free(connection->keylog_returned);
    connection->keylog_returned = connection->keylog;
    connection->keylog = NULL;
    return connection->keylog_returned;
}
