/** Tells the drop-ins when the package ws dials a bridge: they must not give it a connection over that bridge. */

let isDialling = false;

/** Whether `dialBridge()` runs at the moment. */
export const isDiallingBridge = () => isDialling;

/**
 * @template T
 * @param {() => T} dial opens the socket before it returns
 * @returns {T}
 */
export function dialBridge(dial) {
  isDialling = true;
  try {
    return dial();
  } finally {
    isDialling = false;
  }
}
