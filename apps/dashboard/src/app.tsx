import { lazy, Suspense, useEffect } from 'react';
import { ExperimentsPage } from './experiments/experiments-page.tsx';
import icon from './icon.svg';
import { addresses } from './navigation/addresses.ts';
import { Link } from './navigation/link.tsx';
import { showCurrent } from './navigation/show-current.ts';
import { navigate, useAddress } from './navigation/use-address.ts';
import { EmptyNote, LoadingNote } from './parts/notes.tsx';
import { ThemeToggle } from './theme/theme-toggle.tsx';

const ExperimentPage = lazy(() => import('./experiment/experiment-page.tsx'));
const NewExperimentPage = lazy(() => import('./new-experiment/new-experiment-page.tsx'));
const SweepsPage = lazy(() => import('./sweeps/sweeps-page.tsx'));
const SweepPage = lazy(() => import('./sweeps/sweep-page.tsx'));
const StudiesPage = lazy(() => import('./studies/studies-page.tsx'));
const NewStudyPage = lazy(() => import('./studies/new-study-page.tsx'));
const StudyPage = lazy(() => import('./studies/study-page.tsx'));
const ComparePage = lazy(() => import('./compare/compare-page.tsx'));
const PaperPage = lazy(() => import('./paper/paper-page.tsx'));
const HelpPage = lazy(() => import('./help/help-page.tsx'));
const WorkersPage = lazy(() => import('./workers/workers-page.tsx'));

const sections = [
  [addresses.experiments, 'Experiments'],
  [addresses.sweeps, 'Sweeps'],
  [addresses.studies, 'Studies'],
  [addresses.paper, 'Paper'],
  [addresses.workers, 'Workers'],
  [addresses.help, 'Help'],
] as const;

/** The frame of the page: the bar on top, and the view that the address names. */
export function App() {
  const { path } = useAddress();
  useEffect(() => {
    if (path === '/') navigate(addresses.experiments, { replace: true });
  }, [path]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another view has another link
  useEffect(() => showCurrent('header.top nav'), [path]);
  return (
    <>
      <a className="skip-link" href="#main">
        Skip to content
      </a>
      <header className="top">
        <div className="top-inner">
          <Link className="brand" href={addresses.experiments}>
            <img src={icon} alt="" width="20" height="20" />
            Spherelab
          </Link>
          <nav aria-label="Sections">
            {sections.map(([href, text]) => (
              <Link key={href} href={href} aria-current={isWithin(path, href) ? 'page' : undefined}>
                {text}
              </Link>
            ))}
          </nav>
          <div className="top-actions">
            <ThemeToggle />
            <Link className="button primary" href={addresses.newExperiment}>
              New experiment
            </Link>
          </div>
        </div>
      </header>
      <main id="main">
        <Suspense fallback={<LoadingNote what="the view" />}>
          <View path={path} />
        </Suspense>
      </main>
    </>
  );
}

function isWithin(path: string, section: string): boolean {
  if (section === addresses.experiments)
    return path === section || path.startsWith('/lab/experiments') || path === '/lab/compare';
  return path.startsWith(section);
}

function View({ path }: { readonly path: string }) {
  const [, kind = '', id] = path.split('/').slice(1);
  if (path === '/' || path === addresses.experiments) return <ExperimentsPage />;
  if (path === addresses.newExperiment) return <NewExperimentPage />;
  if (kind === 'experiments' && id) return <ExperimentPage key={id} id={id} />;
  if (kind === 'sweeps' && id) return <SweepPage key={id} id={id} />;
  if (path === addresses.sweeps) return <SweepsPage />;
  if (path === addresses.newStudy) return <NewStudyPage />;
  if (kind === 'studies' && id) return <StudyPage key={id} id={id} />;
  if (path === addresses.studies) return <StudiesPage />;
  if (path === '/lab/compare') return <ComparePage />;
  if (path === addresses.paper) return <PaperPage />;
  if (path === addresses.help) return <HelpPage />;
  if (path === addresses.workers) return <WorkersPage />;
  return (
    <EmptyNote>
      There is no view at {path}. <Link href={addresses.experiments}>All experiments</Link>
    </EmptyNote>
  );
}
