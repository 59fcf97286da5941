import { z } from 'zod';
import { Topic } from '#contract/support.ts';

const SupportSearch = z.object({
  topic: Topic.optional().catch(undefined),
  state: z.enum(['waiting', 'answered', 'closed']).optional().catch(undefined),
});
export const supportSearch = (search: Record<string, unknown>) => SupportSearch.parse(search);
