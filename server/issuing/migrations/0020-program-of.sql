-- Whose terms a card's payments are settled by.
create function issuing.program_of(p_card text) returns text language sql stable as $fn$
  select program from issuing.card where id = p_card
$fn$;
grant execute on function issuing.program_of to warifu_app;
