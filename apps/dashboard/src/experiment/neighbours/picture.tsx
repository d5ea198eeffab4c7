import type { EvaluationDetail } from '../../api/types.ts';
import { served } from '../../navigation/base-path.ts';

/** A test image, small. */
export function Picture(props: {
  readonly picture: EvaluationDetail['pictures'][number] | undefined;
  readonly size: number;
  readonly note?: string;
}) {
  const { picture, size, note } = props;
  if (picture === undefined) return null;
  const text = note === undefined ? picture.path : `${picture.path}: ${note}`;
  return (
    <img
      className="picture"
      src={served(`/thumbnails/${picture.sha256}`)}
      alt={text}
      title={text}
      width={size}
      height={size}
      loading="lazy"
    />
  );
}
