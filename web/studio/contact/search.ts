import { z } from 'zod';

// The page knows the topics: this file is fetched with every page, the contract of support only with that one.
const ContactSearch = z.object({ topic: z.string().max(20).optional().catch(undefined) });
/** `topic`: chosen when the page opens, for links such as the one in security.txt. */
export const contactSearch = (search: Record<string, unknown>) => ContactSearch.parse(search);
