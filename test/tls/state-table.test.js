/** The states of a connection: the table in the comment of js/state.js matches STATES. */
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
const documented = Object.fromEntries(
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
function stateAfter(allowHalfOpen, ...events) {
  const state = new ConnectionState(allowHalfOpen);
  for (const event of events) state.apply(event);
  return state;
}

/** All states that any sequence of events leads to. @param {boolean} allowHalfOpen */
function reachableStates(allowHalfOpen) {
  const found = new Set();
  /** @param {StateEvent[]} events */
  const explore = (events) => {
    const { name } = stateAfter(allowHalfOpen, ...events);
    if (found.has(name)) return;
    found.add(name);
    for (const event of EVENTS) explore([...events, event]);
  };
  explore([]);
  return found;
}

describe('the state table', () => {
  test('has one documented row for each state', () => {
    const { state: _head, ...rows } = documented;
    assert.deepEqual(Object.keys(rows), NAMES);
  });

  for (const name of NAMES) {
    test(`documents ${name} as in STATES`, () => {
      const { reads, writes, receives } = STATES[name];
      const row = documented[name];
      assert.equal(row.read !== 'waits', reads);
      assert.equal(row.write === 'sends' || row.write === 'waits', writes);
      assert.equal(row.networkIn === 'to the core', receives);
    });
  }

  test('can reach every state, writeOnly only with allowHalfOpen', () => {
    assert.deepEqual(reachableStates(true), new Set(NAMES));
    assert.deepEqual(reachableStates(false), new Set(NAMES.filter((name) => name !== 'writeOnly')));
  });

  test('lets a connection fail in every state until it is over, and has no transition after that', () => {
    for (const name of NAMES) {
      const { next } = STATES[name];
      const over = name === 'closed' || name === 'failed';
      assert.equal(next.failed, over ? undefined : 'failed');
      if (over) assert.deepEqual(next, {});
    }
  });

  test('after our close_notify we read, after the peer’s we write if allowed, and after both it closes', () => {
    for (const allowHalfOpen of [true, false]) {
      const ours = stateAfter(allowHalfOpen, 'opened', 'end');
      assert.deepEqual([ours.name, ours.reads, ours.writes, ours.receives], ['readOnly', true, false, true]);
      assert.equal(stateAfter(allowHalfOpen, 'opened', 'end', 'peerClosed').name, 'draining');
    }
    const theirs = stateAfter(true, 'opened', 'peerClosed');
    assert.deepEqual([theirs.name, theirs.writes, theirs.receives], ['writeOnly', true, false]);
    assert.equal(stateAfter(true, 'opened', 'peerClosed', 'end').name, 'draining');
    assert.equal(stateAfter(false, 'opened', 'peerClosed').name, 'draining');
  });

  test('apply() returns whether the state has changed', () => {
    const state = new ConnectionState(false);
    assert.equal(state.apply('close'), false);
    assert.equal(state.apply('opened'), true);
    assert.equal(state.apply('opened'), false);
    assert.equal(state.apply('peerClosed'), true);
    assert.equal(state.apply('peerClosed'), false);
    assert.equal(state.name, 'draining');
  });
});
