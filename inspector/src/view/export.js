/** Exports a result: JSON, PEM files, commands. */
import { html, nothing } from 'lit';
import { asCommand, asJson, asPem, commandFiles } from '../model/export.js';
import { resultLabel } from '../model/format.js';
import { toHash } from '../model/permalink.js';
import { PageElement } from './element.js';
import { newId } from './pieces.js';
import { actionsView, copyText, fileName, saveFile } from './transfer.js';

/** @typedef {import('../types.js').Certificate} Certificate */
/** @typedef {import('../types.js').Config} Config */
/** @typedef {import('../types.js').Result} Result */
/** @typedef {{ label: string, action: () => string | Promise<string> }} Action */

const PEM = 'application/x-pem-file';

/** <pt-export>: properties `result` and `config`. */
export class ExportElement extends PageElement {
  /** @override */
  static properties = {
    result: { attribute: false },
    config: { attribute: false },
    status: { state: true },
  };

  constructor() {
    super();
    /** @type {Result | null} */
    this.result = null;
    /** The links leave out its bridge. @type {Config} */
    this.config = { bridge: '', targets: {}, system: false };
    this.status = '';
    this.titleId = newId('export');
  }

  /** @override @param {Map<PropertyKey, unknown>} changed */
  willUpdate(changed) {
    const before = /** @type {Result | null | undefined} */ (changed.get('result'));
    // A connection's end updates the result of the same request; keep the status then.
    if (changed.has('result') && before?.request !== this.result?.request) this.status = '';
  }

  /** @override */
  render() {
    const { result, config } = this;
    if (result === null) return nothing;
    return html`<section class="export" aria-labelledby=${this.titleId}>
      <h2 id=${this.titleId}>Export</h2>
      ${actionsView(actionsOf(result, config), this, 'Export as files and commands')} ${filesView(result)}
    </section>`;
  }
}

/** @param {Result} result @param {Config} config @returns {Action[]} */
function actionsOf(result, config) {
  const { request, verification } = result;
  const { crls } = request;
  const name = resultLabel(result);
  const { path = [], sent = [] } = verification ?? {};
  const save = (/** @type {string} */ what, /** @type {Certificate[]} */ certificates) => ({
    label: `Download PEM (${what})`,
    action: () => saveFile(fileName(`${name}-${what}`, 'pem'), PEM, asPem(certificates)),
  });
  const copy = (/** @type {'pagetls' | 'openssl'} */ program) => {
    const command = asCommand(result, program);
    return command === null ? [] : [{ label: `Copy ${program} command`, action: () => copyText(command) }];
  };
  return [
    { label: 'Download JSON', action: () => saveFile(fileName(name, 'json'), 'application/json', asJson(result)) },
    ...(sent.length > 0 ? [save('sent', sent)] : []),
    ...(path.length > 0 && path.every(({ pem }) => pem !== null) ? [save('path', path)] : []),
    ...(request.file === null ? [{ label: 'Copy link', action: () => copyText(linkTo(result, config)) }] : []),
    ...copy('pagetls'),
    ...copy('openssl'),
    ...(request.ownRoots
      ? [{ label: 'Download roots.pem', action: () => saveFile('roots.pem', PEM, request.ownRoots) }]
      : []),
    ...(crls ? [{ label: 'Download crls.pem', action: () => saveFile('crls.pem', PEM, crls) }] : []),
  ];
}

/** @param {Result} result @param {Config} config */
function linkTo({ request }, config) {
  return new URL(toHash(request, config), location.href).href;
}

/** Links to the files that the commands read. @param {Result} result */
function filesView(result) {
  const files = commandFiles(result);
  if (files.length === 0) return nothing;
  const { lab, ownRoots, crls } = result.request;
  const labFiles = { 'roots.pem': ownRoots ? null : 'roots.pem', 'crls.pem': crls ? null : 'crl.pem' };
  const links = files.map((name, i) => {
    const file = labFiles[/** @type {keyof typeof labFiles} */ (name)];
    const link = lab && file ? html`<a href=${`lab/${lab.id}/${file}`} download=${name}>${name}</a>` : name;
    return html`${i > 0 ? ' and ' : ''}${link}`;
  });
  return html`<p class="aside">The commands read ${links}: save ${files.length > 1 ? 'them' : 'it'} first.</p>`;
}

customElements.define('pt-export', ExportElement);
