/** The connection: negotiated parameters, what the client offered, and where the time went. */
import { html, nothing, svg } from 'lit';
import { CONTEXT } from '../../../messages/starttls.js';
import { choicesOf } from '../model/choices.js';
import { willGet } from '../model/inspect.js';
import { waterfallSteps } from '../model/waterfall.js';
import { decodeRecording } from '../model/decode-recording.js';
import { count, duration, visible } from '../model/format.js';
import '../style/connection.css';
import { PageElement } from './element.js';

/** @typedef {import('../types.js').Result} Result */
/** @typedef {import('../model/choices.js').Choice} Choice */
/** @typedef {import('../model/waterfall.js').Step} Step */
/** @typedef {import('../tls/types.js').Wire} Wire */

/** What the time of a step was spent on. @type {Record<Step['kind'], string>} */
const KINDS = {
  network: 'network',
  waiting: 'waiting',
  local: 'computing in this page',
  part: 'computing in this page',
  moment: '',
  break: '',
};

export class Connection extends PageElement {
  /** @override */
  static properties = {
    result: { attribute: false },
    wire: { state: true },
  };

  constructor() {
    super();
    /** @type {Result | null} */
    this.result = null;
    /** @type {Wire | null} */
    this.wire = null;
  }

  /** @override @param {Map<string, unknown>} changed */
  willUpdate(changed) {
    if (!changed.has('result')) return;
    const before = /** @type {Result | null | undefined} */ (changed.get('result'));
    if (before?.recording?.chunks !== this.result?.recording?.chunks) this.wire = null;
    this.load();
  }

  async load() {
    const recording = this.result?.recording;
    if (!recording) return;
    // Without the decoder, show what `info` has; <pt-wire> reports the error.
    const wire = await decodeRecording(recording).catch(() => null);
    if (this.result?.recording === recording) this.wire = wire;
  }

  /** @override */
  render() {
    const { result, wire } = this;
    if (!result) return nothing;
    const choices = wire ? choicesOf(wire) : [];
    const steps = wire ? waterfallSteps(result, wire) : [];
    return html`
      <section class="connection" aria-labelledby="connection-title">
        <h2 id="connection-title">Connection</h2>
        <dl class="connection-facts">
          ${factsOf(result, wire).map(
            ([name, value]) =>
              html`<div>
                <dt>${name}</dt>
                <dd><bdi>${visible(value)}</bdi></dd>
              </div>`,
          )}
        </dl>
        ${result.answer?.headers ? answerView(result.answer) : nothing} ${steps.length > 0 ? waterfall(steps) : nothing}
        ${choices.length > 0 ? offersView(choices) : nothing}
      </section>
    `;
  }
}

/* --- facts ---------------------------------------------------------------------- */

/**
 * @param {Result} result
 * @param {Wire | null} wire
 * @returns {[string, string][]}
 */
function factsOf(result, wire) {
  const { info, request, recording, answer, elapsed } = result;
  const chosen = wire?.chosen ?? null;
  const protocol = info?.protocol.replace('v', ' ') ?? chosen?.version?.name;
  const cipher = info?.cipher ?? chosen?.cipherSuite?.name;
  const done = recording?.handshake !== null && info !== null;
  /** @type {[string, string | undefined | null][]} */
  const facts = [
    ['Protocol', protocol],
    ['Cipher suite', cipher],
    ['Key exchange group', chosen?.group?.name],
    ['Server signature', chosen?.signatureScheme?.name],
    ['ALPN', info ? (info.alpn ?? 'none') : chosen?.alpn],
    ['SNI', wire?.offered ? (wire.offered.serverName ?? 'not sent (IP address)') : info?.servername],
    [
      'HelloRetryRequest',
      chosen && (chosen.retry ? `requested ${chosen.retry.name}` : chosen.helloRetry ? 'yes' : 'no'),
    ],
    ['Client certificate', chosen && clientCertificate(wire)],
    ['Session tickets', chosen && done ? tickets(chosen.tickets) : null],
    ['Downgrade sentinel', chosen?.downgrade ? `the server supports a newer version than ${chosen.downgrade}` : null],
    ['Response to GET /', answer?.status ?? (willGet(result) && recording?.ended ? 'no response' : null)],
    ['Total', duration(elapsed)],
    ['Before TLS', request.starttls && CONTEXT[request.starttls].name],
    ['Server', request.target && `${request.target} (lab)`],
  ];
  return /** @type {[string, string][]} */ (facts.filter(([, value]) => value));
}

/** @param {import('../types.js').Answer} answer */
function answerView({ headers }) {
  return html`<details class="connection-answer">
    <summary>Response headers</summary>
    <pre tabindex="0"><bdi>${headers.split('\n').map((line) => `${visible(line)}\n`)}</bdi></pre>
  </details>`;
}

