/* OpenSSL, as installed or newer: its ABI is the same from 3.0 on. */
#include "echo_server.h"

#include <openssl/err.h>
#include <openssl/ssl.h>

static SSL_CTX *context;

static int failed_openssl(const char *what)
{
    return failed(what, ERR_reason_error_string(ERR_peek_error()));
}

int stack_configure(const struct server_config *config)
{
    context = SSL_CTX_new(TLS_server_method());
    if (context == NULL || SSL_CTX_use_certificate_chain_file(context, config->chain) != 1 ||
        SSL_CTX_use_PrivateKey_file(context, config->key, SSL_FILETYPE_PEM) != 1) {
        return failed_openssl("key");
    }
    if (config->client_ca != NULL) {
        if (SSL_CTX_load_verify_locations(context, config->client_ca, NULL) != 1) {
            return failed_openssl("client CA");
        }
        SSL_CTX_set_client_CA_list(context, SSL_load_client_CA_file(config->client_ca));
        if (!config->later) {
            SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
        }
    }
    SSL_CTX_set_session_id_context(context, (const unsigned char *) "echo", 4);
    if (config->group != NULL && SSL_CTX_set1_groups_list(context, config->group) != 1) {
        return failed_openssl("group");
    }
    printf("%s\n", OpenSSL_version(OPENSSL_VERSION));
    return 0;
}

int stack_accept(int fd, void **connection)
{
    ERR_clear_error();
    SSL *ssl = SSL_new(context);
    *connection = ssl;
    SSL_set_fd(ssl, fd);
    return SSL_accept(ssl) == 1 ? 0 : failed_openssl("accept");
}

long stack_read(void *connection, void *bytes, size_t size)
{
    const int length = SSL_read(connection, bytes, (int) size);
    if (length > 0) {
        return length;
    }
    return SSL_get_error(connection, length) == SSL_ERROR_ZERO_RETURN ? 0 : failed_openssl("read");
}

int stack_write(void *connection, const void *bytes, size_t size)
{
    return SSL_write(connection, bytes, (int) size) > 0 ? 0 : failed_openssl("write");
}

int stack_update_keys(void *connection, int request)
{
    const int type = request ? SSL_KEY_UPDATE_REQUESTED : SSL_KEY_UPDATE_NOT_REQUESTED;
    return SSL_key_update(connection, type) == 1 ? 0 : failed_openssl("update");
}

int stack_authenticate(void *connection)
{
    SSL_set_verify(connection, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    const int asked = SSL_version(connection) == TLS1_3_VERSION ? SSL_verify_client_post_handshake(connection)
                                                                : SSL_renegotiate(connection);
    return asked == 1 && SSL_do_handshake(connection) == 1 ? 0 : failed_openssl("authenticate");
}

int stack_is_authenticated(void *connection)
{
    return SSL_get0_peer_certificate(connection) != NULL && SSL_get_verify_result(connection) == X509_V_OK;
}

void stack_close_notify(void *connection)
{
    SSL_shutdown(connection);
}

void stack_free(void *connection)
{
    SSL_free(connection);
}
