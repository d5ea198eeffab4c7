import { html, type Markup } from './markup.ts';
import type { ReportData, ReportSubject } from './report-data.ts';
import { reportStyle } from './report-style.ts';
import { configSection } from './sections/config-section.ts';
import { curveSection } from './sections/curve-section.ts';
import { environmentSection } from './sections/environment-section.ts';
import { normSection } from './sections/norm-section.ts';
import { mapSection, neighbourSection } from './sections/picture-sections.ts';
import { planSection, studySection } from './sections/study-section.ts';
import { sweepSection } from './sections/sweep-section.ts';

/** One file that opens from disk: no network, no script. */
export function reportHtml(data: ReportData): string {
  const { subject, groups } = data;
  const title = titleOf(subject);
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<title>${title} – Spherelab</title>
<style>${reportStyle}</style>
</head>
<body>
<header><h1>${title}</h1><p class="muted">${subtitleOf(subject)}; report of ${data.madeAt}</p></header>
<main>
${subject.kind === 'sweep' ? sweepSection(subject.table) : studySection(subject.study)}
${curveSection(groups)}
${normSection(data)}
${neighbourSection(data)}
${mapSection(data)}
${configSection(groups)}
${environmentSection(groups)}
${subject.kind === 'study' ? planSection(subject.study) : ''}
${leftOutSection(data)}
</main>
</body>
</html>
`;
  return page.text;
}

function titleOf(subject: ReportSubject): string {
  if (subject.kind === 'sweep') return subject.sweep.name ?? `sweep ${subject.sweep.id.slice(0, 8)}`;
  const { name, plan } = subject.study;
  return name ?? plan.arms.map((arm) => arm.name).join(' or ');
}

function subtitleOf(subject: ReportSubject): string {
  if (subject.kind === 'study') return `Study ${subject.study.id}`;
  const counts = Object.entries(subject.sweep.counts).filter(([, count]) => count > 0);
  return `Sweep ${subject.sweep.id}: ${counts.map(([state, count]) => `${count} ${state}`).join(', ')}`;
}

function leftOutSection({ leftOut }: ReportData): Markup | '' {
  if (leftOut.length === 0) return '';
  return html`<section><h2>Left out</h2><ul>${leftOut.map((text) => html`<li>${text}</li>`)}</ul></section>`;
}
