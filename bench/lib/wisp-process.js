/**
 * A server of the Wisp protocol, version 1 and what version 2 must have, for the peers that need one: `wisp-process.js PORT`; whatever host a stream
 * asks for, it is connected to that port on loopback.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocketServer } from 'ws';

const CONNECT = 1;
const DATA = 2;
const CONTINUE = 3;
const CLOSE = 4;
const INFO = 5;
const VOLUNTARY = 2;

/** Packets that a client may have under way; it never waits, as the kernel takes what comes. */
const BUFFERED = 128;

const port = Number(process.argv[2]);
const server = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });

server.on('connection', (ws) => {
  /** @type {Map<number, {socket: import('node:net').Socket, packets: number}>} */
  const streams = new Map();
  /** @param {number} type @param {number} id @param {Buffer} payload */
  const send = (type, id, payload) => {
    const head = Buffer.alloc(5);
    head[0] = type;
    head.writeUInt32LE(id, 1);
    ws.send(Buffer.concat([head, payload]));
  };
  const room = (/** @type {number} */ id) => {
    const count = Buffer.alloc(4);
    count.writeUInt32LE(BUFFERED);
    send(CONTINUE, id, count);
  };
  const open = (/** @type {number} */ id) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    streams.set(id, { socket, packets: 0 });
    socket.on('data', (bytes) => {
      send(DATA, id, bytes);
      if (ws.bufferedAmount > 1 << 20) {
        socket.pause();
        setTimeout(() => socket.resume(), 1);
      }
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      if (streams.delete(id)) send(CLOSE, id, Buffer.of(VOLUNTARY));
    });
  };
  ws.on('message', (message) => {
    const bytes = /** @type {Buffer} */ (message);
    const id = bytes.readUInt32LE(1);
    const stream = streams.get(id);
    if (bytes[0] === CONNECT) open(id);
    else if (bytes[0] === INFO) room(0);
    else if (bytes[0] === DATA && stream) {
      stream.socket.write(bytes.subarray(5));
      if (++stream.packets % (BUFFERED / 2) === 0) room(id);
    } else if (bytes[0] === CLOSE && stream) {
      streams.delete(id);
      stream.socket.end();
    }
  });
  ws.on('close', () => streams.forEach(({ socket }) => socket.destroy()));
  // Version 2 begins with what each side knows: no extensions.
  if (ws.protocol === 'wisp-v2') send(INFO, 0, Buffer.of(2, 0));
  else room(0);
});

await once(server, 'listening');
process.stdout.write(
  `${JSON.stringify({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port })}\n`,
);
