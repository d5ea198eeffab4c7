import { createRequire } from 'node:module';

/** A message of tfjs-node's generated protobuf code, as far as graphs need it. */
type Message = {
  readonly serializeBinary: () => Uint8Array;
  readonly [setter: `set${string}` | `add${string}`]: (value: unknown) => void;
  readonly getAttrMap: () => { set(name: string, value: Message): void };
};
type Messages = Readonly<
  Record<'NodeDef' | 'GraphDef' | 'VersionDef' | 'MetaGraphDef' | 'SavedModel', new () => Message>
> & {
  readonly AttrValue: (new () => Message) & { readonly ListValue: new () => Message };
  readonly MetaGraphDef: (new () => Message) & { readonly MetaInfoDef: new () => Message };
  readonly TensorShape: (new () => Message) & { readonly Dim: new () => Message };
  readonly Tensor: new () => Message;
};

const require = createRequire(import.meta.url);
const proto = require('@tensorflow/tfjs-node-gpu/dist/proto/api_pb.js') as Messages;

/** An attribute's value in a graph. Numbers of `type` are TensorFlow's DataType. */
export type GraphAttribute =
  | { readonly type: number }
  | { readonly text: string }
  | { readonly flag: boolean }
  | { readonly int: number }
  | { readonly float: number }
  | { readonly ints: readonly number[] }
  | { readonly floats: readonly number[] }
  | { readonly flags: readonly boolean[] }
  | { readonly shape: readonly number[] }
  | { readonly constant: { readonly dtype: number; readonly shape: readonly number[]; readonly bytes: Uint8Array } };

export type GraphNode = {
  readonly name: string;
  readonly op: string;
  /** `node`, `node:output`, or `^node` for order alone. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, GraphAttribute>>;
};

/** GraphDef producer from which on TensorFlow checks nodes by today's rules. */
const PRODUCER = 2000;
export const SAVED_MODEL_TAG = 'serve';

const base64 = (bytes: Uint8Array | string): string => Buffer.from(bytes as Uint8Array).toString('base64');

function shapeMessage(dims: readonly number[]): Message {
  const shape = new proto.TensorShape();
  for (const size of dims) {
    const dim = new proto.TensorShape.Dim();
    dim.setSize?.(size);
    shape.addDim?.(dim);
  }
  return shape;
}

function listMessage(setter: `set${string}`, values: readonly unknown[]): Message {
  const list = new proto.AttrValue.ListValue();
  list[setter]?.(values);
  return list;
}

function attributeMessage(attribute: GraphAttribute): Message {
  const message = new proto.AttrValue();
  if ('type' in attribute) message.setType?.(attribute.type);
  else if ('text' in attribute) message.setS?.(base64(attribute.text));
  else if ('flag' in attribute) message.setB?.(attribute.flag);
  else if ('int' in attribute) message.setI?.(attribute.int);
  else if ('float' in attribute) message.setF?.(attribute.float);
  else if ('ints' in attribute) message.setList?.(listMessage('setIList', attribute.ints));
  else if ('floats' in attribute) message.setList?.(listMessage('setFList', attribute.floats));
  else if ('flags' in attribute) message.setList?.(listMessage('setBList', attribute.flags));
  else if ('shape' in attribute) message.setShape?.(shapeMessage(attribute.shape));
  else {
    const tensor = new proto.Tensor();
    tensor.setDtype?.(attribute.constant.dtype);
    tensor.setTensorShape?.(shapeMessage(attribute.constant.shape));
    tensor.setTensorContent?.(base64(attribute.constant.bytes));
    message.setTensor?.(tensor);
  }
  return message;
}

function nodeMessage({ name, op, inputs, attributes }: GraphNode): Message {
  const node = new proto.NodeDef();
  node.setName?.(name);
  node.setOp?.(op);
  node.setInputList?.([...inputs]);
  for (const [key, attribute] of Object.entries(attributes)) node.getAttrMap().set(key, attributeMessage(attribute));
  return node;
}

/** Bytes of a `saved_model.pb` that holds the graph. Equal nodes give equal bytes. */
export function encodeSavedModel(nodes: readonly GraphNode[]): Uint8Array {
  const graph = new proto.GraphDef();
  const versions = new proto.VersionDef();
  versions.setProducer?.(PRODUCER);
  graph.setVersions?.(versions);
  for (const node of nodes) graph.addNode?.(nodeMessage(node));
  const info = new proto.MetaGraphDef.MetaInfoDef();
  info.setTagsList?.([SAVED_MODEL_TAG]);
  const meta = new proto.MetaGraphDef();
  meta.setMetaInfoDef?.(info);
  meta.setGraphDef?.(graph);
  const model = new proto.SavedModel();
  model.setSavedModelSchemaVersion?.(1);
  model.addMetaGraphs?.(meta);
  return model.serializeBinary();
}
