import { queryOptions } from '@tanstack/react-query';
import { listApiKeys } from '#contract/members.ts';
import { call } from '../../call.ts';

export const keysQuery = queryOptions({
  queryKey: ['api-keys'],
  queryFn: async () => (await call(listApiKeys)).items,
});
