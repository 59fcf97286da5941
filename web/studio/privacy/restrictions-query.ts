import { queryOptions } from '@tanstack/react-query';
import { listRestrictions } from '#contract/privacy.ts';
import { call } from '../../call.ts';

export const restrictionsQuery = queryOptions({
  queryKey: ['restrictions'],
  queryFn: async () => (await call(listRestrictions)).items,
});
