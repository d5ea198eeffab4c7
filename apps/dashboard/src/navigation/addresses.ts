/** Addresses of the page. They begin with /lab: /experiments and the like are the API's own. */
export const addresses = {
  experiments: '/lab',
  newExperiment: '/lab/new',
  newSweep: `/lab/new?grid=${encodeURIComponent('{"loss":["triplet","ms"],"sec_wei":[0,0.5]}')}`,
  sweeps: '/lab/sweeps',
  studies: '/lab/studies',
  newStudy: '/lab/studies/new',
  paper: '/lab/paper',
  workers: '/lab/workers',
  help: '/lab/help',
  experiment: (id: string) => `/lab/experiments/${id}`,
  duplicate: (id: string) => `/lab/new?from=${id}`,
  sweep: (id: string) => `/lab/sweeps/${id}`,
  study: (id: string) => `/lab/studies/${id}`,
  /** any number of runs, by the first characters of their ids */
  compare: (ids: readonly string[]) => `/lab/compare?runs=${ids.map((id) => id.slice(0, 8)).join(',')}`,
} as const;
