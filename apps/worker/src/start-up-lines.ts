/** What TensorFlow writes to stderr while it is loaded, whatever its log level: lines before absl's own set-up. */
const startUp =
  /^(WARNING: All log messages before absl|[IWE]\d{4} \d\d:\d\d:\d+\.\d+ +\d+ (port|util|cpu_feature_guard)\.cc:)/;

/** What a program said, without what TensorFlow says of itself. */
export function withoutStartUpLines(said: string): string {
  return said
    .split('\n')
    .filter((line) => !startUp.test(line))
    .join('\n')
    .trim();
}
