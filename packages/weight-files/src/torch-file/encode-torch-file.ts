import { encodeStatePickle, type StateTensor } from './encode-state-pickle.ts';
import { encodeZip } from './encode-zip.ts';
import { bytesOfValues } from './little-endian-elements.ts';
import { elementCount } from './torch-tensor.ts';

/** Name of the folder inside the archive; torch.load takes any. */
const FOLDER = 'archive';
const FORMAT_VERSION = '3\n';

/**
 * A state dict as torch.save writes it (zip, protocol 2): `torch.load(file, weights_only=True)` gives an OrderedDict of
 * these tensors in this order. The same tensors give the same bytes.
 * @throws RangeError when a tensor has not as many values as its shape says, or names repeat
 */
export function encodeTorchFile(tensors: readonly StateTensor[]): Uint8Array {
  for (const { name, shape, values } of tensors) {
    if (elementCount(shape) === values.length) continue;
    throw new RangeError(`tensor ${name} of shape [${shape}] has ${values.length} values`);
  }
  if (new Set(tensors.map(({ name }) => name)).size !== tensors.length) throw new RangeError('two tensors of one name');
  const text = (content: string) => new TextEncoder().encode(content);
  return encodeZip([
    { name: `${FOLDER}/data.pkl`, content: encodeStatePickle(tensors) },
    { name: `${FOLDER}/byteorder`, content: text('little') },
    ...tensors.map(({ values }, index) => ({ name: `${FOLDER}/data/${index}`, content: bytesOfValues(values) })),
    { name: `${FOLDER}/version`, content: text(FORMAT_VERSION) },
  ]);
}
