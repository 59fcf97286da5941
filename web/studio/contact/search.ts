import { z } from 'zod';
import { Topic } from '#contract/support.ts';

const ContactSearch = z.object({ topic: Topic.optional().catch(undefined) });
/** `topic`: chosen when the page opens, for links such as the one in security.txt. */
export const contactSearch = (search: Record<string, unknown>) => ContactSearch.parse(search);
