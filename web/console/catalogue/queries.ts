import { queryOptions } from '@tanstack/react-query';
import { getStaffCatalogue, getStaffModel } from '#contract/console-catalogue.ts';
import { call } from '../../call.ts';

export const catalogueQuery = queryOptions({
  queryKey: ['console', 'catalogue'],
  queryFn: () => call(getStaffCatalogue),
});

export const modelQuery = (id: string) =>
  queryOptions({ queryKey: ['console', 'catalogue', id], queryFn: () => call(getStaffModel, { id }) });
