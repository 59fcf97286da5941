-- Grants: members read their own rows (row-level security) without our cost; support sees what was charged, never content.
grant select (user_id, id, source, api_key_id, model_id, kind, provider_id, route_id, price_version, state, held_micro, charged_micro,
  title_sealed, ask_body, answer_body, file_ids, units, counted_by, ending, progress_permille, sent_to, outputs, cancel_asked, held_until, finished_at, came_late, tries)
  on generations.generation to member;
grant select (user_id, id, source, model_id, kind, provider_id, route_id, state, held_micro, charged_micro, counted_by, ending, held_until, finished_at, came_late)
  on generations.generation to support, finance, auditor;
grant select, insert, update, delete on generations.generation, generations.late_look to service;
drop policy if exists staff_read on generations.generation;
create policy staff_read on generations.generation for select to support, finance, auditor using (true);

-- What a member demands of the way, and whom a member was told of.
grant select, insert, update on generations.routing_wish to member;
grant select, insert on generations.acknowledgement to member;
grant select on generations.turn to member;
grant select, insert, update, delete on generations.turn to service;
grant select on generations.acknowledgement to auditor;
grant select, insert, update, delete on generations.routing_wish, generations.acknowledgement, generations.idempotency_key to service;
drop policy if exists staff_read on generations.acknowledgement;
create policy staff_read on generations.acknowledgement for select to auditor using (true);

-- What each route brought in and cost us since then: sums alone, of nobody in particular. `fallbacks` began by another
-- route and went on by this one.
create or replace function generations.margin_by_route(since timestamptz)
returns table (route_id text, provider_id text, runs bigint, fallbacks bigint, failed bigint, charged_micro bigint, cost_micro bigint)
language sql stable security definer set search_path = pg_catalog as $$
  select g.route_id, g.provider_id, count(*), count(*) filter (where jsonb_array_length(g.tries) > 1 and g.tries -> 0 ->> 'routeId' <> g.route_id),
    count(*) filter (where g.state = 'released'), coalesce(sum(g.charged_micro), 0)::bigint, coalesce(sum(g.cost_micro), 0)::bigint
  from generations.generation g
  where g.id >= ledger.lowest_id(since) and g.finished_at is not null
  group by g.route_id, g.provider_id
  order by g.provider_id, g.route_id
$$;
revoke all on function generations.margin_by_route(timestamptz) from public;
grant execute on function generations.margin_by_route(timestamptz) to finance, operator;

-- Finishes and starts generations in one commit: the ledger settles holds and opens new ones, and the generations'
-- rows follow its verdicts. A refused hold leaves no row, a settlement that was done before changes nothing.
-- Statuses are the ledger's, in the order given, and 14: the person has restricted processing.
create or replace function generations.commit_batch(
  settle_hold uuid[], settle_transfer uuid[], settle_amount bigint[],
  settle_user uuid[], settle_id uuid[], settle_row jsonb[], settle_answer text[], settle_ask text[],
  open_transfer uuid[], open_wallet bigint[], open_amount bigint[], open_lease integer[], open_deadline timestamptz[], open_hash bytea[],
  open_user uuid[], open_id uuid[], open_row jsonb[], open_title bytea[], open_ask text[],
  revenue bigint,
  out settled smallint[], out captured bigint[], out opened smallint[], out available bigint[]
) language plpgsql security definer set search_path = pg_catalog as $$
declare
  barred uuid[];
begin
  -- Clause 9.5: whoever has stopped processing begins nothing, by whichever door. No amount makes the ledger refuse it
  -- among the others of this batch; its status is then 14.
  if cardinality(open_id) > 0 then
    select array_agg(r.user_id) into barred from privacy.restriction r
    where r.user_id = any (open_user) and r.lifted_at is null;
  end if;
  if barred is not null then
    open_amount := array(select case when o.who = any (barred) then -1 else o.amount end
      from unnest(open_user, open_amount) with ordinality o (who, amount, n) order by o.n);
  end if;
  select v.settle_status, v.settle_captured, v.hold_status, v.hold_available into settled, captured, opened, available
  from ledger.settle_and_hold(settle_hold, settle_transfer, settle_amount,
    open_transfer, open_wallet, open_amount, open_lease, open_deadline, open_id, open_hash,
    array(select (o.r ->> 'apiKeyId')::uuid from unnest(open_row) with ordinality o (r, n) order by o.n), revenue) v;
  if barred is not null then
    opened := array(select case when o.who = any (barred) then 14 else o.status end
      from unnest(open_user, opened) with ordinality o (who, status, n) order by o.n);
  end if;

  if cardinality(settle_id) > 0 then
    update generations.generation g set
      state = s.end_row ->> 'state',
      charged_micro = s.captured_micro,
      cost_micro = coalesce((s.end_row ->> 'costMicro')::bigint, 0),
      units = s.end_row -> 'units',
      counted_by = s.end_row ->> 'countedBy',
      ending = s.end_row ->> 'ending',
      provider_id = coalesce(s.end_row ->> 'providerId', g.provider_id),
      route_id = coalesce(s.end_row ->> 'routeId', g.route_id),
      tries = coalesce(s.end_row -> 'tries', g.tries),
      sent_to = coalesce(s.end_row -> 'sentTo', g.sent_to),
      outputs = coalesce(s.end_row -> 'outputs', g.outputs),
      ask_body = coalesce(s.ask, g.ask_body),
      answer_body = coalesce(s.answer, g.answer_body),
      task = null, progress_permille = null, held_until = null,
      finished_at = clock_timestamp()
    from unnest(settle_user, settle_id, settle_row, settle_answer, settle_ask, settled, captured)
      as s (user_id, id, end_row, answer, ask, status, captured_micro)
    where g.user_id = s.user_id and g.id = s.id and s.status in (0, 1, 7) and g.finished_at is null;
  end if;

  if cardinality(open_id) > 0 then
    insert into generations.generation (user_id, id, source, api_key_id, model_id, kind, provider_id, route_id, price_version,
      state, held_micro, request_hash, title_sealed, ask_body, tries, file_ids)
    select o.user_id, o.id, o.start_row ->> 'source', (o.start_row ->> 'apiKeyId')::uuid, o.start_row ->> 'modelId', o.start_row ->> 'kind',
      o.start_row ->> 'providerId', o.start_row ->> 'routeId', o.start_row ->> 'priceVersion', 'held', o.amount, o.hash, o.title, o.ask, coalesce(o.start_row -> 'tries', '[]'),
      coalesce((select array_agg(f::uuid) from jsonb_array_elements_text(o.start_row -> 'fileIds') f), '{}')
    from unnest(open_user, open_id, open_row, open_title, open_ask, open_amount, open_hash, opened)
      as o (user_id, id, start_row, title, ask, amount, hash, status)
    where o.status = 0;
  end if;
end $$;
revoke all on function generations.commit_batch from public;
grant execute on function generations.commit_batch to service;
