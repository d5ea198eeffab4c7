import { get } from '../api/client.ts';
import { useResource } from '../api/use-resource.ts';
import { addresses } from '../navigation/addresses.ts';
import { Link } from '../navigation/link.tsx';
import { NothingYet, PendingNote } from '../parts/notes.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { WideTable } from '../parts/wide-table.tsx';
import { agoText, timeText } from '../words/time-text.ts';
import { StudyBadge } from './study-badge.tsx';
import { planOf } from './study-plan.ts';
import { questionText, sharedText, studyTitle } from './study-text.ts';

const refreshMs = 2_000;

/** All studies, newest first. */
export default function StudiesPage() {
  const studies = useResource('studies', (signal) => get('/studies', { query: { limit: 200 }, signal }), refreshMs);
  const { data } = studies;
  return (
    <>
      <PageHead title="Studies" sub="Questions: is this better than that, each tuned, by how much, and how sure.">
        <Link className="button" href={addresses.newStudy}>
          New study
        </Link>
      </PageHead>
      <PendingNote resource={studies} what="studies" />
      {data?.items.length === 0 && (
        <NothingYet what="study" command="npx spherelab study --dataset shapes --loss triplet --arms plain,sec" />
      )}
      {data !== null && data.items.length > 0 && (
        <WideTable label="Studies" isPanel>
          <table>
            <thead>
              <tr>
                <th scope="col">Question</th>
                <th scope="col">Status</th>
                <th scope="col">Answer</th>
                <th scope="col" className="number">
                  Asked
                </th>
              </tr>
            </thead>
            <tbody>
              {data.items.map((study) => (
                <tr key={study.id}>
                  <td className="study-name">
                    <Link href={addresses.study(study.id)}>{studyTitle(study)}</Link>
                    <div className="small muted">
                      {study.name === null ? '' : `${questionText(planOf(study))} `}
                      {sharedText(planOf(study))}
                    </div>
                  </td>
                  <td>
                    <StudyBadge status={study.status} />
                  </td>
                  <td className="study-answer">{study.reason ?? <span className="muted">not answered yet</span>}</td>
                  <td className="number nowrap small muted" title={timeText(study.created_at)}>
                    {agoText(study.created_at)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </WideTable>
      )}
    </>
  );
}
