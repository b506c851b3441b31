-- name: clear_roster(survey_id, counting)!
delete from recipients where survey_id = :survey_id and exists (
    select 1 from surveys
    where surveys.id = recipients.survey_id and phase = 'draft' and counting = :counting
);

-- name: is_counting(survey_id, counting)^
select 1 from surveys where id = :survey_id and counting = :counting and phase = 'draft';

-- name: add_recipient(survey_id, person_id, member_id, name, excluded)*!
insert into recipients (survey_id, person_id, member_id, name, excluded)
values (:survey_id, :person_id, :member_id, :name, :excluded)
on conflict (survey_id, person_id) do nothing;

-- name: reach(survey_id, tenant_id)
select excluded, count(*), count(conversations.conversation_id)
from recipients left join conversations
    on conversations.tenant_id = :tenant_id and conversations.person_id = recipients.person_id
where survey_id = :survey_id
group by excluded;

-- name: recipient(survey_id, person_id)^
select declined, not_before from recipients where survey_id = :survey_id and person_id = :person_id and excluded is null;

-- name: decline(survey_id, person_id, declined)!
update recipients set declined = :declined
where survey_id = :survey_id and person_id = :person_id and declined <> :declined;

-- name: put_off(survey_id, person_id, until)!
update recipients set not_before = :until where survey_id = :survey_id and person_id = :person_id;

-- name: page(survey_id, after, asked_before, most)
select person_id from recipients
where survey_id = :survey_id and person_id > :after
    and excluded is null and declined = 0 and not_before <= :asked_before
    and not exists (
        select 1 from deliveries
        where deliveries.survey_id = recipients.survey_id and deliveries.person_id = recipients.person_id
            and deliveries.round = 0 and deliveries.state = 'waiting'
    )
order by person_id
limit :most;

-- name: ask_later(survey_id, round, person_id, part, now)!
insert into deliveries (survey_id, round, person_id, part, state, changed_at)
values (:survey_id, :round, :person_id, :part, 'waiting', :now)
on conflict (survey_id, round, person_id) do update set state = 'waiting', changed_at = excluded.changed_at
where deliveries.state = 'stopped';

-- name: take_back(survey_id, person_id, but, now)!
update deliveries set state = 'stopped', changed_at = :now
where survey_id = :survey_id and person_id = :person_id and state = 'waiting' and round <> :but and exists (
    select 1 from rounds
    where rounds.survey_id = deliveries.survey_id and rounds.number = deliveries.round
        and rounds.kind = 'later'
);

-- name: add_round(survey_id, number, kind, due_at)!
insert into rounds (survey_id, number, kind, due_at, state)
values (:survey_id, :number, :kind, :due_at, 'due')
on conflict (survey_id, number) do nothing;

-- name: due_rounds(now)
select survey_id, number from rounds join surveys on surveys.id = rounds.survey_id
where (state = 'due' and due_at <= :now or state = 'planning') and phase = 'open' and stopped_at is null;

-- name: sending_rounds()
select survey_id, number, tries from rounds where state = 'sending';

-- name: round(survey_id, number)^
select kind, due_at, state from rounds where survey_id = :survey_id and number = :number;

-- name: move_round(survey_id, number, was, state)!
update rounds set state = :state where survey_id = :survey_id and number = :number and state = :was;

-- name: skip_missed(survey_id, now)!
update rounds set state = 'skipped'
where survey_id = :survey_id and kind = 'reminder' and state in ('due', 'planning', 'sending') and exists (
    select 1 from rounds as later
    where later.survey_id = rounds.survey_id and later.kind = 'reminder'
        and later.due_at > rounds.due_at and later.due_at <= :now
);

-- name: try_again(survey_id, number, tries)!
update rounds set tries = tries + 1 where survey_id = :survey_id and number = :number and tries = :tries;

-- name: end_round(survey_id, number)!
update rounds set state = 'done'
where survey_id = :survey_id and number = :number and state = 'sending' and not exists (
    select 1 from deliveries
    where deliveries.survey_id = rounds.survey_id and deliveries.round = rounds.number
        and deliveries.state in ('waiting', 'sending')
);

-- name: stop_rounds(survey_id)!
update rounds set state = 'stopped'
where survey_id = :survey_id and state in ('due', 'planning', 'sending');

-- name: stop_deliveries(survey_id, now)!
update deliveries set state = 'stopped', changed_at = :now
where survey_id = :survey_id and state = 'waiting' and exists (
    select 1 from rounds
    where rounds.survey_id = deliveries.survey_id and rounds.number = deliveries.round
        and rounds.state in ('stopped', 'skipped')
);

-- name: invite_all(survey_id, size, now)!
insert into deliveries (survey_id, round, person_id, part, state, changed_at)
select survey_id, 0, person_id, (row_number() over (order by person_id) - 1 + :size / 2) / :size, 'waiting', :now
from recipients
where survey_id = :survey_id and excluded is null;

