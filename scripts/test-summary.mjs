/**
 * What a report of vitest comes to. A file that does not load counts as one failed test, and so does each test that never
 * ended because its process did: vitest calls such a file passed.
 * @param {{ testResults: { name: string, status: string, assertionResults: { status: string }[] }[] }} report
 * @returns {{ line: string, failed: number, cutOff: string[] }} the last line of `npm test`, and the files whose process ended early
 */
export function testSummary({ testResults }) {
  const tests = testResults.flatMap((file) => file.assertionResults);
  const count = (...statuses) => tests.filter(({ status }) => statuses.includes(status)).length;
  const unloaded = testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  const cutOff = testResults.filter((file) => file.assertionResults.some(({ status }) => status === 'pending'));
  const failed = count('failed', 'pending') + unloaded.length;
  const skipped = count('skipped', 'todo', 'disabled');
  const line = `${count('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return { line, failed, cutOff: cutOff.map((file) => file.name) };
}
