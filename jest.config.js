// Tests run as compiled by tsc (build/test): what is tested is what users run, worker files included,
// and a type error fails the build before the first test.
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/build/test'],
  testMatch: ['**/*.test.js'],
  transform: {},
  setupFilesAfterEnv: ['<rootDir>/build/test/setup.js'],
  testTimeout: 120_000,
  maxWorkers: 2,
  workerIdleMemoryLimit: '2GB',
};
