import { z } from 'zod';

/** The beginning of an id: where a dash stands, and no more than an id has. */
const pattern =
  /^[0-9a-f]{4,8}$|^[0-9a-f]{8}-[0-9a-f]{0,4}$|^[0-9a-f]{8}(-[0-9a-f]{4}){1,2}-[0-9a-f]{0,4}$|^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{0,12}$/;

/** The first characters of an id, in lower case. */
export const idPrefixSchema = z
  .string()
  .toLowerCase()
  .regex(pattern, 'must be the first 4 or more characters of an id');
