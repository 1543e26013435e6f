/** The types, for an old TypeScript and the newest: the short form of test/matrix/types/. */
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { describe, test } from 'node:test';
import { inProject } from '../../scripts/run.js';
import { withoutGenericArrays } from '../../scripts/declarations.js';
import { compile, consumersFor, ENVIRONMENTS } from '../matrix/types/consumers.js';

const nodeTypes = '20.19.43';
/** That of attw: older than generic typed arrays. An own one would have a `tsc` that npm links like the project's. */
const older = createRequire(inProject('node_modules/@arethetypeswrong/core/package.json'));

/** @type {import('../matrix/types/consumers.js').Compiler[]} */
const COMPILERS = [
  { version: '5.6', tsc: older.resolve('typescript/bin/tsc'), nodeTypes, disposes: true, requires: false },
  { version: '7', tsc: inProject('node_modules/typescript/bin/tsc'), nodeTypes, disposes: true, requires: true },
];

describe('the types are right for strict users', () => {
  for (const compiler of COMPILERS) {
    for (const environment of Object.values(ENVIRONMENTS)) {
      const resolution = environment.node ? 'nodenext' : 'bundler';
      test(`in ${environment.name}, with TypeScript ${compiler.version}`, async () => {
        const files = consumersFor(compiler, resolution, environment);
        assert.equal(await compile(compiler, resolution, environment, files), '');
      });
    }
  }
});

test('generic typed arrays are written so that TypeScript 5.0 can read them', () => {
  const written = (/** @type {string} */ text) => withoutGenericArrays(text);
  assert.equal(written('read(): Uint8Array<ArrayBuffer> | null;'), "read(): ReturnType<Uint8Array['slice']> | null;");
  assert.equal(written('(a: Float64Array<ArrayBufferLike>[]): void'), '(a: Float64Array[]): void');
  const kept =
    "/** @returns {Uint8Array<ArrayBuffer>} */ type A = 'Uint8Array<ArrayBuffer>'; type B = Set<Uint8Array>;";
  assert.equal(written(kept), kept);
});
