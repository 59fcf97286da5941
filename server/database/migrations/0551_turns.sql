-- Where an answer stands in a conversation that has branches. A conversation without any has no rows.
create table generations.turn (
  user_id uuid not null,
  -- The generation.
  id uuid not null,
  -- The first generation of the conversation.
  thread_id uuid not null,
  -- The one whose answer it follows; null for a beginning.
  parent_id uuid,
  primary key (user_id, id)
);
create index turn_thread on generations.turn (user_id, thread_id, id);
call mluen.protect('generations.turn');
