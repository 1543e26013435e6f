/** RabbitMQ, in Node and in a page: it starts so slowly that it is started only once. */
import { after, before, describe } from 'node:test';
import { SERVICES } from '../helpers/service.js';
import { ROWS } from './clients.js';
import { openersInNode, testInNode } from './in-node.js';
import { chromiumWith, testInPages } from './in-pages.js';

const rows = ROWS.filter(({ server }) => server === 'RabbitMQ');
const chromium = chromiumWith(rows);
const openerOf = openersInNode(rows);
const { start, skip } = SERVICES.RabbitMQ;

describe('RabbitMQ', { skip, timeout: 390_000 }, () => {
  /** @type {import('../helpers/service.js').Service} */
  let service;
  before(async () => {
    service = await start();
  });
  after(() => service?.close());
  testInPages(rows, chromium, () => service);
  testInNode(rows, openerOf, () => service);
});
