/* The KeyUpdates of a connection: key_update.h has the rules, mbedtls/traffic_keys.h changes the keys. */
#include "host/host.h"
#include "mbedtls/traffic_keys.h"
#include "tls/connection_parts.h"

int pagetls_connection_update_keys(pagetls_connection *connection)
{
    if ((connection->state & (PAGETLS_HANDSHAKE_DONE | PAGETLS_CLOSED | PAGETLS_FAILED)) != PAGETLS_HANDSHAKE_DONE ||
        connection->closing) {
        return PAGETLS_ERR_STATE;
    }
    if (pagetls_traffic_records_sent(&connection->ssl) == NULL) {
        return PAGETLS_ERR_NO_KEY_UPDATE;
    }
    connection->key_update |= PAGETLS_KEY_UPDATE_REQUEST;
    return 0;
}

int pagetls_connection_send_key_update(pagetls_connection *connection)
{
    int ret = pagetls_traffic_flush(&connection->ssl);
    const uint8_t *records = pagetls_traffic_records_sent(&connection->ssl);
    int request = (connection->key_update & PAGETLS_KEY_UPDATE_REQUEST) != 0;
    /* The peer wants its answer "prior to sending its next Application Data record" (RFC 8446, section 4.6.3). Java
     * insists on it before close_notify, too: it reads no record under a key that has reached its limit. */
    int has_records = pagetls_queue_size(&connection->queue[PAGETLS_APP_OUT]) > 0 || connection->closing;
    if (ret != 0 || records == NULL ||
        !(request || (has_records && (connection->key_update != 0 || pagetls_key_update_is_due(records))))) {
        return ret;
    }
    connection->key_update = 0; /* one answers all requests so far */
    ret = pagetls_traffic_send_update(&connection->ssl, request);
    if (ret == 0 || ret == MBEDTLS_ERR_SSL_WANT_WRITE) {
        pagetls_connection_log_update(connection, PAGETLS_SENDING);
    }
    return ret;
}

int pagetls_connection_receive_key_update(pagetls_connection *connection, int *ret)
{
    size_t len;
    size_t remaining;
    int requested = 0;
    const uint8_t *message = pagetls_traffic_received(&connection->ssl, *ret, PAGETLS_KEY_UPDATE, &len, &remaining);
    if (message == NULL) {
        return 0;
    }
    int alert = pagetls_key_update_read(message, len, remaining, &requested);
    if (alert == 0 && !pagetls_key_update_spend(&connection->key_updates, pagetls_host_now())) {
        alert = PAGETLS_ALERT_UNEXPECTED_MESSAGE;
    }
    *ret = alert != 0 ? pagetls_traffic_reject(&connection->ssl, alert)
                      : pagetls_traffic_update_keys(&connection->ssl, PAGETLS_RECEIVING);
    if (*ret != 0) {
        return 0;
    }
    pagetls_connection_log_update(connection, PAGETLS_RECEIVING);
    if (requested && (connection->state & PAGETLS_CLOSED) == 0) {
        connection->key_update |= PAGETLS_KEY_UPDATE_ANSWER;
    }
    return 1;
}
