/** Form: the extensions that a certificate must or must not have, by its role in the path. */
import * as der from '../../../certs/der.js';
import {
  authorityInfoAccess,
  authorityKeyIdentifier,
  basicConstraints,
  keyUsage,
  raw,
  subjectKeyIdentifier,
} from '../../../certs/extensions.js';
import { authority, HOST, named } from '../../helpers/chains.js';
import { critical, idOf, policies, policyConstraints, policyFields, uncritical, withMore } from './vector.js';

/** @type {Record<string, import('./vector.js').Vector[]>} */
export const EXTENSIONS = {
  AKI_MISSING: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { authorityKeyIdentifier: null } } },
      bad: ['0: CERT_AKI_MISSING'],
    },
    {
      what: 'an intermediate',
      change: { intermediate: { extensions: { authorityKeyIdentifier: null } } },
      bad: ['1: CERT_AKI_MISSING'],
    },
    {
      what: 'a leaf with issuer and serial number instead of the key identifier',
      change: {
        leaf: {
          extensions: {
            authorityKeyIdentifier: authorityKeyIdentifier({ issuer: named('Root'), serial: 5n }),
          },
        },
      },
      bad: ['0: CERT_AKI_MISSING'],
    },
    { what: 'a root, which needs none' },
  ],
  ANCHOR_AKI_MISSING: [
    {
      what: 'a cross-signed trust anchor',
      change: { intermediate: { extensions: { authorityKeyIdentifier: null } } },
      ask: ({ intermediate, leaf }) => ({ sent: [leaf], anchors: [intermediate] }),
      warned: ['1: CERT_AKI_MISSING'],
      rfc5280: ['1: CERT_AKI_MISSING'],
    },
    { what: 'a trust anchor with it', ask: ({ intermediate, leaf }) => ({ sent: [leaf], anchors: [intermediate] }) },
  ],
  AKI_CRITICAL: [
    {
      what: 'a leaf',
      change: {
        leaf: {
          extensions: {
            authorityKeyIdentifier: critical(authorityKeyIdentifier({ id: idOf('Intermediate') })),
          },
        },
      },
      bad: ['0: CERT_AKI_CRITICAL'],
    },
    {
      what: 'a root',
      change: {
        root: {
          extensions: { authorityKeyIdentifier: critical(authorityKeyIdentifier({ id: idOf('Root') })) },
        },
      },
      bad: ['2: CERT_AKI_CRITICAL'],
    },
    { what: 'not critical' },
  ],
  AKI_MISMATCH: [
    {
      what: 'a leaf',
      change: {
        leaf: { extensions: { authorityKeyIdentifier: authorityKeyIdentifier({ id: idOf('Root') }) } },
      },
      bad: ['0: CERT_AKI_MISMATCH'],
    },
    {
      what: 'a root',
      change: {
        root: {
          extensions: { authorityKeyIdentifier: authorityKeyIdentifier({ id: idOf('Intermediate') }) },
        },
      },
      bad: ['2: CERT_AKI_MISMATCH'],
    },
    {
      what: 'a root with its own key identifier',
      change: {
        root: { extensions: { authorityKeyIdentifier: authorityKeyIdentifier({ id: idOf('Root') }) } },
      },
    },
  ],
  AKI_FIELDS: [
    {
      what: 'a root with an additional issuer and serial number',
      change: {
        root: {
          extensions: {
            authorityKeyIdentifier: authorityKeyIdentifier({
              id: idOf('Root'),
              issuer: named('Root'),
              serial: 5n,
            }),
          },
        },
      },
      bad: ['2: CERT_AKI_FIELDS'],
    },
    {
      what: 'a root with an empty authority key identifier',
      change: {
        root: {
          extensions: {
            authorityKeyIdentifier: authorityKeyIdentifier({ issuer: named('Root'), serial: 5n }),
          },
        },
      },
      bad: ['2: CERT_AKI_FIELDS'],
    },
    {
      what: 'a root with only a key identifier',
      change: {
        root: { extensions: { authorityKeyIdentifier: authorityKeyIdentifier({ id: idOf('Root') }) } },
      },
    },
  ],
  SKI_MISSING: [
    {
      what: 'an intermediate',
      change: { intermediate: { extensions: { subjectKeyIdentifier: null } } },
      bad: ['1: CERT_SKI_MISSING'],
    },
    { what: 'a root', change: { root: { extensions: { subjectKeyIdentifier: null } } }, bad: ['2: CERT_SKI_MISSING'] },
    { what: 'a leaf', change: { leaf: { extensions: { subjectKeyIdentifier: null } } } },
    {
      what: "a root with its issuer's",
      change: {
        root: {
          extensions: {
            subjectKeyIdentifier: null,
            authorityKeyIdentifier: authorityKeyIdentifier({ id: idOf('Root') }),
          },
        },
      },
      bad: ['2: CERT_SKI_MISSING'],
    },
  ],
  SKI_CRITICAL: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { subjectKeyIdentifier: critical(subjectKeyIdentifier(idOf(HOST))) } } },
      bad: ['0: CERT_SKI_CRITICAL'],
    },
    {
      what: 'an intermediate',
      change: {
        intermediate: {
          extensions: { subjectKeyIdentifier: critical(subjectKeyIdentifier(idOf('Intermediate'))) },
        },
      },
      bad: ['1: CERT_SKI_CRITICAL'],
    },
    { what: 'not critical' },
  ],
  AIA_CRITICAL: [
    {
      what: 'a leaf',
      change: {
        leaf: { extensions: { aia: critical(authorityInfoAccess({ ocsp: ['http://a.example/'] })) } },
      },
      bad: ['0: CERT_AIA_CRITICAL'],
    },
    {
      what: 'not critical',
      change: { leaf: { extensions: { aia: authorityInfoAccess({ ocsp: ['http://a.example/'] }) } } },
    },
  ],
  BC_NOT_CRITICAL: [
    {
      what: 'an intermediate',
      change: { intermediate: { extensions: { basicConstraints: uncritical(basicConstraints({ ca: true })) } } },
      bad: ['1: CERT_BASIC_CONSTRAINTS_NOT_CRITICAL'],
    },
    {
      what: 'a root',
      change: { root: { extensions: { basicConstraints: uncritical(basicConstraints({ ca: true })) } } },
      bad: ['2: CERT_BASIC_CONSTRAINTS_NOT_CRITICAL'],
    },
    {
      what: 'a leaf',
      change: { leaf: { extensions: { basicConstraints: uncritical(basicConstraints({ ca: false })) } } },
    },
  ],
  PATH_LENGTH_NOT_CA: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { basicConstraints: basicConstraints({ ca: false, pathLen: 0 }) } } },
      bad: ['0: CERT_PATH_LENGTH_NOT_CA'],
    },
    { what: 'a leaf without basic constraints', change: { leaf: { extensions: { basicConstraints: null } } } },
  ],
  CERT_SIGN_NOT_CA: [
    {
      what: 'a leaf',
      change: { leaf: { extensions: { keyUsage: keyUsage('digitalSignature', 'keyCertSign') } } },
      bad: ['0: CERT_CERT_SIGN_NOT_CA', '0: CERT_LEAF_IS_CA'],
    },
    {
      what: 'a leaf that may sign CRLs',
      change: { leaf: { extensions: { keyUsage: keyUsage('digitalSignature', 'cRLSign') } } },
    },
  ],
  LEAF_IS_CA: [
    {
      what: 'CA:TRUE',
      change: { leaf: { extensions: { basicConstraints: basicConstraints({ ca: true }) } } },
      bad: ['0: CERT_LEAF_IS_CA'],
    },
    { what: 'CA:FALSE' },
  ],
  POLICY_CONSTRAINTS: [
    {
      what: 'empty',
      change: { intermediate: { extensions: { policy: policyConstraints() } } },
      bad: ['1: CERT_POLICY_CONSTRAINTS'],
    },
    {
      what: 'a length beyond the end',
      change: {
        intermediate: { extensions: { more: raw('2.5.29.36', der.sequence(Uint8Array.of(0x80, 5, 0)), true) } },
      },
      bad: ['1: CERT_POLICY_CONSTRAINTS'],
    },
    {
      what: 'a number of eight octets',
      change: { intermediate: { extensions: { policy: policyConstraints(new Uint8Array(8)) } } },
      bad: ['1: CERT_POLICY_CONSTRAINTS'],
    },
    {
      what: 'an undefined field',
      change: {
        intermediate: {
          extensions: { policy: raw('2.5.29.36', der.sequence(der.primitive(2, Uint8Array.of(1))), true) },
        },
      },
      bad: ['1: CERT_POLICY_CONSTRAINTS'],
    },
    {
      what: 'critical and not empty',
      change: { intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(9)) } } },
    },
    {
      what: 'trailing bytes',
      change: {
        intermediate: {
          extensions: { policy: raw('2.5.29.36', withMore(der.sequence(der.primitive(0, Uint8Array.of(9)))), true) },
        },
      },
      bad: ['1: CERT_POLICY_CONSTRAINTS'],
    },
    { what: 'of mappings', change: policyFields(der.primitive(1, Uint8Array.of(0))) },
    {
      what: 'of policies and mappings',
      change: policyFields(der.primitive(0, Uint8Array.of(9)), der.primitive(1, Uint8Array.of(0))),
    },
    {
      what: 'of policies, and of mappings in eight octets',
      change: policyFields(der.primitive(0, Uint8Array.of(9)), der.primitive(1, new Uint8Array(8))),
      bad: ['1: CERT_POLICY_CONSTRAINTS'],
    },
  ],
  POLICY_NOT_CRITICAL: [
    {
      what: 'not critical',
      change: { intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(9), false) } } },
      bad: ['1: CERT_POLICY_CONSTRAINTS'],
    },
    {
      what: 'critical',
      change: { intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(9)) } } },
    },
    {
      what: 'not critical, and still enforced',
      change: { intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(0), false), ...policies } } },
      bad: ['0: CERT_POLICY_REQUIRED', '1: CERT_POLICY_CONSTRAINTS'],
    },
  ],
  POLICY_REQUIRED: [
    {
      what: 'required at once, and the leaf has none',
      change: { intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(0)), ...policies } } },
      bad: ['0: CERT_POLICY_REQUIRED'],
    },
    {
      what: 'required at once, and the CA that requires it has none',
      change: {
        intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(0)) } },
        leaf: { extensions: policies },
      },
      bad: ['1: CERT_POLICY_REQUIRED'],
    },
    {
      what: 'required at once, and all have one',
      change: {
        intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(0)), ...policies } },
        leaf: { extensions: policies },
      },
    },
    {
      what: 'required after one certificate, which is the leaf',
      change: { intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(1)), ...policies } } },
      bad: ['0: CERT_POLICY_REQUIRED'],
    },
    {
      what: 'required after two certificates',
      change: { intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(2)) } } },
    },
    {
      what: 'required after two certificates, by a higher CA',
      change: {
        above: [{ extensions: { policy: policyConstraints(Uint8Array.of(2)), ...policies } }],
        intermediate: { extensions: policies },
      },
      bad: ['0: CERT_POLICY_REQUIRED'],
    },
    {
      what: 'required after two certificates, one of them self-issued, which does not count',
      change: {
        above: [{ extensions: { policy: policyConstraints(Uint8Array.of(2)) } }],
        intermediate: { subject: named('Above 0') },
      },
    },
    {
      what: 'required by the leaf',
      change: {
        leaf: { extensions: { policy: policyConstraints(Uint8Array.of(0)) } },
        intermediate: { extensions: policies },
      },
      bad: ['0: CERT_POLICY_REQUIRED'],
    },
    {
      what: 'required by the leaf, for certificates below it',
      change: { leaf: { extensions: { policy: policyConstraints(Uint8Array.of(1)) } } },
    },
    {
      what: 'required at once, in a path without an anchor',
      change: {
        intermediate: { extensions: { policy: policyConstraints(Uint8Array.of(0)) } },
        leaf: { extensions: policies },
      },
      ask: () => ({ anchors: [authority('Another', undefined)] }),
      bad: ['1: CERT_NOT_TRUSTED', '1: CERT_POLICY_REQUIRED'],
    },
  ],
};
