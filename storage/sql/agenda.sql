-- name: letter(survey_id, round, person_id)^
select rounds.kind, coalesce(deliveries.state, ''), surveys.name, surveys.lead_name
from rounds join surveys on surveys.id = rounds.survey_id
left join deliveries
    on deliveries.survey_id = rounds.survey_id and deliveries.round = rounds.number
    and deliveries.person_id = :person_id
where rounds.survey_id = :survey_id and rounds.number = :round;

-- name: waiting(tenant_id, person_id)
select surveys.id, rounds.kind, greatest(deliveries.due_at, rounds.due_at), surveys.name, surveys.lead_name
from recipients
join surveys on surveys.id = recipients.survey_id and surveys.tenant_id = :tenant_id
join rounds on rounds.survey_id = recipients.survey_id
join deliveries
    on deliveries.survey_id = rounds.survey_id and deliveries.round = rounds.number
    and deliveries.person_id = recipients.person_id
where recipients.person_id = :person_id and surveys.phase = 'open' and surveys.stopped_at is null
    and rounds.state in ('due', 'planning', 'sending') and deliveries.state = 'waiting'
    and recipients.declined = 0 and (rounds.kind <> 'invitation' or recipients.not_before = 0);

-- name: reminders(tenant_id, person_id)
select surveys.id, rounds.kind, rounds.due_at, surveys.name, surveys.lead_name
from recipients
join surveys on surveys.id = recipients.survey_id and surveys.tenant_id = :tenant_id
join rounds on rounds.survey_id = recipients.survey_id
where recipients.person_id = :person_id and recipients.excluded is null and recipients.declined = 0
    and surveys.phase = 'open' and surveys.stopped_at is null
    and rounds.state = 'due' and rounds.kind = 'reminder';

-- name: results(tenant_id, person_id)
select surveys.id, posts.due_at, surveys.name, surveys.lead_name
from posts join surveys on surveys.id = posts.survey_id
where surveys.tenant_id = :tenant_id and surveys.lead_id = :person_id and posts.due_at is not null
order by posts.due_at, surveys.id;

-- name: look_again_at_letters(tenant_id, person_id)!
update deliveries set due_at = 0
where person_id = :person_id and state = 'waiting' and survey_id in (
    select surveys.id from recipients join surveys on surveys.id = recipients.survey_id
    where recipients.person_id = :person_id and surveys.tenant_id = :tenant_id and surveys.phase = 'open'
);

-- name: look_again_at_pledges(tenant_id, person_id)!
update pledges set held_until = null
where tenant_id = :tenant_id and person_id = :person_id and held_until is not null;

-- name: look_again_at_schedules(tenant_id, person_id)!
-- Their leads are told as soon as may be, so no date is lost.
update schedules set tell_at = 0
where tenant_id = :tenant_id and lead_id = :person_id and tell_at is not null;

-- name: look_again_at_results(tenant_id, person_id)!
update posts set due_at = 0
where due_at is not null and survey_id in (
    select id from surveys where tenant_id = :tenant_id and lead_id = :person_id
);
