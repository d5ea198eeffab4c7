/** Where a value comes from: the user, a line of the reference, its README, or us. */
export function SourceMark({ source }: { readonly source: string | undefined }) {
  const title =
    source === 'user'
      ? 'given in the request'
      : source === 'ours'
        ? 'our choice: neither the paper nor its code gives it'
        : source === 'readme'
          ? "the reference's README"
          : 'a line of the reference code';
  return (
    <span className={`source ${source === 'user' ? 'user' : ''}`} title={title}>
      {source ?? ''}
    </span>
  );
}
