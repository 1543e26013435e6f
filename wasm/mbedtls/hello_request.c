#include "mbedtls/hello_request.h"

#include "mbedtls/protocol_hooks.h"
#include "mbedtls/renegotiation.h"

enum { HELLO_REQUEST = 0 }; /* RFC 5246, section 7.4 */

int pagetls_hello_request_type(const mbedtls_ssl_context *ssl)
{
    const pagetls_protocol *protocol = pagetls_protocol_active();
    return protocol != NULL && protocol->requests_left > 0 && pagetls_renegotiation_is_requested(ssl) ? -1
                                                                                                      : HELLO_REQUEST;
}
