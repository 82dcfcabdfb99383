// A vitest reporter: writes what the closing summary of `npm test` needs to the file that LONGSPAN_TEST_SUMMARY names.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { rootFolder } from './paths.mjs';

/**
 * @typedef {{ file: string, title: string, state: 'passed' | 'failed' | 'skipped', backend?: 'containers' | 'processes', note?: string }} TestRecord
 *   `backend` is what a test said of itself by `task.meta.backend`: where its NATS cluster ran
 */
export default class SummaryReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env.LONGSPAN_TEST_SUMMARY;
    if (file === undefined) return;
    const tests = modules.flatMap((module) => {
      const path = relative(rootFolder, module.moduleId).replaceAll('\\', '/');
      const records = [...module.children.allTests()].map((test) => recordOf(path, test));
      const broken = brokenSuites(module).map((title) => ({ file: path, title, state: 'failed' }));
      return [...records, ...broken];
    });
    writeFileSync(file, JSON.stringify({ tests, unhandledErrors: unhandledErrors.length }));
  }
}

/** @returns {TestRecord} */
function recordOf(file, test) {
  const result = test.result();
  const record = {
    file,
    title: test.fullName,
    state: result.state === 'passed' || result.state === 'failed' ? result.state : 'skipped',
  };
  const { backend } = test.meta();
  if (backend !== undefined) record.backend = backend;
  if (result.state === 'skipped' && result.note !== undefined) record.note = result.note;
  return record;
}

/** A file that cannot be loaded, or a hook that fails, may leave no failed test behind: it is one. */
function brokenSuites(module) {
  const suites = [module, ...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
  return suites.map((suite) => `${'fullName' in suite ? suite.fullName : 'the file'} (outside its tests)`);
}
