/** The inspector: the request form, the progress and the result. */
import { html, nothing } from 'lit';
import { loadConfig, loadLab } from '../model/config.js';
import { inspect, warmUp, willGet } from '../model/inspect.js';
import { openChain, skippedOf } from '../model/files.js';
import { fromFiles } from '../model/lab-format.js';
import { criteriaFor, verifyAgain } from '../model/criteria.js';
import { blankRequest, fromHash, withLabCase, tidyAddress, toHash } from '../model/permalink.js';
import { count, sourceName, outcome, resultLabel, visible } from '../model/format.js';
import { PageElement } from './element.js';
import './chain.js';
import './connection.js';
import './export.js';
import './history.js';
import './criteria.js';
import './progress.js';
import './request-form.js';
import './outcome.js';
import './skipped.js';
import './wire.js';

/** @typedef {import('../types.js').Config} Config */
/** @typedef {import('../types.js').LabCase} LabCase */
/** @typedef {import('../types.js').Request} Request */
/** @typedef {import('../types.js').Result} Result */
/** @typedef {import('../types.js').Tamper} Tamper */

/** @type {Config} */
const NO_CONFIG = { bridge: '', targets: {}, system: false };

/** Results of this tab that the history keeps. */
const MAX_HISTORY = 20;

export class Inspector extends PageElement {
  /** @override */
  static properties = {
    config: { state: true },
    ready: { state: true },
    cases: { state: true },
    request: { state: true },
    applied: { state: true },
    result: { state: true },
    busy: { state: true },
    pending: { state: true },
    reverified: { state: true },
    history: { state: true },
    failure: { state: true },
    fieldError: { state: true },
    notes: { state: true },
    dragging: { state: true },
  };

  constructor() {
    super();
    this.config = NO_CONFIG;
    /** Whether the configuration was loaded, or could not be. */
    this.ready = false;
    /** @type {LabCase[]} */
    this.cases = [];
    /** What the form shows, and the next inspection asks for. @type {Request} */
    this.request = blankRequest(NO_CONFIG);
    /** Where the shown chain is from, with the settings for it; the next result has them. @type {Request} */
    this.applied = this.request;
    /** @type {Result | null} */
    this.result = null;
    /** What the page waits for, as a sentence. @type {string | null} */
    this.busy = null;
    /** What the page still waits for after the outcome. @type {string | null} */
    this.pending = null;
    /** The outcome is not the handshake's: the chain was verified again with other settings. */
    this.reverified = false;
    /** Newest first. @type {{ at: Date, hash: string, result: Result }[]} */
    this.history = [];
    /** A file that cannot be used, or a bug in this page. @type {string | null} */
    this.failure = null;
    /** @type {string | null} */
    this.fieldError = null;
    /** Remarks on a file or link. @type {string[]} */
    this.notes = [];
    this.dragging = false;
    /** Of the running inspection. @type {AbortController | undefined} */
    this.current = undefined;
    /** Counts reverifications, so that a slow one does not replace a later one's result. */
    this.reverifications = 0;
  }

  /** @override */
  connectedCallback() {
    super.connectedCallback();
    addEventListener('hashchange', this.followHash);
    addEventListener('keydown', this.onKey);
    addEventListener('dragover', this.onDrag);
    addEventListener('dragleave', this.onDragEnd);
    addEventListener('drop', this.onDrop);
    warmUp();
    this.start();
  }

