-- name: due_since(now)
-- Since when the oldest of each kind is due and not sent; null where nothing is.
select 'letter', min(since) from (
    select due_at as since
    from rounds join surveys on surveys.id = rounds.survey_id
    where (rounds.state = 'due' and due_at <= :now or rounds.state = 'planning')
        and phase = 'open' and stopped_at is null
    union all
    select case when deliveries.due_at > rounds.due_at then deliveries.due_at else rounds.due_at end
    from rounds
    join deliveries on deliveries.survey_id = rounds.survey_id and deliveries.round = rounds.number
    where rounds.state = 'sending' and deliveries.state = 'waiting' and deliveries.due_at <= :now
) as letters
union all
select 'news', min(due_at) from news where state = 'waiting' and due_at <= :now
union all
select 'question', min(case when held_until > ask_at then held_until else ask_at end) from pledges
where state = 'open' and ask_at <= :now and (held_until is null or held_until <= :now)
union all
select 'schedule', min(next_at) from schedules where state = 'active' and next_at <= :now;

-- name: invitations()
select deliveries.state, count(*)
from surveys join deliveries on deliveries.survey_id = surveys.id and deliveries.round = 0
where phase = 'open'
group by deliveries.state;

-- name: checks()^
select count(*), count(finished_at)
from surveys join checks on checks.survey_id = surveys.id
where phase = 'open' and checks.survey_id <> '';
