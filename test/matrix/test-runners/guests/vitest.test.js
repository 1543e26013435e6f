import { expect, test } from 'vitest';
import { declareTests } from './suite.js';

declareTests({ test, expect });
