/** Protocol versions as the wire has them (RFC 8446, section 4.1.2). */
export const TLS13 = 0x0304;
