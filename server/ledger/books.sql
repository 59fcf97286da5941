-- What the ledger's functions need beside the hot path of ledger.sql.

-- Keeps what moved no money and is worth an alarm: `late_shortfall` or `undelivered`. Once for a transfer's id.
create or replace function ledger.remember(kind text, member uuid, event uuid, transfer uuid, amount bigint) returns void
language sql security definer set search_path = pg_catalog as $$
  insert into ledger.memo (user_id, kind, group_id, transfer_id, amount, created_at)
  values (member, remember.kind, event, transfer, remember.amount, clock_timestamp()) on conflict (transfer_id) do nothing;
$$;

revoke all on function ledger.remember(text, uuid, uuid, uuid, bigint) from public;
grant execute on function ledger.remember(text, uuid, uuid, uuid, bigint) to service;
