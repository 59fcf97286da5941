/**
 * What the auditor asks. Each query answers rows that break an invariant, the first ones first: columns `account`,
 * `transfer` (either may be null; with both null, `currency`) and `message`. `audited` is the view of the transfers of this round, `known` of the
 * account totals that were proved before; a round from the start sees all transfers and no known totals, and `archived`
 * has the opening balances that archived months left (other rounds see none: they are in the known totals).
 */
export interface Check {
  invariant: string;
  sql: string;
}

/** Every transfer twice, once from each of its accounts; what is one-sided, from its debit account alone. */
const SIDES = `select debit_account as account, debit_version as version, debit_after as after_it, -1 as sign,
    id, seq, kind, code, amount, pending_id, user_id, currency from audited
  union all
  select credit_account, credit_version, credit_after, 1, id, seq, kind, code, amount, pending_id, user_id, currency from audited
  where credit_version > 0`;
/** Holds of generations: pending on the wallet alone. (Old ones have a version of the credit account, yet count there no more.) */
const ONE_SIDED = `('hold', 'cap_hold')`;

/**
 * Runs of archived transfers stand among the live ones as one step each: from their first version to their last, with
 * what they moved.
 */
const STEPS = `select s.account, s.id::text as id, s.seq, s.version as first, s.version as last, s.after_it as after_it,
    case when s.kind in ('single', 'post') then s.sign * s.amount else 0 end as posted from (${SIDES}) s
  union all
  select account_id, null, null, from_version, to_version, after, after - before from archived`;

/** How a transfer moves the pending totals of its accounts: a resolution frees all that was pending. */
const PENDING_MOVE = `case s.kind when 'pending' then s.amount when 'single' then 0 else -p.amount end`;

