import type { DatasetFacts, Division } from '@spherelab/config';
import type { DatasetErrorCode } from '../dataset-error.ts';
import type { CatalogueCounts, DatasetDescription } from './known-datasets.ts';

/** What the catalogue's thread answers, by question. */
export type CatalogueAnswers = {
  readonly describe: DatasetFacts;
  readonly list: readonly DatasetDescription[];
  readonly weightsSha256: string | null;
  readonly counts: CatalogueCounts;
};

export type CatalogueQuestion =
  | {
      readonly about: 'describe';
      readonly dataRoot: string | null;
      readonly name: string;
      readonly division: Division;
    }
  | { readonly about: 'list'; readonly dataRoot: string | null }
  | { readonly about: 'weightsSha256'; readonly dataRoot: string; readonly name: string }
  | { readonly about: 'counts' };

export type CatalogueReply = { readonly id: number } & (
  | { readonly answer: CatalogueAnswers[keyof CatalogueAnswers] }
  | {
      readonly error: {
        /** null: no DatasetError */
        readonly code: DatasetErrorCode | null;
        readonly field: string;
        readonly message: string;
      };
    }
);
