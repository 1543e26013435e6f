/** What was agreed with the server, and how long it took. */
import { count, duration, moment, visible } from '../words.js';
import { code, facts, foreign, h } from './dom.js';

/** @typedef {import('../inspect.js').Result} Result */

/** @param {Result} result */
export function connectionView({ request, info, verification, trust, elapsed }) {
  const { lab } = request;
  return h(
    'section',
    { class: 'connection', 'aria-labelledby': 'connection-title' },
    h('h2', { id: 'connection-title' }, 'The connection'),
    facts('facts facts-tiles', [
      ['Protocol', info?.protocol],
      ['Cipher suite', info && code(info.cipher)],
      ['ALPN', info && (info.alpn ?? 'nothing agreed')],
      ['SNI', info && foreign(visible(info.servername ?? 'not sent: an address has none'))],
      ['Way to the bridge', info && duration(info.timing.transport)],
      ['Bridge to server, and handshake', info && duration(info.timing.handshake)],
      ['In all', duration(elapsed)],
      ['Server', foreign(visible(lab ? `${lab.target}, in the lab` : request.address))],
      ['Judged at', verification && `${moment(verification.time)}${lab?.clock ? ", the lab's clock" : ''}`],
      ['Trust anchors', trust && `${trust.name}, ${count(trust.size, 'certificate')}`],
    ]),
  );
}