  /** @override */
  disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.followHash);
    removeEventListener('keydown', this.onKey);
    removeEventListener('dragover', this.onDrag);
    removeEventListener('dragleave', this.onDragEnd);
    removeEventListener('drop', this.onDrop);
    this.current?.abort();
  }

  async start() {
    const [config, lab] = await Promise.allSettled([loadConfig(), loadLab()]);
    // Without them the page still works: the user names a bridge, and there is no lab.
    if (config.status === 'fulfilled') this.config = { ...NO_CONFIG, ...config.value };
    if (lab.status === 'fulfilled') this.cases = lab.value.cases;
    // The user may have typed before the configuration arrived.
    const typed = /** @type {HTMLInputElement | null} */ (this.querySelector('#bridge'))?.value.trim();
    this.ready = true;
    this.followHash();
    if (typed && location.hash.length < 2) this.request = { ...this.request, bridge: typed };
  }

  /* --- requests ------------------------------------------------------------- */

  /** Follows links, the back button, and a URL typed into the browser. */
  followHash = () => {
    if (location.hash === '' || location.hash === '#') {
      this.stop();
      this.result = null;
      this.request = blankRequest(this.config);
      return;
    }
    const request = fromHash(location.hash, this.config, this.cases);
    // Its result is shown already.
    if (this.result && toHash(this.result.request, this.config) === toHash(request, this.config)) {
      this.stop();
      this.request = this.applied;
      return;
    }
    const { ownRoots, crls, skipped } = this.request;
    this.request = { ...request, ownRoots, crls: request.crls ?? (crls || null), skipped };
    if (request.bridge !== this.config.bridge) {
      this.notes = [`This link uses another bridge, ${visible(request.bridge)}. Press Connect to use it.`];
      this.result = null;
      return;
    }
    this.inspect();
  };

  /** @param {Partial<Request>} change */
  ask(change) {
    const address = tidyAddress(change.address ?? this.request.address);
    this.fieldError = address === '' ? 'Enter a server name first, such as example.org.' : null;
    if (this.fieldError) return;
    // The servername, and the lab's request, were for the previous server.
    const { lab, servername, address: before } = this.request;
    const other = tidyAddress(before) !== address;
    const own = { servername: other ? '' : servername, get: (change.get ?? this.request.get) && !(other && lab?.get) };
    this.request = withLabCase({ ...this.request, ...change, ...own, address, file: null }, this.config, this.cases);
    const hash = toHash(this.request, this.config);
    if (location.hash !== hash) history.pushState(null, '', hash);
    this.inspect();
  }

  /** Verifies the shown chain again with other settings. @param {Partial<Request>} change */
  async reverify(change) {
    const { result } = this;
    if (!result?.verification || result.verification.sent.length === 0) {
      this.request = { ...this.request, ...change };
      return;
    }
    // Another server may have been asked for meanwhile: then the settings are for the shown chain alone.
    if (sameSource(this.request, this.applied)) this.request = { ...this.request, ...change };
    const request = (this.applied = { ...this.applied, ...change });
    const turn = ++this.reverifications;
    /** @type {Partial<Result>} */
    let update;
    try {
      const criteria = await criteriaFor(request);
      update = { request, criteria, verification: await verifyAgain(result.verification.sent, criteria) };
      this.failure = null;
    } catch (error) {
      if (turn === this.reverifications) this.failure = messageOf(error);
      return;
    }
    // Meanwhile the connection may have ended, which updates the result, or another chain may be shown.
    if (turn !== this.reverifications || !this.result) return;
    this.reverified = true;
    this.result = { ...this.result, ...update };
    if (request.file === null && sameSource(this.request, request)) {
      history.replaceState(null, '', toHash(request, this.config));
    }
  }

  /* --- inspection ------------------------------------------------------------- */

  stop() {
    this.current?.abort();
    this.current = undefined;
    this.busy = null;
    this.pending = null;
  }

  /** Connects to the server of the shown result again. @param {Tamper | null} [tamper] */
  inspectAgain(tamper = null) {
    this.request = this.applied;
    this.inspect(tamper);
  }

  /** @param {Tamper | null} [tamper] */
  async inspect(tamper = null) {
    this.stop();
    const controller = new AbortController();
    const request = { ...this.request, tamper };
    this.current = controller;
    this.failure = null;
    this.fieldError = null;
    this.notes = [];
    this.reverified = false;
    this.busy = `Connecting to ${visible(request.address)} …`;
    try {
      for await (const result of inspect(request, controller.signal)) {
        if (this.current !== controller) continue;
        this.show(result);
        this.pending = willGet(result) && this.pending === null ? `Requesting / from ${sourceName(request)} …` : null;
      }
    } catch (error) {
      if (this.current === controller) this.failure = messageOf(error);
    }
    if (this.current === controller) this.stop();
  }

  /** @param {Result} result */
  show(result) {
    this.busy = null;
    const known = this.history.findIndex((entry) => entry.result.request === result.request);
    if (known < 0) this.startFrom(result.request);
    // The second result of an inspection adds what followed the handshake; it keeps a verification made meanwhile.
    const { request, criteria, verification } = (this.reverified && this.result) || result;
    this.result = { ...result, request, criteria, verification };
    if (result.error?.code === 'ERR_TLS_INVALID_ADDRESS') this.fieldError = visible(result.error.message);
    const entry = { at: new Date(), hash: toHash(result.request, this.config), result };
    this.history =
      known >= 0
        ? this.history.with(known, { ...this.history[known], result })
        : [entry, ...this.history].slice(0, MAX_HISTORY);
  }

  /** @param {{ hash: string, result: Result }} entry */
  recall({ hash, result }) {
    this.stop();
    this.startFrom(result.request);
    this.request = result.request;
    this.result = result;
    if (result.request.file === null) history.pushState(null, '', hash);
  }

  /** Prepares for another chain: settings and verifications of the one before do not apply to it. @param {Request} request */
  startFrom(request) {
    this.reverifications++;
    this.reverified = false;
    this.applied = request;
  }

  /* --- certificate files ---------------------------------------------------- */

  /** @param {Uint8Array | string} input @param {string} file its name */
  async readFile(input, file) {
    this.stop();
    this.notes = [];
    try {
      const { certificates, crls, skipped } = await openChain(input, file);
      const kept = this.request.skipped.filter(
        ({ source }) => source !== 'chain' && (crls.length === 0 || source !== 'crls'),
      );
      if (certificates.length === 0) {
        const chain = this.result?.verification ? 'the chain below' : 'the next chain';
        this.notes = [...skipped.map(({ message }) => message), `${count(crls.length, 'CRL')} loaded for ${chain}.`];
        await this.reverify({ crls: crls.join(''), skipped: kept });
        return;
      }
      const request = {
        ...blankRequest(this.config),
        file,
        now: this.request.now,
        profile: this.request.profile,
        trust: this.request.trust,
        servername: this.request.servername,
        ownRoots: this.request.ownRoots,
        crls: crls.length === 0 ? this.request.crls : crls.join(''),
        skipped: [...skipped, ...kept],
      };
      const started = performance.now();
      const criteria = await criteriaFor(request);
      const verification = await verifyAgain(certificates, criteria);
      this.request = request;
      this.show({
        request,
        info: null,
        verification,
        error: null,
        criteria,
        recording: null,
        answer: null,
        elapsed: performance.now() - started,
      });
    } catch (error) {
      this.failure = `${file}: ${messageOf(error)}`;
    }
  }

  /** @param {DragEvent} event */
  onDrag = (event) => {
    if (!event.dataTransfer?.types.some((type) => type === 'Files' || type === 'text/plain')) return;
    event.preventDefault();
    this.dragging = event.dataTransfer.types.includes('Files');
  };

  onDragEnd = () => {
    this.dragging = false;
  };

  /** @param {DragEvent} event */
  onDrop = async (event) => {
    this.dragging = false;
    const data = event.dataTransfer;
    if (!data || (event.target instanceof Element && event.target.closest('textarea, input'))) return;
    event.preventDefault();
    const [file] = data.files;
    if (file) this.readFile(new Uint8Array(await file.arrayBuffer()), file.name);
    else if (data.getData('text/plain')) this.readFile(data.getData('text/plain'), 'dropped text');
  };

  /** @param {KeyboardEvent} event */
  onKey = (event) => {
    if (event.key === 'Escape' && (this.busy || this.pending)) this.current?.abort();
    const typing = event.target instanceof Element && event.target.closest('input, textarea, select');
    if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      this.querySelector('input')?.focus();
    }
  };

  /* --- rendering ------------------------------------------------------------- */

  /** @override @param {import('lit').PropertyValues<this>} changed */
  updated(changed) {
    if (changed.has('result')) document.title = titleFor(this.result);
  }

  /** @override */
  render() {
    const { request, config, busy, result } = this;
    return html`
      <pt-request-form
        .request=${request}
        .config=${this.ready ? config : null}
        .busy=${busy !== null || this.pending !== null}
        .error=${this.fieldError}
        @ask=${(/** @type {CustomEvent<Partial<Request>>} */ event) => this.ask(event.detail)}
        @stop=${() => this.current?.abort()}
        @file=${(/** @type {CustomEvent<{input: Uint8Array | string, name: string}>} */ { detail }) =>
          this.readFile(detail.input, detail.name)}
      ></pt-request-form>
      <div id="result" class="wrap results" role="region" aria-label="Result" tabindex="-1" aria-busy=${busy !== null}>
        ${this.failure && html`<p class="notice notice-bad" role="alert"><bdi>${visible(this.failure)}</bdi></p>`}
        ${this.notes.map((note) => html`<p class="notice"><bdi>${visible(note)}</bdi></p>`)}
        <pt-progress .sentence=${busy}></pt-progress>
        ${result ? this.resultView(result) : busy ? nothing : this.welcome()}
        ${
          this.history.length > 1
            ? html`<pt-history
                .entries=${this.history}
                @recall=${(/** @type {CustomEvent<{hash: string, result: Result}>} */ { detail }) => this.recall(detail)}
              ></pt-history>`
            : nothing
        }
      </div>
      <p id="status" class="visually-hidden" role="status" aria-live="polite">
        <bdi>${result && !busy ? outcome(result).sentence : nothing}</bdi>
      </p>
      ${this.dragging ? html`<p class="drop" aria-hidden="true">Drop the file to inspect its certificates.</p>` : nothing}
    `;
  }

  /** @param {Result} result */
  resultView(result) {
    const { verification, recording, info } = result;
    const sent = verification?.sent ?? [];
    const skipped = skippedOf(result);
    const wire = Boolean(recording?.chunks.length || recording?.preamble.length);
    const connected = info !== null || wire;
    return html`
      <pt-outcome .result=${result}></pt-outcome>
      ${
        result.request.lab && verification && !recording
          ? html`<p class="notice">
              <span><strong>No live server here.</strong> ${fromFiles(result.request.lab)}</span>
            </p>`
          : nothing
      }
      ${this.parts([
        ...(sent.length > 0 ? [['pt-criteria', 'Validation settings']] : []),
        ...(verification ? [['pt-chain', 'Certificate chain']] : []),
        ...(skipped.length > 0 ? [['pt-skipped', 'Skipped']] : []),
        ...(connected ? [['pt-connection', 'Connection']] : []),
        ...(wire ? [['pt-wire', 'On the wire']] : []),
        ['pt-export', 'Export'],
      ])}
      ${
        this.reverified
          ? html`<p class="notice">
              Verified again in this page with the settings below.
              ${
                recording !== null
                  ? html`<button type="button" class="small" @click=${() => this.inspectAgain()}>Connect again</button>`
                  : nothing
              }
            </p>`
          : nothing
      }
      ${
        sent.length > 0
          ? html`<pt-criteria
              .request=${this.applied}
              .config=${this.config}
              .sent=${sent}
              .criteria=${result.criteria}
              .verification=${verification}
              @change-request=${(/** @type {CustomEvent<Partial<Request>>} */ event) => this.reverify(event.detail)}
            ></pt-criteria>`
          : nothing
      }
      ${verification ? html`<pt-chain .verification=${verification} .inFile=${result.request.file !== null}></pt-chain>` : nothing}
      <pt-skipped .skipped=${skipped}></pt-skipped>
      <pt-progress .sentence=${this.pending}></pt-progress>
      ${connected ? html`<pt-connection .result=${result}></pt-connection>` : nothing}
      ${
        wire
          ? html`<pt-wire
              .recording=${recording}
              .tamper=${result.request.tamper}
              .onTamper=${(/** @type {Tamper} */ tamper) => this.inspectAgain(tamper)}
            ></pt-wire>`
          : nothing
      }
      <pt-export .result=${result} .config=${this.config}></pt-export>
    `;
  }

  /**
   * Buttons, not links: the URL fragment names the inspected server.
   * @param {string[][]} parts element name and heading
   */
  parts(parts) {
    return html`<nav class="parts" aria-label="Parts of the result">
      ${parts.map(
        ([element, heading]) =>
          html`<button type="button" class="small" @click=${() => this.goTo(element)}>
            ${heading}<span aria-hidden="true"> ↓</span>
          </button>`,
      )}
    </nav>`;
  }

  /** @param {string} element */
  goTo(element) {
    /** @type {HTMLElement | null} */
    const heading = this.querySelector(`${element} h2`);
    if (!heading) return;
    heading.tabIndex = -1;
    heading.scrollIntoView({ block: 'start' });
    heading.focus({ preventScroll: true });
  }

  welcome() {
    return html`<section class="welcome">
      <h2>Check a server or a certificate</h2>
      <p>
        Enter a server name above, or drop a PEM, DER or PKCS#7 file anywhere on this page.
        ${
          this.cases.length > 0
            ? html`To see what can go wrong, try one of these examples or the <a href="lab.html">lab</a>’s
                ${count(this.cases.length, 'case')}.`
            : nothing
        }
      </p>
      ${
        this.cases.length > 0
          ? html`<ul class="starters">
              ${STARTERS.map((id) => this.cases.find((entry) => entry.id === id))
                .filter((entry) => entry !== undefined)
                .map(
                  ({ address, title, explain, expected }) =>
                    html`<li>
                      <a class="starter starter-${expected}" href="#${address}">
                        <span class="starter-mark" aria-hidden="true">${expected === 'good' ? '✓' : '✕'}</span>
                        <strong>${title}</strong>
                        <span class="starter-explain">${explain}</span>
                      </a>
                    </li>`,
                )}
            </ul>`
          : nothing
      }
    </section>`;
  }
}

/** Cases of the lab on the start page. */
const STARTERS = ['good-p256', 'expired', 'wrong-host', 'missing-intermediate', 'revoked', 'several'];

/** @param {Result | null} result */
function titleFor(result) {
  if (result === null) return 'Certificate inspector · pagetls';
  const { kind } = outcome(result);
  const mark = kind === 'good' ? '✓' : kind === 'bad' ? '✕' : '!';
  return `${mark} ${resultLabel(result)} · pagetls`;
}

/** Whether two requests are for the same server or file. @param {Request} one @param {Request} other */
function sameSource(one, other) {
  return one.file === other.file && one.address === other.address && one.starttls === other.starttls;
}

/** @param {unknown} error */
function messageOf(error) {
  return error instanceof Error ? error.message : String(error);
}

customElements.define('pt-inspector', Inspector);
