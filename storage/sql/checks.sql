-- name: open(id, tenant_id, person_id, edition, now)!
insert into checks (id, tenant_id, person_id, edition, started_at)
values (:id, :tenant_id, :person_id, :edition, :now)
on conflict (tenant_id, person_id) where finished_at is null do nothing;

-- name: latest(tenant_id, person_id, comma)^
select id, edition, role, revisiting, started_at, finished_at,
    (
        select string_agg(discipline || ' ' || answer || ' ' || activity_id, :comma)
        from answers where check_id = checks.id
    )
from checks
where tenant_id = :tenant_id and person_id = :person_id
order by case when finished_at is null then 0 else 1 end, started_at desc, finished_at desc
limit 1;

-- name: latest_and_asked(tenant_id, person_id, comma)^
select id, edition, role, revisiting, started_at, finished_at,
    (
        select string_agg(discipline || ' ' || answer || ' ' || activity_id, :comma)
        from answers where check_id = checks.id
    ),
    exists (
        select 1 from recipients join surveys on surveys.id = recipients.survey_id
        where recipients.person_id = :person_id and surveys.tenant_id = :tenant_id and surveys.phase = 'open'
            and recipients.excluded is null
    )
from checks
where tenant_id = :tenant_id and person_id = :person_id
order by case when finished_at is null then 0 else 1 end, started_at desc, finished_at desc
limit 1;

-- name: get(id, tenant_id, person_id, comma)^
select id, edition, role, revisiting, started_at, finished_at,
    (
        select string_agg(discipline || ' ' || answer || ' ' || activity_id, :comma)
        from answers where check_id = checks.id
    )
from checks
where id = :id and tenant_id = :tenant_id and person_id = :person_id;

-- name: finished(tenant_id, person_id, comma)
select id, edition, role, revisiting, started_at, finished_at,
    (
        select string_agg(discipline || ' ' || answer || ' ' || activity_id, :comma)
        from answers where check_id = checks.id
    )
from checks
where tenant_id = :tenant_id and person_id = :person_id and finished_at is not null
order by started_at desc, finished_at desc, id;

-- name: editions()
select distinct edition from checks;

-- name: record(id, tenant_id, person_id, editions, discipline, answer, activity_id, now, comma)^
-- One statement keeps an answer and tells the whole check. The answers beside it come as one text: PostgreSQL
-- would show the row itself as it was before, so it is left out.
insert into answers (check_id, discipline, answer, activity_id, answered_at)
select id, :discipline, :answer, :activity_id, :now from checks
where id = :id and tenant_id = :tenant_id and person_id = :person_id
    and replace(:editions, :comma || edition || :comma, '') <> :editions
on conflict (check_id, discipline) do update set
    answer = excluded.answer, activity_id = excluded.activity_id, answered_at = excluded.answered_at
returning
    (select edition from checks where checks.id = answers.check_id),
    (select role from checks where checks.id = answers.check_id),
    (select revisiting from checks where checks.id = answers.check_id),
    (select started_at from checks where checks.id = answers.check_id),
    (select finished_at from checks where checks.id = answers.check_id),
    (
        select string_agg(others.discipline || ' ' || others.answer || ' ' || others.activity_id, :comma)
        from answers as others
        where others.check_id = answers.check_id and others.discipline <> answers.discipline
    );

-- name: set_role(id, role, question, comma)^
update checks set role = :role, revisiting = nullif(revisiting, :question) where id = :id
returning id, edition, role, revisiting, started_at, finished_at,
    (
        select string_agg(discipline || ' ' || answer || ' ' || activity_id, :comma)
        from answers where check_id = checks.id
    );

-- name: revisit(id, question, comma)^
update checks set revisiting = :question where id = :id
returning id, edition, role, revisiting, started_at, finished_at,
    (
        select string_agg(discipline || ' ' || answer || ' ' || activity_id, :comma)
        from answers where check_id = checks.id
    );

-- name: finish(id, now, comma)^
update checks set finished_at = coalesce(finished_at, :now) where id = :id
returning id, edition, role, revisiting, started_at, finished_at,
    (
        select string_agg(discipline || ' ' || answer || ' ' || activity_id, :comma)
        from answers where check_id = checks.id
    );

-- name: open_in_survey(id, survey_id, tenant_id, person_id, edition, now)!
insert into checks (id, survey_id, tenant_id, person_id, edition, started_at)
select :id, surveys.id, :tenant_id, :person_id, :edition, :now
from surveys where surveys.id = :survey_id and phase = 'open'
on conflict (id) do nothing;

-- name: last_touched(check_id)^
select coalesce(max(answered_at), 0) from answers where check_id = :check_id;

-- name: taken_part(survey_id)^
-- The index of the checks in surveys is a partial one: SQLite takes it only where its condition is repeated.
select count(*), count(finished_at) from checks where survey_id = :survey_id and survey_id <> '';

-- name: finished_in_survey(survey_id)
select person_id from checks where survey_id = :survey_id and survey_id <> '' and finished_at is not null;

-- name: roles_in_survey(survey_id)
select role, count(*) from checks
where survey_id = :survey_id and survey_id <> '' and finished_at is not null
group by role;

-- name: answers_in_survey(survey_id)
select role, discipline, answer, count(*)
from checks join answers on answers.check_id = checks.id
where survey_id = :survey_id and survey_id <> '' and finished_at is not null
group by role, discipline, answer;

-- name: named_answers(survey_id)
select recipients.name, role, discipline, answer
from checks
join answers on answers.check_id = checks.id
join recipients on recipients.survey_id = checks.survey_id
    and checks.person_id = recipients.person_id || '@' || checks.survey_id
where checks.survey_id = :survey_id and checks.survey_id <> '' and finished_at is not null
order by recipients.name, checks.id;

-- name: delete_some(survey_id, most)!
delete from checks where id in (
    select id from checks where survey_id = :survey_id and survey_id <> '' limit :most
);
