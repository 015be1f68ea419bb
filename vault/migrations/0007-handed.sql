-- What was handed to which terminal is written down in every scheme: a card pays from there only.
-- Cards of before were handed to their owners' terminals of then.
insert into cards.delivery
  (card, terminal, digest, state, created_at_ms, expires_at_ms)
select c.card, t.terminal, sha256(convert_to(c.card || t.terminal, 'UTF8')), 'active', 0, 0
  from cards.card c
  join terminals.terminal t on t.cardholder = c.cardholder and t.state = 'admitted'
 where not exists (select 1 from cards.delivery d where d.card = c.card);
