import type { tf } from '@spherelab/tensorflow';

export type Tensor = InstanceType<typeof tf.Tensor>;
export type Scalar = ReturnType<typeof tf.scalar>;
export type Tensor1D = ReturnType<typeof tf.tensor1d>;
export type Tensor2D = ReturnType<typeof tf.tensor2d>;
export type Tensor3D = ReturnType<typeof tf.tensor3d>;
