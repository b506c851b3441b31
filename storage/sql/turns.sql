-- name: wishes(survey_id, round, part, tenant_id)
select deliveries.person_id, zone, not_before, silent_since
from deliveries join wishes on wishes.tenant_id = :tenant_id and wishes.person_id = deliveries.person_id
where survey_id = :survey_id and round = :round and part = :part;

-- name: written(survey_id, round, part, tenant_id, since)
select deliveries.person_id, occasion, at, day, slot
from deliveries join contacts on contacts.tenant_id = :tenant_id and contacts.person_id = deliveries.person_id
where survey_id = :survey_id and round = :round and part = :part and at > :since
order by at desc;

-- name: drop(tenant_id, person_id, occasion, survey_id, round)*!
-- Only for a letter that has not left and is not about to: others may have decided about it too.
delete from contacts
where tenant_id = :tenant_id and person_id = :person_id and occasion = :occasion and not exists (
    select 1 from deliveries
    where survey_id = :survey_id and round = :round and deliveries.person_id = :person_id
        and state in ('sending', 'delivered', 'unknown')
);

-- name: claim(tenant_id, person_id, day, slot, occasion, at, survey_id, round)*!
insert into contacts (tenant_id, person_id, day, slot, occasion, at)
select :tenant_id, :person_id, :day, :slot, :occasion, :at
from deliveries
where survey_id = :survey_id and round = :round and person_id = :person_id and state = 'waiting' and due_at <= :at
on conflict do nothing;

-- name: hold(survey_id, round, person_id, due_at)*!
update deliveries set due_at = :due_at
where survey_id = :survey_id and round = :round and person_id = :person_id and state = 'waiting';

-- name: refuse(survey_id, round, person_id, reason, now)*!
update deliveries set state = 'refused', reason = :reason, changed_at = :now
where survey_id = :survey_id and round = :round and person_id = :person_id and state = 'waiting';

-- name: granted(survey_id, round, part, tenant_id, occasion)
select deliveries.person_id
from deliveries join contacts on contacts.tenant_id = :tenant_id and contacts.person_id = deliveries.person_id
where survey_id = :survey_id and round = :round and part = :part and state = 'waiting' and occasion = :occasion;

-- name: days(survey_id, tenant_id)
select distinct day
from recipients
join contacts on contacts.tenant_id = :tenant_id and contacts.person_id = recipients.person_id
join rounds on rounds.survey_id = recipients.survey_id and occasion = 'survey:' || rounds.survey_id || ':' || number
where recipients.survey_id = :survey_id and kind in ('reminder', 'reminder-by-hand')
order by day;

-- name: asked(survey_id, tenant_id)
select recipients.person_id, coalesce(zone, '')
from recipients left join wishes on wishes.tenant_id = :tenant_id and wishes.person_id = recipients.person_id
where survey_id = :survey_id and excluded is null
order by recipients.person_id;

-- name: drop_reminders(survey_id, tenant_id)!
delete from contacts
where tenant_id = :tenant_id
    and person_id in (select person_id from recipients where survey_id = :survey_id)
    and occasion in (
        select 'survey:' || survey_id || ':' || number from rounds where survey_id = :survey_id and number <> 0
    );

-- name: count_for_all(tenant_id, person_id, day, occasion, at)*!
insert into contacts (tenant_id, person_id, day, slot, occasion, at)
select :tenant_id, :person_id, :day, coalesce(max(slot), 0) + 1, :occasion, :at
from contacts where tenant_id = :tenant_id and person_id = :person_id and day = :day
on conflict do nothing;

-- name: give_zones(survey_id, tenant_id, zone)!
insert into wishes (tenant_id, person_id, zone)
select :tenant_id, person_id, :zone from recipients where survey_id = :survey_id and excluded is null
on conflict (tenant_id, person_id) do nothing;