/** @param {Wire | null} wire */
function clientCertificate(wire) {
  if (!wire?.chosen?.clientCertificate) return 'not requested';
  const sent = wire.messages.find(({ name, direction }) => name === 'Certificate' && direction === 'sent');
  return (sent?.facts.certificates?.length ?? 0) > 0 ? 'requested and sent' : 'requested, none sent';
}

/** @param {number[]} lifetimes in seconds */
function tickets(lifetimes) {
  if (lifetimes.length === 0) return 'none';
  const times = [...new Set(lifetimes)].map((seconds) => {
    if (seconds === 0) return 'an unspecified time';
    if (seconds % 86_400 === 0) return count(seconds / 86_400, 'day');
    if (seconds % 3600 === 0) return count(seconds / 3600, 'hour');
    return seconds % 60 === 0 ? count(seconds / 60, 'minute') : count(seconds, 'second');
  });
  return `${lifetimes.length}, valid for ${times.join(' and ')}`;
}

/* --- offered and chosen ---------------------------------------------------------------------- */

/** @param {Choice[]} choices */
function offersView(choices) {
  return html`
    <h3 id="offers-title">Offered and chosen</h3>
    <p class="connection-note">
      The ClientHello’s offers, in its order. <span class="offer-mark" aria-hidden="true">✓</span> marks the server’s
      choices; for extensions, those that it answered.
    </p>
    <table class="offers" aria-labelledby="offers-title">
      <thead>
        <tr>
          <th scope="col">Parameter</th>
          <th scope="col">Offered</th>
        </tr>
      </thead>
      <tbody>
        ${choices.map(
          ({ name, offers: all, chosen }) =>
            html`<tr>
              <th scope="row">${name}</th>
              <td>
                <ul>
                  ${all.map((offer) => offerItem(offer, chosen.includes(offer), true))}
                  ${chosen.filter((one) => !all.includes(one)).map((one) => offerItem(one, true, false))}
                </ul>
              </td>
            </tr>`,
        )}
      </tbody>
    </table>
  `;
}

/** @param {string} text @param {boolean} isChosen @param {boolean} wasOffered */
function offerItem(text, isChosen, wasOffered) {
  return html`<li class=${isChosen ? (wasOffered ? 'offer-chosen' : 'offer-chosen offer-odd') : ''}>
    ${
      isChosen
        ? html`<span class="offer-mark" aria-hidden="true">✓</span><span class="visually-hidden">chosen: </span>`
        : nothing
    }<bdi>${visible(text)}</bdi>${wasOffered ? nothing : html` <span>(not offered)</span>`}
  </li>`;
}

/* --- the waterfall ---------------------------------------------------------------------- */

/** @param {Step[]} steps */
function waterfall(steps) {
  const total = Math.max(...steps.map(({ to }) => to), 0.001);
  return html`
    <h3 id="waterfall-title">Where the time went</h3>
    <table class="waterfall" aria-labelledby="waterfall-title">
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Start</th>
          <th scope="col">Duration</th>
        </tr>
      </thead>
      <tbody>
        ${steps.map((step) => stepRow(step, total))}
      </tbody>
    </table>
  `;
}

/** @param {Step} step @param {number} total in milliseconds */
function stepRow({ kind, label, from, to, detail }, total) {
  const share = (/** @type {number} */ time) => `${((100 * time) / total).toFixed(3)}%`;
  const moment = kind === 'moment' || kind === 'break';
  const bar = moment
    ? svg`<line class=${`bar-moment bar-${kind}`} x1=${share(from)} x2=${share(from)} y1="0" y2="12" />`
    : svg`<rect class=${`bar-${kind}`} x=${share(from)} width=${share(Math.max(to - from, total / 400))} y="2" height="8" rx="1.5" />`;
  return html`<tr class=${`waterfall-${kind}`}>
    <td>
      <div class="waterfall-step">
        <span class="waterfall-words">
          <bdi>${visible(label)}</bdi>
          <span class="waterfall-kind"><bdi>${visible([KINDS[kind], detail].filter(Boolean).join(' · '))}</bdi></span>
        </span>
        <svg class="waterfall-bar" width="100%" height="12" aria-hidden="true" focusable="false">
          <line class="bar-ground" x1="0" x2="100%" y1="6" y2="6" />
          ${bar}
        </svg>
      </div>
    </td>
    <td class="waterfall-time">${duration(from)}</td>
    <td class="waterfall-time">${moment ? '' : duration(to - from)}</td>
  </tr>`;
}

customElements.define('pt-connection', Connection);
