/** Copies text to the clipboard, and saves files. */
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
    return 'The browser did not allow copying: select the text and copy it yourself.';
  }
}

/** Time for the browser to start saving before the data is released, in milliseconds. */
const REVOKE_DELAY_MS = 10_000;

/**
 * @param {string} name of the file
 * @param {string} type
 * @param {string | Uint8Array} data
 * @returns {string} what to tell the user
 */
export function saveFile(name, type, data) {
  // Blob does not accept a view of shared memory, so pass a copy.
  const blob = new Blob([typeof data === 'string' ? data : data.slice()], { type });
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), REVOKE_DELAY_MS);
  return `Saved as ${name}.`;
}

/**
 * A file name that every file system accepts.
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
 * Buttons, and next to them a line with the result of the last action.
 * @param {{ label: string, action: () => string | Promise<string> }[]} actions
 * @param {{ status: string }} host the element that holds the status
 * @param {string} label of the group
 */
export function actionsView(actions, host, label) {
  return html`<div class="actions" role="group" aria-label=${label}>
    ${actions.map(
      ({ label: text, action }) =>
        html`<button
          type="button"
          @click=${async () => {
            host.status = '';
            host.status = await action();
          }}
        >
          ${text}
        </button>`,
    )}
    <span class="action-status" role="status">${host.status}</span>
  </div>`;
}
