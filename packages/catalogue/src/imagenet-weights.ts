/**
 * The ImageNet weights of BN-Inception under the name of the file that PyTorch users have. That training starts from
 * such a file is the reference's; which one, the record we have does not say.
 */
export const imagenetWeights = 'bn_inception-52deb4733.pth';
