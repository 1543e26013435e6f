/** The states of a connection: the table that js/state.js shows is the one that it uses. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { ConnectionState, STATES } from '../../dist/state.js';
import { inProject } from '../../scripts/run.js';

/** @typedef {import('../../dist/state.js').StateEvent} StateEvent */
/** @typedef {import('../../dist/state.js').StateName} StateName */

const NAMES = /** @type {StateName[]} */ (Object.keys(STATES));
/** @type {StateEvent[]} */
const EVENTS = ['opened', 'peerClosed', 'end', 'close', 'drained', 'finished', 'failed'];

/** The rows of the table in the comment, by state. */
const shown = Object.fromEntries(
  readFileSync(inProject('js/state.js'), 'utf8')
    .split('\n')
    .filter((line) => /^ \* \| [a-z]/i.test(line))
    .map((line) => line.split('|').map((cell) => cell.trim()))
    .map(([, name, means, read, write, networkIn, networkOut]) => [
      name,
      { means, read, write, networkIn, networkOut },
    ]),
);

/** @param {boolean} allowHalfOpen @param {StateEvent[]} events */
function after(allowHalfOpen, ...events) {
  const state = new ConnectionState(allowHalfOpen);
  for (const event of events) state.on(event);
  return state;
}

/** All states that some events lead to. @param {boolean} allowHalfOpen */
function reachable(allowHalfOpen) {
  const found = new Set();
  /** @param {StateEvent[]} events */
  const go = (events) => {
    const { name } = after(allowHalfOpen, ...events);
    if (found.has(name)) return;
    found.add(name);
    for (const event of EVENTS) go([...events, event]);
  };
  go([]);
  return found;
}

describe('the table of states', () => {
  test('the comment has a row for each state and no other', () => {
    const { state: _head, ...rows } = shown;
    assert.deepEqual(Object.keys(rows), NAMES);
  });

  for (const name of NAMES) {
    test(`${name}: the comment says what the data say`, () => {
      const { reads, writes, receives } = STATES[name];
      const row = shown[name];
      assert.equal(row.read !== 'waits', reads);
      assert.equal(row.write === 'sends' || row.write === 'waits', writes);
      assert.equal(row.networkIn === 'to the core', receives);
    });
  }

  test('every state can come about; half-closed ones only with allowHalfOpen', () => {
    assert.deepEqual(reachable(true), new Set(NAMES));
    assert.deepEqual(reachable(false), new Set(NAMES.filter((name) => name !== 'writeOnly' && name !== 'readOnly')));
  });

  test('a connection can fail until it is over, and nothing happens to it afterwards', () => {
    for (const name of NAMES) {
      const { next } = STATES[name];
      const over = name === 'closed' || name === 'failed';
      assert.equal(next.failed, over ? undefined : 'failed');
      if (over) assert.deepEqual(next, {});
    }
  });

  test('after our close_notify we read, after the peer’s we write, and after both it closes', () => {
    const ours = after(true, 'opened', 'end');
    assert.deepEqual([ours.name, ours.reads, ours.writes, ours.receives], ['readOnly', true, false, true]);
    const theirs = after(true, 'opened', 'peerClosed');
    assert.deepEqual([theirs.name, theirs.writes, theirs.receives], ['writeOnly', true, false]);
    assert.equal(after(true, 'opened', 'end', 'peerClosed').name, 'draining');
    assert.equal(after(true, 'opened', 'peerClosed', 'end').name, 'draining');
    assert.equal(after(false, 'opened', 'peerClosed').name, 'draining');
  });

  test('on() says whether anything has changed', () => {
    const state = new ConnectionState(false);
    assert.equal(state.on('close'), false);
    assert.equal(state.on('opened'), true);
    assert.equal(state.on('opened'), false);
    assert.equal(state.on('peerClosed'), true);
    assert.equal(state.on('peerClosed'), false);
    assert.equal(state.name, 'draining');
  });
});
