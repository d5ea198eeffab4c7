import { nativeBackend } from '../native-backend.ts';
import { encodeSavedModel, type GraphAttribute, type GraphNode } from './graph-proto.ts';

/** The name of a node's output, as other nodes refer to it. */
export type NodeName = string;

export type DType = 'float32' | 'int32' | 'uint8';

/** Builds one graph node by node. Names are unique; nodes refer to nodes that were added before. */
export type GraphBuilder = {
  readonly add: (
    op: string,
    inputs: readonly NodeName[],
    attributes: Readonly<Record<string, GraphAttribute>>,
    name?: string,
  ) => NodeName;
  readonly placeholder: (name: string, dtype: DType, shape: readonly number[]) => NodeName;
  readonly constant: (dtype: number, shape: readonly number[], bytes: Uint8Array) => NodeName;
  readonly scalar: (value: number) => NodeName;
  readonly toFloat: (value: NodeName, from: DType) => NodeName;
  /** A float32 variable that lives in the session. */
  readonly variable: (name: string, shape: readonly number[]) => void;
  /** The variable's value before any assignment of the same run on which it does not depend. */
  readonly read: (variable: string) => NodeName;
  /** An assignment; it is carried out in a run that fetches something ordered after it. */
  readonly assign: (variable: string, value: NodeName) => NodeName;
  /** One of TensorFlow's fused optimizers (`ResourceApply...`): the parameter's variable, those of its moments, then the other inputs. */
  readonly applyOptimizer: (op: string, variables: readonly string[], inputs: readonly NodeName[]) => NodeName;
  /** A named output; `after` are carried out before it can be fetched. */
  readonly output: (name: string, value: NodeName, after?: readonly NodeName[]) => void;
  /** Bytes of the `saved_model.pb`. */
  readonly encode: () => Uint8Array;
};

export function createGraphBuilder(): GraphBuilder {
  const { binding } = nativeBackend();
  const dtypes: Readonly<Record<DType, number>> = {
    float32: binding.TF_FLOAT,
    int32: binding.TF_INT32,
    uint8: binding.TF_UINT8,
  };
  const float = { type: binding.TF_FLOAT };
  const nodes: GraphNode[] = [];
  const names = new Set<string>();
  const reads = new Map<string, NodeName>();

  const add: GraphBuilder['add'] = (op, inputs, attributes, name = `op${nodes.length}`) => {
    if (names.has(name)) throw new Error(`the graph has a node "${name}" already`);
    names.add(name);
    nodes.push({ name, op, inputs: [...inputs], attributes });
    return name;
  };
  const constant: GraphBuilder['constant'] = (dtype, shape, bytes) =>
    add('Const', [], { dtype: { type: dtype }, value: { constant: { dtype, shape, bytes } } });
  const scalar = (value: number): NodeName =>
    constant(binding.TF_FLOAT, [], new Uint8Array(new Float32Array([value]).buffer));

  return {
    add,
    constant,
    scalar,
    placeholder: (name, dtype, shape) =>
      add('Placeholder', [], { dtype: { type: dtypes[dtype] }, shape: { shape } }, name),
    toFloat: (value, from) =>
      add('Cast', [value], { SrcT: { type: dtypes[from] }, DstT: float, Truncate: { flag: false } }),
    variable: (name, shape) =>
      void add(
        'VarHandleOp',
        [],
        { dtype: float, shape: { shape }, shared_name: { text: name }, container: { text: '' } },
        handleOf(name),
      ),
    read: (variable) => {
      const known = reads.get(variable) ?? add('ReadVariableOp', [handleOf(variable)], { dtype: float });
      reads.set(variable, known);
      return known;
    },
    assign: (variable, value) => add('AssignVariableOp', [handleOf(variable), value], { dtype: float }),
    applyOptimizer: (op, variables, inputs) =>
      add(op, [...variables.map(handleOf), ...inputs], {
        T: float,
        use_locking: { flag: false },
        use_nesterov: { flag: false },
      }),
    output: (name, value, after = []) =>
      void add('Identity', [value, ...after.map((node) => `^${node}`)], { T: float }, name),
    encode: () => encodeSavedModel(nodes),
  };
}

function handleOf(variable: string): string {
  return `variable_${variable.replaceAll(/[^A-Za-z0-9_.]/g, '_')}`;
}
