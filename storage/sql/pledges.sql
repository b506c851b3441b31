-- name: make(id, tenant_id, team_id, team_name, channel_id, person_id, person_name, made_by, made_by_name, edition, discipline, item, what, due_on, zone, made_at, ask_at, times_asked)!
insert into pledges (
    id, tenant_id, team_id, team_name, channel_id, person_id, person_name, made_by, made_by_name, edition,
    discipline, item, what, due_on, zone, made_at, state, ask_at, times_asked, unanswered, untold
) values (
    :id, :tenant_id, :team_id, :team_name, :channel_id, :person_id, :person_name, :made_by, :made_by_name, :edition,
    :discipline, :item, :what, :due_on, :zone, :made_at, 'open', :ask_at, :times_asked, :times_asked, 1
) on conflict do nothing;

-- name: open_like(tenant_id, person_id, place, edition, discipline, item)
-- The one that keeps another from being made; the index `pledges_open_once` compares the same.
select id, tenant_id, team_id, team_name, channel_id, person_id, person_name, made_by, made_by_name, edition,
    discipline, item, what, due_on, zone, made_at, state, reason, is_met, closed_at, ask_at, asked_at,
    times_asked, unanswered, outcome
from pledges
where tenant_id = :tenant_id and person_id = :person_id
    and coalesce(team_id, nullif(made_by, ''), id) = :place
    and edition = :edition and coalesce(discipline, '') = :discipline and item = :item and state = 'open';

-- name: get(id)
select id, tenant_id, team_id, team_name, channel_id, person_id, person_name, made_by, made_by_name, edition,
    discipline, item, what, due_on, zone, made_at, state, reason, is_met, closed_at, ask_at, asked_at,
    times_asked, unanswered, outcome
from pledges where id = :id;

-- name: of_person(tenant_id, person_id, most)
select id, tenant_id, team_id, team_name, channel_id, person_id, person_name, made_by, made_by_name, edition,
    discipline, item, what, due_on, zone, made_at, state, reason, is_met, closed_at, ask_at, asked_at,
    times_asked, unanswered, outcome
from pledges
where tenant_id = :tenant_id and person_id = :person_id
order by case when state = 'open' then 0 else 1 end, case when state = 'open' then due_on end,
    closed_at desc, id
limit :most;

-- name: of_team(tenant_id, team_id, kept_since, most)
select id, tenant_id, team_id, team_name, channel_id, person_id, person_name, made_by, made_by_name, edition,
    discipline, item, what, due_on, zone, made_at, state, reason, is_met, closed_at, ask_at, asked_at,
    times_asked, unanswered, outcome
from pledges
where tenant_id = :tenant_id and team_id = :team_id
    and (state = 'open' or state = 'kept' and closed_at >= :kept_since)
order by case when state = 'open' then 0 else 1 end, case when state = 'open' then due_on end,
    closed_at desc, id
limit :most;

-- name: met_since(tenant_id, team_id, edition, since)
select distinct item from pledges
where tenant_id = :tenant_id and team_id = :team_id and edition = :edition
    and state = 'kept' and is_met = 1 and closed_at >= :since;

-- name: met_before(tenant_id, team_id, edition, since, closed_at, id)
select distinct item from pledges
where tenant_id = :tenant_id and team_id = :team_id and edition = :edition
    and state = 'kept' and is_met = 1 and closed_at >= :since
    and (closed_at < :closed_at or closed_at = :closed_at and id < :id);

-- name: editions()
select distinct edition from pledges;

-- name: make_known(id, ask_at)!
update pledges set ask_at = :ask_at, held_until = null, unanswered = 0, times_asked = 0
where id = :id and state = 'open' and times_asked < 0;

-- name: keep(id, is_met, now)!
update pledges set state = 'kept', is_met = :is_met, closed_at = :now, ask_at = null, untold = 1
where id = :id and state = 'open';

-- name: put_off(id, due_on, ask_at)!
update pledges set due_on = :due_on, ask_at = :ask_at, held_until = null, unanswered = 0,
    times_asked = case when times_asked < 0 then 0 else times_asked end
where id = :id and state = 'open';

-- name: drop_it(id, reason, now)!
update pledges set state = 'dropped', reason = :reason, closed_at = :now, ask_at = null
where id = :id and state = 'open';

