/** What TensorFlow writes to stderr while it is loaded, whatever its log level: lines before absl's own set-up. */
const startUp =
  /^(WARNING: All log messages before absl|[IWE]\d{4} \d\d:\d\d:\d+\.\d+ +\d+ (port|util|cpu_feature_guard)\.cc:)/;

/** Takes out of what a program says, piece by piece, what TensorFlow says of itself. */
export class StartUpLineFilter {
  /** The beginning of a line that may become such a one. */
  #held = '';
  #isMidLine = false;

  /** What to pass on after another piece; a line that begins as such a one does waits for its rest. */
  pass(piece: string): string {
    const lines = (this.#held + piece).split('\n');
    const isKept = (line: string, at: number): boolean => (at === 0 && this.#isMidLine) || !startUp.test(line);
    const last = lines.pop() as string;
    const whole = lines.filter(isKept).map((line) => `${line}\n`);
    const continues = lines.length === 0 && this.#isMidLine;
    this.#held = !continues && /^[IWE]/.test(last) ? last : '';
    this.#isMidLine = continues || (this.#held === '' && last !== '');
    return whole.join('') + (this.#held === '' ? last : '');
  }

  /** What to pass on at the end. */
  end(): string {
    return startUp.test(this.#held) ? '' : this.#held;
  }
}

/** The same of all that a program said. */
export function withoutStartUpLines(said: string): string {
  const filter = new StartUpLineFilter();
  return `${filter.pass(said)}${filter.end()}`.trim();
}
