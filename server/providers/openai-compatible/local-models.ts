import { z } from 'zod';
import { readAnswer } from '../answers.ts';
import { chatFault } from '../chat-completions/faults.ts';
import type { Context } from '../provider.ts';

const ModelList = z.object({ data: z.array(z.object({ id: z.string().min(1) })) });

/** Names of the models that a host of the operator's own has now, as it lists them. Throws `ProviderFault`. */
export async function listLocalModels({ route, send }: Context): Promise<string[]> {
  const key = route.extra?.LOCAL_API_KEY ?? '';
  const answer = await send({
    method: 'GET',
    url: `${route.baseUrl}/models`,
    headers: key === '' ? {} : { authorization: `Bearer ${key}` },
    kinds: ['none'],
    idleMs: 5_000,
  });
  const { data } = await readAnswer(answer, ModelList, chatFault);
  return data.map(({ id }) => id).sort();
}
