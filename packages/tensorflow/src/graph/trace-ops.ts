import type { tf } from '../engine.ts';
import { type NativeBinding, type NativeTensor, nativeBackend, type OpAttribute } from '../native-backend.ts';
import type { GraphBuilder, NodeName } from './graph-builder.ts';
import type { GraphAttribute } from './graph-proto.ts';

type Tensor = InstanceType<typeof tf.Tensor>;

/** Type attributes that tfjs-node leaves to eager execution to infer: attribute -> which input has the type. */
const inferredTypes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  ExpandDims: { T: 0, Tdim: 1 },
  Select: { T: 1 },
  SelectV2: { T: 1 },
};

export type Traced<Result> = {
  readonly result: Result;
  /** The node that computes a tensor of the trace. Throws for a tensor from elsewhere. */
  readonly nodeOf: (tensor: Tensor) => NodeName;
};

/**
 * Runs plain tfjs code once and records every TensorFlow op that it executes in the graph. `inputs` maps tensors that
 * stand for feeds and variables to their nodes; any other tensor that was made before is refused, and values made
 * inside become constants. What the code computes must not depend on values: no reading back, static shapes.
 */
export function traceOps<Result>(
  graph: GraphBuilder,
  inputs: ReadonlyMap<Tensor, NodeName>,
  compute: () => Result,
): Traced<Result> {
  const backend = nativeBackend();
  const native = backend.binding;
  const idOf = (tensor: Tensor): number => backend.getInputTensorIds([tensor])[0] as number;
  const nodes = new Map<number, NodeName>();
  const types = new Map<number, number>();
  const constants = new Map<number, () => NodeName>();
  for (const [tensor, node] of inputs) {
    nodes.set(idOf(tensor), node);
    types.set(idOf(tensor), tensor.dtype === 'int32' ? native.TF_INT32 : native.TF_FLOAT);
  }
  const nodeOfId = (id: number): NodeName => {
    const known = nodes.get(id) ?? constants.get(id)?.();
    if (known === undefined) throw new Error('the traced code used a tensor that is neither an input nor made inside');
    nodes.set(id, known);
    return known;
  };

  const createTensor: NativeBinding['createTensor'] = (shape, dtype, data) => {
    const id = native.createTensor(shape, dtype, data);
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice();
    constants.set(id, () => graph.constant(dtype, [...shape], bytes));
    types.set(id, dtype);
    return id;
  };
  const executeOp: NativeBinding['executeOp'] = (op, attributes, inputIds, count) => {
    const outputs: NativeTensor[] = native.executeOp(op, attributes, inputIds, count);
    const recorded = Object.fromEntries(attributes.map((one) => [one.name, toGraphAttribute(native, one)]));
    for (const [name, input] of Object.entries(inferredTypes[op] ?? {})) {
      recorded[name] ??= { type: types.get(inputIds[input] as number) as number };
    }
    const node = graph.add(op, inputIds.map(nodeOfId), recorded);
    outputs.forEach(({ id, dtype }, index) => {
      nodes.set(id, index === 0 ? node : `${node}:${index}`);
      types.set(id, dtype);
    });
    return outputs;
  };
  const tensorDataSync: NativeBinding['tensorDataSync'] = () => {
    throw new Error('the traced code read a tensor back');
  };
  // The binding's own properties cannot be written, but they can be shadowed.
  backend.binding = Object.create(native, {
    createTensor: { value: createTensor },
    executeOp: { value: executeOp },
    tensorDataSync: { value: tensorDataSync },
  }) as NativeBinding;
  try {
    return { result: compute(), nodeOf: (tensor) => nodeOfId(idOf(tensor)) };
  } finally {
    backend.binding = native;
  }
}

function toGraphAttribute(native: NativeBinding, { name, type, value }: OpAttribute): GraphAttribute {
  switch (type) {
    case native.TF_ATTR_TYPE:
      return { type: value as number };
    case native.TF_ATTR_STRING:
      return { text: value as string };
    case native.TF_ATTR_BOOL:
      return Array.isArray(value) ? { flags: value as boolean[] } : { flag: value as boolean };
    case native.TF_ATTR_INT:
      return Array.isArray(value) ? { ints: value as number[] } : { int: value as number };
    case native.TF_ATTR_FLOAT:
      return Array.isArray(value) ? { floats: value as number[] } : { float: value as number };
    case native.TF_ATTR_SHAPE:
      return { shape: value as number[] };
    default:
      throw new Error(`attribute ${name} has kind ${type}, which a graph cannot take`);
  }
}
