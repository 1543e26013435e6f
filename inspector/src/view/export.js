/** Exports a result: JSON, PEM files, commands. */
import { html, nothing } from 'lit';
import { asCommand, asJson, asPem, commandFiles } from '../model/export.js';
import { PageElement } from './element.js';
import { newId } from './pieces.js';
import { actionsView, copyText, fileName, saveFile } from './transfer.js';

/** @typedef {import('../types.js').Certificate} Certificate */
/** @typedef {import('../types.js').Request} Request */
/** @typedef {import('../types.js').Result} Result */
/** @typedef {{ label: string, action: () => string | Promise<string> }} Action */

const PEM = 'application/x-pem-file';

/** <pt-export>: property `result`. */
export class ExportElement extends PageElement {
  /** @override */
  static properties = {
    result: { attribute: false },
    status: { state: true },
  };

  constructor() {
    super();
    /** @type {Result | null} */
    this.result = null;
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
    const { result } = this;
    if (result === null) return nothing;
    return html`<section class="export" aria-labelledby=${this.titleId}>
      <h2 id=${this.titleId}>Export</h2>
      ${actionsView(actionsOf(result), this, 'Export as files and commands')} ${filesView(result.request)}
    </section>`;
  }
}

/** @param {Result} result @returns {Action[]} */
function actionsOf(result) {
  const { request, verification } = result;
  const { crls } = request;
  const name = request.file ?? request.lab?.hostname ?? request.address;
  const { path = [], sent = [] } = verification ?? {};
  const save = (/** @type {string} */ what, /** @type {Certificate[]} */ certificates) => ({
    label: `Download PEM (${what})`,
    action: () => saveFile(fileName(`${name}-${what}`, 'pem'), PEM, asPem(certificates)),
  });
  const copy = (/** @type {'pagetls' | 'openssl'} */ program) => {
    const command = asCommand(request, program);
    return command === null ? [] : [{ label: `Copy ${program} command`, action: () => copyText(command) }];
  };
  return [
    { label: 'Download JSON', action: () => saveFile(fileName(name, 'json'), 'application/json', asJson(result)) },
    ...(sent.length > 0 ? [save('sent', sent)] : []),
    ...(path.length > 0 ? [save('path', path)] : []),
    ...(request.file === null ? [{ label: 'Copy link', action: () => copyText(location.href) }] : []),
    ...copy('pagetls'),
    ...copy('openssl'),
    ...(request.ownRoots
      ? [{ label: 'Download roots.pem', action: () => saveFile('roots.pem', PEM, request.ownRoots) }]
      : []),
    ...(crls ? [{ label: 'Download crls.pem', action: () => saveFile('crls.pem', PEM, crls) }] : []),
  ];
}

/** Links to the files that the commands read. @param {Request} request */
function filesView(request) {
  const files = commandFiles(request);
  if (files.length === 0) return nothing;
  const { lab, ownRoots, crls } = request;
  const labFiles = { 'roots.pem': ownRoots ? null : 'roots.pem', 'crls.pem': crls ? null : 'crl.pem' };
  const links = files.map((name, i) => {
    const file = labFiles[/** @type {keyof typeof labFiles} */ (name)];
    const link = lab && file ? html`<a href=${`lab/${lab.id}/${file}`} download=${name}>${name}</a>` : name;
    return html`${i > 0 ? ' and ' : ''}${link}`;
  });
  return html`<p class="aside">The commands read ${links}: save ${files.length > 1 ? 'them' : 'it'} first.</p>`;
}

customElements.define('pt-export', ExportElement);
