import { kyselyAdapter } from '@better-auth/kysely-adapter';
import type { BetterAuthOptions } from 'better-auth';
import { Kysely, PostgresDialect } from 'kysely';
import type pg from 'pg';
import { hashToken } from './session-token.ts';

type Adapter = ReturnType<ReturnType<typeof kyselyAdapter>>;
type Methods = Omit<Adapter, 'transaction' | 'createSchema' | 'options' | 'id'>;
interface Condition {
  field: string;
  value: unknown;
}

/**
 * Better Auth's adapter for our pool, except that sessions are stored and looked up by the hash of their token:
 * a dump of the database signs nobody in (clause 10.3).
 */
export function sessionHashingAdapter(pool: pg.Pool): (options: BetterAuthOptions) => Adapter {
  const database = new Kysely<unknown>({ dialect: new PostgresDialect({ pool }) });
  const open = kyselyAdapter(database, { type: 'postgres', transaction: true });
  return (options) => {
    const inner = open(options);
    return {
      ...inner,
      ...hashing(inner),
      transaction: (work) => inner.transaction((within) => work({ ...within, ...hashing(within) })),
    };
  };
}

/** The methods that may meet a session's token, with the token hashed on the way in and given back on the way out. */
function hashing(inner: Methods): Methods {
  return {
    ...inner,
    create: async (call) => {
      const token = tokenIn(call.model, call.data);
      if (token === null) return inner.create(call);
      const created = await inner.create({ ...call, data: { ...call.data, token: hashToken(token) } });
      return { ...created, token } as never;
    },
    findOne: async (call) => {
      const { where, token } = hashed(call.model, call.where);
      const found = await inner.findOne<object>({ ...call, where });
      return (found === null || token === null ? found : { ...found, token }) as never;
    },
    findMany: (call) =>
      inner.findMany({ ...call, where: hashed(call.model, call.where ?? []).where as never }),
    count: (call) => inner.count({ ...call, where: hashed(call.model, call.where ?? []).where as never }),
    update: async (call) => {
      const { where, token } = hashed(call.model, call.where);
      const updated = await inner.update<object>({ ...call, where });
      return (updated === null || token === null ? updated : { ...updated, token }) as never;
    },
    updateMany: (call) => inner.updateMany({ ...call, where: hashed(call.model, call.where).where }),
    delete: (call) => inner.delete({ ...call, where: hashed(call.model, call.where).where }),
    deleteMany: (call) => inner.deleteMany({ ...call, where: hashed(call.model, call.where).where }),
  };
}

function tokenIn(model: string, values: Record<string, unknown>): string | null {
  return model === 'session' && typeof values.token === 'string' ? values.token : null;
}

function hashed<C extends Condition>(model: string, where: C[]): { where: C[]; token: string | null } {
  if (model !== 'session') return { where, token: null };
  let token: string | null = null;
  const conditions = where.map((condition) => {
    if (condition.field !== 'token') return condition;
    if (typeof condition.value === 'string') token = condition.value;
    return { ...condition, value: hashedValue(condition.value) };
  });
  return { where: conditions, token };
}

function hashedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((one) => hashToken(String(one)));
  return hashToken(String(value));
}
