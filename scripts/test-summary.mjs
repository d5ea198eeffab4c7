/**
 * What a report of vitest comes to. A file that does not load counts as one failed test, as does one whose preparation failed and
 * left its tests out, and each test that never ended because its process did: vitest calls such a file passed.
 * @param {{ testResults: { name: string, status: string, assertionResults: { status: string }[] }[] }} report
 * @returns {{ line: string, failed: number, cutOff: string[] }} the last line of `npm test`, and the files whose process ended early
 */
export function testSummary({ testResults }) {
  const tests = testResults.flatMap((file) => file.assertionResults);
  const count = (...statuses) => tests.filter(({ status }) => statuses.includes(status)).length;
  const unprepared = testResults.filter(
    (file) => file.status === 'failed' && !file.assertionResults.some(({ status }) => /failed|pending/.test(status)),
  );
  const cutOff = testResults.filter((file) => file.assertionResults.some(({ status }) => status === 'pending'));
  const failed = count('failed', 'pending') + unprepared.length;
  const skipped = count('skipped', 'todo', 'disabled');
  const line = `${count('passed')} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return { line, failed, cutOff: cutOff.map((file) => file.name) };
}
