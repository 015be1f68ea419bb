-- What is handed out differs by scheme; its expiry is told beside it.
alter table provisioning.installation add column delivery jsonb;
update provisioning.installation
   set delivery = jsonb_build_object('scheme', scheme, 'sealed', sealed);
alter table provisioning.installation alter column delivery set not null;
alter table provisioning.installation drop column sealed;
