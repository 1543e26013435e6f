/** Names of certificates as Node writes them: in objects, and in texts whose separators cannot be forged. */
import { hexText } from '../bytes.js';
import { ATTRIBUTES } from './attribute-names.js';
import { childrenOf, contentOf, elementAt, latin1Text, oidText, stringText } from './der.js';

/** Names of otherName types that Node shows, and whether their text may be beyond ASCII. @type {Readonly<Record<string, [name: string, tag: number]>>} */
const OTHER_NAMES = {
  '1.3.6.1.5.5.7.8.5': ['XmppAddr', 12],
  '1.3.6.1.5.5.7.8.7': ['SRVName', 22],
  '1.3.6.1.5.5.7.8.8': ['NAIRealm', 12],
  '1.3.6.1.5.5.7.8.9': ['SmtpUTF8Mailbox', 12],
  '1.3.6.1.4.1.311.20.2.3': ['UPN', 12],
};

/** @typedef {import('./der.js').Element} Element */
/** @typedef {{type: string, known: boolean, value: string | undefined, der: Uint8Array, rdn: number}} Attribute */

/** @param {Uint8Array} bytes @param {{start: number, end: number}} name @returns {Attribute[]} */
function attributesOf(bytes, name) {
  return childrenOf(bytes, name).flatMap((set, rdn) =>
    childrenOf(bytes, set).map((attribute) => {
      const [type, value] = childrenOf(bytes, attribute);
      const oid = oidText(contentOf(bytes, type));
      return {
        type: ATTRIBUTES.get(oid) ?? oid,
        known: ATTRIBUTES.has(oid),
        value: stringText(value.tag, contentOf(bytes, value)),
        der: bytes.subarray(value.from, value.end),
        rdn,
      };
    }),
  );
}

/**
 * @param {Uint8Array} bytes
 * @param {Element} name
 * @returns {Record<string, string | string[]>} without prototype; a type that comes more than once has a list
 */
export function nameObject(bytes, name) {
  /** @type {Record<string, string | string[]>} */
  const object = Object.create(null);
  for (const { type, value } of attributesOf(bytes, name)) {
    if (value !== undefined) {
      const earlier = object[type];
      if (Array.isArray(earlier)) {
        earlier.push(value);
      } else {
        object[type] = earlier === undefined ? value : [earlier, value];
      }
    }
  }
  return object;
}

/** RFC 2253 as OpenSSL writes it, the last part first. @param {Uint8Array} bytes @param {Element} name */
function nameText(bytes, name) {
  let text = '';
  let last;
  for (const { type, known, value, der, rdn } of attributesOf(bytes, name).reverse()) {
    const shown = known && value !== undefined ? escaped(value) : `#${hexText(der)}`;
    text += `${last === undefined ? '' : last === rdn ? '+' : ','}${type}=${shown}`;
    last = rdn;
  }
  return text;
}

/** RFC 2253, section 2.4. @param {string} value */
const escaped = (value) =>
  value
    .replace(/[,+"\\<>;]/g, '\\$&')
    .replace(/^[# ]/, '\\$&')
    .replace(/(?<=.) $/s, '\\ ');

/**
 * A value between quotation marks if it could be taken for something else: Node's own rules, since CVE-2021-44532.
 * @param {string} prefix
 * @param {string} value
 * @param {boolean} ascii what is beyond ASCII is escaped, too; characters are octets then
 */
function quotedIfNeeded(prefix, value, ascii) {
  const unsafe = ascii ? /["\\,'\0-\x1f]|[^\0-~]/ : /["\\,'\0-\x1f\x7f]/;
  if (!unsafe.test(value)) {
    return prefix + value;
  }
  const text = (prefix + value).replace(ascii ? /["\\,\0-\x1f]|[^\0-~]/g : /["\\,\0-\x1f\x7f]/g, (character) =>
    character === '"' || character === '\\'
      ? `\\${character}`
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return `"${text}"`;
}

/** @param {Uint8Array} address */
function addressText(address) {
  if (address.length === 4) {
    return address.join('.');
  }
  return address.length === 16
    ? Array.from({ length: 8 }, (_, i) => (address[2 * i] * 256 + address[2 * i + 1]).toString(16).toUpperCase()).join(
        ':',
      )
    : `<invalid length=${address.length}>`;
}

/** @param {Uint8Array} bytes @param {Element} name an otherName */
function otherNameText(bytes, name) {
  const [type, explicit] = childrenOf(bytes, name);
  const value = elementAt(bytes, explicit.start, explicit.end);
  const [known, tag] = OTHER_NAMES[oidText(contentOf(bytes, type))] ?? [];
  if (known === undefined || value.tag !== tag) {
    return 'othername:<unsupported>';
  }
  const content = contentOf(bytes, value);
  const text = stringText(tag, content) ?? latin1Text(content);
  return `othername:${quotedIfNeeded(`${known}:`, text, tag !== 12)}`;
}

/**
 * @param {Uint8Array} bytes
 * @param {Element} name a GeneralName (RFC 5280, section 4.2.1.6)
 * @returns {string}
 */
export function generalNameText(bytes, name) {
  const content = contentOf(bytes, name);
  switch (name.tag & 0x1f) {
    case 0:
      return otherNameText(bytes, name);
    case 1:
      return `email:${quotedIfNeeded('', latin1Text(content), true)}`;
    case 2:
      return `DNS:${quotedIfNeeded('', latin1Text(content), true)}`;
    case 3:
      return 'X400Name:<unsupported>';
    case 4:
      return `DirName:${quotedIfNeeded('', nameText(bytes, elementAt(bytes, name.start, name.end)), false)}`;
    case 5:
      return 'EdiPartyName:<unsupported>';
    case 6:
      return `URI:${quotedIfNeeded('', latin1Text(content), true)}`;
    case 7:
      return `IP Address:${addressText(content)}`;
    default:
      return `Registered ID:${oidText(content)}`;
  }
}
