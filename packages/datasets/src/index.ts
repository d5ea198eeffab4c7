export {
  type BatchStream,
  type BatchStreamOptions,
  openBatchStream,
  type TrainingBatch,
} from './batch-stream.ts';
export { type Catalogue, type CatalogueOptions, type DatasetDescription, openCatalogue } from './catalogue.ts';
export {
  type ClassBalancedSampler,
  classBalancedSampler,
  type SamplerOptions,
} from './class-balanced-sampler.ts';
export {
  decodeManifest,
  encodeManifest,
  type Manifest,
  type ManifestEntry,
  manifestSha256,
} from './content/manifest.ts';
export { manifestDifferences } from './content/manifest-differences.ts';
export { counterRandom, type Draws, type RandomPurpose } from './counter-random.ts';
export { dataListSha256 } from './data-list-sha256.ts';
export { DatasetError, type DatasetErrorCode } from './dataset-error.ts';
export { readDatasetLists } from './dataset-lists.ts';
export { type EvaluationBatch, evaluationBatches } from './evaluation-batches.ts';
export type { DatasetLists, ImageEntry, ImageList } from './image-list.ts';
export { type KeptDatasets, keptDatasets } from './kept-datasets.ts';
export { type Dataset, type OpenDatasetOptions, openDataset } from './open-dataset.ts';
export { type ImageFolder, openImageFolder } from './open-image-folder.ts';
export { splitText } from './paper/split-text.ts';
export { sweepCache, unfinishedPrefix } from './pictures/sweep-cache.ts';
export { drawShape } from './shapes/draw-shape.ts';
export { shapeClasses } from './shapes/shape-class.ts';
export { type SplitLists, type SplitPart, splitLists } from './split-lists.ts';
