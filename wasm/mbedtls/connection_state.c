#define MBEDTLS_ALLOW_PRIVATE_ACCESS /* in_msg, in_msgtype and conf */
#include "mbedtls/connection_state.h"

#include "mbedtls/psa_util.h"

void pagetls_ssl_use_host_random(mbedtls_ssl_config *config)
{
    mbedtls_ssl_conf_rng(config, mbedtls_psa_get_random, MBEDTLS_PSA_RANDOM_STATE);
}

int pagetls_ssl_alert(const mbedtls_ssl_context *ssl)
{
    return ssl->in_msg != NULL && ssl->in_msgtype == MBEDTLS_SSL_MSG_ALERT ? ssl->in_msg[1] : -1;
}

void pagetls_ssl_free(mbedtls_ssl_context *ssl, const mbedtls_ssl_config *config)
{
    if (ssl->conf == NULL) {
        /* mbedtls_ssl_setup() failed and left a handshake behind; freeing that needs the configuration. */
        ssl->conf = config;
    }
    mbedtls_ssl_free(ssl);
}
