-- A yes that was given before there was a question: what it was used for is entered as approved.
-- `p_digest` is of what was signed (the code's own content); `p_content` says what it paid.
create function approvals.enter_given(p_lane smallint, p_content jsonb, p_lines jsonb,
                                      p_terminal text, p_cardholder text, p_digest bytea,
                                      p_factors text[], p_now bigint)
returns void language sql volatile as $fn$
  insert into approvals.approval
    (lane, id, subject_kind, subject, terminal, cardholder, digest, content, factors, state,
     factors_used, created_ms, deadline_ms, decided_ms, lines)
  values (p_lane, p_content->>'approval', p_content->'subject'->>'kind',
          p_content->'subject'->>'id', p_terminal, p_cardholder, p_digest, p_content, p_factors,
          'approved', p_factors, p_now, p_now, p_now, p_lines)
$fn$;

create function approvals.is_muted(p_cardholder text, p_merchant text)
returns boolean language sql stable as $fn$
  select exists (select from approvals.mute m
                  where m.cardholder = p_cardholder and m.merchant = p_merchant)
$fn$;

grant execute on function approvals.enter_given, approvals.is_muted to warifu_app;