export const checks: Check[] = [
  {
    invariant: 'I1',
    sql: `select null as account, null as transfer, currency,
      'debits and credits of ' || currency || ' differ: posted by ' || posted || ', pending by ' || pending as message
    from (select a.currency, sum(a.debits_posted::numeric - a.credits_posted) as posted,
        sum(a.debits_pending::numeric - a.credits_pending) - coalesce((select sum(h.amount) from ledger.hold h
          where h.currency = a.currency and h.code in ${ONE_SIDED}), 0) as pending
      from ledger.account a group by a.currency) summed
    where posted <> 0 or pending <> 0`,
  },
  {
    invariant: 'I2',
    sql: `select id::text as account, null as transfer, 'more is spent and held than came in' as message from ledger.account
    where (no_overdraft or code in (2100, 2110)) and debits_pending + debits_posted > credits_posted order by id limit 10`,
  },
  {
    invariant: 'I3',
    sql: `select id::text as account, null as transfer, 'a total is below zero' as message from ledger.account
    where least(debits_pending, debits_posted, credits_pending, credits_posted, version) < 0 order by id limit 10`,
  },
  {
    invariant: 'I4',
    sql: `select account::text, id as transfer, 'the balance of account ' || account || ' after '
        || coalesce('transfer ' || id, 'its archived transfers to version ' || last) || ' is ' || after_it || ', its transfers give ' || expected as message
    from (select s.*, coalesce(lag(s.after_it) over chain, k.credits_posted - k.debits_posted, 0) + s.posted as expected
      from (${STEPS}) s left join known k on k.account_id = s.account
      window chain as (partition by s.account order by s.first)) chained
    where after_it <> expected order by seq nulls first limit 10`,
  },
  {
    invariant: 'I4',
    sql: `with folded as (
      select s.account,
        sum(case when s.sign = -1 then ${PENDING_MOVE} else 0 end) as dp,
        sum(case when s.sign = -1 and s.kind in ('single', 'post') then s.amount else 0 end) as d,
        sum(case when s.sign = 1 and coalesce(p.code, s.code) not in ${ONE_SIDED} then ${PENDING_MOVE} else 0 end) as cp,
        sum(case when s.sign = 1 and s.kind in ('single', 'post') then s.amount else 0 end) as c,
        count(*) as n
      from (${SIDES}) s left join ledger.transfer p on p.id = s.pending_id group by s.account
    ), opening as (
      select account_id, sum(debits_pending)::bigint as dp, sum(debits_posted)::bigint as d, sum(credits_pending)::bigint as cp,
        sum(credits_posted)::bigint as c, sum(to_version - from_version + 1)::bigint as n from archived group by account_id
    ), expected as (
      select a.id, coalesce(k.debits_pending, o.dp, 0) + coalesce(f.dp, 0) as dp, coalesce(k.debits_posted, o.d, 0) + coalesce(f.d, 0) as d,
        coalesce(k.credits_pending, o.cp, 0) + coalesce(f.cp, 0) as cp, coalesce(k.credits_posted, o.c, 0) + coalesce(f.c, 0) as c,
        coalesce(k.version, o.n, 0) + coalesce(f.n, 0) as version
      from ledger.account a left join folded f on f.account = a.id left join known k on k.account_id = a.id
      left join opening o on o.account_id = a.id
    )
    select a.id::text as account, null as transfer, 'the totals of account ' || a.id || ' (code ' || a.code || ') are not the sum of its transfers: pending '
        || a.debits_pending || '/' || a.credits_pending || ', posted ' || a.debits_posted || '/' || a.credits_posted
        || ', ' || a.version || ' transfers; they give ' || e.dp || '/' || e.cp || ', ' || e.d || '/' || e.c || ', ' || e.version as message
    from ledger.account a join expected e on e.id = a.id
    where (a.debits_pending, a.debits_posted, a.credits_pending, a.credits_posted, a.version) is distinct from (e.dp, e.d, e.cp, e.c, e.version)
    order by a.id limit 10`,
  },
  {
    invariant: 'I5',
    sql: `select account::text, id as transfer, 'account ' || account || ' goes from version ' || coalesce(before, 0) || ' to ' || first || ' at '
        || coalesce('transfer ' || id, 'its archived transfers') as message
    from (select s.account, s.id, s.seq, s.first, coalesce(lag(s.last) over (partition by s.account order by s.first), k.version, 0) as before
      from (${STEPS}) s left join known k on k.account_id = s.account) chained
    where first <> before + 1 order by seq nulls first limit 10`,
  },
  {
    invariant: 'I5',
    sql: `select t.credit_account::text as account, t.id::text as transfer, 'transfer ' || t.id || ' has no place among those of its credit account' as message
    from audited t left join ledger.transfer p on p.id = t.pending_id
    where t.credit_version <= 0 and not (t.kind in ('pending', 'void') and coalesce(p.code, t.code) in ${ONE_SIDED})
    order by t.seq limit 10`,
  },
  {
    invariant: 'I6',
    sql: `select null as account, min(id::text) as transfer, 'pending transfer ' || pending_id || ' is resolved ' || count(*) || ' times' as message
    from audited where pending_id is not null group by pending_id having count(*) > 1 order by min(seq) limit 10`,
  },
  {
    invariant: 'I6',
    sql: `select null as account, t.id::text as transfer, 'transfer ' || t.id || ' resolves '
        || case when p.id is null then 'nothing that is there' when p.kind <> 'pending' then 'one that was not pending'
          when t.amount > p.amount then 'more than was pending' else 'another pair of accounts' end as message
    from audited t left join ledger.transfer p on p.id = t.pending_id
    where t.pending_id is not null and (p.id is null or p.kind <> 'pending' or t.amount > p.amount
      or p.debit_account <> t.debit_account or p.credit_account <> t.credit_account)
    order by t.seq limit 10`,
  },
  {
    invariant: 'I6',
    sql: `select null as account, t.id::text as transfer, 'pending transfer ' || t.id || ' is neither resolved nor held' as message
    from audited t where t.kind = 'pending'
      and not exists (select 1 from ledger.hold h where h.transfer_id = t.id and h.amount = t.amount
        and h.debit_account = t.debit_account and h.credit_account = t.credit_account)
      and not exists (select 1 from audited r where r.pending_id = t.id) order by t.seq limit 10`,
  },
  {
    invariant: 'I6',
    sql: `select h.debit_account::text as account, h.transfer_id::text as transfer, 'hold ' || h.hold_id || ' stands on no pending transfer, or on a resolved one' as message
    from ledger.hold h left join ledger.transfer t on t.id = h.transfer_id
    where t.id is null or t.kind <> 'pending' or exists (select 1 from audited r where r.pending_id = h.transfer_id)
    order by h.hold_id limit 10`,
  },
  {
    invariant: 'I8',
    sql: `select case when d.currency is distinct from t.currency then t.debit_account else t.credit_account end::text as account, t.id::text as transfer,
      'transfer ' || t.id || ' and its accounts differ in currency, are one, or do not exist' as message
    from audited t left join ledger.account d on d.id = t.debit_account left join ledger.account c on c.id = t.credit_account
    where d.currency is distinct from t.currency or c.currency is distinct from t.currency or t.debit_account = t.credit_account
    order by t.seq limit 10`,
  },
  {
    invariant: 'I9',
    sql: `select null as account, t.id::text as transfer, 'transfer ' || t.id || ' does not belong to the owner of its accounts' as message
    from audited t join ledger.account d on d.id = t.debit_account join ledger.account c on c.id = t.credit_account
    where t.user_id <> greatest(d.user_id, c.user_id) order by t.seq limit 10`,
  },
  {
    invariant: 'I11',
    sql: `select null as account, max(g.id::text) as transfer, 'more was given back for ' || g.group_id || ' than was captured' as message
    from (select t.user_id, t.group_id, max(t.id::text) as id from audited t where t.code = 'goodwill'
        and not exists (select 1 from ledger.archive a where a.state = 'dropped'
          and t.group_id >= ledger.first_id_of(a.month) and t.group_id < ledger.first_id_after(a.month)) group by 1, 2) g
    group by g.user_id, g.group_id
    having (select sum(t.amount) from ledger.transfer t where t.user_id = g.user_id and t.group_id = g.group_id and t.code = 'goodwill')
      > coalesce((select sum(t.amount) from ledger.transfer t where t.user_id = g.user_id and t.group_id = g.group_id
        and t.code in ('capture', 'late_capture')), 0) limit 10`,
  },
  {
    invariant: 'I11',
    sql: `select null as account, min(l.id::text) as transfer, 'the late charge of ' || l.group_id || ' is above what had been held, or its hold was captured' as message
    from ledger.transfer l where l.code = 'late_capture'
      and (l.user_id, l.group_id) in (select t.user_id, t.group_id from audited t where t.code = 'late_capture')
    group by l.user_id, l.group_id
    having sum(l.amount) > coalesce((select sum(t.amount) from ledger.transfer t
        where t.user_id = l.user_id and t.group_id = l.group_id and t.code = 'hold'), 0)
      or exists (select 1 from ledger.transfer t where t.user_id = l.user_id and t.group_id = l.group_id and t.code = 'capture') limit 10`,
  },
  {
    invariant: 'I12',
    sql: `select null as account, id::text as transfer, 'transfer ' || id || ' of kind ' || kind || ' has the amount ' || amount
        || ' and resolves ' || coalesce(pending_id::text, 'nothing') as message
    from audited where not case kind when 'pending' then pending_id is null and amount >= 0 when 'single' then pending_id is null and amount > 0
      when 'post' then pending_id is not null and amount > 0 when 'void' then pending_id is not null and amount >= 0 else false end
      or substr(uuid_send(id), 1, 6) <> substr(uuid_send(coalesce(pending_id, id)), 1, 6) order by seq limit 10`,
  },
  {
    invariant: 'I14',
    sql: `select debit_account::text as account, transfer_id::text as transfer, 'hold ' || hold_id || ' has outlived its lease by more than ten minutes' as message
    from ledger.hold where lease_until < now() - interval '10 minutes' order by lease_until limit 10`,
  },
];
