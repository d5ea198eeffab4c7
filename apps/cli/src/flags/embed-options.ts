/** Flags of `spherelab embed`, as they were typed. */
export type EmbedOptions = {
  readonly dataset?: string;
  readonly images?: string;
  readonly split: string;
  readonly checkpoint?: string;
  readonly weights?: string;
  readonly backbone: string;
  readonly embedding_dim?: string;
  readonly image_size?: string;
  readonly need_bn: string;
  readonly needBn?: string;
  readonly seed: string;
  readonly out: string;
  readonly json?: boolean;
};
