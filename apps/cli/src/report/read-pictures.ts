import { type ApiClient, NotThere } from '../server/api-client.ts';
import type { EvaluationDetail } from '../server/report-types.ts';
import { type ReportGroup, reportBounds } from './report-data.ts';

type Query = EvaluationDetail['queries'][number];

/** So many of the queries that are stored first are the hardest, the others are spread over the rest. */
const hardest = 60;

/** The hardest queries, and some that were chosen without looking at how hard they are. */
export function shownQueries({ queries }: EvaluationDetail): readonly Query[] {
  const spread = queries.slice(hardest, hardest + Math.floor(reportBounds.queries / 2));
  return [...queries.slice(0, Math.min(hardest, reportBounds.queries - spread.length)), ...spread];
}

/** Reads the pictures of the queries that are shown, as data URIs, up to the bytes that a report may have of them. */
export async function readPictures(
  api: ApiClient,
  groups: readonly Pick<ReportGroup, 'detail'>[],
): Promise<{ readonly pictures: ReadonlyMap<string, string>; readonly leftOut: readonly string[] }> {
  const pictures = new Map<string, string>();
  const missing = new Set<string>();
  let bytes = 0;
  for (const sha256 of shownPictures(groups)) {
    const webp = bytes < reportBounds.pictureBytes ? await readPicture(api, sha256) : null;
    bytes += webp?.length ?? 0;
    if (webp === null || bytes > reportBounds.pictureBytes) missing.add(sha256);
    else pictures.set(sha256, `data:image/webp;base64,${Buffer.from(webp).toString('base64')}`);
  }
  const leftOut =
    missing.size === 0 ? [] : [`${missing.size} pictures of neighbours are left out: their paths stand there.`];
  return { pictures, leftOut };
}

function shownPictures(groups: readonly Pick<ReportGroup, 'detail'>[]): ReadonlySet<string> {
  const shown = groups.flatMap(({ detail }) =>
    detail === null
      ? []
      : shownQueries(detail).flatMap(({ picture, neighbours }) =>
          [picture, ...neighbours.slice(0, reportBounds.neighbours).map((one) => one.picture)].flatMap(
            (place) => detail.pictures[place]?.sha256 ?? [],
          ),
        ),
  );
  return new Set(shown);
}

async function readPicture(api: ApiClient, sha256: string): Promise<Uint8Array | null> {
  try {
    return await api.download(`/thumbnails/${encodeURIComponent(sha256)}`);
  } catch (error) {
    if (error instanceof NotThere) return null;
    throw error;
  }
}
