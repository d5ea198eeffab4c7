export { forgetForeignVariables } from './forget-foreign-variables.ts';
export { isProcessAlive, ownIdentity, type ProcessIdentity, pidOf, processIdentity } from './process-identity.ts';
export { passOn, type StopSignals, stopSignals } from './stop-signals.ts';
export { withPassword } from './with-password.ts';
