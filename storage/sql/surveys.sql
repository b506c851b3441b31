-- name: remember_team(tenant_id, team_id, name, service_url, bot_id)!
insert into teams (tenant_id, team_id, name, service_url, bot_id)
values (:tenant_id, :team_id, :name, :service_url, :bot_id)
on conflict (tenant_id, team_id) do update set
    name = case when excluded.name = '' then teams.name else excluded.name end,
    service_url = excluded.service_url, bot_id = excluded.bot_id
where teams.service_url <> excluded.service_url or teams.bot_id <> excluded.bot_id
    or excluded.name not in ('', teams.name);

-- name: forget_team(tenant_id, team_id)!
delete from teams where tenant_id = :tenant_id and team_id = :team_id;

-- name: teams(tenant_id)
select team_id, name, service_url, bot_id from teams where tenant_id = :tenant_id order by name, team_id;

-- name: plan(id, tenant_id, team_id, team_name, channel_id, name, edition, anonymous, smallest_group, reminder_days, closes_on, zone, closes_at, lead_id, lead_name, now)!
insert into surveys (
    id, tenant_id, team_id, team_name, channel_id, name, edition, anonymous, smallest_group, reminder_days,
    closes_on, zone, closes_at, phase, lead_id, lead_name, planned_at
) values (
    :id, :tenant_id, :team_id, :team_name, :channel_id, :name, :edition, :anonymous, :smallest_group,
    :reminder_days, :closes_on, :zone, :closes_at, 'draft', :lead_id, :lead_name, :now
) on conflict (id) do update set
    team_id = excluded.team_id, team_name = excluded.team_name, channel_id = excluded.channel_id,
    name = excluded.name, edition = excluded.edition, anonymous = excluded.anonymous,
    smallest_group = excluded.smallest_group, reminder_days = excluded.reminder_days,
    closes_on = excluded.closes_on, zone = excluded.zone, closes_at = excluded.closes_at,
    lead_id = excluded.lead_id, lead_name = excluded.lead_name, planned_at = excluded.planned_at,
    counting = null, counted_at = null
where surveys.tenant_id = excluded.tenant_id and surveys.phase = 'draft';

-- name: get(id)
select id, tenant_id, team_id, team_name, channel_id, name, edition, anonymous, smallest_group, reminder_days,
    closes_on, zone, closes_at, phase, lead_id, lead_name, opened_at, closed_at, stopped_at, secret,
    numbers, tallies, counted_at
from surveys where id = :id;

-- name: under_way(tenant_id)
select id, tenant_id, team_id, team_name, channel_id, name, edition, anonymous, smallest_group, reminder_days,
    closes_on, zone, closes_at, phase, lead_id, lead_name, opened_at, closed_at, stopped_at, secret,
    numbers, tallies, counted_at
from surveys
where tenant_id = :tenant_id and phase in ('awaiting', 'open', 'closing')
order by coalesce(opened_at, planned_at) desc, id;

-- name: closed(tenant_id, most)
select id, tenant_id, team_id, team_name, channel_id, name, edition, anonymous, smallest_group, reminder_days,
    closes_on, zone, closes_at, phase, lead_id, lead_name, opened_at, closed_at, stopped_at, secret,
    numbers, tallies, counted_at
from surveys
where tenant_id = :tenant_id and phase = 'closed'
order by opened_at desc, id
limit :most;

-- name: closed_of(tenant_id, team_id, most)
select id, tenant_id, team_id, team_name, channel_id, name, edition, anonymous, smallest_group, reminder_days,
    closes_on, zone, closes_at, phase, lead_id, lead_name, opened_at, closed_at, stopped_at, secret,
    numbers, tallies, counted_at
from surveys
where tenant_id = :tenant_id and team_id = :team_id and phase = 'closed'
order by opened_at desc, id
limit :most;

-- name: closed_before(tenant_id, team_id, edition, opened_at, most)
select id, tenant_id, team_id, team_name, channel_id, name, edition, anonymous, smallest_group, reminder_days,
    closes_on, zone, closes_at, phase, lead_id, lead_name, opened_at, closed_at, stopped_at, secret,
    numbers, tallies, counted_at
from surveys
where tenant_id = :tenant_id and team_id = :team_id and edition = :edition and phase = 'closed'
    and opened_at < :opened_at
order by opened_at desc
limit :most;

-- name: running()
select id, tenant_id, team_id, team_name, channel_id, name, edition, anonymous, smallest_group, reminder_days,
    closes_on, zone, closes_at, phase, lead_id, lead_name, opened_at, closed_at, stopped_at, secret,
    numbers, tallies, counted_at
from surveys where phase in ('open', 'closing');

-- name: just_closed(since)
select id, tenant_id, team_id, team_name, channel_id, name, edition, anonymous, smallest_group, reminder_days,
    closes_on, zone, closes_at, phase, lead_id, lead_name, opened_at, closed_at, stopped_at, secret,
    numbers, tallies, counted_at
from surveys where phase = 'closed' and closed_at > :since;

-- name: editions()
select distinct edition from surveys;

-- name: asking(tenant_id, person_id)
select surveys.id, surveys.tenant_id, team_id, team_name, channel_id, surveys.name, edition, anonymous,
    smallest_group, reminder_days, closes_on, zone, closes_at, phase, lead_id, lead_name, opened_at, closed_at,
    stopped_at, secret, numbers, tallies, counted_at
from recipients join surveys on surveys.id = recipients.survey_id
where recipients.person_id = :person_id and surveys.tenant_id = :tenant_id and surveys.phase = 'open'
    and recipients.excluded is null;

