import { describe, expect, it } from 'vitest';
import { foreignParts, htmlFaults } from '../../../test/html-faults.ts';
import { domainOf, scaleOf, ticksBetween } from '../src/report/charts/chart-frame.ts';
import { lineChart, meanCurve } from '../src/report/charts/line-chart.ts';
import { escapeHtml, html } from '../src/report/markup.ts';
import { settingsText } from '../src/report/settings-text.ts';

describe('HTML of a report', () => {
  it('escapes all that is put into it but HTML, in content and in attributes', () => {
    const name = `</style><script>'"&`;
    expect(html`<td title="${name}">${[name, html`<b>${1}</b>`, null]}</td>`.text).toBe(
      '<td title="&lt;/style&gt;&lt;script&gt;&#39;&quot;&amp;">&lt;/style&gt;&lt;script&gt;&#39;&quot;&amp;<b>1</b></td>',
    );
  });

  it('shows what controls instead of obeying it', () => {
    expect(escapeHtml('a\u0000b\u202ec\nd')).toBe('a\ufffdb\ufffdc\nd');
  });

  it('is judged by tests that find what is wrong', () => {
    const page = (body: string) => `<!doctype html>\n<html lang="en"><body>${body}</body></html>`;
    expect(htmlFaults(page('<p class="a">x &amp; y<br></p><svg><rect width="1"/></svg>'))).toEqual([]);
    for (const wrong of [
      '<p>',
      '</p>',
      '<p><b></p></b>',
      'a & b',
      'a > b',
      'a < b',
      '<p a="1" a="2"></p>',
      '<p a="&x"></p>',
    ]) {
      expect(htmlFaults(page(wrong)), wrong).not.toEqual([]);
    }
    expect(foreignParts(page('<img src="data:image/webp;base64,AA=="><p>https://a.b</p>'))).toEqual([]);
    for (const wrong of [
      '<img src="https://a.b/c">',
      '<a href="x">',
      '<p style="background:url(//a)">',
      '<script>',
      '<p onclick="x">',
      '<style>@import "a"',
    ]) {
      expect(foreignParts(page(wrong)), wrong).not.toEqual([]);
    }
  });
});

describe('curves of a report', () => {
  it('are means at the steps that all runs measured, with the lowest and the highest', () => {
    const curve = meanCurve([
      [
        [0, 1],
        [10, 2],
        [20, null],
        [30, 5],
      ],
      [
        [0, 3],
        [10, 2],
        [20, 4],
      ],
    ]);
    expect(curve).toEqual([
      { step: 0, mean: 2, low: 1, high: 3 },
      { step: 10, mean: 2, low: 2, high: 2 },
    ]);
    expect(meanCurve([])).toEqual([]);
    expect(meanCurve([[[0, 0]]])).toEqual([{ step: 0, mean: 0, low: 0, high: 0 }]);
  });

  it('are drawn where they have one point, or equal values', () => {
    const points = [{ step: 5, mean: 0, low: 0, high: 0 }];
    const { text } = lineChart([{ name: '<i>', points, runs: 1 }], 'loss', String);
    expect(text).not.toMatch(/NaN|Infinity|<i>/);
    expect(htmlFaults(`<!doctype html>\n<html lang="en">${text}</html>`)).toEqual([]);
  });

  it('have a domain around what they show, and what is outside it at its ends', () => {
    expect(domainOf([])).toEqual({ low: 0, high: 1 });
    expect(domainOf([2, 4], 0.5)).toEqual({ low: 1, high: 5 });
    const scale = scaleOf({ low: 0, high: 10 }, 100, 0);
    expect([scale(-5), scale(2.5), scale(99)]).toEqual([100, 75, 0]);
    expect(ticksBetween(-2.3, 5.2, 5)).toEqual([-2, 0, 2, 4]);
  });
});

it('settings are told as they were given', () => {
  expect(settingsText({ loss: 'ms', milestones: [1, 2], weights: null })).toBe(
    'loss ms, milestones [1,2], weights null',
  );
});
