import { testIdentity } from './identity-suite.ts';

testIdentity('postgres');
