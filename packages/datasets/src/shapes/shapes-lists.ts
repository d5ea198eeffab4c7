import type { DatasetLists, ImageList } from '../image-list.ts';
import { IMAGES_PER_CLASS, shapeClasses } from './shape-class.ts';

/** Raise it whenever the drawing changes: it enters the paths, hence the data list's hash. */
const DRAWING_VERSION = 'v1';

function listOf(firstClass: number, endClass: number): ImageList {
  return shapeClasses.slice(firstClass, endClass).flatMap(({ name }, offset) =>
    Array.from({ length: IMAGES_PER_CLASS }, (_, image) => ({
      path: `${DRAWING_VERSION}/${name}/${String(image).padStart(2, '0')}`,
      label: firstClass + offset,
    })),
  );
}

/** The generated data set: 64 classes of 30 images, the first 32 classes for training, the rest for the test. */
export function shapesLists(): DatasetLists {
  const half = Math.floor(shapeClasses.length / 2);
  return {
    name: 'shapes',
    kind: 'generated',
    folder: null,
    sources: [],
    train: listOf(0, half),
    test: listOf(half, shapeClasses.length),
    gallery: null,
  };
}

/** Which drawing a path of the lists above stands for: the class's index and the image's number in it. */
export function parseShapePath(path: string, label: number): { classIndex: number; image: number } {
  return { classIndex: label, image: Number(path.slice(path.lastIndexOf('/') + 1)) };
}
