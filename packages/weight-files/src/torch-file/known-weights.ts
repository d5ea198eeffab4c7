export type KnownWeights = {
  readonly backbone: string;
  /** Of the whole file, hex. Its first eight digits are the end of the name, by torch's custom. */
  readonly sha256: string;
  readonly about: string;
};

/** Published files whose content is known, by name: another content under such a name is a bad download. */
export const knownWeights: ReadonlyMap<string, KnownWeights> = new Map([
  [
    'bn_inception-52deb4733.pth',
    {
      backbone: 'bn_inception',
      sha256: '52deb473314542a5c2f87e9e6f26f4ca42fe863d15f986414dbae8c2dfdd2353',
      about: 'BN-Inception trained on ImageNet, from which the reference starts',
    },
  ],
]);
