/** Why TLS could not be started in a protocol that begins without it, and what to do. Loaded with `js/starttls/` only. */

/**
 * @typedef {object} Context
 * @property {string} name of the protocol
 * @property {string} command that starts TLS
 * @property {string} operator what its operator does so that the server offers TLS
 * @property {number} [tlsPort] usual port for TLS from the start
 */

const CERTIFICATE = 'its operator must give the server a certificate and turn on STARTTLS';

/** By the names of js/starttls/protocols.js. @type {Record<string, Context>} */
export const CONTEXT = {
  smtp: { name: 'SMTP', command: 'STARTTLS', operator: CERTIFICATE, tlsPort: 465 },
  lmtp: { name: 'LMTP', command: 'STARTTLS', operator: CERTIFICATE },
  imap: { name: 'IMAP', command: 'STARTTLS', operator: CERTIFICATE, tlsPort: 993 },
  pop3: { name: 'POP3', command: 'STLS', operator: 'its operator must give the server a certificate', tlsPort: 995 },
  ftp: { name: 'FTP', command: 'AUTH TLS', operator: 'its operator must turn TLS on in the server', tlsPort: 990 },
  nntp: { name: 'NNTP', command: 'STARTTLS', operator: CERTIFICATE, tlsPort: 563 },
  sieve: { name: 'ManageSieve', command: 'STARTTLS', operator: CERTIFICATE },
  ldap: {
    name: 'LDAP',
    command: 'StartTLS',
    operator: 'its operator must give the server a certificate',
    tlsPort: 636,
  },
  xmpp: { name: 'XMPP', command: '<starttls/>', operator: CERTIFICATE, tlsPort: 5223 },
  'xmpp-server': { name: 'XMPP', command: '<starttls/>', operator: CERTIFICATE, tlsPort: 5270 },
  postgres: { name: 'PostgreSQL', command: 'SSLRequest', operator: 'its operator must turn TLS on (ssl = on)' },
  mysql: {
    name: 'MySQL',
    command: 'SSLRequest',
    operator: 'its operator must give the server a certificate (ssl_cert)',
  },
  irc: { name: 'IRC', command: 'STARTTLS', operator: CERTIFICATE, tlsPort: 6697 },
};

/**
 * @typedef {object} Details
 * @property {string} [to] our command; empty for the server's greeting
 * @property {string} [said] what the server sent, in quotation marks
 * @property {string} [like] what that looks like
 * @property {string} [what] of which there were too many
 * @property {number} [limit]
 */

/** @param {Context} context */
const otherPort = ({ tlsPort }) =>
  tlsPort === undefined
    ? ''
    : ` Or use its port for TLS from the start, usually ${tlsPort}, if it has one, without starttls.`;

/** @param {string} text */
const sentenceCase = (text) => `${text[0].toUpperCase()}${text.slice(1)}`;

/** @type {Record<string, (context: Context, details: Details) => {sentence: string, hint: string}>} */
const TEXTS = {
  refused: (context, { to, said }) => ({
    sentence: `The server does not start TLS: ${to ? `to ${to} it answered` : 'it began with'} ${said}.`,
    hint: `That is the server's own reason, sent without TLS. If it has no TLS here, ${context.operator}.${otherPort(context)}`,
  }),
  notOffered: (context, { to }) => ({
    sentence: `The server does not offer ${context.command}: its ${to ? `answer to ${to}` : 'greeting'} does not list it.`,
    hint: `${sentenceCase(context.operator)}, unless an attacker in transit removes the offer.${otherPort(context)}`,
  }),
  preauth: (_, { said }) => ({
    sentence: `The server has logged this connection in already (${said}), and IMAP allows STARTTLS only before that.`,
    hint: 'Use its port for TLS from the start, usually 993. A server on the internet that greets so is suspect.',
  }),
  early: (_, { said }) => ({
    sentence: `The server sent bytes without TLS that nothing had asked for: ${said}.`,
    hint: 'Do not use this connection: a faulty server or an attacker inserts data before TLS (as in CVE-2011-0411). Tell its operator.',
  }),
  tooLong: ({ name }, { what, limit }) => ({
    sentence: `The server sent more than ${limit} ${what} before TLS.`,
    hint: `Check the port: another kind of server than ${name} may listen there.`,
  }),
  unexpected: ({ name }, { to, said, like }) =>
    like === 'TLS'
      ? {
          sentence: 'The server speaks TLS from the start on this port.',
          hint: 'Leave out starttls for this port.',
        }
      : {
          sentence: `The ${to ? `answer to ${to}` : 'greeting'} is not ${name}: ${like && like !== name ? `it looks like ${like}. ` : ''}The server sent ${said}.`,
          hint: `Check the port, and that the protocol is ${name}.`,
        },
};

/**
 * @param {string} protocol
 * @param {string} kind of js/starttls/problem.js
 * @param {Details} details
 */
export function problemText(protocol, kind, details) {
  return TEXTS[kind](CONTEXT[protocol], details);
}

/**
 * @param {string} protocol
 * @param {string} shown the last that the server sent, in quotation marks; empty for nothing
 */
export function closedText(protocol, shown) {
  const { name } = CONTEXT[protocol];
  return {
    sentence: shown
      ? `The server closed the connection before TLS; the last it sent was ${shown}.`
      : 'The server closed the connection before TLS, without sending a byte.',
    hint: `Check the port: perhaps the server expects TLS from the start there (without starttls), or another protocol than ${name}; or it does not accept connections from this address.`,
  };
}
