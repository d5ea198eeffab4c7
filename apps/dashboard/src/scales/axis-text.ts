const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';
const thousands = ['', 'k', 'M', 'G'];

/** A tick of an axis: rounded, 20000 as 20k, 0.0005 as 5×10⁻⁴, so that no label grows past its place. */
export function axisText(tick: number): string {
  if (tick === 0) return '0';
  const value = Number(tick.toPrecision(4));
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e12) return powerText(value);
  const group = size < 1e4 ? 0 : Math.floor(Math.log10(size) / 3);
  return `${Number((value / 1000 ** group).toPrecision(4))}${thousands[group] ?? ''}`;
}

function powerText(value: number): string {
  const [digits, power] = value.toExponential().split('e') as [string, string];
  const raised = Array.from(String(Number(power)), (digit) => (digit === '-' ? '⁻' : superscripts[Number(digit)])).join(
    '',
  );
  if (digits === '1') return `10${raised}`;
  return digits === '-1' ? `-10${raised}` : `${Number(Number(digits).toPrecision(3))}×10${raised}`;
}
