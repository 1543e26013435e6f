/**
 * The protocols that start without TLS and have a command that starts it, by the names of `openssl s_client -starttls`, and
 * their usual ports. The options need no more; the rest is loaded when one is used.
 */

/** @typedef {keyof typeof STARTTLS_PORTS} StarttlsProtocol */

export const STARTTLS_PORTS = {
  smtp: 25,
  lmtp: 24,
  imap: 143,
  pop3: 110,
  ftp: 21,
  nntp: 119,
  sieve: 4190,
  ldap: 389,
  xmpp: 5222,
  'xmpp-server': 5269,
  postgres: 5432,
  mysql: 3306,
  irc: 6667,
};

export const STARTTLS_PROTOCOLS = /** @type {StarttlsProtocol[]} */ (Object.keys(STARTTLS_PORTS));
