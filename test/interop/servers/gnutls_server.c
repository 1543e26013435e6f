/* GnuTLS. */
#include "echo_server.h"

#include <gnutls/gnutls.h>
#include <stdio.h>

static gnutls_certificate_credentials_t credentials;
static const char *priority = "NORMAL";
static int requires_certificate;
static int later;

int stack_configure(const struct server_config *config)
{
    int code = gnutls_certificate_allocate_credentials(&credentials);
    if (code >= 0) {
        code = gnutls_certificate_set_x509_key_file(credentials, config->chain, config->key, GNUTLS_X509_FMT_PEM);
    }
    if (code >= 0 && config->client_ca != NULL) {
        requires_certificate = 1;
        later = config->later;
        code = gnutls_certificate_set_x509_trust_file(credentials, config->client_ca, GNUTLS_X509_FMT_PEM);
    }
    if (config->group != NULL) {
        priority = "NORMAL:-GROUP-ALL:+GROUP-SECP384R1";
    }
    printf("GnuTLS %s\n", gnutls_check_version(NULL));
    return code >= 0 ? 0 : failed("key", gnutls_strerror(code));
}

static void require_certificate(gnutls_session_t session)
{
    gnutls_certificate_server_set_request(session, GNUTLS_CERT_REQUIRE);
    gnutls_session_set_verify_cert(session, NULL, 0);
}

static int handshake(gnutls_session_t session)
{
    int code;
    do {
        code = gnutls_handshake(session);
    } while (code < 0 && !gnutls_error_is_fatal(code));
    if (code < 0) {
        gnutls_alert_send_appropriate(session, code);
        return failed("handshake", gnutls_strerror(code));
    }
    return 0;
}

int stack_accept(int fd, void **connection)
{
    gnutls_session_t session;
    gnutls_init(&session, GNUTLS_SERVER | GNUTLS_POST_HANDSHAKE_AUTH);
    *connection = session;
    gnutls_priority_set_direct(session, priority, NULL);
    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials);
    if (requires_certificate && !later) {
        require_certificate(session);
    }
    gnutls_transport_set_int(session, fd);
    return handshake(session);
}

long stack_read(void *connection, void *bytes, size_t size)
{
    ssize_t length;
    do {
        length = gnutls_record_recv(connection, bytes, size);
    } while (length == GNUTLS_E_INTERRUPTED || length == GNUTLS_E_AGAIN);
    return length >= 0 ? length : failed("read", gnutls_strerror((int) length));
}

int stack_write(void *connection, const void *bytes, size_t size)
{
    const ssize_t length = gnutls_record_send(connection, bytes, size);
    return length >= 0 ? 0 : failed("write", gnutls_strerror((int) length));
}

int stack_update_keys(void *connection, int request)
{
    const int code = gnutls_session_key_update(connection, request ? GNUTLS_KU_PEER : 0);
    return code >= 0 ? 0 : failed("update", gnutls_strerror(code));
}

int stack_authenticate(void *connection)
{
    require_certificate(connection);
    if (gnutls_protocol_get_version(connection) == GNUTLS_TLS1_3) {
        const int code = gnutls_reauth(connection, 0);
        return code >= 0 ? 0 : failed("authenticate", gnutls_strerror(code));
    }
    const int code = gnutls_rehandshake(connection);
    return code >= 0 ? handshake(connection) : failed("authenticate", gnutls_strerror(code));
}

int stack_is_authenticated(void *connection)
{
    unsigned int count = 0;
    return gnutls_certificate_get_peers(connection, &count) != NULL && count > 0 &&
        gnutls_session_get_verify_cert_status(connection) == 0;
}

void stack_close_notify(void *connection)
{
    gnutls_bye(connection, GNUTLS_SHUT_WR);
}

void stack_free(void *connection)
{
    gnutls_deinit(connection);
}
