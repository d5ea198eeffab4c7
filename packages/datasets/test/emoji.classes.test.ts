import { describe, expect, it } from 'vitest';
import { chooseClasses } from '../src/emoji/choose-classes.ts';
import { checkIntegrity } from '../src/emoji/fetch-package.ts';
import { readIconSet } from '../src/emoji/icon-set.ts';
import { pinnedPackages } from '../src/emoji/pinned-packages.ts';
import { emojiPackage, type Icons } from './emoji-package.ts';

function setOf(designer: string, icons: Icons) {
  const { pinned, tarball } = emojiPackage(designer, icons);
  return readIconSet(pinned, tarball);
}

/** Six designers; the first `count` of them drew a name. */
function setsDrawing(names: Readonly<Record<string, number>>) {
  return Array.from({ length: 6 }, (_, index) => {
    const drawn = Object.entries(names).filter(([, count]) => index < count);
    return setOf(`d${index}`, { icons: Object.fromEntries(drawn.map(([name]) => [name, { body: name }])) });
  });
}

describe('classes of drawings', () => {
  it('are the names that at least four designers drew, in byte order, each with who drew it', () => {
    const classes = chooseClasses(setsDrawing({ zebra: 6, 'a-button': 4, ant: 3, '1st-place-medal': 5 }));
    expect(classes.map(({ name, drawings }) => [name, drawings.length])).toEqual([
      ['1st-place-medal', 5],
      ['a-button', 4],
      ['zebra', 6],
    ]);
    expect(classes[1]?.drawings.map(({ designer }) => designer)).toEqual(['d0', 'd1', 'd2', 'd3']);
  });

  it('leave out variants and flags by the words of a name, not by letters inside of one', () => {
    const names = ['boy-dark-skin-tone', 'light', 'medium-star', 'chequered-flag', 'keycap-1', 'sun-dark'];
    const kept = ['darkness', 'flags', 'lightning'];
    const classes = chooseClasses(setsDrawing(Object.fromEntries([...names, ...kept].map((name) => [name, 4]))));
    expect(classes.map(({ name }) => name)).toEqual(kept);
  });

  it('have no name that could be a path', () => {
    expect(chooseClasses(setsDrawing({ '../up': 6, '.hidden': 6, 'a/b': 6, fine: 6 })).map(({ name }) => name)).toEqual(
      ['fine'],
    );
  });
});

describe('a package of drawings', () => {
  it('gives each drawing its size: its own, else that of the set, else 16', () => {
    const icons = { own: { body: 'o', width: 20, height: 30 }, wide: { body: 'w', width: 50 }, plain: { body: 'p' } };
    const { drawings } = setOf('d', { width: 36, icons });
    expect(Object.fromEntries(drawings)).toEqual({
      own: { body: 'o', width: 20, height: 30 },
      wide: { body: 'w', width: 50, height: 16 },
      plain: { body: 'p', width: 36, height: 16 },
    });
  });

  it('counts neither aliases, which would put one picture into two classes, nor what the set has hidden', () => {
    const icons = { bear: { body: 'b' }, old: { body: 'o', hidden: true } };
    expect([...setOf('d', { icons, aliases: { 'bear-face': { parent: 'bear' } } }).drawings.keys()]).toEqual(['bear']);
  });

  it('tells whose it is', () => {
    expect(setOf('d', { icons: {} }).credits).toMatchObject({ author: 'Author of d', spdx: 'CC-BY-4.0' });
  });

  it('is refused with other bytes than those pinned, or without its files', () => {
    const { pinned, tarball } = emojiPackage('d', { icons: {} });
    expect(() => checkIntegrity(tarball, pinned)).not.toThrow();
    const other = emojiPackage('d', { icons: { more: { body: '' } } }).tarball;
    expect(() => checkIntegrity(other, pinned)).toThrow(
      /@made-up\/d 1\.0\.0 is not the pinned package: npm gave sha512-/,
    );
    expect(() => readIconSet(pinned, Buffer.from('no tarball'))).toThrow('package/icons.json of @made-up/d');
  });

  it('is pinned by exact version and a whole SHA-512', () => {
    for (const { version, integrity } of pinnedPackages) {
      expect(version).toMatch(/^\d+\.\d+\.\d+$/);
      expect(Buffer.from(integrity.replace('sha512-', ''), 'base64')).toHaveLength(64);
    }
    expect(new Set(pinnedPackages.map(({ designer }) => designer)).size).toBe(6);
  });
});
