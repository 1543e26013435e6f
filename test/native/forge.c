#include "forge.h"

#include <stdlib.h>
#include <string.h>

#include "mbedtls/chachapoly.h"
#include "mbedtls/md.h"
#include "player.h"

static recording sent;
static recording received;

/* HKDF-Expand-Label (RFC 8446, section 7.1) with an empty context, for up to 32 octets. */
static void expand_label(uint8_t *out, size_t len, const uint8_t secret[32], const char *label)
{
    uint8_t info[64] = { 0, (uint8_t) len, (uint8_t) (6 + strlen(label)) };
    uint8_t digest[32];
    size_t at = 3;
    memcpy(info + at, "tls13 ", 6);
    memcpy(info + at + 6, label, strlen(label));
    at += 6 + strlen(label);
    info[at++] = 0;
    info[at++] = 1; /* the counter of HKDF-Expand */
    CHECK_INT(mbedtls_md_hmac(mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), secret, 32, info, at, digest), 0);
    memcpy(out, digest, len);
}

static void derive_keys(record_keys *p)
{
    expand_label(p->key, 32, p->secret, "key");
    expand_label(p->iv, 12, p->secret, "iv");
    p->sequence = 0;
}

void forge_update_keys(record_keys *p)
{
    expand_label(p->secret, 32, p->secret, "traffic upd");
    derive_keys(p);
}

static int read_keys(record_keys *p, const char *lines, const char *label)
{
    const char *line = strstr(lines, label);
    if (line == NULL) {
        return 0;
    }
    line += strlen(label) + 1 + 64 + 1; /* label, client random in hexadecimal, and a space after each */
    for (size_t i = 0; i < 32; i++) {
        char digits[3] = { line[2 * i], line[2 * i + 1], '\0' };
        p->secret[i] = (uint8_t) strtoul(digits, NULL, 16);
    }
    derive_keys(p);
    return 1;
}

static void begin_record(mbedtls_chachapoly_context *context, uint8_t nonce[12], record_keys *p)
{
    memcpy(nonce, p->iv, 12);
    for (size_t i = 0; i < 8; i++) {
        nonce[11 - i] ^= (uint8_t) (p->sequence >> 8 * i);
    }
    p->sequence++;
    mbedtls_chachapoly_init(context);
    CHECK_INT(mbedtls_chachapoly_setkey(context, p->key), 0);
}

size_t forge_record(record_keys *p, uint8_t *record, uint8_t type, const void *content, size_t len)
{
    mbedtls_chachapoly_context context;
    uint8_t nonce[12];
    size_t inner = len + 1;
    uint8_t header[5] = { 23, 3, 3, (uint8_t) ((inner + 16) >> 8), (uint8_t) (inner + 16) };
    memcpy(record, header, 5);
    if (len > 0) {
        memcpy(record + 5, content, len);
    }
    record[5 + len] = type;
    begin_record(&context, nonce, p);
    CHECK_INT(mbedtls_chachapoly_encrypt_and_tag(&context, inner, nonce, header, 5, record + 5, record + 5,
                                                 record + 5 + inner),
              0);
    mbedtls_chachapoly_free(&context);
    return 5 + inner + 16;
}

int forge_open(record_keys *p, uint8_t *record, size_t len, uint8_t *type)
{
    mbedtls_chachapoly_context context;
    uint8_t nonce[12];
    size_t inner = len - 5 - 16;
    begin_record(&context, nonce, p);
    int ret =
        mbedtls_chachapoly_auth_decrypt(&context, inner, nonce, record, 5, record + 5 + inner, record + 5, record + 5);
    mbedtls_chachapoly_free(&context);
    while (inner > 0 && record[5 + inner - 1] == 0) { /* padding (RFC 8446, section 5.4) */
        inner--;
    }
    *type = ret == 0 && inner > 0 ? record[5 + inner - 1] : 0;
    return *type != 0 ? (int) inner - 1 : -1;
}

int forge_receive(pagetls_connection *connection, record_keys *p, uint8_t *record, size_t size, uint8_t *type)
{
    *type = 0;
    if (player_take(connection, PAGETLS_NET_OUT, record, 5) != 5) {
        return -1;
    }
    size_t len = (size_t) record[3] << 8 | record[4];
    if (len < 17 || len > size - 5 || player_take(connection, PAGETLS_NET_OUT, record + 5, len) != len) {
        return -1;
    }
    return forge_open(p, record, 5 + len, type);
}

int forge_record_handshake(void)
{
    return player_record(&sent, &received);
}

pagetls_connection *forge_replay(record_keys *server, record_keys *client)
{
    *server = *client = (record_keys) { .sequence = 0 };
    pagetls_connection *connection = player_client();
    if (connection == NULL) {
        return NULL;
    }
    pagetls_connection_set_keylog(connection, 1);
    CHECK_INT(player_feed(connection, received.bytes, received.len, sizeof(received.bytes)), PAGETLS_HANDSHAKE_DONE);
    pagetls_connection_consume(connection, PAGETLS_NET_OUT, SIZE_MAX);
    const char *lines = pagetls_connection_take_keylog(connection);
    if (lines == NULL || !read_keys(server, lines, "SERVER_TRAFFIC_SECRET_0") ||
        !read_keys(client, lines, "CLIENT_TRAFFIC_SECRET_0")) {
        pagetls_connection_free(connection);
        return NULL;
    }
    return connection;
}

pagetls_connection *forge_connection(record_keys *server, record_keys *client)
{
    return forge_record_handshake() ? forge_replay(server, client) : NULL;
}

pagetls_connection *forge_idle(pagetls_connection *connection, size_t *heap)
{
    if (connection != NULL) {
        pagetls_free(pagetls_connection_report(connection));
        (void) pagetls_connection_take_keylog(connection);
        *heap = pagetls_heap_in_use();
    }
    return connection;
}
