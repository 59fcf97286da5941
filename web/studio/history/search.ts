import { z } from 'zod';
import { Kind } from '#contract/catalogue.ts';

/** The filters of the history. Words that are searched for stay out of the address, and so out of logs. */
const HistorySearch = z.object({
  kind: Kind.optional().catch(undefined),
  model: z.string().max(120).optional().catch(undefined),
  running: z.boolean().optional().catch(undefined),
});
export const historySearch = (search: Record<string, unknown>) => HistorySearch.parse(search);
