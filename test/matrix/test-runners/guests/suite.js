/** The tests, for any runner. `env` GIVEN has the server; HAS_TCP says whether the package's modules for Node are in use. */
import * as checks from './checks.js';

const given = JSON.parse(process.env.GIVEN ?? '');
const hasTcp = process.env.HAS_TCP === 'true';
const SUBJECT = 'O=pagetls test, CN=good-p256.pagetls.test';

/** @param {{test: (name: string, run: () => Promise<unknown>) => void, expect: any}} runner */
export function declareTests({ test, expect }) {
  const bridge = { bridge: given.bridge };
  test('bytes of every realm', async () => {
    expect(await checks.verify(given)).toEqual([SUBJECT, SUBJECT, SUBJECT, SUBJECT]);
  });
  test('default trust', async () => {
    expect(await checks.verifyByDefault(given)).toEqual({ size: true, problems: ['ERR_TLS_CERT_NOT_TRUSTED'] });
  });
  test(hasTcp ? 'TCP' : 'no TCP', async () => {
    if (hasTcp) expect(await checks.exchange(given)).toBe('hello');
    else expect(await checks.codeOf(checks.exchange(given))).toBe('ERR_TLS_NO_TRANSPORT');
  });
  test('the bridge', async () => {
    expect(await checks.exchange(given, bridge)).toBe('hello');
    expect(await checks.exchange(given, { bridge: /** @type {any} */ (new URL(given.bridge)) })).toBe('hello');
    expect(await checks.exchangeByStreams(given, bridge)).toBe('hi');
  });
  test('an untrusted server', async () => {
    const { roots: _, ...untrusted } = { ...given, roots: undefined };
    expect(await checks.codeOf(checks.exchange({ ...untrusted, roots: given.strangers }, bridge))).toBe(
      'ERR_TLS_CERT_NOT_TRUSTED',
    );
  });
  test("the environment's AbortSignal", async () => {
    expect(await checks.abort(given, bridge)).toBe('ERR_TLS_ABORTED');
  });
}
