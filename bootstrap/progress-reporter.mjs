// A vitest reporter: tells the process that started vitest which test begins, and how each test and the run ended.
import { recordsOf } from './summary-reporter.mjs';

/**
 * @typedef {import('./summary-reporter.mjs').TestRecord} TestRecord
 * @typedef {{ kind: 'test', title: string } | { kind: 'tested' } | { kind: 'end', tests: readonly TestRecord[], errors: readonly string[] }} TestNews
 */
export default class ProgressReporter {
  onTestCaseReady(test) {
    tell({ kind: 'test', title: test.name });
  }

  onTestCaseResult() {
    tell({ kind: 'tested' });
  }

  /**
   * @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly { message?: string }[]} unhandledErrors
   */
  onTestRunEnd(modules, unhandledErrors) {
    tell({
      kind: 'end',
      tests: recordsOf(modules),
      errors: unhandledErrors.map(({ message }) => String(message)),
    });
  }
}

/** @param {TestNews} news */
function tell(news) {
  // Being told about does not keep vitest from ending.
  process.channel?.unref();
  process.send?.(news);
}
