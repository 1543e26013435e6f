/** Use of what stands in for Node's modules. It needs @types/node. */
import { request } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect, TLSSocket } from 'pagetls';
import { Agent, connector, toDuplex } from 'pagetls/node';
import type { AgentOptions, SocketDuplex, TLSDuplex } from 'pagetls/node';
import * as net from 'pagetls/node-net';
import tls, { connect as connectTls, createSecureContext, rootCertificates } from 'pagetls/node-tls';
import type { TLSSocket as DropIn } from 'pagetls/node-tls';
import { tcp } from 'pagetls/transports/tcp';

export function duplexes(socket: TLSSocket): Duplex[] {
  const duplex: TLSDuplex = toDuplex(socket, { allowHalfOpen: true });
  const plain: SocketDuplex = toDuplex(connect('db.example:5432', { secureTransport: 'off' }));
  duplex.setNoDelay(true).setTimeout(1000).pipe(plain);
  duplex.on('data', (bytes) => plain.write(bytes));
  const cipher: string | undefined = duplex.getCipher()?.name;
  const material: Buffer = duplex.exportKeyingMaterial(32, 'label');
  duplex.write(`${cipher} ${material.toString('hex')} ${duplex.authorized} ${duplex.remotePort}`);

  // @ts-expect-error a socket is meant
  toDuplex({});
  // @ts-expect-error an option that does not exist
  toDuplex(socket, { allowHalfopen: true });
  // @ts-expect-error a plaintext socket has none
  plain.getPeerCertificate();
  return [duplex, plain];
}

export function clients(): void {
  const options: AgentOptions = { keepAlive: true, maxSockets: 2, servername: 'db.example', minVersion: 'TLSv1.3' };
  request({ host: 'db.example', agent: new Agent(options) }).end();
  connector({ servername: 'db.example' })(
    { hostname: 'db.example', protocol: 'https:', port: '443' },
    (error, socket) => {
      if (error) throw error;
      socket.end();
    },
  );
  connect('db.example:443', { transport: tcp({ family: 4, localAddress: '127.0.0.1' }) });

  // @ts-expect-error an option that does not exist
  new Agent({ keepAlives: true });
  // @ts-expect-error an option that does not exist
  connector({ rejectUnauthorised: false });
  // @ts-expect-error a family that does not exist
  tcp({ family: 5 });
  // @ts-expect-error a number is meant
  tcp({ localPort: '80' });
}

export function dropIns(other: Duplex): void {
  net.configure({ bridge: 'wss://bridge.example/', timeout: 5000 });
  const socket: net.Socket = net.connect(5432, 'db.example', () => socket.write('text'));
  new net.Socket({ allowHalfOpen: true }).connect({ host: 'db.example', port: 5432 }, () => undefined);
  const secureContext = createSecureContext({ ca: rootCertificates.join('\n'), minVersion: 'TLSv1.2' });
  const upgraded: DropIn = connectTls({ socket: other, servername: 'db.example', secureContext }, () => undefined);
  tls.connect(443, 'db.example', { ALPNProtocols: ['http/1.1'], rejectUnauthorized: false });
  tls.connect({ host: 'db.example', port: 443, family: 4, signal: AbortSignal.timeout(1000) });
  const family: number = net.isIP('::1');
  upgraded.setTimeout(family);

  // @ts-expect-error an option that does not exist
  net.configure({ bridges: [] });
  // @ts-expect-error a port is needed
  net.connect({ host: 'db.example' });
  // @ts-expect-error an option that does not exist
  connectTls({ host: 'db.example', port: 443, serverName: 'db.example' });
  // @ts-expect-error a protocol that does not exist
  createSecureContext({ minVersion: 'TLSv2' });
  // @ts-expect-error true or false
  connectTls(443, { rejectUnauthorized: 'no' });
}
