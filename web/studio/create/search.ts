import { z } from 'zod';

const Text = z.string().max(200).optional().catch(undefined);

/** `model`: chosen before. `from`: a generation whose prompt and parameters are taken over. */
const MakeSearch = z.object({ model: Text, from: Text });

export const chatSearch = (search: Record<string, unknown>) => MakeSearch.parse(search);
export const mediaSearch = (search: Record<string, unknown>) => MakeSearch.parse(search);
