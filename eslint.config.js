import tseslint from 'typescript-eslint'

const rules = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/await-thenable': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  // What a user's code threw goes on as it is.
  '@typescript-eslint/only-throw-error': ['error', { allowThrowingUnknown: true }],
}

// Biome formats and lints; these rules need types, which Biome does not have.
export default tseslint.config(
  ...[
    { files: ['src/**/*.ts'], project: './tsconfig.json' },
    { files: ['web/**/*.{ts,tsx}'], project: './web/tsconfig.json' },
  ].map(({ files, project }) => ({
    files,
    ignores: ['**/*.test.ts', 'src/tokens/vocabularies/*'],
    languageOptions: {
      parser: tseslint.parser,
      parserOptions: { project, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@typescript-eslint': tseslint.plugin },
    rules,
  })),
)
