/**
 * A Wisp server (version 1, and the mandatory parts of version 2) for the peers that need one. `wisp-process.js PORT`
 * connects every stream to that port on loopback, regardless of the host that it names.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import { WebSocketServer } from 'ws';

/* Packet types. */
const CONNECT = 1;
const DATA = 2;
const CONTINUE = 3;
const CLOSE = 4;
const INFO = 5;
/** A reason to close: the stream ended normally. */
const VOLUNTARY = 2;

/** Packets that a client may send before it waits. Generous, as the kernel buffers the data. */
const WINDOW_PACKETS = 128;

const MAX_BUFFERED_BYTES = 1 << 20;

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
  const sendContinue = (/** @type {number} */ id) => {
    const count = Buffer.alloc(4);
    count.writeUInt32LE(WINDOW_PACKETS);
    send(CONTINUE, id, count);
  };
  const open = (/** @type {number} */ id) => {
    const socket = connect({ host: '127.0.0.1', port, noDelay: true });
    streams.set(id, { socket, packets: 0 });
    socket.on('data', (bytes) => {
      send(DATA, id, bytes);
      if (ws.bufferedAmount > MAX_BUFFERED_BYTES) {
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
    else if (bytes[0] === INFO) sendContinue(0);
    else if (bytes[0] === DATA && stream) {
      stream.socket.write(bytes.subarray(5));
      if (++stream.packets % (WINDOW_PACKETS / 2) === 0) sendContinue(id);
    } else if (bytes[0] === CLOSE && stream) {
      streams.delete(id);
      stream.socket.end();
    }
  });
  ws.on('close', () => streams.forEach(({ socket }) => socket.destroy()));
  // Version 2 starts with the extensions that each side supports: none here.
  if (ws.protocol === 'wisp-v2') send(INFO, 0, Buffer.of(2, 0));
  else sendContinue(0);
});

await once(server, 'listening');
process.stdout.write(
  `${JSON.stringify({ port: /** @type {import('node:net').AddressInfo} */ (server.address()).port })}\n`,
);
