-- What the sandbox's provider of messages received: its inbox.
create table people.inbox (
  id           text    primary key,
  channel      text    not null check (channel in ('sms', 'voice')),
  recipient    text    not null,
  body         text    not null,
  received_ms  bigint  not null
);
create index inbox_recipient on people.inbox (recipient, id);

grant select, insert on people.inbox to warifu_app;
