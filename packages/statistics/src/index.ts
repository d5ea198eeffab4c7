export { confidenceSequence, type SequencePoint } from './confidence-sequence.ts';
export { type PairedDifference, pairedDifference } from './paired-difference.ts';
export { plusMinus } from './plus-minus.ts';
export { roundedText, signedText } from './signed-text.ts';
export { studentTQuantile } from './student-t-quantile.ts';
export { type Summary, summarize } from './summarize.ts';
