import type { Device } from './device.ts';

/** Which devices are free; each runs one experiment at a time. */
export type DeviceSlots = {
  /** A free device, or null. */
  take(): Device | null;
  give(device: Device): void;
  readonly allTaken: boolean;
};

export function deviceSlots(devices: readonly Device[]): DeviceSlots {
  const free = [...devices];
  return {
    take: () => free.shift() ?? null,
    give: (device) => {
      free.push(device);
    },
    get allTaken() {
      return free.length === 0;
    },
  };
}
