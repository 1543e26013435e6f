/** Sentences, titles and labels name what was verified, whatever was asked for. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { TrustStore, verifyChain } from '../../dist/index.js';
import { criteriaFor } from '../../inspector/src/model/criteria.js';
import { outcome, resultLabel } from '../../inspector/src/model/format.js';
import { outcomeFor } from '../../inspector/src/model/lab-format.js';
import { blankRequest, hostOf } from '../../inspector/src/model/permalink.js';
import { pki } from '../helpers/pki.js';

/** @typedef {import('../../inspector/src/types.js').LabCase} LabCase */
/** @typedef {import('../../inspector/src/types.js').Request} Request */

/** Its certificate is for other.pagetls.test. */
const { chain, roots, clock, hostname } = pki('wrong-host');
const NAMED = 'other.pagetls.test';
const trust = await TrustStore.from(roots);

/** A result for a request, verified for a name; '' for none. @param {Partial<Request>} change @param {string} verified */
async function resultFor(change, verified) {
  const request = { ...blankRequest({ bridge: '', targets: {}, system: false }), ...change };
  const now = new Date(clock);
  const verification = await verifyChain(chain, { trust, hostname: verified || undefined, now, profile: 'webpki' });
  return { request, criteria: { hostname: verified }, info: null, verification, error: null };
}

describe('the outcome of a server', () => {
  test('names its host if that was verified', async () => {
    const result = await resultFor({ address: `${hostname}:8443` }, hostname);
    assert.equal(outcome(result).sentence, `Not trusted: the certificate of ${hostname}:8443 is not for this name.`);
    assert.equal(resultLabel(result), `${hostname}:8443`);
    const named = await resultFor({ address: `${NAMED.toUpperCase()}.` }, NAMED);
    assert.equal(outcome(named).sentence, `Valid certificate for ${NAMED}`);
  });

  test('names another verified name, even if the request asks for none', async () => {
    for (const servername of ['', 'third.example', NAMED]) {
      const result = await resultFor({ address: 'localhost:8443', servername }, NAMED);
      assert.equal(outcome(result).sentence, `Valid certificate for ${NAMED} (sent by localhost:8443)`);
      assert.equal(resultLabel(result), `${NAMED} at localhost:8443`);
    }
  });

  test('does not name a requested name that was not verified', async () => {
    const result = await resultFor({ address: hostname, servername: NAMED }, hostname);
    assert.equal(outcome(result).sentence, `Not trusted: the certificate of ${hostname} is not for this name.`);
    assert.equal(resultLabel(result), hostname);
  });

  test('names the verified name if the chain is not trusted', async () => {
    const result = await resultFor({ address: '[::1]:8443' }, 'third.example');
    assert.equal(
      outcome(result).sentence,
      'Not trusted for third.example: the certificate of [::1]:8443 is not for this name.',
    );
    assert.equal(resultLabel(result), 'third.example at [::1]:8443');
  });
});

describe('the outcome of a file', () => {
  test('says that no name was checked', async () => {
    const result = await resultFor({ file: 'chain.pem', servername: 'third.example' }, '');
    assert.equal(outcome(result).sentence, 'Valid certificate chain in chain.pem; no host name was checked');
    assert.equal(resultLabel(result), 'chain.pem');
  });

  test('names the name that was checked', async () => {
    const valid = await resultFor({ file: 'chain.pem' }, NAMED);
    assert.equal(outcome(valid).sentence, `Valid certificate for ${NAMED} (in chain.pem)`);
    assert.equal(resultLabel(valid), `${NAMED} in chain.pem`);
    const other = await resultFor({ file: 'chain.pem' }, 'third.example');
    assert.equal(
      outcome(other).sentence,
      'Not trusted for third.example: the certificate in chain.pem is not for this name.',
    );
  });
});

test('the outcome of a lab case names the changed host name, and the server as the case has it', async () => {
  const labCase = /** @type {LabCase} */ ({ hostname });
  const sentence = async (/** @type {string} */ name) => {
    const { verification } = await resultFor({}, name);
    return outcomeFor(labCase, { hostname: name }, { verification, info: null, error: null, bridge: '' }).sentence;
  };
  assert.equal(await sentence(hostname), `Not trusted: the certificate of ${hostname} is not for this name.`);
  assert.equal(await sentence(NAMED), `Valid certificate for ${NAMED} (sent by ${hostname})`);
  assert.match(await sentence('third.example'), /^Not trusted for third\.example: the certificate of wrong-host/);
});

describe('the name to verify', () => {
  /** @param {Partial<Request>} change */
  const nameFor = async (change) =>
    (
      await criteriaFor({
        ...blankRequest({ bridge: '', targets: {}, system: false }),
        trust: 'own',
        ownRoots: roots,
        ...change,
      })
    ).hostname;

  test('is the host of the address once an override is cleared', async () => {
    assert.equal(await nameFor({ address: 'localhost:8443', servername: NAMED }), NAMED);
    assert.equal(await nameFor({ address: 'localhost:8443', servername: '' }), 'localhost');
    assert.equal(await nameFor({ address: '[::1]:8443', servername: '' }), '::1');
  });

  test('of a file is none, unless one is set', async () => {
    assert.equal(await nameFor({ file: 'chain.pem' }), '');
    assert.equal(await nameFor({ file: 'chain.pem', servername: NAMED }), NAMED);
  });

  test('is in ASCII, without port, brackets, zone and final dot', () => {
    const hosts = {
      'a.example': 'a.example',
      'a.example:1': 'a.example',
      '[::1]': '::1',
      '[::1]:1': '::1',
      '::1': '::1',
      'Bücher.example.:1': 'xn--bcher-kva.example',
      'fe80::1%eth0': 'fe80::1',
      'no host': 'no host',
    };
    for (const [address, host] of Object.entries(hosts)) assert.equal(hostOf(address), host);
  });
});
