/* The calls of the boundary that belong to no handle. */
#include <stdio.h>
#include <string.h>

#include "mbedtls/error.h"
#include "pagetls.h"
#include "platform.h"

int pagetls_start(void)
{
    return pagetls_platform_start();
}

uint8_t *pagetls_alloc(size_t len)
{
    return pagetls_heap_calloc(1, len > 0 ? len : 1);
}

void pagetls_free(void *block)
{
    pagetls_heap_free(block);
}

const char *pagetls_error_text(int code)
{
    static char text[160];
    switch (code) {
        case PAGETLS_ERR_HOSTNAME:     return "Not a host name and not an IP address";
        case PAGETLS_ERR_TRUNCATED:    return "The transport ended without a close_notify";
        case PAGETLS_ERR_NO_PEM:       return "There is no such PEM block in the input";
        case PAGETLS_ERR_OPTION:       return "A value is out of its range";
        case PAGETLS_ERR_STATE:        return "The connection has already started";
        case PAGETLS_ERR_CIPHER:       return "A cipher suite that is not known here";
        case PAGETLS_ERR_KEY_MISMATCH: return "The private key does not belong to the certificate";
        case PAGETLS_ERR_MESSAGE_SIZE: return "A handshake message is longer than the 65535 bytes that can be taken";
        default:                       break;
    }
    if (code >= 0 || code < -0xFFFF) {
        return "No such error code";
    }
    mbedtls_strerror(code, text, sizeof(text));
    return text;
}
