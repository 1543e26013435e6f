/** Texts and files out of the page: to the clipboard, to a file. */
import { html } from 'lit';

/**
 * @param {string} text
 * @returns {Promise<string>} what to tell the user
 */
export async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return 'Copied.';
  } catch {
    return 'The browser did not allow it: select the text and copy it by hand.';
  }
}

/** How long a browser has to begin saving, in milliseconds. */
const KEPT = 10_000;

/**
 * @param {string} name of the file
 * @param {string} type
 * @param {string | Uint8Array} data
 * @returns {string} what to tell the user
 */
export function saveFile(name, type, data) {
  // A view of shared memory would not be taken; a copy is none.
  const blob = new Blob([typeof data === 'string' ? data : data.slice()], { type });
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), KEPT);
  return `Saved as ${name}.`;
}

/**
 * A name that every file system takes.
 * @param {string} title
 * @param {string} extension
 */
export function fileName(title, extension) {
  const plain = title
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .replace(/^[.-]+|[.-]+$/g, '');
  return `${plain.slice(0, 60) || 'certificate'}.${extension}`;
}

/**
 * Buttons and, beside them, a line that says what pressing one did.
 * @param {{ label: string, action: () => string | Promise<string> }[]} actions
 * @param {{ status: string }} host whose status it is
 * @param {string} name of the group
 */
export function actionsView(actions, host, name) {
  return html`<div class="actions" role="group" aria-label=${name}>
    ${actions.map(
      ({ label, action }) =>
        html`<button
          type="button"
          @click=${async () => {
            host.status = '';
            host.status = await action();
          }}
        >
          ${label}
        </button>`,
    )}
    <span class="action-status" role="status">${host.status}</span>
  </div>`;
}
