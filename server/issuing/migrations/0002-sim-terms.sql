-- What a program says of its cards in SIMs (S2): the company that stands in their records, flag (0
-- card company, 1 bank) and index, and from which amount PIN digits are asked for; null: never.
alter table issuing.program
  add column company_flag     smallint not null default 0 check (company_flag in (0, 1)),
  add column company_index    smallint not null default 1 check (company_index between 0 and 127),
  add column pin_digits_from  bigint   default 10000 check (pin_digits_from >= 0);
grant update (company_flag, company_index, pin_digits_from) on issuing.program to warifu_app;
