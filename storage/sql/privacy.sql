-- name: checks(tenant_id, person_id)
select * from checks
where tenant_id = :tenant_id and (person_id = :person_id or person_id = :person_id || '@' || survey_id)
order by started_at, id;

-- name: answers(tenant_id, person_id)
select answers.* from checks join answers on answers.check_id = checks.id
where tenant_id = :tenant_id and (person_id = :person_id or person_id = :person_id || '@' || survey_id)
order by answered_at, check_id, discipline;

-- name: checks_under(tenant_id, respondent)
select * from checks where tenant_id = :tenant_id and person_id = :respondent;

-- name: answers_under(tenant_id, respondent)
select answers.* from checks join answers on answers.check_id = checks.id
where tenant_id = :tenant_id and person_id = :respondent
order by answered_at, discipline;

-- name: recipients(tenant_id, person_id)
select recipients.*, surveys.name as survey_name, team_name, anonymous, phase, opened_at
from recipients join surveys on surveys.id = recipients.survey_id
where tenant_id = :tenant_id and person_id = :person_id
order by planned_at, surveys.id;

-- name: deliveries(tenant_id, person_id)
select survey_id, round, person_id, part, state, reason, changed_at
from deliveries join surveys on surveys.id = deliveries.survey_id
where tenant_id = :tenant_id and person_id = :person_id
order by planned_at, surveys.id, round;

-- name: conversations(tenant_id, person_id)
select * from conversations where tenant_id = :tenant_id and person_id = :person_id;

-- name: welcomes(tenant_id, person_id)
select welcomes.* from conversations
join welcomes on welcomes.tenant_id = conversations.tenant_id
    and welcomes.conversation_id = conversations.conversation_id
where conversations.tenant_id = :tenant_id and person_id = :person_id;

-- name: wishes(tenant_id, person_id)
select * from wishes where tenant_id = :tenant_id and person_id = :person_id;

-- name: contacts(tenant_id, person_id)
select * from contacts where tenant_id = :tenant_id and person_id = :person_id order by at, slot;

-- name: pledges(tenant_id, person_id)
select * from pledges where tenant_id = :tenant_id and person_id = :person_id order by made_at, id;

-- name: pledges_for_others(tenant_id, person_id)
-- What was typed, and whose name it says; what its owner makes of it is theirs.
select id, team_id, team_name, channel_id, person_name, made_by, made_by_name, discipline, item, what, made_at
from pledges where tenant_id = :tenant_id and made_by = :person_id and person_id <> :person_id
order by made_at, id;

-- name: news(tenant_id, person_id)
-- Its id names what it is about. What goes on without its lead has their name in one fact; all facts go when it is told.
select id, kind, team_id, channel_id, facts, at, due_at, state, changed_at,
    case when facts like '%%"by":%%' then 1 else 0 end as goes_on
from news
where tenant_id = :tenant_id and (
    exists (
        select 1 from pledges
        where pledges.tenant_id = news.tenant_id and person_id = :person_id and (
            news.id in ('pledge-made:' || pledges.id, 'pledge-kept:' || pledges.id)
            or news.id like 'pledge-overdue:' || pledges.id || ':%%'
        )
    )
    or facts like '%%"by":%%' and exists (
        select 1 from surveys
        where surveys.tenant_id = news.tenant_id and lead_id = :person_id and news.id like '%%:' || surveys.id
    )
    or facts <> '{}' and exists (
        select 1 from schedules
        where schedules.tenant_id = news.tenant_id and lead_id = :person_id and (
            news.id like 'paused:' || schedules.id || ':%%'
            or facts like '%%"by":%%' and news.id like '%%:' || schedules.id || ':%%'
        )
    )
)
order by at, id;

-- name: surveys(tenant_id, person_id)
-- What a lead asked for; what was answered is nobody's any more, and no part of it.
select id, team_id, team_name, name, phase, lead_id, lead_name, planned_at, opened_at, closed_at
from surveys where tenant_id = :tenant_id and lead_id = :person_id
order by planned_at, id;

-- name: schedules(tenant_id, person_id)
select * from schedules where tenant_id = :tenant_id and lead_id = :person_id order by made_at, id;

-- name: asked_in(tenant_id, person_id)
select surveys.id, phase, secret from recipients join surveys on surveys.id = recipients.survey_id
where tenant_id = :tenant_id and person_id = :person_id;

-- name: forget_answers(tenant_id, person_id)!
delete from answers where check_id in (
    select id from checks
    where tenant_id = :tenant_id and (person_id = :person_id or person_id = :person_id || '@' || survey_id)
);

-- name: forget_checks(tenant_id, person_id)!
delete from checks
where tenant_id = :tenant_id and (person_id = :person_id or person_id = :person_id || '@' || survey_id);

-- name: forget_answers_under(tenant_id, respondent)!
delete from answers where check_id in (
    select id from checks where tenant_id = :tenant_id and person_id = :respondent
);

