import tseslint from 'typescript-eslint'

// Biome formats and lints; these rules need types, which Biome does not have.
export default tseslint.config({
  files: ['src/**/*.ts'],
  ignores: ['src/**/*.test.ts'],
  languageOptions: {
    parser: tseslint.parser,
    parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname },
  },
  plugins: { '@typescript-eslint': tseslint.plugin },
  rules: {
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/no-misused-promises': 'error',
    '@typescript-eslint/await-thenable': 'error',
    '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    // What a user's code threw goes on as it is.
    '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
  },
})
