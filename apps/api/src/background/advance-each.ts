/**
 * Brings each of several plans a step further; one that cannot go on, for its data set is away, holds up no other.
 * @param advance whether something was queued
 * @returns whether anything was queued
 */
export async function advanceEach<T extends { readonly id: string }>(
  plans: readonly T[],
  advance: (plan: T) => Promise<boolean>,
  complain: (id: string, error: unknown) => void,
): Promise<boolean> {
  let queued = false;
  for (const plan of plans) {
    const advanced = await advance(plan).catch((error: unknown) => {
      complain(plan.id, error);
      return false;
    });
    queued ||= advanced;
  }
  return queued;
}
