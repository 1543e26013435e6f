/** The public interface of the transports: streams, used directly and wrapped by other transports. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { after, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { connect, tcp, TLSError, TrustStore, websockify } from '../../dist/index.js';
import { startBridge } from '../helpers/bridge.js';
import { pki } from '../helpers/pki.js';
import { startNodeTls } from '../helpers/servers.js';

/** @typedef {import('../../dist/index.js').Transport} Transport */

const context = { signal: new AbortController().signal };

/** @param {(socket: import('node:net').Socket) => void} serve @returns {Promise<{port: number, close: () => Promise<void>}>} */
async function startTcp(serve) {
  const sockets = new Set();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => {});
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return {
    port,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** @param {ReadableStream<Uint8Array>} readable */
async function readAll(readable) {
  const parts = [];
  for await (const part of /** @type {any} */ (readable)) parts.push(part);
  return Buffer.concat(parts);
}

/** Bytes without a period of 256. @param {number} length */
const pattern = (length) => Buffer.from(Uint32Array.from({ length: length / 4 }, (_, i) => i * 2654435761).buffer);

describe('the streams of tcp()', () => {
  test('transfer every byte in both directions, and end each direction separately', async () => {
    const bytes = pattern(3_000_000);
    const server = await startTcp((socket) => {
      /** @type {Buffer[]} */
      const got = [];
      socket.on('data', (part) => got.push(part));
      socket.on('end', () => socket.end(Buffer.concat(got)));
    });
    const { readable, writable, close } = await tcp()({ hostname: '127.0.0.1', port: server.port }, context);
    const all = readAll(readable);
    const writer = writable.getWriter();
    for (let at = 0; at < bytes.length; at += 100_000) await writer.write(bytes.subarray(at, at + 100_000));
    await writer.close();
    assert.ok((await all).equals(bytes));
    await close?.();
    await server.close();
  });

  test('of several sockets do not mix, although they share a read buffer', async () => {
    const sent = [0, 1, 2, 3].map((i) => Buffer.alloc(1_000_000, i + 1));
    let next = 0;
    const server = await startTcp((socket) => socket.end(sent[next++]));
    const open = async () => (await tcp()({ hostname: '127.0.0.1', port: server.port }, context)).readable;
    const streams = [await open(), await open(), await open(), await open()];
    const got = await Promise.all(streams.map(readAll));
    assert.deepEqual(
      got.map((bytes) => [bytes.length, bytes.every((byte) => byte === bytes[0])]),
      got.map(() => [1_000_000, true]),
    );
    assert.deepEqual(got.map((bytes) => bytes[0]).sort(), [1, 2, 3, 4]);
    await server.close();
  });

  test('apply backpressure to the peer while nobody reads', async () => {
    let sent = 0;
    const server = await startTcp((socket) => {
      const block = Buffer.alloc(1 << 20);
      const more = () => {
        while (sent < 100 << 20 && socket.write(block, () => (sent += block.length)));
      };
      socket.on('drain', more);
      more();
    });
    const { readable, writable } = await tcp()({ hostname: '127.0.0.1', port: server.port }, context);
    const reader = readable.getReader();
    await reader.read();
    let before = -1;
    while (sent !== before) {
      before = sent;
      await wait(200);
    }
    assert.ok(sent < 50 << 20, `${sent} bytes were accepted`);
    for (let i = 0; i < 100; i++) assert.equal((await reader.read()).done, false);
    await reader.cancel();
    await writable.abort();
    await server.close();
  });

  test('deliver the bytes before a reset, then the error', async () => {
    const server = await startTcp((socket) => {
      socket.write('the last words');
      socket.once('data', () => socket.resetAndDestroy());
    });
    const { readable, writable } = await tcp()({ hostname: '127.0.0.1', port: server.port }, context);
    const reader = readable.getReader();
    const { value } = await reader.read();
    assert.equal(Buffer.from(value ?? []).toString(), 'the last words');
    const writer = writable.getWriter();
    writer.closed.catch(() => {});
    await writer.write(Buffer.from('go'));
    await assert.rejects(reader.read(), /ECONNRESET|torn down/);
    await assert.rejects(writer.closed);
    await server.close();
  });

  test('reject a write after close()', async () => {
    const server = await startTcp(() => {});
    const { writable, close } = await tcp()({ hostname: '127.0.0.1', port: server.port }, context);
    const writer = writable.getWriter();
    writer.closed.catch(() => {});
    await close?.();
    await assert.rejects(writer.write(Buffer.from('late')));
    await server.close();
  });
});

describe('transports that wrap ours', () => {
  const certificates = pki('good-p256');
  const trust = TrustStore.from(certificates.roots);
  const server = startNodeTls(certificates);
  const bridge = server.then(({ port }) => startBridge({ allowTargets: [`127.0.0.1:${port}`] }));
  after(async () => {
    await (await bridge).close();
    await (await server).close();
  });

  /** @returns {[TransformStream<Uint8Array, Uint8Array>, () => number]} and a function that returns the number of bytes so far */
  function counter() {
    let count = 0;
    const stream = new TransformStream({
      transform(chunk, controller) {
        count += chunk.length;
        controller.enqueue(chunk);
      },
    });
    return [stream, () => count];
  }

  /** Ways to wrap one direction: copy the object, or change it. @type {Record<string, (inner: Transport, through: TransformStream) => Transport>} */
  const wraps = {
    'a copy with another readable': (inner, through) => async (address, given) => {
      const streams = await inner(address, given);
      return { ...streams, readable: streams.readable.pipeThrough(through) };
    },
    'a replaced readable': (inner, through) => async (address, given) => {
      const streams = await inner(address, given);
      streams.readable = streams.readable.pipeThrough(through);
      return streams;
    },
    'a replaced writable': (inner, through) => async (address, given) => {
      const streams = await inner(address, given);
      const { writable } = streams;
      through.readable.pipeTo(writable).catch(() => {});
      streams.writable = through.writable;
      return streams;
    },
  };

  for (const [name, make] of Object.entries({
    'tcp()': async () => tcp(),
    'websockify()': async () => websockify((await bridge).url),
  })) {
    for (const [how, wrap] of Object.entries(wraps)) {
      test(`${name}, ${how}: the bytes pass through it`, async () => {
        const [through, passed] = counter();
        const socket = connect(
          { hostname: '127.0.0.1', port: (await server).port },
          {
            trust: await trust,
            servername: certificates.hostname,
            now: new Date(certificates.clock),
            transport: wrap(await make(), through),
          },
        );
        await socket.opened;
        const handshakeBytes = passed();
        assert.ok(handshakeBytes > 200, `${handshakeBytes} bytes of the handshake`);
        await socket.write('x'.repeat(1000));
        let got = 0;
        while (got < 1000) got += (await socket.read())?.length ?? assert.fail('it ended early');
        assert.ok(passed() >= handshakeBytes + 1000);
        await socket.close();
      });
    }
  }

  test('streams that are already locked are rejected, and the transport is closed', async () => {
    let closed = 0;
    const socket = connect(
      { hostname: '127.0.0.1', port: (await server).port },
      {
        trust: await trust,
        transport: async (address, given) => {
          const { readable, writable, close } = await tcp()(address, given);
          readable.getReader();
          return { readable, writable, close: () => (closed++, close?.()) };
        },
      },
    );
    const error = await socket.opened.catch((caught) => caught);
    assert.ok(error instanceof TLSError && error.code === 'ERR_TLS_TRANSPORT', String(error));
    assert.ok(error.cause instanceof TypeError);
    await wait(10);
    assert.equal(closed, 1);
  });
});
