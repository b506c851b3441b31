-- name: save(id, tenant_id, team_id, team_name, channel_id, kind, plan, rule, starts, zone, ends_on, lead_id, lead_name, next_at, now)!
insert into schedules (
    id, tenant_id, team_id, team_name, channel_id, kind, plan, rule, starts, zone, ends_on, lead_id, lead_name,
    made_at, state, next_at
) values (
    :id, :tenant_id, :team_id, :team_name, :channel_id, :kind, :plan, :rule, :starts, :zone, :ends_on,
    :lead_id, :lead_name, :now, 'active', :next_at
) on conflict (id) do update set
    team_id = excluded.team_id, team_name = excluded.team_name, channel_id = excluded.channel_id,
    kind = excluded.kind, plan = excluded.plan, rule = excluded.rule, starts = excluded.starts,
    zone = excluded.zone, ends_on = excluded.ends_on, lead_id = excluded.lead_id,
    lead_name = excluded.lead_name, state = 'active', halt = null, next_at = excluded.next_at, tell_at = null,
    gone_at = null
where schedules.tenant_id = excluded.tenant_id;

-- name: get(id)
select id, tenant_id, team_id, team_name, channel_id, kind, plan, rule, starts, zone, ends_on, lead_id, lead_name,
    state, halt, next_at, gone_at
from schedules where id = :id;

-- name: of_tenant(tenant_id)
select id, tenant_id, team_id, team_name, channel_id, kind, plan, rule, starts, zone, ends_on, lead_id, lead_name,
    state, halt, next_at, gone_at
from schedules where tenant_id = :tenant_id order by made_at, id;

-- name: due(now)
select id, tenant_id, team_id, team_name, channel_id, kind, plan, rule, starts, zone, ends_on, lead_id, lead_name,
    state, halt, next_at, gone_at
from schedules where state = 'active' and next_at <= :now order by next_at, id;

-- name: untold(now)
select id, tenant_id, team_id, team_name, channel_id, kind, plan, rule, starts, zone, ends_on, lead_id, lead_name,
    state, halt, next_at, gone_at
from schedules where tell_at <= :now order by tell_at, id;

-- name: untold_of(tenant_id, person_id)
select id, tenant_id, team_id, team_name, channel_id, kind, plan, rule, starts, zone, ends_on, lead_id, lead_name,
    state, halt, next_at, gone_at
from schedules where tenant_id = :tenant_id and lead_id = :person_id and tell_at is not null order by made_at, id;

-- name: plans(kind)
select plan from schedules where kind = :kind;

-- name: move(id, due, state, halt, next_at)!
update schedules set state = :state, halt = :halt, next_at = :next_at
where id = :id and state = 'active' and next_at = :due;

-- name: pause(id)!
update schedules set state = 'paused', halt = 'by-lead', next_at = null where id = :id and state = 'active';

-- name: go_on(id, lead_id, lead_name, next_at)!
update schedules set
    state = 'active', halt = null, next_at = :next_at, lead_id = :lead_id, lead_name = :lead_name, tell_at = null,
    gone_at = null
where id = :id and state <> 'active';

-- name: delete(id)!
delete from schedules where id = :id;

-- name: end_homeless(now)!
update schedules set state = 'ended', halt = 'team-gone', next_at = null, tell_at = :now, gone_at = :now
where state <> 'ended' and not exists (
    select 1 from teams where teams.tenant_id = schedules.tenant_id and teams.team_id = schedules.team_id
);

-- name: take(id, now, until)!
update schedules set tell_at = :until where id = :id and tell_at <= :now;

-- name: begin_telling(id, taken, tenant_id, person_id)!
update schedules set tell_at = null
where id = :id and tell_at = :taken and tenant_id = :tenant_id and lead_id = :person_id;

-- name: tell_again(id, taken, gone_at)!
update schedules set tell_at = :taken where id = :id and gone_at = :gone_at;

-- name: tell_at(id, taken, tell_at)!
update schedules set tell_at = :tell_at where id = :id and tell_at = :taken;
