import { configure } from 'pagetls/node-net';
import tls from 'tls';

const { address, servername, bridge, roots, now } = globalThis.settings;
const show = (result) => {
  document.querySelector('output').textContent = JSON.stringify(result);
};

configure({ bridge, now });
const [host, port] = address.split(':');
const socket = tls.connect({ host, port: Number(port), servername, ca: roots });
let answer = '';
socket.on('secureConnect', () => socket.write('GET /small HTTP/1.0\r\n\r\n'));
socket.on('data', (bytes) => (answer += bytes.toString()));
socket.on('end', () => show(answer.slice(-5)));
socket.on('error', (error) => show(error.message));
