"""The close codes that the bridge sends to clients.

Codes 4000 to 4999 are for private use (RFC 6455, section 7.4.2). Each comes with a reason of at most 123
bytes that gives the details. README.md has the same table; a test compares them.
"""

from __future__ import annotations

NORMAL = 1000
GOING_AWAY = 1001
PROTOCOL_ERROR = 1002
UNSUPPORTED_DATA = 1003
MESSAGE_TOO_BIG = 1009
TARGET_RESET = 4001
BAD_TOKEN = 4400
NOT_AUTHORIZED = 4401
REJECTED_BY_POLICY = 4403
NOT_RESOLVED = 4404
TIMED_OUT = 4408
LIFETIME_LIMIT = 4410
TOO_MANY_CONNECTIONS = 4429
INTERNAL_ERROR = 4500
TARGET_UNREACHABLE = 4502
DIAL_TIMEOUT = 4504

MEANINGS: dict[int, str] = {
    NORMAL: "the target ended its stream cleanly (TCP FIN), and every byte it sent has been delivered",
    GOING_AWAY: "the bridge is stopping",
    PROTOCOL_ERROR: "the client violated RFC 6455, for example with an unmasked frame",
    UNSUPPORTED_DATA: "the client sent a text frame; only binary frames are relayed",
    MESSAGE_TOO_BIG: "the client sent a frame of more than 1 MiB",
    TARGET_RESET: "the connection to the target was reset (TCP RST) or lost",
    BAD_TOKEN: "the URL has no token, several, or one that is not host:port",
    NOT_AUTHORIZED: "the signed token is missing or invalid, for example expired",
    REJECTED_BY_POLICY: "the policy does not allow this host, port or address, or not for the bytes that were sent",
    NOT_RESOLVED: "the host name has no address, or the DNS did not answer in time",
    TIMED_OUT: "client or target accepted no bytes for too long (stalled), or neither sent any (idle)",
    LIFETIME_LIMIT: "the connection reached its maximum lifetime",
    TOO_MANY_CONNECTIONS: "too many connections, in total or from this address",
    INTERNAL_ERROR: "the bridge failed",
    TARGET_UNREACHABLE: "the target refused the connection, or there is no route to it",
    DIAL_TIMEOUT: "the target did not answer in time",
}
