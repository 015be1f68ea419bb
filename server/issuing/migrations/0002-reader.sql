-- Whether a program's cards pay by their stripe at the cardholder's own reader. A stripe can be
-- copied, so a program says so itself.
alter table issuing.program add column reader_stripes boolean not null default false;
grant update (reader_stripes) on issuing.program to warifu_app;
