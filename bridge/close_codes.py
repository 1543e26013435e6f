"""The close codes that a client of the bridge can see: the one table.

Codes 4000 to 4999 are for applications (RFC 6455, section 7.4.2). Each comes with a reason text of at
most 123 bytes, which says more than the name does. README.md holds the same table; a test compares them.
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
REFUSED_BY_POLICY = 4403
NOT_RESOLVED = 4404
TIMED_OUT = 4408
LIFE_LIMIT = 4410
TOO_MANY = 4429
INTERNAL_ERROR = 4500
TARGET_UNREACHABLE = 4502
DIAL_TIMEOUT = 4504

MEANINGS: dict[int, str] = {
    NORMAL: "the target ended its stream cleanly (TCP FIN); every byte it sent came before this",
    GOING_AWAY: "the bridge is stopping",
    PROTOCOL_ERROR: "the client broke RFC 6455, for example with an unmasked frame",
    UNSUPPORTED_DATA: "the client sent a text frame; only binary frames are relayed",
    MESSAGE_TOO_BIG: "the client sent a frame of more than 1 MiB",
    TARGET_RESET: "the connection to the target was reset (TCP RST) or lost",
    BAD_TOKEN: "the URL has no token, several, or one that is not host:port",
    NOT_AUTHORIZED: "the signed token is missing, or not good: expired, for example",
    REFUSED_BY_POLICY: "the bridge does not connect to this host, port or address, or not for what was sent",
    NOT_RESOLVED: "the host name has no address, or no answer came in time",
    TIMED_OUT: "one side took no byte for too long (stalled), or no byte came from either (idle)",
    LIFE_LIMIT: "the connection is as old as a connection may get",
    TOO_MANY: "too many connections, in all or from this address",
    INTERNAL_ERROR: "the bridge failed",
    TARGET_UNREACHABLE: "the target refused the connection, or there is no route to it",
    DIAL_TIMEOUT: "the target did not answer in time",
}
