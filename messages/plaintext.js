/** What a server is that answers without TLS, and what to do about it. Keyed by the ids of js/plaintext.js. */

/** @typedef {{name: string, hint: string}} PlaintextText */

/** @param {string} how @param {string} [starttls] what that option is then @param {number} [port] for TLS from the start */
const startTls = (how, starttls, port) =>
  `It starts TLS only after ${how}${starttls === undefined ? '' : `: set the option starttls to ${starttls}`}${port === undefined ? '' : `, or use its port for TLS, usually ${port}`}.`;

/** @type {Record<string, PlaintextText>} */
export const PLAINTEXT = {
  http: {
    name: 'HTTP',
    hint: 'Use the port that the server has for HTTPS, usually 443, or let its operator turn on TLS here.',
  },
  http2: { name: 'HTTP/2', hint: 'Use the port that the server has for HTTPS, or let its operator turn on TLS here.' },
  ssh: { name: 'SSH', hint: 'SSH has encryption of its own and no TLS: check the port.' },
  smtp: { name: 'SMTP', hint: startTls('the command STARTTLS', "'smtp'", 465) },
  lmtp: { name: 'LMTP', hint: startTls('the command STARTTLS', "'lmtp'") },
  ftp: { name: 'FTP', hint: startTls('the command AUTH TLS', "'ftp'", 990) },
  reply: { name: 'SMTP or FTP', hint: startTls('the command STARTTLS or AUTH TLS', "'smtp' or 'ftp'", 465) },
  imap: { name: 'IMAP', hint: startTls('the command STARTTLS', "'imap'", 993) },
  pop3: { name: 'POP3', hint: startTls('the command STLS', "'pop3'", 995) },
  nntp: { name: 'NNTP', hint: startTls('the command STARTTLS', "'nntp'", 563) },
  sieve: { name: 'ManageSieve', hint: startTls('the command STARTTLS', "'sieve'") },
  irc: { name: 'IRC', hint: startTls('the command STARTTLS', "'irc'", 6697) },
  xmpp: { name: 'XMPP', hint: startTls('<starttls/>', "'xmpp'", 5223) },
  ldap: { name: 'LDAP', hint: startTls('the operation StartTLS', "'ldap'", 636) },
  mysql: { name: 'MySQL', hint: startTls('an SSLRequest, if its operator has turned TLS on', "'mysql'") },
  mariadb: {
    name: 'MariaDB',
    hint: startTls('an SSLRequest, if its operator has turned TLS on', "'mysql'"),
  },
  postgresql: { name: 'PostgreSQL', hint: startTls('an SSLRequest of its protocol', "'postgres'") },
  mssql: { name: 'Microsoft SQL Server', hint: startTls('a PRELOGIN message of the TDS protocol') },
  oracle: { name: 'Oracle Database', hint: 'Use the port that the listener has for TCPS, usually 2484.' },
  redis: {
    name: 'Redis',
    hint: 'Use the port that the server has for TLS (tls-port), or let its operator turn it on.',
  },
  memcached: { name: 'memcached', hint: 'Let its operator turn on TLS (--enable-ssl).' },
  mqtt: { name: 'MQTT', hint: 'Use the port that the broker has for TLS, usually 8883.' },
  amqp: { name: 'AMQP', hint: 'Use the port that the broker has for TLS, usually 5671.' },
  nats: { name: 'NATS', hint: startTls('its INFO message') },
  rfb: { name: 'VNC (RFB)', hint: startTls('the security type VeNCrypt') },
  rdp: { name: 'RDP', hint: startTls('an X.224 connection request') },
  telnet: { name: 'Telnet', hint: 'Telnet has no TLS: check the port.' },
  rsync: { name: 'rsync', hint: 'The rsync daemon has no TLS: check the port.' },
  svn: { name: 'Subversion (svnserve)', hint: 'The server of svn:// has no TLS: check the port.' },
  socks: { name: 'SOCKS', hint: 'It is a proxy: connect through it by a transport of your own.' },
  dtls: { name: 'DTLS', hint: 'DTLS is for UDP: check the port.' },
  ssl2: { name: 'SSL 2.0', hint: 'The server must support TLS 1.2 or 1.3.' },
};

/** For everything else. */
export const OTHER_PLAINTEXT =
  'Another kind of server may listen on this port, or it expects another protocol first (STARTTLS).';
