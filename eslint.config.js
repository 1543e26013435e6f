import js from '@eslint/js';

// The rules that are off would repeat checks of tsc, which checks the same files strictly (tsconfig.json).
const config = [
  { ignores: ['build/', 'dist/', '**/node_modules/', 'test/matrix/*/projects/'] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-undef': 'off',
      'no-unused-vars': 'off',
      'no-control-regex': 'off', // used to find control characters in certificates
      'no-var': 'error',
      'prefer-const': 'error',
      'object-shorthand': 'error',
      eqeqeq: 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } }],
    },
  },
  { files: ['eslint.config.js'], rules: { 'no-restricted-exports': 'off' } },
];

export default config;