-- name: begin_counting(id, counting)!
update surveys set counting = :counting, counted_at = null where id = :id and phase = 'draft';

-- name: counted(id, counting, now)!
update surveys set counted_at = :now where id = :id and counting = :counting and phase = 'draft';

-- name: ask_second(id, lead_id, lead_name)!
update surveys set phase = 'awaiting', lead_id = :lead_id, lead_name = :lead_name
where id = :id and phase = 'draft' and counted_at is not null;

-- name: open(id, secret, now)!
update surveys set phase = 'open', opened_at = :now, reminded_at = :now, secret = :secret
where id = :id and phase in ('draft', 'awaiting') and counted_at is not null;

-- name: cancel(id)!
update surveys set phase = 'cancelled' where id = :id and phase in ('draft', 'awaiting');

-- name: stop(id, now)!
update surveys set stopped_at = :now where id = :id and phase = 'open' and stopped_at is null;

-- name: remind(id, now, since, kept)!
update surveys set reminded_at = :now
where id = :id and phase = 'open' and stopped_at is null
    and (reminded_at is null or reminded_at <= :since or reminded_at = :kept);

-- name: begin_closing(id, now)!
update surveys set phase = 'closing', closed_at = :now where id = :id and phase = 'open';

-- name: keep_result(id, numbers, tallies)!
update surveys set secret = null, numbers = :numbers, tallies = :tallies
where id = :id and phase = 'closing' and tallies is null;

-- name: close(id)!
update surveys set phase = 'closed' where id = :id and phase = 'closing' and tallies is not null;

-- name: claim_post(survey_id, kind)!
insert into posts (survey_id, kind, state) values (:survey_id, :kind, 'sending')
on conflict (survey_id, kind) do nothing;

-- name: owe(survey_id, kind, due_at)!
insert into posts (survey_id, kind, state, due_at) values (:survey_id, :kind, 'owed', :due_at)
on conflict (survey_id, kind) do nothing;

-- name: owed(kind, now)
select surveys.id, tenant_id, team_id, team_name, channel_id, name, edition, anonymous, smallest_group,
    reminder_days, closes_on, zone, closes_at, phase, lead_id, lead_name, opened_at, closed_at, stopped_at, secret,
    numbers, tallies, counted_at
from posts join surveys on surveys.id = posts.survey_id
where kind = :kind and due_at <= :now
order by due_at, surveys.id;

-- name: take_owed(survey_id, kind, now, until)!
update posts set due_at = :until where survey_id = :survey_id and kind = :kind and due_at <= :now;

-- name: put_off_owed(survey_id, kind, taken, state, due_at)!
update posts set state = :state, due_at = :due_at
where survey_id = :survey_id and kind = :kind and due_at = :taken;

-- name: lead_by(survey_id, tenant_id, person_id)!
-- Changes nothing, and lets nobody else change the lead until the transaction ends.
update surveys set lead_id = lead_id
where id = :survey_id and tenant_id = :tenant_id and lead_id = :person_id;

-- name: begin_owed(survey_id, kind, taken)!
update posts set state = 'settled', due_at = null
where survey_id = :survey_id and kind = :kind and due_at = :taken;

-- name: owe_again(survey_id, kind, taken)!
update posts set state = 'owed', due_at = :taken
where survey_id = :survey_id and kind = :kind and state = 'settled';

-- name: keep_post(survey_id, kind, state, conversation_id, activity_id)!
-- It counts as edited eight seconds ago: the first numbers come soon, but after the answer to who pressed.
insert into posts (survey_id, kind, state, conversation_id, activity_id, edited_at)
values (:survey_id, :kind, :state, :conversation_id, :activity_id, clock_ms() - 8000)
on conflict (survey_id, kind) do update set
    state = excluded.state, conversation_id = excluded.conversation_id, activity_id = excluded.activity_id,
    edited_at = excluded.edited_at;

-- name: post(survey_id, kind)^
select state, conversation_id, activity_id from posts where survey_id = :survey_id and kind = :kind;

-- name: editable(kind, pause)
select survey_id from posts
where kind = :kind and state = 'sent' and (edited_at <= clock_ms() - :pause or edited_at > clock_ms());

-- name: edit_post(survey_id, kind, shown, pause)!
update posts set shown = :shown, edited_at = clock_ms()
where survey_id = :survey_id and kind = :kind and state = 'sent' and shown <> :shown
    and (edited_at <= clock_ms() - :pause or edited_at > clock_ms());

-- name: forget_post(survey_id, kind)!
delete from posts where survey_id = :survey_id and kind = :kind and state = 'sending';

-- name: inviting(tenant_id, person_id)
-- The first round, 0, is the invitation.
select surveys.id, surveys.tenant_id, team_id, team_name, channel_id, surveys.name, edition, anonymous,
    smallest_group, reminder_days, closes_on, zone, closes_at, phase, lead_id, lead_name, opened_at, closed_at,
    stopped_at, secret, numbers, tallies, counted_at
from recipients
join surveys on surveys.id = recipients.survey_id
join deliveries
    on deliveries.survey_id = recipients.survey_id and deliveries.person_id = recipients.person_id
    and deliveries.round = 0
where recipients.person_id = :person_id and surveys.tenant_id = :tenant_id and surveys.phase = 'open'
    and recipients.excluded is null and recipients.declined = 0 and deliveries.state <> 'stopped'
order by opened_at desc, surveys.id;
