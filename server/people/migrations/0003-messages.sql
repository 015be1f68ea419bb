-- Messages leave by HTTP, written or spoken; one that no provider takes is given up. What the
-- sandbox's provider received is its inbox.
alter table people.message
  add column tries      int     not null default 0,
  add column failed_ms  bigint,
  drop constraint message_channel_check,
  add constraint message_channel_check check (channel in ('sms', 'voice'));
drop index people.message_waiting;
create index message_waiting on people.message (id) where sent_ms is null and failed_ms is null;

create table people.inbox (
  id           text    primary key,
  channel      text    not null check (channel in ('sms', 'voice')),
  recipient    text    not null,
  body         text    not null,
  received_ms  bigint  not null
);
create index inbox_recipient on people.inbox (recipient, id);
insert into people.inbox (id, channel, recipient, body, received_ms)
select id, channel, recipient, body, sent_ms from people.message where sent_ms is not null;

grant select, insert on people.inbox to warifu_app;
