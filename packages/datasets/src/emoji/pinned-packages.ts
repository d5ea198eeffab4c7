/** A package of drawings: what npm is asked for, and what it must give. */
export type PinnedPackage = {
  /** Names the pictures: `<class>/<designer>.png`. */
  readonly designer: string;
  readonly name: string;
  readonly version: string;
  /** Of the tarball, as npm's lock files write it: `sha512-` and 64 bytes in base64. */
  readonly integrity: string;
};

/**
 * Six sets of emoji in one format, each drawn by other people. Left out: first versions of sets (noto-v1, emojione-v1), which are near
 * copies, and the three-dimensional fluent-emoji (99 MB).
 */
export const pinnedPackages: readonly PinnedPackage[] = [
  {
    designer: 'noto',
    name: '@iconify-json/noto',
    version: '1.2.9',
    integrity: 'sha512-DQiuXENbun41ch+XPSV55H9FaWKpHTyz46YIKtSaKYD4fIDDzL1tR6H4np/T38jfrTAeI3rcKF0mqHYeZVAuaw==',
  },
  {
    designer: 'twemoji',
    name: '@iconify-json/twemoji',
    version: '1.2.5',
    integrity: 'sha512-uKpuIEV0v6K5BW3Mjdyl+XKFVAbbcPxAgifKvEMtZoUZB5+YiY5zaMm2uNNCxyXzAWU9yNLlj41WU6/mvgALsw==',
  },
  {
    designer: 'openmoji',
    name: '@iconify-json/openmoji',
    version: '1.2.29',
    integrity: 'sha512-vXdhkqcXVSO6suy+m9LbcUM3OdVyuNOtpV8/als/WqfkQIRxevL5Geb/g+6GH/Qwnq1OqksEmaDGTCmZ5nFKJQ==',
  },
  {
    designer: 'fluent-emoji-flat',
    name: '@iconify-json/fluent-emoji-flat',
    version: '1.2.6',
    integrity: 'sha512-RY47RgPb47fYUiyrA64sIOL0+UU02s29sXpNBbIQRBUlPlfNFTKUmZDERGuxDs/7yNGWqQYvuaSYM1M4fRXlUw==',
  },
  {
    designer: 'emojione',
    name: '@iconify-json/emojione',
    version: '1.2.3',
    integrity: 'sha512-T9+T3HIbJNLKKsmxYKlaYhvnHYkz/HNYTV7SHCXVZPfeUi4FqskY70YeN8yYAZT8cCv7w5vJxS4Q1m8zb9CMMg==',
  },
  {
    designer: 'fxemoji',
    name: '@iconify-json/fxemoji',
    version: '1.2.2',
    integrity: 'sha512-UAasRaxzFUKfIGSmLwnoarsssA4LX0VLLuEmplIqM6ZNQqIQRtav8tZ4H1neTlBreXuMQyAifr5jP4kn78DpiQ==',
  },
];
