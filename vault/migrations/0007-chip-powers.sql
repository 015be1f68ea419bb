-- What the application may change of a proximity device's chip: to whom it is bound, and its counter.
revoke update on chips.chip from vault_app;
grant update (state, terminal, cardholder, counter, last_digest) on chips.chip to vault_app;