-- name: due(now, most)
select id, tenant_id, team_id, team_name, channel_id, person_id, person_name, made_by, made_by_name, edition,
    discipline, item, what, due_on, zone, made_at, state, reason, is_met, closed_at, ask_at, asked_at,
    times_asked, unanswered, outcome
from pledges
where state = 'open' and ask_at <= :now and (held_until is null or held_until <= :now)
order by row_number() over (partition by tenant_id order by ask_at, id), ask_at, id
limit :most;

-- name: ask_no_more(id, was)!
update pledges set ask_at = null where id = :id and state = 'open' and ask_at = :was;

-- name: take(id, was, now, until)!
update pledges set held_until = :until
where id = :id and state = 'open' and ask_at = :was and (held_until is null or held_until <= :now);

-- name: hold(id, taken, until)!
update pledges set held_until = :until where id = :id and state = 'open' and held_until = :taken;

-- name: begin(id, taken, ask_at, now)!
update pledges set ask_at = :ask_at, held_until = null, asked_at = :now, times_asked = times_asked + 1,
    unanswered = unanswered + 1, outcome = 'sending'
where id = :id and state = 'open' and held_until = :taken;

-- name: settle(id, number, outcome)!
update pledges set outcome = :outcome
where id = :id and times_asked = :number and outcome in ('sending', 'unknown');

-- name: lose_old(before)!
update pledges set outcome = 'unknown' where outcome = 'sending' and asked_at < :before;

-- name: take_back(id, number, unanswered, taken, begun_at, ask_at, asked_at, outcome)!
update pledges set ask_at = :ask_at, held_until = :taken, asked_at = :asked_at, times_asked = times_asked - 1,
    unanswered = unanswered - 1, outcome = :outcome
where id = :id and state = 'open' and times_asked = :number and outcome in ('sending', 'unknown')
    and unanswered = :unanswered and asked_at = :begun_at;

-- name: untold(most)
select id, tenant_id, team_id, team_name, channel_id, person_id, person_name, made_by, made_by_name, edition,
    discipline, item, what, due_on, zone, made_at, state, reason, is_met, closed_at, ask_at, asked_at,
    times_asked, unanswered, outcome
from pledges
where untold = 1 and (state <> 'open' or times_asked > 0 or times_asked = 0 and coalesce(outcome, '') <> 'sending')
order by made_at, id
limit :most;

-- name: told(id, state)!
update pledges set untold = 0 where id = :id and state = :state;

-- name: homes_of(tenant_id, person_id)
-- The teams that have the app and whose surveys ask or asked this person, with the channel of the last one.
select teams.team_id, teams.name, channel_id
from recipients
join surveys on surveys.id = recipients.survey_id
join teams on teams.tenant_id = surveys.tenant_id and teams.team_id = surveys.team_id
where recipients.person_id = :person_id and surveys.tenant_id = :tenant_id
    and recipients.excluded is null and surveys.phase in ('open', 'closing', 'closed')
order by opened_at desc, surveys.id;

-- name: name_of(tenant_id, person_id)$
-- What a person was called last who did something, or for whom something was pledged.
select name from (
    select person_name as name, made_at as at from pledges
    where tenant_id = :tenant_id and person_id = :person_id
    union all
    select made_by_name, made_at from pledges where tenant_id = :tenant_id and made_by = :person_id
    union all
    select lead_name, planned_at from surveys where tenant_id = :tenant_id and lead_id = :person_id
    union all
    select lead_name, made_at from schedules where tenant_id = :tenant_id and lead_id = :person_id
) as known
where name <> ''
order by at desc
limit 1;

-- name: on_a_roster(tenant_id, person_id)^
-- How a person may be reached, and is called, by the latest roster that they are on.
select recipients.member_id, recipients.name, teams.team_id, teams.name, teams.service_url, teams.bot_id
from recipients
join surveys on surveys.id = recipients.survey_id
join teams on teams.tenant_id = surveys.tenant_id and teams.team_id = surveys.team_id
where recipients.person_id = :person_id and surveys.tenant_id = :tenant_id and recipients.excluded is null
order by planned_at desc, surveys.id
limit 1;
