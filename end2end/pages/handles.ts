// The handles that pages promise to tests, and the names of what can go wrong.
export const byTestId = (id: string): string => `[data-testid="${id}"]`;

/** Problems that a page explains by itself, beside those of the API (which keep their names). */
export const problem = {
  noKey: 'no-key',
  incomplete: 'incomplete-link',
  alteredLink: 'altered-link',
  foreign: 'foreign-link',
  newer: 'newer-version',
  wrongPassword: 'wrong-password',
  gone: 'link-not-found',
  expired: 'link-expired',
  exhausted: 'link-exhausted',
  revoked: 'link-revoked',
  removed: 'link-removed',
  paused: 'link-paused',
  busy: 'link-busy',
  tooLarge: 'too-large',
  guestsOff: 'guests-off',
  quotaExceeded: 'quota-exceeded',
  storageFull: 'storage-full',
  altered: 'not-what-was-sealed',
  serverAway: 'server-away',
  notLoaded: 'not-loaded',
} as const;
