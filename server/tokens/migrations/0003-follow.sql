-- A card in the place of another: where the program allows, merchants' tokens follow it.
create index token_card on tokens.token (card) where deleted_ms is null;
create index of_card_card on tokens.of_card (card);
grant update on tokens.of_card to warifu_app;
