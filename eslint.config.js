import tseslint from 'typescript-eslint';

// Imports go one way; see the package table in the README.
const layers = ['cli', 'report', 'qemu', 'guest', 'kernel', 'debian', 'host', 'model'];
const mayImport = {
  model: [],
  host: [],
  debian: ['model', 'host'],
  kernel: ['model', 'host', 'debian'],
  guest: ['model', 'host', 'debian'],
  qemu: ['model', 'host'],
  report: ['model'],
  cli: layers.filter((layer) => layer !== 'cli'),
};

const boundaries = layers.map((layer) => ({
  files: [`packages/${layer}/src/**/*.ts`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        paths: layers
          .filter((other) => !mayImport[layer].includes(other))
          .map((other) => ({
            name: `@pinbench/${other}`,
            message: `${layer} must not know ${other}`,
          })),
      },
    ],
  },
}));

// What a kernel does is in the model's eras; a check may ask for its version only to know what can be observed there.
const observesByVersion = [
  'packages/model/src/checks/accounting.ts',
  'packages/model/src/checks/backings/by-inode.ts',
  'packages/model/src/checks/conformance/usual.ts',
  'packages/model/src/checks/locking/fault.ts',
];
const expectsByModel = {
  files: ['packages/model/src/checks/**/*.ts', 'packages/model/src/expect/**/*.ts'],
  ignores: observesByVersion,
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: '/kernel-version\\.ts$',
            importNames: ['atLeast'],
            message: 'what a kernel does from a version on is an era of packages/model/src/world',
          },
        ],
      },
    ],
  },
};

export default tseslint.config(
  { ignores: ['**/node_modules/', '**/fixtures/', 'pinbench-out/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      '@typescript-eslint/consistent-type-definitions': ['error', 'type'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/dot-notation': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'no-console': 'error',
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/test/**/*.ts'],
    rules: { '@typescript-eslint/no-non-null-assertion': 'off' },
  },
  ...boundaries,
  expectsByModel,
);
