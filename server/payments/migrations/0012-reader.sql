-- The card program that a merchant asked for, where the platform hosts several; null: any.
alter table payments.payment add column program text;
