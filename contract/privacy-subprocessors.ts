import { z } from 'zod';
import { endpoint } from './endpoint.ts';

/** Standard Contractual Clauses, the UK's transfer agreement, the EU-US framework, binding corporate rules. */
export const Safeguard = z.enum(['scc', 'uk-idta', 'dpf', 'bcr']);

const facts = {
  name: z.string().trim().min(2).max(100),
  category: z.enum(['hosting', 'identity', 'payment', 'mail', 'model-provider']),
  purpose: z.string().trim().min(10).max(300),
  /** Where the data lies or is read. */
  country: z.string().regex(/^[A-Z]{2}$/, 'Two-letter country code'),
  /** Null only where the country's law is adequate. */
  safeguard: Safeguard.nullable(),
  /** Of the contract that binds it to confidentiality. */
  contractOn: z.iso.date(),
  /** From when it works for us; with `isEnd`, no more. */
  effectiveOn: z.iso.date(),
  isEnd: z.boolean(),
};

/** One version of one company's entry. The newest whose day has come is in force; a later day is an announcement. */
export const Subprocessor = z.object({
  ...facts,
  version: z.number().int(),
  announcedOn: z.iso.date(),
});
export const NewSubprocessor = z.strictObject({ ...facts, isEnd: z.boolean().default(false) });
export const listSubprocessors = endpoint({
  method: 'GET',
  path: '/api/subprocessors',
  summary: 'Who works for us with people’s data: all versions, newest first (clauses 5.4, 6.2, 7.2).',
  reply: z.object({ items: z.array(Subprocessor) }),
});
export const addSubprocessor = endpoint({
  method: 'POST',
  path: '/api/console/subprocessors',
  summary:
    'Announces a company or the next version of its entry. Refused without two weeks’ notice, without a contract, or without a safeguard where the country is not adequate.',
  body: NewSubprocessor,
  reply: Subprocessor,
  problems: ['not-allowed'],
});