-- name: forget_checks_under(tenant_id, respondent)!
delete from checks where tenant_id = :tenant_id and person_id = :respondent;

-- name: leave_draft(survey_id, person_id)!
delete from recipients where survey_id = :survey_id and person_id = :person_id;

-- name: stop_letters(survey_id, person_id, now)!
update deliveries set state = 'stopped', changed_at = :now
where survey_id = :survey_id and person_id = :person_id and state = 'waiting';

-- name: lose_letters(survey_id, person_id, reason, now)!
-- Teams may have it by now; who sends it finds the row no more.
update deliveries set state = 'unknown', reason = :reason, changed_at = :now
where survey_id = :survey_id and person_id = :person_id and state = 'sending';

-- name: refuse(survey_id, person_id)!
-- Whom no message reached could not have answered, and counts as not reached alone.
update recipients set declined = case when exists (
    select 1 from deliveries
    where deliveries.survey_id = recipients.survey_id and deliveries.person_id = recipients.person_id
        and deliveries.state in ('delivered', 'unknown')
) then 1 else 0 end
where survey_id = :survey_id and person_id = :person_id;

-- name: rename_recipient(survey_id, person_id, nobody, never)!
update recipients set person_id = :nobody, member_id = '', name = '', not_before = :never
where survey_id = :survey_id and person_id = :person_id;

-- name: rename_deliveries(survey_id, person_id, nobody)!
update deliveries set person_id = :nobody where survey_id = :survey_id and person_id = :person_id;

-- name: forget_welcomes(tenant_id, person_id)!
delete from welcomes where tenant_id = :tenant_id and conversation_id in (
    select conversation_id from conversations where tenant_id = :tenant_id and person_id = :person_id
);

-- name: forget_conversations(tenant_id, person_id)!
delete from conversations where tenant_id = :tenant_id and person_id = :person_id;

-- name: forget_wishes(tenant_id, person_id)!
delete from wishes where tenant_id = :tenant_id and person_id = :person_id;

-- name: forget_contacts(tenant_id, person_id)!
delete from contacts where tenant_id = :tenant_id and person_id = :person_id;

-- name: forget_news(id)!
delete from news where id = :id;

-- name: leave_news(id, facts)!
-- Of news that was told meanwhile nothing is left to take out.
update news set facts = :facts where id = :id and facts <> '{}';

-- name: forget_pledges(tenant_id, person_id)!
delete from pledges where tenant_id = :tenant_id and person_id = :person_id;

-- name: leave_pledges(tenant_id, person_id)!
update pledges set made_by = '', made_by_name = '' where tenant_id = :tenant_id and made_by = :person_id;

-- name: leave_surveys(tenant_id, person_id)!
update surveys set lead_id = '', lead_name = '' where tenant_id = :tenant_id and lead_id = :person_id;

-- name: leave_schedules(tenant_id, person_id)!
update schedules set lead_id = '', lead_name = '' where tenant_id = :tenant_id and lead_id = :person_id;

-- name: drop_unfinished(before, most)!
-- A check in a survey is kept for as long as the survey asks.
delete from checks where id in (
    select id from checks
    where finished_at is null and started_at < :before
        and not exists (select 1 from answers where check_id = checks.id and answered_at >= :before)
        and not exists (select 1 from surveys where surveys.id = survey_id and phase in ('open', 'closing'))
    limit :most
);

-- name: drop_named(before, most)!
-- Nobody could see any more whose they are.
delete from checks where id in (
    select checks.id from checks join surveys on surveys.id = survey_id
    where phase not in ('open', 'closing') and coalesce(closed_at, planned_at) < :before
    limit :most
);

-- name: drop_deliveries(before, most)!
delete from deliveries where (survey_id, round, person_id) in (
    select survey_id, round, person_id from deliveries join surveys on surveys.id = survey_id
    where phase not in ('open', 'closing') and coalesce(closed_at, planned_at) < :before
    limit :most
);

-- name: drop_recipients(before, most)!
delete from recipients where (survey_id, person_id) in (
    select survey_id, person_id from recipients join surveys on surveys.id = survey_id
    where phase not in ('open', 'closing') and coalesce(closed_at, planned_at) < :before
    limit :most
);

-- name: drop_contacts(before, most)!
delete from contacts where (tenant_id, person_id, day, slot) in (
    select tenant_id, person_id, day, slot from contacts where at < :before limit :most
);

-- name: drop_news(before, most)!
-- The row is all that says that something was told. Its survey, pledge or schedule would have it told again.
delete from news where id in (
    select id from news
    where changed_at < :before and state <> 'waiting' and split_part(id, ':', 2) not in (
        select id from surveys where phase in ('open', 'closing')
        union all
        select id from pledges where state = 'open' or untold = 1
        union all
        select id from schedules where state = 'active'
    )
    limit :most
);
