// A vitest reporter: writes what the closing summary of `npm test` needs to the file that LONGSPAN_TEST_SUMMARY names.
import { writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { rootFolder } from './paths.mjs';

const messageCharsMax = 600;

/**
 * @typedef {{ file: string, title: string, state: 'passed' | 'failed' | 'skipped', backend?: 'containers' | 'processes', note?: string, error?: string }} TestRecord
 *   `backend` is what a test said of itself by `task.meta.backend`: where its NATS cluster ran; `error` why it failed, in its first words
 */
export default class SummaryReporter {
  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly unknown[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    const file = process.env.LONGSPAN_TEST_SUMMARY;
    if (file === undefined) return;
    writeFileSync(
      file,
      JSON.stringify({ tests: recordsOf(modules), unhandledErrors: unhandledErrors.length }),
    );
  }
}

/**
 * What became of every test of a run.
 *
 * @param {readonly import('vitest/node').TestModule[]} modules
 * @returns {TestRecord[]}
 */
export function recordsOf(modules) {
  return modules.flatMap((module) => {
    const path = relative(rootFolder, module.moduleId).replaceAll('\\', '/');
    const records = [...module.children.allTests()].map((test) => recordOf(path, test));
    return [...records, ...brokenSuites(module).map((broken) => ({ file: path, ...broken }))];
  });
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
  if (result.state === 'failed') record.error = firstWords(result.errors);
  return record;
}

/** A file that cannot be loaded, or a hook that fails, may leave no failed test behind: it is one. */
function brokenSuites(module) {
  const suites = [module, ...module.children.allSuites()].filter((suite) => suite.errors().length > 0);
  return suites.map((suite) => {
    const title = `${'fullName' in suite ? suite.fullName : 'the file'} (outside its tests)`;
    return { title, state: 'failed', error: firstWords(suite.errors()) };
  });
}

/**
 * An error that carries others, such as one of a test and one of its cleaning up, says nothing itself: theirs count.
 *
 * @param {readonly TestError[] | undefined} errors
 * @typedef {{ message?: string, suppressed?: TestError, error?: TestError, errors?: readonly TestError[] }} TestError
 */
function firstWords(errors) {
  const told = (errors ?? []).map(({ message, suppressed, error, errors: several = [] }) => {
    const carried = firstWords([suppressed, error, ...several].filter((one) => one !== undefined));
    return [(message ?? '').slice(0, messageCharsMax), carried].filter((text) => text !== '').join('\n');
  });
  return told.join('\n');
}
