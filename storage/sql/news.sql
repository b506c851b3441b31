-- name: add(id, tenant_id, team_id, channel_id, kind, facts, at, due_at)*!
insert into news (id, tenant_id, team_id, channel_id, kind, facts, at, due_at, state, changed_at)
values (:id, :tenant_id, :team_id, :channel_id, :kind, :facts, :at, :due_at, 'waiting', :at)
on conflict (id) do nothing;

-- name: is_known(id)^
select 1 from news where id = :id;

-- name: digest(tenant_id, team_id)^
select preference, zone from digests where tenant_id = :tenant_id and team_id = :team_id;

-- name: begin_digest(tenant_id, team_id, preference, zone)!
insert into digests (tenant_id, team_id, preference, zone)
values (:tenant_id, :team_id, :preference, :zone)
on conflict (tenant_id, team_id) do nothing;

-- name: prefer(tenant_id, team_id, preference, zone)!
insert into digests (tenant_id, team_id, preference, zone)
values (:tenant_id, :team_id, :preference, :zone)
on conflict (tenant_id, team_id) do update set preference = excluded.preference, zone = excluded.zone;

-- name: waiting(tenant_id, team_id)
select id, kind, at, due_at from news
where tenant_id = :tenant_id and team_id = :team_id and state = 'waiting'
order by id;

-- name: move(id, due_at)*!
update news set due_at = :due_at where id = :id and state = 'waiting';

-- name: due(now)
select distinct tenant_id, team_id, channel_id from news where state = 'waiting' and due_at <= :now;

-- name: claim(tenant_id, team_id, channel_id, claim, replica, now)!
update news set state = 'sending', claim = :claim, replica = :replica, changed_at = :now
where tenant_id = :tenant_id and team_id = :team_id and channel_id = :channel_id
    and state = 'waiting' and due_at <= :now;

-- name: claimed(claim)
select id, kind, tenant_id, team_id, channel_id, at, facts from news
where claim = :claim and state = 'sending'
order by id;

-- name: put_back(claim, due_at, now)!
update news set state = 'waiting', claim = null, replica = null, due_at = :due_at, changed_at = :now
where claim = :claim and state = 'sending';

-- name: drop(id, claim, state, now)*!
update news set state = :state, facts = '{}', changed_at = :now
where id = :id and claim = :claim and state = 'sending';

-- name: settle(claim, state, now)!
-- What was lost too early, since its process only seemed dead, is known after all.
update news set state = :state, facts = '{}', changed_at = :now
where claim = :claim and state in ('sending', 'unknown');

-- name: lose(replica, now)!
update news set state = 'unknown', facts = '{}', changed_at = :now
where replica = :replica and state = 'sending';

-- name: lose_old(before, now)!
update news set state = 'unknown', facts = '{}', changed_at = :now
where state = 'sending' and changed_at < :before;