-- name: forget_reminders(survey_id)!
delete from rounds where survey_id = :survey_id and number <> 0;

-- name: add_delivery(survey_id, round, person_id, part, now)*!
insert into deliveries (survey_id, round, person_id, part, state, changed_at)
values (:survey_id, :round, :person_id, :part, 'waiting', :now)
on conflict (survey_id, round, person_id) do nothing;

-- name: waiting_parts(survey_id, round, now)
select distinct part from deliveries
where survey_id = :survey_id and round = :round and state = 'waiting' and due_at <= :now
order by part;

-- name: busy(now)
select distinct rounds.survey_id
from rounds
join deliveries on deliveries.survey_id = rounds.survey_id and deliveries.round = rounds.number
where rounds.state = 'sending'
    and (deliveries.state = 'sending' or deliveries.state = 'waiting' and deliveries.due_at <= :now);

-- name: held(survey_id, now)^
select count(*) from deliveries
where survey_id = :survey_id and round = 0 and state = 'waiting' and due_at > :now;

-- name: waiting(survey_id, round, part, tenant_id, now)
select deliveries.person_id, member_id, conversation_id, service_url
from deliveries
join rounds
    on rounds.survey_id = deliveries.survey_id and rounds.number = deliveries.round and rounds.state = 'sending'
join recipients
    on recipients.survey_id = deliveries.survey_id and recipients.person_id = deliveries.person_id
left join conversations
    on conversations.tenant_id = :tenant_id and conversations.person_id = deliveries.person_id
where deliveries.survey_id = :survey_id and round = :round and deliveries.state = 'waiting' and part = :part
    and deliveries.due_at <= :now
order by deliveries.person_id;

-- name: claim(survey_id, round, person_id, claim, replica, now)!
update deliveries set state = 'sending', claim = :claim, replica = :replica, changed_at = :now
where survey_id = :survey_id and round = :round and person_id = :person_id
    and (state = 'waiting' and due_at <= :now or state = 'sending' and claim = :claim)
    and exists (
        select 1 from rounds
        where rounds.survey_id = deliveries.survey_id and rounds.number = deliveries.round
            and rounds.state = 'sending'
    )
    -- Since the turn was had somebody may have said that they want nothing, or nothing yet.
    and not exists (
        select 1 from surveys
        join wishes on wishes.tenant_id = surveys.tenant_id and wishes.person_id = deliveries.person_id
        where surveys.id = deliveries.survey_id and (silent_since is not null or not_before > :now)
    );

-- name: release(survey_id, round, person_id, claim, now)!
update deliveries set claim = null, replica = null, changed_at = :now, state = (
    select case when rounds.state = 'sending' then 'waiting' else 'stopped' end from rounds
    where rounds.survey_id = deliveries.survey_id and rounds.number = deliveries.round
)
where survey_id = :survey_id and round = :round and person_id = :person_id
    and state in ('sending', 'unknown') and claim = :claim;

-- name: settle(survey_id, round, person_id, claim, state, reason, now)!
update deliveries set state = :state, reason = :reason, changed_at = :now
where survey_id = :survey_id and round = :round and person_id = :person_id
    and state in ('sending', 'unknown') and claim = :claim;

-- name: lose(replica, reason, now)!
update deliveries set state = 'unknown', reason = :reason, changed_at = :now
where state = 'sending' and replica = :replica;

-- name: lose_old(before, reason, now)!
update deliveries set state = 'unknown', reason = :reason, changed_at = :now
where state = 'sending' and changed_at < :before;

-- name: deliveries(survey_id)
select state, reason, count(*) from deliveries
where survey_id = :survey_id and round = 0
group by state, reason;

-- name: reached_later(survey_id)^
-- From the reminders: they are few, or none, where from the invitations it is everybody.
select count(distinct person_id) from deliveries as later
where survey_id = :survey_id and round > 0 and state in ('waiting', 'sending', 'delivered', 'unknown') and exists (
    select 1 from deliveries as first
    where first.survey_id = later.survey_id and first.round = 0 and first.person_id = later.person_id
        and first.state in ('refused', 'stopped')
);

-- name: declined(survey_id)^
select count(*) from recipients where survey_id = :survey_id and declined = 1;

-- name: unreached(survey_id)
select name, coalesce(excluded, state), coalesce(reason, '')
from recipients left join deliveries
    on deliveries.survey_id = recipients.survey_id and deliveries.person_id = recipients.person_id
    and deliveries.round = 0
where recipients.survey_id = :survey_id and (excluded is not null or state in ('refused', 'unknown', 'stopped'))
order by name, recipients.person_id;

-- name: beat(id)!
insert into replicas (id, beat_at) values (:id, clock_ms())
on conflict (id) do update set beat_at = excluded.beat_at;

-- name: silent(silence)
select id from replicas where beat_at < clock_ms() - :silence;

-- name: bury(id)!
delete from replicas where id = :id;
