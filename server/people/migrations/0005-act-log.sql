-- What was done here by people: append-only, each record bound to those before it.
--   leaf = SHA-256(0x00 ‖ record)    head = SHA-256(0x01 ‖ head before ‖ leaf)
create table people.act_log (
  seq      bigint  primary key check (seq > 0),
  record   text    not null,                   -- canonical JSON (RFC 8785)
  leaf     bytea   not null constraint leaf_of_record
             check (leaf = sha256('\x00'::bytea || convert_to(record, 'UTF8'))),
  head     bytea   not null check (octet_length(head) = 32),
  at_ms    bigint  not null generated always as (((record::jsonb)->>'at_ms')::bigint) stored,
  who      text    not null generated always as ((record::jsonb)->>'who') stored,
  what     text    not null generated always as ((record::jsonb)->>'what') stored,
  subject  text    not null generated always as ((record::jsonb)->>'subject') stored
);
create index act_log_who on people.act_log (who, seq);
create index act_log_what on people.act_log (what, seq);

-- Whoever comes second waits on the primary key until the first has committed.
create function people.log_act(in_record text) returns bigint
language plpgsql as $$
declare
  last_seq  bigint;
  last_head bytea;
  new_leaf  bytea := sha256('\x00'::bytea || convert_to(in_record, 'UTF8'));
begin
  loop
    select r.seq, r.head into last_seq, last_head
      from people.act_log r order by r.seq desc limit 1;
    insert into people.act_log (seq, record, leaf, head)
    values (coalesce(last_seq, 0) + 1, in_record, new_leaf,
            sha256('\x01'::bytea || coalesce(last_head, sha256('warifu/acts/1')) || new_leaf))
    on conflict do nothing;
    exit when found;
  end loop;
  return coalesce(last_seq, 0) + 1;
end
$$;

-- Of the vault's chain: what it came to when it was looked at last, so that an end that is cut off
-- is missed.
create table people.vault_witness (
  chain  text    primary key,
  size   bigint  not null,
  head   bytea   not null check (octet_length(head) = 32),
  at_ms  bigint  not null
);

grant select, insert on people.act_log to warifu_app;
grant select, insert, update on people.vault_witness to warifu_app;

create table people.saved_filter (
  id          text    primary key,
  who         text    not null,
  list        text    not null,
  name        text    not null,
  query       text    not null,
  created_ms  bigint  not null,
  unique (who, list, name)
);
grant select, insert, update, delete on people.saved_filter to warifu_app;
