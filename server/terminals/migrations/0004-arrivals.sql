-- A further phone waits until it is let in; one whose place another has taken says so.
alter table terminals.terminal drop constraint terminal_status_check;
alter table terminals.terminal add constraint terminal_status_check
  check (status in ('pending', 'waiting', 'active', 'suspended', 'replaced', 'removed'));
