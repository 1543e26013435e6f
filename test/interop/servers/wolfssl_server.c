/* wolfSSL. */
#include <wolfssl/options.h>

#include <wolfssl/ssl.h>

#include "echo_server.h"

#include <stdio.h>

enum { REQUIRED = WOLFSSL_VERIFY_PEER | WOLFSSL_VERIFY_FAIL_IF_NO_PEER_CERT };

static WOLFSSL_CTX *context;

static int failed_wolfssl(const char *what, WOLFSSL *ssl, int result)
{
    char text[WOLFSSL_MAX_ERROR_SZ];
    return failed(what, wolfSSL_ERR_error_string((unsigned long) wolfSSL_get_error(ssl, result), text));
}

int stack_configure(const struct server_config *config)
{
    wolfSSL_Init();
    context = wolfSSL_CTX_new(wolfSSLv23_server_method());
    if (context == NULL || wolfSSL_CTX_use_certificate_chain_file(context, config->chain) != WOLFSSL_SUCCESS ||
        wolfSSL_CTX_use_PrivateKey_file(context, config->key, WOLFSSL_FILETYPE_PEM) != WOLFSSL_SUCCESS) {
        return failed("key", NULL);
    }
    if (config->client_ca != NULL) {
        if (wolfSSL_CTX_load_verify_locations(context, config->client_ca, NULL) != WOLFSSL_SUCCESS) {
            return failed("client CA", NULL);
        }
        wolfSSL_CTX_set_client_CA_list(context, wolfSSL_load_client_CA_file(config->client_ca));
        wolfSSL_CTX_set_verify(context, config->later ? WOLFSSL_VERIFY_NONE : REQUIRED, NULL);
    }
    if (config->group != NULL) {
        int groups[] = { WOLFSSL_ECC_SECP384R1 };
        if (wolfSSL_CTX_set_groups(context, groups, 1) != WOLFSSL_SUCCESS) {
            return failed("group", NULL);
        }
    }
    printf("wolfSSL %s\n", wolfSSL_lib_version());
    return 0;
}

int stack_accept(int fd, void **connection)
{
    WOLFSSL *ssl = wolfSSL_new(context);
    *connection = ssl;
    wolfSSL_set_fd(ssl, fd);
    const int result = wolfSSL_accept(ssl);
    return result == WOLFSSL_SUCCESS ? 0 : failed_wolfssl("accept", ssl, result);
}

long stack_read(void *connection, void *bytes, size_t size)
{
    const int length = wolfSSL_read(connection, bytes, (int) size);
    if (length > 0) {
        return length;
    }
    const int code = wolfSSL_get_error(connection, length);
    return code == WOLFSSL_ERROR_ZERO_RETURN ? 0 : failed_wolfssl("read", connection, length);
}

int stack_write(void *connection, const void *bytes, size_t size)
{
    const int length = wolfSSL_write(connection, bytes, (int) size);
    return length > 0 ? 0 : failed_wolfssl("write", connection, length);
}

/* It always requests the client's. */
int stack_update_keys(void *connection, int request)
{
    (void) request;
    const int result = wolfSSL_update_keys(connection);
    return result == WOLFSSL_SUCCESS ? 0 : failed_wolfssl("update", connection, result);
}

/* Debian's has no renegotiation. */
int stack_authenticate(void *connection)
{
    wolfSSL_set_verify(connection, REQUIRED, NULL);
    const int result = wolfSSL_request_certificate(connection);
    return result == WOLFSSL_SUCCESS ? 0 : failed_wolfssl("authenticate", connection, result);
}

int stack_is_authenticated(void *connection)
{
    WOLFSSL_X509 *certificate = wolfSSL_get_peer_certificate(connection);
    wolfSSL_X509_free(certificate);
    return certificate != NULL;
}

void stack_close_notify(void *connection)
{
    wolfSSL_shutdown(connection);
}

void stack_free(void *connection)
{
    wolfSSL_free(connection);
}
