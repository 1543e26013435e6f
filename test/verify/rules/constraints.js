/** Name constraints: permitted and excluded names. */
import * as der from '../../../certs/der.js';
import { subjectAltName } from '../../../certs/extensions.js';
import { HOST, named } from '../../helpers/chains.js';
import { below, constrained, EMPTY_NAME } from './vector.js';

/** @type {Record<string, import('./vector.js').Vector[]>} */
export const CONSTRAINTS = {
  NAME_NOT_PERMITTED: [
    {
      what: 'DNS: another domain',
      change: below({ permitted: [{ dns: 'example.org' }] }, []),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    { what: 'DNS: the domain', change: below({ permitted: [{ dns: 'Example.com' }] }, []) },
    { what: 'DNS: the name itself', change: below({ permitted: [{ dns: HOST }] }, []) },
    {
      what: 'DNS: a suffix that is not a whole label',
      change: below({ permitted: [{ dns: 'ample.com' }] }, []),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'DNS: a name below',
      change: below({ permitted: [{ dns: `a.${HOST}` }] }, []),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    { what: 'DNS: everything', change: below({ permitted: [{ dns: '' }] }, []) },
    { what: 'DNS: one of two', change: below({ permitted: [{ dns: 'example.org' }, { dns: 'example.com' }] }, []) },
    {
      what: 'DNS: one name of two',
      change: below({ permitted: [{ dns: 'example.com' }] }, [{ dns: 'a.example.org' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'DNS: a wildcard within',
      change: below({ permitted: [{ dns: 'example.com' }] }, [{ dns: '*.example.com' }]),
    },
    {
      what: 'DNS: a wildcard that matches more',
      change: below({ permitted: [{ dns: HOST }] }, [{ dns: '*.example.com' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'IPv4: the one address of /32',
      change: below({ permitted: [{ ip: '192.0.2.1/32' }] }, [{ ip: '192.0.2.1' }]),
    },
    {
      what: 'IPv4: the next address',
      change: below({ permitted: [{ ip: '192.0.2.1/32' }] }, [{ ip: '192.0.2.2' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    { what: 'IPv4: the last of /25', change: below({ permitted: [{ ip: '192.0.2.0/25' }] }, [{ ip: '192.0.2.127' }]) },
    {
      what: 'IPv4: the first after /25',
      change: below({ permitted: [{ ip: '192.0.2.0/25' }] }, [{ ip: '192.0.2.128' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    { what: 'IPv4: everything', change: below({ permitted: [{ ip: '0.0.0.0/0' }] }, [{ ip: '192.0.2.1' }]) },
    {
      what: 'IPv6 where IPv4 is permitted',
      change: below({ permitted: [{ ip: '0.0.0.0/0' }] }, [{ ip: '2001:db8::1' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    { what: 'IPv6: within /33', change: below({ permitted: [{ ip: '2001:db8::/33' }] }, [{ ip: '2001:db8:7fff::1' }]) },
    {
      what: 'IPv6: outside',
      change: below({ permitted: [{ ip: '2001:db8::/33' }] }, [{ ip: '2001:db8:8000::1' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'an IP address where only DNS is constrained',
      change: below({ permitted: [{ dns: 'example.com' }] }, [{ ip: '192.0.2.1' }]),
    },
    {
      what: 'e-mail: the mailbox',
      change: below({ permitted: [{ email: 'me@Example.com' }] }, [{ email: 'me@example.COM' }]),
    },
    {
      what: 'e-mail: the mailbox in capitals',
      change: below({ permitted: [{ email: 'me@example.com' }] }, [{ email: 'Me@example.com' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'e-mail: the host',
      change: below({ permitted: [{ email: 'example.com' }] }, [{ email: 'me@example.com' }]),
    },
    {
      what: 'e-mail: below the host',
      change: below({ permitted: [{ email: 'example.com' }] }, [{ email: 'me@a.example.com' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'e-mail: below the domain',
      change: below({ permitted: [{ email: '.example.com' }] }, [{ email: 'me@a.b.example.com' }]),
    },
    {
      what: 'e-mail: the domain itself',
      change: below({ permitted: [{ email: '.example.com' }] }, [{ email: 'me@example.com' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'e-mail: in the subject, without alternative names',
      change: {
        intermediate: constrained([{ email: 'example.org' }]),
        leaf: { subject: [{ emailAddress: 'me@example.com' }], extensions: { subjectAltName: null } },
      },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_NAME_NOT_PERMITTED', '0: CERT_SAN_MISSING'],
    },
    {
      what: 'e-mail: in the subject, with alternative names',
      change: {
        intermediate: constrained([{ email: 'example.org' }]),
        leaf: { subject: [{ emailAddress: 'me@example.com' }] },
      },
    },
    {
      what: 'URI: the host',
      change: below({ permitted: [{ uri: 'example.com' }] }, [{ uri: 'https://me@EXAMPLE.com:8443/?q#f' }]),
    },
    {
      what: 'URI: below the host',
      change: below({ permitted: [{ uri: 'example.com' }] }, [{ uri: 'https://a.example.com/' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'URI: below the domain',
      change: below({ permitted: [{ uri: '.example.com' }] }, [{ uri: 'https://a.example.com' }]),
    },
    {
      what: 'URI: the domain itself',
      change: below({ permitted: [{ uri: '.example.com' }] }, [{ uri: 'https://example.com/' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'URI: the host as a user',
      change: below({ permitted: [{ uri: 'example.com' }] }, [{ uri: 'https://example.com@example.org/' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'directory: the subject',
      change: below({ permitted: [{ dirName: [{ O: der.printableString('EXAMPLE') }] }] }, []),
    },
    {
      what: 'directory: another',
      change: below({ permitted: [{ dirName: [{ O: 'Other' }] }] }, []),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'directory: longer than the subject',
      change: below({ permitted: [{ dirName: [{ O: 'Example' }, { CN: HOST }, { CN: 'x' }] }] }, []),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'directory: an alternative name',
      change: below({ permitted: [{ dirName: [{ O: 'Example' }] }] }, [{ dirName: [{ O: 'Other' }] }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    { what: 'directory: everything', change: below({ permitted: [{ dirName: [] }] }, [{ dirName: [{ O: 'Other' }] }]) },
    {
      what: 'directory: an empty subject, not compared',
      change: {
        intermediate: constrained([{ dirName: [{ O: 'Other' }] }]),
        leaf: { subject: EMPTY_NAME, extensions: { subjectAltName: subjectAltName([{ dns: HOST }], true) } },
      },
    },
    {
      what: 'two CAs, one of which does not permit it',
      change: {
        above: [constrained([{ dns: 'example.org' }]) ?? {}],
        ...below({ permitted: [{ dns: 'example.com' }] }, []),
      },
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'two CAs that both permit it',
      change: { above: [constrained([{ dns: 'com' }]) ?? {}], ...below({ permitted: [{ dns: 'example.com' }] }, []) },
    },
    {
      what: 'the root',
      change: { root: constrained([{ dns: 'example.org' }]) },
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'an intermediate, by its subject',
      change: { root: constrained([{ dirName: named('Another') }, { dirName: named(HOST) }]) },
      bad: ['1: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'a self-issued intermediate, which is not checked',
      change: { root: constrained([{ dirName: named(HOST) }]), intermediate: { subject: named('Root') } },
    },
    {
      what: 'a self-issued leaf, which is checked',
      change: { intermediate: constrained([{ dirName: [{ O: 'Other' }] }]), leaf: { subject: named('Intermediate') } },
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'DNS: every character allowed in a label',
      change: below({ permitted: [{ dns: 'az09-_.net' }, { dns: 'example.com' }] }, [{ dns: 'AZ09-_.net' }]),
    },
    {
      what: 'DNS: a label of one letter, which is not a wildcard',
      change: below({ permitted: [{ dns: 'a.net' }, { dns: 'example.com' }] }, [{ dns: 'a.net' }]),
    },
    {
      what: 'e-mail: the mailbox at another host',
      change: below({ permitted: [{ email: 'me@example.com' }] }, [{ email: 'me@example.org' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'e-mail: below another domain',
      change: below({ permitted: [{ email: '.example.com' }] }, [{ email: 'me@www.example.org' }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    ...['https://example.com?q', 'https://example.com#f', 'https://example.com'].map((uri) => ({
      what: `URI: ${uri}`,
      change: below({ permitted: [{ uri: 'example.com' }] }, [{ uri }]),
    })),
    ...['/', '?', '#'].map((end) => ({
      what: `URI: what looks like a user after ${end}`,
      change: below({ permitted: [{ uri: 'example.com' }] }, [{ uri: `https://example.org${end}@example.com` }]),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    })),
    {
      what: 'DNS: the other of two',
      change: below({ permitted: [{ dns: 'example.com' }, { dns: 'example.org' }] }, []),
    },
    {
      what: 'DNS: another domain, where a third is excluded',
      change: below({ permitted: [{ dns: 'example.org' }], excluded: [{ dns: 'example.net' }] }, []),
      bad: ['0: CERT_NAME_NOT_PERMITTED'],
    },
    {
      what: 'DNS: the domain, where another is excluded',
      change: below({ permitted: [{ dns: 'example.com' }], excluded: [{ dns: 'example.net' }] }, []),
    },
    {
      what: 'e-mail: in the subject, among other attributes',
      change: {
        intermediate: constrained([{ email: 'example.com' }]),
        leaf: { subject: [{ O: 'Example' }, { emailAddress: 'me@example.com' }], extensions: { subjectAltName: null } },
      },
      bad: ['0: CERT_CN_MISMATCH', '0: CERT_SAN_MISSING'],
    },
    ...['Exam ple', 'Exampl', 'Examples'].flatMap((O) => [
      {
        what: `directory: ${O} for Example`,
        change: below({ permitted: [{ dirName: [{ O }] }] }, []),
        bad: ['0: CERT_NAME_NOT_PERMITTED'],
      },
      {
        what: `directory: Example for ${O}`,
        change: below({ permitted: [{ dirName: [{ O: 'Example' }] }] }, [{ dirName: [{ O }] }]),
        bad: ['0: CERT_NAME_NOT_PERMITTED'],
      },
    ]),
  ],
  NAME_EXCLUDED: [
    {
      what: 'DNS: the domain',
      change: below({ excluded: [{ dns: 'example.com' }] }, []),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    { what: 'DNS: another', change: below({ excluded: [{ dns: 'example.org' }, { dns: `a.${HOST}` }] }, []) },
    { what: 'DNS: everything', change: below({ excluded: [{ dns: '' }] }, []), bad: ['0: CERT_NAME_EXCLUDED'] },
    {
      what: 'DNS: permitted too',
      change: below({ permitted: [{ dns: 'com' }], excluded: [{ dns: HOST }] }, []),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'DNS: a name that a wildcard matches',
      change: below({ excluded: [{ dns: 'a.example.org' }] }, [{ dns: '*.example.org' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'DNS: a name that a wildcard does not match',
      change: below({ excluded: [{ dns: 'a.b.example.org' }] }, [{ dns: '*.example.org' }]),
    },
    {
      what: 'DNS: above a wildcard',
      change: below({ excluded: [{ dns: 'org' }] }, [{ dns: '*.example.org' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'IPv4: the one address of /32',
      change: below({ excluded: [{ ip: '192.0.2.1/32' }] }, [{ ip: '192.0.2.1' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    { what: 'IPv4: the next address', change: below({ excluded: [{ ip: '192.0.2.1/32' }] }, [{ ip: '192.0.2.0' }]) },
    {
      what: 'IPv6',
      change: below({ excluded: [{ ip: '2001:db8::/32' }] }, [{ ip: '2001:db8::1' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'IPv6 where all IPv4 is excluded',
      change: below({ excluded: [{ ip: '0.0.0.0/0' }] }, [{ ip: '2001:db8::1' }]),
    },
    {
      what: 'e-mail: the mailbox',
      change: below({ excluded: [{ email: 'me@example.com' }] }, [{ email: 'me@example.com' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'e-mail: another mailbox',
      change: below({ excluded: [{ email: 'me@example.com' }] }, [{ email: 'you@example.com' }]),
    },
    {
      what: 'e-mail: the host',
      change: below({ excluded: [{ email: 'example.com' }] }, [{ email: 'me@example.com' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'e-mail: below the domain',
      change: below({ excluded: [{ email: '.example.com' }] }, [{ email: 'me@a.example.com' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'URI',
      change: below({ excluded: [{ uri: '.example.com' }] }, [{ uri: 'ftp://a.example.com/' }]),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'URI: the domain itself',
      change: below({ excluded: [{ uri: '.example.com' }] }, [{ uri: 'ftp://example.com/' }]),
    },
    {
      what: 'directory',
      change: below({ excluded: [{ dirName: [{ O: 'example' }] }] }, []),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'directory: everything',
      change: below({ excluded: [{ dirName: [] }] }, []),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'by the CA above the permitting one',
      change: { above: [constrained([], [{ dns: HOST }]) ?? {}], ...below({ permitted: [{ dns: 'com' }] }, []) },
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'an intermediate, by its subject',
      change: { root: constrained([], [{ dirName: named('Intermediate') }]) },
      bad: ['1: CERT_NAME_EXCLUDED'],
    },
    {
      what: 'a self-issued intermediate, which is not checked',
      change: { root: constrained([], [{ dirName: named('Root') }]), intermediate: { subject: named('Root') } },
    },
    {
      what: 'DNS: a name as long as one that a wildcard matches',
      change: below({ excluded: [{ dns: 'abc.example.net' }] }, [{ dns: '*.example.org' }]),
    },
    { what: 'DNS: a short wildcard', change: below({ excluded: [{ dns: 'example.org' }] }, [{ dns: '*.a' }]) },
    { what: 'IPv4 where all IPv6 is excluded', change: below({ excluded: [{ ip: '::/0' }] }, [{ ip: '192.0.2.1' }]) },
    {
      what: 'e-mail: every character allowed in a mailbox',
      change: below({ excluded: [{ email: 'example.org' }] }, [{ email: '!~@example.com' }]),
    },
    { what: 'URI: a short one', change: below({ excluded: [{ uri: 'example.org' }] }, [{ uri: 'a://b' }]) },
    {
      what: 'DNS: not permitted either',
      change: below({ permitted: [{ dns: 'example.org' }], excluded: [{ dns: 'example.com' }] }, []),
      bad: ['0: CERT_NAME_EXCLUDED'],
    },
  ],
};
