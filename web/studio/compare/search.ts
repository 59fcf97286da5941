import { z } from 'zod';

const Id = z.uuid();

/** `kind`: what is made. `runs`: the newest round, so that a reload shows it; ids with dots between them. */
const CompareSearch = z.object({
  kind: z.enum(['text', 'image', 'video', 'speech', 'sound', 'music']).optional().catch(undefined),
  runs: z.string().max(200).optional().catch(undefined),
});

export const compareSearch = (search: Record<string, unknown>) => CompareSearch.parse(search);

/** The ids of a round, as the address has them; what is none is dropped. */
export function runsIn(runs: string | undefined): string[] {
  return (runs ?? '').split('.').filter((id) => Id.safeParse(id).success);
}
