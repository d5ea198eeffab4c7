import glossary from '../../../../docs/glossary.md?raw';
import { addresses } from '../navigation/addresses.ts';
import { served } from '../navigation/base-path.ts';
import { Link } from '../navigation/link.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { glossaryRows } from './glossary-rows.ts';

/** What SEC is, how to get from a question to an answer, and what the words mean. */
export default function HelpPage() {
  return (
    <>
      <PageHead title="Help" sub="What SEC is, where to find what, and what the words mean" />
      <section className="panel">
        <div className="panel-head">
          <h2>What SEC is</h2>
        </div>
        <div className="panel-body prose">
          <p>
            The Spherical Embedding Constraint adds to a metric loss <code>sec_wei · mean((‖f(x)‖ − μ)²)</code>: the
            squared distance of each embedding's norm from μ, the running mean of the norms (<code>norm_momentum</code>
            ). It pulls all embeddings onto one sphere whose radius it leaves free. The paper is{' '}
            <cite>Deep Metric Learning with Spherical Embedding</cite> (NeurIPS 2020).
          </p>
        </div>
      </section>
      <section className="panel">
        <div className="panel-head">
          <h2>From a question to an answer</h2>
        </div>
        <ul className="panel-body prose">
          <li>
            Train one network: <Link href={addresses.newExperiment}>New experiment</Link>. The fields show where each
            value comes from.
          </li>
          <li>
            Find runs: the <Link href={addresses.experiments}>list</Link> can be searched, filtered by values (
            <code>sec_wei&gt;0, recall_at_1&gt;=0.4</code>), sorted by any column and grouped; tick runs to compare
            them.
          </li>
          <li>
            Try a grid: <Link href={addresses.newSweep}>a sweep</Link>. Its page says first what SEC changed, paired by
            seed, with intervals.
          </li>
          <li>
            Get a decision: a <Link href={addresses.studies}>study</Link> tunes each arm, compares pairs of runs, and
            stops when the test is sure.
          </li>
          <li>
            From a program: the <a href={served('/docs')}>API</a>, or <code>npx spherelab --help</code>.
          </li>
        </ul>
      </section>
      <section className="panel">
        <div className="panel-head">
          <h2>Glossary</h2>
        </div>
        <dl className="panel-body glossary">
          {glossaryRows(glossary).map(([word, meaning]) => (
            <div key={word}>
              <dt>{word}</dt>
              <dd>{withCode(meaning)}</dd>
            </div>
          ))}
        </dl>
      </section>
    </>
  );
}

/** `code` between backticks. */
function withCode(text: string) {
  // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a fixed text
  return text.split('`').map((part, at) => (at % 2 === 1 ? <code key={at}>{part}</code> : part));
}
