'use client';
import { useEffect, useState } from 'react';
import { ask } from '../src/ask.js';

export function Asking() {
  const [result, setResult] = useState('');
  useEffect(() => {
    const show = (result) => setResult(JSON.stringify(result instanceof Error ? result.message : result));
    ask(globalThis.settings).then(show, show);
  }, []);
  return <output>{result}</output>;
}
