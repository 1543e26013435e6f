import js from '@eslint/js';

// tsc reads the same files, strictly (tsconfig.json): what it finds is not looked for twice.
const config = [
  { ignores: ['build/', 'dist/', 'node_modules/'] },
  js.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      'no-undef': 'off',
      'no-unused-vars': 'off',
      'no-control-regex': 'off', // what comes from a certificate is searched for them
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
