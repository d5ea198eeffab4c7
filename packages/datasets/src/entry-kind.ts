/**
 * What an entry of a folder of images is by its name: a picture that is read, one of a format that is not, what an operating system or
 * a file server puts beside pictures, or anything else.
 */
export type EntryKind = 'picture' | 'other-format' | 'litter' | 'other';

const picture = /\.(jpe?g|png|webp)$/i;
const otherFormat = /\.(gif|bmp|tiff?|avif|hei[cf]|jxl|jp2|p[gp]m|svg)$/i;
/** macOS, Windows, Synology, QNAP; what begins with a dot is hidden by agreement. */
const litter =
  /^(\..*|__MACOSX|@eaDir|#recycle|@Recycle|\$RECYCLE\.BIN|System Volume Information|lost\+found|Thumbs\.db|desktop\.ini)$/i;

export function entryKind(name: string): EntryKind {
  if (litter.test(name)) return 'litter';
  if (picture.test(name)) return 'picture';
  return otherFormat.test(name) ? 'other-format' : 'other';
}
