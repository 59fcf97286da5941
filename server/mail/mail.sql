grant insert on mail.outbox to identity;
grant select, insert, update, delete on mail.outbox to service;
grant select (id, kind, recipient, subject, body_text, state, attempts, queued_at, sent_at, last_error)
  on mail.outbox to operator;
